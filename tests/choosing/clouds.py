"""Matrices whose groups, or lack of them, are known."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import make_blobs

from segmentation.results import Prepared, PreparedColumn


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


def standardised(matrix: np.ndarray) -> np.ndarray:
    return (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)


def blobs(centres: int, rows: int = 120, seed: int = 0, spread: float = 0.4) -> np.ndarray:
    places = [(10.0 * (i % 3), 10.0 * (i // 3)) for i in range(centres)]
    return make_blobs(rows, 2, centers=places, cluster_std=spread, random_state=seed)[0]


def separated(columns: int, seed: int, groups: int = 5, rows: int = 300) -> np.ndarray:
    """Gaussian groups of one size and a spread of 1, their means at least 7 apart."""
    rng = np.random.default_rng([seed, columns])
    while True:
        means = rng.uniform(-10, 10, size=(groups, columns))
        apart = np.sqrt(((means[:, None] - means[None]) ** 2).sum(axis=2))
        if apart[~np.eye(groups, dtype=bool)].min() >= 7:
            break
    each = [rng.normal(size=(rows // groups, columns)) + mean for mean in means]
    return standardised(np.concatenate(each))


def noise(columns: int, seed: int, rows: int = 300) -> np.ndarray:
    return standardised(np.random.default_rng([seed, columns]).uniform(size=(rows, columns)))
