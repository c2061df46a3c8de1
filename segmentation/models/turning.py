"""Customers led on through steps by hand, and the decision that kept them from another segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.results import Model, ModelTurn, squares_to
from segmentation.values import Floats

Spots = npt.NDArray[np.intp]

# On its own point a customer is infinitely farther from all others, but not from all as far.
NEAREST_SQUARE = 1e-200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Led:
    """Where rows came to, and where they would have come to first.

    Parameters
    ----------
    segment_ids, runner_up_ids : ndarray of int, shape (n,)
        The segment, and the one behind the closest border.
    squares : ndarray of float, shape (n,)
        Squared distance to the point that a row ended at: that found, or that of the last half.
    margins : ndarray of float, shape (n,)
        Of the decision that keeps a row from its runner-up, as in `Places`.
    own, rival : ndarray of int, shape (n,)
        The nearer and the farther point of that decision, among `spots`.
    """

    segment_ids: Spots
    runner_up_ids: Spots
    squares: Floats
    margins: Floats
    own: Spots
    rival: Spots


def spots(points: Floats, turns: Sequence[ModelTurn]) -> Floats:
    """Return the points found, and after them the two of each split."""
    halves = [turn.centres for turn in turns if turn.centres is not None]
    return np.concatenate([points, *(np.array(pair) for pair in halves)])


def lead(model: Model, points: Floats, lines: Floats) -> Led:
    """Lead rows from their nearest point through the steps by hand.

    There are decisions on the way: for the nearest point and not for another, and at each split for
    the nearer half. Each could be the other way, and is as clear as one distance is smaller than
    the other. To another segment leads whatever leaves the way and comes out there; where several
    decisions must be the other way, the clearest of them counts. The runner-up is the segment for
    which that is least clear, so that without steps it is the one of the second nearest point.

    Parameters
    ----------
    model : Model
        Its steps.
    points : ndarray of float, shape (segments found, columns)
        Of the segments found.
    lines : ndarray of float, shape (columns, n)
        The rows in prepared units, a column a line.
    """
    at = spots(points, model.turns)
    squares = np.array([squares_to(lines, spot) for spot in at])
    found, every = len(points), np.arange(lines.shape[1])
    nearest = squares[:found].argmin(axis=0)
    least = squares[nearest, every]
    numbers, ended = nearest + 1, nearest.copy()
    # By number: how near a row is to coming there, 1 if nothing speaks against it, and the point
    # that it would have to be nearer to.
    shape = (found + (len(at) - found) // 2 + 1, len(every))
    nearness, rivals = np.zeros(shape), np.zeros(shape, dtype=np.intp)
    nearness[1 : found + 1] = _nearness(least, squares[:found])
    rivals[1 : found + 1] = np.arange(found)[:, None]
    first = found
    for turn in model.turns:
        kept, other = turn.kept, turn.other
        if turn.centres is None:
            nearer = nearness[other] > nearness[kept]
            for known in (nearness, rivals):
                known[kept] = np.where(nearer, known[other], known[kept])
            numbers[numbers == other] = kept
            continue
        halves = squares[first : first + 2]
        second = halves[1] < halves[0]
        across = _nearness(halves.min(axis=0), halves.max(axis=0))
        decides = across <= nearness[kept]
        beyond = np.minimum(across, nearness[kept])
        rival = np.where(decides, first + ~second, rivals[kept])
        nearness[other] = np.where(second, nearness[kept], beyond)
        rivals[other] = np.where(second, rivals[kept], rival)
        nearness[kept] = np.where(second, beyond, nearness[kept])
        rivals[kept] = np.where(second, rival, rivals[kept])
        here = numbers == kept
        ended[here] = first + second[here]
        numbers[here & second] = other
        first += 2
    present = np.array(model.numbers)
    own = np.searchsorted(present, numbers)
    others = nearness[present]
    others[own, every] = -1.0
    runner_up = others.argmax(axis=0)
    rival = rivals[present[runner_up], every]
    return Led(
        segment_ids=own + 1,
        runner_up_ids=runner_up + 1,
        squares=squares[ended, every],
        margins=1.0 - np.sqrt(others[runner_up, every]),
        # The halves of a split stand side by side.
        own=np.where(rival < found, nearest, found + ((rival - found) ^ 1)),
        rival=rival,
    )


def _nearness(near: Floats, far: Floats) -> Floats:
    """Return the ratio of two squared distances, 1 on the border between the two points."""
    near = np.maximum(near, NEAREST_SQUARE)
    near, far = np.broadcast_arrays(near, far)
    return np.asarray(np.divide(near, far, out=np.ones(far.shape), where=near < far))
