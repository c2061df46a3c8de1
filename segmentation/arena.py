"""The same customers prepared in every way, side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from segmentation.agreeing import adjusted_rand
from segmentation.choosing import shake_one, sweep
from segmentation.choosing.sweeping import Progress
from segmentation.errors import DataError
from segmentation.methods import NOISE
from segmentation.preparing import LARGEST_CATEGORY_COUNT, prepare
from segmentation.results import Arena, Candidate, Customers, HeldOut, Prepared
from segmentation.settings import (
    ChooseSettings,
    FitSettings,
    PrepareSettings,
    Recipe,
    Scaler,
    Transform,
)
from segmentation.trying import drawn, falling_sizes, stretch, suggestible_k

PREPARATIONS: dict[str, tuple[Transform, Scaler]] = {
    "As they are": ("none", "none"),
    "z-score": ("none", "standard"),
    "Robust": ("none", "robust"),
    "0 to 1": ("none", "minmax"),
    "Logarithm and z-score": ("log", "standard"),
    "Yeo-Johnson and z-score": ("yeo-johnson", "standard"),
    "Rank and z-score": ("rank", "standard"),
}
LARGEST_CODE_COUNT = 20
MOST_HELD_OUT = 20

Labels = npt.NDArray[np.int64]


def arena(
    customers: Customers,
    recipe: Recipe,
    k: int | None = None,
    progress: Progress | None = None,
) -> Arena:
    """Segment with K-Means by the recipe's features under every preparation.

    Features, missing and extreme values and the weight of categories stay as the recipe has them.
    Columns held out are those that are no feature and tell groups: categories of at most 50 values
    and, in a table of customers, whole numbers of at most 20; the first 20 such columns.

    Parameters
    ----------
    customers : Customers
        As for the run; of more than 20,000, so many are drawn.
    recipe : Recipe
        Of the run: its features, range of k and seed are used.
    k : int, optional
        The number of segments to compare at; by default the recipe's, else the k that the
        silhouette speaks for under the recipe's own preparation.
    progress : callable, optional
        Called with (steps done, steps in all), several for each preparation.

    Raises
    ------
    DataError
        If no k is given, and the recipe's own preparation doesn't give one.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> rows = [f"{i},{i % 2 * 40 + i % 7},{i % 2 + 1}" for i in range(40)]
    >>> data = "\\n".join(["id,visits,channel", *rows]).encode()
    >>> customers = load(Source(name="a.csv", data=data)).customers
    >>> found = arena(customers, Recipe(prepare=PrepareSettings(features=("visits",))), k=2)
    >>> found.held_out[0].column, found.held_out[0].agreements[0]
    ('channel', 1.0)
    """
    few = drawn(customers, recipe)
    k = k or recipe.choose.k or _own_k(few, recipe)
    candidates: list[Candidate] = []
    labels: list[Labels | None] = []
    for part, (name, (transform, scaler)) in enumerate(PREPARATIONS.items()):
        settings = replace(recipe.prepare, transform=transform, scaler=scaler)
        tell = stretch(progress, part, len(PREPARATIONS))
        candidate, found = _candidate(few, recipe, name, settings, k, tell)
        candidates.append(candidate)
        labels.append(found)
    held = np.ones(len(few.frame), dtype=bool)
    for found in labels:
        if found is not None:
            held &= found != NOISE
    common = [None if found is None else np.where(held, found, NOISE) for found in labels]
    return Arena(
        k=k,
        customers=len(few.frame),
        of=len(customers.frame),
        compared=int(held.sum()),
        candidates=tuple(candidates),
        agreements=tuple(tuple(_agreement(one, other) for other in common) for one in common),
        held_out=tuple(_held_out(few, recipe, common)),
    )


def _own_k(customers: Customers, recipe: Recipe) -> int:
    prepared = prepare(customers, recipe.prepare)
    swept = sweep(prepared, recipe.choose, FitSettings(seed=recipe.fit.seed))
    return suggestible_k(swept, len(prepared.matrix)) or swept.ks[int(np.argmax(swept.silhouettes))]


def _candidate(
    customers: Customers,
    recipe: Recipe,
    name: str,
    settings: PrepareSettings,
    k: int,
    progress: Progress,
) -> tuple[Candidate, Labels | None]:
    """Cluster under one preparation; the labels are by customer, -1 for one set aside."""
    fit = FitSettings(seed=recipe.fit.seed)
    choose = ChooseSettings(k=k, k_min=recipe.choose.k_min, k_max=recipe.choose.k_max)
    try:
        prepared = prepare(customers, settings)
        swept = sweep(prepared, choose, fit, compare=True, progress=progress)
    except DataError as error:
        return Candidate(name=name, settings=settings, problem=f"{error.what}."), None
    own_k = suggestible_k(swept, len(prepared.matrix))
    partition = swept.partitions[k]
    stabilities = shake_one(prepared, partition, fit)
    return Candidate(
        name=name,
        settings=settings,
        silhouette=swept.silhouettes[swept.ks.index(k)],
        sizes=falling_sizes(partition),
        stability=min(stabilities, key=lambda found: found.mean),
        own_k=own_k,
        own_silhouette=None if own_k is None else swept.silhouettes[swept.ks.index(own_k)],
    ), _by_customer(prepared, partition.labels, len(customers.frame))


def _by_customer(prepared: Prepared, labels: Labels, count: int) -> Labels:
    found = np.full(count, NOISE, dtype=np.int64)
    found[prepared.customers] = labels
    return found


def _agreement(one: Labels | None, other: Labels | None) -> float | None:
    if one is None or other is None:
        return None
    found = adjusted_rand(one, other)
    return None if np.isnan(found) else found


def _held_out(customers: Customers, recipe: Recipe, labels: list[Labels | None]) -> list[HeldOut]:
    features = recipe.prepare.features or customers.default_features
    columns: list[HeldOut] = []
    for column in customers.frame.columns:
        groups = None if column in features else _groups(customers, column)
        if groups is not None and len(columns) < MOST_HELD_OUT:
            columns.append(
                HeldOut(
                    column=column,
                    values=int(groups.max()) + 1,
                    agreements=tuple(_agreement(found, groups) for found in labels),
                )
            )
    return columns


def _groups(customers: Customers, column: str) -> Labels | None:
    """Number the values of a column that tells groups, -1 where there is none; None for others."""
    if column in customers.categories:
        codes = customers.frame[column].replace("", None).factorize()[0]
        most = LARGEST_CATEGORY_COUNT
    elif column in customers.numeric and customers.kind == "customers":
        if (customers.frame[column].dropna() % 1 != 0).any():
            return None
        codes = customers.frame[column].factorize()[0]
        most = LARGEST_CODE_COUNT
    else:
        return None
    groups = codes.astype(np.int64)
    return groups if 2 <= groups.max() + 1 <= most else None
