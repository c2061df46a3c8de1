"""Profiles say of each segment what can be counted again from the table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.pipeline import run
from segmentation.profiling import differences, level
from segmentation.reading import Source
from segmentation.results import Customers, Run
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe
from tests.counts import examples

COLUMNS = "id,age,spend,gender,visits"


def table(count: int = 60, seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    group = np.arange(count) % 3
    frame = pd.DataFrame(
        {
            "id": [f"c{i}" for i in range(count)],
            "age": (20 + 15 * group + generator.integers(0, 5, count)).astype(float),
            "spend": np.round(100 * (2 - group) + generator.normal(0, 5, count), 2),
            "gender": np.where(generator.random(count) < 0.2 + 0.3 * group, "f", "m"),
            "visits": generator.integers(1, 9, count).astype(float),
        }
    )
    frame.loc[[3, 10], "visits"] = np.nan
    frame.loc[7, "gender"] = ""
    return frame


def done(source_of: Callable[..., Source], frame: pd.DataFrame, **prepare: object) -> Run:
    recipe = Recipe(
        prepare=PrepareSettings(features=("age", "spend"), **prepare),  # type: ignore[arg-type]
        choose=ChooseSettings(k=3),
    )
    return run(source_of(frame.to_csv(index=False)), recipe)


@pytest.fixture
def finished(source_of: Callable[..., Source]) -> Run:
    return done(source_of, table())


def test_sizes_and_shares_add_up(finished: Run) -> None:
    segments = finished.profiles.segments
    assert [segment.segment_id for segment in segments] == [1, 2, 3]
    assert sum(segment.size for segment in segments) == 60
    assert sum(segment.share for segment in segments) == pytest.approx(1)
    for segment in segments:
        assert segment.share == pytest.approx(segment.size / 60)


def test_means_medians_and_overall_are_pandas(finished: Run) -> None:
    frame = table()
    profiles = finished.profiles
    labels = np.empty(60, dtype=int)
    labels[profiles.customers] = profiles.labels
    numeric = frame[["age", "spend", "visits"]]
    grouped = numeric.groupby(labels)
    pd.testing.assert_frame_equal(profiles.means, grouped.mean(), check_names=False)
    pd.testing.assert_frame_equal(profiles.medians, grouped.median(), check_names=False)
    pd.testing.assert_series_equal(profiles.overall, numeric.mean())


def test_customers_rise_and_carry_their_own_label(finished: Run) -> None:
    profiles = finished.profiles
    assert (np.diff(profiles.customers) > 0).all()
    at = dict(
        zip(
            finished.prepared.customers.tolist(),
            finished.segmentation.labels.tolist(),
            strict=True,
        )
    )
    assert [at[i] for i in profiles.customers.tolist()] == profiles.labels.tolist()


def test_customers_set_aside_count_for_nothing(source_of: Callable[..., Source]) -> None:
    frame = table()
    frame.loc[60] = ["far", 30.0, 99_999.0, "f", 3.0]
    finished = done(source_of, frame, outliers="set-aside", transform="none")
    assert 60 not in finished.profiles.customers
    assert sum(segment.size for segment in finished.profiles.segments) == 60
    assert finished.profiles.overall["spend"] == pytest.approx(table()["spend"].mean())


def test_differences_are_standardised_differences_of_means(finished: Run) -> None:
    frame = table()
    labels = np.empty(60, dtype=int)
    labels[finished.profiles.customers] = finished.profiles.labels
    indicators = pd.get_dummies(frame["gender"].replace("", "(missing)")).add_prefix("gender=")
    wide = pd.concat([frame[["age", "spend", "visits"]], indicators.astype(float)], axis=1)
    spread = wide.std(ddof=0)
    for segment in finished.profiles.segments:
        own = wide[labels == segment.segment_id]
        found = {d.name: d for d in segment.differences}
        assert set(found) == set(wide.columns)
        for name, difference in found.items():
            assert difference.segment == pytest.approx(own[name].mean())
            assert difference.overall == pytest.approx(wide[name].mean())
            expected = (own[name].mean() - wide[name].mean()) / spread[name]
            assert difference.effect == pytest.approx(expected)
            assert difference.used == (name in ("age", "spend"))
        sizes = [abs(d.effect) for d in segment.differences]
        assert sizes == sorted(sizes, reverse=True)


def test_a_used_category_says_so_in_each_of_its_values(source_of: Callable[..., Source]) -> None:
    recipe = Recipe(prepare=PrepareSettings(features=("gender", "age")), choose=ChooseSettings(k=2))
    finished = run(source_of(table().to_csv(index=False)), recipe)
    used = {d.name for s in finished.profiles.segments for d in s.differences if d.used}
    assert used == {"age", "gender=f", "gender=m", "gender=(missing)"}


def customers_with(values: np.ndarray) -> Customers:
    return Customers(
        frame=pd.DataFrame({"a": values}),
        ids=np.arange(len(values)).astype(object),
        id_column=None,
        rows=np.arange(len(values)),
        kind="customers",
        numeric=("a",),
        categories=(),
        default_features=("a",),
        unusable={},
    )


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e15 + 0.3, -7.7])
@pytest.mark.parametrize("count", [6, 30, 77])
def test_equal_values_set_nobody_apart(value: float, count: int) -> None:
    """Their deviation is rounding, which must not pass for a difference."""
    inside = np.arange(count) < count // 4 + 1
    found = differences(customers_with(np.full(count, value)), np.arange(count), inside, set())
    assert found == ()


def test_no_value_no_difference() -> None:
    values = np.array([np.nan, np.nan, 1.0, 2.0])
    inside = np.array([True, True, False, False])
    assert differences(customers_with(values), np.arange(4), inside, set()) == ()


def level_of(values: np.ndarray, inside: np.ndarray) -> str:
    own = values[inside & ~np.isnan(values)]
    quartiles = np.percentile(own, [25, 50, 75]) if len(own) else np.full(3, np.nan)
    return level(values[~np.isnan(values)], quartiles)


@pytest.mark.parametrize(
    ("values", "inside", "expected"),
    [
        (range(10), range(7, 10), "very high"),
        (range(10), range(2), "very low"),
        (range(10), range(3, 7), "average"),
        (range(10), range(2, 4), "low"),
        (range(10), range(6, 8), "high"),
        # Many equal values: the middle of them counts.
        ([0] * 9 + [1], range(9), "average"),
        ([0] * 9 + [1], [9], "very high"),
        ([3] * 10, range(4), "average"),
        ([np.nan, np.nan, 1, 2, 3], [0, 1], "average"),
        ([np.nan, np.nan, 1, 2, 3], [0, 4], "high"),
        # Two unlike groups together: the median says nothing of the smaller.
        (range(10), [0, 1, 2, 6, 7, 8, 9], "average"),
        (range(10), [0, 1, 2, 3, 7, 8, 9], "average"),
        (range(10), [0, 6, 7, 8, 9], "high"),
    ],
)
def test_levels(values: list[float], inside: list[int], expected: str) -> None:
    array = np.array(values, dtype=float)
    mask = np.isin(np.arange(len(array)), list(inside))
    assert level_of(array, mask) == expected


ORDER = ["very low", "low", "average", "high", "very high"]


@settings(max_examples=examples(60))
@given(st.lists(st.integers(-20, 20), min_size=4, max_size=30), st.integers(0, 2**30 - 1))
def test_levels_mirror_with_the_values(values: list[int], bits: int) -> None:
    array = np.array(values, dtype=float)
    inside = np.array([bool(bits >> i & 1) for i in range(len(array))])
    position = (array[:, None] > array).mean(axis=1) + (array[:, None] == array).mean(axis=1) / 2
    on_bound = np.isclose(position[:, None], [0.15, 0.35, 0.65, 0.85]).any()
    if not on_bound and inside.sum() % 2:
        # An odd number, so that the median is one of the values.
        up, down = level_of(array, inside), level_of(-array, inside)
        assert ORDER.index(up) == 4 - ORDER.index(down)
        middle = np.flatnonzero(array == np.median(array[inside]))[0]
        by_median = int((position[middle] > [0.15, 0.35, 0.65, 0.85]).sum())
        assert up == "average" or ORDER.index(up) == by_median


def test_only_the_features_used_have_levels(finished: Run) -> None:
    for segment in finished.profiles.segments:
        assert list(segment.levels) == ["age", "spend"]
    assert finished.profiles.segments[0].levels["spend"] in ("high", "very high")
    assert finished.profiles.segments[-1].levels["spend"] in ("low", "very low")
