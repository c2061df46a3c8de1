"""K-Means: the best partition found by breeding good ones, the same at every seed."""

from __future__ import annotations

import threading
import warnings
from contextlib import nullcontext
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from segmentation.condensing import condense
from segmentation.errors import DataError
from segmentation.exchanging import exchange
from segmentation.indices import means, squares
from segmentation.lloyd import lloyd, spread_starts
from segmentation.results import Partition
from segmentation.threads import one_thread
from segmentation.values import Floats

LARGEST_ITERATIONS = 1_000
# Up to here each row takes part in the search; beyond, cells of rows do.
LARGEST_SEARCH_ROWS = 1_000
CELLS = 500
ROWS_A_CELL = 20
# Beyond, the search sees every so-manieth row, and scikit-learn has the last word.
LARGEST_EXACT_ROWS = 25_000
LARGE_ITERATIONS = 10
# Cells blur small differences, so that partitions that share more of the rows are tried once.
CANDIDATES = 4
NEAR_COPY = 0.98
LARGEST_GENERATIONS = 100
POOL = 10
POLISHED = 3
# Sums of squares that differ by less are equal: the rest is rounding.
TIED = 1e-9

_one_copy = threading.Lock()

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
    """

    starts: int
    offspring: int = 0
    patience: float = 0.0


THOROUGH = Effort(starts=24, offspring=24, patience=1.0)
BRISK = Effort(starts=16, offspring=16, patience=0.5)
LIGHT = Effort(starts=5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """A partition of the distinct rows, groups numbered as they first appear."""

    labels: Labels
    centres: Floats
    inertia: float
    points: Floats | None = None


def kmeans(
    matrix: Floats,
    k: int,
    seed: int,
    *,
    weights: Floats | None = None,
    effort: Effort | None = None,
) -> Partition:
    """Find the k groups with the smallest sum of squared distances to their means.

    Good partitions are bred, as Gribel and Vidal (2019, doi 10.1016/j.patcog.2018.12.022) do: the
    centres of two are paired, one of each pair is taken, one is dropped and drawn anew, and Lloyd's
    iteration goes on from there; the best are improved by moving single rows (`exchange`). Over
    1,000 rows are condensed to cells for that, and the best few go on with all rows. What is found
    converges in scikit-learn's KMeans and is improved by `exchange` once more; of over 25,000 rows
    the search sees a regular sample, and scikit-learn stops after ten iterations.

    Groups are numbered as they first appear; of partitions with the same sum, the one whose labels
    come first is taken.

    Parameters
    ----------
    matrix : ndarray of float, shape (n, columns)
        Prepared rows in canonical order.
    k : int
        Number of groups.
    seed : int
        Seed of what is drawn on the way.
    weights : ndarray of float, shape (n,), optional
        How often each row counts, above 0; once by default.
    effort : Effort, optional
        How hard to look; by default `THOROUGH`, and `BRISK` on cells.

    Raises
    ------
    DataError
        If fewer than k rows differ.

    Examples
    --------
    >>> kmeans(np.array([[0.0], [1.0], [9.0]]), 2, seed=0).inertia
    0.5
    >>> kmeans(np.array([[0.0], [1.0], [9.0]]), 2, seed=0, weights=np.array([1.0, 3, 1])).inertia
    0.75
    """
    weights = np.ones(len(matrix)) if weights is None else weights
    new = _differ_from_the_one_before(matrix)
    distinct = int(new.sum())
    if distinct < k:
        raise _too_few(len(matrix), distinct, k)
    # Equal rows belong together, in an optimum too.
    rows, heavy = matrix, weights
    if distinct < len(matrix):
        rows, heavy = matrix[new], np.add.reduceat(weights, np.flatnonzero(new))
    every = -(-len(rows) // LARGEST_EXACT_ROWS)
    rng = np.random.default_rng(np.random.SeedSequence((seed, k)))
    with one_thread():
        candidates = _search(rows[::every], heavy[::every], k, rng, effort)
        found = _tied([_settle(rows, heavy, each.centres) for each in candidates])[0]
    if distinct < len(matrix):
        points = found.points
        found = _measure(matrix, weights, found.labels[np.cumsum(new) - 1], k)
        found = replace(found, points=points)
    return Partition(
        labels=found.labels, centres=found.centres, inertia=found.inertia, points=found.points
    )


def distinct_rows(matrix: Floats) -> int:
    """Count the rows that differ, in canonical order, where equal rows stand together.

    Examples
    --------
    >>> distinct_rows(np.array([[1.0], [1.0], [2.0]]))
    2
    """
    return int(_differ_from_the_one_before(matrix).sum())


def _differ_from_the_one_before(matrix: Floats) -> npt.NDArray[np.bool_]:
    new = np.ones(len(matrix), dtype=bool)
    new[1:] = (matrix[1:] != matrix[:-1]).any(axis=1)
    return new


def _search(
    rows: Floats, weights: Floats, k: int, rng: np.random.Generator, effort: Effort | None
) -> list[_Found]:
    if len(rows) > LARGEST_SEARCH_ROWS:
        cells = condense(rows, weights, max(CELLS, len(rows) // ROWS_A_CELL, 4 * k))
        mass = np.bincount(cells, weights).astype(float)
        if len(mass) >= k:
            pool = _breed(means(rows, weights, cells, len(mass)), mass, k, rng, effort or BRISK)
            starts = np.stack([found.centres for found in _apart(pool, mass)])
            settled = lloyd(rows, weights, starts)
            labels = _filled(rows, settled.labels[settled.inertias.argmin()], k)
            return [_measure(rows, weights, _numbered(labels, k), k)]
    return _tied(_breed(rows, weights, k, rng, effort or THOROUGH))


def _apart(pool: list[_Found], weights: Floats) -> list[_Found]:
    """Choose the best few of the pool that are no near copies of one another."""
    chosen: list[_Found] = []
    for found in pool:
        k = len(found.centres)
        common = (
            np.bincount(each.labels * k + found.labels, weights, minlength=k * k) for each in chosen
        )
        if all(
            table.reshape(k, k).max(axis=1).sum() < NEAR_COPY * weights.sum() for table in common
        ):
            chosen.append(found)
    return chosen[:CANDIDATES]


def _breed(
    rows: Floats, weights: Floats, k: int, rng: np.random.Generator, effort: Effort
) -> list[_Found]:
    starts = spread_starts(rows, weights, k, effort.starts, rng)
    pool = _best_of([], rows, weights, starts)
    stale = 0
    for _ in range(LARGEST_GENERATIONS):
        if stale >= effort.patience * k:
            break
        before = pool[0].inertia
        pool = _best_of(pool, rows, weights, _offspring(pool, rows, weights, rng, effort.offspring))
        stale = 0 if pool[0].inertia < before * (1 - TIED) else stale + 1
    return pool


def _offspring(
    pool: list[_Found], rows: Floats, weights: Floats, rng: np.random.Generator, count: int
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


def _best_of(pool: list[_Found], rows: Floats, weights: Floats, starts: Floats) -> list[_Found]:
    """Settle the starts and keep the best that differ."""
    settled = lloyd(rows, weights, starts)
    k = starts.shape[1]
    best = {found.labels.tobytes(): found for found in pool}
    met = set(best)
    polished = 0
    for i in np.argsort(settled.inertias, kind="stable"):
        if len(best) >= POOL and settled.inertias[i] >= pool[-1].inertia:
            break
        labels = _numbered(_filled(rows, settled.labels[i], k), k)
        if labels.tobytes() in met:
            continue
        met.add(labels.tobytes())
        if polished < POLISHED:
            polished += 1
            labels = _numbered(exchange(rows, weights, labels, k), k)
        best[labels.tobytes()] = _measure(rows, weights, labels, k)
        pool = sorted(best.values(), key=lambda found: found.inertia)[:POOL]
    return pool


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


def _filled(matrix: Floats, labels: Labels, k: int) -> Labels:
    """Give each empty group the rows farthest from their centre.

    scikit-learn takes rows for equal when they differ by less than rounding in their squares.
    """
    if np.bincount(labels, minlength=k).all():
        return labels
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


def _settle(rows: Floats, weights: Floats, centres: Floats) -> _Found:
    """Let scikit-learn converge from the centres, then exchange."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    k, exact = len(centres), len(rows) <= LARGEST_EXACT_ROWS
    # It warns of groups left empty; they are filled below. To put the filters back, as
    # catch_warnings does, would change them under other threads.
    warnings.filterwarnings("ignore", "Number of distinct clusters", ConvergenceWarning)
    model = KMeans(
        n_clusters=k,
        init=centres,
        n_init=1,
        tol=0,
        max_iter=LARGEST_ITERATIONS if exact else LARGE_ITERATIONS,
        algorithm="lloyd",
    )
    # It copies the rows: one large copy at a time.
    with nullcontext() if exact else _one_copy:
        model.fit(rows, sample_weight=weights)
    labels = _filled(rows, model.labels_.astype(np.int64), k)
    if exact:
        labels = exchange(rows, weights, labels, k)
    found = _measure(rows, weights, _numbered(labels, k), k)
    if exact or (labels != model.labels_).any():
        return found
    points = np.asarray(model.cluster_centers_, dtype=float)
    return replace(found, points=points[_appearance(labels, k)])


def _tied(pool: list[_Found]) -> list[_Found]:
    """Return those of the smallest sum, by their labels."""
    least = min(found.inertia for found in pool) * (1 + TIED)
    return sorted(
        (found for found in pool if found.inertia <= least), key=lambda found: found.labels.tolist()
    )


def _numbered(labels: Labels, k: int) -> Labels:
    """Number groups as they first appear."""
    rank = np.empty(k, dtype=np.int64)
    rank[_appearance(labels, k)] = np.arange(k)
    return rank[labels]


def _appearance(labels: Labels, k: int) -> npt.NDArray[np.intp]:
    return np.array([int((labels == group).argmax()) for group in range(k)]).argsort()


def _measure(rows: Floats, weights: Floats, labels: Labels, k: int) -> _Found:
    centres = means(rows, weights, labels, k)
    inertia = float(weights @ squares(rows, labels, centres))
    return _Found(labels=labels, centres=centres, inertia=inertia)
