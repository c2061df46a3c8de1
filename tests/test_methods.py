"""The alternatives are scikit-learn's own, and their noise stays accounted for."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering, BisectingKMeans
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from segmentation import methods
from segmentation.__main__ import main
from segmentation.choosing import find, sweep
from segmentation.errors import DataError, NoGroupsError
from segmentation.exporting import (
    customers_frame,
    set_aside_count,
    set_aside_customers,
    set_aside_rows,
    summary,
)
from segmentation.indices import within
from segmentation.methods import DENSITY, METHODS, NOISE, cluster, partition
from segmentation.pipeline import run
from segmentation.reading import Source
from segmentation.results import REASONS, Prepared, PreparedColumn, Run
from segmentation.settings import (
    ChooseSettings,
    FitSettings,
    Method,
    PrepareSettings,
    Recipe,
)

TOLD_K = [method for method in METHODS if method not in DENSITY]


def canonical(rows: np.ndarray) -> np.ndarray:
    return rows[np.lexsort(rows.T[::-1])]


def blobs(rows: int = 300, seed: int = 0, spread: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    centres = [(0, 0), (10, 0), (0, 10), (10, 10)]
    points, own = make_blobs(rows, centers=centres, cluster_std=spread, random_state=seed)
    order = np.lexsort(points.T[::-1])
    return points[order], own[order]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two labellings are one partition; noise must be the same rows."""
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    alike = (one == NOISE) == (other == NOISE)
    return bool(alike.all()) and len(pairs) == len(np.unique(one)) == len(np.unique(other))


def prepared_of(matrix: np.ndarray) -> Prepared:
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


# What the methods find


@pytest.mark.parametrize("method", METHODS)
def test_well_parted_groups_are_found_by_every_method(method: Method) -> None:
    matrix, own = blobs()
    found = cluster(matrix, method, 4, seed=3)
    inside = found != NOISE
    assert inside.mean() > 0.9
    assert adjusted_rand_score(own[inside], found[inside]) == 1
    assert set(found[inside]) == set(range(4))


@pytest.mark.parametrize("method", DENSITY)
def test_moons_are_parted_by_density_and_not_by_means(method: Method) -> None:
    points, own = make_moons(600, noise=0.04, random_state=1)
    found = cluster(points, method, 2, seed=0)
    inside = found != NOISE
    assert inside.mean() > 0.95
    assert adjusted_rand_score(own[inside], found[inside]) == 1
    assert adjusted_rand_score(own, cluster(points, "kmeans", 2, seed=0)) < 0.6


def overlapping(seed: int) -> np.ndarray:
    return canonical(blobs(250, seed=seed, spread=2.2)[0])


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("k", [2, 4, 7])
def test_ward_and_bisecting_are_scikit_learns(seed: int, k: int) -> None:
    matrix = overlapping(seed)
    ward = AgglomerativeClustering(n_clusters=k, linkage="ward").fit_predict(matrix)
    assert same(cluster(matrix, "ward", k, seed), ward)
    model = BisectingKMeans(k, init="k-means++", n_init=5, random_state=seed)
    assert same(cluster(matrix, "bisecting", k, seed), model.fit_predict(matrix))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_mixture_is_as_likely_as_scikit_learns_best_of_many(seed: int) -> None:
    matrix = overlapping(seed) * [1.0, 1000.0]
    scaled = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
    best = GaussianMixture(4, reg_covar=1e-3, n_init=20, random_state=7).fit(scaled)
    assert same(cluster(matrix, "gaussian", 4, seed), best.predict(scaled))


