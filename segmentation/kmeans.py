"""K-Means: the best partition found by breeding good ones, the same at every seed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext

import numpy as np
import numpy.typing as npt

from segmentation.breeding import (
    TIED,
    Effort,
    Found,
    appearance,
    breed,
    filled,
    improved,
    measured,
    tied,
    too_few,
)
from segmentation.condensing import condense
from segmentation.indices import means
from segmentation.lloyd import lloyd
from segmentation.results import Partition
from segmentation.threads import one_thread, spread
from segmentation.values import Floats

LARGEST_ITERATIONS = 1_000
# Up to here each row takes part in the search; beyond, cells of rows do.
LARGEST_SEARCH_ROWS = 1_000
CELLS = 500
ROWS_A_CELL = 20
# On cells, each k up to here goes on from the one before it.
LARGEST_RUNG = 20
# Steps over fewer rows are too short for threads to gain by them.
LEAST_SPREAD_ROWS = 10_000
# Beyond, the search sees every so-manieth row, and the last word is a few more iterations.
LARGEST_EXACT_ROWS = 25_000
LARGE_ITERATIONS = 10
# Cells blur small differences, so that partitions that share more of the rows are tried once.
CANDIDATES = 3
NEAR_COPY = 0.98

_one_copy = threading.Lock()

THOROUGH = Effort(starts=24, offspring=24, patience=1.0)
BRISK = Effort(starts=16, offspring=16, patience=0.5)
RUNG = Effort(starts=12, offspring=12, patience=0.1, polished=1, iterations=12)
LIGHT = Effort(starts=5)


def kmeans(
    matrix: Floats,
    k: int,
    seed: int,
    *,
    weights: Floats | None = None,
    effort: Effort | None = None,
) -> Partition:
    """Find the k groups with the smallest sum of squared distances to their means.

    Good partitions are bred (`segmentation.breeding`). Over 1,000 rows are condensed to cells for
    that, where the search for up to 20 groups climbs from 2 on, each k beginning with what was
    found for the one before; the best few go on with all rows, in Lloyd's iteration and by moving
    single rows. Of over 25,000 rows the search sees a regular sample, and all rows take part in
    the last ten iterations only.

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
        How hard to look; by default `THOROUGH`, and `RUNG` or `BRISK` on cells.

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
    return kmeans_each(matrix, (k,), seed, weights=weights, effort=effort)[k]


