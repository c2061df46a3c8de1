"""Sales in all, by country, product, weekday and hour."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.results import SalesLines, SalesTotals, Values
from segmentation.sales.counting import count_by, shown, together
from segmentation.values import Bools

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def totals(lines: SalesLines, keep: Bools) -> SalesTotals:
    """Count what the customers for whom ``keep`` is true come to."""
    rows = shown(lines, keep)
    found = count_by(lines, rows, np.zeros(len(rows), dtype=np.int64), 1).iloc[0]
    own = rows & lines.opens
    orders = np.bincount(lines.customers[own], minlength=lines.customer_count)
    customers = int(found["customers"])
    return SalesTotals(
        revenue=float(found["revenue"]),
        gross=float(found["gross"]),
        returned=float(found["returned"]),
        orders=int(found["orders"]),
        customers=customers,
        average_order=float(found["average_order"]) if found["orders"] else None,
        repeat_share=float((orders > 1).sum() / customers) if customers else None,
    )


def by_country(lines: SalesLines, keep: Bools) -> pd.DataFrame | None:
    """Count sales by country, the largest first; None without such a column.

    Returns
    -------
    pandas.DataFrame
        ``country``, ``share`` of the revenue, and what `count_by` counts; countries without a line
        are left out.
    """
    return _by(lines, keep, lines.country, "country")


def by_product(lines: SalesLines, keep: Bools, top: int | None = None) -> pd.DataFrame | None:
    """Count sales by product, the largest first; None without such a column.

    Parameters
    ----------
    lines : SalesLines
        All lines.
    keep : ndarray of bool, shape (customers,)
        The customers to count.
    top : int, optional
        How many products to tell apart; the others come together in a last row. All by default.

    Returns
    -------
    pandas.DataFrame
        ``product``, ``description`` (where there is one), ``products`` (in the row: 1, or how many
        the rest are), ``share``, ``quantity`` (where there is one), and what `count_by` counts;
        an order counts with each product in it.
    """
    product = lines.product
    if product is None:
        return None
    every = _by(lines, keep, product, "product")
    assert every is not None
    names = every["product"].to_numpy(dtype=object)
    place = np.full(len(product.names), len(names), dtype=np.int64)
    place[pd.Index(product.names).get_indexer(names)] = np.arange(len(names))
    told = len(names) if top is None or len(names) <= top + 1 else top
    place = np.minimum(place, told)
    rows = shown(lines, keep) & (place[product.codes] <= told)
    codes, count = place[product.codes], told + 1
    frame = count_by(lines, rows, codes, count)
    sold = rows & lines.sale
    orders, _ = together(codes[sold], lines.orders[sold], count, lines.order_count)
    frame["orders"] = np.bincount(orders, minlength=count)
    frame = frame.drop(columns="average_order")
    if lines.quantities is not None:
        pieces = np.bincount(codes[rows], weights=lines.quantities[rows], minlength=count)
        frame.insert(0, "quantity", np.round(pieces, 6))
    frame.insert(0, "share", _shares(frame["revenue"]))
    frame.insert(0, "products", [1] * told + [len(names) - told])
    frame.insert(0, "product", [*names[:told], ""])
    if lines.descriptions is not None:
        by_name = dict(zip(product.names, lines.descriptions, strict=True))
        frame.insert(1, "description", [*(by_name[name] for name in names[:told]), ""])
    return frame if told < len(names) else frame.iloc[:told]


def by_weekday(lines: SalesLines, keep: Bools) -> pd.DataFrame:
    """Count sales by day of the week, Monday first: ``weekday``, ``share`` and the counts."""
    frame = count_by(lines, shown(lines, keep), (lines.days + 3) % 7, 7)
    frame.insert(0, "share", _shares(frame["revenue"]))
    frame.insert(0, "weekday", WEEKDAYS)
    return frame


def by_hour(lines: SalesLines, keep: Bools) -> pd.DataFrame | None:
    """Count sales by weekday and hour; None where no line has a time of day.

    Returns
    -------
    pandas.DataFrame
        ``weekday``, ``hour`` (0 to 23) and what `count_by` counts, all 168 of them.
    """
    if lines.hours is None:
        return None
    codes = (lines.days + 3) % 7 * 24 + lines.hours
    frame = count_by(lines, shown(lines, keep), codes, 7 * 24)
    frame.insert(0, "hour", list(range(24)) * 7)
    frame.insert(0, "weekday", np.repeat(WEEKDAYS, 24))
    return frame


def _by(lines: SalesLines, keep: Bools, values: Values | None, name: str) -> pd.DataFrame | None:
    if values is None:
        return None
    rows, count = shown(lines, keep), len(values.names)
    frame = count_by(lines, rows, values.codes, count)
    frame.insert(0, "share", _shares(frame["revenue"]))
    frame.insert(0, name, values.names)
    frame = frame[np.bincount(values.codes[rows], minlength=count) > 0]
    return frame.sort_values(["revenue", name], ascending=[False, True], ignore_index=True)


def _shares(revenue: pd.Series[float]) -> pd.Series[float]:
    total = revenue.sum()
    return revenue / total if total > 0 else revenue * np.nan