def test_the_density_methods_are_scikit_learns_by_the_stated_rules() -> None:
    matrix = overlapping(5)
    hdbscan = HDBSCAN(min_cluster_size=max(5, -(-len(matrix) // 50)), copy=True)
    assert same(cluster(matrix, "hdbscan", 0, 0), hdbscan.fit_predict(matrix))
    apart = np.sqrt(((matrix[:, None] - matrix[None]) ** 2).sum(axis=2))
    curve = np.sort(np.sort(apart, axis=1)[:, 4])
    ends = np.array([0, curve[0]]), np.array([1, curve[-1]])
    line = np.interp(np.linspace(0, 1, len(curve)), *np.transpose(ends))
    radius = float(curve[np.argmax(line - curve)])
    assert methods.dbscan_radius(matrix, 5) == pytest.approx(radius, rel=1e-12)
    assert same(
        cluster(matrix, "dbscan", 0, 0), DBSCAN(eps=radius, min_samples=5).fit_predict(matrix)
    )


@pytest.mark.parametrize("method", METHODS)
def test_the_partition_has_the_means_and_their_sum_of_squares(method: Method) -> None:
    matrix = overlapping(2)
    if method in DENSITY:
        with pytest.raises(DataError, match="finds the number of segments itself"):
            partition(matrix, method, 4, 0)
        return
    found = partition(matrix, method, 4, 0)
    assert found.k == 4
    apart = [matrix[found.labels == group] for group in range(4)]
    assert found.inertia == pytest.approx(sum(within(rows) for rows in apart))
    np.testing.assert_allclose(found.centres, [rows.mean(axis=0) for rows in apart])


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_and_not_the_cores_decide(method: Method) -> None:
    matrix = canonical(np.random.default_rng(0).normal(size=(400, 3)))
    found = []
    for cores in (1, 2):
        with threadpool_limits(cores):
            found.append(cluster(matrix, method, 5, seed=11))
    assert found[0].tobytes() == found[1].tobytes()


# Where there is little to find


@pytest.mark.parametrize("method", TOLD_K)
def test_fewer_different_rows_than_groups(method: Method) -> None:
    matrix = np.repeat([[0.0, 1.0], [5.0, 2.0], [9.0, 9.0]], 20, axis=0)
    assert sorted(np.bincount(cluster(matrix, method, 3, 0)).tolist()) == [20, 20, 20]
    with pytest.raises(DataError, match=r"Only 3 customers differ.*too few for 4 segments"):
        cluster(matrix, method, 4, 0)
    with pytest.raises(DataError, match="too few for 4 segments"):
        cluster(matrix[::20], method, 4, 0)


@pytest.mark.parametrize("method", TOLD_K)
def test_every_k_has_as_many_groups(method: Method) -> None:
    """Also where a component of a mixture would be nobody's likeliest."""
    matrix = canonical(np.random.default_rng(4).integers(0, 4, (60, 2)).astype(float))
    distinct = len(np.unique(matrix, axis=0))
    for k in range(2, distinct):
        labels = cluster(matrix, method, k, 0)
        assert set(labels) == set(range(k))
        for row in np.unique(matrix, axis=0):
            assert len(set(labels[(matrix == row).all(axis=1)])) == 1, "equal rows stay together"


@pytest.mark.parametrize("method", DENSITY)
def test_duplicates_make_groups_of_their_own(method: Method) -> None:
    matrix = np.repeat([[0.0, 1.0], [5.0, 2.0], [9.0, 9.0]], 20, axis=0)
    assert same(cluster(matrix, method, 0, 0), np.repeat([0, 1, 2], 20))


@pytest.mark.parametrize("method", DENSITY)
@pytest.mark.parametrize(
    "matrix",
    [
        np.random.default_rng(0).normal(size=(600, 5)),
        np.zeros((40, 2)),
        np.arange(6.0).reshape(3, 2),
        np.arange(8.0).reshape(2, 4),
    ],
    ids=["one blob", "all equal", "three", "two"],
)
def test_none_or_one_group_is_said_in_plain_words(method: Method, matrix: np.ndarray) -> None:
    prepared = prepared_of(canonical(matrix))
    with pytest.raises(NoGroupsError, match="finds no groups") as error:
        find(prepared, ChooseSettings(), FitSettings(method=method))
    assert "K-Means still gives a convenient cut" in str(error.value)


def test_a_mixture_of_very_many_columns_is_refused() -> None:
    matrix = canonical(np.random.default_rng(0).integers(0, 2, (50, 3_000)).astype(float))
    with pytest.raises(DataError, match="can't be fitted to 3,000 columns"):
        cluster(matrix, "gaussian", 3, 0)


# More customers than a method takes


@pytest.mark.parametrize("method", ["ward", "hdbscan", "dbscan"])
def test_of_many_a_sample_is_clustered_and_the_others_follow(
    method: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, own = blobs(900)
    matrix = np.concatenate([matrix, np.repeat([[40.0, 40.0]], 3, axis=0), matrix[:50]])
    order = np.lexsort(matrix.T[::-1])
    matrix, own = matrix[order], np.concatenate([own, [9] * 3, own[:50]])[order]
    monkeypatch.setitem(methods.LARGEST_ROWS, method, 400)
    assert methods.sampling_note(method, len(matrix)) is not None
    found = cluster(matrix, method, 4, seed=1)
    crowd = own != 9
    inside = crowd & (found != NOISE)
    assert inside.sum() > 0.9 * crowd.sum()
    assert adjusted_rand_score(own[inside], found[inside]) == 1
    if method in DENSITY:
        assert (found[~crowd] == NOISE).all(), "nobody is taken from afar"
    for i in np.flatnonzero((matrix[1:] == matrix[:-1]).all(axis=1)):
        assert found[i] == found[i + 1], "equal rows stay together"


def test_a_sample_is_said(
    source_of: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(methods.LARGEST_ROWS, "ward", 100)
    done = segmented(source_of, "ward", choose=ChooseSettings(k=4))
    assert any("Ward was run on 100 of 160 customers" in note for note in done.prepared.notes)
    assert any("Ward was run on" in note for note in summary(done)["notes"])


# The whole way


def lines(noise: int = 4) -> list[str]:
    rng = np.random.default_rng(8)
    points = np.concatenate(
        [rng.normal((20 * (i % 2), 20 * (i // 2)), 0.7, (40, 2)) for i in range(4)]
    )
    far = rng.uniform(60, 300, (noise, 2))
    return [f"c{i},{x:.3f},{y:.3f}" for i, (x, y) in enumerate([*points, *far])]


def segmented(
    source_of: Callable[..., Source],
    method: Method,
    rows: list[str] | None = None,
    **stages: object,
) -> Run:
    text = "\n".join(["id,age,spend", *(lines(0) if rows is None else rows)])
    plain = PrepareSettings(transform="none", scaler="none")
    return run(
        source_of(text), Recipe(prepare=plain, fit=FitSettings(method=method)).with_stage(**stages)
    )


def by_id(done: Run) -> dict[str, int]:
    ids = done.loaded.customers.ids[done.profiles.customers]
    return dict(zip(ids.tolist(), done.profiles.labels.tolist(), strict=True))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_the_same_cards(
    source_of: Callable[..., Source], method: Method
) -> None:
    done = segmented(source_of, method)
    assert done.segmentation.k == done.evidence.k == len(done.names) == 4
    own = [int(i.removeprefix("c")) // 40 for i in by_id(done)]
    assert adjusted_rand_score(own, list(by_id(done).values())) == 1
    means = done.profiles.means["spend"]
    assert means.is_monotonic_decreasing
    np.testing.assert_allclose(done.segmentation.original_centres[:, 1], means)
    labels = done.segmentation.labels
    assert done.segmentation.silhouette == pytest.approx(
        silhouette_score(done.prepared.matrix, labels)
    )
    assert done.evidence.sweep.ks == ((4,) if method in DENSITY else tuple(range(2, 11)))


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_the_rows_changes_no_customers_segment(
    source_of: Callable[..., Source], method: Method
) -> None:
    rows = lines()
    plain = by_id(segmented(source_of, method, rows, choose=ChooseSettings(k=5)))
    shuffled = [rows[i] for i in np.random.default_rng(1).permutation(len(rows))]
    assert by_id(segmented(source_of, method, shuffled, choose=ChooseSettings(k=5))) == plain


@pytest.mark.parametrize("method", DENSITY)
def test_noise_is_accounted_for_row_by_row(
    source_of: Callable[..., Source], method: Method
) -> None:
    rows = [*lines(), "c900,,", "c3,1,1"]
    done = segmented(source_of, method, rows)
    used = set(customers_frame(done)["id"])
    aside = set_aside_rows(done)
    noise = aside[aside["reason"] == REASONS["noise"]]
    assert set(noise["id"]) >= {f"c{i}" for i in range(160, 164)}
    assert noise["line"].tolist() == [int(i.removeprefix("c")) + 2 for i in noise["id"]]
    assert used.isdisjoint(noise["id"]) and len(used) == len(customers_frame(done))
    assert len(used) + len(aside) == len(rows)
    assert set_aside_count(done) == len(aside)
    told = summary(done)
    (entry,) = [entry for entry in told["cleaning"] if entry["rule"] == "noise"]
    assert entry["set_aside"] == len(noise)
    assert entry["rows_in"] - entry["set_aside"] == told["customers"] == len(used)
    assert sum(segment["size"] for segment in told["segments"]) == len(used)
    assert f"{len(noise)} customers belong to none of them" in told["k_reason"]


def test_noise_among_customers_made_of_orders(source_of: Callable[..., Source]) -> None:
    rng = np.random.default_rng(3)
    orders = ["customer_id,invoice,date,quantity,unit_price"]
    for i in range(90):
        many, price = ((1, 2), (8, 2), (3, 60))[i % 3]
        price = 90_000 if i == 7 else price
        for order in range(many):
            day = 1 + int(rng.integers(0, 27))
            paid = price * rng.normal(1, 0.02)
            orders.append(f"C{i},{i}-{order},2026-01-{day:02},2,{paid:.2f}")
    recipe = Recipe(
        prepare=PrepareSettings(features=("frequency_orders", "monetary_total")),
        fit=FitSettings(method="hdbscan"),
    )
    done = run(source_of("\n".join(orders)), recipe)
    aside = set_aside_customers(done)
    assert "C7" in set(aside["customer_id"])
    assert set(aside["reason"]) == {REASONS["noise"]}
    assert len(aside) + len(customers_frame(done)) == 90


@pytest.mark.parametrize("method", DENSITY)
def test_a_number_asked_of_a_density_method_is_not_passed_over_in_silence(
    source_of: Callable[..., Source], method: Method
) -> None:
    done = segmented(source_of, method, choose=ChooseSettings(k=7))
    assert done.segmentation.k == 4
    assert any("k = 7 was not used" in note for note in done.prepared.notes)


def test_a_method_is_swept_over_every_k() -> None:
    matrix = overlapping(1)
    swept = sweep(prepared_of(matrix), ChooseSettings(k_max=5), FitSettings(method="ward"))
    for k, silhouette in zip(swept.ks, swept.silhouettes, strict=True):
        labels = AgglomerativeClustering(n_clusters=k).fit_predict(matrix)
        assert same(swept.partitions[k].labels, labels)
        assert silhouette == pytest.approx(silhouette_score(matrix, labels))


@pytest.mark.parametrize("method", METHODS)
def test_the_command_line_runs_every_method(method: str, shared: Path, tmp_path: Path) -> None:
    mall, out, told = (
        shared / "data" / "mall-customers.csv",
        tmp_path / "c.csv",
        tmp_path / "s.json",
    )
    features = ["--feature", "Annual Income (k$)", "--feature", "Spending Score (1-100)"]
    told_to = ["--out", str(out), "--summary", str(told), "--method", method]
    assert main(["run", str(mall), *features, "--transform", "none", *told_to]) == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    recipe = Recipe.from_json(told.read_text(encoding="utf-8"))
    assert recipe.fit.method == method
    found = {row["CustomerID"]: int(row["segment_id"]) for row in rows}
    assert len(found) == 200 if method not in DENSITY else 150 < len(found) < 200
    again = run(mall, recipe)
    assert by_id(again) == found
