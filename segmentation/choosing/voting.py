"""What each criterion says: its k, its number, and a reason in plain words."""

from __future__ import annotations

import numpy as np

from segmentation.choosing.chance import gap_k
from segmentation.choosing.predicting import GOOD
from segmentation.choosing.sweeping import elbow
from segmentation.results import Sweep, Trials, Vote
from segmentation.trust import VALID

# Less is within the error of a hundred draws.
AS_STEADY = 0.03


def votes(swept: Sweep, trials: Trials) -> tuple[Vote, ...]:
    """Let each criterion speak for one k of those that were tried.

    Parameters
    ----------
    swept : Sweep
        At least two k.
    trials : Trials
        Of the same k.
    """
    return (
        _elbow(swept),
        _silhouette(swept, trials),
        _calinski_harabasz(swept),
        _davies_bouldin(swept),
        _gap(trials),
        _prediction_strength(trials),
        _stability(trials),
    )


def _elbow(swept: Sweep) -> Vote:
    # From one segment on: only so does the bend at the first k show.
    ks = (1, *swept.ks) if swept.ks[0] == 2 else swept.ks
    spreads = (swept.total, *swept.inertias) if swept.ks[0] == 2 else swept.inertias
    k = elbow(ks, np.array(spreads))
    if k is None:
        return Vote(criterion="elbow", k=None, reason="The spread falls evenly; there is no bend.")
    share = 1 - swept.inertias[swept.ks.index(k)] / swept.total if k > 1 else 0.0
    return Vote(
        criterion="elbow",
        k=k,
        reason=f"{k} segments explain {share:.0%} of the spread; each further one adds little.",
    )


def _silhouette(swept: Sweep, trials: Trials) -> Vote:
    best = int(np.argmax(swept.silhouettes))
    chance = trials.references[best][0]
    return Vote(
        criterion="silhouette",
        k=swept.ks[best],
        reason=(
            f"Customers are closest to their own segment, compared with the next one: "
            f"{swept.silhouettes[best]:.3f} of at most 1; without groups it would be {chance:.3f}."
        ),
    )


def _calinski_harabasz(swept: Sweep) -> Vote:
    best = int(np.argmax(swept.calinski_harabasz))
    return Vote(
        criterion="calinski_harabasz",
        k=swept.ks[best],
        reason=(
            "Segments are farthest apart for how wide they are: the ratio is "
            f"{swept.calinski_harabasz[best]:,.1f}."
        ),
    )


def _davies_bouldin(swept: Sweep) -> Vote:
    best = int(np.argmin(swept.davies_bouldin))
    return Vote(
        criterion="davies_bouldin",
        k=swept.ks[best],
        reason=(
            "Each segment overlaps least with the one most like it: "
            f"{swept.davies_bouldin[best]:.3f}; 0 would be no overlap."
        ),
    )


def _gap(trials: Trials) -> Vote:
    ks = (1, *trials.ks) if trials.ks[0] == 2 else trials.ks
    gaps = trials.gaps if trials.ks[0] == 2 else trials.gaps[1:]
    k = gap_k(gaps, ks)
    if k is None:
        return Vote(
            criterion="gap",
            k=None,
            reason=f"Compared with customers without groups, the gain grows up to {ks[-1]} "
            "segments and beyond.",
        )
    gap, following = gaps[ks.index(k)][0], gaps[ks.index(k) + 1]
    return Vote(
        criterion="gap",
        k=k,
        reason=(
            f"The gain over customers without groups is {gap:.3f}; one more segment brings it to "
            f"{following[0]:.3f}, no more than its error of {following[1]:.3f} allows."
        ),
    )


def _prediction_strength(trials: Trials) -> Vote:
    good = [
        (k, found.mean)
        for k, found in zip(trials.ks, trials.prediction_strengths, strict=True)
        if found.mean > GOOD
    ]
    if not good:
        best = max(found.mean for found in trials.prediction_strengths)
        return Vote(
            criterion="prediction_strength",
            k=1,
            reason=(
                f"No number of segments found in one half of the customers is confirmed by the "
                f"other half: at best {best:.2f}, and {GOOD} is asked for."
            ),
        )
    k, strength = good[-1]
    return Vote(
        criterion="prediction_strength",
        k=k,
        reason=(
            f"{k} is the most segments that one half of the customers foretells of the other: "
            f"{strength:.2f}, and {GOOD} is asked for."
        ),
    )


def _stability(trials: Trials) -> Vote:
    least = {k: min(found.mean for found in trials.stabilities[k]) for k in trials.ks}
    best = max(least.values())
    if best < VALID:
        return Vote(
            criterion="stability",
            k=1,
            reason=(
                "Whatever their number, some segment dissolves when other customers are drawn: the "
                f"weakest scores at best {best:.2f}, and {VALID} is asked for."
            ),
        )
    k = max(k for k in trials.ks if least[k] >= best - AS_STEADY)
    all_of_them = "Both" if k == 2 else f"All {k}"
    return Vote(
        criterion="stability",
        k=k,
        reason=(
            f"{all_of_them} segments come back when other customers are drawn: the weakest scores "
            f"{least[k]:.2f}, and no other number does better by more than {AS_STEADY}."
        ),
    )
