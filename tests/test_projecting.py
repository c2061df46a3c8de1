"""The PCA map is that of scikit-learn, up to the sign of a direction."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from segmentation.pipeline import run
from segmentation.projecting import project
from segmentation.reading import Source
from segmentation.results import Prepared, PreparedColumn, Segmentation
from segmentation.settings import ChooseSettings, Recipe


def prepared_of(matrix: np.ndarray) -> Prepared:
    names = tuple(f"f{i}" for i in range(matrix.shape[1]))
    return Prepared(
        matrix=matrix,
        original=matrix,
        customers=np.arange(len(matrix)),
        columns=tuple(PreparedColumn(name=n, feature=n, transform="none") for n in names),
        features=names,
        ledger=(),
        set_aside={},
        notes=(),
    )


def halves(matrix: np.ndarray) -> Segmentation:
    labels = np.arange(len(matrix)) % 2 + 1
    centres = np.array([matrix[labels == i].mean(axis=0) for i in (1, 2)])
    return Segmentation(
        k=2,
        labels=labels,
        centres=centres,
        original_centres=centres,
        inertia=1.0,
        silhouette=0.5,
        silhouette_customers=len(matrix),
        segment_silhouettes=(0.5, 0.5),
        money_feature="f0",
    )


def drawn(rows: int, columns: int, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    mixed = generator.normal(size=(rows, columns)) @ generator.normal(size=(columns, columns))
    return np.asarray(mixed + generator.normal(5, 3, columns))


@given(st.integers(8, 60), st.integers(2, 7), st.integers(0, 10**6))
def test_it_is_scikit_learns_up_to_sign(rows: int, columns: int, seed: int) -> None:
    matrix = drawn(rows, columns, seed)
    found = project(prepared_of(matrix), halves(matrix))
    # Two directions of nearly the same spread may be any two of their plane.
    full = PCA().fit(matrix)
    ratios = np.append(full.explained_variance_ratio_, 0.0)
    assert found.explained == pytest.approx(ratios[:2], abs=1e-9)
    if (np.diff(-ratios[:3]) > 1e-3).all():
        for i in range(2):
            theirs = full.transform(matrix)[:, i]
            sign = np.sign(full.components_[i] @ found.loadings[:, i])
            np.testing.assert_allclose(found.points[:, i], sign * theirs, atol=1e-6)
            np.testing.assert_allclose(found.loadings[:, i], sign * full.components_[i], atol=1e-6)


@given(st.integers(8, 40), st.integers(2, 6), st.integers(0, 10**6))
def test_what_holds_of_any_projection(rows: int, columns: int, seed: int) -> None:
    matrix = drawn(rows, columns, seed)
    halved = halves(matrix)
    found = project(prepared_of(matrix), halved)
    np.testing.assert_allclose(found.loadings.T @ found.loadings, np.eye(2), atol=1e-9)
    np.testing.assert_allclose(found.points.mean(axis=0), 0, atol=1e-8)
    assert 0 <= found.explained[1] <= found.explained[0] <= 1 + 1e-12
    for i in (1, 2):
        own = found.points[halved.labels == i].mean(axis=0)
        np.testing.assert_allclose(found.centres[i - 1], own, atol=1e-8)
    largest = np.abs(found.loadings).argmax(axis=0)
    assert (found.loadings[largest, [0, 1]] > 0).all()


def test_one_direction_carries_all_of_a_line() -> None:
    matrix = np.outer(np.arange(10.0), [1.0, 2.0, 2.0])
    found = project(prepared_of(matrix), halves(matrix))
    assert found.explained == pytest.approx((1, 0), abs=1e-12)


def test_equal_customers_lie_on_one_point() -> None:
    matrix = np.full((6, 3), 4.2)
    found = project(prepared_of(matrix), halves(matrix))
    np.testing.assert_allclose(found.points, 0, atol=1e-12)
    assert np.isfinite(found.explained).all()


def test_the_order_of_the_rows_changes_no_place(source_of: Callable[..., Source]) -> None:
    generator = np.random.default_rng(4)
    rows = [
        f"c{i},{a:.3f},{b:.3f},{c:.3f}" for i, (a, b, c) in enumerate(generator.random((30, 3)))
    ]
    places = []
    for lines in (rows, rows[::-1]):
        done = run(source_of("\n".join(["id,a,b,c", *lines])), Recipe(choose=ChooseSettings(k=3)))
        found = project(done.prepared, done.segmentation)
        ids = done.loaded.customers.ids[done.prepared.customers]
        places.append(dict(zip(ids, found.points.tolist(), strict=True)))
    assert places[0] == places[1]
