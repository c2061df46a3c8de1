"""Which points lie within what was drawn around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from segmentation.values import Bools, Floats

Outline = tuple[tuple[float, ...], tuple[float, ...]]


def outlines(selection: Mapping[str, Any]) -> tuple[Outline, ...]:
    """Return the boxes and lassos of a Plotly selection as polygons; others are left out.

    Examples
    --------
    >>> outlines({"box": [{"x": [0, 2], "y": [5, 1]}], "lasso": []})
    (((0.0, 2.0, 2.0, 0.0), (5.0, 5.0, 1.0, 1.0)),)
    """
    found: list[Outline] = []
    for box in selection.get("box", ()):
        (left, right), (top, bottom) = box["x"], box["y"]
        found.append(_numbers((left, right, right, left), (top, top, bottom, bottom)))
    found += [_numbers(lasso["x"], lasso["y"]) for lasso in selection.get("lasso", ())]
    return tuple(outline for outline in found if len(outline[0]) > 2)


def _numbers(x: Sequence[float], y: Sequence[float]) -> Outline:
    return tuple(map(float, x)), tuple(map(float, y))


def inside(x: Floats, y: Floats, drawn: Sequence[Outline]) -> Bools:
    """Tell which points lie within any of the polygons (even-odd rule); NaN lies in none.

    Examples
    --------
    >>> square = ((0.0, 2.0, 2.0, 0.0), (0.0, 0.0, 2.0, 2.0))
    >>> inside(np.array([1.0, 3.0, np.nan]), np.array([1.0, 1.0, 1.0]), [square]).tolist()
    [True, False, False]
    """
    found = np.zeros(len(x), dtype=bool)
    for xs, ys in drawn:
        near = np.flatnonzero(
            (x >= min(xs)) & (x <= max(xs)) & (y >= min(ys)) & (y <= max(ys)) & ~found
        )
        found[near[_odd(x[near], y[near], np.array(xs), np.array(ys))]] = True
    return found


def _odd(x: Floats, y: Floats, xs: Floats, ys: Floats) -> Bools:
    """Count how many edges a ray to the right crosses."""
    odd = np.zeros(len(x), dtype=bool)
    for x0, y0, x1, y1 in zip(xs, ys, np.roll(xs, -1), np.roll(ys, -1), strict=True):
        if y0 != y1:
            crossed = (y0 > y) != (y1 > y)
            odd ^= crossed & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return odd
