"""Hartigan's exchange: single rows moved between groups while that lowers the sum of squares."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segmentation.indices import means
from segmentation.values import Floats

# Of the largest squared distance; smaller gains are rounding.
LEAST_GAIN = 1e-9
# The rows nearest to a gain: the others are looked at again once none of these gains.
ACTIVE_ROWS = 1_000


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
    for _ in range(len(rows)):
        members = np.bincount(labels, minlength=k)
        totals = np.bincount(labels, weights, minlength=k).astype(float)
        board = _Board(rows, weights, labels, members, totals, means(rows, weights, labels, k))
        gain, least = board.gain(), LEAST_GAIN * max(board.largest, 1e-300)
        if gain.max() <= least:
            break
        if len(rows) <= ACTIVE_ROWS:
            board.settle(least)
            return board.labels
        active = np.sort(np.argpartition(-gain, ACTIVE_ROWS)[:ACTIVE_ROWS])
        some = _Board(rows[active], weights[active], labels[active], members, totals, board.centres)
        some.settle(least)
        labels[active] = some.labels
    return labels


class _Board:
    """What it costs each row to leave its group, and to join each other."""

    def __init__(
        self,
        rows: Floats,
        weights: Floats,
        labels: npt.NDArray[np.int64],
        members: npt.NDArray[np.int64],
        totals: Floats,
        centres: Floats,
    ) -> None:
        self.rows, self.weights, self.labels = rows, weights, labels
        self.members, self.totals, self.centres = members, totals, centres
        self.columns = np.ascontiguousarray(rows.T)
        self.leaving = np.zeros(len(rows))
        self.joining = np.empty((len(centres), len(rows)))
        # One by one: the differences of all rows to all centres could be many.
        self.largest = max(self.measure(np.array([group])) for group in range(len(centres)))

    def measure(self, groups: npt.NDArray[np.int64]) -> float:
        """Measure groups anew; return the largest squared distance to their centres."""
        apart = self.columns - self.centres[groups, :, None]
        squares = np.einsum("gcn,gcn->gn", apart, apart)
        totals = self.totals[groups, None]
        self.joining[groups] = squares * (self.weights * totals / (totals + self.weights))
        place = np.full(len(self.centres), -1)
        place[groups] = np.arange(len(groups))
        own = place[self.labels]
        inside = np.flatnonzero(own >= 0)
        own = own[inside]
        weights = self.weights[inside]
        self.joining[groups[own], inside] = np.inf
        # The last row of a group is its centre, and gains nothing by leaving.
        totals = np.where(self.members[groups] > 1, self.totals[groups], np.inf)[own]
        self.leaving[inside] = squares[own, inside] * weights / (1 - weights / totals)
        return float(squares.max())

    def gain(self) -> Floats:
        """How much the sum of squares falls if a row goes where it is best off."""
        return np.asarray(self.leaving - self.joining.min(axis=0))

    def settle(self, least: float) -> None:
        """Move the row that gains most, until none gains more than the least."""
        for _ in range(len(self.rows)):
            gain = self.gain()
            row = int(gain.argmax())
            if gain[row] <= least:
                break
            source, target = int(self.labels[row]), int(self.joining[:, row].argmin())
            for group, change in ((source, -1), (target, 1)):
                weight = change * self.weights[row]
                self.members[group] += change
                self.totals[group] += weight
                away = self.rows[row] - self.centres[group]
                self.centres[group] += weight * away / self.totals[group]
            self.labels[row] = target
            self.measure(np.array([source, target]))
