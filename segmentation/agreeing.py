"""How far K-Means and its alternatives agree on the same customers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from segmentation.errors import DataError
from segmentation.methods import METHOD_NAMES, METHODS, NOISE, cluster, nothing_found
from segmentation.results import Alternative, Alternatives, Prepared
from segmentation.settings import Method
from segmentation.silhouettes import silhouette_sample, silhouettes
from segmentation.threads import one_thread
from segmentation.values import Floats

Labels = npt.NDArray[np.int64]


def alternatives(
    prepared: Prepared,
    present: Method,
    labels: Labels,
    k: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Alternatives:
    """Cluster by every method and hold them against each other.

    Parameters
    ----------
    prepared : Prepared
        The matrix, before noise is set aside.
    present : str
        The method that was used.
    labels : ndarray of int, shape (n,)
        What it found: a number a segment, -1 for noise.
    k : int
        Number of segments for the methods that don't find it themselves.
    seed : int
        Seed of everything random.
    progress : callable, optional
        Called with (methods done, methods in all).

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.preparing import prepare
    >>> from segmentation.reading import Source
    >>> rows = [f"{i},{i % 3 * 100 + i % 7}" for i in range(60)]
    >>> prepared = prepare(
    ...     load(Source(name="a.csv", data="\\n".join(["id,spend", *rows]).encode())).customers
    ... )
    >>> thirds = np.repeat([0, 1, 2], 20)
    >>> alternatives(prepared, "kmeans", thirds, 3, seed=0).with_present("ward")
    1.0
    """
    matrix = prepared.matrix
    groups: list[Labels | None] = []
    found: list[Alternative] = []
    for method in METHODS:
        if method == present:
            own: Labels | None = np.unique(labels, return_inverse=True)[1] - int((labels < 0).any())
        else:
            own = None
        alternative, seen = _one(matrix, method, own, k, seed)
        found.append(alternative)
        groups.append(seen)
        if progress is not None:
            progress(len(found), len(METHODS))
    agreement = np.full((len(METHODS), len(METHODS)), np.nan)
    for i, one in enumerate(groups):
        for j, other in enumerate(groups[: i + 1]):
            if one is not None and other is not None:
                agreement[i, j] = agreement[j, i] = adjusted_rand(one, other)
    return Alternatives(
        k=k,
        customers=len(matrix),
        present=present,
        found=tuple(found),
        agreement=agreement,
    )


def _one(
    matrix: Floats, method: Method, labels: Labels | None, k: int, seed: int
) -> tuple[Alternative, Labels | None]:
    name = METHOD_NAMES[method]
    try:
        labels = cluster(matrix, method, k, seed) if labels is None else labels
    except DataError as error:
        return Alternative(method=method, name=name, problem=str(error)), None
    nothing = nothing_found(method, labels)
    if nothing is not None:
        noise = int((labels == NOISE).sum())
        return Alternative(method=method, name=name, noise=noise, problem=f"{nothing}."), None
    inside = labels != NOISE
    rows = np.flatnonzero(inside)[silhouette_sample(int(inside.sum()), seed)]
    return Alternative(
        method=method,
        name=name,
        sizes=tuple(sorted(np.bincount(labels[inside]).tolist(), reverse=True)),
        noise=int((~inside).sum()),
        silhouette=float(silhouettes(matrix[rows], [labels[rows]])[0].mean()),
    ), labels


def adjusted_rand(one: Labels, other: Labels) -> float:
    """Return the adjusted Rand index over the rows that are noise to neither, NaN if none is.

    Examples
    --------
    >>> adjusted_rand(np.array([0, 0, 1, 1, -1]), np.array([1, 1, 0, 0, 1]))
    1.0
    """
    from sklearn.metrics import adjusted_rand_score

    both = (one != NOISE) & (other != NOISE)
    if not both.any():
        return float("nan")
    with one_thread():
        return float(adjusted_rand_score(one[both], other[both]))
