"""Who each segment is: size, means in original units, and what sets it apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.results import (
    Customers,
    Difference,
    Prepared,
    Profiles,
    Segmentation,
    SegmentProfile,
)
from segmentation.values import Bools, Floats

LEVELS = ((0.15, "very low"), (0.35, "low"), (0.65, "average"), (0.85, "high"))


def profile(customers: Customers, prepared: Prepared, segmentation: Segmentation) -> Profiles:
    """Describe every segment in original units, by all columns, also those not clustered on.

    Parameters
    ----------
    customers : Customers
        One row a customer.
    prepared : Prepared
        Says which customers were clustered, and on what.
    segmentation : Segmentation
        Their segments.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n"
    >>> found = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2))).profiles
    >>> found.means["spend"].to_dict()
    {1: 92.0, 2: 11.0}
    """
    order = np.argsort(prepared.customers)
    positions = prepared.customers[order]
    labels = segmentation.labels[order]
    frame = customers.frame.iloc[positions]
    numeric = frame[list(customers.numeric)]
    groups = numeric.groupby(pd.Index(labels, name="segment"))
    used = set(prepared.features)
    segments = tuple(
        SegmentProfile(
            segment_id=segment,
            size=int((labels == segment).sum()),
            share=float((labels == segment).mean()),
            levels={
                name: level(numeric[name].to_numpy(), labels == segment)
                for name in prepared.features
                if name in customers.numeric
            },
            differences=differences(customers, positions, labels == segment, used),
            silhouette=segmentation.segment_silhouettes[segment - 1],
        )
        for segment in range(1, segmentation.k + 1)
    )
    return Profiles(
        segments=segments,
        means=groups.mean(),
        medians=groups.median(),
        overall=numeric.mean(),
        customers=positions,
        labels=labels,
    )


def level(values: Floats, inside: Bools) -> str:
    """Say where a group's median lies among all values: very low, low, average, high, very high.

    The position is the share of values below the median, half of the equal ones counted; the
    bounds are 0.15, 0.35, 0.65 and 0.85.

    Examples
    --------
    >>> level(np.arange(10.0), np.arange(10) > 6)
    'very high'
    """
    present = values[~np.isnan(values)]
    own = values[inside & ~np.isnan(values)]
    if not len(own):
        return "average"
    middle = np.median(own)
    position = (np.sum(present < middle) + 0.5 * np.sum(present == middle)) / len(present)
    return next((word for bound, word in LEVELS if position < bound), "very high")


def differences(
    customers: Customers, positions: np.ndarray, inside: Bools, used: set[str]
) -> tuple[Difference, ...]:
    """Rank what tells a group of customers from all, by standardised difference of means.

    Parameters
    ----------
    customers : Customers
        One row a customer.
    positions : ndarray of int, shape (n,)
        The customers compared.
    inside : ndarray of bool, shape (n,)
        Which of them are in the group.
    used : set of str
        Features the segments were made with.
    """
    frame = customers.frame.iloc[positions]
    found: list[Difference] = []
    for name in customers.numeric:
        found.extend(_difference(name, frame[name].to_numpy(), inside, name in used))
    for name in customers.categories:
        values = frame[name].to_numpy(dtype=str)
        for category in np.unique(values)[:200]:
            share = (values == category).astype(float)
            label = f"{name}={category or '(missing)'}"
            found.extend(_difference(label, share, inside, name in used))
    return tuple(sorted(found, key=lambda d: (-abs(d.effect), d.name)))


def _difference(name: str, values: Floats, inside: Bools, used: bool) -> list[Difference]:
    present = ~np.isnan(values)
    own = values[inside & present]
    spread = float(values[present].std()) if present.any() else 0.0
    if not len(own) or spread == 0:
        return []
    mean, overall = float(own.mean()), float(values[present].mean())
    return [
        Difference(
            name=name, segment=mean, overall=overall, effect=(mean - overall) / spread, used=used
        )
    ]
