"""What was returned, and the account of money that it changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segmentation.grouping import DECIMALS
from segmentation.values import Floats

_SUMS = ("gross", "matched", "unmatched", "net", "returns_only", "total")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refunds:
    """Returns and cancellations, and how gross becomes net.

    The account is checked: ``gross - matched - unmatched + returns_only`` is ``valid_lines``.

    Parameters
    ----------
    lines : pandas.DataFrame
        The return lines of customers who ordered something, with the table's row numbers as
        index and the columns of ``Clean.frame``; quantities are below 0, and ``matched`` tells
        whether the sale was found.
    others : pandas.DataFrame
        The same of customers who ordered nothing, who are set aside.
    taken_back : ndarray of float, shape (lines of Clean.frame,)
        How much of each sale's quantity came back; of its amount, where there is no quantity.
    gross : float
        What was sold.
    matched, unmatched : float
        What came back of it, with and without its sale.
    returns_only : float
        What customers who ordered nothing come to, below 0.
    valid_lines : float
        Sum of every line that no rule set aside for another reason, added up before sales and
        returns were told apart.
    """

    lines: pd.DataFrame
    others: pd.DataFrame
    taken_back: Floats
    gross: float
    matched: float
    unmatched: float
    returns_only: float
    valid_lines: float

    def __post_init__(self) -> None:
        size = self.gross + abs(self.matched) + abs(self.unmatched) + abs(self.returns_only)
        assert math.isclose(self.total, self.valid_lines, rel_tol=0, abs_tol=1e-9 * (1 + size))
        assert (self.taken_back >= 0).all()

    @property
    def returned(self) -> float:
        """What customers who ordered something gave back."""
        return math.fsum((self.matched, self.unmatched))

    @property
    def net(self) -> float:
        """What the customers in the table come to."""
        return math.fsum((self.gross, -self.matched, -self.unmatched))

    @property
    def total(self) -> float:
        """What the file comes to: the customers in the table and those set aside."""
        return math.fsum((self.gross, -self.matched, -self.unmatched, self.returns_only))

    def customers_set_aside(self) -> pd.DataFrame:
        """Return the customers who only have returns: ``customer_id``, ``lines``, ``amount``."""
        found = self.others.groupby("customer_id", sort=True)["amount"].agg(["size", "sum"])
        return found.set_axis(["lines", "amount"], axis=1).reset_index()

    def to_dict(self) -> dict[str, Any]:
        """Return the account as plain JSON values."""
        return {
            **{name: round(getattr(self, name), DECIMALS) for name in _SUMS},
            "lines": len(self.lines),
            "lines_unmatched": int((~self.lines["matched"]).sum()),
            "customers_set_aside": int(self.others["customer_id"].nunique()),
        }
