"""How a column is written: told by its cells, else by its neighbours, else an open question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from segmentation.values.cells import Bools

Way = TypeVar("Way", bound=str)
# A column, and the file that its cells are of.
Place = tuple[str, str]
ENOUGH = 0.8
SLIPS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Generic[Way]):
    """What the distinct texts of one column in one file say about how it is written.

    Parameters
    ----------
    reads : dict of way to int
        Texts that each way can read; the first way is taken where nothing tells.
    misses : dict of way to int
        Texts that it can't read, but another way can.
    differ : ndarray of bool, shape (distinct,)
        Texts that the ways in question read differently.

    Examples
    --------
    >>> found = Evidence.of({"point": np.array([1.5, 2.0]), "comma": np.array([np.nan, 2.0])})
    >>> found.best, found.is_sure, found.is_open
    ('point', True, False)
    >>> torn = {"dmy": np.array([13.0, 3.0, np.nan]), "mdy": np.array([np.nan, 4.0, 14.0])}
    >>> Evidence.of(torn).is_open, Evidence.of(torn).differ.tolist()
    (True, [False, True, False])
    """

    reads: dict[Way, int]
    misses: dict[Way, int]
    differ: Bools

    @classmethod
    def of(cls, values: Mapping[Way, npt.NDArray[Any]]) -> Evidence[Way]:
        """Weigh what the ways make of the same texts; NaN and NaT are unread."""
        read = {way: ~np.isnan(found) for way, found in values.items()}
        readable = np.logical_or.reduce(list(read.values()))
        misses = {way: int((readable & ~fits).sum()) for way, fits in read.items()}
        ways = [way for way, missed in misses.items() if not missed] or list(values)
        differ = np.zeros(len(readable), dtype=bool)
        for one, other in combinations(ways, 2):
            differ |= read[one] & read[other] & (values[one] != values[other])
        return cls(
            reads={way: int(fits.sum()) for way, fits in read.items()}, misses=misses, differ=differ
        )

    @property
    def best(self) -> Way:
        """The way that reads most."""
        return min(self.misses, key=self.misses.__getitem__)

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways in question: those that read everything, or all where none does."""
        whole = tuple(way for way, missed in self.misses.items() if not missed)
        return whole or tuple(way for way, read in self.reads.items() if read)

    @property
    def is_sure(self) -> bool:
        """Whether one way alone reads everything, slips apart."""
        least, second = sorted(self.misses.values())[:2]
        return least < second and least <= SLIPS * (least + second)

    @property
    def is_open(self) -> bool:
        """Whether ways that fit alike, or cells that contradict each other, leave texts open."""
        return not self.is_sure and bool(self.differ.any())


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Generic[Way]):
    """How the columns of a table are written, file by file.

    Parameters
    ----------
    ways : dict of place to way
        What is taken for each.
    open : tuple of place
        Columns that nothing settles.
    unfit : tuple of place
        Columns that can't be read as the user says; they are read as their cells say.
    like : dict of place to column
        Columns that can be read in several ways, and the one that settled it.
    """

    ways: dict[Place, Way]
    open: tuple[Place, ...]
    unfit: tuple[Place, ...]
    like: dict[Place, str]


def settle(
    evidence: Mapping[Place, Evidence[Way]],
    said: Way | None = None,
    tells: Callable[[Place, Place, Way], bool] = lambda *_: True,
) -> Settled[Way]:
    """Settle how each column of each file is written.

    Parameters
    ----------
    evidence : mapping of place to Evidence
        What the cells of each say.
    said : str, optional
        What the user says. It answers for every open column. In a column that is nowhere open it
        is taken where it reads nearly all cells; files that are sure keep their way if others are
        asked about.
    tells : callable, optional
        Whether a column, the first, can be read as another of its file is, the second.

    Examples
    --------
    >>> sure = Evidence.of({"point": np.array([1.5]), "comma": np.array([np.nan])})
    >>> either = Evidence.of({"point": np.array([1.234]), "comma": np.array([1234.0])})
    >>> settle({("a", "f"): sure, ("b", "f"): either}).like
    {('b', 'f'): 'a'}
    >>> settle({("a", "f"): sure, ("b", "g"): either}).open
    (('b', 'g'),)
    """
    sure: dict[str, dict[str, Way]] = {}
    for (name, file), found in evidence.items():
        if found.is_sure:
            sure.setdefault(file, {})[name] = found.best
    asked = {name for (name, _), found in evidence.items() if found.is_open}
    ways = {place: found.best for place, found in evidence.items()}
    is_open: list[Place] = []
    unfit: list[Place] = []
    like: dict[Place, str] = {}
    for place, found in evidence.items():
        if said is not None and found.is_open and said in found.ways:
            ways[place] = said
        elif said is not None and found.reads[said] < ENOUGH * found.reads[found.best]:
            if place[0] not in asked or found.is_open:
                unfit.append(place)
        elif said is not None and not (found.is_sure and place[0] in asked):
            ways[place] = said
        elif said is None and found.is_open:
            near = sure.get(place[1], {})
            agreed = set(near.values()) & set(found.ways) if len(set(near.values())) == 1 else set()
            tellers = [
                name
                for way in agreed
                for name in near
                if not found.misses[way] and tells(place, (name, place[1]), way)
            ]
            if tellers:
                like[place] = tellers[0]
                ways[place] = near[tellers[0]]
            else:
                is_open.append(place)
    return Settled(ways=ways, open=tuple(is_open), unfit=tuple(unfit), like=like)
