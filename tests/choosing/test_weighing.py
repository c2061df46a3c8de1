"""The council: who votes for what, which k wins, and how far it is trusted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.choosing import Draws, outweighed_by, shake, sweep, weigh
from segmentation.evidence_files import evidence_facts
from segmentation.pipeline import load, segment, trusted
from segmentation.reading import Source
from segmentation.results import Evidence, Loaded, Partition, Resampled, Run, Sweep, Trap, Trials
from segmentation.settings import (
    ChooseSettings,
    CleanSettings,
    FitSettings,
    PrepareSettings,
    Recipe,
)
from segmentation.trust import band
from tests.choosing.clouds import noise, prepared_of, separated

FEW = Draws(bootstraps=20, splits=10, references=12)


def council(matrix: np.ndarray, draws: Draws = FEW, seed: int = 0) -> Evidence:
    prepared = prepared_of(matrix)
    fit = FitSettings(seed=seed)
    swept = sweep(prepared, fit=fit)
    return weigh(swept, shake(prepared, swept, fit, draws=draws))


def vote_of(evidence: Evidence) -> dict[str, int | None]:
    return {vote.criterion: vote.k for vote in evidence.votes}


def test_mall_is_in_five_with_dissent(mall_raw: Run) -> None:
    evidence = mall_raw.evidence
    assert vote_of(evidence) == {
        "elbow": 5,
        "silhouette": 5,
        "calinski_harabasz": 9,
        "davies_bouldin": 5,
        "gap": 1,
        "prediction_strength": 5,
        "stability": 5,
    }
    assert evidence.natural_k == evidence.k == 5
    assert evidence.reason.startswith("5 of 7 criteria speak for k = 5")
    assert "Calinski-Harabasz: 9" in evidence.reason
    assert "gap statistic: 1" in evidence.reason
    assert evidence.verdict is not None
    assert evidence.verdict.level == "reasonable"
    assert all(found.mean >= 0.96 for found in mall_raw.segmentation.stabilities)


def test_wholesale_is_warned_of(wholesale: Run) -> None:
    evidence = wholesale.evidence
    assert vote_of(evidence)["prediction_strength"] == 1
    assert evidence.verdict is not None
    assert evidence.verdict.level in ("weak", "none")
    reasons = {vote.criterion: vote.reason for vote in evidence.votes}
    assert "0.8 is asked for" in reasons["prediction_strength"]


def test_a_thousand_made_up_customers_have_no_groups(thousand: Run) -> None:
    evidence = thousand.evidence
    assert evidence.natural_k == 1
    assert evidence.verdict is not None
    assert evidence.verdict.level == "none"
    assert "no natural groups" in evidence.verdict.sentence
    assert evidence.k >= 2
    assert "convenient cut" in evidence.reason
    assert sum(thousand.segmentation.sizes()) == 1000


@pytest.mark.parametrize("yes_and_no", [1, 2, 3])
def test_yes_and_no_alone_make_no_groups(yes_and_no: int) -> None:
    rng = np.random.default_rng(yes_and_no)
    answers = rng.integers(2, size=(400, yes_and_no)).astype(float)
    matrix = np.column_stack([rng.uniform(size=(400, 2)), answers])
    matrix = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
    evidence = council(matrix)
    assert evidence.natural_k == 1
    assert evidence.verdict is not None
    assert evidence.verdict.level == "none"


@pytest.mark.parametrize("columns", [2, 3, 5, 10])
def test_even_noise_has_no_groups(columns: int) -> None:
    evidence = council(noise(columns, 0))
    assert (evidence.natural_k, evidence.verdict and evidence.verdict.level) == (1, "none")


@pytest.mark.parametrize("columns", [2, 4])
def test_five_groups_far_apart_are_five_and_strong(columns: int) -> None:
    evidence = council(separated(columns, 0))
    assert (evidence.natural_k, evidence.verdict and evidence.verdict.level) == (5, "strong")


def test_what_outweighs_the_votes_is_told_from_what_they_decide() -> None:
    """Nothing where groups are clear; chance in noise; traps where each number is one."""
    clear, scattered = council(separated(2, 0)), council(noise(3, 0))
    trap = Trap(kind="tiny_group", ks=clear.sweep.ks, sentence="Tiny.")
    assert outweighed_by(clear) is None
    assert outweighed_by(scattered) == "chance"
    assert outweighed_by(replace(clear, traps=(trap,))) == "traps"


@pytest.mark.exhaustive
def test_ninety_five_of_a_hundred_draws_of_noise_have_no_groups() -> None:
    found = [council(noise(2 + seed % 9, seed)) for seed in range(100)]
    none = [one.natural_k == 1 and one.verdict and one.verdict.level == "none" for one in found]
    assert sum(map(bool, none)) >= 95


@pytest.mark.exhaustive
def test_ninety_five_of_a_hundred_draws_of_five_groups_are_five_and_strong() -> None:
    found = [council(separated(2 + seed % 5, seed)) for seed in range(100)]
    right = [one.natural_k == 5 and one.verdict and one.verdict.level == "strong" for one in found]
    assert sum(map(bool, right)) >= 95


def test_online_retail_in_two_is_never_suggested(paid_orders: Loaded) -> None:
    features = ("frequency_orders", "quantity_total", "monetary_total")
    recipe = Recipe(
        clean=CleanSettings(drop_zero_price=True),
        prepare=PrepareSettings(features=features, transform="none"),
        choose=ChooseSettings(k_max=4),
    )
    found = segment(paid_orders, recipe)
    swept = found.evidence.sweep
    assert swept.silhouettes[0] == pytest.approx(0.9622, abs=5e-4)
    assert sorted(np.bincount(swept.partitions[2].labels).tolist()) == [19, 4319]
    tiny = [trap for trap in found.evidence.traps if trap.kind == "tiny_group"]
    assert len(tiny) == 1
    assert 2 in tiny[0].ks
    assert found.evidence.k != 2
    assert found.evidence.natural_k != 2


def made_up(
    widths: list[float], strengths: list[float], least: list[float], chance: float = 0.3
) -> tuple[Sweep, Trials]:
    """Figures for k = 2, 3, ... without any customers behind them."""
    ks = tuple(range(2, 2 + len(widths)))
    partitions = {
        k: Partition(labels=np.arange(k), centres=np.arange(float(k))[:, None], inertia=10.0 / k)
        for k in ks
    }
    swept = Sweep(
        ks=ks,
        partitions=partitions,
        total=10.0,
        inertias=tuple(10.0 / k for k in ks),
        silhouettes=tuple(widths),
        silhouette_errors=(0.0,) * len(ks),
        silhouette_customers=100,
        calinski_harabasz=tuple(widths),
        davies_bouldin=tuple(-width for width in widths),
        smallest=(20,) * len(ks),
    )
    trials = Trials(
        ks=ks,
        customers=100,
        gaps=tuple((0.1 * k, 0.01) for k in (1, *ks)),
        references=tuple((chance, 0.01) for _ in ks),
        prediction_strengths=tuple(Resampled(mean=s, low=s, high=s) for s in strengths),
        stabilities={
            k: tuple(Resampled(mean=s, low=s, high=s) for _ in range(k))
            for k, s in zip(ks, least, strict=True)
        },
        hopkins=None,
    )
    return swept, trials


@pytest.mark.parametrize(
    ("width", "strength", "least", "level"),
    [
        (0.60, 0.95, 0.90, "strong"),
        (0.50, 0.95, 0.90, "reasonable"),
        (0.60, 0.85, 0.90, "reasonable"),
        (0.60, 0.95, 0.80, "reasonable"),
        (0.60, 0.79, 0.90, "weak"),
        (0.60, 0.95, 0.70, "weak"),
        (0.36, 0.95, 0.90, "weak"),
        (0.33, 0.95, 0.90, "none"),
        (0.20, 0.95, 0.90, "none"),
    ],
)
def test_levels(width: float, strength: float, least: float, level: str) -> None:
    swept, trials = made_up([width], [strength], [least])
    evidence = weigh(swept, trials, choose=ChooseSettings(k=2))
    assert evidence.votes == ()
    assert evidence.natural_k is None
    assert evidence.verdict is not None
    assert evidence.verdict.level == level
    assert evidence.reason == "k = 2 was asked for"


def test_of_equals_prediction_strength_decides() -> None:
    swept, trials = made_up([0.7, 0.69, 0.5], [0.95, 0.95, 0.5], [0.99, 0.99, 0.5])
    swept = replace(swept, calinski_harabasz=(1.0, 2.0, 1.0))
    evidence = weigh(swept, trials)
    assert Counter(vote.k for vote in evidence.votes) == {2: 3, 3: 3, None: 1}
    assert evidence.natural_k == 3


def test_a_k_named_by_a_trap_is_passed_over() -> None:
    swept, trials = made_up([0.9, 0.6, 0.5], [0.95, 0.95, 0.5], [0.9, 0.95, 0.5])
    trap = Trap(kind="tiny_group", sentence="Only 3 customers.", ks=(2,))
    assert weigh(swept, trials).natural_k == 2
    assert weigh(swept, trials, (trap,)).natural_k == 3
    assert weigh(swept, None, (trap,)).k == 3


def test_a_k_no_clearer_than_chance_is_passed_over() -> None:
    swept, trials = made_up([0.7, 0.31, 0.31], [0.95, 0.95, 0.5], [0.99, 0.99, 0.5])
    swept = replace(swept, calinski_harabasz=(1, 2, 1), davies_bouldin=(2, 1, 2))
    evidence = weigh(swept, trials)
    assert Counter(vote.k for vote in evidence.votes)[3] == 4
    assert evidence.natural_k == 2
    asked = weigh(swept, trials, choose=ChooseSettings(k=3)).verdict
    assert asked is not None
    assert asked.level == "none"
    assert "no natural groups" not in asked.sentence


@pytest.mark.parametrize(("width", "k"), [(0.9, 2), (0.3, 1)])
def test_of_a_single_k_the_evidence_says_whether_it_is_more_than_chance(
    width: float, k: int
) -> None:
    facts = evidence_facts(weigh(*made_up([width], [0.95], [0.9])))
    assert facts["k"] == k
    assert facts["votes"] == {}


def test_one_segment_wins_where_the_votes_say_so() -> None:
    swept, trials = made_up([0.6, 0.5, 0.4, 0.3], [0.5] * 4, [0.4] * 4)
    swept = replace(swept, calinski_harabasz=(1, 1, 1, 2), davies_bouldin=(2, 2, 1, 2))
    trials = replace(trials, gaps=((0.5, 0.01), *((0.4, 0.01) for _ in range(4))))
    evidence = weigh(swept, trials)
    assert [vote.k for vote in evidence.votes].count(1) == 3
    assert evidence.natural_k == 1
    assert evidence.k > 1
    assert evidence.verdict is not None
    assert evidence.verdict.level == "none"


def test_before_the_trials_there_is_no_verdict() -> None:
    swept, _ = made_up([0.4, 0.6], [0.9, 0.9], [0.9, 0.9])
    evidence = weigh(swept)
    assert evidence.k == 3
    assert (evidence.verdict, evidence.votes, evidence.natural_k) == (None, (), None)


figures = st.lists(st.floats(0, 1), min_size=2, max_size=6)


@given(figures, st.data())
def test_whatever_the_figures_there_is_a_k_to_use_and_a_verdict(
    widths: list[float], data: st.DataObject
) -> None:
    same = st.lists(st.floats(0, 1), min_size=len(widths), max_size=len(widths))
    swept, trials = made_up(widths, data.draw(same), data.draw(same))
    passed_over = tuple(data.draw(st.sets(st.sampled_from(swept.ks))))
    trap = Trap(kind="tiny_group", sentence="Tiny.", ks=passed_over)
    evidence = weigh(swept, trials, (trap,))
    assert evidence.k in swept.ks
    assert evidence.natural_k == 1 or evidence.natural_k in swept.ks
    assert evidence.natural_k not in passed_over
    assert evidence.verdict is not None
    assert (evidence.natural_k == 1) == (evidence.verdict.level == "none")


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (1.0, "highly stable"),
        (0.85, "highly stable"),
        (0.849, "valid"),
        (0.75, "valid"),
        (0.749, "doubtful"),
        (0.6, "doubtful"),
        (0.599, "not to be trusted"),
        (0.0, "not to be trusted"),
    ],
)
def test_hennigs_bands(score: float, word: str) -> None:
    assert band(score)[0] == word


def test_a_run_made_quickly_and_trusted_later_is_the_run_made_at_once() -> None:
    rng = np.random.default_rng(0)
    rows = [f"{i},{i % 3 * 50 + rng.normal():.3f},{rng.normal():.3f}" for i in range(90)]
    text = "\n".join(["id,spend,visits", *rows]).encode()
    loaded = load(Source(name="a.csv", data=text))
    recipe = Recipe(choose=ChooseSettings(k_max=4))
    quick = segment(loaded, recipe, trust=False)
    assert quick.evidence.verdict is None
    assert quick.segmentation.stabilities == ()
    later, at_once = trusted(quick), segment(loaded, recipe)
    assert later.evidence.verdict == at_once.evidence.verdict
    assert later.evidence.votes == at_once.evidence.votes
    assert later.segmentation.stabilities == at_once.segmentation.stabilities
    assert len(later.segmentation.stabilities) == later.segmentation.k
