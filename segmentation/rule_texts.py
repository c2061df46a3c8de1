"""Rules in the languages of those who follow them: a sentence, SQL, and a filter for a CRM."""

from __future__ import annotations

import math
from typing import Any

from segmentation.results import Condition, RuleSet, SegmentRule
from segmentation.vocabulary import label
from segmentation.words import short

MOST_CATEGORIES = 5


def rules_facts(
    rules: RuleSet, names: dict[int, str], trust: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    """Return rules in every language as plain JSON values.

    Parameters
    ----------
    rules : RuleSet
        Of a run.
    names, trust : dict
        Each segment's name, and how far it can be trusted in JSON values, by its id.
    """
    return {
        "leaves": rules.leaves,
        "depth": rules.depth,
        "fidelity": rules.fidelity,
        "rules": [
            {
                "segment_id": rule.segment_id,
                "name": names[rule.segment_id],
                "sentence": sentence(rule),
                "sql": sql(rule),
                "filter": crm_filter(rule),
                "customers": rule.customers,
                "coverage": rule.coverage,
                "precision": rule.precision,
                **trust[rule.segment_id],
            }
            for rule in rules.rules
        ],
    }


def sentence(rule: SegmentRule) -> str:
    """Say a rule in plain words.

    Examples
    --------
    >>> way = (Condition(feature="age", above=39.5), Condition(feature="visits", at_most=3.0))
    >>> sentence(SegmentRule(segment_id=1, paths=(way,), customers=9, coverage=1.0, precision=0.9))
    'Age above 39.5 and visits up to 3.'
    >>> way = (Condition(feature="age", above=39.5, at_most=64.5, whole=True),)
    >>> sentence(SegmentRule(segment_id=1, paths=(way,), customers=9, coverage=1.0, precision=0.9))
    'Age 40 to 64.'
    """
    if not rule.paths:
        return "No rule of this size finds the segment: allow more rules."
    said = "; or ".join(say_all(path) for path in rule.paths)
    return f"{said[0].upper()}{said[1:]}."


def say_all(path: tuple[Condition, ...]) -> str:
    """Say the conditions of one way into a segment."""
    return " and ".join(_category(c) if c.among else _number(c) for c in path) or "everybody"


def _number(condition: Condition) -> str:
    said = _whole(condition) if condition.whole else _bounds(condition)
    name = short(label(condition.feature))
    return f"{name} {said}" + (" (or not known)" if condition.or_missing else "")


def _bounds(condition: Condition) -> str:
    bounds = []
    if condition.above is not None:
        bounds.append(f"above {_figure(condition.above)}")
    if condition.at_most is not None:
        bounds.append(f"up to {_figure(condition.at_most)}")
    return " ".join(bounds) or "known"


def _whole(condition: Condition) -> str:
    """Name the whole numbers within the bounds, as someone who counts does."""
    least = None if condition.above is None else math.floor(condition.above) + 1
    most = None if condition.at_most is None else math.floor(condition.at_most)
    if least is None:
        return "known" if most is None else f"up to {most:,}"
    if most is None:
        return f"{least:,} or more"
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def _category(condition: Condition) -> str:
    denied = 0 < len(condition.other_than) < len(condition.among)
    shown = condition.other_than if denied else condition.among
    values = [short(value) or "(missing)" for value in shown[:MOST_CATEGORIES]]
    if len(shown) > MOST_CATEGORIES:
        values.append(f"{len(shown) - MOST_CATEGORIES} more")
    return f"{short(label(condition.feature))} {'other than' if denied else 'is'} " + (
        " or ".join(values)
    )


def _figure(value: float) -> str:
    return f"{value:,}".removesuffix(".0")


def sql(rule: SegmentRule) -> str:
    """Write a rule as what follows WHERE, in standard SQL (SQLite, DuckDB, PostgreSQL and others).

    Numbers are expected as numbers and missing values as NULL. Names stand in double quotes and
    texts in single ones, so that nothing in them can end either; a NUL, which no database takes, is
    left out.

    Examples
    --------
    >>> way = (Condition(feature='"x"', above=1.0), Condition(feature="c", among=("it's",)))
    >>> print(sql(SegmentRule(segment_id=1, paths=(way,), customers=9, coverage=1, precision=1)))
    \"\"\"x\"\"\" > 1 AND "c" IN ('it''s')
    """
    if not rule.paths:
        return "1 = 0"
    ways = [" AND ".join(map(_clause, path)) or "1 = 1" for path in rule.paths]
    return ways[0] if len(ways) == 1 else " OR ".join(f"({way})" for way in ways)


def _clause(condition: Condition) -> str:
    name = _quoted(condition.feature, '"')
    if condition.among:
        values = ", ".join(_quoted(value, "'") for value in condition.among)
        told = f"{name} IN ({values})"
    else:
        bounds = []
        if condition.above is not None:
            bounds.append(f"{name} > {_literal(condition.above)}")
        if condition.at_most is not None:
            bounds.append(f"{name} <= {_literal(condition.at_most)}")
        told = " AND ".join(bounds) or f"{name} IS NOT NULL"
        if condition.or_missing and len(bounds) > 1:
            told = f"({told})"
    return f"({told} OR {name} IS NULL)" if condition.or_missing else told


def _quoted(text: str, mark: str) -> str:
    return mark + text.replace("\0", "").replace(mark, 2 * mark) + mark


def _literal(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def crm_filter(rule: SegmentRule) -> list[list[dict[str, Any]]]:
    """List a rule's conditions: a customer passes if it meets all of any of the inner lists.

    ``or_missing`` says whether an empty field passes as well.

    Examples
    --------
    >>> way = (Condition(feature="age", above=39.5),)
    >>> crm_filter(SegmentRule(segment_id=1, paths=(way,), customers=9, coverage=1, precision=1))
    [[{'field': 'age', 'operator': 'above', 'value': 39.5, 'or_missing': False}]]
    """
    return [[line for condition in path for line in _lines(condition)] for path in rule.paths]


def _lines(condition: Condition) -> list[dict[str, Any]]:
    asked: list[tuple[str, Any]] = []
    if condition.among:
        asked.append(("one of", list(condition.among)))
    if condition.above is not None:
        asked.append(("above", condition.above))
    if condition.at_most is not None:
        asked.append(("at most", condition.at_most))
    return [
        {
            "field": condition.feature,
            "operator": operator,
            "value": value,
            "or_missing": condition.or_missing,
        }
        for operator, value in asked or [("known", None)]
    ]
