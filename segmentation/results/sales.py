"""What was sold: lines ready to be counted, and what counting them comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.grouping import DECIMALS
from segmentation.values import Bools, Floats

Integers = npt.NDArray[np.int64]
Period = Literal["day", "week", "month"]
Rhythm = Literal["in rhythm", "late", "slipping away"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Values:
    """A column of the lines as codes.

    Parameters
    ----------
    codes : ndarray of int, shape (lines,)
        Place of each line's value in ``names``.
    names : ndarray of str, shape (values,)
        In alphabetical order; "" where the cell is empty.
    """

    codes: Integers
    names: npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SalesLines:
    """Order lines and returns, each a line, as numbers that add up in any order.

    Amounts are whole multiples of 2 to the power of minus ``shift``: adding whole numbers rounds
    nothing, so that whatever they are grouped by, the groups come to the total.

    Parameters
    ----------
    amounts : ndarray of int, shape (lines,)
        Amount of each line, in multiples of the unit; of returns below 0.
    shift : int
        Binary digits behind the point.
    sale : ndarray of bool, shape (lines,)
        True for what was sold, False for what came back.
    customers : ndarray of int, shape (lines,)
        Position of the customer in `Customers`.
    customer_count : int
        All customers.
    days : ndarray of int, shape (lines,)
        Days since 1970-01-01.
    hours : ndarray of int, shape (lines,), or None
        Hour of the day; None if no line has one.
    orders : ndarray of int, shape (lines,)
        Number of the line's order; -1 for returns.
    opens : ndarray of bool, shape (lines,)
        Whether the line is the first of its order, which counts where this line counts.
    order_count : int
        All orders.
    quantities : ndarray of float, shape (lines,), or None
        Pieces, of returns below 0.
    product, country, category : Values or None
        Where there is such a column.
    charges : ndarray of bool, shape (products,)
        Which products are none: postage, fees, corrections.
    descriptions : ndarray of str, shape (products,), or None
        What each product is most often called, where a column says so.
    as_of_day : int
        The day that days since an order are counted to.
    first_day, last_day : int
        The first day with a line, and the last that the lines are complete to.
    last_day_is_cut : bool
        Whether the last day seems to end early, told from its last hour.
    net : bool
        Whether returns are taken off.
    """

    amounts: Integers
    shift: int
    sale: Bools
    customers: Integers
    customer_count: int
    days: Integers
    hours: Integers | None
    orders: Integers
    opens: Bools
    order_count: int
    quantities: Floats | None
    product: Values | None
    country: Values | None
    category: Values | None
    charges: Bools
    descriptions: npt.NDArray[Any] | None
    as_of_day: int
    first_day: int
    last_day: int
    last_day_is_cut: bool
    net: bool

    def __post_init__(self) -> None:
        assert len(self.amounts) == len(self.sale) == len(self.customers) == len(self.days)
        assert int(self.opens.sum()) == self.order_count
        assert self.first_day <= self.last_day

    def money(self, sums: Integers) -> Floats:
        """Return sums of amounts in the file's own unit, to 6 decimals."""
        found: Floats = np.round(np.ldexp(sums.astype(float), -self.shift), DECIMALS)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesTotals:
    """What some customers come to.

    Parameters
    ----------
    revenue : float
        Net of returns where they are taken off, else what was sold.
    gross, returned : float
        What was sold, and what came back of it.
    orders, customers : int
        Orders, and customers who placed them.
    average_order : float or None
        revenue / orders.
    repeat_share : float or None
        Share of the customers with two orders or more.
    """

    revenue: float
    gross: float
    returned: float
    orders: int
    customers: int
    average_order: float | None
    repeat_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SalesOverTime:
    """Sales by day, week or month.

    Parameters
    ----------
    period : {"day", "week", "month"}
        Weeks begin on Monday.
    frame : pandas.DataFrame
        One row a period, with or without a line: ``start``, ``complete`` (whether the lines cover
        all of it), ``revenue``, ``gross``, ``returned``, ``orders``, ``customers``,
        ``average_order``.
    """

    period: Period
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cohorts:
    """Who came back, by month of the first order.

    Parameters
    ----------
    months : ndarray of datetime64, shape (months,)
        First day of each month.
    sizes : ndarray of int, shape (months,)
        Customers who ordered first in it.
    counts : ndarray of float, shape (months, months)
        Of those, who ordered so many months later; NaN for what is yet to come.
    complete : ndarray of bool, shape (months, months)
        Whether the lines cover all of both months.
    """

    months: npt.NDArray[np.datetime64]
    sizes: Integers
    counts: Floats
    complete: Bools

    @property
    def shares(self) -> Floats:
        """``counts`` as shares of ``sizes``; NaN for a month without new customers."""
        sizes = np.where(self.sizes > 0, self.sizes, np.nan)
        found: Floats = self.counts / sizes[:, None]
        return found

    def frame(self) -> pd.DataFrame:
        """Return a row for each cell that can be told: ``cohort``, ``months_later``, counts."""
        rows, columns = np.nonzero(~np.isnan(self.counts))
        return pd.DataFrame(
            {
                "cohort": self.months[rows],
                "months_later": columns,
                "cohort_customers": self.sizes[rows],
                "customers": self.counts[rows, columns].astype(np.int64),
                "share": self.shares[rows, columns],
                "complete": self.complete[rows, columns],
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pareto:
    """How revenue is spread over customers, the best first.

    Parameters
    ----------
    curve : pandas.DataFrame
        ``customers`` (share of them) and ``revenue`` (share of it), from 0 to 1, at most a few
        hundred points.
    top : pandas.DataFrame
        ``top`` (per cent of the customers), ``customers`` (how many, rounded up), ``revenue``,
        ``share``.
    gini : float or None
        0 if all bring the same, near 1 if one brings all; None where the total is not above 0.
    negative : int
        Customers below 0, who lift the curve above the whole.
    """

    curve: pd.DataFrame
    top: pd.DataFrame
    gini: float | None
    negative: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rhythms:
    """Who is slipping away, by their own rhythm.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a customer with orders on three days or more: ``position`` (in `Customers`),
        ``order_days``, ``median_gap_days``, ``longest_gap_days``, ``days_since``, ``times`` (days
        since / median gap), ``rhythm``, ``revenue``; the longest overdue first.
    customers : int
        All customers looked at.
    """

    frame: pd.DataFrame
    customers: int

    def count(self, rhythm: Rhythm) -> int:
        """Count the customers of a rhythm."""
        return int((self.frame["rhythm"] == rhythm).sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """Products bought together.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``first`` and ``second`` (product codes; who buys the first buys the second), ``orders``
        with both, ``support``, ``confidence``, ``lift`` and its interval ``low`` to ``high``, by
        falling ``low``.
    orders : int
        Orders with a product, which support is a share of.
    products, of_products : int
        How many of the products, the most ordered ones, were paired, and how many there are.
    least_orders : int
        Pairs in fewer orders are left out.
    """

    frame: pd.DataFrame
    orders: int
    products: int
    of_products: int
    least_orders: int
