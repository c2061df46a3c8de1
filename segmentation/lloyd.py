"""Lloyd's iteration from many starts at once, with weights on the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.values import Floats

LARGEST_ITERATIONS = 300
# Up to so many rows several starts share each step of numpy; the rest is quicker one by one.
LARGEST_SHARED_ROWS = 500
FEW_STARTS = 3
# Distances of so many pairs stay in a core's own cache; several small starts share a block.
BLOCK_CELLS = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settled:
    """Where each start came to rest.

    Parameters
    ----------
    labels : ndarray of int, shape (starts, n)
        The nearest centre of each row, from 0.
    centres : ndarray of float, shape (starts, k, columns)
        Mean of each group; an empty one's centre stands where it stood last, or on a row that was
        far from its own.
    inertias : ndarray of float, shape (starts,)
        Weighted sums of squared distances to the nearest centre.
    """

    labels: npt.NDArray[np.int64]
    centres: Floats
    inertias: Floats


def lloyd(
    rows: Floats, weights: Floats, centres: Floats, *, most: int = LARGEST_ITERATIONS
) -> Settled:
    """Move each start's centres to the means of their rows until no row changes its group.

    The steps are those of scikit-learn's KMeans, compiled; many starts on few rows share steps of
    numpy, which is quicker there. The caller holds the numerical libraries to one thread where bits
    matter (`segmentation.threads`).

    Parameters
    ----------
    rows : ndarray of float, shape (n, columns)
        Rows, in any units.
    weights : ndarray of float, shape (n,) or (starts, n)
        How often each row counts, from 0: for all starts, or for each its own, as in a bootstrap.
    centres : ndarray of float, shape (starts, k, columns)
        Where to start.
    most : int
        Iterations after which a start is left as it is.

    Examples
    --------
    >>> rows = np.array([[0.0], [1.0], [9.0]])
    >>> starts = np.array([[[0.0], [1.0]], [[1.0], [9.0]]])
    >>> lloyd(rows, np.ones(3), starts).labels.tolist()
    [[0, 0, 1], [0, 0, 1]]
    >>> lloyd(rows, np.array([1.0, 3.0, 1.0]), starts).inertias.round(9).tolist()
    [0.75, 0.75]
    """
    starts, count = len(centres), len(rows)
    # Far from zero, the squares of distances would have no digits left.
    middle = rows.mean(axis=0)
    rows = np.ascontiguousarray(rows - middle)
    settled = Settled(
        labels=np.empty((starts, count), dtype=np.int64),
        centres=centres - middle,
        inertias=np.empty(starts),
    )
    weights = np.broadcast_to(weights, (starts, count))
    steps = np.full(starts, most)
    if count <= LARGEST_SHARED_ROWS and starts > FEW_STARTS:
        steps = _together(rows, weights, settled, most)
    for start in np.flatnonzero(steps):
        _alone(rows, np.ascontiguousarray(weights[start]), settled, int(start), int(steps[start]))
    settled.centres[...] += middle
    return settled


def _alone(rows: Floats, weights: Floats, settled: Settled, start: int, most: int) -> None:
    """Settle one start."""
    from sklearn.cluster._k_means_common import _inertia_dense
    from sklearn.cluster._k_means_lloyd import lloyd_iter_chunked_dense

    old = np.ascontiguousarray(settled.centres[start])
    new, sizes, moved = np.empty_like(old), np.empty(len(old)), np.empty(len(old))
    labels = np.full(len(rows), -1, dtype=np.int32)
    before = labels.copy()
    for _ in range(most - 1):
        lloyd_iter_chunked_dense(rows, weights, old, new, sizes, labels, moved, 1)
        old, new = new, old
        if np.array_equal(labels, before):
            break
        before[:] = labels
    else:
        lloyd_iter_chunked_dense(
            rows, weights, old, None, None, labels, moved, 1, update_centers=False
        )
    settled.labels[start] = labels
    settled.centres[start] = old
    settled.inertias[start] = _inertia_dense(rows, weights, old, labels, 1)


def _together(rows: Floats, weights: Floats, settled: Settled, most: int) -> npt.NDArray[np.int64]:
    """Settle all starts but the last few; return the steps that these have left, 0 for others."""
    starts, k = settled.centres.shape[:2]
    count = len(rows)
    raised = np.vstack([rows.T, np.ones(count)])
    squares = (rows**2).sum(axis=1)
    found = settled.centres
    left = np.zeros(starts, dtype=np.int64)
    block = max(FEW_STARTS + 1, BLOCK_CELLS // max(k * count, 1))
    for first in range(0, starts, block):
        live = np.arange(first, min(first + block, starts))
        own, places = weights[live], found[live]
        before = np.full((len(live), k, raised.shape[0]), np.nan)
        for step in range(1, most + 1):
            if len(live) <= FEW_STARTS:
                left[live] = most - step + 1
                break
            sums = _sums(raised, own, places)
            # The same groups have the same sums; other groups with the same have the same means.
            done = (sums == before).all(axis=(1, 2)) | (step == most)
            if done.any():
                ended, going = live[done], ~done
                labels, least = _nearest(raised, places[done])
                settled.labels[ended] = labels
                settled.inertias[ended] = np.maximum(
                    (own[done] * (least + squares)).sum(axis=1), 0.0
                )
                found[ended] = places[done]
                live, sums = live[going], sums[going]
                own, places = own[going], places[going]
            before = sums
            sizes = sums[..., -1:]
            np.divide(sums[..., :-1], sizes, out=places, where=sizes > 0)
        found[live] = places
    return left


def _sums(raised: Floats, weights: Floats, centres: Floats) -> Floats:
    """Return the weighted sums of the rows nearest to each centre, of shape (starts, k, lines).

    Rows are columns here, with a last line of ones, whose sums are the sizes.
    """
    starts, k, columns = centres.shape
    count = raised.shape[1]
    linear = _linear(centres)
    sums = np.zeros((k * starts, columns + 1))
    width = max(1, BLOCK_CELLS // (k * starts))
    for first in range(0, count, width):
        block = raised[:, first : first + width]
        scores = (linear @ block).reshape(k, starts, -1)
        nearest = scores == scores.min(axis=0)
        if np.count_nonzero(nearest) > starts * block.shape[1]:
            nearest = scores.argmin(axis=0) == np.arange(k)[:, None, None]
        members = nearest.astype(float)
        members *= weights[:, first : first + width]
        sums += members.reshape(k * starts, -1) @ block.T
    return sums.reshape(k, starts, columns + 1).transpose(1, 0, 2)


def _nearest(raised: Floats, centres: Floats) -> tuple[npt.NDArray[np.unsignedinteger], Floats]:
    """Return each row's nearest centre, the first of several, and |x - c|^2 - |x|^2."""
    starts, k, _ = centres.shape
    scores = (_linear(centres) @ raised).reshape(k, starts, -1)
    least = scores[0].copy()
    kind = np.min_scalar_type(k - 1).type
    labels = np.zeros(least.shape, dtype=kind)
    # A group at a time, and labels in bytes: several times faster than argmin.
    for group in range(1, k):
        np.maximum(labels, (scores[group] < least) * kind(group), out=labels)
        np.minimum(least, scores[group], out=least)
    return labels, least


