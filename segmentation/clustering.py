"""The segmentation for one k: segments numbered in a stated, stable order."""

from __future__ import annotations

import numpy as np

from segmentation.results import Evidence, Partition, Prepared, Resampled, Segmentation
from segmentation.settings import FitSettings
from segmentation.silhouettes import mean_silhouettes
from segmentation.vocabulary import money_feature


def fit(
    prepared: Prepared, evidence: Evidence, settings: FitSettings | None = None
) -> Segmentation:
    """Number the segments of the chosen k and measure them.

    Ids run from 1 by falling mean, in original units, of the money feature (`money_feature`); ties
    go to the larger segment, then to the one whose centre comes first by value.

    Parameters
    ----------
    prepared : Prepared
        The matrix.
    evidence : Evidence
        Holds the partition of its k.
    settings : FitSettings, optional
        The seed, for the silhouette's sample of a very large table.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,11\\n3,90\\n4,95\\n"
    >>> recipe = Recipe(choose=ChooseSettings(k=2))
    >>> run(Source(name="a.csv", data=data), recipe).segmentation.sizes()
    [2, 2]
    """
    settings = settings or FitSettings()
    partition = evidence.partition
    money = money_feature(prepared.features)
    order = _order(prepared, partition, money)
    rank = np.empty(partition.k, dtype=np.int64)
    rank[order] = np.arange(partition.k)
    labels = rank[partition.labels]
    centres = partition.centres[order]
    widths = mean_silhouettes(prepared.matrix, labels, partition.k, settings.seed)
    return Segmentation(
        k=partition.k,
        labels=labels + 1,
        centres=centres,
        original_centres=prepared.to_original(centres),
        inertia=partition.inertia,
        silhouette=widths.mean,
        silhouette_customers=widths.rows,
        segment_silhouettes=widths.by_group,
        stabilities=_stabilities(evidence, order),
        money_feature=money,
        points=None if partition.points is None else partition.points[order],
    )


def _stabilities(evidence: Evidence, order: list[int]) -> tuple[Resampled, ...]:
    return tuple(evidence.stabilities[group] for group in order) if evidence.stabilities else ()


def _order(prepared: Prepared, partition: Partition, money: str) -> list[int]:
    column = next(i for i, c in enumerate(prepared.columns) if c.feature == money)
    sizes = np.bincount(partition.labels, minlength=partition.k)
    means = (
        np.bincount(partition.labels, weights=prepared.original[:, column], minlength=partition.k)
        / sizes
    )
    return sorted(
        range(partition.k),
        key=lambda i: (-float(means[i]), -int(sizes[i]), tuple(partition.centres[i])),
    )
