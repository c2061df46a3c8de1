"""What joining a further table comes to: who met whom, and who met nobody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.results.cleaned import Clean
from segmentation.results.tables import Schema, Table


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Match:
    """How a further table met the customers.

    Parameters
    ----------
    table : Table
        The further table as read.
    schema : Schema
        Its columns but for the customer id.
    key : str
        Its column with the customer id.
    clean : Clean
        Its rows that tell something of a customer, and the account of the others.
    owners : ndarray of int, shape (rows kept,)
        For each row kept, the customer's position in `Customers`.
    several_rows : bool
        True if a customer has several rows, which are counted and added up; False if each has one.
    lacking : ndarray of int
        Positions in `Customers` without a row, ascending.
    matched : int
        Customers with a row.
    ids, ids_matched : int
        Different ids in the table, and those among them that are a customer's.
    notes, doubts : tuple of str
        What the user should know, and what they should look at, in sentences.
    columns : tuple of str
        What the customers got from it.
    """

    table: Table
    schema: Schema
    key: str
    clean: Clean
    owners: npt.NDArray[np.int64]
    several_rows: bool
    lacking: npt.NDArray[np.int64]
    matched: int
    ids: int
    ids_matched: int
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert len(self.owners) == len(self.clean.frame)
        assert len(np.unique(self.owners)) <= self.matched
        assert self.several_rows or len(np.unique(self.owners)) == len(self.owners)
        assert 0 < self.ids_matched <= self.ids
