"""Does each segment come back when the customers are drawn anew?"""

from __future__ import annotations

import numpy as np

from segmentation.choosing.refitting import assign, refit, together
from segmentation.results import Partition
from segmentation.values import Floats


def stability(rows: Floats, partition: Partition, draws: int, rng: np.random.Generator) -> Floats:
    """Measure how well each group is found again in bootstrap samples.

    As R's ``fpc::clusterboot`` does by default: customers are drawn with replacement, each counted
    once; the sample is clustered; a group's score is the largest Jaccard coefficient of its drawn
    members with any group found (Hennig 2007, doi 10.1016/j.csda.2006.11.025).

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
    >>> rows = np.array([[0.0], [1.0], [2.0], [90.0], [91.0], [92.0]])
    >>> labels = np.array([0, 0, 0, 1, 1, 1])
    >>> halves = Partition(labels=labels, centres=np.array([[1.0], [91.0]]), inertia=4.0)
    >>> stability(rows, halves, 20, np.random.default_rng(0)).mean(axis=0).tolist()
    [1.0, 1.0]
    """
    count, k = len(rows), partition.k
    scores = np.full((draws, k), np.nan)
    for draw in range(draws):
        drawn = np.flatnonzero(np.bincount(rng.integers(count, size=count), minlength=count))
        weight = np.zeros((1, count))
        weight[0, drawn] = 1.0
        centres = refit(rows, weight, partition.centres, rng)[0]
        shared = together(partition.labels[drawn], assign(rows[drawn], centres), k)
        before, after = shared.sum(axis=1, keepdims=True), shared.sum(axis=0, keepdims=True)
        either = before + after - shared
        jaccard = np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)
        scores[draw] = np.where(before[:, 0] > 0, jaccard.max(axis=1), np.nan)
    return scores
