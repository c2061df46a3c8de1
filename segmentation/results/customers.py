"""Customers, and the matrix that is clustered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results.cleaned import LedgerEntry, Rule
from segmentation.transforms import ColumnTransform, Knots, inverse
from segmentation.values import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Customers:
    """Customers and what is known of each.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a customer, numbered from 0: numeric columns as float (NaN where missing), the
        others as text. The customer id is not in it.
    ids : ndarray of str, shape (customers,)
        Customer ids as read, but for a .0 that most of them had; row numbers from 1 where the
        table has none.
    id_column : str or None
        The column the ids stand in, None where row numbers stand in.
    rows : ndarray of int, shape (customers,)
        For customer tables, each customer's row in the table; empty for transactions.
    kind : {"customers", "transactions"}
        What the table's rows were.
    numeric, categories : tuple of str
        Columns that can be features: as they are, or as 0/1 columns.
    default_features : tuple of str
        What is clustered on when nothing is said.
    unusable : dict of str to str
        Columns that can't be features, with the reason.
    """

    frame: pd.DataFrame
    ids: npt.NDArray[Any]
    id_column: str | None
    rows: npt.NDArray[np.int64]
    kind: Literal["customers", "transactions"]
    numeric: tuple[str, ...]
    categories: tuple[str, ...]
    default_features: tuple[str, ...]
    unusable: dict[str, str]

    def __post_init__(self) -> None:
        assert len(self.frame) == len(self.ids)
        assert set(self.default_features) <= set(self.numeric)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedColumn:
    """How one feature became one column of the matrix, and the way back.

    The way there is ``(transformed - shift) / scale``; `to_original` undoes it.

    Parameters
    ----------
    name : str
        The feature, or ``feature=category`` for a 0/1 column.
    feature : str
        The feature it comes from.
    transform : {"none", "log", "yeo-johnson", "rank", "0/1"}
        log is ln(1 + x); rank is that among the customers, from 0 to 1.
    exponent : float
        Lambda of Yeo and Johnson (2000); 1 for the other transforms.
    knots : tuple of (value, rank)
        For ranks, the values that the way back runs through; empty for the other transforms.
    shift, scale : float
        What is subtracted and divided by, in transformed units; 0 and 1 / weight for 0/1 columns.
    fill : float or None
        What a missing value became, in original units; None if none was missing.
    low, high : float or None
        Transformed values beyond are extreme; None where extremes are kept, or nothing is.
    """

    name: str
    feature: str
    transform: ColumnTransform
    exponent: float = 1.0
    knots: Knots = ()
    shift: float = 0.0
    scale: float = 1.0
    fill: float | None = None
    low: float | None = None
    high: float | None = None

    def to_original(self, values: Floats) -> Floats:
        """Take prepared values back to original units."""
        back = np.asarray(values, dtype=float) * self.scale + self.shift
        return inverse(back, self.transform, self.exponent, self.knots)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """The matrix that is clustered.

    Rows stand in a canonical order (by value, column by column), so that the order of the file's
    rows can't change a result.

    Parameters
    ----------
    matrix : ndarray of float, shape (n, columns)
        Finite prepared values.
    original : ndarray of float, shape (n, columns)
        The same rows in original units, missing values filled and extremes capped as asked.
    customers : ndarray of int, shape (n,)
        For each row, the customer's position in `Customers`.
    columns : tuple of PreparedColumn
        One a column of the matrix.
    features : tuple of str
        The features asked for, in that order.
    ledger : tuple of LedgerEntry
        What was set aside or changed.
    set_aside : dict of rule to ndarray of int
        Positions in `Customers` set aside by each rule.
    notes : tuple of str
        What the user should know, in sentences.
    """

    matrix: Floats
    original: Floats
    customers: npt.NDArray[np.int64]
    columns: tuple[PreparedColumn, ...]
    features: tuple[str, ...]
    ledger: tuple[LedgerEntry, ...]
    set_aside: dict[Rule, npt.NDArray[np.int64]]
    notes: tuple[str, ...]

    def to_original(self, points: Floats) -> Floats:
        """Take points in prepared units, such as means of rows, back to original units."""
        # The way back is monotone, so a mean lies among its column's values; where rounding takes
        # it beyond (even to infinity, for an exponent below 0), the nearest of them is right.
        return np.clip(
            np.column_stack([c.to_original(points[:, i]) for i, c in enumerate(self.columns)]),
            self.original.min(axis=0),
            self.original.max(axis=0),
        )

    @property
    def transformed(self) -> tuple[str, ...]:
        """Numeric features on another scale, whose centres taken back are not their means."""
        return tuple(c.name for c in self.columns if c.transform not in ("none", "0/1"))

    def __post_init__(self) -> None:
        assert self.matrix.shape == self.original.shape == (len(self.customers), len(self.columns))
        assert np.isfinite(self.matrix).all()
