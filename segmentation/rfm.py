"""Recency, frequency and money: five scores each, by edges that can be seen, and a name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.errors import DataError, SchemaError
from segmentation.grouping import DECIMALS
from segmentation.numerals import counted
from segmentation.results import (
    Customers,
    Measure,
    Profiles,
    Rfm,
    RfmCrossing,
    RfmScale,
    RfmSegment,
)
from segmentation.rfm_grid import OTHERS, SCORES, Grid, GridSegment, built_in_grid, lint
from segmentation.values import Bools, Floats, to_numbers
from segmentation.vocabulary import trait
from segmentation.words import listed

QUANTILES = (0.2, 0.4, 0.6, 0.8)
COLUMNS: dict[Measure, str] = {
    "recency": "recency_days",
    "frequency": "frequency_orders",
    "monetary": "monetary_total",
}
SCORE_COLUMNS = ("r_score", "f_score", "m_score")


def score_rfm(customers: Customers, grid: Grid | None = None) -> Rfm:
    """Score customers from 1 to 5 by days, orders and money, and name them.

    The edges are those of R's package rfm: the quantiles at 20, 40, 60 and 80 % (type 7, which
    interpolates), plus 1. A bin holds its lower edge and not its upper one, so equal customers
    have equal scores, and a score can go to more or fewer than a fifth. Fewest days score 5;
    most orders and most money score 5. The name is that of the grid's first segment that fits.

    Parameters
    ----------
    customers : Customers
        Of order lines, or with columns that are called recency, frequency and money.
    grid : Grid, optional
        The names; the built-in ones by default.

    Raises
    ------
    SchemaError
        If a measure has no column.
    DataError
        If fewer than five customers can be scored.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> rows = [f"{i},{70 - i},{i // 10 + 1},{i * 10}" for i in range(1, 61)]
    >>> data = "\\n".join(["id,recency,frequency,monetary", *rows]).encode()
    >>> scored = score_rfm(load(Source(name="a.csv", data=data)).customers)
    >>> scored.frame["rfm_segment"][0], scored.scales[2].customers
    ('Lost', (12, 12, 12, 12, 12))
    >>> scored.scales[1].edges
    (3.0, 4.0, 5.0, 6.0)
    """
    grid = grid or built_in_grid()
    columns, notes = measure_columns(customers)
    values = {measure: _numbers(customers.frame[name]) for measure, name in columns.items()}
    chosen, unscored = _scorable(values)
    for reason, where in unscored.items():
        notes.append(f"{counted(len(where), 'customer', 'customers')} not scored: {reason}.")
    if len(chosen) < SCORES:
        raise DataError(
            f"{counted(len(chosen), 'customer', 'customers')} can be scored, too few for scores "
            f"from 1 to {SCORES}",
            where="; ".join(notes),
            remedy=f"Choose a file with at least {SCORES} customers who ordered something",
        )
    frame = pd.DataFrame({"customer_id": customers.ids[chosen]}, dtype="str")
    for measure, name in COLUMNS.items():
        frame[name] = values[measure][chosen]
    scales = []
    for (measure, name), score in zip(COLUMNS.items(), SCORE_COLUMNS, strict=True):
        edges = edges_of(frame[name].to_numpy())
        frame[score] = scores_of(frame[name].to_numpy(), edges, reverse=measure == "recency")
        scales.append(_scale(measure, columns[measure], frame[name], edges, frame[score]))
        notes.extend(_scale_notes(scales[-1]))
    below = int((frame["monetary_total"] < 0).sum())
    if below:
        notes.append(f"{counted(below, 'customer has', 'customers have')} a total below 0.")
    notes.extend(fault.text for fault in lint(grid))
    places = grid.taken()[tuple(frame[name].to_numpy() - 1 for name in SCORE_COLUMNS)]
    named = np.array([*(segment.name for segment in grid.segments), OTHERS], dtype=object)
    frame["rfm_segment"] = pd.Series(named[places], dtype="str")
    return _counted(frame, grid, chosen, unscored, (scales[0], scales[1], scales[2]), tuple(notes))


def rfm_shown(rfm: Rfm, grid: Grid, keep: Bools) -> Rfm:
    """Return only some of the customers, with the scores they have among all.

    Parameters
    ----------
    rfm : Rfm
        Of all customers.
    grid : Grid
        Its names.
    keep : ndarray of bool, shape (customers,)
        Who is shown, in the order of `Customers`.
    """
    rows = keep[rfm.customers]
    frame = rfm.frame[rows].reset_index(drop=True)
    scales = [
        replace(scale, customers=tuple(_score_counts(frame[name]))) for scale, name in _scored(rfm)
    ]
    unscored = {why: where[keep[where]] for why, where in rfm.unscored.items()}
    chosen = rfm.customers[rows]
    return _counted(frame, grid, chosen, unscored, (scales[0], scales[1], scales[2]), rfm.notes)


def row_of(rfm: Rfm, position: int) -> pd.Series[Any] | None:
    """Return the scores of the customer at a position of `Customers`, None if not scored."""
    at = int(np.searchsorted(rfm.customers, position))
    if at == len(rfm.customers) or rfm.customers[at] != position:
        return None
    return rfm.frame.iloc[at]


def _scored(rfm: Rfm) -> Iterator[tuple[RfmScale, str]]:
    return zip(rfm.scales, SCORE_COLUMNS, strict=True)


def _counted(
    frame: pd.DataFrame,
    grid: Grid,
    chosen: npt.NDArray[np.int64],
    unscored: dict[str, npt.NDArray[np.int64]],
    scales: tuple[RfmScale, RfmScale, RfmScale],
    notes: tuple[str, ...],
) -> Rfm:
    cells = frame.groupby(["r_score", "f_score"])["monetary_total"].agg(["size", "sum"])
    return Rfm(
        frame=frame,
        customers=chosen,
        unscored=unscored,
        scales=scales,
        segments=_segments(frame, grid),
        cells=_square(cells["size"]).astype(np.int64),
        cell_revenue=_square(cells["sum"]),
        cell_names=_main_names(frame),
        notes=notes,
    )


def edges_of(values: Floats) -> tuple[float, ...]:
    """Return the four edges between five bins: quantiles of type 7, plus 1.

    Examples
    --------
    >>> edges_of(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    (3.0, 4.0, 5.0, 6.0)
    """
    # Without its noise a quantile that is a whole number has the next whole number for its edge.
    return tuple(np.round(np.quantile(values, QUANTILES) + 1, DECIMALS).tolist())


def scores_of(
    values: Floats, edges: tuple[float, ...], *, reverse: bool = False
) -> npt.NDArray[np.int64]:
    """Score values by the bin they are in, from 1 for the lowest, or for the highest if reversed.

    Examples
    --------
    >>> scores_of(np.array([1.0, 3.0, 3.5, 9.0]), (3.0, 4.0, 5.0, 6.0)).tolist()
    [1, 2, 2, 5]
    """
    bins = np.searchsorted(edges, values, side="right")
    return (SCORES - bins if reverse else bins + 1).astype(np.int64)


def measure_columns(customers: Customers) -> tuple[dict[Measure, str], list[str]]:
    """Find the columns of the three measures, with a note where several would do.

    Raises
    ------
    SchemaError
        If a measure has none.
    """
    frame = customers.frame
    named = [name for name in frame.columns if trait(name) in COLUMNS]
    numeric = [name for name in named if np.isfinite(_numbers(frame[name])).any()]
    found: dict[Measure, str] = {}
    notes = []
    for measure, usual in COLUMNS.items():
        fitting = [name for name in numeric if trait(name) == measure]
        if usual in numeric:
            fitting = [usual]
        if not fitting:
            raise SchemaError(
                f"RFM needs a column of numbers for {measure}",
                remedy=f"Call it {usual}, or choose a file of order lines",
            )
        found[measure] = fitting[0]
        if len(fitting) > 1:
            notes.append(
                f"{fitting[0]} is taken for {measure}; {listed(fitting[1:])} would do too. Call "
                f"the right one {usual} to choose it."
            )
    return found, notes


def cross(rfm: Rfm, profiles: Profiles) -> RfmCrossing:
    """Hold RFM segments against the segments of a run, over the customers that have both.

    Parameters
    ----------
    rfm : Rfm
        From the same customers as the run.
    profiles : Profiles
        Of the run.
    """
    _, ours, theirs = np.intersect1d(
        rfm.customers, profiles.customers, assume_unique=True, return_indices=True
    )
    names = rfm.frame["rfm_segment"].to_numpy(dtype=object)[ours]
    counts = pd.crosstab(names, profiles.labels[theirs])
    order = [segment.name for segment in rfm.segments if segment.name in counts.index]
    counts = counts.reindex(
        index=order, columns=[s.segment_id for s in profiles.segments], fill_value=0
    )
    return RfmCrossing(
        counts=counts.rename_axis(index="rfm_segment", columns="segment_id"),
        adjusted_rand=_adjusted_rand(counts.to_numpy(dtype=float)),
    )


def _adjusted_rand(counts: Floats) -> float:
    def pairs(sizes: Floats) -> float:
        return float((sizes * (sizes - 1) / 2).sum())

    count = counts.sum()
    if count < 2:
        return math.nan
    rows, columns = pairs(counts.sum(axis=1)), pairs(counts.sum(axis=0))
    expected = rows * columns / (count * (count - 1) / 2)
    most = (rows + columns) / 2
    return 1.0 if most == expected else (pairs(counts) - expected) / (most - expected)


def _numbers(column: pd.Series[Any]) -> Floats:
    """Return a column's numbers; a column of one value is text until somebody counts with it."""
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=float)
    if column[column != ""].nunique() > 1:
        return np.full(len(column), np.nan)
    return to_numbers(column).values


