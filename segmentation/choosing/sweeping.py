"""Every k of a range compared: the best partition of each, and its indices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from segmentation.errors import DataError
from segmentation.indices import calinski_harabasz, davies_bouldin, within
from segmentation.kmeans import distinct_rows
from segmentation.methods import partition_each
from segmentation.results import Partition, Prepared, Sweep
from segmentation.settings import ChooseSettings, FitSettings
from segmentation.silhouettes import silhouette_sample, silhouettes
from segmentation.values import Floats

Progress = Callable[[int, int], None]


def sweep(
    prepared: Prepared,
    choose: ChooseSettings | None = None,
    fit: FitSettings | None = None,
    *,
    compare: bool | None = None,
    progress: Progress | None = None,
    found: Partition | None = None,
) -> Sweep:
    """Cluster for every k in the range.

    Parameters
    ----------
    prepared : Prepared
        The matrix.
    choose : ChooseSettings, optional
        A given k, or the range.
    fit : FitSettings, optional
        The method and the seed.
    compare : bool, optional
        Whether to go through the range also when k is given; by default only when it is not.
    progress : callable, optional
        Called with (k done, k in all).
    found : Partition, optional
        What a method found that chooses k itself: the only one looked at.

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
    >>> found = sweep(prepare(load(source).customers))
    >>> found.ks[int(np.argmax(found.silhouettes))]
    3
    """
    choose = choose or ChooseSettings()
    fit = fit or FitSettings()
    distinct = distinct_rows(prepared.matrix)
    if distinct == 1:
        raise DataError(
            f"All {len(prepared.matrix):,} customers are the same in the chosen features",
            remedy="Choose features in which they differ, or set fewer customers aside",
        )
    if distinct < 3 and choose.k is None and found is None:
        raise DataError(
            f"Only {distinct:,} customers differ in the chosen features; the others repeat them",
            remedy="To tell these 2 apart, ask for 2 segments; to compare numbers of segments, "
            "choose more features or a larger file",
        )
    ks = _ks(choose, distinct, compare=choose.k is None if compare is None else compare)
    if found is not None:
        ks = (found.k,)
    matrix = prepared.matrix

    if found is not None:
        partitions = {found.k: found}
    else:
        partitions = partition_each(matrix, fit.method, ks, fit.seed, progress)
    rows = silhouette_sample(len(matrix), fit.seed)
    widths = silhouettes(matrix[rows], [partitions[k].labels[rows] for k in ks])
    whole = len(rows) == len(matrix)
    total = within(matrix)
    return Sweep(
        ks=ks,
        partitions=partitions,
        total=total,
        inertias=tuple(partitions[k].inertia for k in ks),
        silhouettes=tuple(float(values.mean()) for values in widths),
        silhouette_errors=tuple(
            0.0 if whole else float(values.std(ddof=1) / np.sqrt(len(rows))) for values in widths
        ),
        silhouette_customers=len(rows),
        calinski_harabasz=tuple(calinski_harabasz(partitions[k], total) for k in ks),
        davies_bouldin=tuple(davies_bouldin(matrix, partitions[k]) for k in ks),
        smallest=tuple(int(np.bincount(partitions[k].labels).min()) for k in ks),
    )


def _ks(choose: ChooseSettings, distinct: int, *, compare: bool) -> tuple[int, ...]:
    top = min(choose.k_max, distinct - 1)
    ks = set(range(min(choose.k_min, top), top + 1)) if compare and top >= 2 else set()
    if choose.k is not None:
        ks.add(choose.k)
    return tuple(sorted(ks))


def cut_short(prepared: Prepared, swept: Sweep, choose: ChooseSettings) -> str | None:
    """Say that the range goes beyond the customers, None where it doesn't.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.preparing import prepare
    >>> from segmentation.reading import Source
    >>> rows = [f"{i},{i * i}" for i in range(6)]
    >>> source = Source(name="a.csv", data="\\n".join(["id,spend", *rows]).encode())
    >>> prepared = prepare(load(source).customers)
    >>> cut_short(prepared, sweep(prepared), ChooseSettings(k_max=5)) is None
    True
    >>> cut_short(prepared, sweep(prepared), ChooseSettings())
    'Up to 5 segments were compared, not 10: only 6 customers differ in the chosen features.'
    """
    if choose.k is not None or swept.ks[-1] >= choose.k_max:
        return None
    distinct = distinct_rows(prepared.matrix)
    if distinct > choose.k_max:
        return None
    return (
        f"Up to {swept.ks[-1]} segments were compared, not {choose.k_max}: only {distinct} "
        "customers differ in the chosen features."
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
