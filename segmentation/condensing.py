"""Rows condensed to cells: a small table with weights that K-Means can be searched on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segmentation.indices import means
from segmentation.values import Floats


def condense(rows: Floats, weights: Floats, most: int) -> npt.NDArray[np.int64]:
    """Put rows that stand close together into the same cell.

    Cells with at least the mean sum of squares are cut at their mean, across their widest column,
    until there are as many as asked for (after Su and Dy 2007, who seed K-Means so). Nothing is
    drawn, so that the same rows always give the same cells; a far outlier gets one of its own.

    Parameters
    ----------
    rows : ndarray of float, shape (n, columns)
        Rows.
    weights : ndarray of float, shape (n,)
        How often each counts, above 0.
    most : int
        Cells at most.

    Returns
    -------
    ndarray of int, shape (n,)
        Cell of each row, from 0, none empty.

    Examples
    --------
    >>> condense(np.array([[0.0], [1.0], [8.0], [9.0]]), np.ones(4), 2).tolist()
    [0, 0, 1, 1]
    """
    cells = np.zeros(len(rows), dtype=np.int64)
    count = 1
    while count < most:
        centres = means(rows, weights, cells, count)
        squares = np.column_stack(
            [
                np.bincount(cells, weights * (column - centre[cells]) ** 2, minlength=count)
                for column, centre in zip(rows.T, centres.T, strict=True)
            ]
        )
        size, widest = squares.sum(axis=1), squares.argmax(axis=1)
        cut = np.flatnonzero((size > 0) & (size >= size.mean()))
        cut = cut[np.argsort(-size[cut], kind="stable")][: most - count]
        chosen = np.zeros(count, dtype=bool)
        chosen[cut] = True
        inside = np.flatnonzero(chosen[cells])
        old = cells[inside]
        above = rows[inside, widest[old]] > centres[old, widest[old]]
        # Where rows differ by rounding alone, their mean need not lie between them.
        upper, whole = (np.bincount(part, minlength=count) for part in (old[above], old))
        parted = np.flatnonzero((upper > 0) & (upper < whole))
        if not len(parted):
            break
        new = np.arange(count)
        new[parted] = count + np.arange(len(parted))
        cells[inside[above]] = new[old[above]]
        count += len(parted)
    return cells