def _scorable(
    values: dict[Measure, Floats],
) -> tuple[npt.NDArray[np.int64], dict[str, npt.NDArray[np.int64]]]:
    """Tell the customers that can be scored from those of whom something is not known."""
    empty = ~np.isfinite(np.column_stack(list(values.values()))).all(axis=1)
    orderless = values["frequency"] <= 0
    reasons = {"no order": orderless, "days, orders or money missing": empty & ~orderless}
    unscored = {why: np.flatnonzero(mask) for why, mask in reasons.items() if mask.any()}
    return np.flatnonzero(~empty & ~orderless), unscored


def _scale(
    measure: Measure,
    column: str,
    values: pd.Series[Any],
    edges: tuple[float, ...],
    scores: pd.Series[Any],
) -> RfmScale:
    return RfmScale(
        measure=measure,
        column=column,
        lowest=float(values.min()),
        highest=float(values.max()),
        edges=edges,
        customers=tuple(_score_counts(scores)),
    )


def _score_counts(scores: pd.Series[Any]) -> list[int]:
    return [int(count) for count in np.bincount(scores, minlength=SCORES + 1)[1:]]


def _scale_notes(scale: RfmScale) -> list[str]:
    if scale.lowest == scale.highest:
        return [f"Every customer has the same {scale.measure}, so it tells nobody apart."]
    nobody = [str(score) for score, count in enumerate(scale.customers, start=1) if not count]
    if not nobody:
        return []
    why = "too many customers have the same value, or the values lie closer than 1 to each other"
    return [f"For {scale.measure} nobody scores {listed(nobody)}: {why}."]


