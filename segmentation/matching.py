"""A refit held against the run before: which segments are the same, split, merged, new or gone."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.numerals import counted
from segmentation.results import Relation, SegmentName
from segmentation.settings import NameSettings
from segmentation.words import listed

Ids = npt.NDArray[Any]
Labels = npt.NDArray[np.int64]

# Up to this overlap a segment counts as dissolved: Hennig (2007), "Cluster-wise assessment of
# cluster stability". Above it a segment has at most one partner, as both share most of either.
DISSOLVED = 0.5


def match(before_ids: Ids, before: Labels, after_ids: Ids, after: Labels) -> Relation:
    """Hold the segments of a run against those of the run before, by their customers.

    Segments are the same where they overlap by more than 0.5, the overlap being the customers in
    both over those in either (Jaccard); with less, a segment counts as dissolved (Hennig 2007, doi
    10.1016/j.csda.2006.11.025). Customers in one run only are left out.

    Parameters
    ----------
    before_ids, after_ids : ndarray
        Customer ids, each once.
    before, after : ndarray of int
        Their segments.

    Examples
    --------
    >>> ids = np.array(list("abcdef"))
    >>> found = match(ids, np.array([1, 1, 1, 1, 2, 2]), ids, np.array([2, 2, 3, 3, 1, 1]))
    >>> found.pairs, found.splits
    ({2: 1}, {1: (2, 3)})
    """
    from sklearn.metrics import adjusted_rand_score

    _, here, there = np.intersect1d(before_ids, after_ids, return_indices=True)
    old, old_codes = np.unique(before, return_inverse=True)
    new, new_codes = np.unique(after, return_inverse=True)
    shared = np.zeros((len(old), len(new)), dtype=np.int64)
    np.add.at(shared, (old_codes[here], new_codes[there]), 1)
    old_sizes, new_sizes = shared.sum(axis=1, keepdims=True), shared.sum(axis=0, keepdims=True)
    overlap = shared / np.maximum(old_sizes + new_sizes - shared, 1)
    same = np.argwhere(overlap > DISSOLVED).tolist()
    pairs = {int(old[i]): int(new[j]) for i, j in same}
    splits = _families(old, new, 2 * shared > new_sizes)
    merges = _families(new, old, (2 * shared > old_sizes).T)
    descended = {*pairs.values(), *merges, *(part for parts in splits.values() for part in parts)}
    survived = {*pairs, *splits, *(part for parts in merges.values() for part in parts)}
    agreement = float(adjusted_rand_score(before[here], after[there])) if len(here) else None
    return Relation(
        customers=len(here),
        agreement=agreement,
        pairs=pairs,
        overlaps={int(old[i]): float(overlap[i, j]) for i, j in same},
        splits=splits,
        merges=merges,
        new=tuple(int(i) for i in new if i not in descended),
        gone=tuple(int(i) for i in old if i not in survived),
    )


def _families(
    wholes: Labels, parts: Labels, part_of: npt.NDArray[np.bool_]
) -> dict[int, tuple[int, ...]]:
    return {
        int(whole): tuple(int(part) for part in parts[inside])
        for whole, inside in zip(wholes, part_of, strict=True)
        if inside.sum() > 1
    }


def carry_over(relation: Relation, before: tuple[SegmentName, ...]) -> NameSettings:
    """Give segments the names that the user gave to those they match, and their colours.

    Parameters
    ----------
    relation : Relation
        From `match`.
    before : tuple of SegmentName
        The segments before.
    """
    own = {name.segment_id: name for name in before}
    pairs = [
        (new, own[old]) for old, new in sorted(relation.pairs.items(), key=lambda pair: pair[1])
    ]
    colours = tuple((new, name.colour) for new, name in pairs)
    return NameSettings(
        names=tuple((new, name.name) for new, name in pairs if name.given),
        # Without any, a segment's colour is that of its number.
        colours=() if all(new == colour for new, colour in colours) else colours,
    )


def announce(relation: Relation, before: dict[int, str], after: dict[int, str]) -> tuple[str, ...]:
    """Say in sentences what became of the segments, how far the runs agree first.

    Parameters
    ----------
    relation : Relation
        From `match`.
    before, after : dict of int to str
        The segments' names.

    Examples
    --------
    >>> ids = np.array(list("abcdef"))
    >>> found = match(ids, np.array([1, 1, 1, 1, 2, 2]), ids, np.array([2, 2, 3, 3, 1, 1]))
    >>> for line in announce(found, {1: "Many", 2: "Few"}, {1: "Few", 2: "Many", 3: "Others"}):
    ...     print(line)
    1 of 2 segments is still there; the runs agree to 0.44 over 6 customers (adjusted Rand index: \
1 is the same segments, 0 what chance gives).
    Segment 'Many' was split into 'Many' and 'Others'.
    """
    if relation.agreement is None:
        return ("No customer of the run before is in a segment now.",)
    customers = counted(relation.customers, "customer", "customers")
    if relation.unchanged:
        return (f"The segments of {customers} are the same as in the run before.",)
    kept = len(relation.pairs)
    lines = [
        f"{kept} of {counted(len(before), 'segment', 'segments')} {'is' if kept == 1 else 'are'} "
        f"still there; the runs agree to {relation.agreement:.2f} over {customers} (adjusted Rand "
        "index: 1 is the same segments, 0 what chance gives)."
    ]
    lines += [
        f"Segment {before[old]!r} was split into {listed([repr(after[i]) for i in parts])}."
        for old, parts in relation.splits.items()
    ]
    lines += [
        f"Segments {listed([repr(before[i]) for i in parts])} were merged into {after[new]!r}."
        for new, parts in relation.merges.items()
    ]
    lines += [f"Segment {after[i]!r} is new." for i in relation.new]
    lines += [f"Segment {before[i]!r} is gone." for i in relation.gone]
    return tuple(lines)
