"""Movement as a reader wants it told: figures, tables, sentences, the dates to begin with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from segmentation.models.loading import Fitted
from segmentation.models.moving import covered, month_starts
from segmentation.models.reports import moves_frame
from segmentation.numerals import counted
from segmentation.results import ABSENT, Movement

NOT_YET, GONE, TOTAL = "(not there yet)", "(gone)", "All"
MONTHS_BACK = 3


def figures(step: Movement) -> list[tuple[str, float, int]]:
    """Return the headline figures as (label, value, digits)."""
    kinds = {"Stayed": "stayed", "Moved": "moved", "Came": "came", "Left": "left"}
    return [(words, step.count(kind), 0) for words, kind in kinds.items()]  # type: ignore[arg-type]


def days(log: Fitted) -> tuple[date, date]:
    """Return the first and the last date that a log can be looked at: orders before it count."""
    first, end = covered(log)
    return first + timedelta(days=1), end


def first_dates(log: Fitted) -> tuple[date, date]:
    """Return the dates to begin with: the end of a log, and the month's start three before."""
    first, last = days(log)
    months = [date.fromisoformat(text) for text in month_starts(log)[:-1]]
    return (months[-MONTHS_BACK:] or [first])[0], last


def from_names(step: Movement) -> dict[int, str]:
    """Return what customers come from: the segments, and nowhere."""
    return {**step.names, ABSENT: NOT_YET}


def to_names(step: Movement) -> dict[int, str]:
    """Return what customers go to: the segments, and nowhere."""
    return {**step.names, ABSENT: GONE}


def matrix_frame(step: Movement) -> pd.DataFrame:
    """Count customers by their segments before (rows) and after (columns), with the totals."""
    matrix = step.matrix()
    order = [*step.names, ABSENT]
    table = pd.DataFrame(
        matrix[order][:, order],
        index=list(from_names(step).values()),
        columns=list(to_names(step).values()),
    )
    table[TOTAL] = table.sum(axis=1)
    table.loc[TOTAL] = table.sum(axis=0)
    return table


def flows_frame(step: Movement) -> pd.DataFrame:
    """Return a row a flow, the movers before those who stayed, the largest first.

    What is not known of any flow (money, how sure, the calendar) has no column.
    """
    order = {"moved": 0, "came": 1, "left": 2, "stayed": 3}
    flows = sorted(step.flows, key=lambda flow: (order[flow.kind], -flow.customers))
    from_, to = from_names(step), to_names(step)
    columns: dict[str, list[Any]] = {
        "From": [from_[flow.from_id] for flow in flows],
        "To": [to[flow.to_id] for flow in flows],
        "Customers": [flow.customers for flow in flows],
        "Sure": [flow.sure for flow in flows],
        "By the calendar": [flow.by_calendar for flow in flows],
        "Revenue before": [flow.revenue_before for flow in flows],
        "Revenue after": [flow.revenue_after for flow in flows],
        "Examples": [", ".join(flow.examples) for flow in flows],
    }
    known = {name: cells for name, cells in columns.items() if any(c is not None for c in cells)}
    return pd.DataFrame(known)


def noise_line(step: Movement) -> str:
    """Say how much of the movement is noise at the borders; empty where that is not known."""
    if step.noise is None:
        return ""
    noise, moved = step.noise, step.count("moved")
    elsewhere = counted(round(noise.without_change), "customer", "customers")
    them = "the customer" if round(noise.without_change) == 1 else "them"
    return (
        f"{noise.sure:,} of {counted(moved, 'move is', 'moves are')} sure: 95% of "
        f"{noise.models:,} models of resampled customers send the customer the same way. Such a "
        f"model counts between {noise.low:,.0f} and {counted(round(noise.high), 'move', 'moves')}, "
        f"and puts {elsewhere} elsewhere though nothing about {them} has changed."
    )


def calendar_line(step: Movement) -> str:
    """Say how much of the movement is the calendar alone; empty where there is none."""
    if step.calendar is None:
        return ""
    calendar, moved = step.calendar, step.count("moved")
    return (
        f"Had nobody ordered anything in between, {calendar.moved:,} would have moved, because "
        f"days went by. Of the {counted(moved, 'customer', 'customers')} that did move, "
        f"{counted(calendar.of_movers, 'is', 'are')} just where that alone would have put "
        f"{'it' if calendar.of_movers == 1 else 'them'}; "
        f"{calendar.kept:,} stayed because they ordered."
    )


def direction_line(step: Movement) -> str:
    """Say what up and down are; empty where nothing tells."""
    if not step.worth:
        return ""
    return "Up is towards segments whose typical customer brings in more, down to those with less."


def movers(step: Movement, from_id: int | None, to_id: int | None, most: int) -> pd.DataFrame:
    """Return who went from a segment to a segment, to look at; without both, all who changed.

    Where nothing tells what is up, there is no column of it.

    Parameters
    ----------
    step : Movement
        The two moments.
    from_id, to_id
        As for `Movement.who`.
    most : int
        How many rows at most.
    """
    who = step.who(from_id, to_id)
    if from_id is None or to_id is None:
        who = who & (step.from_ids != step.to_ids)
    frame = moves_frame(step)[who].head(most)
    frame["from_segment"] = frame["from_segment"].replace("", NOT_YET)
    frame["to_segment"] = frame["to_segment"].replace("", GONE)
    words = {
        "customer_id": "Customer",
        "from_segment": "From",
        "to_segment": "To",
        "direction": "Direction",
        "revenue_before": "Revenue before",
        "revenue_after": "Revenue after",
        "sureness": "Sure",
    }
    if not step.worth:
        del words["direction"]
    return frame[[name for name in words if name in frame]].rename(columns=words)
