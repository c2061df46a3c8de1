"""Customers among a model's points: features prepared by frozen numbers, then the nearest two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results import Model, Places, PreparedColumn
from segmentation.threads import spread
from segmentation.transforms import forward
from segmentation.values import LARGEST_NUMBER, Bools, Floats

Features = Mapping[str, npt.NDArray[Any]]
# Each row's place among the values, and the place of each value.
Coded = tuple[npt.NDArray[np.intp], dict[str, int]]

# So many cells stay in a core's own cache.
BLOCK_CELLS = 1 << 17
PART_ROWS = 1 << 18
# Relative to the squares that are added; rounding makes a millionth of this.
UNSURE = 1e-9


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
    target = _Target.of(model, at)
    count = len(features[model.features[0]])
    width = max(1, BLOCK_CELLS // sum(at.shape))
    found = Placed(
        places=Places(
            segment_ids=np.empty(count, dtype=np.int16),
            runner_up_ids=np.empty(count, dtype=np.int16),
            squares=np.empty(count),
            margins=np.empty(count),
            outside=np.empty(count, dtype=bool),
        ),
        extreme=np.zeros(count, dtype=bool),
    )

    def work(first: int) -> None:
        # A last line of ones, that the points' own squares are added with.
        block = np.ones((len(model.columns) + 1, width))
        end = min(first + PART_ROWS, count)
        for start in range(first, end, width):
            part = slice(start, min(start + width, end))
            rows = block[:, : part.stop - start]
            extreme = found.extreme[part]

            def exactly(which: npt.NDArray[np.intp], start: int = start) -> Floats:
                return _exact(model, features, codes, start + which)

            _roughly(model, features, codes, part, rows[:-1], extreme, fill=False)
            size = np.einsum("ij,ij->j", rows[:-1], rows[:-1])
            if np.isnan(size.max()):
                _roughly(model, features, codes, part, rows[:-1], extreme, fill=True)
                size = np.einsum("ij,ij->j", rows[:-1], rows[:-1])
            _nearest(rows, size, target, exactly, found.places, part)

    starts = range(0, count, PART_ROWS)
    if len(starts) > 1:
        spread(work, starts)
    elif count:
        work(0)
    return found


def prepared_rows(model: Model, features: Features) -> Floats:
    """Return rows in prepared units, shape (n, columns), to the bit as a fit prepares them."""
    codes = {name: _codes(features[name]) for name in model.categories}
    return _exact(model, features, codes, slice(None)).T


def _exact(
    model: Model,
    features: Features,
    codes: Mapping[str, Coded],
    which: npt.NDArray[np.intp] | slice,
) -> Floats:
    """Prepare some rows, a column a line."""
    lines = []
    for column in model.columns:
        if column.transform == "0/1":
            is_it = _zero_one(column, *codes[column.feature], which)
            lines.append(is_it * model.recipe.prepare.category_weight)
            continue
        values = _transformed(column, features[column.feature][which], fill=True)
        if column.low is not None:
            values = np.clip(values, column.low, column.high)
        lines.append((values - column.shift) / column.scale)
    return np.array(lines)


def _roughly(
    model: Model,
    features: Features,
    codes: Mapping[str, Coded],
    part: slice,
    out: Floats,
    extreme: Bools,
    *,
    fill: bool,
) -> None:
    """Write a block of rows, a column a line, scaled but not shifted."""
    for line, column in zip(out, model.columns, strict=True):
        if column.transform == "0/1":
            is_it = _zero_one(column, *codes[column.feature], part)
            np.multiply(is_it, model.recipe.prepare.category_weight, out=line)
            continue
        values = _transformed(column, features[column.feature][part], fill=fill)
        if column.low is not None and column.high is not None:
            extreme |= (values < column.low) | (values > column.high)
            values = np.clip(values, column.low, column.high)
        np.multiply(values, 1 / column.scale, out=line)


def _codes(cells: npt.NDArray[Any]) -> Coded:
    codes, found = pd.factorize(cells)
    return codes, {str(value): code for code, value in enumerate(found)}


def category_of(column: PreparedColumn) -> str:
    """Return the value that a 0/1 column stands for, "" for a missing one."""
    value = column.name.removeprefix(f"{column.feature}=")
    return "" if value == "(missing)" else value


def _zero_one(
    column: PreparedColumn,
    codes: npt.NDArray[np.intp],
    code_of: dict[str, int],
    which: npt.NDArray[np.intp] | slice,
) -> Bools:
    return np.asarray(codes[which] == code_of.get(category_of(column), -1))


def _transformed(column: PreparedColumn, values: Floats, *, fill: bool) -> Floats:
    """Fill gaps, if there may be any, and transform just as the model's own values were."""
    if fill:
        values = np.where(np.isnan(values), 0.0 if column.fill is None else column.fill, values)
    if column.transform == "log":
        # Below 0 there was nobody; from -1 on, there is no logarithm.
        return np.log1p(values if values.min(initial=0.0) >= 0 else np.maximum(values, 0.0))
    if column.transform == "rank":
        at, rank = np.array(column.knots).T
        return np.asarray(np.interp(values, at, rank))
    if column.transform == "yeo-johnson":
        with np.errstate(over="ignore"):
            values = forward(values, column.transform, column.exponent)
        return np.asarray(np.clip(values, -LARGEST_NUMBER, LARGEST_NUMBER))
    return values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Target:
    """Points that rows are held against.

    ``shifted`` are those of rows that are scaled but not shifted, and ``product`` times such a row
    is its squared distance to each, less that to zero.
    """

    points: Floats
    product: Floats
    radii: Floats
    largest: float

    @classmethod
    def of(cls, model: Model, points: Floats) -> _Target:
        shifted = points + np.array([column.shift / column.scale for column in model.columns])
        squares = (shifted**2).sum(axis=1)
        return cls(
            points=points,
            product=np.column_stack([-2 * shifted, squares]),
            radii=np.array([segment.radius for segment in model.segments]),
            largest=float(squares.max()),
        )


