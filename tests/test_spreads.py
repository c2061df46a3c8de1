"""Where numbers and categories lie in each segment."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation.pipeline import run
from segmentation.portraits import portraits
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.settings import ChooseSettings, Recipe
from segmentation.spreads import MOST_CATEGORIES, REST, category_mix, spreads
from segmentation.tallies import coded_columns


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


def test_what_may_be_codes_is_told_by_its_values() -> None:
    """A mean of channel numbers says nothing; months of a year or orders are amounts."""
    rows = [f"{i},{i * i % 97},{1 + (i > 45)},{'' if i == 3 else i % 3},{i % 2}" for i in range(90)]
    data = "\n".join(["id,spend,channel,region,orders", *rows]).encode()
    done = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2)))
    assert coded_columns(done.loaded.customers) == ("channel", "region")
    keep = np.ones(90, dtype=bool)
    mix = category_mix(done, keep, "region")
    regions = done.loaded.customers.frame["region"].to_numpy()
    assert set(mix.columns) == {"0", "1", "2", "(missing)"}
    for segment, row in mix.iterrows():
        own = regions[done.profiles.labels == segment]
        assert row["2"] == pytest.approx((own == 2).mean())
        assert row["(missing)"] == pytest.approx(np.isnan(own).mean())
    said = [line for card in portraits(done, keep).segments for line in card.sentences]
    assert any("(channel): " in line for line in said)
    assert not any(line.startswith(("Channel: ", "Region: ")) for line in said)
