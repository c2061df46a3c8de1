"""A card for each segment: what it is worth, what tells it apart, what is typical, and examples."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from segmentation import vocabulary
from segmentation.numerals import fixed, percent, say
from segmentation.results import (
    CategoryShare,
    Example,
    Figure,
    Portrait,
    Portraits,
    Prepared,
    Run,
    Segmentation,
)
from segmentation.tallies import (
    CategoryTally,
    NumberTally,
    as_codes,
    coded_columns,
    tally_category,
    tally_number,
)
from segmentation.values import Bools, Floats
from segmentation.vocabulary import label
from segmentation.words import listed, sentence, short

EXAMPLES = 3
SENTENCES = 3
TYPICAL = 5
LEAST_SHARE = 0.05
ALIKE = 0.1
# A sum of these over customers is no money.


def portraits(run: Run, keep: Bools) -> Portraits:
    """Draw up the card of every segment from the customers for which ``keep`` is true.

    Sizes and revenue are shares of the customers shown, so that they add up to 1. Means, shares of
    categories, lifts and indices stand against all segmented customers of the run, whatever is
    shown: the mean index of the segments, weighted by the customers who have a value, is that of
    all shown, and 100 if all are. Columns that were not clustered on are included.

    Parameters
    ----------
    run : Run
        A finished run.
    keep : ndarray of bool, shape (segmented customers,)
        In the order of ``run.profiles.customers``.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n"
    >>> found = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2)))
    >>> card = portraits(found, np.ones(4, dtype=bool)).segments[0]
    >>> round(card.revenue_share, 3), card.sentences
    (0.893, ('Spend: 92 on average, above the 51.5 of all customers (index 179).',))
    """
    customers, k = run.loaded.customers, run.segmentation.k
    positions = run.profiles.customers
    groups = np.where(keep, run.profiles.labels, 0)
    numbers = {
        name: tally_number(customers.frame[name].to_numpy(dtype=float)[positions], groups, k + 1)
        for name in customers.numeric
    }
    categories = {
        name: tally_category(customers.frame[name].iloc[positions], groups, k + 1)
        for name in customers.categories
    }
    codes = {
        name: tally_category(
            as_codes(customers.frame[name].to_numpy(dtype=float)[positions]), groups, k + 1
        )
        for name in coded_columns(customers)
    }
    sizes = np.bincount(groups, minlength=k + 1)[1:]
    shown = int(sizes.sum())
    money = total_feature(run)
    revenues = _totals(numbers[money])[1:] if money else np.zeros(k)
    revenue = float(revenues.sum()) if money else None
    examples = _examples(run, run.prepared, run.segmentation, keep)
    people = run.playbook.playbook.words.customer.many
    used = set(run.prepared.features)
    cards = []
    for i in range(1, k + 1):
        figures = [_figure(name, found, i, name in used) for name, found in numbers.items()]
        shares = {name: _shares(name, found, i, name in used) for name, found in categories.items()}
        coded = {name: _shares(name, found, i, name in used) for name, found in codes.items()}
        amounts = [found for found in figures if found.feature not in coded]
        cards.append(
            Portrait(
                segment_id=i,
                customers=int(sizes[i - 1]),
                share=int(sizes[i - 1]) / shown if shown else 0.0,
                revenue=float(revenues[i - 1]) if money else None,
                revenue_share=float(revenues[i - 1]) / revenue
                if revenue is not None and revenue > 0
                else None,
                sentences=_sentences(amounts, shares | coded, people) if sizes[i - 1] else (),
                figures=tuple(sorted(figures, key=lambda f: (-abs(f.effect), f.feature))),
                categories=_telling(shares),
                typical={
                    name: tuple(sorted(own, key=lambda c: (-c.customers, c.category))[:TYPICAL])
                    for name, own in shares.items()
                },
                examples=examples[i],
            )
        )
    return Portraits(
        customers=shown,
        money_feature=money,
        revenue=revenue,
        segments=tuple(cards),
        notes=_notes(run, numbers, money, revenue, revenues, shown),
    )


def total_feature(run: Run) -> str | None:
    """Return the numeric column whose sum is revenue, None if no name says so."""
    return vocabulary.total_feature(run.loaded.customers.numeric, run.playbook.playbook.trait)


def _totals(found: NumberTally) -> Floats:
    return np.where(found.known > 0, found.means * found.known, 0.0)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _figure(name: str, found: NumberTally, group: int, used: bool) -> Figure:
    mean = _known(found.means[group])
    overall = _known(found.overall)
    lower, median, upper = (_known(value) for value in found.quartiles[group])
    tells = mean is not None and found.varies and found.spread >= np.finfo(float).tiny
    return Figure(
        feature=name,
        known=int(found.known[group]),
        mean=mean,
        lower=lower,
        median=median,
        upper=upper,
        overall=overall,
        index=100 * mean / overall if mean is not None and overall and overall > 0 else None,
        effect=float((found.means[group] - found.overall) / found.spread) if tells else 0.0,
        used=used,
    )


def _shares(name: str, found: CategoryTally, group: int, used: bool) -> list[CategoryShare]:
    if np.isnan(found.shares[group]).any():
        return []
    return [
        CategoryShare(
            column=name,
            category=category,
            customers=int(count),
            share=float(share),
            overall=float(overall),
            lift=float(share / overall),
            effect=float((share - overall) / np.sqrt(overall * (1 - overall)))
            if overall < 1
            else 0.0,
            used=used,
        )
        for category, count, share, overall in zip(
            found.categories, found.counts[group], found.shares[group], found.overall, strict=True
        )
    ]


def _telling(shares: dict[str, list[CategoryShare]]) -> tuple[CategoryShare, ...]:
    held = [
        found
        for own in shares.values()
        for found in own
        if max(found.share, found.overall) >= LEAST_SHARE
    ]

    def away(found: CategoryShare) -> float:
        return abs(math.log(found.lift)) if found.lift > 0 else math.inf

    return tuple(sorted(held, key=lambda c: (-away(c), -abs(c.effect), c.column, c.category)))


def _sentences(
    figures: list[Figure], shares: dict[str, list[CategoryShare]], people: str
) -> tuple[str, ...]:
    """Say the most telling columns, one sentence each, a category by its most telling value."""
    said: list[tuple[float, str, str]] = [
        (abs(found.effect), found.feature, _number_sentence(found, people))
        for found in figures
        if found.mean is not None
    ]
    for name, own in shares.items():
        if own:
            best = max(own, key=lambda found: (abs(found.effect), found.share))
            said.append((abs(best.effect), name, _category_sentence(best, people)))
    said.sort(key=lambda line: (-line[0], line[1]))
    return tuple(sentence for _, _, sentence in said[:SENTENCES])


def _against(effect: float) -> str:
    return "about" if abs(effect) < ALIKE else "above" if effect > 0 else "below"


def _number_sentence(found: Figure, people: str) -> str:
    assert found.mean is not None and found.overall is not None
    index = (
        f"index {fixed(found.index, 0)}"
        if found.index is not None
        else "no index, as that is not above 0"
    )
    return (
        f"{sentence(short(label(found.feature)))}: {say(found.mean)} on average, "
        f"{_against(found.effect)} the {say(found.overall)} of all {people} ({index})."
    )


def _category_sentence(found: CategoryShare, people: str) -> str:
    return (
        f"{short(found.category) or '(missing)'} ({short(label(found.column))}): "
        f"{percent(found.share, 0)}, {_against(found.effect)} the "
        f"{percent(found.overall, 0)} of all {people} (index {fixed(100 * found.lift, 0)})."
    )


def _examples(
    run: Run, prepared: Prepared, segmentation: Segmentation, keep: Bools
) -> dict[int, tuple[Example, ...]]:
    shown = np.zeros(len(run.loaded.customers.frame), dtype=bool)
    shown[run.profiles.customers[keep]] = True
    passing = shown[prepared.customers]
    found: dict[int, tuple[Example, ...]] = {}
    for i in range(1, segmentation.k + 1):
        rows = np.flatnonzero(passing & (segmentation.labels == i))
        distances = np.sqrt(
            ((prepared.matrix[rows] - segmentation.centres[i - 1]) ** 2).sum(axis=1)
        )
        found[i] = tuple(
            Example(
                position=int(prepared.customers[rows[n]]),
                customer_id=str(run.loaded.customers.ids[prepared.customers[rows[n]]]),
                distance=float(distances[n]),
            )
            for n in _nearest(distances, prepared.customers[rows])
        )
    return found


def _nearest(distances: Floats, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    if len(distances) > EXAMPLES:
        bound = np.partition(distances, EXAMPLES - 1)[EXAMPLES - 1]
        near = np.flatnonzero(distances <= bound)
    else:
        near = np.arange(len(distances))
    return near[np.lexsort((positions[near], distances[near]))][:EXAMPLES]


def _notes(
    run: Run,
    numbers: dict[str, NumberTally],
    money: str | None,
    revenue: float | None,
    revenues: Floats,
    shown: int,
) -> tuple[str, ...]:
    notes = []
    lacking = [short(label(name)) for name, found in numbers.items() if not found.overall > 0]
    if lacking:
        notes.append(
            f"{listed(lacking)} {'has' if len(lacking) == 1 else 'have'} no index: the mean of all "
            "is not above 0."
        )
    if money is None:
        told = run.playbook.playbook.words
        notes.append(
            f"No column says what {told.customer.many} bring in, so there is no share of "
            f"{told.money}."
        )
    elif revenue is not None and shown and revenue <= 0:
        notes.append(
            f"{short(label(money))} comes to {say(revenue)} for all shown, so it has no shares."
        )
    elif (revenues < 0).any():
        notes.append("A segment's revenue is below 0, so the others' shares exceed the whole.")
    return tuple(notes)


def in_short(card: Portrait, money: str) -> str:
    """Say what share of all shown a segment has, to follow its size.

    Examples
    --------
    >>> card = Portrait(
    ...     segment_id=1, customers=5, share=0.25, revenue=90.0, revenue_share=0.5,
    ...     sentences=(), figures=(), categories=(), typical={}, examples=(),
    ... )
    >>> in_short(card, "fees")
    ', 25.0% of all; 50.0% of fees (90)'
    """
    said = f", {percent(card.share)} of all"
    if card.revenue is None:
        return said
    if card.revenue_share is None:
        return f"{said}; {money} {say(card.revenue)}"
    return f"{said}; {percent(card.revenue_share)} of {money} ({say(card.revenue)})"
