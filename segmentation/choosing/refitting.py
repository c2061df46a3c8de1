"""K-Means again on data that were shaken: lighter than the search for the partition reported."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segmentation.lloyd import Settled, lloyd, spread_starts
from segmentation.values import Floats

SMALL_ROWS = 600
STARTS_OF_SMALL = 24
TRIAL_ROWS = 300
STARTS_OF_LARGE = 10
FIRST_ITERATIONS = 4
COMPARED_ITERATIONS = 3
KEPT_STARTS = 3
LARGEST_ITERATIONS = 30
LAST_ITERATIONS = 8


def refit(rows: Floats, weights: Floats, known: Floats, rng: np.random.Generator) -> Floats:
    """Cluster each weighting of the same rows anew.

    Of 24 k-means++ starts, the three that are best after four rounds are kept; Lloyd's iteration
    goes on from them and from the known centres, and the smallest sum of squares wins. So a better
    partition of the shaken data is found where there is one, and a worse one isn't taken for a
    change. Of more than 600 rows, ten starts are tried on 300, and the best of them against the
    known centres on all, where the better after three rounds has eight more.

    Parameters
    ----------
    rows : ndarray of float, shape (n, columns)
        Prepared rows.
    weights : ndarray of float, shape (draws, n)
        How often each row counts.
    known : ndarray of float, shape (k, columns)
        Centres of the undisturbed rows.
    rng : numpy.random.Generator
        Draws.

    Returns
    -------
    ndarray of float, shape (draws, k, columns)
        Centres.

    Examples
    --------
    >>> rows = np.array([[0.0], [1.0], [9.0], [10.0]])
    >>> weights = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 1.0, 0.0]])
    >>> known = np.array([[0.5], [9.5]])
    >>> refit(rows, weights, known, np.random.default_rng(0))[..., 0].tolist()
    [[0.5, 9.5], [0.0, 9.0]]
    """
    found = np.empty((len(weights), *known.shape))
    for draw, weight in enumerate(weights):
        present = np.flatnonzero(weight)
        own, counts = rows[present], weight[present]
        if len(own) <= SMALL_ROWS:
            kept = _begun(own, counts, len(known), STARTS_OF_SMALL, rng)
            found[draw] = _best(own, counts, np.concatenate([known[None], kept]))
        else:
            few = rng.choice(len(own), TRIAL_ROWS, replace=False)
            begun = _begun(own[few], counts[few], len(known), STARTS_OF_LARGE, rng)
            fresh = _best(own[few], counts[few], begun[:1])
            better = _best(own, counts, np.stack([known, fresh]), COMPARED_ITERATIONS)
            found[draw] = _best(own, counts, better[None], LAST_ITERATIONS)
    return found


def fresh_fit(rows: Floats, k: int, rng: np.random.Generator) -> Settled:
    """Cluster rows of which no partition is known, with the same effort; one start settled.

    Examples
    --------
    >>> fresh_fit(np.array([[0.0], [1.0], [9.0]]), 2, np.random.default_rng(0)).inertias.round(9)
    array([0.5])
    """
    counts = np.ones(len(rows))
    if len(rows) <= SMALL_ROWS:
        start = _best(rows, counts, _begun(rows, counts, k, STARTS_OF_SMALL, rng))
    else:
        few = rows[rng.choice(len(rows), TRIAL_ROWS, replace=False)]
        start = _best(
            few, counts[: len(few)], _begun(few, counts[: len(few)], k, STARTS_OF_LARGE, rng)
        )
    return lloyd(rows, counts, start[None], most=LARGEST_ITERATIONS)


def _begun(rows: Floats, counts: Floats, k: int, starts: int, rng: np.random.Generator) -> Floats:
    fresh = spread_starts(rows, counts, k, starts, rng)
    begun = lloyd(rows, counts, fresh, most=FIRST_ITERATIONS)
    return np.asarray(begun.centres[np.argsort(begun.inertias, kind="stable")[:KEPT_STARTS]])


def _best(rows: Floats, counts: Floats, starts: Floats, most: int = LARGEST_ITERATIONS) -> Floats:
    settled = lloyd(rows, counts, starts, most=most)
    return np.asarray(settled.centres[settled.inertias.argmin()])


def assign(rows: Floats, centres: Floats) -> npt.NDArray[np.int64]:
    """Return the nearest centre of each row.

    Parameters
    ----------
    rows : ndarray of float, shape (n, columns)
        Rows.
    centres : ndarray of float, shape (k, columns)
        Centres.

    Examples
    --------
    >>> assign(np.array([[1.0], [8.0]]), np.array([[0.0], [9.0]])).tolist()
    [0, 1]
    """
    return np.asarray(lloyd(rows, np.ones(len(rows)), centres[None], most=1).labels[0])


def together(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64], k: int) -> Floats:
    """Count the rows of each group of one partition in each group of the other.

    Examples
    --------
    >>> together(np.array([0, 0, 1]), np.array([1, 1, 0]), 2).tolist()
    [[0.0, 2.0], [1.0, 0.0]]
    """
    return np.bincount(one * k + other, minlength=k * k).reshape(k, k).astype(float)
