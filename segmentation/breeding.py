"""Partitions bred from good ones, on rows few enough to be gone over often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.errors import DataError
from segmentation.exchanging import exchange
from segmentation.indices import means, squares
from segmentation.lloyd import lloyd, spread_starts
from segmentation.values import Floats

LARGEST_GENERATIONS = 100
POOL = 10
# Sums of squares that differ by less are equal: the rest is rounding.
TIED = 1e-9

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to look.

    Parameters
    ----------
    starts : int
        k-means++ starts.
    offspring : int
        New starts in each generation, bred from the best found so far.
    patience : float
        Generations for each of the k groups without a better partition after which the search ends;
        0 breeds none.
    polished : int
        How many of a generation are improved by moving single rows.
    iterations : int
        Of Lloyd's, after which a start is taken as it is.
    """

    starts: int
    offspring: int = 0
    patience: float = 0.0
    polished: int = 3
    iterations: int = 300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """A partition, groups numbered as they first appear.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Group of each row, from 0.
    centres : ndarray of float, shape (k, columns)
        Mean of each group.
    inertia : float
        Weighted sum of squared distances to them.
    """

    labels: Labels
    centres: Floats
    inertia: float


def breed(
    rows: Floats,
    weights: Floats,
    k: int,
    rng: np.random.Generator,
    effort: Effort,
    smaller: list[Found] | None = None,
) -> list[Found]:
    """Find partitions with small sums of squared distances to their means, the best first.

    As Gribel and Vidal (2019, doi 10.1016/j.patcog.2018.12.022) do: the centres of two good
    partitions are paired, one of each pair is taken, one is dropped and drawn anew, and Lloyd's
    iteration goes on from there; the best of a generation are improved by moving single rows
    (`exchange`).

    Parameters
    ----------
    rows : ndarray of float, shape (n, columns)
        Rows, at least k of them different.
    weights : ndarray of float, shape (n,)
        How often each row counts, above 0.
    k : int
        Number of groups.
    rng : numpy.random.Generator
        Draws.
    effort : Effort
        How hard to look.
    smaller : list of Found, optional
        Good partitions into k - 1 groups: half of the first starts are theirs and one row more, as
        Likas, Vlassis and Verbeek (2003, doi 10.1016/S0031-3203(02)00060-2) add one.

    Examples
    --------
    >>> rows = np.array([[0.0], [1.0], [9.0]])
    >>> rng = np.random.default_rng(0)
    >>> breed(rows, np.ones(3), 2, rng, Effort(starts=3))[0].labels.tolist()
    [0, 0, 1]
    """
    grown = effort.starts // 2 if smaller else 0
    starts = spread_starts(rows, weights, k, effort.starts - grown, rng)
    if smaller:
        given = np.stack([smaller[i % len(smaller)].centres for i in range(grown)])
        starts = np.concatenate([starts, spread_starts(rows, weights, k, grown, rng, given=given)])
    pool = _best_of([], rows, weights, starts, effort)
    stale = 0
    for _ in range(LARGEST_GENERATIONS):
        if stale >= effort.patience * k:
            break
        before = pool[0].inertia
        children = _offspring(pool, rows, weights, rng, effort.offspring)
        pool = _best_of(pool, rows, weights, children, effort)
        stale = 0 if pool[0].inertia < before * (1 - TIED) else stale + 1
    return pool


def tied(pool: list[Found]) -> list[Found]:
    """Return those of the smallest sum, by their labels.

    Examples
    --------
    >>> one = Found(labels=np.array([0, 1]), centres=np.zeros((2, 1)), inertia=1.0)
    >>> other = Found(labels=np.array([0, 0]), centres=np.zeros((2, 1)), inertia=2.0)
    >>> tied([other, one]) == [one]
    True
    """
    least = min(found.inertia for found in pool) * (1 + TIED)
    return sorted(
        (found for found in pool if found.inertia <= least), key=lambda found: found.labels.tolist()
    )


def improved(rows: Floats, weights: Floats, labels: Labels, k: int) -> Found:
    """Move single rows while that lowers the sum of squares, and measure what comes out.

    Examples
    --------
    >>> rows = np.array([[0.0], [4.0], [5.0], [8.0]])
    >>> improved(rows, np.ones(4), np.array([1, 1, 1, 0]), 2).labels.tolist()
    [0, 1, 1, 1]
    """
    return measured(rows, weights, exchange(rows, weights, filled(rows, labels, k), k), k)


