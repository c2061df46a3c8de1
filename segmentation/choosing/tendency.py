"""Are the customers clumped at all?"""

from __future__ import annotations

import numpy as np

from segmentation.values import Floats

SHARE = 0.1
FEWEST, MOST = 5, 100


def hopkins(rows: Floats, repeats: int, rng: np.random.Generator) -> Floats:
    """Compare how near customers and random points of their box have a neighbour.

    H = sum u^d / (sum u^d + sum w^d) with exponent d, the number of columns: u are distances from
    random points to their nearest customer, w from randomly chosen customers to the next one
    (Hopkins and Skellam 1954; the exponent as in Cross and Jain 1982). Evenly scattered data come
    to about 0.5, clumped data near 1; in some software the direction is the reverse.

    Parameters
    ----------
    rows : ndarray of float, shape (n, columns)
        Prepared rows.
    repeats : int
        How often a tenth of the customers (5 to 100 of them) is drawn.
    rng : numpy.random.Generator
        Draws.

    Returns
    -------
    ndarray of float, shape (repeats,)
        From 0 to 1; empty where all rows are equal.

    Examples
    --------
    >>> rows = np.concatenate([np.linspace(0, 1, 50), np.linspace(99, 100, 50)])[:, None]
    >>> bool(hopkins(rows, 9, np.random.default_rng(0)).mean() > 0.9)
    True
    """
    from scipy.spatial import cKDTree

    count, columns = rows.shape
    low, high = rows.min(axis=0), rows.max(axis=0)
    if count < 2 or (low == high).all():
        return np.empty(0)
    points = min(max(round(SHARE * count), FEWEST), MOST, count)
    tree = cKDTree(rows)
    found = np.empty(repeats)
    for repeat in range(repeats):
        scattered = rng.uniform(low, high, size=(points, columns))
        chosen = rows[rng.choice(count, points, replace=False)]
        # The first neighbour of a customer is the customer itself, or one just like it.
        out = tree.query(scattered, k=1)[0]
        within = tree.query(chosen, k=2)[0][:, 1]
        # Powers of many columns would leave the range of numbers.
        largest = max(out.max(), within.max())
        if largest == 0:
            found[repeat] = 0.5
            continue
        u, w = ((out / largest) ** columns).sum(), ((within / largest) ** columns).sum()
        found[repeat] = u / (u + w)
    return found
