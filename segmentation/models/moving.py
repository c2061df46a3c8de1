"""Segments over time: one frozen model at several dates of a log, or on two files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cleaning import clean
from segmentation.errors import DataError, SettingsError
from segmentation.features import build_features
from segmentation.models.loading import Fitted
from segmentation.models.placing import place_rows
from segmentation.models.scoring import score_features
from segmentation.results import (
    ABSENT,
    Calendar,
    Flow,
    Model,
    Moment,
    Movement,
    Noise,
    Scored,
    Timeline,
)
from segmentation.values import Bools, Floats
from segmentation.vocabulary import total_feature

Number = TypeVar("Number", bound=np.generic)

SURE = 0.95
MOST_EXAMPLES = 5
MOST_DATES = 120


def move_between(model: Model, log: Fitted, first: str, second: str) -> Movement:
    """Hold a log before one date against the same log before another.

    At a date, orders before it count, and days are counted to it. The calendar alone is the log
    before the first date with its days counted to the second.

    Parameters
    ----------
    model : Model
        The frozen model.
    log : Fitted
        Order lines, made ready for the model.
    first, second : str
        ISO dates, rising.

    Raises
    ------
    DataError
        If the file is no log, or holds no order before a date.
    SettingsError
        If a date is none, or the second is not after the first.
    """
    days = _days((first, second))
    before, after = (score_before(model, log, day) for day in days)
    step = move(
        model,
        before,
        after,
        labels=(first, second),
        calendar=score_before(model, log, days[0], as_of=days[1]),
    )
    end = covered(log)[1]
    if days[1] <= end:
        return step
    last = end - timedelta(days=1)
    note = f"The log ends at {last}: nothing can have happened from then to {days[1]}."
    return replace(step, notes=(note,))


def move(
    model: Model,
    before: Scored,
    after: Scored,
    *,
    labels: tuple[str, str],
    calendar: Scored | None = None,
) -> Movement:
    """Follow customers from one moment to another by their ids.

    How much of it is noise is told by the model's resampled points (`make_model`): a move is sure
    if 95% of them send the customer the same way.

    Parameters
    ----------
    model : Model
        The frozen model.
    before, after : Scored
        The two moments.
    labels : tuple of (str, str)
        What to call them.
    calendar : Scored, optional
        The customers before, as they would be after if nothing had happened.

    Raises
    ------
    DataError
        If a file has no column of customer ids.
    """
    for scored, called in zip((before, after), labels, strict=True):
        if scored.customers.id_column is None:
            raise DataError(
                "The customers have no ids, so they can't be followed",
                where=called,
                remedy="Say which column is the customer id",
            )
    ids, here, there = _together(before, after)
    from_ids = _taken(before.segment_ids, here, ABSENT)
    to_ids = _taken(after.segment_ids, there, ABSENT)
    both = (from_ids != ABSENT) & (to_ids != ABSENT)
    spent = [
        None if (money := _money(model, scored)) is None else _taken(money, at, 0.0)
        for scored, at in ((before, here), (after, there))
    ]
    calendar_ids = None
    if calendar is not None:
        calendar_ids = _taken(calendar.segment_ids, _find(calendar, ids), ABSENT)
    sureness, noise = _noise(model, before, after, here, there, from_ids, to_ids)
    return Movement(
        before=_moment(labels[0], before, from_ids, spent[0]),
        after=_moment(labels[1], after, to_ids, spent[1]),
        names=model.name_of(),
        worth=_worth(model),
        ids=ids,
        from_ids=from_ids,
        to_ids=to_ids,
        calendar_ids=calendar_ids,
        sureness=sureness,
        revenue_before=spent[0],
        revenue_after=spent[1],
        flows=tuple(_flows(ids, from_ids, to_ids, calendar_ids, sureness, spent[0], spent[1])),
        noise=noise,
        calendar=None
        if calendar_ids is None
        else Calendar(
            moved=int((both & (calendar_ids != from_ids)).sum()),
            of_movers=int((both & (from_ids != to_ids) & (calendar_ids == to_ids)).sum()),
            kept=int((both & (from_ids == to_ids) & (calendar_ids != from_ids)).sum()),
        ),
    )


def over_time(
    model: Model,
    log: Fitted,
    dates: Sequence[str],
    progress: Callable[[int, int], None] | None = None,
) -> Timeline:
    """Count a log's segments and their revenue at several dates.

    Revenue is what came in since the date before, by the segments at the end of that time.

    Parameters
    ----------
    model, log
        As for `move_between`.
    dates : sequence of str
        ISO dates, rising; `month_starts` gives those of a log.
    progress : callable, optional
        Gets how many dates are done, and of how many.

    Raises
    ------
    DataError, SettingsError
        As for `move_between`.
    """
    if len(dates) > MOST_DATES:
        raise SettingsError(
            f"{len(dates):,} dates are too many", remedy=f"Give {MOST_DATES} at most"
        )
    sizes = np.zeros((len(dates), model.k), dtype=np.int64)
    revenue = np.zeros((len(dates), model.k))
    spent = pd.Series(dtype=float)
    days = _days(dates)
    for row, day in enumerate(days):
        scored = score_before(model, log, day)
        segment_ids = scored.segment_ids
        sizes[row] = np.bincount(segment_ids, minlength=model.k + 1)[1:]
        money = scored.customers.frame["monetary_total"].to_numpy(dtype=float)
        now = pd.Series(money[scored.positions], index=scored.ids)
        since = now.to_numpy() - spent.reindex(now.index, fill_value=0.0).to_numpy()
        revenue[row] = np.bincount(segment_ids, weights=since, minlength=model.k + 1)[1:]
        spent = now
        if progress is not None:
            progress(row + 1, len(dates))
    return Timeline(
        dates=tuple(dates),
        names=model.name_of(),
        sizes=sizes,
        revenue=revenue,
        complete=np.array([_covers_month_before(log, day) for day in days], dtype=bool),
    )


def covered(log: Fitted) -> tuple[date, date]:
    """Return the first day of a log with an order, and the day after the last."""
    days = log.loaded.clean.frame["order_date"]
    return days.min().date(), days.max().date() + timedelta(days=1)


def month_starts(log: Fitted) -> tuple[str, ...]:
    """Return the first days of the months after a log's first order, and the day after its last.

    Raises
    ------
    DataError
        If the file is no log.
    """
    _require_log(log)
    first, last = covered(log)
    months = []
    day = first
    while True:
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if day >= last:
            break
        months.append(day.isoformat())
    return (*months[-MOST_DATES + 1 :], last.isoformat())


def score_before(model: Model, log: Fitted, day: date, as_of: date | None = None) -> Scored:
    """Score the customers of a log by its orders before a date.

    Parameters
    ----------
    model, log
        As for `move_between`.
    day : date
        Orders before it count.
    as_of : date, optional
        What days are counted to; the same date by default.

    Raises
    ------
    DataError
        If there is no order before the date.
    """
    _require_log(log)
    loaded = log.loaded
    eve = (day - timedelta(days=1)).isoformat()
    if not (loaded.clean.frame["order_date"].to_numpy() < np.datetime64(day)).any():
        raise DataError(
            f"There is no order before {day.isoformat()}",
            where=loaded.table.report.name,
            remedy=f"Give a date after {loaded.clean.frame['order_date'].min().date()}",
        )
    cleaned = clean(loaded.table, loaded.schema, replace(log.recipe.clean, as_of=eve))
    cleaned = replace(cleaned, as_of=as_of or day)
    customers = build_features(cleaned, loaded.schema)
    # What other files tell has no date here, and stays as it is.
    places = pd.Index(loaded.customers.ids).get_indexer(pd.Index(customers.ids))
    features = {}
    for name, cells in log.features.items():
        own = customers.frame.get(name, None)
        features[name] = cells[places] if own is None else own.to_numpy(dtype=cells.dtype)
    return score_features(model, features, customers=customers, doubts=log.doubts)


def _covers_month_before(log: Fitted, day: date) -> bool:
    first, end = covered(log)
    begin = (day - timedelta(days=1)).replace(day=1)
    return day.day == 1 and first <= begin and day <= end


def _require_log(log: Fitted) -> None:
    if log.loaded.customers.kind != "transactions":
        raise DataError(
            "A table of customers has no dates to go back to",
            where=log.loaded.table.report.name,
            remedy="Give a log of orders, or two tables of customers",
        )


def _days(dates: Sequence[str]) -> list[date]:
    days: list[date] = []
    for text in dates:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise SettingsError(
                f"{text[:40]!r} is not a date", remedy="Write it as 2026-01-31"
            ) from None
        if days and day <= days[-1]:
            raise SettingsError(
                f"{text} is not after {days[-1].isoformat()}", remedy="Give the earlier date first"
            )
        days.append(day)
    return days


def _together(
    before: Scored, after: Scored
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return everybody's ids, and their places before and after; -1 where they are not there."""
    old, new = pd.Index(before.ids), pd.Index(after.ids)
    ids = old.append(new[~new.isin(old)])
    return ids.to_numpy(dtype=object), old.get_indexer(ids), new.get_indexer(ids)


