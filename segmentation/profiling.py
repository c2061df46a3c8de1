"""Who each segment is: size, means in original units, and what sets it apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
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
from segmentation.tallies import tally_category, tally_number
from segmentation.values import Bools, Floats
from segmentation.vocabulary import label, trait
from segmentation.words import sentence

Integers = npt.NDArray[np.int64]

LOW, HIGH = 0.35, 0.65
LEVELS = ((0.15, "very low"), (LOW, "low"), (HIGH, "average"), (0.85, "high"))


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
    tally = Tally(customers, positions, labels, segmentation.k)
    used = set(prepared.features)
    sizes = np.bincount(labels, minlength=segmentation.k + 1)
    segments = tuple(
        SegmentProfile(
            segment_id=segment,
            size=int(sizes[segment]),
            share=float(sizes[segment] / len(labels)),
            levels={
                name: level(tally.numbers[name].values, tally.numbers[name].quartiles[segment])
                for name in prepared.features
                if name in tally.numbers
            },
            differences=tally.differences(segment, used),
            silhouette=segmentation.segment_silhouettes[segment - 1],
        )
        for segment in range(1, segmentation.k + 1)
    )
    ids = pd.Index(range(1, segmentation.k + 1), name="segment")
    numbers = tally.numbers.items()
    return Profiles(
        segments=segments,
        means=pd.DataFrame({name: found.means[1:] for name, found in numbers}, index=ids),
        medians=pd.DataFrame({name: found.quartiles[1:, 1] for name, found in numbers}, index=ids),
        overall=pd.Series({name: found.overall for name, found in numbers}, dtype=float),
        customers=positions,
        labels=labels,
    )


def level(present: Floats, quartiles: Floats) -> str:
    """Say where a group's median lies among all values: very low, low, average, high, very high.

    The position is the share of values below the median, half of the equal ones counted; the
    bounds are 0.15, 0.35, 0.65 and 0.85. A group without a value, NaN, counts as average, and so
    does one whose middle half reaches from low to high, as where two unlike segments were merged:
    its median says nothing of a quarter of it.

    Parameters
    ----------
    present : ndarray of float, shape (n,)
        All values.
    quartiles : ndarray of float, shape (3,)
        Of the group.

    Examples
    --------
    >>> level(np.arange(10.0), np.array([7.5, 8.0, 8.5]))
    'very high'
    >>> level(np.arange(10.0), np.array([1.0, 8.0, 9.0]))
    'average'
    """
    if np.isnan(quartiles).any():
        return "average"
    low, middle, high = (_place(present, value) for value in quartiles)
    if low < LOW and high > HIGH:
        return "average"
    return next((word for bound, word in LEVELS if middle < bound), "very high")


def _place(present: Floats, value: float) -> float:
    """Return the share of values below this one, half of the equal ones counted."""
    return float((np.sum(present < value) + 0.5 * np.sum(present == value)) / len(present))


class Tally:
    """Every column of some customers, by group.

    Parameters
    ----------
    customers : Customers
        One row a customer.
    positions : ndarray of int, shape (n,)
        The customers compared.
    groups : ndarray of int, shape (n,)
        The group of each, from 0 to ``largest``.
    largest : int
        The last group's number.
    means_only : bool
        Whether the quartiles are left out.
    """

    def __init__(
        self,
        customers: Customers,
        positions: Integers,
        groups: Integers,
        largest: int,
        *,
        means_only: bool = False,
    ) -> None:
        frame, count = customers.frame, largest + 1
        self.numbers = {
            name: tally_number(
                frame[name].to_numpy(dtype=float)[positions], groups, count, means_only=means_only
            )
            for name in customers.numeric
        }
        self.categories = {
            name: tally_category(frame[name].iloc[positions], groups, count)
            for name in customers.categories
        }

    def differences(self, group: int, used: set[str]) -> tuple[Difference, ...]:
        """Rank what tells a group from all customers, by standardised difference of means.

        ``used`` are the features that the segments were made with.
        """
        found = [
            Difference(
                name=name,
                segment=float(tally.means[group]),
                overall=tally.overall,
                effect=float((tally.means[group] - tally.overall) / tally.spread),
                used=name in used,
            )
            for name, tally in self.numbers.items()
            if tally.known[group] and tally.varies and tally.spread >= np.finfo(float).tiny
        ]
        for name, shares in self.categories.items():
            found.extend(
                Difference(
                    name=f"{name}={category or '(missing)'}",
                    segment=float(own),
                    overall=float(share),
                    effect=float((own - share) / np.sqrt(share * (1 - share))),
                    used=name in used,
                )
                for category, own, share in zip(
                    shares.categories, shares.shares[group], shares.overall, strict=True
                )
                if share < 1 and not np.isnan(own)
            )
        return tuple(sorted(found, key=lambda d: (-abs(d.effect), d.name)))


def differences(
    customers: Customers, positions: Integers, inside: Bools, used: set[str]
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
    tally = Tally(customers, positions, inside.astype(np.int64), 1, means_only=True)
    return tally.differences(1, used)


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
    people = run.playbook.playbook.words.customer.many
    figures: list[tuple[str, float, int]] = [(sentence(people), len(labels), 0)]
    figures += _trait_figures(numeric)
    shown = int((counts > 0).sum())
    if shown:
        figures.append(
            (f"Average {people} per segment", len(labels) / shown, int(len(labels) % shown > 0))
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
