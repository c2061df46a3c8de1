"""What a screen says of the customers shown can be counted again from the table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.comparing import group_values
from segmentation.pipeline import run
from segmentation.profiling import (
    differences_shown,
    overview,
    telling_features,
)
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe

COUNT = 60


def table() -> pd.DataFrame:
    generator = np.random.default_rng(6)
    group = np.arange(COUNT) % 3
    frame = pd.DataFrame(
        {
            "id": [f"c{i}" for i in range(COUNT)],
            "spend": np.round(100.0 * (3 - group) + generator.normal(0, 5, COUNT), 2),
            "income": np.round(40 + 10.0 * (group == 1) + generator.normal(0, 9, COUNT), 1),
            "visits": generator.integers(1, 9, COUNT).astype(float),
            "balance": np.round(generator.normal(-5, 2, COUNT), 2),
            "gender": generator.choice(["f", "m"], COUNT),
        }
    )
    frame.loc[[3, 10], "visits"] = np.nan
    return frame


NUMERIC = ["spend", "income", "visits", "balance"]


@pytest.fixture(scope="module")
def finished(source_of: Callable[..., Source]) -> Run:
    recipe = Recipe(
        prepare=PrepareSettings(features=("income", "spend", "gender"), transform="none"),
        choose=ChooseSettings(k=3),
    )
    return run(source_of(table().to_csv(index=False)), recipe)


def labels_of(done: Run) -> pd.Series:
    labels = pd.Series(0, index=range(COUNT))
    labels[done.profiles.customers] = done.profiles.labels
    return labels


MASKS = st.lists(st.booleans(), min_size=COUNT, max_size=COUNT).map(np.array)


@given(MASKS)
def test_the_overview_is_that_of_the_customers_kept(finished: Run, keep: np.ndarray) -> None:
    shown = table()[keep]
    labels = labels_of(finished)[keep]
    found = overview(finished, keep)
    assert list(found.sizes) == [1, 2, 3]
    assert found.sizes == {i: int((labels == i).sum()) for i in (1, 2, 3)}
    assert found.means.index.tolist() == sorted(labels.unique())
    for segment in found.means.index:
        own = shown.loc[labels == segment, NUMERIC].mean()
        pd.testing.assert_series_equal(found.means.loc[segment], own, check_names=False)


def test_the_headline_figures(finished: Run) -> None:
    keep = np.arange(COUNT) % 4 != 1
    shown = table()[keep]
    figures = {name: value for name, value, _ in overview(finished, keep).figures}
    assert figures == {
        "Customers": 45,
        "Average visits": pytest.approx(shown["visits"].mean()),
        "Total spend": pytest.approx(shown["spend"].sum()),
        "Average customers per segment": 15,
    }


def test_a_segment_that_nobody_is_shown_of_does_not_count(finished: Run) -> None:
    keep = finished.profiles.labels != 2
    found = overview(finished, keep)
    assert found.sizes[2] == 0
    figures = {name: value for name, value, _ in found.figures}
    assert figures["Average customers per segment"] == keep.sum() / 2


def test_a_column_without_a_value_is_no_headline_figure(finished: Run) -> None:
    keep = np.isin(np.arange(COUNT), [3, 10])
    figures = {name: value for name, value, _ in overview(finished, keep).figures}
    assert "Average visits" not in figures and not np.isnan(list(figures.values())).any()


def test_an_average_of_customers_has_decimals_where_it_needs_them(finished: Run) -> None:
    for count, digits in ((45, 0), (50, 1)):
        labels, keep = finished.profiles.labels, np.arange(COUNT) < count
        assert len(set(labels[keep])) == 3
        assert overview(finished, keep).figures[-1] == (
            "Average customers per segment",
            count / 3,
            digits,
        )


def test_nobody_shown_is_no_error(finished: Run) -> None:
    found = overview(finished, np.zeros(COUNT, dtype=bool))
    assert found.sizes == {1: 0, 2: 0, 3: 0}
    assert found.figures == (("Customers", 0, 0),)
    assert found.means.empty


def test_a_table_of_categories_has_an_overview(source_of: Callable[..., Source]) -> None:
    rows = [f"c{i},{'xyz'[i % 3]},{'pq'[i % 2]}" for i in range(24)]
    recipe = Recipe(prepare=PrepareSettings(features=("one", "two")), choose=ChooseSettings(k=3))
    done = run(source_of("\n".join(["id,one,two", *rows])), recipe)
    found = overview(done, np.ones(24, dtype=bool))
    assert sum(found.sizes.values()) == 24
    assert found.means.shape[1] == 0


@given(MASKS, st.integers(1, 3))
def test_customers_shown_are_held_against_all(
    finished: Run, keep: np.ndarray, segment: int
) -> None:
    own = table()[keep & (labels_of(finished) == segment)]
    found = {d.name: d for d in differences_shown(finished, keep, segment)}
    assert {name for name in found if "=" not in name} == set(
        own[NUMERIC].dropna(axis=1, how="all")
    )
    for name in set(found) & set(NUMERIC):
        every = table()[name]
        assert found[name].overall == pytest.approx(every.mean())
        effect = (own[name].mean() - every.mean()) / every.std(ddof=0)
        assert found[name].effect == pytest.approx(effect)
    if keep.all():
        assert found == {d.name: d for d in finished.profiles.segments[segment - 1].differences}


@given(MASKS, st.sampled_from(NUMERIC))
def test_values_by_segment_are_those_shown(finished: Run, keep: np.ndarray, name: str) -> None:
    labels = labels_of(finished)
    found = group_values(finished, keep, (2, 1), name)
    assert list(found) == [2, 1]
    for i, values in found.items():
        np.testing.assert_array_equal(values, table().loc[keep & (labels == i), name])


def test_telling_features_are_ordered_by_eta_squared(finished: Run) -> None:
    matrix, labels = finished.prepared.matrix, finished.segmentation.labels
    shares: dict[str, float] = {}
    for column, values in zip(finished.prepared.columns, matrix.T, strict=True):
        by_segment = pd.Series(values).groupby(labels).transform("mean")
        share = by_segment.var(ddof=0) / values.var()
        shares[column.feature] = max(shares.get(column.feature, 0.0), share)
    wanted = sorted(shares, key=lambda name: -shares[name])
    assert list(telling_features(finished)) == wanted
    assert set(wanted) == {"income", "spend", "gender"}
