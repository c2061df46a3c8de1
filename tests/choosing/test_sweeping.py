"""Every k of a range compared: its figures, its range, its elbow."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score

from segmentation.choosing import elbow, sweep
from segmentation.errors import DataError
from segmentation.results import Run
from segmentation.settings import ChooseSettings, FitSettings
from tests.choosing.clouds import blobs, prepared_of


def test_the_figures_are_those_of_the_partitions() -> None:
    prepared = prepared_of(blobs(4, spread=3.0))
    found = sweep(prepared, ChooseSettings(k_min=3, k_max=6))
    assert found.ks == (3, 4, 5, 6)
    assert found.silhouette_customers == 120
    assert found.silhouette_errors == (0.0,) * 4
    assert found.total == pytest.approx(((prepared.matrix - prepared.matrix.mean(0)) ** 2).sum())
    for i, k in enumerate(found.ks):
        matrix, labels = prepared.matrix, found.partitions[k].labels
        assert found.silhouettes[i] == pytest.approx(silhouette_score(matrix, labels), abs=1e-9)
        assert found.calinski_harabasz[i] == pytest.approx(calinski_harabasz_score(matrix, labels))
        assert found.davies_bouldin[i] == pytest.approx(davies_bouldin_score(matrix, labels))
        assert found.smallest[i] == min(np.bincount(labels))
        total = sum(
            ((rows - rows.mean(axis=0)) ** 2).sum()
            for rows in (matrix[labels == group] for group in range(k))
        )
        assert found.inertias[i] == pytest.approx(total)


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
    assert sweep(prepared_of(matrix), choose).ks == expected


@pytest.mark.parametrize(
    ("distinct", "said"), [(1, "All 9 customers are the same"), (2, "Only 2 customers differ")]
)
def test_too_few_different_customers_to_suggest_from(distinct: int, said: str) -> None:
    matrix = np.repeat(np.arange(distinct, dtype=float)[:, None], 9, axis=0)
    with pytest.raises(DataError, match=said):
        sweep(prepared_of(matrix))


@pytest.mark.parametrize(("compare", "ks"), [(None, ()), (False, ()), (True, range(2, 11))])
@pytest.mark.parametrize("k", [3, 12])
def test_a_given_k_is_tried_whatever_is_compared(
    compare: bool | None, ks: tuple[int, ...], k: int
) -> None:
    found = sweep(prepared_of(blobs(5)), ChooseSettings(k=k), compare=compare)
    assert found.ks == tuple(sorted({k, *ks}))


def test_a_given_k_beyond_the_customers_is_refused_also_when_comparing() -> None:
    matrix = np.arange(4.0)[:, None]
    for compare in (True, False):
        with pytest.raises(DataError, match="too few for 5"):
            sweep(prepared_of(matrix), ChooseSettings(k=5), compare=compare)


def test_two_different_customers_can_be_cut_in_two() -> None:
    found = sweep(prepared_of(np.array([[0.0], [0.0], [1.0]])), ChooseSettings(k=2))
    assert found.partitions[2].inertia == 0


def test_the_partition_of_a_k_does_not_depend_on_the_range() -> None:
    prepared = prepared_of(blobs(5, spread=4.0))
    fit = FitSettings(seed=11)
    alone = sweep(prepared, ChooseSettings(k=4), fit).partitions[4]
    among = sweep(prepared, ChooseSettings(k_max=6), fit).partitions[4]
    assert alone.labels.tobytes() == among.labels.tobytes()
    assert alone.centres.tobytes() == among.centres.tobytes()


def test_progress_counts_every_k_once() -> None:
    seen: list[tuple[int, int]] = []
    sweep(
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


def test_mall_figures_are_the_references(mall_raw: Run, shared: Path) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())
    table = anchors["kmeans"]["mall_raw_income_score"]
    found = mall_raw.evidence.sweep
    for i, k in enumerate(found.ks):
        expected = table[str(k)]
        assert found.inertias[i] == pytest.approx(expected["inertia"], rel=1e-6)
        assert found.silhouettes[i] == pytest.approx(expected["silhouette"], abs=1e-6)
        assert found.calinski_harabasz[i] == pytest.approx(expected["ch"], abs=1e-3)
        assert sorted(np.bincount(found.partitions[k].labels).tolist()) == sorted(expected["sizes"])
    five = anchors["mall"]["davies_bouldin_k5_raw"]
    assert found.davies_bouldin[found.ks.index(5)] == pytest.approx(five, abs=1e-4)


@pytest.mark.parametrize("curve", ["mall_raw_income_score", "mall_std_income_score"])
def test_the_elbow_from_one_group_on_is_kneeds(shared: Path, curve: str) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())
    table = anchors["kmeans"][curve]
    # With one group, the sum of squares follows from the Calinski-Harabasz index at any k.
    n, two = 200, table["2"]
    total = two["inertia"] * (1 + two["ch"] / (n - 2))
    inertias = np.array([total, *(table[str(k)]["inertia"] for k in range(2, 11))])
    assert elbow(tuple(range(1, 11)), inertias) == anchors["mall"]["kneed_elbow_k1_10"]
