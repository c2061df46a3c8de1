"""The evidence for k: elbow and silhouette over a range, and the k they speak for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from segmentation.errors import DataError
from segmentation.kmeans import distinct_rows, kmeans
from segmentation.results import Evidence, Prepared
from segmentation.settings import ChooseSettings, FitSettings
from segmentation.silhouettes import silhouette_sample, silhouettes
from segmentation.values import Floats

SMALL_SHARE = 0.02
SMALL_COUNT = 5

Progress = Callable[[int, int], None]


def choose_k(
    prepared: Prepared,
    choose: ChooseSettings | None = None,
    fit: FitSettings | None = None,
    *,
    compare: bool | None = None,
    progress: Progress | None = None,
) -> Evidence:
    """Cluster for every k in the range and say which k the evidence speaks for.

    The silhouette decides: the k with the largest mean, passing over any k that merely splits off
    a group of under 2 % of the customers or under 5, unless every k does. The elbow is shown
    beside it.

    Parameters
    ----------
    prepared : Prepared
        The matrix.
    choose : ChooseSettings, optional
        A given k, or the range.
    fit : FitSettings, optional
        The seed.
    compare : bool, optional
        Whether to go through the range also when k is given; by default only when it is not.
    progress : callable, optional
        Called with (k done, k in all).

    Raises
    ------
    DataError
        If there are fewer than three distinct customers, or fewer than a given k.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.preparing import prepare
    >>> from segmentation.reading import Source
    >>> rows = [f"{i},{i % 3 * 100 + i}" for i in range(30)]
    >>> source = Source(name="a.csv", data="\\n".join(["id,spend", *rows]).encode())
    >>> choose_k(prepare(load(source).customers)).k
    3
    """
    choose = choose or ChooseSettings()
    fit = fit or FitSettings()
    distinct = distinct_rows(prepared.matrix)
    if distinct < 3 and choose.k is None:
        raise DataError(
            f"Only {distinct:,} customers differ in the chosen features",
            remedy="At least 3 different customers are needed to look for segments; "
            "choose more features or a larger file",
        )
    if compare is None:
        compare = choose.k is None
    top = min(choose.k_max, distinct - 1)
    ks = tuple(range(min(choose.k_min, top), top + 1)) if compare and top >= 2 else ()
    partitions = {}
    for done, k in enumerate(ks, start=1):
        partitions[k] = kmeans(prepared.matrix, k, fit.seed)
        if progress is not None:
            progress(done, len(ks))
    if choose.k is not None and choose.k not in partitions:
        partitions[choose.k] = kmeans(prepared.matrix, choose.k, fit.seed)
    if not ks:
        assert choose.k is not None
        return Evidence(partitions=partitions, k=choose.k, reason=f"k = {choose.k} was asked for")
    rows = silhouette_sample(len(prepared.matrix), fit.seed)
    widths = [
        float(values.mean())
        for values in silhouettes(prepared.matrix[rows], [partitions[k].labels[rows] for k in ks])
    ]
    smallest = [int(np.bincount(partitions[k].labels).min()) for k in ks]
    inertias = [partitions[k].inertia for k in ks]
    silhouette_k, passed_over = _by_silhouette(ks, widths, smallest, len(prepared.matrix))
    chosen = choose.k or silhouette_k
    return Evidence(
        ks=ks,
        partitions=partitions,
        inertias=tuple(inertias),
        silhouettes=tuple(widths),
        smallest=tuple(smallest),
        silhouette_customers=len(rows),
        elbow_k=elbow(ks, np.array(inertias)),
        silhouette_k=silhouette_k,
        k=chosen,
        reason=(
            f"k = {chosen} was asked for"
            if choose.k is not None
            else _reason(ks, widths, silhouette_k, passed_over)
        ),
    )


def elbow(ks: tuple[int, ...], inertias: Floats) -> int | None:
    """Return the k farthest below the straight line between the curve's ends, None if none is.

    This is the knee of Satopaa et al. (2011), Finding a "Kneedle" in a Haystack, without smoothing.

    Examples
    --------
    >>> elbow((2, 3, 4, 5), np.array([100.0, 20.0, 15.0, 10.0]))
    3
    """
    if len(ks) < 3 or inertias[0] <= inertias[-1]:
        return None
    across = (np.array(ks) - ks[0]) / (ks[-1] - ks[0])
    down = (inertias[0] - inertias) / (inertias[0] - inertias[-1])
    bend = down - across
    best = int(bend.argmax())
    return ks[best] if bend[best] > 1e-9 else None


def _by_silhouette(
    ks: tuple[int, ...], widths: list[float], smallest: list[int], customers: int
) -> tuple[int, tuple[int, ...]]:
    order = sorted(range(len(ks)), key=lambda i: (-widths[i], ks[i]))
    passed_over: list[int] = []
    for i in order:
        if smallest[i] >= max(SMALL_SHARE * customers, SMALL_COUNT):
            return ks[i], tuple(passed_over)
        passed_over.append(ks[i])
    return ks[order[0]], ()


def _reason(ks: tuple[int, ...], widths: list[float], k: int, passed_over: tuple[int, ...]) -> str:
    width = widths[ks.index(k)]
    said = f"k = {k} has the largest silhouette ({width:.3f}) of k = {ks[0]} to {ks[-1]}"
    if passed_over:
        listed = ", ".join(map(str, passed_over))
        said += (
            f" once k = {listed} is passed over, where a group has under {SMALL_SHARE:.0%} of the "
            f"customers or under {SMALL_COUNT}"
        )
    return said
