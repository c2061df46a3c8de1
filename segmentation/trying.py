"""Other settings tried out: what comes of them, before they are adopted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from segmentation.choosing import least_size, sweep
from segmentation.choosing.sweeping import Progress
from segmentation.errors import DataError
from segmentation.preparing import prepare
from segmentation.results import Customers, Outcome, Partition, Sweep, Trap
from segmentation.settings import ChooseSettings, FitSettings, PrepareSettings, Recipe

LARGEST_TRIED = 20_000
STEPS = 100


def with_outcomes(
    customers: Customers,
    recipe: Recipe,
    traps: tuple[Trap, ...],
    progress: Progress | None = None,
) -> tuple[Trap, ...]:
    """Try every remedy with K-Means; one that can't be, or leaves no k to suggest, isn't offered.

    Parameters
    ----------
    customers : Customers
        As for the run; of more than 20,000, so many are drawn (`drawn`).
    recipe : Recipe
        Of the run: its range of k and its seed are used.
    traps : tuple of Trap
        From `find_traps`.
    progress : callable, optional
        Called with (steps done, steps in all), several for each remedy.

    Examples
    --------
    >>> from segmentation.choosing import find_traps
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> rows = [f"{i},{i % 2 * 40 + i % 7},{i % 5 * 900}" for i in range(40)]
    >>> data = "\\n".join(["id,visits,spend", *rows]).encode()
    >>> customers = load(Source(name="a.csv", data=data)).customers
    >>> recipe = Recipe(prepare=PrepareSettings(transform="none", scaler="none"))
    >>> prepared = prepare(customers, recipe.prepare)
    >>> traps = find_traps(customers, prepared, recipe.prepare, sweep(prepared))
    >>> remedy = with_outcomes(customers, recipe, traps)[0].remedies[0]
    >>> remedy.words, remedy.outcome.sizes
    ('Put the features on an equal footing (z-score)', (12, 12, 8, 8))
    """
    few = drawn(customers, recipe)
    asked = list(dict.fromkeys(remedy.settings for trap in traps for remedy in trap.remedies))
    outcomes = {
        settings: _outcome(few, recipe, settings, stretch(progress, i, len(asked)))
        for i, settings in enumerate(asked)
    }
    return tuple(
        replace(
            trap,
            remedies=tuple(
                replace(remedy, outcome=outcomes[remedy.settings])
                for remedy in trap.remedies
                if outcomes[remedy.settings] is not None
            ),
        )
        for trap in traps
    )


def drawn(customers: Customers, recipe: Recipe) -> Customers:
    """Draw 20,000 customers without replacement, by the recipe's seed; fewer are taken as they are.

    They are drawn in the order of their values, so that the order of the file's rows changes none.
    """
    if len(customers.frame) <= LARGEST_TRIED:
        return customers
    plain = replace(recipe.prepare, transform="none", scaler="none", outliers="keep")
    rows = prepare(customers, plain).customers
    generator = np.random.default_rng(recipe.fit.seed)
    if len(rows) > LARGEST_TRIED:
        rows = generator.choice(rows, LARGEST_TRIED, replace=False)
    return replace(
        customers,
        frame=customers.frame.iloc[rows].reset_index(drop=True),
        ids=customers.ids[rows],
        rows=customers.rows[rows] if len(customers.rows) else customers.rows,
    )


def stretch(progress: Progress | None, part: int, parts: int) -> Progress:
    """Return the progress of one of several parts, which tells that of the whole.

    Examples
    --------
    >>> stretch(print, 1, 2)(3, 4)
    175 200
    """

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(part * STEPS + done * STEPS // total, parts * STEPS)

    return tell


def _outcome(
    customers: Customers, recipe: Recipe, settings: PrepareSettings, progress: Progress
) -> Outcome | None:
    choose = ChooseSettings(k_min=recipe.choose.k_min, k_max=recipe.choose.k_max)
    try:
        prepared = prepare(customers, settings)
        swept = sweep(prepared, choose, FitSettings(seed=recipe.fit.seed), progress=progress)
    except DataError:
        return None
    k = suggestible_k(swept, len(prepared.matrix))
    if k is None:
        return None
    return Outcome(
        k=k,
        silhouette=swept.silhouettes[swept.ks.index(k)],
        sizes=falling_sizes(swept.partitions[k]),
        customers=len(prepared.matrix),
    )


def suggestible_k(swept: Sweep, customers: int) -> int | None:
    """Return the k with the largest silhouette whose groups are all large enough to be suggested.

    The smaller of equals; None where every k has a group too small.
    """
    fair = [i for i, size in enumerate(swept.smallest) if size >= least_size(customers)]
    best = max(fair, key=lambda i: (swept.silhouettes[i], -swept.ks[i]), default=None)
    return None if best is None else swept.ks[best]


def falling_sizes(partition: Partition) -> tuple[int, ...]:
    """Return the sizes of the groups, largest first."""
    return tuple(sorted(np.bincount(partition.labels).tolist(), reverse=True))
