"""Customers among a model's points: features prepared by frozen numbers, then the nearest two."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results import Model, Places, PreparedColumn
from segmentation.transforms import forward
from segmentation.values import LARGEST_NUMBER, Bools, Floats

Features = Mapping[str, npt.NDArray[Any]]
# Each row's place among the values, and the place of each value.
Coded = tuple[npt.NDArray[np.intp], dict[str, int]]

# The work on so many rows stays in a core's own cache.
BLOCK_ROWS = 1 << 13


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """Where rows lie, and which are not like any row that the model was made from.

    Parameters
    ----------
    places : Places
        Of every row.
    extreme : ndarray of bool, shape (n,)
        A feature lies beyond the bounds for extremes.
    """

    places: Places
    extreme: Bools


def place_rows(model: Model, features: Features, points: Floats | None = None) -> Placed:
    """Find the nearest and the second nearest point of each row.

    Nothing but the model's numbers is used, row by row: a row's answer depends on no other row. A
    missing number becomes the model's fill, or 0 without one; a category that the model has not met
    is none of those it has.

    Parameters
    ----------
    model : Model
        Its columns, points and radii.
    features : mapping of str to ndarray, shape (n,)
        Each feature used, in original units: numbers, NaN where missing; texts, "" where missing.
    points : ndarray of float, shape (k, columns), optional
        Instead of the model's own.
    """
    codes = {name: _codes(features[name]) for name in model.categories}
    at = np.array(model.points) if points is None else points
    radii = np.array([segment.radius for segment in model.segments])
    count = len(features[model.features[0]])
    found = Placed(
        places=Places(
            segment_ids=np.empty(count, dtype=np.int64),
            runner_up_ids=np.empty(count, dtype=np.int64),
            distances=np.empty(count),
            margins=np.empty(count),
            outside=np.empty(count, dtype=bool),
        ),
        extreme=np.zeros(count, dtype=bool),
    )

    def work(first: int) -> None:
        part = slice(first, first + BLOCK_ROWS)
        block = np.empty((len(model.columns), len(found.extreme[part])))
        _prepare(model, features, codes, part, block, found.extreme[part])
        _nearest(block, at, radii, found.places, part)

    starts = range(0, count, BLOCK_ROWS)
    if len(starts) < 4:
        for first in starts:
            work(first)
    else:
        with ThreadPoolExecutor(min(len(starts), os.cpu_count() or 1)) as pool:
            list(pool.map(work, starts))
    return found


def prepared_rows(model: Model, features: Features) -> Floats:
    """Return rows in prepared units, shape (n, columns), from a model's numbers alone."""
    count = len(features[model.features[0]])
    codes = {name: _codes(features[name]) for name in model.categories}
    block = np.empty((len(model.columns), count))
    _prepare(model, features, codes, slice(0, count), block, np.zeros(count, dtype=bool))
    return block.T


def _prepare(
    model: Model,
    features: Features,
    codes: Mapping[str, Coded],
    part: slice,
    out: Floats,
    extreme: Bools,
) -> None:
    """Write a block of prepared rows, a column a line."""
    for i, column in enumerate(model.columns):
        if column.transform == "0/1":
            out[i] = _zero_one(column, *codes[column.feature], part)
            out[i] *= model.recipe.prepare.category_weight
        else:
            _number(column, features[column.feature][part], out[i], extreme)


def _codes(cells: npt.NDArray[Any]) -> Coded:
    codes, found = pd.factorize(cells)
    return codes, {str(value): code for code, value in enumerate(found)}


def category_of(column: PreparedColumn) -> str:
    """Return the value that a 0/1 column stands for, "" for a missing one."""
    value = column.name.removeprefix(f"{column.feature}=")
    return "" if value == "(missing)" else value


def _zero_one(
    column: PreparedColumn, codes: npt.NDArray[np.intp], code_of: dict[str, int], part: slice
) -> Bools:
    return np.asarray(codes[part] == code_of.get(category_of(column), -1))


def _number(column: PreparedColumn, values: Floats, out: Floats, extreme: Bools) -> None:
    """Prepare a block of numbers just as the model's own were."""
    missing = np.isnan(values)
    if missing.any():
        values = np.where(missing, 0.0 if column.fill is None else column.fill, values)
    if column.transform == "log":
        # Below 0 there was nobody; from -1 on, there is no logarithm.
        values = np.log1p(np.maximum(values, 0.0))
    elif column.transform == "rank":
        at, rank = np.array(column.knots).T
        values = np.interp(values, at, rank)
    elif column.transform == "yeo-johnson":
        with np.errstate(over="ignore"):
            values = forward(values, column.transform, column.exponent)
        values = np.clip(values, -LARGEST_NUMBER, LARGEST_NUMBER)
    if column.low is not None and column.high is not None:
        extreme |= (values < column.low) | (values > column.high)
        values = np.clip(values, column.low, column.high)
    np.subtract(values, column.shift, out=out)
    out /= column.scale


def _nearest(block: Floats, points: Floats, radii: Floats, into: Places, part: slice) -> None:
    """Write the nearest two points of each column of a block."""
    count = block.shape[1]
    best, second = np.full(count, np.inf), np.full(count, np.inf)
    first_id = np.zeros(count, dtype=np.int64)
    second_id = np.zeros(count, dtype=np.int64)
    for segment_id, point in enumerate(points, start=1):
        apart = np.zeros(count)
        for values, at in zip(block, point, strict=True):
            step = values - at
            step *= step
            apart += step
        nearer, next_best = apart < best, apart < second
        np.copyto(second_id, np.where(nearer, first_id, segment_id), where=next_best)
        np.copyto(second, np.where(nearer, best, apart), where=next_best)
        np.copyto(first_id, segment_id, where=nearer)
        np.copyto(best, apart, where=nearer)
    into.segment_ids[part], into.runner_up_ids[part] = first_id, second_id
    np.sqrt(best, out=best)
    np.sqrt(second, out=second)
    into.distances[part] = best
    into.outside[part] = best > radii[first_id - 1]
    # Between two points on one spot, there is no margin.
    with np.errstate(invalid="ignore"):
        into.margins[part] = np.where(second > 0, 1 - best / second, 0.0)
