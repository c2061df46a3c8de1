"""What Explore says can be counted again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from segmentation.axes import Axis, axis_for
from segmentation.describing import (
    LARGEST_BINS,
    category_shares,
    correlations,
    distribution,
    thin,
)

NUMBERS = st.one_of(
    st.floats(-1e9, 1e9),
    st.floats(-1e100, 1e100),
    st.integers(-50, 50).map(float),
    st.sampled_from([0.0, 0.1, 1 / 3, 1e15, 1e16, 1e16 + 2, 1e18, np.nan]),
)
LOGARITHMIC = Axis(feature="n", logarithmic=True)


def frame(*values: float) -> pd.DataFrame:
    return pd.DataFrame({"n": np.array(values, dtype=float)})


@given(st.lists(NUMBERS, max_size=40))
def test_every_value_lies_in_one_bin(values: list[float]) -> None:
    found = distribution(frame(*values), "n")
    present = np.array([v for v in values if not np.isnan(v)])
    if not len(present):
        assert found is None
        return
    assert found is not None
    assert found.counts.sum() == len(present) == found.values
    assert found.missing == len(values) - len(present)
    assert len(found.edges) == len(found.counts) + 1 <= LARGEST_BINS + 1
    assert (np.diff(found.edges) > 0).all(), "a bin without width can't be seen"
    assert found.edges[0] <= found.low == present.min()
    assert found.edges[-1] >= found.high == present.max()


@given(st.lists(NUMBERS.filter(lambda v: not v < 0), min_size=1, max_size=40))
def test_every_value_lies_in_one_bin_of_a_logarithmic_axis(values: list[float]) -> None:
    found = distribution(frame(*values), "n", LOGARITHMIC)
    if found is not None:
        assert found.counts.sum() == found.values
        widths = np.diff(LOGARITHMIC.place(found.edges))
        # Huge numbers that hardly differ have the same logarithm.
        assert (widths >= 0).all()
        assert widths.sum() > 0 or found.low < found.high


@pytest.mark.parametrize("value", [3.7, 0.0, 0.25, 1e16, 123_456.789])
@pytest.mark.parametrize("axis", [None, LOGARITHMIC])
def test_equal_values_fill_one_visible_bin(value: float, axis: Axis | None) -> None:
    found = distribution(frame(value, value, value), "n", axis)
    assert found is not None
    assert found.counts.tolist() == [3]
    assert found.edges[0] < found.edges[1]
    assert found.quartiles == (value, value, value)


def test_the_figures_are_those_of_numpy() -> None:
    values = np.random.default_rng(0).gamma(2.0, 30.0, 500)
    found = distribution(frame(*values, np.nan), "n")
    assert found is not None
    assert found.quartiles == pytest.approx(np.nanpercentile(values, [25, 50, 75]))
    assert (found.mean, found.spread) == pytest.approx((values.mean(), values.std()))
    assert (found.low, found.high) == (values.min(), values.max())
    assert (found.values, found.missing) == (500, 1)


def test_bin_widths_follow_freedman_and_diaconis() -> None:
    values = np.random.default_rng(1).normal(0, 1, 400)
    found = distribution(frame(*values), "n")
    assert found is not None
    wanted = np.histogram_bin_edges(values, bins="fd")
    np.testing.assert_allclose(found.edges, wanted)


def test_few_whole_numbers_get_a_bin_each() -> None:
    found = distribution(frame(2, 2, 5, 3), "n")
    assert found is not None
    assert found.edges.tolist() == [1.5, 2.5, 3.5, 4.5, 5.5]
    assert found.counts.tolist() == [2, 1, 0, 1]


def test_bins_are_even_along_a_logarithmic_axis() -> None:
    values = np.random.default_rng(2).lognormal(5, 2, 1_000)
    axis = axis_for("n", values)
    assert axis.logarithmic
    found = distribution(frame(*values), "n", axis)
    assert found is not None
    widths = np.diff(axis.place(found.edges))
    np.testing.assert_allclose(widths, widths[0])
    assert (found.edges[0], found.edges[-1]) == (values.min(), values.max())


def test_categories_are_counted_the_largest_first() -> None:
    column = ["x", "", "y", "x", "z", "", "x"]
    shares = category_shares(pd.DataFrame({"c": column}), "c")
    assert shares["category"].tolist() == ["x", "(missing)", "y", "z"]
    assert shares["customers"].tolist() == [3, 2, 1, 1]
    assert shares["share"].tolist() == pytest.approx([3 / 7, 2 / 7, 1 / 7, 1 / 7])


def test_no_row_no_category() -> None:
    assert category_shares(pd.DataFrame({"c": pd.Series([], dtype="str")}), "c").empty


def test_correlations_are_those_of_the_books() -> None:
    generator = np.random.default_rng(3)
    table = pd.DataFrame({"a": generator.normal(size=60), "b": generator.normal(size=60)})
    table["b"] += table["a"] ** 3
    table.loc[4, "a"] = table.loc[9, "b"] = np.nan
    both = table.dropna()
    pearson = correlations(table, ("a", "b"), "pearson")
    spearman = correlations(table, ("a", "b"), "spearman")
    assert pearson.iat[0, 1] == pytest.approx(np.corrcoef(both["a"], both["b"])[0, 1])
    assert spearman.iat[0, 1] == pytest.approx(spearmanr(both["a"], both["b"]).statistic)
    assert np.diag(pearson).tolist() == pytest.approx([1, 1])


def test_the_correlation_of_a_constant_is_not_known() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [5.0, 5.0, 5.0]})
    assert np.isnan(correlations(table, ("a", "b"), "pearson").iat[0, 1])


def test_two_customers_are_too_few_to_correlate() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [5.0, 8.0, np.nan]})
    assert np.isnan(correlations(table, ("a", "b"), "pearson").iat[0, 1])
    assert np.isnan(correlations(table, ("a", "b"), "spearman").iat[0, 1])


@given(st.integers(0, 5_000), st.integers(1, 400))
def test_thinning_keeps_as_many_as_it_may(rows: int, most: int) -> None:
    chosen = thin(rows, most)
    assert len(chosen) == rows
    assert chosen.sum() == min(rows, most)
    if rows:
        assert chosen[0]
    if rows > 1 < most:
        assert chosen[-1]
