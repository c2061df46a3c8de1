"""K-Means finds the optimum, the same one each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from segmentation.errors import DataError
from segmentation.kmeans import kmeans, kmeans_each
from segmentation.results import Partition
from tests.counts import examples

WHOLESALE = ["Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen"]
MALL = ["Annual Income (k$)", "Spending Score (1-100)"]


def assignments(rows: int, k: int) -> Iterator[tuple[int, ...]]:
    """Every way to put rows into exactly k groups, each once."""

    def grow(chosen: tuple[int, ...], used: int) -> Iterator[tuple[int, ...]]:
        if len(chosen) == rows:
            if used == k:
                yield chosen
            return
        for group in range(min(used + 1, k)):
            yield from grow((*chosen, group), max(used, group + 1))

    yield from grow((), 0)


@cache
def all_assignments(rows: int, k: int) -> np.ndarray:
    return np.array(list(assignments(rows, k)))


def optimum(matrix: np.ndarray, k: int) -> float:
    """Smallest sum of squares over all partitions, by the sum of squares within pairs."""
    pairs = ((matrix[:, None] - matrix[None]) ** 2).sum(axis=2)
    best = np.inf
    for labels in all_assignments(len(matrix), k):
        total = 0.0
        for group in range(k):
            inside = np.flatnonzero(labels == group)
            total += pairs[np.ix_(inside, inside)].sum() / (2 * len(inside))
        best = min(best, total)
    return best


def check(matrix: np.ndarray, found: Partition, k: int) -> None:
    """Labels, centres and inertia tell the same story."""
    assert found.k == k
    assert sorted(set(found.labels.tolist())) == list(range(k))
    for group in range(k):
        rows = matrix[found.labels == group]
        assert np.allclose(found.centres[group], rows.mean(axis=0), rtol=1e-9, atol=1e-12)
    total = sum(
        ((matrix[found.labels == group] - found.centres[group]) ** 2).sum() for group in range(k)
    )
    assert found.inertia == pytest.approx(total, rel=1e-9, abs=1e-12)


def prepared_rows(path: Path, columns: list[str], *, standardise: bool) -> np.ndarray:
    values = pd.read_csv(path)[columns].to_numpy(dtype=float)
    if standardise:
        values = (values - values.mean(axis=0)) / values.std(axis=0)
    return values[np.lexsort(values.T[::-1])]


@pytest.mark.parametrize(("rows", "k"), [(6, 2), (7, 3), (8, 2), (8, 3), (8, 4), (9, 3)])
@pytest.mark.parametrize("seed", range(4))
def test_tiny_data_get_the_optimum_of_all_partitions(rows: int, k: int, seed: int) -> None:
    matrix = np.random.default_rng(seed).normal(size=(rows, 1 + seed % 3))
    found = kmeans(matrix, k, seed=0)
    check(matrix, found, k)
    assert found.inertia == pytest.approx(optimum(matrix, k), rel=1e-9)


small = arrays(
    np.float64,
    st.tuples(st.integers(2, 7), st.integers(1, 2)),
    elements=st.integers(-3, 3).map(float),
)


@settings(max_examples=examples(40))
@given(small, st.integers(2, 4))
def test_duplicates_get_the_optimum_or_a_refusal(matrix: np.ndarray, k: int) -> None:
    distinct = len(np.unique(matrix, axis=0))
    if distinct < k:
        with pytest.raises(DataError, match=f"too few for {k} segments"):
            kmeans(matrix, k, seed=0)
        return
    found = kmeans(matrix, k, seed=0)
    check(matrix, found, k)
    assert found.inertia == pytest.approx(optimum(matrix, k), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[0.0], [1.0]], "There are 2 customers, too few for 3 segments"),
        ([[0.0], [1.0]] * 5, "Only 2 customers differ in the chosen features"),
        ([[7.0]] * 9, "Only 1 customers? differ"),
    ],
)
def test_too_few_rows_are_refused(rows: list[list[float]], said: str) -> None:
    with pytest.raises(DataError, match=said):
        kmeans(np.array(rows), 3, seed=0)


def test_no_rows_are_refused() -> None:
    with pytest.raises(DataError, match="0 customers"):
        kmeans(np.empty((0, 2)), 2, seed=0)


@pytest.mark.parametrize("repeats", [1, 30])
def test_as_many_groups_as_distinct_rows_leave_nothing_over(repeats: int) -> None:
    matrix = np.repeat(np.array([[0.0, 1.0], [2.0, 5.0], [3.0, 3.0]]), repeats, axis=0)
    found = kmeans(matrix, 3, seed=0)
    check(matrix, found, 3)
    assert found.inertia == 0
    assert np.bincount(found.labels).tolist() == [repeats] * 3


@pytest.mark.parametrize(
    "rows",
    [
        [0.0, 1e-12, 1e6, 1e6 + 1],
        [0.0, 1e-5, 2e-5, 1e99],
        [1e-300, 2e-300, 1.0, 2.0],
        [1e8, 1e8 + 1e-7, 1e8 + 2e-7, -1e8],
    ],
)
def test_rows_that_differ_by_less_than_rounding_still_get_their_groups(rows: list[float]) -> None:
    matrix = np.array(rows)[:, None]
    assert len(np.unique(matrix)) == 4
    for k in (2, 3, 4):
        check(matrix, kmeans(matrix, k, seed=0), k)


def test_empty_groups_on_the_way_are_not_announced() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kmeans(np.array([[0.0], [1e-12], [1e6], [1e6 + 1]]), 4, seed=0)


@pytest.mark.parametrize("k", [2, 3, 5, 8])
@pytest.mark.parametrize("spread", [0.5, 3.0])
def test_never_worse_than_scikit_learn_with_ten_starts(k: int, spread: float) -> None:
    matrix, _ = make_blobs(150, 3, centers=6, cluster_std=spread, random_state=k)
    reference = KMeans(k, n_init=10, random_state=0).fit(matrix)
    found = kmeans(matrix, k, seed=0)
    check(matrix, found, k)
    assert found.inertia <= reference.inertia_ * (1 + 1e-9)


def test_no_single_move_helps() -> None:
    matrix = np.random.default_rng(5).normal(size=(60, 2))
    found = kmeans(matrix, 4, seed=1)
    for row in range(len(matrix)):
        for group in set(range(4)) - {int(found.labels[row])}:
            moved = found.labels.copy()
            moved[row] = group
            if len(set(moved.tolist())) < 4:
                continue
            total = sum(
                ((matrix[moved == g] - matrix[moved == g].mean(axis=0)) ** 2).sum()
                for g in range(4)
            )
            assert total >= found.inertia * (1 - 1e-9)


@pytest.mark.parametrize("rows", [40, 1_500])
def test_a_weight_of_three_is_a_row_three_times(rows: int) -> None:
    matrix = np.sort(np.random.default_rng(3).normal(size=(rows, 1)), axis=0)
    matrix = np.hstack([matrix, np.sin(3 * matrix)])
    times = np.random.default_rng(4).integers(1, 4, rows)
    weighted = kmeans(matrix, 4, seed=0, weights=times.astype(float))
    repeated = kmeans(np.repeat(matrix, times, axis=0), 4, seed=0)
    assert weighted.inertia == pytest.approx(repeated.inertia, rel=1e-9)
    assert np.array_equal(np.repeat(weighted.labels, times), repeated.labels)


def test_groups_are_numbered_as_they_first_appear() -> None:
    matrix = np.random.default_rng(6).normal(size=(120, 2))
    labels = kmeans(matrix, 6, seed=0).labels
    assert list(dict.fromkeys(labels.tolist())) == list(range(6))


@pytest.mark.parametrize("seed", range(6))
def test_of_equal_sums_the_first_labels_are_taken(seed: int) -> None:
    """Along either axis a square falls into two halves with the same sum."""
    square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert kmeans(square, 2, seed).labels.tolist() == [0, 0, 1, 1]
    steps = np.arange(5.0)[:, None]
    assert kmeans(steps, 2, seed).labels.tolist() == [0, 0, 0, 1, 1]


def blobs_in_order(rows: int, seed: int) -> np.ndarray:
    matrix, _ = make_blobs(rows, 4, centers=6, cluster_std=2.5, random_state=seed)
    return matrix[np.lexsort(matrix.T[::-1])]


@pytest.mark.parametrize("k", [3, 6, 9])
@pytest.mark.parametrize("rows", [1_200, 6_000])
def test_condensed_rows_lose_next_to_nothing(rows: int, k: int) -> None:
    matrix = blobs_in_order(rows, seed=k)
    reference = KMeans(k, n_init=10, random_state=0).fit(matrix)
    found = kmeans(matrix, k, seed=0)
    check(matrix, found, k)
    assert found.inertia <= reference.inertia_ * (1 + 1e-3)


@pytest.mark.parametrize("rows", [90, 3_000, 12_000])
def test_a_number_of_groups_is_found_alike_alone_and_beside_others(rows: int) -> None:
    matrix = blobs_in_order(rows, seed=2)
    done: list[tuple[int, int]] = []
    found = kmeans_each(matrix, (6, 2, 22), 0, progress=lambda *at: done.append(at))
    assert list(found) == [2, 6, 22]
    assert done == [(1, 3), (2, 3), (3, 3)]
    for k, one in found.items():
        check(matrix, one, k)
        assert one.labels.tobytes() == kmeans(matrix, k, seed=0).labels.tobytes()


@pytest.mark.parametrize("rows", [90, 3_000, 12_000])
def test_progress_ends_the_search(rows: int) -> None:
    def leave(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kmeans_each(blobs_in_order(rows, seed=2), (2, 3, 4), 0, progress=leave)


def test_of_a_large_table_part_is_searched_and_all_rows_settle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix = blobs_in_order(9_000, seed=1)
    expected = kmeans(matrix, 6, seed=0)
    monkeypatch.setattr("segmentation.kmeans.LARGEST_EXACT_ROWS", 2_000)
    found = kmeans(matrix, 6, seed=0)
    check(matrix, found, 6)
    assert found.inertia <= expected.inertia * (1 + 1e-3)


def test_no_more_distinct_rows_than_a_category_gives_are_searched() -> None:
    """However many customers there are, the optimum is found among what differs."""
    distinct = np.array([[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in range(5)])
    times = np.random.default_rng(0).integers(1, 4_000, len(distinct))
    found = [kmeans(np.repeat(distinct, times, axis=0), 4, seed) for seed in range(3)]
    assert len({one.labels.tobytes() for one in found}) == 1
    for row, end in enumerate(np.cumsum(times)):
        assert len(set(found[0].labels[end - times[row] : end].tolist())) == 1


def test_repeated_calls_give_the_same_bits_and_leave_the_matrix() -> None:
    matrix = np.random.default_rng(7).normal(size=(300, 3))
    before = matrix.copy()
    first, second = kmeans(matrix, 5, seed=3), kmeans(matrix, 5, seed=3)
    assert first.centres.tobytes() == second.centres.tobytes()
    assert first.labels.tobytes() == second.labels.tobytes()
    assert first.inertia.hex() == second.inertia.hex()
    assert np.array_equal(matrix, before)


BITS = """
import hashlib, numpy as np
from segmentation.kmeans import kmeans
from segmentation.silhouettes import silhouettes
from segmentation.threads import spread
parts = []
for rows in (400, 3000, 30000):
    matrix = np.random.default_rng(0).normal(size=(rows, 4))
    found = spread(lambda k: kmeans(matrix, k, seed=0), [6, 4, 3, 2])
    for each in found:
        parts += [each.labels, each.centres, np.array(each.inertia)]
    parts += silhouettes(matrix[:3000], [each.labels[:3000] for each in found])
