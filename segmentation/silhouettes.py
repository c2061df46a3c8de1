"""Silhouettes of several partitions of the same rows from one pass over their distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt

from segmentation.distances import Lifted, distances, lift
from segmentation.threads import spread
from segmentation.values import Floats

LARGEST_ROWS = 25_000
SAMPLE_ROWS = 10_000
# The distances of a block of rows to another stay in a core's own cache.
BLOCK_ROWS = 256
# The same on any number of cores, so that sums are added up in the same order.
PARTS = 4
# At a time: each part holds a number for every row and group.
MOST_GROUPS = 256

# Kaufman and Rousseeuw (1990), Finding Groups in Data, table 4 of chapter 2.
STRUCTURE_BANDS = (
    (0.70, "strong", "The groups are clear and well apart."),
    (0.50, "reasonable", "The groups are real, with some overlap at their borders."),
    (0.25, "weak", "The groups overlap a good deal; treat the borders as soft."),
    (-1.0, "none", "There are no natural groups here; the segments are a convenient cut."),
)


def silhouette_sample(rows: int, seed: int) -> npt.NDArray[np.int64]:
    """Choose the rows silhouettes are computed on: all up to 25,000, or else 10,000 drawn.

    Examples
    --------
    >>> len(silhouette_sample(500, seed=0)), len(silhouette_sample(30_000, seed=0))
    (500, 10000)
    """
    if rows <= LARGEST_ROWS:
        return np.arange(rows)
    drawn = np.random.default_rng(seed).choice(rows, SAMPLE_ROWS, replace=False)
    return np.sort(drawn)


def silhouettes(matrix: Floats, partitions: Sequence[npt.NDArray[np.int64]]) -> list[Floats]:
    """Compute each row's silhouette (Rousseeuw 1987, doi 10.1016/0377-0427(87)90125-7).

    The distances between two blocks of rows are computed once and multiplied with the 0/1
    membership of every group of every partition, which gives all the sums of distances needed, of
    either block to the other. Up to `PARTS` cores work, and hold no more distances than of a pair.

    Parameters
    ----------
    matrix : ndarray of float, shape (n, columns)
        Rows.
    partitions : sequence of ndarray of int, each of shape (n,)
        Group of each row, from 0, for each partition.

    Returns
    -------
    list of ndarray of float, each of shape (n,)
        (b - a) / max(a, b), where a is the mean distance to the row's own group and b the smallest
        mean distance to another; 0 for a group of one.

    Examples
    --------
    >>> rows = np.array([[0.0], [1.0], [9.0], [10.0]])
    >>> silhouettes(rows, [np.array([0, 0, 1, 1])])[0].round(4).tolist()
    [0.8947, 0.8824, 0.8824, 0.8947]
    """
    lifted = lift(matrix)
    found: list[Floats] = []
    some: list[npt.NDArray[np.int64]] = []
    groups = 0
    for labels in partitions:
        k = int(labels.max()) + 1
        if some and groups + k > MOST_GROUPS:
            found += _silhouettes(lifted, some)
            some, groups = [], 0
        some.append(labels)
        groups += k
    return found + _silhouettes(lifted, some)


def _silhouettes(lifted: Lifted, partitions: Sequence[npt.NDArray[np.int64]]) -> list[Floats]:
    count = len(lifted.order)
    partitions = [labels[lifted.order] for labels in partitions]
    groups = [int(labels.max()) + 1 for labels in partitions]
    ends = np.cumsum(groups)
    member = np.zeros((count, sum(groups)))
    for labels, end, k in zip(partitions, ends, groups, strict=True):
        member[np.arange(count), end - k + labels] = 1.0
    blocks = [slice(i, min(i + BLOCK_ROWS, count)) for i in range(0, count, BLOCK_ROWS)]
    pairs = list(combinations_with_replacement(blocks, 2))

    def measure(first: int) -> Floats:
        sums = np.zeros_like(member)
        for some, others in pairs[first::PARTS]:
            apart = distances(lifted, some, others)
            sums[some] += apart @ member[others]
            if others != some:
                sums[others] += apart.T @ member[some]
        return sums

    sums, *more = spread(measure, range(PARTS))
    for part in more:
        sums += part
    sizes = member.sum(axis=0)
    results = [np.empty(count) for _ in partitions]
    for labels, end, k, result in zip(partitions, ends, groups, results, strict=True):
        columns = slice(end - k, end)
        result[lifted.order] = _from_sums(sums[:, columns], sizes[columns], labels)
    return results


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanWidths:
    """Mean silhouettes of a partition.

    Parameters
    ----------
    mean : float
        Over the rows.
    rows : int
        How many they are: all, or a sample.
    by_group : tuple of float
        Mean of each group; 0 for one without rows among these.
    """

    mean: float
    rows: int
    by_group: tuple[float, ...]


def mean_silhouettes(
    matrix: Floats, labels: npt.NDArray[np.int64], k: int, seed: int
) -> MeanWidths:
    """Average the silhouettes of one partition, over all and by group.

    Alone: beside those of other partitions, the sums could differ in their last digits, and so a
    run that compares several k from one that was given its k.

    Examples
    --------
    >>> rows = np.array([[0.0], [1.0], [9.0], [10.0]])
    >>> round(mean_silhouettes(rows, np.array([0, 0, 1, 1]), 2, seed=0).mean, 2)
    0.89
    """
    rows = silhouette_sample(len(labels), seed)
    own = labels[rows]
    found = silhouettes(matrix[rows], [own])[0]
    return MeanWidths(
        mean=float(found.mean()),
        rows=len(rows),
        by_group=tuple(
            float(found[own == i].mean()) if (own == i).any() else 0.0 for i in range(k)
        ),
    )


def _from_sums(sums: Floats, sizes: Floats, own: npt.NDArray[np.int64]) -> Floats:
    rows = np.arange(len(own))
    with np.errstate(divide="ignore", invalid="ignore"):
        within = sums[rows, own] / (sizes[own] - 1)
        others = sums / sizes
        others[rows, own] = np.inf
        # A small group may have no row in a sample; it is nobody's neighbour then.
        others[:, sizes == 0] = np.inf
        between = others.min(axis=1)
        result = (between - within) / np.maximum(between, within)
    return np.asarray(np.where(sizes[own] > 1, np.nan_to_num(result), 0.0))


def structure(silhouette: float) -> tuple[str, str]:
    """Say in a word and a sentence how much structure a mean silhouette stands for.

    Examples
    --------
    >>> structure(0.55)[0], structure(0.1)[0]
    ('reasonable', 'none')
    """
    for least, word, sentence in STRUCTURE_BANDS:
        if silhouette >= least:
            return word, sentence
    raise AssertionError("a silhouette is never below -1")
