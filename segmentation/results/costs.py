"""What an action costs, what it must bring in, and what it takes to prove that it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Money is compared by the mean of a customer, an answer by the share of customers who give it.
Measure = Literal["money", "answers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How large a test must be to prove that an action pays.

    Parameters
    ----------
    per_group : int or None
        Customers who are contacted, and as many who are not; None if no number would do.
    customers : int
        Of the segment, to draw both groups from.
    smallest : float or None
        The smallest uplift that both halves of the segment could prove, in money for a customer or
        as a share of customers, 0 to 1; None if they could prove none.
    """

    per_group: int | None
    customers: int
    smallest: float | None

    @property
    def fits(self) -> bool:
        """Whether the segment is large enough for both groups."""
        return self.per_group is not None and 2 * self.per_group <= self.customers


@dataclass(frozen=True, slots=True, kw_only=True)
class CostedAction:
    """What it takes for contacting a whole segment to pay.

    Parameters
    ----------
    segment_id : int
        1 to k.
    customers : int
        Reach: those of the segment who are contacted.
    share : float
        Of all customers shown, 0 to 1.
    revenue, revenue_per_customer : float or None
        In the time the data covers; None without a column of money, or without customers.
    effort : float
        Cost of contacting all of them.
    break_even : float
        Uplift at which the cost comes back: money for each customer contacted, or the share of
        them who must answer beyond those who would anyway, 0 to 1.
    break_even_share : float or None
        The money as a share of the revenue per customer; None without it, or if it is not above 0.
    trial : Trial or None
        None where the data can't say, for the reason in ``notes``.
    notes : tuple of str
        What can't be said, and why, in sentences.
    """

    segment_id: int
    customers: int
    share: float
    revenue: float | None
    revenue_per_customer: float | None
    effort: float
    break_even: float
    break_even_share: float | None
    trial: Trial | None
    notes: tuple[str, ...] = ()
