"""Has the ground moved? New customers held against those that a model was made from."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.errors import DataError
from segmentation.models.making import RADIUS_PERCENTILE, bin_shares
from segmentation.numerals import counted
from segmentation.results import (
    QUANTILE_LEVELS,
    Distribution,
    Drift,
    DriftLevel,
    DriftVerdict,
    Model,
    Scored,
    Shift,
)
from segmentation.values import Floats
from segmentation.vocabulary import label
from segmentation.words import listed, sentence, short

# Siddiqi (2006), Credit Risk Scorecards, and the usual reading since.
SHIFTING, SHIFTED = 0.1, 0.25
CERTAINTY = 0.99
# Five times what lay outside when the model was made.
MANY_OUTSIDE = 0.05
OTHERS = "another value"
MISSING = "no value"
MOST_NAMED = 3
MISTAKES = ("missing_column", "renamed_column", "new_category", "other_units")


def drift(model: Model, scored: Scored) -> Drift:
    """Hold scored customers against those that the model was made from.

    The population stability index of a feature is the sum over its bins of (a - b) ln(a / b), where
    b and a are the shares before and after; the bins of a number are between the deciles before,
    those of a category its values, and a missing value is a bin of its own. Half a customer is
    added to each bin (Krichevsky and Trofimov 1981), since a share of 0 has no logarithm. From 0.1
    on a feature is shifting, from 0.25 on it has shifted (Siddiqi 2006), but only beyond what
    chance gives: with n customers before and m after and B bins the index is about
    (1/n + 1/m) times a chi-square of B - 1 degrees of freedom (Yurdakul and Naranjo 2020,
    doi 10.21314/JRMV.2020.227).

    The verdict is that of the largest change; customers outside are worth a watch if they are more
    than 5% and than chance gives after segments so small.

    Parameters
    ----------
    model : Model
        The model.
    scored : Scored
        Customers scored by it.

    Raises
    ------
    DataError
        If none was scored.
    """
    count = len(scored.positions)
    if not count:
        raise DataError(
            "No customer was scored, so nothing can be compared", remedy="Choose another file"
        )
    shifts = tuple(
        _category_shift(model, spread, scored.features[spread.feature])
        if spread.values
        else _number_shift(model, spread, scored.features[spread.feature])
        for spread in model.training.features
    )
    segments = _segment_shift(model, scored)
    outside = float(scored.places.outside.mean())
    usual = max(MANY_OUTSIDE, _outside_by_chance(model, scored))
    verdict, why = _verdict(model, (*shifts, segments), outside, usual, count)
    suspect = _suspect(shifts, scored)
    if verdict == "refit" and suspect:
        # New segments of a mistake in a file would be a mistake, too.
        verdict = "watch"
        why = (
            f"Check the file first: {listed(suspect)} may not be what the model was made from. If "
            "the file is right, refit the model."
        )
    return Drift(
        customers=count,
        features=shifts,
        segments=segments,
        outside=outside,
        verdict=verdict,
        sentence=why,
    )


def stability_index(before: Floats, after: Floats) -> float:
    """Return the population stability index of two sets of counts, half a customer added to each.

    Examples
    --------
    >>> stability_index(np.array([50.0, 50.0]), np.array([5.0, 5.0]))
    0.0
    >>> round(stability_index(np.array([90.0, 10.0]), np.array([10.0, 90.0])), 2)
    3.41
    """
    b, a = ((n + 0.5) / (n.sum() + 0.5 * len(n)) for n in (before, after))
    return float(((a - b) * np.log(a / b)).sum())


def chance_index(bins: int, before: int, after: int) -> float:
    """Return what the index stays below in 99 of 100 samples where nothing has changed.

    Examples
    --------
    >>> round(chance_index(10, 1000, 1000), 3)
    0.043
    """
    from scipy.stats import chi2

    return float(chi2.ppf(CERTAINTY, max(bins - 1, 1)) * (1 / before + 1 / after))


def _shift(name: str, bins: Sequence[str], before: Floats, after: Floats, text: str) -> Shift:
    met = (before > 0) | (after > 0)
    before, after = before[met], after[met]
    psi = stability_index(before, after)
    chance = chance_index(len(before), round(before.sum()), round(after.sum()))
    level: DriftLevel = "steady"
    if psi > chance and psi >= SHIFTING:
        level = "shifted" if psi >= SHIFTED else "shifting"
    return Shift(
        name=name,
        psi=psi,
        chance=chance,
        level=level,
        bins=tuple(words for words, there in zip(bins, met, strict=True) if there),
        before=tuple((before / before.sum()).tolist()),
        after=tuple((after / after.sum()).tolist()),
        text=text,
    )


def _number_shift(model: Model, spread: Distribution, cells: Floats) -> Shift:
    edges = np.array(spread.edges)
    present = cells[~np.isnan(cells)]
    count = model.training.customers
    before = np.array([*spread.shares, 0.0]) * count * (1 - spread.missing)
    before[-1] = count * spread.missing
    after = np.array([*(bin_shares(present, edges) * len(present)), len(cells) - len(present)])
    old = spread.quantiles[QUANTILE_LEVELS.index(0.5)]
    if len(present):
        now = f"is {np.median(present):,.6g}, and was {old:,.6g}"
    else:
        now = f"was {old:,.6g}; now nobody has one"
    bins = [
        f"up to {edges[0]:,.4g}",
        *(f"{low:,.4g} to {high:,.4g}" for low, high in itertools.pairwise(edges)),
        f"above {edges[-1]:,.4g}",
        MISSING,
    ]
    text = f"{sentence(label(spread.feature))}: the middle value {now}."
    apart = after / after.sum() - before / before.sum()
    if int(np.abs(apart).argmax()) == len(bins) - 1:
        text = (
            f"{sentence(label(spread.feature))}: {after[-1] / after.sum():.0%} have none, and "
            f"{spread.missing:.0%} had."
        )
    return _shift(spread.feature, bins, before, after, text)


def _category_shift(model: Model, spread: Distribution, cells: npt.NDArray[Any]) -> Shift:
    counts = pd.Series(cells, dtype="str").value_counts()
    known = counts.reindex(list(spread.values), fill_value=0).to_numpy(dtype=float)
    before = np.array([*spread.shares, 0.0]) * model.training.customers
    after = np.array([*known, len(cells) - known.sum()])
    bins = [*(value or MISSING for value in spread.values), OTHERS]
    apart = after / after.sum() - before / before.sum()
    most = int(np.abs(apart).argmax())
    text = (
        f"{sentence(label(spread.feature))}: {short(bins[most])} has "
        f"{after[most] / after.sum():.0%} of the customers, and had "
        f"{before[most] / before.sum():.0%}."
    )
    return _shift(spread.feature, bins, before, after, text)


def _segment_shift(model: Model, scored: Scored) -> Shift:
    names = list(scored.names.values())
    before = np.array([segment.size for segment in model.segments], dtype=float)
    after = np.array(list(scored.sizes().values()), dtype=float)
    apart = after / after.sum() - before / before.sum()
    most = int(np.abs(apart).argmax())
    text = (
        f"Segments: {names[most]} has {after[most] / after.sum():.0%} of the customers, and had "
        f"{before[most] / before.sum():.0%}."
    )
    return _shift("segments", names, before, after, text)


def _outside_by_chance(model: Model, scored: Scored) -> float:
    """Return the share that lies outside at most if nothing has changed.

    Beyond the farthest of n lies one new customer in n + 1: small segments leave more outside than
    the 1% that a large one does.
    """
    from scipy.stats import binom

    sizes = np.array([segment.size for segment in model.segments])
    each = np.maximum(1 - RADIUS_PERCENTILE / 100, 1 / (sizes + 1))
    share = float(each[scored.places.segment_ids - 1].mean())
    count = len(scored.places.segment_ids)
    return float(binom.ppf(CERTAINTY, count, share)) / count


def _suspect(shifts: Sequence[Shift], scored: Scored) -> list[str]:
    """Name the features that have changed and of which the file itself is in doubt."""
    doubted = {doubt.column for doubt in scored.doubts if doubt.kind in MISTAKES}
    return [label(s.name) for s in shifts if s.level == "shifted" and s.name in doubted]


def _verdict(
    model: Model, shifts: tuple[Shift, ...], outside: float, usual: float, count: int
) -> tuple[DriftVerdict, str]:
    def called(level: DriftLevel) -> list[str]:
        found = sorted((s for s in shifts if s.level == level), key=lambda s: -s.psi)
        named = ["the shares of the segments" if s is shifts[-1] else label(s.name) for s in found]
        return named[:MOST_NAMED] + (
            [f"{len(named) - MOST_NAMED} more"] * (len(named) > MOST_NAMED)
        )

    many = model.called[1]
    if gone := called("shifted"):
        return "refit", (
            f"These {many} are not those the model was made from: {listed(gone)} "
            f"{'has' if len(gone) == 1 and not gone[0].startswith('the shares') else 'have'} "
            "changed. Refit it, and look at what becomes of the segments."
        )
    if going := called("shifting"):
        return "watch", (
            f"The model still serves, but {listed(going)} "
            f"{'is' if len(going) == 1 and not going[0].startswith('the shares') else 'are'} "
            "changing. Look again with the next file."
        )
    if outside > usual:
        return "watch", (
            f"The features are spread as before, but {outside:.0%} of the {many} lie outside what "
            "the model has seen; 1% did when it was made. Look at who they are."
        )
    blind = min(shift.chance for shift in shifts) > SHIFTED
    if blind:
        return "keep", (
            f"With {counted(count, *model.called)} a change could not be told from chance; nothing "
            "speaks against the model."
        )
    return "keep", f"These {many} are like those the model was made from. Keep it."
