"""Names are unique, in a marketer's words, and match the place they are given for."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.errors import SettingsError
from segmentation.naming import name_segments
from segmentation.pipeline import load, run, segment
from segmentation.results import Difference, Profiles, SegmentProfile
from segmentation.settings import (
    LARGEST_K,
    LONGEST_NAME,
    ChooseSettings,
    NameSettings,
    PrepareSettings,
    Recipe,
)
from segmentation.vocabulary import LEVEL_WORDS as WORDS
from segmentation.vocabulary import trait

ROOT = Path(__file__).parents[1]
MALL = ("Annual Income (k$)", "Spending Score (1-100)")
FEATURES = ["income", "spending_score", "recency_days", "frequency_orders", "monetary_total", "x"]


def profiles_of(segments: list[SegmentProfile]) -> Profiles:
    ids = [segment.segment_id for segment in segments]
    numbers = pd.DataFrame(1.5, index=ids, columns=[*FEATURES, *MALL])
    return Profiles(
        segments=tuple(segments),
        means=numbers,
        medians=numbers,
        overall=numbers.mean(),
        customers=np.arange(len(ids)),
        labels=np.array(ids),
    )


def segment_of(
    segment_id: int,
    levels: dict[str, str] | None = None,
    differences: tuple[Difference, ...] = (),
) -> SegmentProfile:
    return SegmentProfile(
        segment_id=segment_id,
        size=1,
        share=0.5,
        levels=levels or {},
        differences=differences,
        silhouette=0.1,
    )


def found_for(levels: dict[str, str]) -> str:
    return name_segments(profiles_of([segment_of(1, levels)]))[0].name


difference_lists = st.lists(
    st.builds(
        Difference,
        name=st.sampled_from([*FEATURES, "plain", "gender=f", "gender=(missing)", "a=b=c", "="]),
        segment=st.floats(-10, 10),
        overall=st.floats(-10, 10),
        effect=st.floats(-3, 3),
        used=st.booleans(),
    ),
    max_size=3,
).map(tuple)
level_maps = st.dictionaries(st.sampled_from(FEATURES), st.sampled_from(WORDS), max_size=6)
# A few names that also come up by themselves, numbered ones among them.
given_names = st.sampled_from(["VIP", "Budget", "Typical customers", "Typical customers 2", "Mine"])


@given(
    st.lists(st.tuples(level_maps, difference_lists), min_size=1, max_size=12),
    st.dictionaries(st.integers(1, 12), given_names, max_size=4),
)
def test_names_are_unique_and_given_ones_stay(
    drawn: list[tuple[dict[str, str], tuple[Difference, ...]]], asked: dict[int, str]
) -> None:
    asked = {i: name for i, name in asked.items() if i <= len(drawn)}
    if len(set(asked.values())) < len(asked):
        return
    segments = [segment_of(i, *parts) for i, parts in enumerate(drawn, start=1)]
    named = name_segments(profiles_of(segments), NameSettings(names=tuple(asked.items())))
    without = name_segments(profiles_of(segments))
    assert [name.found for name in named] == [name.name for name in without]
    assert [name.segment_id for name in named] == list(range(1, len(drawn) + 1))
    assert len({name.name for name in named}) == len(named)
    for name, own in zip(named, segments, strict=True):
        assert name.name.strip() and name.action.strip()
        assert name.given == (name.segment_id in asked)
        assert name.name == asked.get(name.segment_id, name.name)
        assert len(name.reasons) == len(own.levels)


@pytest.mark.parametrize("count", [1, 2, 3, 10, LARGEST_K])
@pytest.mark.parametrize(
    ("levels", "differences"),
    [
        ({}, ()),
        ({"income": "high", "spending_score": "low"}, ()),
        ({}, (Difference(name="x", segment=1, overall=0, effect=1, used=True),)),
        (
            {"recency_days": "low", "monetary_total": "very high", "frequency_orders": "high"},
            (Difference(name="gender=f", segment=1, overall=0, effect=-1, used=False),),
        ),
    ],
)
def test_equal_segments_still_get_names_of_their_own(
    count: int, levels: dict[str, str], differences: tuple[Difference, ...]
) -> None:
    segments = [segment_of(i, levels, differences) for i in range(1, count + 1)]
    named = name_segments(profiles_of(segments))
    assert len({name.name for name in named}) == count
    # An equal name must be one that could be given back in a recipe.
    NameSettings(names=tuple((name.segment_id, name.name) for name in named))


def test_a_long_or_broken_category_makes_a_name_that_can_be_given_back() -> None:
    wild = "Home,\r\n\tgarden " + "and more " * 60
    difference = Difference(name=f"kind={wild}", segment=1, overall=0, effect=2, used=True)
    name = name_segments(profiles_of([segment_of(1, {}, (difference,))]))[0].name
    assert len(name) <= LONGEST_NAME
    NameSettings(names=((1, name),))


TARGET = {"income": "high", "spending_score": "high"}


def siblings_of(rows: list[dict[str, float]]) -> list[SegmentProfile]:
    """Make segments of one playbook name from their effects; a mean is twice its effect."""
    return [
        segment_of(
            i,
            TARGET,
            tuple(
                Difference(name=name, segment=2 * effect, overall=0, effect=effect, used=True)
                for name, effect in sorted(row.items(), key=lambda one: -abs(one[1]))
            ),
        )
        for i, row in enumerate(rows, start=1)
    ]


def suffixes(segments: list[SegmentProfile]) -> list[str]:
    names = [name.name for name in name_segments(profiles_of(segments))]
    assert all(name.startswith("High income, high spending") for name in names)
    return [name.split("customers ")[1].strip("()") for name in names]


def test_siblings_are_told_apart_by_what_they_differ_in_and_not_by_all_customers() -> None:
    both_high = [{"x": 1.5, "plain": 2.0}, {"x": 3.0, "plain": 1.9}]
    assert suffixes(siblings_of(both_high)) == ["lower x", "higher x"]
    kinds = [{"gender=f": 0.9, "x": 1}, {"gender=f": 0.1, "x": 1}]
    assert suffixes(siblings_of(kinds)) == ["more often f (gender", "less often f (gender"]


def test_of_three_siblings_the_one_between_is_numbered() -> None:
    found = suffixes(siblings_of([{"x": 1.0}, {"x": 2.0}, {"x": 4.0}]))
    assert found == ["lowest x", "1", "highest x"]


effects_drawn = st.fixed_dictionaries(
    {name: st.floats(-3, 3) for name in ("x", "income", "gender=f")}
)


@given(st.lists(effects_drawn, min_size=2, max_size=5))
def test_what_a_suffix_claims_is_true_of_the_means(rows: list[dict[str, float]]) -> None:
    segments = siblings_of(rows)
    means = [{d.name: d.segment for d in one.differences} for one in segments]
    names = {"x": "x", "income": "income", "f (gender": "gender=f"}
    up = {"higher", "highest", "more often", "most often"}
    for i, said in enumerate(suffixes(segments)):
        if said.isdigit():
            continue
        feature = next(f for f in names if said.endswith(f" {f}"))
        claim = said.removesuffix(f" {feature}")
        own, *others = [means[i], *means[:i], *means[i + 1 :]]
        for other in others:
            gap = own[names[feature]] - other[names[feature]]
            assert gap > 0 if claim in up else gap < 0
    if len(rows) == 2:
        gaps = {name: abs(rows[0][name] - rows[1][name]) for name in rows[0]}
        said = suffixes(segments)[0]
        feature = next((names[f] for f in names if said.endswith(f" {f}")), None)
        assert max(gaps.values()) == (gaps[feature] if feature else 0)


def test_what_is_not_notable_is_typical() -> None:
    weak = Difference(name="x", segment=1, overall=0, effect=0.1, used=True)
    unused = Difference(name="plain", segment=1, overall=0, effect=3.0, used=False)
    named = name_segments(profiles_of([segment_of(1, {}, (unused, weak))]))
    assert named[0].name == "Typical customers"


def test_a_segment_whose_values_are_all_missing_has_reasons_without_nan() -> None:
    profiles = profiles_of([segment_of(1, {"income": "average"})])
    profiles.means.loc[1, "income"] = profiles.medians.loc[1, "income"] = np.nan
    reason = name_segments(profiles)[0].reasons[0]
    assert "nan" not in reason
    assert "income" in reason


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (((1, "A"), (2, "A")), "Two segments were named 'A'"),
        (((1, "A"), (2, " A ")), "Two segments were named 'A'"),
        (((3, "A"),), "There is no segment 3"),
        (((0, "A"),), "There is no segment 0"),
        (((-1, "A"),), "There is no segment -1"),
    ],
)
def test_given_names_that_cannot_be(names: tuple[tuple[int, str], ...], said: str) -> None:
    profiles = profiles_of([segment_of(1), segment_of(2)])
    with pytest.raises(SettingsError, match=said):
        name_segments(profiles, NameSettings(names=names))


def test_a_given_name_may_be_one_the_playbook_found_for_another() -> None:
    profiles = profiles_of([segment_of(1), segment_of(2)])
    named = name_segments(profiles, NameSettings(names=((2, "Typical customers"),)))
    assert named[1].name == "Typical customers"
    assert named[0].name != "Typical customers"


@pytest.mark.parametrize("income", WORDS)
@pytest.mark.parametrize("spending", WORDS)
def test_income_and_spending_are_named_as_they_lie(income: str, spending: str) -> None:
    name = found_for(dict(zip(MALL, (income, spending), strict=True)))
    said_income, said_spending = name.split(":")[0].lower().split(", ")
    assert said_income == f"{income.removeprefix('very ')} income"
    assert said_spending == f"{spending.removeprefix('very ')} spending"


RFM = ("recency_days", "frequency_orders", "monetary_total")


@pytest.mark.parametrize(
    ("places", "name"),
    [
        (("low", "high", "very high"), "VIP"),
        (("low", "very high", "high"), "Champions"),
        (("very low", "very high", "very high"), "VIP"),
        (("very high", "high", "high"), "At risk: valuable, slipping away"),
        (("high", "high", "average"), "At risk: former regulars"),
        (("very high", "very low", "very low"), "Hibernating"),
        (("high", "average", "average"), "Cooling off"),
        (("average", "high", "average"), "Loyal regular"),
        (("low", "low", "low"), "New or occasional"),
        (("average", "average", "low"), "Budget"),
        (("low", "average", "average"), "Regular"),
    ],
)
def test_transactions_are_named_as_they_lie(places: tuple[str, ...], name: str) -> None:
    assert found_for(dict(zip(RFM, places, strict=True))) == name


def test_a_pattern_needs_every_feature_it_speaks_of() -> None:
    alone = name_segments(profiles_of([segment_of(1, {"income": "high"})]))[0].name
    assert alone == "Typical customers"


def test_a_name_never_says_more_than_the_features_used() -> None:
    """Without recency nobody can be told to slip away."""
    for frequency, monetary in itertools.product(WORDS, repeat=2):
        name = found_for({"frequency_orders": frequency, "monetary_total": monetary}).lower()
        assert not any(word in name for word in ("risk", "hibernating", "cooling", "new")), name


# --- on tables ----------------------------------------------------------------------------------


def test_mall_names_match_their_places(shared: Path) -> None:
    recipe = Recipe(
        prepare=PrepareSettings(features=MALL, transform="none"),
        choose=ChooseSettings(k=5),
    )
    done = run(shared / "data/mall-customers.csv", recipe)
    expected = {
        81: "Average income, average spending: steady middle",
        39: "High income, high spending: target customers",
        35: "High income, low spending: careful spenders",
        23: "Low income, low spending: budget customers",
        22: "Low income, high spending: keen spenders",
    }
    sizes = {segment.segment_id: segment.size for segment in done.profiles.segments}
    assert {sizes[name.segment_id]: name.name for name in done.names} == expected
    for name in done.names:
        segment = done.profiles.segments[name.segment_id - 1]
        assert len(name.reasons) == 2
        strongest = [found.name for found in segment.differences if found.used]
        for reason, feature in zip(name.reasons, strongest, strict=True):
            assert reason.startswith(f"{feature}: {segment.levels[feature]};")
            mean = done.profiles.means.loc[name.segment_id, feature]
            assert f"mean {round(mean, 2):g} against" in reason


@pytest.mark.parametrize("k", [3, 4, 5])
def test_orders_get_a_marketers_words(k: int) -> None:
    done = run(ROOT / "data/orders.csv", Recipe(choose=ChooseSettings(k=k)))
    assert set(done.prepared.features) <= {*RFM}
    names = [name.name for name in done.names]
    assert len(set(names)) == k
    known = {pattern.name for pattern in done.playbook.playbook.patterns}
    for name in names:
        assert any(name.startswith(word) for word in known), name
    best, least = names[0], names[-1]
    assert best.startswith(("VIP", "Champions", "Loyal regular", "Big basket"))
    assert not least.startswith("VIP")


@pytest.mark.parametrize("k", [2, 17, LARGEST_K])
@pytest.mark.parametrize("file", ["mall.csv", "shop.csv", "wholesale.csv", "orders.csv"])
def test_any_number_of_segments_gets_names(file: str, k: int) -> None:
    recipe = Recipe(choose=ChooseSettings(k=k))
    done = segment(load(ROOT / "data" / file, recipe), recipe, trust=False)
    assert len(set(done.name_of().values())) == k
    meanings = {trait(feature) for feature in done.prepared.features}
    assert all(name.reasons for name in done.names) or meanings == {None}
