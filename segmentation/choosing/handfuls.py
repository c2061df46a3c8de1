"""Groups too small to be a segment, and whether extreme customers are what makes them."""

from __future__ import annotations

import numpy as np

from segmentation.results import Partition
from segmentation.values import Floats

SMALL_SHARE = 0.02
SMALL_COUNT = 5
LARGEST_HANDFUL_SHARE = 0.1
FENCE_QUARTILE_RANGES = 3.0
LARGEST_CROWD = 20_000


def least_size(customers: int) -> float:
    """Return how many customers a group must have to be suggested: 2%, and at least 5.

    Examples
    --------
    >>> least_size(100), least_size(4_338)
    (5, 86.76)
    """
    return max(SMALL_SHARE * customers, SMALL_COUNT)


def handful(matrix: Floats, partition: Partition) -> int:
    """Count the customers in small groups that are there because they lie far out.

    A group lies far out if the median distance of its customers to the nearest centre of a group
    that is not small is beyond Tukey's outer fence (the upper quartile and 3 quartile ranges) of
    what the customers of those groups, at most 20,000 of them, have to their own. Where more than a
    tenth of all customers are in small groups, the groups are small because there are many of them.

    Parameters
    ----------
    matrix : ndarray of float, shape (n, columns)
        Prepared rows.
    partition : Partition
        Of these rows.

    Returns
    -------
    int
        0 where no group is small and far out.

    Examples
    --------
    >>> rows = np.append(np.linspace(0, 1, 99), 50.0)[:, None]
    >>> labels = np.append(np.zeros(99, dtype=int), 1)
    >>> centres = np.array([[0.5], [50.0]])
    >>> handful(rows, Partition(labels=labels, centres=centres, inertia=8.6))
    1
    """
    labels, centres = partition.labels, partition.centres
    sizes = np.bincount(labels, minlength=partition.k)
    small = sizes < least_size(len(labels))
    if not small.any() or sizes[small].sum() > LARGEST_HANDFUL_SHARE * len(labels):
        return 0
    crowd = np.flatnonzero(~small[labels])
    # Rows stand in order of value; every so many of them are a fair sample, and always the same.
    crowd = crowd[:: -(-len(crowd) // LARGEST_CROWD)]
    own = np.sqrt(((matrix[crowd] - centres[labels[crowd]]) ** 2).sum(axis=1))
    lower, upper = np.percentile(own, [25, 75])
    if lower == upper:
        return 0
    fence = upper + FENCE_QUARTILE_RANGES * (upper - lower)
    far_out = 0
    for group in np.flatnonzero(small):
        rows = matrix[labels == group]
        apart = [np.sqrt(((rows - centre) ** 2).sum(axis=1)) for centre in centres[~small]]
        if np.median(np.min(apart, axis=0)) > fence:
            far_out += int(sizes[group])
    return far_out
