"""Would a segment come back that was merged or split by hand?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from segmentation.choosing.refitting import assign, refit
from segmentation.choosing.shaking import METHOD_DRAWS, METHOD_ROWS, resampled
from segmentation.choosing.stability import bootstraps, jaccards
from segmentation.errors import DataError
from segmentation.methods import cluster
from segmentation.results import Partition, Prepared, Resampled
from segmentation.settings import FitSettings
from segmentation.threads import one_thread
from segmentation.values import Floats

Labels = npt.NDArray[np.int64]


def steadiness_by_hand(
    prepared: Prepared,
    found: Partition,
    labels: Labels,
    again: Callable[[Floats, Labels], Labels],
    fit: FitSettings,
) -> tuple[Resampled, ...]:
    """Measure how well segments come back that were merged and split after they were found.

    As `segmentation.choosing.steadiness` does, with 50 bootstrap samples of at most 1,000
    customers, but that in each the segments are found anew, paired one to one with those found
    (Hungarian method, by the customers in both), and then merged and split in the same way.

    Parameters
    ----------
    prepared : Prepared
        The matrix.
    found : Partition
        As the method found it, its groups in the order of the segments' numbers.
    labels : ndarray of int, shape (n,)
        The segment of each row after merging and splitting, from 1.
    again : callable
        Takes the same steps with other rows; see `segmentation.wheel.rehearsal`.
    fit : FitSettings
        The method and the seed.
    """
    rng = np.random.default_rng([fit.seed, 6])
    chosen = np.sort(rng.permutation(len(prepared.matrix))[:METHOD_ROWS])
    rows, before, after = prepared.matrix[chosen], found.labels[chosen], labels[chosen] - 1
    k = int(labels.max())
    scores = np.full((METHOD_DRAWS, k), np.nan)
    with one_thread():
        for draw, drawn in enumerate(bootstraps(len(rows), METHOD_DRAWS, rng)):
            segments = _paired(before[drawn], _found(rows, drawn, found, fit, rng), found.k)
            scores[draw] = jaccards(after[drawn], again(rows[drawn], segments) - 1, k)
    return tuple(resampled(of_one) for of_one in scores.T)


def _found(
    rows: Floats, drawn: Labels, found: Partition, fit: FitSettings, rng: np.random.Generator
) -> Labels:
    """Find the segments again among the drawn rows; -1 for those in none."""
    if fit.method == "kmeans":
        weight = np.zeros((1, len(rows)))
        weight[0, drawn] = 1.0
        return assign(rows[drawn], refit(rows, weight, found.centres, rng)[0])
    try:
        return cluster(rows[drawn], fit.method, found.k, fit.seed)
    except DataError:
        return np.zeros(len(drawn), dtype=np.int64)


def _paired(before: Labels, after: Labels, k: int) -> Labels:
    """Number groups found again as those they share most rows with, from 1; 0 for the others."""
    from scipy.optimize import linear_sum_assignment

    others = int(after.max(initial=0)) + 1
    inside = after >= 0
    shared = np.bincount(before[inside] * others + after[inside], minlength=k * others)
    ones, theirs = linear_sum_assignment(shared.reshape(k, others), maximize=True)
    number = np.zeros(others + 1, dtype=np.int64)
    number[theirs] = ones + 1
    return number[after]
