"""A filter is what pandas' boolean indexing makes of its conditions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.filtering import Filter, passing, passing_segmented
from segmentation.pipeline import run
from segmentation.profiling import overview
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe


def table(count: int = 80) -> pd.DataFrame:
    generator = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "id": [f"c{i}" for i in range(count)],
            "age": generator.integers(18, 70, count).astype(float),
            "spend": np.round(generator.gamma(2, 50, count), 2),
            "gender": generator.choice(["f", "m", ""], count, p=[0.5, 0.4, 0.1]),
            "town": generator.choice(["Bern", "Köln", "<b>"], count),
        }
    )
    frame.loc[[2, 40], "age"] = np.nan
    return frame


@pytest.fixture(scope="module")
def finished(source_of: Callable[..., Source]) -> Run:
    recipe = Recipe(
        prepare=PrepareSettings(features=("age", "spend"), missing="drop"),
        choose=ChooseSettings(k=3),
    )
    return run(source_of(table().to_csv(index=False)), recipe)


CHOICES = st.builds(
    Filter,
    segments=st.sets(st.integers(1, 3)).map(lambda s: tuple(sorted(s))),
    categories=st.tuples(
        st.tuples(st.just("gender"), st.sampled_from([("f",), ("m",), ("",), ("f", ""), ("x",)])),
        st.tuples(st.just("town"), st.sampled_from([("Bern", "Köln"), ("<b>",)])),
    ).flatmap(lambda both: st.sampled_from([(), both[:1], both[1:], both])),
    ranges=st.tuples(st.floats(0, 80), st.floats(0, 80), st.floats(0, 200)).flatmap(
        lambda n: st.sampled_from(
            [(), (("age", n[0], n[1]),), (("age", 18.0, n[1]), ("spend", n[2], 1e9))]
        )
    ),
)


@given(CHOICES)
def test_it_is_boolean_indexing(finished: Run, chosen: Filter) -> None:
    frame = table()
    wanted = pd.Series(True, index=frame.index)
    for column, values in chosen.categories:
        wanted &= frame[column].isin(values)
    for column, low, high in chosen.ranges:
        wanted &= frame[column].between(low, high)
    customers = finished.loaded.customers
    assert passing(customers, chosen).tolist() == wanted.tolist()
    keep = passing_segmented(finished, chosen)
    labels = pd.Series(0, index=frame.index)
    labels[finished.profiles.customers] = finished.profiles.labels
    segmented = frame[(labels > 0) & wanted & (labels.isin(chosen.segments or (1, 2, 3)))]
    ids = customers.ids[finished.profiles.customers[keep]]
    assert ids.tolist() == segmented["id"].tolist()
    found = overview(finished, keep)
    assert sum(found.sizes.values()) == keep.sum()
    assert found.sizes == {i: int((labels[segmented.index] == i).sum()) for i in (1, 2, 3)}


def test_without_a_condition_all_pass(finished: Run) -> None:
    assert passing(finished.loaded.customers, Filter()).all()
    assert passing_segmented(finished, Filter()).all()
    assert len(passing_segmented(finished, Filter())) == 78


def test_a_missing_value_is_in_no_range(finished: Run) -> None:
    keep = passing(finished.loaded.customers, Filter(ranges=(("age", -np.inf, np.inf),)))
    assert np.flatnonzero(~keep).tolist() == [2, 40]


def test_conditions_are_said_in_words() -> None:
    chosen = Filter(
        segments=(1, 3), categories=(("gender", ("f", "")),), ranges=(("spend", 1_000.0, 2.5e6),)
    )
    assert chosen.describe({1: "VIP", 3: "Budget"}) == (
        "VIP or Budget",
        "gender: f, (missing)",
        "spend 1,000 to 2,500,000",
    )
    ranges = Filter(ranges=(("monetary_total", 0.0, 9.5),)).describe({})
    assert ranges == ("total spend 0 to 9.5",)
    assert Filter().describe({}) == ()
