"""The rule that weighs the votes, and the verdict on what they come to."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import numpy as np

from segmentation.choosing.predicting import GOOD
from segmentation.choosing.voting import votes
from segmentation.results import Criterion, Evidence, Sweep, Trap, Trials, Verdict, Vote
from segmentation.settings import ChooseSettings
from segmentation.trust import HIGHLY_STABLE, VALID
from segmentation.words import listed

CLEARLY_ABOVE_CHANCE = 4.0
LEAST_CONTRAST = 0.05
REASONABLE_CONTRAST = 0.15
STRONG_CONTRAST = 0.30
STRONG_PREDICTION = 0.9

CRITERIA: dict[Criterion, str] = {
    "elbow": "elbow",
    "silhouette": "silhouette",
    "calinski_harabasz": "Calinski-Harabasz",
    "davies_bouldin": "Davies-Bouldin",
    "gap": "gap statistic",
    "prediction_strength": "prediction strength",
    "stability": "stability",
}


def weigh(
    swept: Sweep,
    trials: Trials | None = None,
    traps: tuple[Trap, ...] = (),
    choose: ChooseSettings | None = None,
) -> Evidence:
    """Say which k the evidence speaks for, and how far it can be trusted.

    1. Numbers of segments named by a trap are passed over.
    2. So are those whose silhouette doesn't lie at least four standard deviations and a twentieth
       of the way to 1 above that of data without groups. If none is left, there are no groups.
    3. Each of seven criteria has one vote; most votes win, one segment ("no groups") among the
       candidates. Of equals, the one that prediction strength speaks for wins, then the smaller.
    4. The verdict on k segments: none where rules 2 or 3 say that there are no groups; strong where
       the prediction strength reaches 0.9, every segment's stability 0.85 and the silhouette three
       tenths of the way from chance to 1; reasonable from 0.8, 0.75 and 0.15 on; else weak.

    Where there are no groups, the elbow's k is a convenient cut. Before the trials, or without an
    elbow, it is the k of the largest silhouette that no trap names.

    Parameters
    ----------
    swept : Sweep
        Every k compared.
    trials : Trials, optional
        Of the same k; without them there are no votes and no verdict.
    traps : tuple of Trap
        What was found.
    choose : ChooseSettings, optional
        May ask for a k.
    """
    choose = choose or ChooseSettings()
    cut = _convenient(swept, traps)
    if trials is None:
        k = choose.k or cut
        return Evidence(
            sweep=swept, traps=traps, k=k, reason=_asked(k) if choose.k else _by_width(swept, k)
        )
    cast = votes(swept, trials) if len(swept.ks) > 1 else ()
    natural = _natural(swept, trials, traps, cast)
    if natural is not None and natural > 1:
        cut = natural
    elif bend := next((vote.k for vote in cast if vote.criterion == "elbow"), None):
        cut = bend if bend in _fair(swept, traps) else cut
    k = choose.k or cut
    return Evidence(
        sweep=swept,
        trials=trials,
        votes=cast,
        traps=traps,
        stabilities=trials.stabilities[k],
        verdict=_verdict(k, swept, trials, natural),
        natural_k=natural,
        k=k,
        reason=_asked(k) if choose.k else _reason(k, natural, cast, swept, trials),
    )


def above_chance(swept: Sweep, trials: Trials, k: int) -> bool:
    """Tell whether the silhouette is clearly larger than without groups."""
    i = swept.ks.index(k)
    mean, spread = trials.references[i]
    far = swept.silhouettes[i] - mean >= CLEARLY_ABOVE_CHANCE * spread
    return far and contrast(swept, trials, k) >= LEAST_CONTRAST


def contrast(swept: Sweep, trials: Trials, k: int) -> float:
    """Return how far the silhouette lies from that of data without groups (0) towards 1 (1)."""
    i = swept.ks.index(k)
    mean, _ = trials.references[i]
    # Customers of two kinds only are as clear without groups as they can be.
    return (swept.silhouettes[i] - mean) / (1 - mean) if mean < 1 else 0.0


def _natural(
    swept: Sweep, trials: Trials, traps: tuple[Trap, ...], cast: tuple[Vote, ...]
) -> int | None:
    if not cast:
        return None
    clear = _clear(swept, trials, traps)
    if not clear:
        return 1
    counts = Counter(vote.k for vote in cast if vote.k is not None and vote.k in (1, *clear))
    foretold = next(vote.k for vote in cast if vote.criterion == "prediction_strength")
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] != foretold, pair[0]))
    return ranked[0][0] if ranked else 1


def outweighed_by(evidence: Evidence) -> Literal["traps", "chance"] | None:
    """Tell what settles, whatever the votes, that there are no groups; None where votes decide."""
    assert evidence.trials is not None
    if _clear(evidence.sweep, evidence.trials, evidence.traps):
        return None
    return "chance" if _fair(evidence.sweep, evidence.traps) else "traps"


def _clear(swept: Sweep, trials: Trials, traps: tuple[Trap, ...]) -> list[int]:
    return [k for k in _fair(swept, traps) if above_chance(swept, trials, k)]


def _fair(swept: Sweep, traps: tuple[Trap, ...]) -> list[int]:
    passed_over = {k for trap in traps for k in trap.ks}
    return [k for k in swept.ks if k not in passed_over]


def _convenient(swept: Sweep, traps: tuple[Trap, ...]) -> int:
    fair = _fair(swept, traps)
    if not fair:
        return _least_lopsided(swept)
    return max(fair, key=lambda k: (swept.silhouettes[swept.ks.index(k)], -k))


def _least_lopsided(swept: Sweep) -> int:
    """Of k that all split handfuls off, take the one whose second largest group is largest."""
    seconds = {k: np.sort(np.bincount(swept.partitions[k].labels))[-2] for k in swept.ks}
    return max(seconds, key=lambda k: (seconds[k], -k))


def _verdict(k: int, swept: Sweep, trials: Trials, natural: int | None) -> Verdict:
    strength = trials.prediction_strengths[swept.ks.index(k)].mean
    weakest = min(found.mean for found in trials.stabilities[k])
    apart = contrast(swept, trials, k)
    clear = above_chance(swept, trials, k)
    if natural is not None and natural > 1 and not clear:
        return Verdict(
            level="none",
            sentence=(
                f"Cut into {k}, the segments are no clearer than those of customers without "
                "groups: good for sorting customers, not a discovery about them."
            ),
        )
    if natural == 1 or not clear:
        return Verdict(
            level="none",
            sentence=(
                "There are no natural groups here: customers shade into each other. The segments "
                "are a convenient cut, good for sorting customers, not a discovery about them."
            ),
        )
    if strength >= STRONG_PREDICTION and weakest >= HIGHLY_STABLE and apart >= STRONG_CONTRAST:
        return Verdict(
            level="strong",
            sentence=(
                "The groups are real and clearly apart: other customers of the same kind would "
                "give the same segments."
            ),
        )
    if strength >= GOOD and weakest >= VALID and apart >= REASONABLE_CONTRAST:
        return Verdict(
            level="reasonable",
            sentence=(
                "The groups are real: they come back when other customers are drawn, with some "
                "overlap at their borders."
            ),
        )
    doubts = []
    if strength < GOOD:
        doubts.append(
            f"half of the customers would not foretell the segments of the other half "
            f"(prediction strength {strength:.2f}, {GOOD} is asked for)"
        )
    if weakest < VALID:
        doubts.append(
            f"at least one segment would not come back (stability {weakest:.2f}, {VALID} is "
            "asked for)"
        )
    if apart < REASONABLE_CONTRAST:
        doubts.append("the segments overlap a good deal")
    return Verdict(
        level="weak",
        sentence=(
            f"There is some structure, but {'; and '.join(doubts)}. Treat the borders as soft."
        ),
    )


def _asked(k: int) -> str:
    return f"k = {k} was asked for"


def _by_width(swept: Sweep, k: int) -> str:
    width = swept.silhouettes[swept.ks.index(k)]
    return f"k = {k} has the largest silhouette ({width:.3f}) of those that no trap rules out"


def _reason(
    k: int, natural: int | None, cast: tuple[Vote, ...], swept: Sweep, trials: Trials
) -> str:
    if natural is None:
        return f"k = {k} is the only number of segments that was looked at"
    if natural == 1:
        i = swept.ks.index(k)
        share = 1 - swept.inertias[i] / swept.total if swept.total else 1.0
        return (
            f"No number of segments stands out; k = {k} is a convenient cut that explains "
            f"{share:.0%} of the spread (silhouette {swept.silhouettes[i]:.3f}; without groups it "
            f"would be {trials.references[i][0]:.3f})"
        )
    of_one_mind = [CRITERIA[vote.criterion] for vote in cast if vote.k == natural]
    dissent: dict[str, list[str]] = {}
    for vote in cast:
        if vote.k != natural:
            said = "nothing" if vote.k is None else str(vote.k)
            dissent.setdefault(said, []).append(CRITERIA[vote.criterion])
    against = "; ".join(f"{listed(names)}: {said}" for said, names in dissent.items())
    text = f"{len(of_one_mind)} of {len(cast)} criteria speak for k = {natural}"
    counts = Counter(vote.k for vote in cast if vote.k is not None)
    if [*counts.values()].count(counts[natural]) > 1 and "prediction strength" in of_one_mind:
        text += ", prediction strength among them"
    return f"{text} ({against})" if against else text
