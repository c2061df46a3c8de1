"""Distances between blocks of rows, by one product of matrices where that loses no digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.values import Floats

# Of the squares of both rows' lengths. Above this share, a squared distance that is the small
# difference of large numbers keeps eleven digits or so; below, it is computed by subtraction.
LEAST_SHARE = 1e-4
# Beyond this share of a block, its pairs are computed all together.
FEW_PAIRS = 1 / 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lifted:
    """Rows in an order, and the factors whose product is the squares of their distances.

    Parameters
    ----------
    order : ndarray of int, shape (n,)
        The rows by their distance to the mean, so that those of a block are about as long.
    rows : ndarray of float, shape (n, columns)
        The rows less their mean, in that order.
    squares : ndarray of float, shape (n,)
        Their squared lengths, rising.
    left, right : ndarray of float, shape (n, columns + 2) and (columns + 2, n)
        The factors: |x|^2 - 2 x y + |y|^2.
    """

    order: npt.NDArray[np.intp]
    rows: Floats
    squares: Floats
    left: Floats
    right: Floats


def lift(matrix: Floats) -> Lifted:
    """Prepare rows for `distances`.

    Examples
    --------
    >>> lift(np.array([[9.0], [4.0], [2.0]])).order.tolist()
    [1, 2, 0]
    """
    rows = matrix - matrix.mean(axis=0)
    with np.errstate(over="ignore"):
        squares = (rows**2).sum(axis=1)
    order = np.argsort(squares, kind="stable")
    rows, squares = rows[order], squares[order]
    ones = np.ones(len(rows))
    return Lifted(
        order=order,
        rows=rows,
        squares=squares,
        left=np.column_stack([rows, squares, ones]),
        right=np.vstack([-2 * rows.T, ones, squares]),
    )


def distances(lifted: Lifted, some: slice, others: slice) -> Floats:
    """Compute the Euclidean distances of a block of the lifted rows to another.

    They come from a product of matrices, several times faster than by subtraction. Where two rows
    are so near to each other that it would lose digits, they are subtracted after all, which
    scikit-learn's euclidean_distances, otherwise the same, does not do.

    Parameters
    ----------
    lifted : Lifted
        From `lift`.
    some, others : slice
        Places in its order.

    Examples
    --------
    >>> lifted = lift(np.array([[0.0, 0.0], [3.0, 4.0]]))
    >>> distances(lifted, slice(0, 2), slice(0, 2)).tolist()
    [[0.0, 5.0], [5.0, 0.0]]
    """
    from scipy.spatial.distance import cdist

    with np.errstate(over="ignore", invalid="ignore"):
        found = lifted.left[some] @ lifted.right[:, others]
        longest = lifted.squares[some][-1] + lifted.squares[others][-1]
        # Numbers too large to be squared are no numbers by now, and near as well.
        near = ~(found >= LEAST_SHARE * longest)
        pairs = np.count_nonzero(near)
        if pairs > FEW_PAIRS * found.size:
            return np.asarray(cdist(lifted.rows[some], lifted.rows[others]))
        np.sqrt(found, out=found)
    if pairs:
        row, other = np.nonzero(near)
        apart = lifted.rows[some][row] - lifted.rows[others][other]
        found[near] = np.sqrt((apart**2).sum(axis=1))
    return np.asarray(found)
