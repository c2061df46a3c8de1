"""What a card says can be counted again from the table, whatever filter is on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.pipeline import renamed, run
from segmentation.portraits import portraits
from segmentation.reading import Source
from segmentation.results import Portrait, Run
from segmentation.settings import ChooseSettings, NameSettings, PrepareSettings, Recipe

COUNT = 60
NUMERIC = ["spend", "income", "visits", "balance"]
MASKS = st.lists(st.booleans(), min_size=COUNT, max_size=COUNT).map(np.array)
ALL = np.ones(COUNT, dtype=bool)


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
            "gender": np.where(generator.random(COUNT) < 0.2 + 0.3 * group, "f", "m"),
            "plan": generator.choice(["a", "b", "c"], COUNT),
        }
    )
    frame.loc[[3, 10], "visits"] = np.nan
    frame.loc[7, "gender"] = ""
    return frame


def segmented(frame: pd.DataFrame, k: int = 3, **prepare: object) -> Run:
    recipe = Recipe(
        prepare=PrepareSettings(features=("income", "spend"), transform="none", **prepare),  # type: ignore[arg-type]
        choose=ChooseSettings(k=k),
    )
    return run(Source(name="a.csv", data=frame.to_csv(index=False).encode()), recipe)


@pytest.fixture(scope="module")
def finished() -> Run:
    return segmented(table())


def labels_of(done: Run) -> pd.Series:
    labels = pd.Series(0, index=range(len(done.loaded.customers.frame)))
    labels[done.profiles.customers] = done.profiles.labels
    return labels


@given(MASKS)
def test_shares_and_indices_add_up_on_every_filter(finished: Run, keep: np.ndarray) -> None:
    found = portraits(finished, keep)
    frame = table()
    shown = frame[keep]
    assert found.customers == len(shown)
    assert found.revenue == pytest.approx(shown["spend"].sum())
    if not len(shown):
        assert all(card.share == 0 and card.sentences == () for card in found.segments)
        return
    assert sum(card.share for card in found.segments) == pytest.approx(1)
    assert sum(card.revenue_share or 0 for card in found.segments) == pytest.approx(1)
    for name in ("spend", "income", "visits"):
        figures = [f for card in found.segments for f in card.figures if f.feature == name]
        weighted = sum(f.known * f.index for f in figures if f.index is not None)
        expected = 100 * shown[name].sum() / frame[name].mean()
        assert weighted == pytest.approx(expected)
    for column in ("gender", "plan"):
        for card in found.segments:
            typical = card.typical[column]
            assert sum(share.customers for share in typical) == card.customers


@given(MASKS)
def test_figures_and_categories_are_those_of_pandas(finished: Run, keep: np.ndarray) -> None:
    frame, labels = table(), labels_of(finished)
    for card in portraits(finished, keep).segments:
        own = frame[keep & (labels == card.segment_id)]
        assert card.customers == len(own)
        by_name = {figure.feature: figure for figure in card.figures}
        assert set(by_name) == set(NUMERIC)
        for name, figure in by_name.items():
            values = own[name].dropna()
            assert figure.known == len(values)
            assert figure.used == (name in ("income", "spend"))
            if not len(values):
                assert figure.mean is figure.median is figure.index is None
                assert figure.effect == 0
                continue
            assert figure.mean == pytest.approx(values.mean())
            quartiles = values.quantile([0.25, 0.5, 0.75]).tolist()
            assert [figure.lower, figure.median, figure.upper] == pytest.approx(quartiles)
            gap = values.mean() - frame[name].mean()
            assert figure.effect == pytest.approx(gap / frame[name].std(ddof=0))
            if name == "balance":
                assert figure.index is None
            else:
                assert figure.index == pytest.approx(100 * values.mean() / frame[name].mean())
        sizes = [abs(figure.effect) for figure in card.figures]
        assert sizes == sorted(sizes, reverse=True)
        for shares in card.typical.values():
            for share in shares:
                here = own[share.column].fillna("") == share.category
                there = frame[share.column].fillna("") == share.category
                assert share.customers == here.sum()
                assert share.share == pytest.approx(here.mean())
                assert share.lift == pytest.approx(here.mean() / there.mean())
                p = there.mean()
                assert share.effect == pytest.approx((here.mean() - p) / np.sqrt(p * (1 - p)))


@given(MASKS)
def test_what_sets_apart_is_ranked_by_lift_and_holds_enough(
    finished: Run, keep: np.ndarray
) -> None:
    for card in portraits(finished, keep).segments:
        away = [max(c.lift, 1 / c.lift) if c.lift else np.inf for c in card.categories]
        assert away == pytest.approx(sorted(away, reverse=True))
        assert all(max(c.share, c.overall) >= 0.05 for c in card.categories)


@given(MASKS)
def test_examples_are_the_nearest_of_those_shown(finished: Run, keep: np.ndarray) -> None:
    frame, labels = table(), labels_of(finished)
    matrix = frame[["income", "spend"]]
    matrix = (matrix - matrix.mean()) / matrix.std(ddof=0)
    for card in portraits(finished, keep).segments:
        centre = matrix[labels == card.segment_id].mean()
        distances = np.sqrt(((matrix - centre) ** 2).sum(axis=1))
        own = distances[keep & (labels == card.segment_id)].sort_values().head(3)
        assert [example.distance for example in card.examples] == pytest.approx(own.tolist())
        for example in card.examples:
            assert example.customer_id == f"c{example.position}"
            assert keep[example.position] and labels[example.position] == card.segment_id


def test_sentences_are_of_the_strongest_columns(finished: Run) -> None:
    for card in portraits(finished, ALL).segments:
        assert len(card.sentences) == 3
        effects = {f.feature: abs(f.effect) for f in card.figures}
        for column, shares in card.typical.items():
            effects[column] = max(abs(share.effect) for share in shares)
        strongest = sorted(effects, key=lambda name: -effects[name])[:3]
        for sentence, name in zip(card.sentences, strongest, strict=True):
            assert name.casefold() in sentence.casefold()
        assert all("of all customers" in sentence for sentence in card.sentences)


def test_a_sentence_tells_mean_overall_and_index(finished: Run) -> None:
    frame, labels = table(), labels_of(finished)
    own, overall = frame["spend"][labels == 1].mean(), frame["spend"].mean()
    expected = (
        f"Spend: {own:.1f} on average, above the {overall:.1f} of all customers "
        f"(index {100 * own / overall:.0f})."
    )
    assert portraits(finished, ALL).segments[0].sentences[0] == expected


def test_the_playbook_says_who_they_are(finished: Run) -> None:
    card = portraits(renamed(finished, NameSettings(playbook="education")), ALL).segments[0]
    assert all("all students" in sentence for sentence in card.sentences)


def test_no_index_where_the_mean_is_not_above_nothing(finished: Run) -> None:
    found = portraits(finished, ALL)
    assert any(note.startswith("balance has no index") for note in found.notes)


# --- odd tables


def card_of(frame: pd.DataFrame, segment: int = 1, **prepare: object) -> Portrait:
    done = segmented(frame, **prepare)
    return portraits(done, np.ones(len(done.profiles.labels), dtype=bool)).segments[segment - 1]


def test_a_segment_of_one_customer() -> None:
    frame = table()
    frame.loc[0, ["spend", "income"]] = [9_000.0, 400.0]
    card = card_of(frame)
    assert card.customers == 1 and len(card.examples) == 1
    spend = next(f for f in card.figures if f.feature == "spend")
    assert spend.lower == spend.median == spend.upper == 9_000


def test_no_revenue_column() -> None:
    frame = table().rename(columns={"spend": "height"})
    recipe = Recipe(prepare=PrepareSettings(features=("income",)), choose=ChooseSettings(k=2))
    done = run(Source(name="a.csv", data=frame.to_csv(index=False).encode()), recipe)
    found = portraits(done, ALL)
    assert found.money_feature is None and found.revenue is None
    assert all(c.revenue is None and c.revenue_share is None for c in found.segments)
    assert any("no share of revenue" in note for note in found.notes)


@pytest.mark.parametrize("name", ["average_spend", "last_spend", "spend_per_order"])
def test_a_sum_of_averages_is_no_revenue(name: str) -> None:
    frame = table().rename(columns={"spend": name})
    recipe = Recipe(prepare=PrepareSettings(features=("income",)), choose=ChooseSettings(k=2))
    done = run(Source(name="a.csv", data=frame.to_csv(index=False).encode()), recipe)
    assert portraits(done, ALL).money_feature is None


def test_negative_revenue() -> None:
    frame = table()
    frame["spend"] = frame["spend"] - 150
    done = segmented(frame)
    found = portraits(done, ALL)
    assert min(card.revenue or 0 for card in found.segments) < 0
    assert sum(card.revenue_share or 0 for card in found.segments) == pytest.approx(1)
    assert any("below 0" in note for note in found.notes)
    frame["spend"] = frame["spend"] - 1_000
    found = portraits(segmented(frame), ALL)
    assert all(card.revenue_share is None for card in found.segments)
    assert any("no shares" in note for note in found.notes)


def test_a_column_without_a_value_in_a_segment(finished: Run) -> None:
    labels = labels_of(finished)
    frame = table()
    frame.loc[labels == 2, "visits"] = np.nan
    card = card_of(frame, 2)
    visits = next(f for f in card.figures if f.feature == "visits")
    assert (visits.known, visits.mean, visits.index, visits.effect) == (0, None, None, 0)
    assert not any("visits" in sentence for sentence in card.sentences)


def test_customers_set_aside_count_for_nothing() -> None:
    frame = table()
    frame.loc[60] = ["far", 99_999.0, 45.0, 3.0, -5.0, "f", "a"]
    done = segmented(frame, outliers="set-aside")
    found = portraits(done, np.ones(60, dtype=bool))
    assert found.revenue == pytest.approx(table()["spend"].sum())
    assert all(example.position != 60 for card in found.segments for example in card.examples)


def test_the_order_of_the_matrix_does_not_matter(finished: Run) -> None:
    turned = np.arange(COUNT)[::-1]
    prepared, segmentation = finished.prepared, finished.segmentation
    other = replace(
        finished,
        prepared=replace(
            prepared,
            matrix=prepared.matrix[turned],
            original=prepared.original[turned],
            customers=prepared.customers[turned],
        ),
        segmentation=replace(segmentation, labels=segmentation.labels[turned]),
    )
    assert portraits(other, ALL) == portraits(finished, ALL)
