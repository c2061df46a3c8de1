"""Does each segment come back when the customers are drawn anew?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segmentation.choosing.refitting import assign, refit
from segmentation.results import Partition
from segmentation.values import Floats

Labels = npt.NDArray[np.int64]


def stability(rows: Floats, partition: Partition, draws: int, rng: np.random.Generator) -> Floats:
    """Measure how well each group is found again in bootstrap samples.

    As R's ``fpc::clusterboot`` does by default, but for balanced draws (`bootstraps`): customers
    are drawn with replacement, each counted once; the sample is clustered; a group's score is the
    largest Jaccard coefficient of its drawn members with any group found (Hennig 2007, doi
    10.1016/j.csda.2006.11.025).

    Parameters
    ----------
    rows : ndarray of float, shape (n, columns)
        Prepared rows.
    partition : Partition
        Of these rows.
    draws : int
        Bootstrap samples.
    rng : numpy.random.Generator
        Draws.

    Returns
    -------
    ndarray of float, shape (draws, k)
        From 0 to 1; NaN where no member of the group was drawn.

    Examples
    --------
    >>> rows = np.concatenate([np.arange(20.0), np.arange(900.0, 920.0)])[:, None]
    >>> labels = np.repeat([0, 1], 20)
    >>> halves = Partition(labels=labels, centres=np.array([[9.5], [909.5]]), inertia=1330.0)
    >>> stability(rows, halves, 20, np.random.default_rng(0)).mean(axis=0).tolist()
    [1.0, 1.0]
    """
    count, k = len(rows), partition.k
    scores = np.full((draws, k), np.nan)
    for draw, drawn in enumerate(bootstraps(count, draws, rng)):
        weight = np.zeros((1, count))
        weight[0, drawn] = 1.0
        centres = refit(rows, weight, partition.centres, rng)[0]
        scores[draw] = jaccards(partition.labels[drawn], assign(rows[drawn], centres), k)
    return scores


def bootstraps(count: int, draws: int, rng: np.random.Generator) -> list[Labels]:
    """Draw rows with replacement, each row equally often over all draws; each counted once.

    Balanced draws (Davison, Hinkley and Schechtman 1986, doi 10.1093/biomet/73.3.555) leave less
    error in the mean than free ones, and the same mean.

    Examples
    --------
    >>> [len(drawn) <= 4 for drawn in bootstraps(4, 3, np.random.default_rng(0))]
    [True, True, True]
    """
    mixed = rng.permutation(np.tile(np.arange(count), draws)).reshape(draws, count)
    return [np.flatnonzero(np.bincount(drawn, minlength=count)) for drawn in mixed]


def jaccards(before: Labels, after: Labels, k: int) -> Floats:
    """Return for each of k groups the largest Jaccard coefficient with any group found after.

    Parameters
    ----------
    before, after : ndarray of int, shape (n,)
        Groups of the same rows, from 0; -1 in ``after`` for rows in none.
    k : int
        Groups before.

    Returns
    -------
    ndarray of float, shape (k,)
        NaN for a group without rows.

    Examples
    --------
    >>> jaccards(np.array([0, 0, 1, 1]), np.array([0, 0, 0, -1]), 2).round(3).tolist()
    [0.667, 0.25]
    """
    others = int(after.max(initial=0)) + 1
    inside = after >= 0
    shared = np.bincount(before[inside] * others + after[inside], minlength=k * others)
    shared = shared.reshape(k, others).astype(float)
    sizes = np.bincount(before, minlength=k)[:, None]
    either = sizes + shared.sum(axis=0) - shared
    best = np.divide(shared, either, out=np.zeros_like(shared), where=either > 0).max(axis=1)
    return np.where(sizes[:, 0] > 0, best, np.nan)