def _linear(centres: Floats) -> Floats:
    """Return what makes |x - c|^2 - |x|^2 of a row and a one, of shape (k * starts, lines)."""
    starts, k, columns = centres.shape
    linear = np.empty((k, starts, columns + 1))
    linear[..., :columns] = -2 * centres.transpose(1, 0, 2)
    linear[..., columns] = (centres**2).sum(axis=2).T
    return linear.reshape(k * starts, columns + 1)


def spread_starts(
    rows: Floats,
    weights: Floats,
    k: int,
    starts: int,
    rng: np.random.Generator,
    given: Floats | None = None,
) -> Floats:
    """Draw starts as k-means++ does: rows by their squared distance to the centres before them.

    After Arthur and Vassilvitskii (2007).

    Parameters
    ----------
    rows : ndarray of float, shape (n, columns)
        Rows.
    weights : ndarray of float, shape (n,) or (starts, n)
        How often each row counts; one of weight 0 is never drawn while another is left.
    k : int
        Centres in a start.
    starts : int
        How many starts.
    rng : numpy.random.Generator
        Draws.
    given : ndarray of float, shape (starts, fewer than k, columns), optional
        The first centres of each start; the others are drawn.

    Returns
    -------
    ndarray of float, shape (starts, k, columns)
        Rows; where fewer than k differ, some twice.

    Examples
    --------
    >>> rows = np.array([[0.0], [0.0], [9.0]])
    >>> drawn = spread_starts(rows, np.ones(3), 2, 3, np.random.default_rng(0))
    >>> np.sort(drawn[..., 0]).tolist()
    [[0.0, 9.0], [0.0, 9.0], [0.0, 9.0]]
    """
    weights = np.broadcast_to(weights, (starts, len(rows)))
    least = np.full((starts, len(rows)), np.inf)
    mass = weights
    drawn = np.empty((starts, k, rows.shape[1]))
    there = 0 if given is None else given.shape[1]
    drawn[:, :there] = 0 if given is None else given
    for group in range(k):
        if group >= there:
            reach = mass.cumsum(axis=1)
            # Rounding may take the product up to the whole, and the draw beyond the last row.
            whole = reach[:, -1]
            wanted = np.minimum(rng.random(starts) * whole, np.nextafter(whole, 0))
            at = np.minimum((reach <= wanted[:, None]).sum(axis=1), len(rows) - 1)
            drawn[:, group] = rows[at]
        np.minimum(least, _squares(rows, drawn[:, group]), out=least)
        mass = weights * least
    return drawn


def _squares(rows: Floats, points: Floats) -> Floats:
    """Squared distances, exactly 0 for equal rows, which a matrix product does not promise."""
    squares = np.zeros((len(points), len(rows)))
    for i in range(rows.shape[1]):
        squares += (rows[:, i] - points[:, i, None]) ** 2
    return squares
