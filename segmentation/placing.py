"""Who follows which rule; which segment one customer would join by them, or by the centres."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from segmentation.errors import DataError
from segmentation.results import (
    Condition,
    Placement,
    PreparedColumn,
    RuleSet,
    Run,
    SegmentRule,
)
from segmentation.transforms import forward
from segmentation.values import Bools, Floats

Cell = float | str | None


def place(run: Run, rules: RuleSet, customer: Mapping[str, Cell]) -> Placement:
    """Say which segment a customer would join, and by which conditions.

    A missing value becomes what the run filled it with. For the distances, extreme values are
    capped if the run capped them; a category that the run has not met is none of those it has.

    Parameters
    ----------
    run : Run
        A finished run.
    rules : RuleSet
        Of the same run.
    customer : mapping of str to float, str or None
        The features used, in original units; those left out are missing.

    Raises
    ------
    DataError
        If a number is none, is missing where the run knows nothing to fill in, or has no logarithm
        where one is taken.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.rules import rule_sets
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n"
    >>> found = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2)))
    >>> placed = place(found, rule_sets(found)[0], {"spend": 70})
    >>> placed.segment_id, placed.nearest_id, placed.conditions[0].above
    (1, 1, 51.0)
    """
    numbers = {
        column.feature: _number(column.feature, customer.get(column.feature))
        for column in run.prepared.columns
        if column.transform != "0/1"
    }
    texts = {
        name: str(customer.get(name) or "").strip()
        for name in run.prepared.features
        if name not in numbers
    }
    place = np.array([_prepared(column, numbers, texts) for column in run.prepared.columns])
    if run.recipe.prepare.outliers == "cap":
        matrix = run.prepared.matrix
        place = np.clip(place, matrix.min(axis=0), matrix.max(axis=0))
    distances = np.sqrt(((run.segmentation.centres - place) ** 2).sum(axis=1))

    def holds(condition: Condition) -> bool:
        if condition.among:
            return texts[condition.feature] in condition.among
        return bool(meets(np.array([numbers[condition.feature]]), condition)[0])

    taken = (
        (rule.segment_id, path)
        for rule in rules.rules
        for path in rule.paths
        if all(map(holds, path))
    )
    segment_id, conditions = next(taken, (None, ()))
    return Placement(
        segment_id=segment_id,
        conditions=conditions,
        nearest_id=_nearest(run, place, distances),
        distances=tuple(distances.tolist()),
    )


def _nearest(run: Run, place: Floats, distances: Floats) -> int:
    by_hand = run.segmentation.by_hand
    if by_hand is None:
        return int(np.argmin(distances)) + 1
    found = ((by_hand.centres - place) ** 2).sum(axis=1).argmin() + 1
    return int(by_hand.follow(place[None], np.array([found]))[0])


def selected(run: Run, rule: SegmentRule) -> Bools:
    """Tell which of all customers a rule finds, those set aside included, shape (customers,)."""
    frame = run.loaded.customers.frame
    found = np.zeros(len(frame), dtype=bool)
    for path in rule.paths:
        meeting = np.ones(len(frame), dtype=bool)
        for condition in path:
            if condition.among:
                meeting &= frame[condition.feature].isin(condition.among).to_numpy()
            else:
                meeting &= meets(frame[condition.feature].to_numpy(dtype=float), condition)
        found |= meeting
    return found


def meets(values: Floats, condition: Condition) -> Bools:
    """Tell which numbers meet a condition, NaN being a missing one.

    Examples
    --------
    >>> meets(np.array([1.0, 2.0, np.nan]), Condition(feature="x", above=1)).tolist()
    [False, True, False]
    """
    missing = np.isnan(values)
    with np.errstate(invalid="ignore"):
        inside = ~missing
        if condition.above is not None:
            inside &= values > condition.above
        if condition.at_most is not None:
            inside &= values <= condition.at_most
    return np.asarray(inside | (missing & condition.or_missing))


def _number(feature: str, value: Cell) -> float:
    if value is None or value == "":
        return np.nan
    try:
        number = float(value)
    except ValueError:
        number = np.inf
    if np.isinf(number):
        raise DataError(f"{value!r} is not a number", where=feature, remedy="Write it as 1234.5")
    return number


def _prepared(column: PreparedColumn, numbers: dict[str, float], texts: dict[str, str]) -> float:
    if column.transform == "0/1":
        value = texts[column.feature] or "(missing)"
        return float(column.name == f"{column.feature}={value}")
    number = numbers[column.feature]
    if np.isnan(number):
        if column.fill is None:
            raise DataError(
                f"The customer has no {column.feature!r}, and in the run every customer had one",
                remedy="Give a number",
            )
        number = column.fill
    if column.transform == "log" and number <= -1:
        raise DataError(
            f"{number:g} has no logarithm", where=column.feature, remedy="Give a number above -1"
        )
    there = forward(np.array([number]), column.transform, column.exponent)[0]
    return float((there - column.shift) / column.scale)