def _find(scored: Scored, ids: npt.NDArray[np.object_]) -> npt.NDArray[np.intp]:
    return np.asarray(pd.Index(scored.ids).get_indexer(pd.Index(ids)))


def _taken(
    values: npt.NDArray[Number], at: npt.NDArray[np.intp], absent: float
) -> npt.NDArray[Number]:
    taken = np.full(len(at), absent, dtype=values.dtype)
    taken[at >= 0] = values[at[at >= 0]]
    return taken


def _money(model: Model, scored: Scored) -> Floats | None:
    """Return what each customer has brought in, None where no column tells."""
    if scored.customers.kind == "transactions":
        column = scored.customers.frame["monetary_total"].to_numpy(dtype=float)
        return np.asarray(column[scored.positions])
    name = total_feature(model.features)
    if name is None:
        return None
    return np.asarray(np.nan_to_num(scored.features[name]), dtype=float)


def _worth(model: Model) -> dict[int, float]:
    """Return the revenue in the middle of each segment, nothing where no feature is revenue."""
    name = total_feature(model.features)
    for column, of in enumerate(model.columns):
        if of.name == name:
            return {one.named.segment_id: one.centre[column] for one in model.segments}
    return {}


def _moment(
    called: str, scored: Scored, segment_ids: npt.NDArray[np.int64], spent: Floats | None
) -> Moment:
    revenue: dict[int, float] = {}
    if spent is not None:
        sums = np.bincount(segment_ids, weights=spent, minlength=len(scored.names) + 1)
        revenue = {i: float(sums[i]) for i in scored.names}
    return Moment(label=called, sizes=scored.sizes(), revenue=revenue)


