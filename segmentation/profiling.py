"""Who each segment is: size, means in original units, and what sets it apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segmentation.results import (
    Customers,
    Difference,
    Prepared,
    Profiles,
    Run,
    Segmentation,
    SegmentProfile,
)
from segmentation.values import Bools, Floats
from segmentation.vocabulary import label, trait

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
            title = f"{name}={category or '(missing)'}"
            found.extend(_difference(title, share, inside, name in used))
    return tuple(sorted(found, key=lambda d: (-abs(d.effect), d.name)))


def _difference(name: str, values: Floats, inside: Bools, used: bool) -> list[Difference]:
    present = ~np.isnan(values)
    own = values[inside & present]
    # Not by the deviation: that of equal decimals is rarely 0 exactly.
    if not len(own) or values[present].min() == values[present].max():
        return []
    spread = float(values[present].std())
    mean, overall = float(own.mean()), float(values[present].mean())
    if spread < np.finfo(float).tiny:
        return []
    return [
        Difference(
            name=name, segment=mean, overall=overall, effect=(mean - overall) / spread, used=used
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overview:
    """A run's figures over the customers that pass a filter, to be held against all of the run's.

    Parameters
    ----------
    sizes : dict of int to int
        Customers of each segment, by id; a segment that nobody passes from is 0.
    means : pandas.DataFrame
        One row a segment with customers, one column a numeric feature.
    figures : tuple of (label, value, digits)
        Headline figures: what the table allows of customers, purchases and spend.
    """

    sizes: dict[int, int]
    means: pd.DataFrame
    figures: tuple[tuple[str, float, int], ...]


def overview(run: Run, keep: Bools) -> Overview:
    """Sum up the segmented customers for which ``keep`` is true.

    Parameters
    ----------
    run : Run
        A finished run.
    keep : ndarray of bool, shape (segmented customers,)
        In the order of ``run.profiles.customers``.
    """
    customers = run.loaded.customers
    labels = run.profiles.labels[keep]
    numeric = customers.frame.iloc[run.profiles.customers[keep]][list(customers.numeric)]
    counts = np.bincount(labels, minlength=run.segmentation.k + 1)[1:]
    figures: list[tuple[str, float, int]] = [("Customers", len(labels), 0)]
    figures += _trait_figures(numeric)
    shown = int((counts > 0).sum())
    if shown:
        figures.append(
            ("Average customers per segment", len(labels) / shown, int(len(labels) % shown > 0))
        )
    return Overview(
        sizes={i: int(count) for i, count in enumerate(counts, start=1)},
        means=numeric.groupby(pd.Index(labels, name="segment")).mean(),
        figures=tuple(figures),
    )


def _trait_figures(numeric: pd.DataFrame) -> list[tuple[str, float, int]]:
    if not len(numeric):
        return []
    by_trait: dict[str, str] = {}
    for name in numeric.columns:
        known = trait(str(name))
        if known is not None:
            by_trait.setdefault(known, str(name))
    figures: list[tuple[str, float, int]] = []
    for wanted in ("frequency", "monetary", "income", "spending"):
        column = by_trait.get(wanted)
        if column is not None and len(figures) < 2 and numeric[column].notna().any():
            total = wanted == "monetary"
            value = numeric[column].sum() if total else numeric[column].mean()
            what = "Total spend" if total else f"Average {label(column)}"
            figures.append((what, float(value), 0 if total or value >= 1000 else 1))
    return figures


def compare(run: Run, keep: Bools, ids: Sequence[int]) -> pd.DataFrame:
    """Set segments side by side on every numeric feature, by their customers that pass.

    Returns
    -------
    pandas.DataFrame
        ``feature`` and, for each id, ``mean_ID``, ``median_ID`` and ``index_ID`` (100 = the mean of
        all segmented customers, also of those that don't pass; NaN where that is not above 0); the
        features with the largest difference between the first two ids, in standard deviations of
        all segmented customers, first.
    """
    customers = run.loaded.customers
    frame = customers.frame.iloc[run.profiles.customers]
    labels = np.where(keep, run.profiles.labels, 0)
    rows = []
    for name in customers.numeric:
        values = frame[name].to_numpy(dtype=float)
        known = values[~np.isnan(values)]
        overall, spread = (known.mean(), known.std()) if len(known) else (np.nan, 0.0)
        row: dict[str, Any] = {"feature": name}
        for i in ids:
            own = values[labels == i]
            own = own[~np.isnan(own)]
            row[f"mean_{i}"] = float(own.mean()) if len(own) else np.nan
            row[f"median_{i}"] = float(np.median(own)) if len(own) else np.nan
            row[f"index_{i}"] = 100 * row[f"mean_{i}"] / overall if overall > 0 else np.nan
        gap = abs(row[f"mean_{ids[0]}"] - row[f"mean_{ids[1]}"])
        row["gap"] = gap / spread if spread else 0.0
        rows.append(row)
    columns = [f"{figure}_{i}" for i in ids for figure in ("mean", "median", "index")]
    table = pd.DataFrame(rows, columns=["feature", *columns, "gap"])
    return table.sort_values("gap", ascending=False, kind="stable").drop(columns="gap")


def feature_by_segment(
    run: Run, keep: Bools, ids: Sequence[int], feature: str
) -> dict[int, Floats]:
    """Return one numeric feature's values for each of the segments, among those that pass."""
    values = run.loaded.customers.frame[feature].to_numpy(dtype=float)[run.profiles.customers]
    return {i: values[keep & (run.profiles.labels == i)] for i in ids}


def telling_features(run: Run) -> tuple[str, ...]:
    """Return the features used, those first that the segments differ in most.

    The measure is the share of a feature's variance that lies between segments (eta squared), in
    prepared units; a category counts by its most telling 0/1 column.
    """
    matrix, labels = run.prepared.matrix, run.segmentation.labels
    sizes = np.bincount(labels)[1:]
    total = matrix.var(axis=0)
    between = (sizes[:, None] * (run.segmentation.centres - matrix.mean(axis=0)) ** 2).sum(axis=0)
    shares = between / len(matrix) / np.where(total > 0, total, 1.0)
    best: dict[str, float] = {}
    for column, share in zip(run.prepared.columns, shares.tolist(), strict=True):
        best[column.feature] = max(best.get(column.feature, 0.0), share)
    return tuple(sorted(best, key=lambda name: -best[name]))


def differences_shown(run: Run, keep: Bools, segment_id: int) -> tuple[Difference, ...]:
    """Rank what tells the customers of a segment for which ``keep`` is true from all customers.

    All are the segmented customers of the run, whatever ``keep``.
    """
    inside = keep & (run.profiles.labels == segment_id)
    positions = run.profiles.customers
    return differences(run.loaded.customers, positions, inside, set(run.prepared.features))
