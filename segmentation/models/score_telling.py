"""Scored customers as a reader wants them told: figures, rows to look at, words."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import pandas as pd

from segmentation.numerals import counted
from segmentation.results import REASONS, Model, Scored
from segmentation.results.model import QUANTILE_LEVELS

View = Literal["all", "border", "outside"]

# Below, the runner-up is hardly farther than the segment itself.
BORDER = 0.1
CLEAR = 0.5


def figures(scored: Scored) -> list[tuple[str, float, int]]:
    """Return the headline figures as (label, value, digits)."""
    aside = sum(len(positions) for positions in scored.set_aside.values())
    return [
        ("Scored", len(scored.positions), 0),
        ("On a border", int((scored.places.margins < BORDER).sum()), 0),
        ("Outside", int(scored.places.outside.sum()), 0),
        ("Set aside", aside, 0),
    ]


def aside_lines(scored: Scored, called: tuple[str, str]) -> tuple[str, ...]:
    """Say how many customers were set aside, and for what."""
    return tuple(
        f"{counted(len(positions), *called)} set aside: {REASONS[rule]}."
        for rule, positions in scored.set_aside.items()
    )


def clearness(margin: float) -> str:
    """Say how clearly a customer belongs to its segment.

    Examples
    --------
    >>> clearness(0.03), clearness(0.3), clearness(0.8)
    ('on the border', 'fairly clear', 'clear')
    """
    if margin < BORDER:
        return "on the border"
    return "clear" if margin >= CLEAR else "fairly clear"


def rows(scored: Scored, view: View, most: int, segment_id: int | None = None) -> pd.DataFrame:
    """Return the scored customers of a view, in the order of the file.

    Where a feature is missing of anybody, a column says of each how many are.

    Parameters
    ----------
    scored : Scored
        The customers.
    view : {"all", "border", "outside"}
        All; those on a border, the nearest to it first; or those outside, the farthest first.
    most : int
        How many rows at most.
    segment_id : int, optional
        Only those of one segment.
    """
    places = scored.places
    keep = np.ones(len(scored.positions), dtype=bool)
    if segment_id is not None:
        keep &= places.segment_ids == segment_id
    order: Any = np.arange(len(keep))
    if view == "border":
        keep &= places.margins < BORDER
        order = np.argsort(places.margins, kind="stable")
    elif view == "outside":
        keep &= places.outside
        order = np.argsort(-places.distances, kind="stable")
    at = order[keep[order]][:most]
    missing = scored.missing
    table = pd.DataFrame(
        {
            scored.customers.id_column or "Row": scored.ids[at],
            "Segment": [scored.names[i] for i in places.segment_ids[at].tolist()],
            "Runner-up": [scored.names[i] for i in places.runner_up_ids[at].tolist()],
            "Margin": places.margins[at],
            "Outside": places.outside[at],
        }
    )
    return table.assign(Missing=missing[at]) if missing.any() else table


def typical_customer(model: Model) -> dict[str, float | str]:
    """Return the middle value of each number and the most frequent value of each category."""
    middle = QUANTILE_LEVELS.index(0.5)
    found: dict[str, float | str] = {}
    for spread in model.training.features:
        if spread.quantiles:
            found[spread.feature] = spread.quantiles[middle]
        else:
            found[spread.feature] = spread.values[int(np.argmax(spread.shares))]
    return found


def steps(model: Model) -> dict[str, float]:
    """Return for each number a step that suits it: a power of ten, about a 20th of its spread.

    Parameters
    ----------
    model : Model
        The model.
    """
    low, high = QUANTILE_LEVELS.index(0.1), QUANTILE_LEVELS.index(0.9)
    found = {}
    for spread in model.training.features:
        if spread.quantiles:
            width = spread.quantiles[high] - spread.quantiles[low]
            found[spread.feature] = 10.0 ** round(math.log10(width / 20)) if width > 0 else 1.0
    return found
