"""Sales over time, and which periods the lines cover only in part."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segmentation.results import SalesLines, SalesOverTime
from segmentation.results.sales import Integers, Period
from segmentation.sales.counting import count_by, shown
from segmentation.values import Bools

MONDAY = 3
# A wrong year makes many days that nothing happened on.
MOST_PERIODS = 20_000


def over_time(lines: SalesLines, keep: Bools, period: Period) -> SalesOverTime:
    """Count sales by day, week or month, from the first line of the file to its last day.

    Of more than 20,000 periods only those with a line are given.

    A return counts where it came back. A period is incomplete if the file begins after its first
    day or ends before its last; the last day itself, if its lines stop more than an hour before
    those of a usual day. Where the as-of date lies further on, the file is taken to be complete to
    the day before it.

    Parameters
    ----------
    lines : SalesLines
        All lines.
    keep : ndarray of bool, shape (customers,)
        The customers to count.
    period : {"day", "week", "month"}
        Weeks begin on Monday.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> from segmentation.sales import sales_lines
    >>> text = "customer,date,amount\\nA,2026-01-01,5\\nA,2026-03-03,7\\nB,2026-01-31,1\\n"
    >>> lines = sales_lines(load(Source(name="a.csv", data=text.encode())))
    >>> found = over_time(lines, np.ones(2, dtype=bool), "month").frame
    >>> found["revenue"].tolist(), found["complete"].tolist()
    ([6.0, 0.0, 7.0], [True, True, False])
    """
    codes = period_codes(lines.days, period)
    first = int(period_codes(np.array([lines.first_day]), period)[0])
    last = int(period_codes(np.array([lines.last_day]), period)[0])
    count = last - first + 1
    frame = count_by(lines, shown(lines, keep), codes - first, count)
    starts = period_starts(np.arange(first, last + 1), period)
    frame.insert(0, "start", starts)
    frame.insert(1, "complete", complete(lines, period))
    if count > MOST_PERIODS:
        frame = frame[np.bincount(codes - first, minlength=count) > 0].reset_index(drop=True)
    return SalesOverTime(period=period, frame=frame)


def complete(lines: SalesLines, period: Period) -> Bools:
    """Tell which periods, from the first to the last of the file, its lines cover."""
    first, last = period_codes(np.array([lines.first_day, lines.last_day]), period).tolist()
    begins = days_of(period_starts(np.arange(first, last + 1), period))
    ends = days_of(period_starts(np.arange(first + 1, last + 2), period)) - 1
    known = lines.last_day - lines.last_day_is_cut
    found: Bools = (begins >= lines.first_day) & (ends <= known)
    return found


def period_codes(days: Integers, period: Period) -> Integers:
    """Number the periods that days lie in.

    Examples
    --------
    >>> period_codes(np.array([0, 3, 4, 31]), "week").tolist()
    [0, 0, 1, 4]
    """
    if period == "day":
        return days
    if period == "week":
        return (days + MONDAY) // 7
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def period_starts(codes: Integers, period: Period) -> npt.NDArray[np.datetime64]:
    """Return the first day of each period.

    Examples
    --------
    >>> period_starts(np.array([1]), "week").astype(str).tolist()
    ['1970-01-05T00:00:00']
    """
    if period == "month":
        return codes.astype("datetime64[M]").astype("datetime64[s]")
    days = codes if period == "day" else codes * 7 - MONDAY
    return days.astype("datetime64[D]").astype("datetime64[s]")


def days_of(moments: npt.NDArray[np.datetime64]) -> Integers:
    """Return days since 1970-01-01."""
    return moments.astype("datetime64[D]").astype(np.int64)
