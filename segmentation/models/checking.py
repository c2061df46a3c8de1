"""What must hold within a model beyond the type of each value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from segmentation.errors import ModelError
from segmentation.models.making import answers
from segmentation.results import QUANTILE_LEVELS, Distribution, Model, PreparedColumn
from segmentation.settings import LONGEST_NAME

MOST_SEGMENTS = MOST_TURNS = 1_000
LARGEST_EXPONENT = 1e3
# Another processor or library may round the last digits otherwise.
SAME = 1e-9


def require_sound(model: Model) -> None:
    """Refuse a model whose parts don't fit together.

    Raises
    ------
    ModelError
        With the first thing that is wrong.
    """
    fault = next(_faults(model), None)
    if fault is not None:
        raise ModelError(f"The model does not fit together: {fault}", remedy="Save it again")


def require_answers(model: Model) -> None:
    """Refuse a model that doesn't give its made-up customers the answers stored with them.

    Raises
    ------
    ModelError
        With the first answer that is another.
    """
    tests = model.self_tests
    found = answers(model, tuple(test.cells for test in tests))
    for number, (test, now) in enumerate(zip(tests, found, strict=True), start=1):
        same = test.segment_id == now.segment_id
        same &= abs(test.distance - now.distance) <= SAME * max(1.0, abs(test.distance))
        same &= abs(test.margin - now.margin) <= SAME
        if not same:
            raise ModelError(
                f"The model fails its own test: made-up customer {number} should be in segment "
                f"{test.segment_id} at distance {test.distance:.6g}, but is in "
                f"{now.segment_id} at {now.distance:.6g}",
                remedy="Save it again from the run it came from",
            )


def _faults(model: Model) -> Iterator[str]:
    k, width = model.k, len(model.columns)
    if not 2 <= k <= MOST_SEGMENTS:
        yield f"it has {k} segments"
    if not width or tuple(dict.fromkeys(c.feature for c in model.columns)) != model.features:
        yield "its columns are not those of its features"
    for column in model.columns:
        yield from _column_faults(column)
    names = [column.name for column in model.columns]
    if len(set(names)) < width:
        yield "two columns have the same name"
    found = len(model.points) if model.turns else k
    if not 2 <= found <= MOST_SEGMENTS:
        yield f"{found} segments were found"
    halves = [turn.centres for turn in model.turns if turn.centres is not None]
    sizes = [(found, points) for points in (model.points, *model.shaken)]
    sizes += [(2, points) for points in halves]
    if any(len(points) != size or any(len(p) != width for p in points) for size, points in sizes):
        yield "its points have not one number a column"
    yield from _turn_faults(model)
    yield from _segment_faults(model)
    if [spread.feature for spread in model.training.features] != list(model.features):
        yield "its training describes other features"
    for spread in model.training.features:
        yield from _spread_faults(spread, is_category=spread.feature in model.categories)
    if [rule.segment_id for rule in model.rules.rules] != list(range(1, k + 1)):
        yield "its rules are of other segments"
    conditions = [c for rule in model.rules.rules for path in rule.paths for c in path]
    if not {condition.feature for condition in conditions} <= set(model.features):
        yield "its rules ask for other features"
    if not model.self_tests:
        yield "it has no customer to be tried on"
    for test in model.self_tests:
        if len(test.cells) != len(model.features):
            yield "a made-up customer has other features"
        for name, cell in zip(model.features, test.cells, strict=False):
            if cell is not None and isinstance(cell, str) != (name in model.categories):
                yield f"a made-up customer has a {name} of another type"


def _turn_faults(model: Model) -> Iterator[str]:
    """Take the steps by hand as far as segments have numbers."""
    if len(model.turns) > MOST_TURNS:
        yield f"it has {len(model.turns)} steps by hand"
    following = len(model.points) + 1
    present = set(range(1, following))
    for step, turn in enumerate(model.turns, start=1):
        named = {turn.kept} if turn.centres is not None else {turn.kept, turn.other}
        if not named <= present or turn.kept == turn.other:
            yield f"step {step} by hand names a segment that is not there"
        if turn.centres is None:
            present.discard(turn.other)
            continue
        if turn.other != following:
            yield f"step {step} by hand gives a part a number that is not the next"
        present.add(following)
        following += 1
    if len(present) != model.k:
        yield f"its steps by hand leave {len(present)} segments, and it has {model.k}"


def _column_faults(column: PreparedColumn) -> Iterator[str]:
    if column.scale <= 0:
        yield f"{column.name} is scaled by {column.scale}"
    if column.transform == "0/1" and not column.name.startswith(f"{column.feature}="):
        yield f"{column.name} is no value of {column.feature}"
    if (column.transform == "rank") != bool(column.knots):
        yield f"{column.name} has no ranks, or some without use"
    at, rank = np.array(column.knots or ((0.0, 0.0),)).T
    if (np.diff(at) <= 0).any() or (np.diff(rank) <= 0).any():
        yield f"the ranks of {column.name} don't rise"
    if abs(column.exponent) > LARGEST_EXPONENT:
        yield f"{column.name} has an exponent of {column.exponent}"
    if (column.low is None) != (column.high is None) or (
        column.low is not None and column.high is not None and column.low > column.high
    ):
        yield f"the bounds of {column.name} are no bounds"


def _segment_faults(model: Model) -> Iterator[str]:
    segments = model.segments
    if [segment.named.segment_id for segment in segments] != list(range(1, model.k + 1)):
        yield "its segments are not numbered from 1"
    if len({segment.named.name for segment in segments}) < model.k:
        yield "two segments have the same name"
    colours = {segment.named.colour for segment in segments}
    if len(colours) < model.k or min(colours, default=1) < 1:
        yield "two segments have the same colour, or one has none"
    for segment in segments:
        name = segment.named.name
        if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
            yield f"segment {segment.named.segment_id} has a name that can't be"
        if len(segment.centre) != len(model.columns) or segment.radius < 0 or segment.size < 1:
            yield f"segment {segment.named.segment_id} has no centre, radius or size"
    if sum(segment.size for segment in segments) != model.training.customers:
        yield "its segments don't add up to its customers"


def _spread_faults(spread: Distribution, *, is_category: bool) -> Iterator[str]:
    name = spread.feature
    bins = len(spread.values) if is_category else len(spread.edges) + 1
    if bool(spread.values) != is_category or (is_category and (spread.edges or spread.quantiles)):
        yield f"{name} is described as a number and as a category"
    if not is_category and len(spread.quantiles) != len(QUANTILE_LEVELS):
        yield f"the quantiles of {name} are not all there"
    rising = (np.diff(spread.quantiles) >= 0).all() and (np.diff(spread.edges) > 0).all()
    if not rising or (not is_category and not spread.edges):
        yield f"the quantiles of {name} don't rise"
    shares = np.array(spread.shares)
    if len(shares) != bins or (shares < 0).any() or abs(shares.sum() - 1) > SAME:
        yield f"the shares of {name} don't add up"
    if not 0 <= spread.missing <= 1:
        yield f"the share of customers without {name} is none"
