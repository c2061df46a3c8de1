"""The same by segment: when each buys, where it is, and who of it is slipping away."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.results import Rhythms, SalesLines
from segmentation.results.sales import Integers
from segmentation.sales.counting import count_by
from segmentation.sales.periods import complete, period_codes, period_starts
from segmentation.sales.rhythms import RHYTHMS


def seasons(lines: SalesLines, segments: Integers, k: int) -> pd.DataFrame:
    """Count sales by month and segment.

    Parameters
    ----------
    lines : SalesLines
        All lines.
    segments : ndarray of int, shape (customers,)
        Segment of each customer, 1 to ``k``; 0 leaves the customer out.
    k : int
        Segments.

    Returns
    -------
    pandas.DataFrame
        ``start``, ``complete``, ``segment_id``, ``index`` (100: the segment's mean over its
        complete months; NaN where that is not above 0), and what `count_by` counts, a row for every
        month and segment.
    """
    months = period_codes(lines.days, "month")
    first, last = period_codes(np.array([lines.first_day, lines.last_day]), "month").tolist()
    count = last - first + 1
    frame = _by_segment(lines, segments, k, months - first, count)
    known = complete(lines, "month")
    starts = period_starts(np.arange(first, last + 1), "month")
    revenue = frame["revenue"].to_numpy().reshape(k, count)
    whole = known if known.any() else np.ones(count, dtype=bool)
    means = revenue[:, whole].mean(axis=1, keepdims=True)
    index = np.divide(100 * revenue, means, out=np.full((k, count), np.nan), where=means > 0)
    frame.insert(0, "index", index.ravel())
    frame.insert(0, "segment_id", np.repeat(np.arange(1, k + 1), count))
    frame.insert(0, "complete", np.tile(known, k))
    frame.insert(0, "start", np.tile(starts, k))
    return frame


def regions(lines: SalesLines, segments: Integers, k: int) -> pd.DataFrame | None:
    """Count sales by country and segment; None without countries.

    Parameters
    ----------
    lines, segments, k
        As for `seasons`.

    Returns
    -------
    pandas.DataFrame
        ``country``, ``segment_id``, ``share`` (of the segment's revenue), ``overall`` (of the
        revenue of all segments) and what `count_by` counts, the largest country first; those
        without a line are left out.
    """
    if lines.country is None:
        return None
    count = len(lines.country.names)
    frame = _by_segment(lines, segments, k, lines.country.codes, count)
    revenue = frame["revenue"].to_numpy().reshape(k, count)
    own, all_of_it = revenue.sum(axis=1, keepdims=True), revenue.sum()
    share = np.divide(revenue, own, out=np.full((k, count), np.nan), where=own > 0)
    overall = revenue.sum(axis=0) / all_of_it if all_of_it > 0 else np.full(count, np.nan)
    frame.insert(0, "overall", np.tile(overall, k))
    frame.insert(0, "share", share.ravel())
    frame.insert(0, "segment_id", np.repeat(np.arange(1, k + 1), count))
    frame.insert(0, "country", np.tile(lines.country.names, k))
    rows = segments[lines.customers] > 0
    met = np.bincount(lines.country.codes[rows], minlength=count) > 0
    frame = frame[np.tile(met, k)].assign(_size=np.tile(revenue.sum(axis=0), k)[np.tile(met, k)])
    order = ["_size", "country", "segment_id"]
    frame = frame.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return frame.drop(columns="_size")


def rhythms_by_segment(found: Rhythms, segments: Integers, k: int) -> pd.DataFrame:
    """Count the customers of each segment by their rhythm.

    Returns
    -------
    pandas.DataFrame
        One row a segment: ``segment_id``, ``customers``, ``told`` (with orders on three days or
        more), a column for each rhythm, ``share`` (slipping away, of those told; NaN if there are
        none) and ``revenue`` (what those slipping away have brought).
    """
    frame = found.frame
    own = segments[frame["position"].to_numpy()]
    table = pd.DataFrame(
        {
            "segment_id": np.arange(1, k + 1),
            "customers": np.bincount(segments, minlength=k + 1)[1:],
            "told": np.bincount(own, minlength=k + 1)[1:],
        }
    )
    for name in RHYTHMS:
        met = (frame["rhythm"] == name).to_numpy()
        table[name] = np.bincount(own[met], minlength=k + 1)[1:]
    slipping = (frame["rhythm"] == RHYTHMS[-1]).to_numpy()
    lost = np.bincount(own[slipping], frame["revenue"].to_numpy()[slipping], minlength=k + 1)
    table["share"] = table[RHYTHMS[-1]] / table["told"].where(table["told"] > 0)
    table["revenue"] = np.round(lost[1:], 6)
    return table


def _by_segment(
    lines: SalesLines, segments: Integers, k: int, codes: Integers, count: int
) -> pd.DataFrame:
    own = segments[lines.customers]
    return count_by(lines, own > 0, np.maximum(own - 1, 0) * count + codes, k * count)
