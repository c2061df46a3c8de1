"""Customers over time: new and returning, cohorts, and how revenue is spread over them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.results import Cohorts, Pareto, SalesLines
from segmentation.results.sales import Integers
from segmentation.sales.counting import distinct, shown, sums, together
from segmentation.sales.periods import complete, period_codes, period_starts
from segmentation.values import Bools, Floats

TOPS = (1, 5, 10, 20, 50)
MOST_POINTS = 400
MOST_MONTHS = 240


def new_and_returning(lines: SalesLines, keep: Bools) -> pd.DataFrame:
    """Tell by month the customers who ordered for the first time from those who came back.

    Whoever first ordered before the file begins counts as new too.

    Returns
    -------
    pandas.DataFrame
        ``start``, ``complete``, ``new_customers``, ``returning_customers`` (who ordered in the
        month), ``new_revenue``, ``returning_revenue`` (all money of the month by whether it is that
        of the customer's first order).
    """
    months, first, last = _months(lines)
    count = last - first + 1
    began = _first_months(lines, months)
    rows = shown(lines, keep)
    # What came back before a customer's first order is no custom of one who returned.
    new = months <= began[lines.customers]
    found: dict[str, object] = {
        "start": period_starts(np.arange(first, last + 1), "month"),
        "complete": complete(lines, "month"),
    }
    for name, own in (("new", rows & new), ("returning", rows & ~new)):
        sold = own & lines.sale
        found[f"{name}_customers"] = distinct(
            months[sold] - first, lines.customers[sold], count, lines.customer_count
        )
        found[f"{name}_revenue"] = lines.money(sums(months[own] - first, lines.amounts[own], count))
    return pd.DataFrame(found)


def cohorts(lines: SalesLines, keep: Bools) -> Cohorts:
    """Follow the customers of each first month through the months after it.

    Where the lines span more than 20 years, it is the 20 about the middle line: a wrong year must
    not make a table of a million cells.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> from segmentation.sales import sales_lines
    >>> text = "customer,date,amount\\nA,2026-01-01,5\\nA,2026-02-28,7\\nB,2026-01-31,1\\n"
    >>> lines = sales_lines(load(Source(name="a.csv", data=text.encode())))
    >>> cohorts(lines, np.ones(2, dtype=bool)).counts.tolist()
    [[2.0, 1.0], [0.0, nan]]
    """
    months, begin, end = _months(lines)
    known = complete(lines, "month")
    first, last = begin, end
    if end - begin >= MOST_MONTHS:
        first = max(begin, min(int(np.median(months)) - MOST_MONTHS // 2, end - MOST_MONTHS + 1))
        last = first + MOST_MONTHS - 1
        known = known[first - begin : last - begin + 1]
    count = last - first + 1
    began = _first_months(lines, months)
    inside = (began[lines.customers] >= first) & (months <= last)
    rows = shown(lines, keep) & lines.sale & inside
    owners, active = together(
        lines.customers[rows], months[rows] - first, lines.customer_count, count
    )
    start = began[owners] - first
    found = np.bincount(start * count + active - start, minlength=count * count)
    counts = found.reshape(count, count).astype(float)
    later = np.arange(count)
    ahead = later[:, None] + later[None, :]
    counts[ahead >= count] = np.nan
    return Cohorts(
        months=period_starts(np.arange(first, last + 1), "month"),
        sizes=counts[:, 0].astype(np.int64),
        counts=counts,
        complete=known[:, None] & known[np.minimum(ahead, count - 1)],
    )


def pareto(lines: SalesLines, keep: Bools) -> Pareto:
    """Say how much of the revenue the best customers bring.

    The Gini coefficient is the mean difference between any two customers, in units of twice the
    mean (Gini 1912); of customers below 0 it can exceed 1.
    """
    best = np.sort(customer_revenue(lines)[keep])[::-1]
    total, count = float(best.sum()), len(best)
    share = total > 0
    sofar = np.concatenate([[0.0], np.cumsum(best)])
    places = np.unique(np.linspace(0, count, min(count, MOST_POINTS) + 1).astype(int))
    picked = [-(-count * top // 100) for top in TOPS]
    revenue: Floats = sofar[picked]
    ranks = np.arange(count, 0, -1)
    return Pareto(
        curve=pd.DataFrame(
            {
                "customers": places / max(count, 1),
                "revenue": sofar[places] / total if share else np.full(len(places), np.nan),
            }
        ),
        top=pd.DataFrame(
            {
                "top": TOPS,
                "customers": picked,
                "revenue": np.round(revenue, 6),
                "share": revenue / total if share else np.full(len(TOPS), np.nan),
            }
        ),
        gini=float(2 * (ranks * best).sum() / (count * total) - (count + 1) / count)
        if share
        else None,
        negative=int((best < 0).sum()),
    )


def customer_revenue(lines: SalesLines) -> Floats:
    """Return the revenue of every customer."""
    return lines.money(sums(lines.customers, lines.amounts, lines.customer_count))


def _months(lines: SalesLines) -> tuple[Integers, int, int]:
    months = period_codes(lines.days, "month")
    first, last = period_codes(np.array([lines.first_day, lines.last_day]), "month").tolist()
    return months, first, last


def _first_months(lines: SalesLines, months: Integers) -> Integers:
    began = np.full(lines.customer_count, np.iinfo(np.int64).max)
    np.minimum.at(began, lines.customers[lines.sale], months[lines.sale])
    return began
