"""Would one half of the customers foretell the segments of the other?"""

from __future__ import annotations

import numpy as np

from segmentation.choosing.refitting import assign, refit, together
from segmentation.results import Partition
from segmentation.values import Floats

GOOD = 0.8


def prediction_strength(
    rows: Floats, partition: Partition, splits: int, rng: np.random.Generator
) -> Floats:
    """Split the customers in two, cluster each half, and let each classify the other.

    Tibshirani and Walther (2005, doi 10.1198/106186005X59243), as in R's
    ``fpc::prediction.strength``: for the group that fares worst, the share of its pairs that the
    other half's nearest centres put together too; mean of both halves. 0 where a half has fewer
    than two rows a group.

    Parameters
    ----------
    rows : ndarray of float, shape (n, columns)
        Prepared rows.
    partition : Partition
        Of these rows; its centres are one of the starts.
    splits : int
        How often they are split.
    rng : numpy.random.Generator
        Draws.

    Returns
    -------
    ndarray of float, shape (splits,)
        From 0 to 1.

    Examples
    --------
    >>> rows = np.array([[0.0], [1.0], [2.0], [3.0], [90.0], [91.0], [92.0], [93.0]])
    >>> labels = np.repeat([0, 1], 4)
    >>> halves = Partition(labels=labels, centres=np.array([[1.5], [91.5]]), inertia=10.0)
    >>> float(prediction_strength(rows, halves, 9, np.random.default_rng(1)).min())
    1.0
    """
    count, k = len(rows), partition.k
    # Groups of one customer have no pairs that could be foretold.
    if 2 * k > count // 2:
        return np.zeros(splits)
    strengths = np.empty(splits)
    for split in range(splits):
        mixed = rng.permutation(count)
        halves = (np.sort(mixed[: count // 2]), np.sort(mixed[count // 2 :]))
        weights = np.zeros((2, count))
        for weight, half in zip(weights, halves, strict=True):
            weight[half] = 1.0
        centres = refit(rows, weights, partition.centres, rng)
        worst = []
        for own, other, half in ((0, 1, halves[0]), (1, 0, halves[1])):
            pairs = together(
                assign(rows[half], centres[own]), assign(rows[half], centres[other]), k
            )
            sizes = pairs.sum(axis=1)
            kept = (pairs * (pairs - 1)).sum(axis=1)
            share = np.divide(kept, sizes * (sizes - 1), out=np.ones(k), where=sizes > 1)
            worst.append(share.min())
        strengths[split] = np.mean(worst)
    return strengths
