"""The evidence for k: what is compared, what is said, and which k it speaks for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score

from segmentation.choosing import SMALL_SHARE, choose_k, elbow
from segmentation.errors import DataError
from segmentation.pipeline import run
from segmentation.results import Prepared, PreparedColumn
from segmentation.settings import ChooseSettings, FitSettings, PrepareSettings, Recipe
from segmentation.silhouettes import structure


def prepared_of(matrix: np.ndarray) -> Prepared:
    matrix = matrix[np.lexsort(matrix.T[::-1])]
    names = [f"f{i}" for i in range(matrix.shape[1])]
    return Prepared(
        matrix=matrix,
        original=matrix,
        customers=np.arange(len(matrix)),
        columns=tuple(PreparedColumn(name=n, feature=n, transform="none") for n in names),
        features=tuple(names),
        ledger=(),
        set_aside={},
        notes=(),
    )


def blobs(centres: int, rows: int = 120, seed: int = 0, spread: float = 0.4) -> np.ndarray:
    places = [(10.0 * (i % 3), 10.0 * (i // 3)) for i in range(centres)]
    return make_blobs(rows, 2, centers=places, cluster_std=spread, random_state=seed)[0]


@pytest.mark.parametrize("groups", [2, 3, 4, 6])
def test_well_parted_groups_are_found(groups: int) -> None:
    evidence = choose_k(prepared_of(blobs(groups)))
    assert evidence.k == evidence.silhouette_k == groups
    assert f"k = {groups} has the largest silhouette" in evidence.reason
    assert "largest silhouette" in evidence.reason


def test_the_figures_are_those_of_the_partitions() -> None:
    prepared = prepared_of(blobs(4, spread=3.0))
    evidence = choose_k(prepared, ChooseSettings(k_min=3, k_max=6))
    assert evidence.ks == (3, 4, 5, 6) == tuple(evidence.partitions)
    assert evidence.silhouette_customers == 120
    for i, k in enumerate(evidence.ks):
        labels = evidence.partitions[k].labels
        assert evidence.silhouettes[i] == pytest.approx(silhouette_score(prepared.matrix, labels))
        assert evidence.smallest[i] == min(np.bincount(labels))
        total = sum(
            ((rows - rows.mean(axis=0)) ** 2).sum()
            for rows in (prepared.matrix[labels == group] for group in range(k))
        )
        assert evidence.inertias[i] == pytest.approx(total)
    best = int(np.argmax(evidence.silhouettes))
    assert evidence.k == evidence.ks[best]


def test_where_every_k_splits_off_a_tiny_group_the_largest_silhouette_stands() -> None:
    crowd = np.concatenate([blobs(4, rows=300, spread=2.5), np.full((3, 2), 500.0)])
    evidence = choose_k(prepared_of(crowd))
    assert evidence.ks[int(np.argmax(evidence.silhouettes))] == 2
    assert evidence.smallest[0] == 3 < SMALL_SHARE * len(crowd)
    assert max(evidence.smallest) == 3
    assert evidence.k == 2
    assert "passed over" not in evidence.reason


def test_a_tiny_group_that_splits_off_is_passed_over_and_said() -> None:
    """Two crowds, and two customers apart who belong to the second of them at k = 2."""
    near = np.concatenate([blobs(2, rows=200), [[21.0, 0.0], [21.1, 0.0]]])
    evidence = choose_k(prepared_of(near), ChooseSettings(k_max=4))
    by_width = sorted(
        zip(evidence.ks, evidence.silhouettes, evidence.smallest, strict=True),
        key=lambda row: -row[1],
    )
    fair = [k for k, _, least in by_width if least >= SMALL_SHARE * len(near)]
    skipped = [k for k, _, _ in by_width[: [k for k, _, _ in by_width].index(fair[0])]]
    assert skipped, "the data no longer show what they are for"
    assert evidence.k == fair[0]
    assert f"once k = {', '.join(map(str, skipped))} is passed over" in evidence.reason
    assert f"under {SMALL_SHARE:.0%}" in evidence.reason


@pytest.mark.parametrize(
    ("distinct", "choose", "expected"),
    [
        (4, ChooseSettings(), (2, 3)),
        (3, ChooseSettings(), (2,)),
        (6, ChooseSettings(k_min=3, k_max=4), (3, 4)),
        (5, ChooseSettings(k_min=8, k_max=9), (4,)),
        (30, ChooseSettings(), tuple(range(2, 11))),
    ],
)
def test_the_range_ends_below_the_number_of_different_customers(
    distinct: int, choose: ChooseSettings, expected: tuple[int, ...]
) -> None:
    matrix = np.repeat(np.arange(distinct, dtype=float)[:, None] ** 1.5, 4, axis=0)
    evidence = choose_k(prepared_of(matrix), choose)
    assert evidence.ks == expected
    assert evidence.k in expected


@pytest.mark.parametrize("distinct", [1, 2])
def test_too_few_different_customers_to_suggest_from(distinct: int) -> None:
    matrix = np.repeat(np.arange(distinct, dtype=float)[:, None], 9, axis=0)
    with pytest.raises(DataError, match=f"Only {distinct} customers? differ"):
        choose_k(prepared_of(matrix))


@pytest.mark.parametrize(
    ("compare", "ks"), [(None, ()), (False, ()), (True, (2, 3, 4, 5, 6, 7, 8, 9, 10))]
)
@pytest.mark.parametrize("k", [3, 12])
def test_a_given_k_is_used_whatever_is_compared(
    compare: bool | None, ks: tuple[int, ...], k: int
) -> None:
    prepared = prepared_of(blobs(5))
    evidence = choose_k(prepared, ChooseSettings(k=k), compare=compare)
    assert (evidence.k, evidence.ks) == (k, ks)
    assert evidence.reason == f"k = {k} was asked for"
    assert set(evidence.partitions) == {k, *ks}
    if ks:
        assert evidence.silhouette_k == 5
    else:
        assert evidence.silhouette_k is None and evidence.elbow_k is None


def test_a_given_k_beyond_the_customers_is_refused_also_when_comparing() -> None:
    matrix = np.arange(4.0)[:, None]
    for compare in (True, False):
        with pytest.raises(DataError, match="too few for 5"):
            choose_k(prepared_of(matrix), ChooseSettings(k=5), compare=compare)


def test_two_different_customers_can_be_cut_in_two() -> None:
    evidence = choose_k(prepared_of(np.array([[0.0], [0.0], [1.0]])), ChooseSettings(k=2))
    assert evidence.partitions[2].inertia == 0


def test_the_partition_of_a_k_does_not_depend_on_the_range() -> None:
    prepared = prepared_of(blobs(5, spread=4.0))
    fit = FitSettings(seed=11)
    alone = choose_k(prepared, ChooseSettings(k=4), fit).partitions[4]
    among = choose_k(prepared, ChooseSettings(k_max=6), fit).partitions[4]
    assert alone.labels.tobytes() == among.labels.tobytes()
    assert alone.centres.tobytes() == among.centres.tobytes()


def test_progress_counts_every_k_once() -> None:
    seen: list[tuple[int, int]] = []
    choose_k(
        prepared_of(blobs(3)),
        ChooseSettings(k_max=5),
        progress=lambda done, of: seen.append((done, of)),
    )
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def distance_below(ks: tuple[int, ...], inertias: np.ndarray) -> np.ndarray:
    """How far each point lies below the chord, by the cross product, in the unit square."""
    x = np.interp(ks, (ks[0], ks[-1]), (0, 1))
    y = np.interp(inertias, (inertias[-1], inertias[0]), (0, 1))
    start, chord = np.array([0, 1]), np.array([1, -1])
    points = np.column_stack([x, y]) - start
    return (points[:, 1] * chord[0] - points[:, 0] * chord[1]) / -np.hypot(*chord)


curves = st.lists(st.integers(1, 10_000), min_size=3, max_size=12, unique=True).map(
    lambda values: np.array(sorted(values, reverse=True), dtype=float)
)


@given(curves, st.integers(1, 5))
def test_the_elbow_is_the_point_farthest_below_the_chord(curve: np.ndarray, first: int) -> None:
    ks = tuple(range(first, first + len(curve)))
    below = distance_below(ks, curve)
    found = elbow(ks, curve)
    if found is None:
        assert below.max() < 1e-6
    else:
        assert below[ks.index(found)] >= below.max() - 1e-9
        assert below.max() > 0


@given(curves, st.floats(0.01, 1000), st.floats(0, 1000))
def test_the_elbow_knows_no_unit(curve: np.ndarray, factor: float, shift: float) -> None:
    ks = tuple(range(2, 2 + len(curve)))
    below = np.sort(distance_below(ks, curve))
    if below[-1] - below[-2] > 1e-6 and below[-1] > 1e-6:
        assert elbow(ks, curve) == elbow(ks, curve * factor + shift)


@pytest.mark.parametrize(
    ("inertias", "expected"),
    [
        ([9.0, 5.0], None),
        ([9.0, 6.0, 3.0], None),
        ([9.0, 8.0, 3.0], None),
        ([5.0, 5.0, 5.0], None),
        ([9.0, 4.0, 3.0], 3),
    ],
)
def test_where_there_is_no_elbow(inertias: list[float], expected: int | None) -> None:
    assert elbow(tuple(range(2, 2 + len(inertias))), np.array(inertias)) == expected


@pytest.mark.parametrize(
    ("silhouette", "word"),
    [
        (1.0, "strong"),
        (0.7, "strong"),
        (0.699, "reasonable"),
        (0.5, "reasonable"),
        (0.499, "weak"),
        (0.25, "weak"),
        (0.249, "none"),
        (0.0, "none"),
        (-1.0, "none"),
    ],
)
def test_bands_of_structure(silhouette: float, word: str) -> None:
    found, sentence = structure(silhouette)
    assert found == word
    assert sentence.endswith(".")


MALL = Recipe(
    prepare=PrepareSettings(
        features=("Annual Income (k$)", "Spending Score (1-100)"), transform="none"
    )
)


@pytest.mark.parametrize("seed", range(3))
def test_mall_suggests_five(shared: Path, seed: int) -> None:
    recipe = MALL.with_stage(fit=FitSettings(seed=seed))
    evidence = run(shared / "data/mall-customers.csv", recipe).evidence
    assert evidence.ks == tuple(range(2, 11))
    assert evidence.k == evidence.silhouette_k == 5
    assert evidence.elbow_k == 5


def test_mall_silhouettes_are_the_references(shared: Path) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())["kmeans"]["mall_std_income_score"]
    evidence = run(shared / "data/mall-customers.csv", MALL).evidence
    for k, silhouette, inertia in zip(
        evidence.ks, evidence.silhouettes, evidence.inertias, strict=True
    ):
        # Where the optimum was reached, so must be its silhouette.
        if inertia <= anchors[str(k)]["inertia"] * (1 + 1e-6):
            assert silhouette == pytest.approx(anchors[str(k)]["silhouette"], abs=1e-5)
    assert evidence.silhouettes[3] == pytest.approx(0.554657, abs=1e-5)


@pytest.mark.parametrize("curve", ["mall_raw_income_score", "mall_std_income_score"])
def test_the_elbow_from_one_group_on_is_kneeds(shared: Path, curve: str) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())
    table = anchors["kmeans"][curve]
    # With one group, the sum of squares follows from the Calinski-Harabasz index at any k.
    n, two = 200, table["2"]
    total = two["inertia"] * (1 + two["ch"] / (n - 2))
    inertias = np.array([total, *(table[str(k)]["inertia"] for k in range(2, 11))])
    assert elbow(tuple(range(1, 11)), inertias) == anchors["mall"]["kneed_elbow_k1_10"]