print(hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""


def test_one_thread_or_two_give_the_same_bits() -> None:
    root = Path(__file__).parents[1]
    digests = set()
    for threads in ("1", "2"):
        limits = dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads
        )
        done = subprocess.run(
            [sys.executable, "-c", BITS],
            env={**os.environ, **limits},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_the_seed_changes_no_partition() -> None:
    matrix = np.random.default_rng(9).normal(size=(200, 2))
    assert len({kmeans(matrix, 7, seed=seed).labels.tobytes() for seed in range(4)}) == 1


TABLES = [
    ("mall-customers.csv", MALL, "mall_raw_income_score"),
    ("mall-customers.csv", MALL, "mall_std_income_score"),
    ("wholesale-customers.csv", WHOLESALE, "wholesale_std6"),
]


@pytest.mark.parametrize("k", range(2, 11))
@pytest.mark.parametrize(("file", "columns", "anchor"), TABLES)
@pytest.mark.parametrize(
    "seeds", [(0,), pytest.param(range(1, 10), marks=pytest.mark.exhaustive, id="nine more")]
)
def test_the_reference_optima_are_reached(
    shared: Path, file: str, columns: list[str], anchor: str, k: int, seeds: range
) -> None:
    best = json.loads((shared / "anchors.json").read_text())["kmeans"][anchor][str(k)]
    matrix = prepared_rows(shared / "data" / file, columns, standardise="std" in anchor)
    found = [kmeans(matrix, k, seed) for seed in seeds]
    for one in found:
        check(matrix, one, k)
        assert one.inertia == pytest.approx(best["inertia"], rel=1e-6)
        assert sorted(np.bincount(one.labels).tolist()) == sorted(best["sizes"])
    assert len({one.labels.tobytes() for one in found}) == 1
