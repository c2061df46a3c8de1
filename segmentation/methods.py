"""K-Means and its alternatives: one call finds groups by any of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from segmentation.errors import DataError
from segmentation.kmeans import distinct_rows, kmeans, kmeans_each
from segmentation.numerals import counted
from segmentation.results import Partition
from segmentation.settings import Method
from segmentation.threads import one_thread, spread
from segmentation.values import Bools, Floats

METHODS: tuple[Method, ...] = get_args(Method)
METHOD_NAMES: dict[Method, str] = {
    "kmeans": "K-Means",
    "bisecting": "Bisecting K-Means",
    "gaussian": "Gaussian mixture",
    "ward": "Ward",
    "hdbscan": "HDBSCAN",
    "dbscan": "DBSCAN",
}
# They find the number of groups themselves, and leave customers in none.
DENSITY: tuple[Method, ...] = ("hdbscan", "dbscan")
NOISE = -1
# Ward holds the distance of every pair (100 MB); the others may come to as much.
LARGEST_ROWS: dict[Method, int] = {"ward": 5_000, "hdbscan": 10_000, "dbscan": 10_000}
STARTS = 5
LARGEST_COVARIANCE_CELLS = 10_000_000
LEAST_VARIANCE = 1e-3
SMALLEST_GROUP = 5
SMALLEST_GROUP_SHARE = 0.02
LEAST_NEIGHBOURS = 4
LEAST_RADIUS_SHARE = 1e-6


def cluster(matrix: Floats, method: Method, k: int, seed: int) -> npt.NDArray[np.int64]:
    """Find groups of rows by one of the methods, all of them scikit-learn's but K-Means.

    Bisecting K-Means halves the group with the largest sum of squares until there are k, with five
    starts a cut. The Gaussian mixture has full covariances, five starts, and at least a thousandth
    of each column's variance in every component; a row goes to its likeliest component. Ward merges
    from single rows up.

    HDBSCAN (Campello, Moulavi and Sander 2013) and DBSCAN (Ester et al. 1996) find the number of
    groups themselves. HDBSCAN's smallest group is 2% of the rows and at least 5. DBSCAN asks for
    as many rows as 2%, 2 a column and 4, the row itself counted, within the radius at the knee of
    the sorted distances to the last of them.

    Ward takes 5,000 rows at most and the density methods 10,000; of more, a sample is clustered
    and the others go with their nearest row in it, for the density methods only within reach.

    Parameters
    ----------
    matrix : ndarray of float, shape (n, columns)
        Prepared rows in canonical order.
    method : str
        A key of `METHOD_NAMES`.
    k : int
        Number of groups; the density methods don't use it.
    seed : int
        Seed of starts and sample.

    Returns
    -------
    ndarray of int, shape (n,)
        Group of each row, from 0; -1 for noise.

    Raises
    ------
    DataError
        If k groups can't be told apart.

    Examples
    --------
    >>> rows = np.array([[0.0], [1.0], [2.0], [3.0], [20.0], [21.0], [22.0], [23.0], [90.0]])
    >>> cluster(rows, "dbscan", 2, seed=0).tolist()
    [0, 0, 0, 0, 1, 1, 1, 1, -1]
    """
    if method == "kmeans":
        return kmeans(matrix, k, seed).labels
    distinct = distinct_rows(matrix)
    if method not in DENSITY and distinct < k:
        differ = counted(distinct, "customer differs", "customers differ")
        raise DataError(
            f"Only {differ} in the chosen features, too few for {k} segments",
            remedy="Ask for fewer segments, or choose more features",
        )
    largest = LARGEST_ROWS.get(method, len(matrix))
    drawn = np.arange(len(matrix))
    if largest < len(matrix):
        drawn = np.sort(np.random.default_rng(seed).choice(drawn, largest, replace=False))
    sample = matrix[drawn]
    with one_thread():
        if method == "bisecting":
            found = _Found(_bisecting(matrix, k, seed))
        elif method == "gaussian":
            found = _Found(_gaussian(matrix, k, seed))
        elif method == "ward":
            found = _Found(_ward(sample, k), np.full(len(sample), np.inf))
        elif method == "hdbscan":
            found = _hdbscan(sample)
        else:
            found = _dbscan(sample)
        labels = found.labels if len(drawn) == len(matrix) else _spread(matrix, drawn, found)
    groups, numbered = np.unique(labels, return_inverse=True)
    noise = int(len(groups) > 0 and groups[0] == NOISE)
    if method not in DENSITY and len(groups) < k:
        raise DataError(
            f"{METHOD_NAMES[method]} can't tell {k} groups of customers apart, only {len(groups)}",
            remedy="Ask for fewer segments, or use K-Means",
        )
    return numbered.astype(np.int64) - noise


def partition(matrix: Floats, method: Method, k: int, seed: int) -> Partition:
    """Find k groups, their means and the sum of squared distances to these.

    Examples
    --------
    >>> partition(np.array([[0.0], [1.0], [9.0]]), "ward", 2, seed=0).inertia
    0.5
    """
    if method == "kmeans":
        return kmeans(matrix, k, seed)
    if method in DENSITY:
        raise DataError(
            f"{METHOD_NAMES[method]} finds the number of segments itself",
            remedy="Run it as it is, or compare numbers of segments with another method",
        )
    return partition_of(matrix, cluster(matrix, method, k, seed), k)


def partition_each(
    matrix: Floats,
    method: Method,
    ks: Sequence[int],
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> dict[int, Partition]:
    """Find what `partition` finds for each k.

    Parameters
    ----------
    matrix, method, seed
        As for `partition`.
    ks : sequence of int
        Numbers of groups.
    progress : callable, optional
        Called with (k done, k in all); what it raises ends the search.

    Examples
    --------
    >>> found = partition_each(np.array([[0.0], [1.0], [9.0]]), "ward", (2, 3), seed=0)
    >>> {k: one.inertia for k, one in found.items()}
    {2: 0.5, 3: 0.0}
    """
    if method == "kmeans":
        return kmeans_each(matrix, ks, seed, progress=progress)
    # The largest takes longest.
    falling = sorted(ks, reverse=True)
    found = spread(lambda k: partition(matrix, method, k, seed), falling, progress)
    return dict(sorted(zip(falling, found, strict=True)))


def partition_of(matrix: Floats, labels: npt.NDArray[np.int64], k: int) -> Partition:
    """Return the groups that labels from 0 to k - 1 make, none of them empty.

    Examples
    --------
    >>> partition_of(np.array([[0.0], [2.0], [9.0]]), np.array([0, 0, 1]), 2).centres.tolist()
    [[1.0], [9.0]]
    """
    counts = np.bincount(labels, minlength=k)
    centres = np.column_stack(
        [np.bincount(labels, weights=column, minlength=k) / counts for column in matrix.T]
    )
    inertia = float(((matrix - centres[labels]) ** 2).sum())
    return Partition(labels=labels, centres=centres, inertia=inertia)


def nothing_found(method: Method, labels: npt.NDArray[np.int64]) -> str | None:
    """Say that a method found no groups, or a single one; None where it found more.

    Examples
    --------
    >>> nothing_found("dbscan", np.array([0, 0, -1]))
    'DBSCAN finds no groups: it puts 2 of 3 customers into one and leaves out the rest'
    """
    inside = int((labels != NOISE).sum())
    if not inside:
        return (
            f"{METHOD_NAMES[method]} finds no groups: nowhere do enough of the "
            f"{counted(len(labels), 'customer', 'customers')} lie close together"
        )
    if labels.max() > 0:
        return None
    name = METHOD_NAMES[method]
    if inside == len(labels):
        return f"{name} finds no groups: all {inside:,} customers are one to it"
    return (
        f"{name} finds no groups: it puts {inside:,} of {len(labels):,} customers into one and "
        "leaves out the rest"
    )


def sampling_note(method: Method, rows: int) -> str | None:
    """Say that a method was run on a sample; None where it takes all rows.

    Examples
    --------
    >>> sampling_note("ward", 20_000)
    'Ward was run on 5,000 of 20,000 customers; the others go with the most alike of these.'
    """
    most = LARGEST_ROWS.get(method, rows)
    if rows <= most:
        return None
    within = ", if it is near enough" if method in DENSITY else ""
    return (
        f"{METHOD_NAMES[method]} was run on {most:,} of {rows:,} customers; the others go with the "
        f"most alike of these{within}."
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """Groups of rows, and how far from each row others may lie to go with it (never if below 0)."""

    labels: npt.NDArray[np.int64]
    reach: Floats | None = None


def _nothing(matrix: Floats) -> _Found:
    return _Found(np.full(len(matrix), NOISE), np.full(len(matrix), -1.0))


def _bisecting(matrix: Floats, k: int, seed: int) -> npt.NDArray[np.int64]:
    from sklearn.cluster import BisectingKMeans

    model = BisectingKMeans(n_clusters=k, init="k-means++", n_init=STARTS, random_state=seed)
    return np.asarray(model.fit_predict(matrix), dtype=np.int64)


def _gaussian(matrix: Floats, k: int, seed: int) -> npt.NDArray[np.int64]:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    columns = matrix.shape[1]
    if k * columns**2 > LARGEST_COVARIANCE_CELLS:
        raise DataError(
            f"A Gaussian mixture of {k} segments can't be fitted to {columns:,} columns",
            remedy="Choose fewer features, or another method",
        )
    spread = matrix.std(axis=0)
    scaled = (matrix - matrix.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    best: Any = None
    with warnings.catch_warnings():
        # The best of the starts counts, also where it would still creep.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for start in np.random.SeedSequence(seed).generate_state(STARTS):
            model = GaussianMixture(k, reg_covar=LEAST_VARIANCE, random_state=int(start))
            model.fit(scaled)
            if best is None or model.lower_bound_ > best.lower_bound_:
                best = model
    chances = best.predict_proba(scaled)
    labels = np.asarray(chances.argmax(axis=1), dtype=np.int64)
    for empty in np.setdiff1d(np.arange(k), labels):
        # A component may be nobody's likeliest; those for whom it is nearest to that make it up.
        likeliest = chances[:, empty].argmax()
        labels[(matrix == matrix[likeliest]).all(axis=1)] = empty
    return labels


def _ward(matrix: Floats, k: int) -> npt.NDArray[np.int64]:
    from sklearn.cluster import AgglomerativeClustering

    return np.asarray(AgglomerativeClustering(k).fit_predict(matrix), dtype=np.int64)


def _hdbscan(matrix: Floats) -> _Found:
    from sklearn.cluster import HDBSCAN

    smallest = max(SMALLEST_GROUP, int(np.ceil(SMALLEST_GROUP_SHARE * len(matrix))))
    if smallest > len(matrix):
        return _nothing(matrix)
    model = HDBSCAN(min_cluster_size=smallest, copy=True)
    labels = np.asarray(model.fit_predict(matrix), dtype=np.int64)
    return _Found(labels, np.where(labels == NOISE, -1.0, _distances(matrix, smallest)))


def _dbscan(matrix: Floats) -> _Found:
    from sklearn.cluster import DBSCAN

    share = int(np.ceil(SMALLEST_GROUP_SHARE * len(matrix)))
    neighbours = max(LEAST_NEIGHBOURS, 2 * matrix.shape[1], share)
    if neighbours > len(matrix):
        return _nothing(matrix)
    radius = dbscan_radius(matrix, neighbours)
    model = DBSCAN(eps=radius, min_samples=neighbours).fit(matrix)
    core = np.zeros(len(matrix), dtype=bool)
    core[model.core_sample_indices_] = True
    return _Found(np.asarray(model.labels_, dtype=np.int64), np.where(core, radius, -1.0))


def dbscan_radius(matrix: Floats, neighbours: int) -> float:
    """Return the knee of the sorted distances to so many neighbours, the row itself counted.

    The knee lies farthest below the line between the curve's ends; the radius is at least a
    millionth of the rows' spread.

    Examples
    --------
    >>> dbscan_radius(np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [90.0]]), 3)
    2.0
    """
    far = np.sort(_distances(matrix, neighbours))
    least = LEAST_RADIUS_SHARE * float(np.sqrt(matrix.var(axis=0).sum())) or 1.0
    rise = far[-1] - far[0]
    if rise <= 0:
        return max(float(far[0]), least)
    below = np.linspace(0, 1, len(far)) - (far - far[0]) / rise
    return max(float(far[below.argmax()]), least)


def _distances(matrix: Floats, neighbours: int) -> Floats:
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=neighbours).fit(matrix).kneighbors(matrix)
    return np.asarray(found[0][:, -1], dtype=float)


def _spread(matrix: Floats, drawn: npt.NDArray[np.int64], found: _Found) -> npt.NDArray[np.int64]:
    """Give the rows that weren't drawn the group of the nearest drawn row that has any reach."""
    from sklearn.neighbors import NearestNeighbors

    assert found.reach is not None
    labels = np.full(len(matrix), NOISE)
    labels[drawn] = found.labels
    leads: Bools = found.reach >= 0
    others = np.setdiff1d(np.arange(len(matrix)), drawn, assume_unique=True)
    if leads.any():
        nearest = NearestNeighbors(n_neighbors=1).fit(matrix[drawn[leads]])
        distance, which = (part[:, 0] for part in nearest.kneighbors(matrix[others]))
        near = distance <= found.reach[leads][which]
        labels[others[near]] = found.labels[leads][which[near]]
    return labels
