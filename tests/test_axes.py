"""Axes place values where they can be found again, with ticks that can be read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from segmentation.axes import MOST_TICKS, Axis, axis_for, tick_text

SIGNED = st.lists(st.floats(-1e12, 1e12), min_size=2, max_size=40)


@given(SIGNED, st.booleans())
def test_back_undoes_place(values: list[float], logarithmic: bool) -> None:
    axis = Axis(feature="n", logarithmic=logarithmic)
    np.testing.assert_allclose(axis.back(axis.place(values)), values, rtol=1e-12, atol=1e-12)


@given(SIGNED)
def test_places_keep_the_order(values: list[float]) -> None:
    places = Axis(feature="n", logarithmic=True).place(np.sort(values))
    assert (np.diff(places) >= 0).all()


def test_only_a_long_tail_is_laid_out_by_its_logarithm() -> None:
    tail = np.array([1.0] * 50 + [10_000.0])
    assert axis_for("n", tail).logarithmic
    assert axis_for("n", np.append(tail, np.nan)).logarithmic
    assert not axis_for("n", np.arange(100.0)).logarithmic
    assert not axis_for("n", -tail).logarithmic


@pytest.mark.parametrize("values", [[], [np.nan], [0.0], [7.0] * 9, [np.nan, 3.0], [0.1] * 30])
def test_what_has_no_shape_is_laid_out_as_it_is(values: list[float]) -> None:
    assert axis_for("n", np.array(values, dtype=float)) == Axis(feature="n")


@given(st.floats(0, 1e6), st.floats(1.5, 1e9), st.integers(12, 60))
def test_a_logarithmic_axis_has_ticks_among_its_values(
    low: float, factor: float, count: int
) -> None:
    values = np.array([low] * count + [(low + 1) * factor])
    axis = axis_for("n", values)
    assume(axis.logarithmic)
    ticks = np.array(axis.ticks)
    assert 2 <= len(ticks) <= MOST_TICKS
    assert (np.diff(ticks) > 0).all()
    assert ticks[-1] <= values.max()
    assert ((ticks >= low) | (ticks == 0)).all()


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (400, 900, (500, 700)),
        (20, 60, (20, 30, 50)),
        (0, 5, (0, 1, 3)),
        (1_000, 50_000, (1_000, 3_000, 10_000, 30_000)),
        (0, 100_000, (0, 1, 10, 100, 1_000, 10_000, 100_000)),
    ],
)
def test_a_short_logarithmic_axis_has_ticks_between_the_powers(
    low: float, high: float, ticks: tuple[float, ...]
) -> None:
    axis = axis_for("n", np.array([float(low)] * 50 + [float(high)]))
    assert axis.logarithmic and axis.ticks == ticks


@given(st.integers(-999, 999), st.sampled_from([1e-2, 1e3, 1e6, 1e9]))
def test_a_tick_fits_beside_the_axis_of_the_report(digits: int, unit: float) -> None:
    assert len(tick_text(digits * unit)) <= 6


def test_a_few_negatives_have_a_tick_below_0() -> None:
    net = np.array([-1_165.3, 0.0] + [300.0] * 50 + [280_000.0])
    axis = axis_for("n", net)
    assert axis.logarithmic and axis.ticks == (-1_000, 0, 10, 1_000, 100_000)
    assert axis.layout()["ticktext"] == ["-1k", "0", "10", "1k", "100k"]


def test_the_smallest_amounts_are_laid_out_as_they_are() -> None:
    assert not axis_for("n", np.array([0.0] * 50 + [0.9])).logarithmic


def test_a_tick_says_its_value() -> None:
    axis = axis_for("total_spend", np.array([0.0] * 50 + [2_000_000.0]))
    layout = axis.layout()
    assert layout["title"]["text"] == "total spend (log scale)"
    units = {"": 1.0, "k": 1e3, "M": 1e6, "B": 1e9}
    said = [
        float(text.rstrip("kMB")) * units[text.lstrip("0123456789.")] for text in layout["ticktext"]
    ]
    assert axis.back(np.array(layout["tickvals"])) == pytest.approx(said)
    assert "tickvals" not in Axis(feature="n").layout()
