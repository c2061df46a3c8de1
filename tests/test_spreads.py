"""Where numbers and categories lie in each segment."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation.pipeline import run
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.settings import ChooseSettings, Recipe
from segmentation.spreads import MOST_CATEGORIES, REST, category_mix, spreads


@pytest.fixture(scope="module")
def found() -> Run:
    towns = ["", "Bonn", "Rome", "Oslo", "Lyon", "Kiev", "Riga", "Bern", "Graz"]
    rows = [f"{i},{i * i},{'' if i % 7 == 0 else i},{towns[i % 9]}" for i in range(90)]
    data = "\n".join(["id,spend,age,town", *rows]).encode()
    return run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=3)))


def test_spreads_are_percentiles_of_who_is_shown(found: Run) -> None:
    keep = np.arange(90) % 2 == 0
    ages = found.loaded.customers.frame["age"].to_numpy()
    for segment, spread in spreads(found, keep, "age").items():
        own = ages[keep & (found.profiles.labels == segment)]
        own = own[~np.isnan(own)]
        assert spread.known == len(own)
        for share, point in zip((0.05, 0.25, 0.5, 0.75, 0.95), spread.points, strict=True):
            assert point == pytest.approx(np.quantile(own, share))


def test_a_segment_of_which_nobody_is_shown_has_no_place(found: Run) -> None:
    keep = found.profiles.labels == 2
    assert list(spreads(found, keep, "age")) == [2]
    assert list(category_mix(found, keep, "town").index) == [2]


def test_a_mix_adds_up(found: Run) -> None:
    keep = np.ones(90, dtype=bool)
    mix = category_mix(found, keep, "town")
    assert len(mix.columns) == MOST_CATEGORIES + 1 and mix.columns[-1] == REST
    assert mix.sum(axis=1).to_numpy() == pytest.approx(1)
    towns = found.loaded.customers.frame["town"].replace("", "(missing)").to_numpy()
    for segment, row in mix.iterrows():
        own = towns[found.profiles.labels == segment]
        for town in mix.columns[:-1]:
            assert row[town] == pytest.approx((own == town).mean())
