"""What clustering makes of data without groups: the yardstick of the gap and of silhouettes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segmentation.values import Bools, Floats

FEW_VALUES = 10


def without_groups(rows: Floats, blocks: npt.NDArray[np.int64], rng: np.random.Generator) -> Floats:
    """Draw rows from a cloud without groups that is as long and wide as the data.

    Uniform over the box along the principal axes (Tibshirani, Walther and Hastie 2001, choice b).
    A column of few different values (0/1, a category, a rating) is dealt out anew instead, a
    category's columns together: its values alone must not pass for groups. Beside such columns the
    others keep their variance rather than their range, or these would weigh less than in the data.

    Parameters
    ----------
    rows : ndarray of float, shape (n, columns)
        Prepared rows.
    blocks : ndarray of int, shape (columns,)
        Equal numbers for columns that belong together.
    rng : numpy.random.Generator
        Draws.

    Examples
    --------
    >>> rows = np.array([[0.0, 1.0], [0.5, 0.0], [1.0, 1.0]] * 5) + np.arange(15)[:, None] * [1, 0]
    >>> drawn = without_groups(rows, np.array([0, 1]), np.random.default_rng(0))
    >>> drawn.shape, sorted(set(drawn[:, 1].tolist()))
    ((15, 2), [0.0, 1.0])
    """
    few = few_values(rows)
    drawn = np.empty_like(rows)
    for block in np.unique(blocks[few]):
        columns = np.flatnonzero(few & (blocks == block))
        drawn[:, columns] = rows[rng.permutation(len(rows))][:, columns]
    if not few.all():
        cloud = rows[:, ~few]
        middle = cloud.mean(axis=0)
        _, _, axes = np.linalg.svd(cloud - middle, full_matrices=False)
        turned = (cloud - middle) @ axes.T
        low, high = turned.min(axis=0), turned.max(axis=0)
        scattered = rng.uniform(low, high, size=turned.shape)
        if few.any():
            wide = np.where(high > low, (high - low) / np.sqrt(12), 1.0)
            centre = (low + high) / 2
            scattered = (scattered - centre) * turned.std(axis=0) / wide + centre
        drawn[:, ~few] = scattered @ axes + middle
    return drawn


def few_values(rows: Floats) -> Bools:
    """Tell which columns have at most ten different values."""
    return np.array([len(np.unique(column)) <= FEW_VALUES for column in rows.T])


def gap_k(gaps: tuple[tuple[float, float], ...], ks: tuple[int, ...]) -> int | None:
    """Return the smallest k whose gap the next one does not surpass by a standard error.

    Parameters
    ----------
    gaps : tuple of (float, float)
        Gap and its standard error for each k.
    ks : tuple of int
        Every k, rising.

    Returns
    -------
    int or None
        None where the gap rises to the end of the range.

    Examples
    --------
    >>> gap_k(((0.1, 0.01), (0.5, 0.01), (0.4, 0.01)), (1, 2, 3))
    2
    """
    for (gap, _), (following, error), k in zip(gaps, gaps[1:], ks, strict=False):
        if gap >= following - error:
            return k
    return None
