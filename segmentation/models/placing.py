"""Customers among a model's points: features prepared by frozen numbers, then the nearest two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.models.turning import lead, spots
from segmentation.results import Model, Places, PreparedColumn, squares_to
from segmentation.threads import spread
from segmentation.transforms import forward
from segmentation.values import LARGEST_NUMBER, Bools, Floats

Features = Mapping[str, npt.NDArray[Any]]
# Each row's place among the values, and the place of each value.
Coded = tuple[npt.NDArray[np.intp], dict[str, int]]

# So many cells stay in a core's own cache.
BLOCK_CELLS = 1 << 19
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
    """Find the nearest and the second nearest point of each row, and the segments they lead to.

    Nothing but the model's numbers is used, row by row: a row's answer depends on no other row. A
    missing number becomes the model's fill, or 0 without one; a category that the model has not met
    is none of those it has.

    Parameters
    ----------
    model : Model
        Its columns, points, steps by hand and radii.
    features : mapping of str to ndarray, shape (n,)
        Each feature used, in original units: numbers, NaN where missing; texts, "" where missing.
    points : ndarray of float, shape (segments found, columns), optional
        Instead of the model's own.
    """
    codes = {name: _codes(features[name]) for name in model.categories}
    at = np.array(model.points) if points is None else points
    count = len(features[model.features[0]])
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

    place = _through_steps if model.turns else _straight
    work = place(model, features, codes, at, found)
    starts = range(0, count, PART_ROWS)
    if len(starts) > 1:
        spread(work, starts)
    elif count:
        work(0)
    return found


def _straight(
    model: Model,
    features: Features,
    codes: Mapping[str, Coded],
    points: Floats,
    found: Placed,
) -> Callable[[int], None]:
    """Return what places a part of the rows where the nearest point tells the segment."""
    target = _Target.of(model, points)
    width = max(1, BLOCK_CELLS // sum(points.shape))

    def work(first: int) -> None:
        # A last line of ones, that the points' own squares are added with.
        block = np.ones((len(model.columns) + 1, width))
        for part in _blocks(first, len(found.extreme), width):
            rows = block[:, : part.stop - part.start]
            extreme = found.extreme[part]

            def exactly(which: npt.NDArray[np.intp], start: int = part.start) -> Floats:
                return _exact(model, features, codes, start + which)

            _roughly(model, features, codes, part, rows[:-1], extreme, fill=False)
            size = np.einsum("ij,ij->j", rows[:-1], rows[:-1])
            if np.isnan(size.max()):
                _roughly(model, features, codes, part, rows[:-1], extreme, fill=True)
                size = np.einsum("ij,ij->j", rows[:-1], rows[:-1])
            _nearest(rows, size, target, exactly, found.places, part)

    return work


def _through_steps(
    model: Model,
    features: Features,
    codes: Mapping[str, Coded],
    points: Floats,
    found: Placed,
) -> Callable[[int], None]:
    """Return what places a part of the rows where steps by hand lead on from the nearest point."""
    radii = np.array([segment.radius for segment in model.segments])
    places = found.places
    width = max(1, BLOCK_CELLS // sum(spots(points, model.turns).shape))

    def work(first: int) -> None:
        for part in _blocks(first, len(found.extreme), width):
            led = lead(model, points, _exact(model, features, codes, part, found.extreme[part]))
            places.segment_ids[part] = led.segment_ids
            places.runner_up_ids[part] = led.runner_up_ids
            places.squares[part] = led.squares
            places.margins[part] = led.margins
            places.outside[part] = np.sqrt(led.squares) > radii[led.segment_ids - 1]

    return work


def _blocks(first: int, count: int, width: int) -> Iterator[slice]:
    """Cut the part of the rows that begins at ``first``."""
    end = min(first + PART_ROWS, count)
    for start in range(first, end, width):
        yield slice(start, min(start + width, end))


def prepared_rows(model: Model, features: Features) -> Floats:
    """Return rows in prepared units, shape (n, columns), to the bit as a fit prepares them."""
    codes = {name: _codes(features[name]) for name in model.categories}
    return _exact(model, features, codes, slice(None)).T


def _exact(
    model: Model,
    features: Features,
    codes: Mapping[str, Coded],
    which: npt.NDArray[np.intp] | slice,
    extreme: Bools | None = None,
) -> Floats:
    """Prepare some rows, a column a line, and say which are extreme where that is asked for."""
    lines = []
    for column in model.columns:
        if column.transform == "0/1":
            is_it = _zero_one(column, *codes[column.feature], which)
            lines.append(is_it * model.recipe.prepare.category_weight)
            continue
        values = _transformed(column, features[column.feature][which], fill=True)
        values = _bounded(column, values, extreme)
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
        values = _bounded(column, values, extreme)
        np.multiply(values, 1 / column.scale, out=line)


def _bounded(column: PreparedColumn, values: Floats, extreme: Bools | None) -> Floats:
    if column.low is None or column.high is None:
        return values
    if extreme is not None:
        extreme |= (values < column.low) | (values > column.high)
    return np.clip(values, column.low, column.high)


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


def _transformed(
    column: PreparedColumn, values: Floats, *, fill: bool, out: Floats | None = None
) -> Floats:
    """Fill gaps, if there may be any, and transform just as the model's own values were."""
    if fill:
        values = np.where(np.isnan(values), 0.0 if column.fill is None else column.fill, values)
    if column.transform == "log":
        # Below 0 there was nobody; from -1 on, there is no logarithm.
        return np.log1p(np.maximum(values, 0.0, out=out), out=out)
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
    last = (1 << len(scores).bit_length()) - 1
    bits &= ~last
    bits |= np.arange(1, len(scores) + 1)[:, None]
    best, second = np.minimum(scores[0], scores[1]), np.maximum(scores[0], scores[1])
    spare = np.empty_like(best)
    for score in scores[2:]:
        np.minimum(second, np.maximum(best, score, out=spare), out=second)
        np.minimum(best, score, out=best)
    first_id, second_id = into.segment_ids[part], into.runner_up_ids[part]
    np.bitwise_and(best.view(np.int64), last, out=first_id, casting="unsafe")
    np.bitwise_and(second.view(np.int64), last, out=second_id, casting="unsafe")
    squares = np.add(best, size, out=into.squares[part])
    second += size
    reach = np.concatenate([[0.0], target.radii**2]).take(first_id)
    np.greater(squares, reach, out=into.outside[part])
    # How far each decision is from being another.
    reach -= squares
    clear = np.minimum(np.abs(reach, out=reach), squares, out=reach)
    np.minimum(clear, np.subtract(second, squares, out=spare), out=clear)
    size += target.largest
    size *= UNSURE
    sure = clear > size
    with np.errstate(divide="ignore", invalid="ignore"):
        margins = np.divide(squares, second, out=into.margins[part])
    if not sure.all():
        again = np.flatnonzero(~sure)
        values = exactly(again)
        exact = np.array([squares_to(values, point) for point in target.points])
        order = np.argsort(exact, axis=0, kind="stable")[:2]
        least, next_least = np.take_along_axis(exact, order, axis=0)
        first_id[again], second_id[again] = order + 1
        squares[again] = least
        into.outside[part][again] = np.sqrt(least) > target.radii[order[0]]
        # Between two points on one spot there is no margin.
        margins[again] = np.divide(least, next_least, out=np.ones_like(least), where=next_least > 0)
    np.subtract(1.0, np.sqrt(margins, out=margins), out=margins)