def measured(rows: Floats, weights: Floats, labels: Labels, k: int) -> Found:
    """Number groups as they first appear, and measure them.

    Examples
    --------
    >>> found = measured(np.array([[0.0], [2.0], [9.0]]), np.ones(3), np.array([1, 1, 0]), 2)
    >>> found.labels.tolist(), found.centres.ravel().tolist(), found.inertia
    ([0, 0, 1], [1.0, 9.0], 2.0)
    """
    labels = _numbered(labels, k)
    centres = means(rows, weights, labels, k)
    inertia = float(weights @ squares(rows, labels, centres))
    return Found(labels=labels, centres=centres, inertia=inertia)


def _offspring(
    pool: list[Found], rows: Floats, weights: Floats, rng: np.random.Generator, count: int
) -> Floats:
    """Cross two of the pool for each start, and replace one centre by a row far from the others."""
    from scipy.optimize import linear_sum_assignment

    k, columns = pool[0].centres.shape
    kept = np.empty((count, k - 1, columns))
    # The pool is sorted: the better of two draws is the lower.
    parents = rng.integers(len(pool), size=(count, 2, 2)).min(axis=2)
    second = rng.random((count, k)) < 0.5
    dropped = rng.integers(k, size=count)
    for i, (one, other) in enumerate(parents):
        mine, theirs = pool[one].centres, pool[other].centres
        apart = ((mine[:, None] - theirs[None]) ** 2).sum(axis=2)
        pairs = linear_sum_assignment(apart)[1]
        child = np.where(second[i][:, None], theirs[pairs], mine)
        kept[i] = np.delete(child, dropped[i], axis=0)
    return spread_starts(rows, weights, k, count, rng, given=kept)


def _best_of(
    pool: list[Found], rows: Floats, weights: Floats, starts: Floats, effort: Effort
) -> list[Found]:
    """Settle the starts and keep the best that differ."""
    settled = lloyd(rows, weights, starts, most=effort.iterations)
    k = starts.shape[1]
    best = {found.labels.tobytes(): found for found in pool}
    met = set(best)
    polished = 0
    for i in np.argsort(settled.inertias, kind="stable"):
        if len(best) >= POOL and settled.inertias[i] >= pool[-1].inertia:
            break
        labels = _numbered(filled(rows, settled.labels[i], k), k)
        if labels.tobytes() in met:
            continue
        met.add(labels.tobytes())
        if polished < effort.polished:
            polished += 1
            labels = exchange(rows, weights, labels, k)
        found = measured(rows, weights, labels, k)
        best[found.labels.tobytes()] = found
        pool = sorted(best.values(), key=lambda found: found.inertia)[:POOL]
    return pool


def too_few(rows: int, distinct: int, k: int) -> DataError:
    """Say that there are fewer rows, or rows that differ, than groups.

    Examples
    --------
    >>> str(too_few(9, 2, 3)).split(",")[0]
    'Only 2 customers differ in the chosen features'
    """
    if rows < k:
        return DataError(
            f"There are {rows:,} customers, too few for {k} segments",
            remedy="Ask for fewer segments, or set fewer customers aside",
        )
    return DataError(
        f"Only {distinct:,} customers differ in the chosen features, too few for {k} segments",
        remedy="Ask for no more segments than that, or choose more features",
    )


def filled(matrix: Floats, labels: Labels, k: int) -> Labels:
    """Give each empty group the rows farthest from their centre.

    scikit-learn takes rows for equal when they differ by less than rounding in their squares.

    Examples
    --------
    >>> filled(np.array([[0.0], [1.0], [9.0]]), np.array([0, 0, 0]), 2).tolist()
    [0, 0, 1]
    """
    if np.bincount(labels, minlength=k).all():
        return labels
    distinct = len(np.unique(matrix, axis=0))
    if distinct < k:
        raise too_few(len(matrix), distinct, k)
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


def _numbered(labels: Labels, k: int) -> Labels:
    rank = np.empty(k, dtype=np.int64)
    rank[appearance(labels, k)] = np.arange(k)
    return rank[labels]


def appearance(labels: Labels, k: int) -> npt.NDArray[np.intp]:
    """Return the groups in the order in which they first appear.

    Examples
    --------
    >>> appearance(np.array([1, 1, 0]), 2).tolist()
    [1, 0]
    """
    return np.array([int((labels == group).argmax()) for group in range(k)]).argsort()
