"""Who is slipping away: days since the last order, against the customer's own rhythm."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.results import Rhythms, SalesLines
from segmentation.results.sales import Rhythm
from segmentation.sales.counting import shown
from segmentation.sales.customers import customer_revenue
from segmentation.values import Bools

FEWEST_DAYS = 3
LATE = 2.0
RHYTHMS: tuple[Rhythm, ...] = ("in rhythm", "late", "slipping away")


def rhythms(lines: SalesLines, keep: Bools) -> Rhythms:
    """Hold the days since each customer's last order against the gaps between the orders before.

    In rhythm: no more than twice the median gap. Late: more, but there was a longer gap before.
    Slipping away: more than ever before. Below three days with orders, that is two gaps, nothing
    can be told. Returns are no orders.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> from segmentation.sales import sales_lines
    >>> days = {"A": (1, 3, 5), "B": (1, 12, 23), "C": (25,)}
    >>> rows = [f"{who},2026-01-{day:02},5" for who, own in days.items() for day in own]
    >>> text = "\\n".join(["customer,date,amount", *rows])
    >>> lines = sales_lines(load(Source(name="a.csv", data=text.encode())))
    >>> rhythms(lines, np.ones(3, dtype=bool)).frame[["times", "rhythm"]].values.tolist()
    [[10.5, 'slipping away'], [0.2727272727272727, 'in rhythm']]
    """
    rows = shown(lines, keep) & lines.sale
    order = np.lexsort((lines.days[rows], lines.customers[rows]))
    owners, days = lines.customers[rows][order], lines.days[rows][order]
    fresh = np.ones(len(days), dtype=bool)
    fresh[1:] = (owners[1:] != owners[:-1]) | (days[1:] != days[:-1])
    owners, days = owners[fresh], days[fresh]
    counts = np.bincount(owners, minlength=lines.customer_count)
    last = np.full(lines.customer_count, np.iinfo(np.int64).min)
    np.maximum.at(last, owners, days)
    inner = owners[1:] == owners[:-1]
    gaps, gap_owners = np.diff(days)[inner], owners[1:][inner]
    sorted_gaps = gaps[np.lexsort((gaps, gap_owners))]
    own_gaps = np.maximum(counts - 1, 0)
    ends = np.cumsum(own_gaps)
    told = np.flatnonzero(counts >= FEWEST_DAYS)
    starts, sizes = (ends - own_gaps)[told], own_gaps[told]
    median = (sorted_gaps[starts + (sizes - 1) // 2] + sorted_gaps[starts + sizes // 2]) / 2
    longest = sorted_gaps[ends[told] - 1]
    since = lines.as_of_day - last[told]
    rhythm = np.where(since <= LATE * median, 0, np.where(since <= longest, 1, 2))
    frame = pd.DataFrame(
        {
            "position": told,
            "order_days": counts[told],
            "median_gap_days": median,
            "longest_gap_days": longest,
            "days_since": since,
            "times": since / median,
            "rhythm": np.array(RHYTHMS, dtype=object)[rhythm],
            "revenue": customer_revenue(lines)[told],
        }
    )
    frame = frame.sort_values(["times", "position"], ascending=[False, True], ignore_index=True)
    return Rhythms(frame=frame, customers=int(keep.sum()))
