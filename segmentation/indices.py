"""Indices of how compact and how far apart the groups of a partition are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segmentation.results import Partition
from segmentation.values import Floats

BLOCK_ROWS = 16_384


def within(matrix: Floats) -> float:
    """Return the sum of squared distances of rows to their mean.

    Examples
    --------
    >>> within(np.array([[0.0], [2.0]]))
    2.0
    """
    return float(sum(((column - column.mean()) ** 2).sum() for column in matrix.T))


def means(rows: Floats, weights: Floats, labels: npt.NDArray[np.int64], k: int) -> Floats:
    """Return the weighted mean of each group.

    Examples
    --------
    >>> means(np.array([[0.0], [3.0]]), np.array([2.0, 1.0]), np.array([0, 0]), 1).tolist()
    [[1.0]]
    """
    totals = np.bincount(labels, weights=weights, minlength=k)
    sums = [np.bincount(labels, weights=weights * column, minlength=k) for column in rows.T]
    return np.asarray(np.column_stack(sums) / totals[:, None])


def squares(matrix: Floats, labels: npt.NDArray[np.int64], centres: Floats) -> Floats:
    """Return each row's squared distance to the centre of its group.

    Examples
    --------
    >>> squares(np.array([[0.0], [3.0]]), np.array([0, 0]), np.array([[1.0]])).tolist()
    [1.0, 4.0]
    """
    result = np.empty(len(matrix))
    # A block at a time: differences of all rows would take as much memory as the rows.
    for first in range(0, len(matrix), BLOCK_ROWS):
        part = slice(first, first + BLOCK_ROWS)
        away = matrix[part] - centres[labels[part]]
        np.einsum("ij,ij->i", away, away, out=result[part])
    return result


def calinski_harabasz(partition: Partition, total: float) -> float:
    """Return the variance ratio of Calinski and Harabasz (1974, doi 10.1080/03610927408827101).

    Parameters
    ----------
    partition : Partition
        Of n rows in k groups, k below n.
    total : float
        Sum of squared distances of all rows to their mean.

    Returns
    -------
    float
        ((total - inertia) / (k - 1)) / (inertia / (n - k)); infinite where no group has any spread.

    Examples
    --------
    >>> labels = np.array([0, 0, 1, 1])
    >>> halves = Partition(labels=labels, centres=np.array([[0.5], [9.5]]), inertia=1.0)
    >>> calinski_harabasz(halves, 82.0)
    162.0
    """
    rows, k = len(partition.labels), partition.k
    if rows <= k or partition.inertia == 0:
        return float("inf")
    return ((total - partition.inertia) / (k - 1)) / (partition.inertia / (rows - k))


def davies_bouldin(matrix: Floats, partition: Partition) -> float:
    """Return the index of Davies and Bouldin (1979, doi 10.1109/TPAMI.1979.4766909), best low.

    Parameters
    ----------
    matrix : ndarray of float, shape (n, columns)
        Rows.
    partition : Partition
        Of these rows.

    Returns
    -------
    float
        Mean over groups of the largest (s_i + s_j) / d_ij, where s is the mean distance to the
        group's centre and d_ij the distance of two centres.

    Examples
    --------
    >>> labels = np.array([0, 0, 1, 1])
    >>> halves = Partition(labels=labels, centres=np.array([[0.5], [9.5]]), inertia=1.0)
    >>> round(davies_bouldin(np.array([[0.0], [1.0], [9.0], [10.0]]), halves), 4)
    0.1111
    """
    labels, centres = partition.labels, partition.centres
    away = np.sqrt(squares(matrix, labels, centres))
    far = np.bincount(labels, away) / np.bincount(labels)
    apart = np.sqrt(((centres[:, None] - centres[None]) ** 2).sum(axis=2))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(apart > 0, (far[:, None] + far[None]) / apart, 0.0)
    np.fill_diagonal(ratios, 0.0)
    return float(ratios.max(axis=1).mean())
