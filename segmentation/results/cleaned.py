"""What cleaning comes to: kept rows, and the account of the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results.refunds import Refunds

Rule = Literal[
    "row_longer_than_header",
    "empty_row",
    "no_customer_id",
    "no_order_date",
    "after_as_of_date",
    "no_quantity",
    "quantity_zero",
    "quantity_not_positive",
    "no_unit_price",
    "no_amount",
    "unit_price_not_positive",
    "non_product",
    "exact_duplicate",
    "returns_only",
    "unmatched_return",
    "repeated_customer_id",
    "no_such_customer",
    "missing_feature",
    "outlier",
    "noise",
    "missing_filled",
    "outlier_capped",
]


REASONS: dict[Rule, str] = {
    "row_longer_than_header": "the row has more cells than the header has names",
    "empty_row": "every cell is empty",
    "no_customer_id": "no customer id",
    "no_order_date": "no readable order date",
    "after_as_of_date": "dated after the as-of date",
    "no_quantity": "no readable quantity",
    "quantity_zero": "quantity is 0",
    "quantity_not_positive": "quantity is 0 or less (a return, cancellation or correction)",
    "no_unit_price": "no readable unit price",
    "no_amount": "no readable amount",
    "unit_price_not_positive": "unit price is 0 or less",
    "non_product": "charges for no product (postage, a fee or a correction)",
    "exact_duplicate": "repeats an earlier row in every cell",
    "returns_only": "the customer has returns and no order",
    "unmatched_return": "a return that no earlier sale of the customer matches",
    "repeated_customer_id": "the customer id stands in an earlier row",
    "no_such_customer": "no customer has this id",
    "missing_feature": "a feature has no value",
    "outlier": "a feature has an extreme value",
    "noise": "belongs to no segment (noise of HDBSCAN or DBSCAN)",
    "missing_filled": "an empty feature was filled in",
    "outlier_capped": "an extreme feature was capped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What one rule did.

    Parameters
    ----------
    rule : str
        The rule's name, a key of `REASONS`.
    rows_in : int
        Rows the rule looked at.
    set_aside : int
        Rows it set aside.
    changed : int
        Cells it changed.
    """

    rule: Rule
    rows_in: int
    set_aside: int = 0
    changed: int = 0

    @property
    def reason(self) -> str:
        """The rule in words."""
        return REASONS[self.rule]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clean:
    """The rows that can be used, typed, and the account of the others.

    Parameters
    ----------
    frame : pandas.DataFrame
        The kept rows, with the table's row numbers as index. For transactions the columns are
        roles; for customers they are the table's columns, as text.
    ledger : tuple of LedgerEntry
        Every rule that was applied, in order; each takes the rows the one before left.
    set_aside : dict of rule to ndarray of int
        Row numbers (from 0) set aside by each rule.
    values : dict of column to ndarray, shape (rows of the table,)
        What a customer table's columns of numbers and of dates were read as; NaN and NaT where
        there is nothing.
    as_of : date or None
        The date that days are counted to; None for customer tables.
    refunds : Refunds or None
        The returns, which are not in ``frame``, and what they take off; None where returns are
        set aside.
    notes : tuple of str
        What the user should know, in sentences.
    """

    frame: pd.DataFrame
    ledger: tuple[LedgerEntry, ...]
    set_aside: dict[Rule, npt.NDArray[np.int64]]
    values: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    as_of: date | None = None
    refunds: Refunds | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        rows_in = self.ledger[0].rows_in if self.ledger else len(self.frame)
        assert rows_in == self.rows_used + sum(len(rows) for rows in self.set_aside.values())
        assert self.refunds is None or len(self.refunds.taken_back) == len(self.frame)

    @property
    def rows_used(self) -> int:
        """Count the rows that say something of a customer: those kept, and returns."""
        return len(self.frame) + (len(self.refunds.lines) if self.refunds else 0)
