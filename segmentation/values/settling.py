"""How a column is written: told by its cells, else by its neighbours, else an open question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from segmentation.values.cells import Bools

Way = TypeVar("Way", bound=str)
ENOUGH = 0.8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence(Generic[Way]):
    """What the distinct texts of one column say about how it is written.

    Parameters
    ----------
    reads : dict of way to int
        Texts that each way can read; the first way is taken where nothing tells.
    differ : ndarray of bool, shape (distinct,)
        Texts that the ways read differently.

    Examples
    --------
    >>> found = Evidence.of({"point": np.array([1.5, 2.0]), "comma": np.array([np.nan, 2.0])})
    >>> found.best, found.is_sure, found.differ.tolist()
    ('point', True, [True, False])
    """

    reads: dict[Way, int]
    differ: Bools

    @classmethod
    def of(cls, values: Mapping[Way, npt.NDArray[Any]]) -> Evidence[Way]:
        """Weigh what two ways make of the same texts; NaN and NaT are unread."""
        one, other = values.values()
        unread = {way: np.isnan(read) for way, read in values.items()}
        reads = {way: int((~gaps).sum()) for way, gaps in unread.items()}
        return cls(reads=reads, differ=(one != other) & ~np.logical_and(*unread.values()))

    @property
    def best(self) -> Way:
        """The way that reads most."""
        return max(self.reads, key=self.reads.__getitem__)

    @property
    def is_sure(self) -> bool:
        """Whether one way reads more than the other."""
        return len(set(self.reads.values())) > 1

    @property
    def is_open(self) -> bool:
        """Whether both read as much, and not the same."""
        return not self.is_sure and bool(self.differ.any())


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Generic[Way]):
    """How the columns of a table are written.

    Parameters
    ----------
    ways : dict of column to way
        What is taken for each.
    open : tuple of str
        Columns that nothing settles.
    unfit : tuple of str
        Columns that can't be read as the user says; they are read as their cells say.
    """

    ways: dict[str, Way]
    open: tuple[str, ...]
    unfit: tuple[str, ...]


def settle(evidence: Mapping[str, Evidence[Way]], said: Way | None = None) -> Settled[Way]:
    """Settle how each column is written.

    Parameters
    ----------
    evidence : mapping of column to Evidence
        What the cells of each say.
    said : str, optional
        What the user says; it holds for every column that can be read so.

    Examples
    --------
    >>> sure = Evidence.of({"point": np.array([1.5]), "comma": np.array([np.nan])})
    >>> either = Evidence.of({"point": np.array([1.234]), "comma": np.array([1234.0])})
    >>> settle({"a": sure, "b": either}).ways, settle({"b": either}).open
    ({'a': 'point', 'b': 'point'}, ('b',))
    """
    sure = {found.best for found in evidence.values() if found.is_sure}
    ways = {name: found.best for name, found in evidence.items()}
    is_open: list[str] = []
    unfit: list[str] = []
    for name, found in evidence.items():
        if said is not None and found.reads[said] >= ENOUGH * found.reads[found.best]:
            ways[name] = said
        elif said is not None:
            unfit.append(name)
        elif found.is_open and len(sure) == 1:
            (ways[name],) = sure
        elif found.is_open:
            is_open.append(name)
    return Settled(ways=ways, open=tuple(is_open), unfit=tuple(unfit))
