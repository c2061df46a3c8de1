"""Points within boxes and lassos."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segmentation.filtering.outlines import inside, outlines


@given(st.integers(0, 2**32 - 1))
def test_a_box_is_its_two_spans(seed: int) -> None:
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=(2, 200))
    (left, right), (top, bottom) = generator.normal(size=(2, 2))
    drawn = outlines({"box": [{"x": [left, right], "y": [top, bottom]}], "lasso": []})
    spans = [(x > min(left, right)) & (x < max(left, right))]
    spans.append((y > min(top, bottom)) & (y < max(top, bottom)))
    assert inside(x, y, drawn).tolist() == (spans[0] & spans[1]).tolist()


@given(st.integers(0, 2**32 - 1), st.integers(3, 9))
def test_a_lasso_around_corners_of_a_circle_is_its_half_planes(seed: int, corners: int) -> None:
    generator = np.random.default_rng(seed)
    x, y = generator.uniform(-1.2, 1.2, size=(2, 200))
    turns = np.sort(generator.uniform(0, 2 * np.pi, corners))
    xs, ys = np.cos(turns), np.sin(turns)
    # A convex outline: within is to the left of every edge.
    within = np.ones(200, dtype=bool)
    for i in range(corners):
        j = (i + 1) % corners
        within &= (xs[j] - xs[i]) * (y - ys[i]) - (ys[j] - ys[i]) * (x - xs[i]) > 0
    drawn = outlines({"lasso": [{"x": xs.tolist(), "y": ys.tolist()}]})
    assert inside(x, y, drawn).tolist() == within.tolist()


def test_a_lasso_around_a_corner_leaves_the_corner_out() -> None:
    hook = ((0.0, 4.0, 4.0, 3.0, 3.0, 0.0), (0.0, 0.0, 4.0, 4.0, 1.0, 1.0))
    x, y = np.array([0.5, 3.5, 1.0, 3.5, np.nan]), np.array([0.5, 3.5, 3.0, 0.5, 0.5])
    assert inside(x, y, [hook]).tolist() == [True, True, False, True, False]


def test_two_outlines_choose_what_is_in_either() -> None:
    boxes = [{"x": [0, 2], "y": [0, 2]}, {"x": [1, 3], "y": [1, 3]}]
    x = y = np.array([0.5, 1.5, 2.5, 3.5])
    assert inside(x, y, outlines({"box": boxes})).tolist() == [True, True, True, False]


def test_what_is_no_outline_chooses_nobody() -> None:
    assert outlines({"box": [], "lasso": [{"x": [1, 2], "y": [1, 2]}]}) == ()
    assert not inside(np.ones(3), np.ones(3), ()).any()
