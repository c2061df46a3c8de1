"""The segmentation for one k: segments numbered in a stated, stable order."""

from __future__ import annotations

import numpy as np

from segmentation.results import Evidence, Partition, Prepared, Resampled, Segmentation
from segmentation.settings import FitSettings
from segmentation.silhouettes import silhouette_sample, silhouettes
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
    # The way back is monotone, so a centre lies among its column's values; where rounding takes it
    # beyond (even to infinity, for an exponent below 0), the nearest of them is right.
    original_centres = np.clip(
        np.column_stack([c.to_original(centres[:, i]) for i, c in enumerate(prepared.columns)]),
        prepared.original.min(axis=0),
        prepared.original.max(axis=0),
    )
    rows = silhouette_sample(len(labels), settings.seed)
    # Again, and alone: beside those of other k, the sums could differ in their last digits, and so
    # a run that compares several k from one that was given its k.
    widths = silhouettes(prepared.matrix[rows], [labels[rows]])[0]
    return Segmentation(
        k=partition.k,
        labels=labels + 1,
        centres=centres,
        original_centres=original_centres,
        inertia=partition.inertia,
        silhouette=float(widths.mean()),
        silhouette_customers=len(rows),
        segment_silhouettes=tuple(
            float(widths[labels[rows] == i].mean()) if (labels[rows] == i).any() else 0.0
            for i in range(partition.k)
        ),
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