def _nearest(
    rows: Floats,
    size: Floats,
    target: _Target,
    exactly: Callable[[npt.NDArray[np.intp]], Floats],
    into: Places,
    part: slice,
) -> None:
    """Write the nearest two points of each column of a block, whose last line is ones.

    The squared distances, less that of the row to zero, are one product of matrices, and the last
    bits of each are the point's number, so that the smallest tells whose it is. Where rounding
    could tell, at borders, near points and at radii, rows are prepared to the bit and held against
    the points difference by difference.
    """
    scores = target.product @ rows
    bits = scores.view(np.int64)
    last = (1 << (len(scores) - 1).bit_length()) - 1
    bits &= ~last
    bits |= np.arange(len(scores))[:, None]
    best, second = np.minimum(scores[0], scores[1]), np.maximum(scores[0], scores[1])
    spare = np.empty_like(best)
    for score in scores[2:]:
        np.minimum(second, np.maximum(best, score, out=spare), out=second)
        np.minimum(best, score, out=best)
    first_id = best.view(np.int64) & last
    np.add(second.view(np.int64) & last, 1, out=into.runner_up_ids[part], casting="unsafe")
    np.add(first_id, 1, out=into.segment_ids[part], casting="unsafe")
    squares = np.add(best, size, out=into.squares[part])
    second += size
    reach = (target.radii**2).take(first_id)
    np.greater(squares, reach, out=into.outside[part])
    # How far each decision is from being another.
    reach -= squares
    clear = np.minimum(np.abs(reach, out=reach), squares, out=reach)
    np.minimum(clear, np.subtract(second, squares, out=spare), out=clear)
    size += target.largest
    size *= UNSURE
    again = np.flatnonzero(~(clear > size))
    with np.errstate(divide="ignore", invalid="ignore"):
        margins = np.divide(squares, second, out=into.margins[part])
    if len(again):
        values = exactly(again)
        exact = np.array([_squares(values, point) for point in target.points])
        order = np.argsort(exact, axis=0, kind="stable")[:2]
        least, next_least = np.take_along_axis(exact, order, axis=0)
        into.segment_ids[part][again], into.runner_up_ids[part][again] = order + 1
        squares[again] = least
        into.outside[part][again] = np.sqrt(least) > target.radii[order[0]]
        # Between two points on one spot there is no margin.
        margins[again] = np.divide(least, next_least, out=np.ones_like(least), where=next_least > 0)
    np.subtract(1.0, np.sqrt(margins, out=margins), out=margins)


def _squares(values: Floats, point: npt.NDArray[np.float64]) -> Floats:
    """Return the squared distance of each column to a point, the same whatever stands beside it."""
    apart = np.zeros(values.shape[1])
    for line, at in zip(values, point, strict=True):
        step = line - at
        step *= step
        apart += step
    return apart
