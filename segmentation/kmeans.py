"""K-Means: scikit-learn's Lloyd from several starts, each polished by exchanging single points."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from segmentation.errors import DataError
from segmentation.results import Partition
from segmentation.threads import one_thread
from segmentation.values import Floats

STARTS = 10
LARGEST_ITERATIONS = 1_000
LARGEST_EXCHANGE_ROWS = 50_000


def kmeans(matrix: Floats, k: int, seed: int) -> Partition:
    """Find k groups with a small sum of squared distances to their means.

    Each of ten k-means++ starts (Arthur and Vassilvitskii 2007) is run to convergence and then
    improved by moving single points while that lowers the sum (Hartigan 1975, chapter 4), which
    leaves optima that Lloyd's iteration is content with. One thread is used, so that the number of
    cores changes no bit.

    Parameters
    ----------
    matrix : ndarray of float, shape (n, columns)
        Prepared rows in canonical order.
    k : int
        Number of groups.
    seed : int
        Seed of the starts.

    Raises
    ------
    DataError
        If fewer than k rows differ.

    Examples
    --------
    >>> kmeans(np.array([[0.0], [1.0], [9.0]]), 2, seed=0).inertia
    0.5
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    distinct = distinct_rows(matrix)
    if distinct < k:
        raise _too_few(len(matrix), distinct, k)
    seeds = np.random.SeedSequence(seed).generate_state(STARTS)
    best: Partition | None = None
    with one_thread(), warnings.catch_warnings():
        # It warns of groups left empty; they are filled below.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for start in seeds:
            model = KMeans(
                n_clusters=k,
                n_init=1,
                tol=0,
                max_iter=LARGEST_ITERATIONS,
                random_state=int(start),
            ).fit(matrix)
            labels = model.labels_.astype(np.int64)
            if len(np.unique(labels)) < k:
                labels = _fill_empty(matrix, labels, k)
            if len(matrix) <= LARGEST_EXCHANGE_ROWS:
                labels = _exchange(matrix, labels, k)
            found = _partition(matrix, labels, k)
            if best is None or found.inertia < best.inertia:
                best = found
    assert best is not None
    return best


def distinct_rows(matrix: Floats) -> int:
    """Count the rows that differ, in canonical order, where equal rows stand together.

    Examples
    --------
    >>> distinct_rows(np.array([[1.0], [1.0], [2.0]]))
    2
    """
    return 1 + int((matrix[1:] != matrix[:-1]).any(axis=1).sum()) if len(matrix) else 0


def _too_few(rows: int, distinct: int, k: int) -> DataError:
    if rows < k:
        return DataError(
            f"There are {rows:,} customers, too few for {k} segments",
            remedy="Ask for fewer segments, or set fewer customers aside",
        )
    return DataError(
        f"Only {distinct:,} customers differ in the chosen features, too few for {k} segments",
        remedy="Ask for no more segments than that, or choose more features",
    )


def _fill_empty(matrix: Floats, labels: npt.NDArray[np.int64], k: int) -> npt.NDArray[np.int64]:
    """Give each empty group the rows farthest from their centre.

    scikit-learn takes rows for equal when they differ by less than rounding in their squares.
    """
    distinct = len(np.unique(matrix, axis=0))
    if distinct < k:
        raise _too_few(len(matrix), distinct, k)
    labels = labels.copy()
    for empty in np.setdiff1d(np.arange(k), labels):
        far = np.full(len(matrix), -1.0)
        for group in np.unique(labels):
            inside = labels == group
            rows = matrix[inside]
            if (rows != rows[0]).any():
                far[inside] = ((rows - rows.mean(axis=0)) ** 2).sum(axis=1)
        point = int(far.argmax())
        same = (matrix == matrix[point]).all(axis=1) & (labels == labels[point])
        labels[same] = empty
    return labels


def _partition(matrix: Floats, labels: npt.NDArray[np.int64], k: int) -> Partition:
    counts = np.bincount(labels, minlength=k)
    centres = np.column_stack(
        [np.bincount(labels, weights=column, minlength=k) / counts for column in matrix.T]
    )
    inertia = float(((matrix - centres[labels]) ** 2).sum())
    return Partition(labels=labels, centres=centres, inertia=inertia)


def _exchange(matrix: Floats, labels: npt.NDArray[np.int64], k: int) -> npt.NDArray[np.int64]:
    """Move the point that gains most to the group where it does, until none gains."""
    rows = np.arange(len(matrix))
    labels = labels.copy()
    counts = np.bincount(labels, minlength=k).astype(float)
    centres = _partition(matrix, labels, k).centres
    squares = np.column_stack([((matrix - centre) ** 2).sum(axis=1) for centre in centres])
    tolerance = 1e-9 * max(float(squares.max()), 1e-300)
    for _ in range(len(matrix)):
        with np.errstate(divide="ignore", invalid="ignore"):
            leave = np.where(counts > 1, counts / (counts - 1), 0.0)
        gain = leave[labels] * squares[rows, labels]
        cost = squares * (counts / (counts + 1))
        cost[rows, labels] = np.inf
        target = cost.argmin(axis=1)
        gain -= cost[rows, target]
        point = int(gain.argmax())
        if gain[point] <= tolerance:
            break
        for group, change in ((labels[point], -1.0), (target[point], 1.0)):
            counts[group] += change
            centres[group] += change * (matrix[point] - centres[group]) / counts[group]
            squares[:, group] = ((matrix - centres[group]) ** 2).sum(axis=1)
        labels[point] = target[point]
    return labels
