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

# Enough that threads seldom wait in turn, and few enough for the cache.
BLOCK_CELLS = 1 << 19
PART_ROWS = 500_000
SPARE_LINES = 3
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
    # The system gives one large piece of memory sooner than two.
    segment_ids, runner_up_ids = np.empty((2, count), dtype=np.int16)
    squares, margins = np.empty((2, count))
    found = Placed(
        places=Places(
            segment_ids=segment_ids,
            runner_up_ids=runner_up_ids,
            squares=squares,
            margins=margins,
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
    columns = len(model.columns)
    lines = sum(target.product.shape) + SPARE_LINES
    width = max(1, BLOCK_CELLS // lines)

    def work(first: int) -> None:
        memory = np.empty((lines, width))
        memory[columns + 1] = 1.0
        for part in _blocks(first, len(found.extreme), width):
            block = memory[:, : part.stop - part.start]
            rows, size = block[:columns], block[columns]
            extreme = found.extreme[part]

            def exactly(which: npt.NDArray[np.intp], start: int = part.start) -> Floats:
                return _exact(model, features, codes, start + which)

            _roughly(model, features, codes, part, rows, extreme, fill=False)
            largest = np.einsum("ij,ij->j", rows, rows, out=size).max()
            if np.isnan(largest):
                _roughly(model, features, codes, part, rows, extreme, fill=True)
                largest = np.einsum("ij,ij->j", rows, rows, out=size).max()
            _nearest(block, target, largest, exactly, found.places, part)

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
        values = _transformed(column, features[column.feature][part], fill=fill, out=line)
        values = _bounded(column, values, extreme, out=line)
        np.multiply(values, 1 / column.scale, out=line)


def _bounded(
    column: PreparedColumn, values: Floats, extreme: Bools | None, out: Floats | None = None
) -> Floats:
    if column.low is None or column.high is None:
        return values
    if extreme is not None:
        extreme |= (values < column.low) | (values > column.high)
    return np.clip(values, column.low, column.high, out=out)


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
        if values.min(initial=0.0) < 0:
            values = np.maximum(values, 0.0, out=out)
        return np.log1p(values, out=out)
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

    ``product`` times a row that is scaled but not shifted, its own square and 1 is its squared
    distance to each.
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
            product=np.column_stack([-2 * shifted, np.ones(len(points)), squares]),
            radii=np.array([segment.radius for segment in model.segments]),
            largest=float(squares.max()),
        )


def _nearest(
    block: Floats,
    target: _Target,
    largest: float,
    exactly: Callable[[npt.NDArray[np.intp]], Floats],
    into: Places,
    part: slice,
) -> None:
    """Write the nearest two points of each column of a block.

    Its lines are the rows' numbers, their squares, of which the largest is told, ones, and room for
    a line per point and a few more. The squared distances are one product of matrices, and the last
    bits of each are made the point's number, so that the smallest tells whose it is. Where rounding
    could tell, at borders, near points and at radii, rows are prepared to the bit and held against
    the points difference by difference; most blocks have none, which three minima tell.
    """
    factors = target.product.shape[1]
    size, (second, reach, spare) = block[factors - 2], block[-SPARE_LINES:]
    scores = np.matmul(target.product, block[:factors], out=block[factors:-SPARE_LINES])
    bits = scores.view(np.int64)
    last = (1 << len(scores).bit_length()) - 1
    bits &= ~last
    bits |= np.arange(1, len(scores) + 1)[:, None]
    squares = np.minimum(scores[0], scores[1], out=into.squares[part])
    np.maximum(scores[0], scores[1], out=second)
    for score in scores[2:]:
        np.minimum(second, np.maximum(squares, score, out=spare), out=second)
        np.minimum(squares, score, out=squares)
    first_id, second_id = into.segment_ids[part], into.runner_up_ids[part]
    np.bitwise_and(squares.view(np.int64), last, out=first_id, casting="unsafe")
    np.bitwise_and(second.view(np.int64), last, out=second_id, casting="unsafe")
    np.concatenate([[0.0], target.radii**2]).take(first_id, out=reach, mode="clip")
    reach -= squares
    np.less(reach, 0, out=into.outside[part])
    # How far each decision is from being another: at a radius, at a border, on a point.
    np.abs(reach, out=reach)
    np.subtract(second, squares, out=spare)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        margins = np.divide(squares, second, out=into.margins[part])
    clear = min(reach.min(), spare.min(), squares.min())
    if not clear > UNSURE * (largest + target.largest):
        np.minimum(np.minimum(reach, spare, out=spare), squares, out=spare)
        again = np.flatnonzero(~(spare > UNSURE * (size + target.largest)))
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