def kmeans_each(
    matrix: Floats,
    ks: Sequence[int],
    seed: int,
    *,
    weights: Floats | None = None,
    effort: Effort | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[int, Partition]:
    """Find what `kmeans` finds for each k, with the work that they share done once.

    Parameters
    ----------
    matrix, seed, weights, effort
        As for `kmeans`.
    ks : sequence of int
        Numbers of groups.
    progress : callable, optional
        Called with (k done, k in all); what it raises ends the search.

    Raises
    ------
    DataError
        If fewer than the largest k rows differ.

    Examples
    --------
    >>> found = kmeans_each(np.array([[0.0], [1.0], [9.0]]), (2, 3), seed=0)
    >>> {k: one.inertia for k, one in found.items()}
    {2: 0.5, 3: 0.0}
    """
    weights = np.ones(len(matrix)) if weights is None else weights
    new = _differ_from_the_one_before(matrix)
    distinct = int(new.sum())
    for k in ks:
        if distinct < k:
            raise too_few(len(matrix), distinct, k)
    # Equal rows belong together, in an optimum too.
    rows, heavy, places = matrix, weights, None
    if distinct < len(matrix):
        rows, heavy = matrix[new], np.add.reduceat(weights, np.flatnonzero(new))
        places = np.cumsum(new) - 1
    every = -(-len(rows) // LARGEST_EXACT_ROWS)
    with one_thread():
        climbed = _climb(rows[::every], heavy[::every], max(ks), seed) if effort is None else {}

        def search(k: int) -> Partition:
            starts = climbed.get(k)
            if starts is None:
                starts = _alone(rows[::every], heavy[::every], k, seed, effort)
            found, points = _settle(rows, heavy, starts, every)
            if places is not None:
                found = measured(matrix, weights, found.labels[places], k)
            return Partition(
                labels=found.labels, centres=found.centres, inertia=found.inertia, points=points
            )

        # The largest takes longest.
        falling = sorted(set(ks), reverse=True)
        if len(rows) >= LEAST_SPREAD_ROWS:
            found = spread(search, falling, progress)
        else:
            found = []
            for k in falling:
                found.append(search(k))
                if progress is not None:
                    progress(len(found), len(falling))
    return dict(sorted(zip(falling, found, strict=True)))


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


def _climb(rows: Floats, weights: Floats, top: int, seed: int) -> dict[int, Floats]:
    """Search for 2, 3, ... groups on cells of many rows; return the best few starts for each."""
    if len(rows) <= LARGEST_SEARCH_ROWS or top < 2:
        return {}
    points, mass = _cells(rows, weights, 0)
    starts: dict[int, Floats] = {}
    pool: list[Found] = []
    for k in range(2, min(top, LARGEST_RUNG, len(mass)) + 1):
        pool = breed(points, mass, k, _stream(seed, k), RUNG, pool)
        starts[k] = _apart(pool, mass)
    return starts


def _alone(rows: Floats, weights: Floats, k: int, seed: int, effort: Effort | None) -> Floats:
    """Search for one number of groups; return the best few starts."""
    if len(rows) > LARGEST_SEARCH_ROWS:
        points, mass = _cells(rows, weights, 4 * k)
        if len(mass) >= k:
            return _apart(breed(points, mass, k, _stream(seed, k), effort or BRISK), mass)
    best = tied(breed(rows, weights, k, _stream(seed, k), effort or THOROUGH))
    return np.stack([found.centres for found in best])


def _cells(rows: Floats, weights: Floats, least: int) -> tuple[Floats, Floats]:
    cells = condense(rows, weights, max(CELLS, len(rows) // ROWS_A_CELL, least))
    mass = np.bincount(cells, weights).astype(float)
    return means(rows, weights, cells, len(mass)), mass


def _stream(seed: int, k: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence((seed, k)))


def _apart(pool: list[Found], weights: Floats) -> Floats:
    """Choose the best few of the pool that are no near copies of one another."""
    chosen: list[Found] = []
    for found in pool:
        k = len(found.centres)
        common = (
            np.bincount(each.labels * k + found.labels, weights, minlength=k * k) for each in chosen
        )
        if all(
            table.reshape(k, k).max(axis=1).sum() < NEAR_COPY * weights.sum() for table in common
        ):
            chosen.append(found)
    return np.stack([found.centres for found in chosen[:CANDIDATES]])


def _settle(
    rows: Floats, weights: Floats, starts: Floats, every: int
) -> tuple[Found, Floats | None]:
    """Go on with all rows; return the best, and its centres if it did not converge to its means."""
    k, exact = starts.shape[1], every == 1
    if not exact:
        sampled = lloyd(rows[::every], weights[::every], starts)
        starts = sampled.centres[[sampled.inertias.argmin()]]
    # It copies the rows: one large copy at a time.
    with nullcontext() if exact else _one_copy:
        most = LARGEST_ITERATIONS if exact else LARGE_ITERATIONS
        settled = lloyd(rows, weights, starts, most=most)
    least = settled.inertias.min() * (1 + TIED)
    ends = [settled.labels[i] for i in np.flatnonzero(settled.inertias <= least)]
    if exact:
        return tied([improved(rows, weights, labels, k) for labels in ends])[0], None
    labels = filled(rows, ends[0], k)
    found = measured(rows, weights, labels, k)
    if labels is not ends[0]:
        return found, None
    return found, settled.centres[0][appearance(labels, k)]
