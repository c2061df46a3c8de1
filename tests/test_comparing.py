"""Differences of segments, and how sure they are, against other implementations and by trial."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from segmentation import charts
from segmentation.comparing import (
    compare_groups,
    group_values,
    mean_difference,
    median_difference,
    share_difference,
)
from segmentation.pipeline import run
from segmentation.reading import Source
from segmentation.results import Run, SegmentName
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe

NUMBERS = arrays.arrays(
    float,
    st.integers(2, 40),
    elements=st.integers(-500, 500).map(lambda cents: cents / 100),
)


NAMED = {
    i: SegmentName(
        segment_id=i,
        name=f"Group {i}",
        given=False,
        found=f"Group {i}",
        reasons=(),
        description="",
        why="",
        action="",
        colour=i,
    )
    for i in range(2)
}


@pytest.fixture(scope="module")
def done() -> Run:
    random = np.random.default_rng(3)
    rows = [
        f"c{i},{random.normal(20 * (i % 3), 4):.2f},{random.poisson(3 + i % 3)},"
        f"{'pqr'[random.integers(0, 1 + i % 3)]},{'' if i % 7 == 0 else i % 5}"
        for i in range(240)
    ]
    text = "\n".join(["id,spend,visits,kind,score", *rows])
    source = Source(name="a.csv", data=text.encode())
    return run(source, Recipe(choose=ChooseSettings(k=3)))


@given(NUMBERS, NUMBERS)
def test_means_by_welch(one: np.ndarray, other: np.ndarray) -> None:
    if one.std() == 0 and other.std() == 0:
        assert mean_difference(one, other)[1:] == (one.mean() - other.mean(),) * 2
        return
    found = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    difference, low, high = mean_difference(one, other)
    assert difference == pytest.approx(one.mean() - other.mean())
    assert (low, high) == pytest.approx((found.low, found.high), rel=1e-9, abs=1e-9)


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_shares_by_newcombe(own: int, more: int, other: int, more_other: int) -> None:
    one, two = (stats.binomtest(k, k + m) for k, m in ((own, more), (other, more_other)))
    shares = [test.statistic for test in (one, two)]
    (low, high), (low_two, high_two) = (t.proportion_ci(method="wilson") for t in (one, two))
    gap = shares[0] - shares[1]
    expected = (
        gap,
        gap - np.sqrt((shares[0] - low) ** 2 + (high_two - shares[1]) ** 2),
        gap + np.sqrt((high - shares[0]) ** 2 + (shares[1] - low_two) ** 2),
    )
    found = share_difference(own, own + more, other, other + more_other)
    assert found == pytest.approx(expected, abs=1e-9)
    assert -1 <= found[1] <= found[0] <= found[2] <= 1


@pytest.mark.parametrize("sizes", [(25, 60), (200, 40)])
def test_intervals_of_medians_hold_as_often_as_they_say(sizes: tuple[int, int]) -> None:
    """Money is skewed; the interval is to hold all the same."""
    random = np.random.default_rng(11)
    held = 0
    for _ in range(600):
        one, other = (random.lognormal(4, 1.2, size) for size in sizes)
        _, low, high = median_difference(one, 2 * other)
        held += low <= np.exp(4) - 2 * np.exp(4) <= high
    assert 0.92 <= held / 600 <= 0.985


def test_the_interval_of_a_median_is_about_that_of_resampling() -> None:
    random = np.random.default_rng(5)
    one, other = random.gamma(2, 50, 400), random.gamma(2, 60, 500)
    found = stats.bootstrap(
        (one, other),
        lambda a, b, axis: np.median(a, axis=axis) - np.median(b, axis=axis),
        rng=1,
        method="percentile",
        n_resamples=2000,
    ).confidence_interval
    _, low, high = median_difference(one, other)
    assert (low, high) == pytest.approx(
        (found.low, found.high), abs=0.35 * (found.high - found.low)
    )


@pytest.mark.parametrize("counts", [(5, 6), (16, 21), (30, 40), (101, 257)])
def test_the_interval_of_a_median_is_the_published_one(counts: tuple[int, int]) -> None:
    random = np.random.default_rng(sum(counts))
    groups = [random.exponential(10, count) for count in counts]
    variance = 0.0
    for values in groups:
        n = len(values)
        c = max(round((n + 1) / 2 - n**0.5), 1)
        tails = 2 * sum(math.comb(n, i) for i in range(c)) / 2**n
        width = sorted(values)[n - c] - sorted(values)[c - 1]
        variance += (width / (2 * stats.norm.isf(tails / 2))) ** 2
    gap = np.median(groups[0]) - np.median(groups[1])
    half = 1.959963984540054 * variance**0.5
    assert median_difference(*groups) == pytest.approx((gap, gap - half, gap + half))


def test_a_median_amid_equal_values_has_no_interval_and_no_certainty() -> None:
    alike, spread = np.array([1.0] * 40 + [2.0, 9.0]), np.arange(40.0)
    for one, other in ((alike, alike), (alike, spread), (spread, alike)):
        difference, low, high = median_difference(one, other)
        assert difference == np.median(one) - np.median(other)
        assert np.isnan([low, high]).all()


def test_columns_that_the_segments_were_made_from_are_marked() -> None:
    rows = [f"c{i},{i % 3 * 50 + i},{i * 7 % 11},{'pqr'[i % 3]}" for i in range(60)]
    source = Source(name="a.csv", data="\n".join(["id,spend,visits,kind", *rows]).encode())
    recipe = Recipe(prepare=PrepareSettings(features=("spend", "kind")), choose=ChooseSettings(k=3))
    found = compare_groups(run(source, recipe), np.ones(60, dtype=bool), (1, 0))
    used = dict(zip(found.numbers["feature"], found.numbers["used"], strict=True))
    assert used == {"spend": True, "visits": False}
    assert found.shares["used"].all()
    marks = charts.difference_dots(found.numbers, NAMED, 1).data[0].marker.symbol
    opened = [symbol.endswith("-open") for symbol in marks]
    assert opened == found.numbers["used"].tolist()


def test_few_values_have_no_interval() -> None:
    one = np.array([4.0])
    assert mean_difference(one, np.array([1.0, 2.0]))[0] == 2.5
    assert np.isnan(mean_difference(one, np.array([1.0, 2.0]))[1:]).all()
    assert np.isnan(median_difference(np.arange(4.0), np.arange(9.0))[1:]).all()
    assert np.isnan(mean_difference(one, np.empty(0))).all()
    assert np.isnan(share_difference(0, 0, 1, 2)).all()


def test_one_against_all_others_is_against_the_rest(done: Run) -> None:
    keep = np.ones(240, dtype=bool)
    found = compare_groups(done, keep, (2, 0))
    inside = done.profiles.labels == 2
    frame = done.loaded.customers.frame.iloc[done.profiles.customers]
    for row in found.numbers.itertuples():
        values = frame[row.feature].to_numpy(dtype=float)
        assert row.mean == pytest.approx(np.nanmean(values[inside]))
        assert row.mean_other == pytest.approx(np.nanmean(values[~inside]))
        assert row.median_other == pytest.approx(np.nanmedian(values[~inside]))
        assert row.known + row.known_other == np.isfinite(values).sum()
        assert row.effect == pytest.approx(row.difference / np.nanstd(values))
    assert found.sizes == {2: inside.sum(), 0: (~inside).sum()}
    for row in found.shares.itertuples():
        has = (frame[row.column] == row.category).to_numpy()
        assert row.customers == (has & inside).sum()
        assert row.share_other == pytest.approx(has[~inside].mean())
    effects = found.numbers["effect"].abs()
    assert effects.is_monotonic_decreasing


def test_several_segments_under_a_filter(done: Run) -> None:
    keep = np.arange(240) % 2 == 0
    found = compare_groups(done, keep, (1, 2, 3))
    assert set(found.numbers["group"]) == {2, 3} == set(found.shares["group"])
    assert sum(found.sizes.values()) == keep.sum()
    sums = found.shares.groupby(["column", "group"])[["share", "share_other"]].sum()
    assert np.allclose(sums, 1)
    values = group_values(done, keep, (1, 0), "spend")
    assert len(values[1]) + len(values[0]) == keep.sum()


def test_small_groups_are_named(done: Run) -> None:
    keep = (done.profiles.labels != 1) | (np.cumsum(done.profiles.labels == 1) <= 3)
    found = compare_groups(done, keep, (1, 2))
    assert found.few == (1,) and found.sizes[1] == 3
    assert found.numbers["median_low"].isna().all()
    assert found.numbers["low"].notna().all()


@pytest.mark.filterwarnings("error")
def test_a_column_without_a_value_among_those_shown() -> None:
    rows = [f"c{i},{i % 3 * 50 + i},{i if i < 4 else ''}" for i in range(30)]
    source = Source(name="a.csv", data="\n".join(["id,spend,late", *rows]).encode())
    recipe = Recipe(prepare=PrepareSettings(features=("spend",)), choose=ChooseSettings(k=3))
    found = compare_groups(run(source, recipe), np.arange(30) >= 4, (1, 2)).numbers
    assert found["feature"].tolist() == ["spend", "late"]
    late = found.iloc[1]
    assert (
        late["known"] == 0
        and late.drop(["feature", "group", "used", "known", "known_other"]).isna().all()
    )


def test_customers_without_a_number_are_compared_by_category() -> None:
    rows = [f"c{i},{'xyz'[i % 3]},{'pq'[i % 2]}" for i in range(24)]
    source = Source(name="a.csv", data="\n".join(["id,one,two", *rows]).encode())
    recipe = Recipe(prepare=PrepareSettings(features=("one", "two")), choose=ChooseSettings(k=3))
    found = compare_groups(run(source, recipe), np.ones(24, dtype=bool), (1, 0))
    assert found.numbers.empty and set(found.shares["column"]) == {"one", "two"}
