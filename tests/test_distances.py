"""Distances from a product of matrices keep the digits of those by subtraction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.metrics import euclidean_distances

from segmentation.distances import distances, lift


def all_distances(matrix: np.ndarray, block: int = 64) -> np.ndarray:
    """Block by block, put back in the rows' own order."""
    lifted, count = lift(matrix), len(matrix)
    found = np.empty((count, count))
    for first in range(0, count, block):
        some = slice(first, min(first + block, count))
        for second in range(0, count, block):
            others = slice(second, min(second + block, count))
            places = np.ix_(lifted.order[some], lifted.order[others])
            found[places] = distances(lifted, some, others)
    return found


def twins(rng: np.random.Generator) -> np.ndarray:
    """Pairs that are near to each other and far from all else."""
    rows = rng.normal(size=(100, 3)) * 1e6
    return np.vstack([rows, rows + rng.normal(size=rows.shape)])


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: rng.normal(size=(300, 3)),
        lambda rng: rng.normal(size=(300, 1)),
        lambda rng: rng.normal(size=(200, 40)),
        lambda rng: rng.lognormal(sigma=4, size=(300, 3)),
        lambda rng: rng.integers(0, 3, size=(300, 2)).astype(float),
        lambda rng: rng.normal(size=(200, 3)) + 1e9,
        lambda rng: np.repeat(rng.normal(size=(4, 2)), 50, axis=0),
        twins,
    ],
)
def test_they_are_those_by_subtraction(make: object) -> None:
    matrix = make(np.random.default_rng(0))  # type: ignore[operator]
    assert np.allclose(all_distances(matrix), cdist(matrix, matrix), rtol=1e-9, atol=0)


def test_the_plain_product_would_lose_digits() -> None:
    matrix = twins(np.random.default_rng(0))
    assert not np.allclose(euclidean_distances(matrix), cdist(matrix, matrix), rtol=1e-9, atol=0)


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(-6, 6))
def test_equal_rows_are_at_no_distance(seed: int, columns: int, power: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(20, columns)) * 10.0**power
    found = all_distances(np.vstack([rows, rows]))
    assert (np.diag(found) == 0).all() and (np.diag(found[:20, 20:]) == 0).all()


def test_numbers_too_large_to_be_squared_are_infinitely_far() -> None:
    found = all_distances(np.array([[0.0], [1.0], [1e200]]))
    assert found[2].tolist() == [np.inf, np.inf, 0.0]
