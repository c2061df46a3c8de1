"""Hartigan's exchange: single rows moved between groups while that lowers the sum of squares."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segmentation.indices import means
from segmentation.values import Floats

# Of the largest squared distance; smaller gains are rounding.
LEAST_GAIN = 1e-9


def exchange(
    rows: Floats, weights: Floats, labels: npt.NDArray[np.int64], k: int
) -> npt.NDArray[np.int64]:
    """Move the row that gains most to the group where it does, until none gains.

    After Hartigan (1975), Clustering Algorithms, chapter 4: this leaves optima that Lloyd's
    iteration is content with, since it counts that a row takes its centre along.

    Parameters
    ----------
    rows : ndarray of float, shape (n, columns)
        Rows.
    weights : ndarray of float, shape (n,)
        How often each counts, above 0; a row moves whole.
    labels : ndarray of int, shape (n,)
        Group of each row, from 0, none empty.
    k : int
        Number of groups.

    Examples
    --------
    >>> rows = np.array([[0.0], [4.0], [5.0], [8.0]])
    >>> exchange(rows, np.ones(4), np.array([0, 0, 0, 1]), 2).tolist()
    [0, 1, 1, 1]
    """
    labels = labels.copy()
    members = np.bincount(labels, minlength=k)
    totals = np.bincount(labels, weights=weights, minlength=k)
    centres = means(rows, weights, labels, k)
    leaving = np.zeros(len(rows))
    joining = np.empty((k, len(rows)))
    largest = 0.0

    def measure(group: int) -> float:
        away = rows - centres[group]
        squares = np.einsum("ij,ij->i", away, away)
        inside = labels == group
        if members[group] > 1:
            own = weights[inside]
            leaving[inside] = squares[inside] * own * totals[group] / (totals[group] - own)
        else:
            leaving[inside] = 0.0
        joining[group] = squares * weights * totals[group] / (totals[group] + weights)
        joining[group, inside] = np.inf
        return float(squares.max())

    for group in range(k):
        largest = max(largest, measure(group))
    least = LEAST_GAIN * max(largest, 1e-300)
    for _ in range(len(rows)):
        gain = leaving - joining.min(axis=0)
        row = int(gain.argmax())
        if gain[row] <= least:
            break
        source, target = int(labels[row]), int(joining[:, row].argmin())
        for group, change in ((source, -1), (target, 1)):
            members[group] += change
            totals[group] += change * weights[row]
            centres[group] += change * weights[row] * (rows[row] - centres[group]) / totals[group]
        labels[row] = target
        measure(source)
        measure(target)
    return labels