def _noise(
    model: Model,
    before: Scored,
    after: Scored,
    here: npt.NDArray[np.intp],
    there: npt.NDArray[np.intp],
    from_ids: npt.NDArray[np.int64],
    to_ids: npt.NDArray[np.int64],
) -> tuple[Floats | None, Noise | None]:
    if not model.shaken:
        return None, None
    both: Bools = (from_ids != ABSENT) & (to_ids != ABSENT)
    same_way = np.zeros(len(from_ids))
    moved, changed = [], []
    for draw in model.shaken:
        points = np.array(draw)
        old = place_rows(model, before.features, points).places.segment_ids[here]
        new = place_rows(model, after.features, points).places.segment_ids[there]
        same_way += (old == from_ids) & (new == to_ids)
        moved.append(int((both & (old != new)).sum()))
        changed.append(int((both & (old != from_ids)).sum()))
    sureness = np.where(both, same_way / len(model.shaken), np.nan)
    low, high = np.quantile(moved, [0.025, 0.975])
    return sureness, Noise(
        models=len(model.shaken),
        sure=int((both & (from_ids != to_ids) & (sureness >= SURE)).sum()),
        low=float(low),
        high=float(high),
        without_change=float(np.mean(changed)),
    )


def _flows(
    ids: npt.NDArray[np.object_],
    from_ids: npt.NDArray[np.int64],
    to_ids: npt.NDArray[np.int64],
    calendar_ids: npt.NDArray[np.int64] | None,
    sureness: Floats | None,
    before: Floats | None,
    after: Floats | None,
) -> list[Flow]:
    flows = []
    pairs = np.unique(np.column_stack([from_ids, to_ids]), axis=0)
    for from_id, to_id in pairs.tolist():
        who = np.flatnonzero((from_ids == from_id) & (to_ids == to_id))
        there = from_id != ABSENT and to_id != ABSENT
        order = who
        if before is not None and after is not None:
            order = who[np.argsort(-np.maximum(before[who], after[who]), kind="stable")]
        flows.append(
            Flow(
                from_id=from_id,
                to_id=to_id,
                customers=len(who),
                sure=int((sureness[who] >= SURE).sum()) if there and sureness is not None else None,
                by_calendar=int((calendar_ids[who] == to_id).sum())
                if there and calendar_ids is not None
                else None,
                revenue_before=None if before is None else float(before[who].sum()),
                revenue_after=None if after is None else float(after[who].sum()),
                examples=tuple(str(one) for one in ids[order[:MOST_EXAMPLES]]),
            )
        )
    return flows