def _segments(frame: pd.DataFrame, grid: Grid) -> tuple[RfmSegment, ...]:
    told: dict[str, GridSegment] = {}
    for segment in grid.segments:
        told.setdefault(segment.name, segment)
    groups = dict(iter(frame.groupby("rfm_segment")))
    total = math.fsum(frame["monetary_total"])
    found = []
    for name in grid.names():
        rows = groups.get(name, frame[:0])
        revenue = round(math.fsum(rows["monetary_total"]), DECIMALS)
        known = told.get(name, GridSegment(name=name))
        found.append(
            RfmSegment(
                name=name,
                meaning=known.meaning,
                action=known.action,
                customers=len(rows),
                share=len(rows) / max(len(frame), 1),
                revenue=revenue,
                revenue_share=revenue / total if total > 0 else None,
                median_recency_days=_median(rows["recency_days"]),
                median_frequency_orders=_median(rows["frequency_orders"]),
                median_monetary_total=_median(rows["monetary_total"]),
            )
        )
    return tuple(found)


def _median(values: pd.Series[Any]) -> float | None:
    return round(float(values.median()), DECIMALS) if len(values) else None


def _main_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the name that most customers of each cell have; "" without any."""
    cells = ["r_score", "f_score"]
    counts = frame.groupby([*cells, "rfm_segment"]).size().reset_index(name="count")
    first = counts.sort_values([*cells, "count"], ascending=[True, True, False], kind="stable")
    names = first.drop_duplicates(cells).set_index(cells)["rfm_segment"]
    scores = range(1, SCORES + 1)
    square = pd.MultiIndex.from_product([scores, scores], names=cells)
    return names.reindex(square, fill_value="").unstack("f_score")


def _square(values: pd.Series[Any]) -> pd.DataFrame:
    scores = range(1, SCORES + 1)
    return values.unstack("f_score").reindex(index=scores, columns=scores).fillna(0)
