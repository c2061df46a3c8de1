"""The hand on the wheel: segments merged and split after they were found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from segmentation.errors import SettingsError
from segmentation.kmeans import LIGHT, distinct_rows, kmeans
from segmentation.methods import partition_of
from segmentation.results import (
    ByHand,
    ModelTurn,
    Prepared,
    Segmentation,
    SegmentName,
    Turn,
    nearer_second,
)
from segmentation.settings import LARGEST_K, NameSettings, WheelSettings
from segmentation.silhouettes import mean_silhouettes
from segmentation.values import Floats
from segmentation.words import listed

Numbers = npt.NDArray[np.int64]


def turn(
    prepared: Prepared, found: Segmentation, settings: WheelSettings, seed: int = 0
) -> Segmentation:
    """Merge and split segments as asked for.

    A split is K-Means with two centres among the segment's customers; each goes with the nearer
    centre. Segments keep their order, and with it their ids as far as can be: a merger takes one
    id out, and a part split off comes last. Stabilities are left out: those of the segments found
    are not theirs.

    Parameters
    ----------
    prepared : Prepared
        The matrix.
    found : Segmentation
        As the method found it.
    settings : WheelSettings
        What to do.
    seed : int
        Of the splits, and of the silhouette's sample.

    Raises
    ------
    SettingsError
        If a step names a segment that is not there, leaves fewer than two or more than 50
        segments, or splits customers who are all alike.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,50\\n4,55\\n5,90\\n6,94\\n"
    >>> steps = WheelSettings(steps=(("merge", (2, 1)),))
    >>> run(
    ...     Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=3), wheel=steps)
    ... ).segmentation.sizes()
    [4, 2]
    """
    if not settings.steps:
        return found
    numbers = found.labels.copy()
    turns: list[Turn] = []
    for step, (what, named) in enumerate(settings.steps, start=1):
        _check(numbers, what, named, step)
        if what == "merge":
            made = Turn(kept=named[0], other=named[1])
            numbers[numbers == made.other] = made.kept
        else:
            inside = numbers == named[0]
            rows = prepared.matrix[inside]
            if distinct_rows(rows) < 2:
                raise SettingsError(
                    f"Segment {named[0]} can't be split: its customers are all alike",
                    where=f"step {step} by hand",
                    remedy="Split another segment",
                )
            made = Turn(kept=named[0], other=_next(found.k, turns), centres=_halves(rows, seed))
            numbers[np.flatnonzero(inside)[_second(rows, made)]] = made.other
        turns.append(made)
    by_hand = ByHand(
        centres=found.centres,
        original_centres=found.original_centres,
        turns=tuple(turns),
        numbers=tuple(np.unique(numbers).tolist()),
    )
    k = len(by_hand.numbers)
    groups = np.searchsorted(by_hand.numbers, numbers)
    measured = partition_of(prepared.matrix, groups, k)
    widths = mean_silhouettes(prepared.matrix, groups, k, seed)
    return replace(
        found,
        k=k,
        labels=groups + 1,
        centres=measured.centres,
        original_centres=prepared.to_original(measured.centres),
        inertia=measured.inertia,
        silhouette=widths.mean,
        silhouette_customers=widths.rows,
        segment_silhouettes=widths.by_group,
        stabilities=(),
        by_hand=by_hand,
    )


def _check(numbers: Numbers, what: str, named: tuple[int, ...], step: int) -> None:
    present = np.unique(numbers).tolist()
    absent = [number for number in named if number not in present]
    if absent:
        raise SettingsError(
            f"There is no segment {absent[0]} to {what}",
            where=f"step {step} by hand",
            remedy=f"Segments there are now {listed([str(number) for number in present])}",
        )
    if len(present) == (2 if what == "merge" else LARGEST_K):
        raise SettingsError(
            f"There are {len(present)} segments; a step can leave 2 to {LARGEST_K}",
            where=f"step {step} by hand",
            remedy="Leave this step out",
        )


def _next(found: int, turns: list[Turn]) -> int:
    return found + sum(made.centres is not None for made in turns) + 1


def _halves(rows: Floats, seed: int) -> Floats:
    """Return the centres of two parts, that of the larger first."""
    halves = kmeans(rows, 2, seed)
    seconds = nearer_second(rows, halves.centres)
    sizes = (int((~seconds).sum()), int(seconds.sum()))
    order = sorted((0, 1), key=lambda i: (-sizes[i], tuple(halves.centres[i])))
    return halves.centres[order]


def _second(rows: Floats, made: Turn) -> npt.NDArray[np.bool_]:
    assert made.centres is not None
    return nearer_second(rows, made.centres)


def rehearsal(found: Segmentation, seed: int = 0) -> Callable[[Floats, Numbers], Numbers]:
    """Return what takes the same steps with other rows: mergers as they were, splits anew.

    Parameters
    ----------
    found : Segmentation
        With the steps taken.
    seed : int
        Of the splits.

    Returns
    -------
    callable
        Takes rows in prepared units and the segment of each as found, from 1 (0 for none), and
        gives the segment each comes to, by id (0 for none). A segment that can't be split among
        these rows stays whole.
    """
    by_hand = found.by_hand
    assert by_hand is not None

    def take(rows: Floats, segments: Numbers) -> Numbers:
        numbers = segments.copy()
        for made in by_hand.turns:
            inside = np.flatnonzero(numbers == made.kept)
            if made.centres is None:
                numbers[numbers == made.other] = made.kept
            elif len(inside) > 1 and distinct_rows(rows[inside]) > 1:
                parts = kmeans(rows[inside], 2, seed, effort=LIGHT).labels
                # The part nearer to where the other lay is the other.
                centres = np.array([rows[inside[parts == i]].mean(axis=0) for i in (0, 1)])
                straight = ((centres - made.centres) ** 2).sum()
                crossed = ((centres[::-1] - made.centres) ** 2).sum()
                numbers[inside[parts == (1 if straight <= crossed else 0)]] = made.other
        ids = np.searchsorted(by_hand.numbers, numbers) + 1
        return np.where(segments > 0, ids, 0)

    return take


def name_settings(settings: NameSettings, found: Segmentation) -> NameSettings:
    """Return names and colours by id, which the recipe has by number.

    Examples
    --------
    >>> import numpy as np
    >>> hand = ByHand(
    ...     centres=np.zeros((3, 1)), original_centres=np.zeros((3, 1)),
    ...     turns=(Turn(kept=1, other=2),), numbers=(1, 3),
    ... )
    >>> found = Segmentation(
    ...     k=2, labels=np.array([1, 2]), centres=np.zeros((2, 1)),
    ...     original_centres=np.zeros((2, 1)), inertia=0.0, silhouette=0.0,
    ...     silhouette_customers=2, segment_silhouettes=(0.0, 0.0), money_feature="spend",
    ...     by_hand=hand,
    ... )
    >>> told = name_settings(NameSettings(names=((3, "Ours"),)), found)
    >>> told.names, told.colours
    (((2, 'Ours'),), ((1, 1), (2, 3)))
    """
    by_hand = found.by_hand
    if by_hand is None:
        return settings
    ids = {number: i for i, number in enumerate(by_hand.numbers, start=1)}
    gone = {made.other for made in by_hand.turns} - set(ids)
    kept = {number: colour for number, colour in settings.colours if number in ids}
    # A segment's colour is that of its number, unless that one is another's.
    own = {n: n for n in ids if n not in kept and n not in kept.values()}
    return replace(
        settings,
        names=tuple((ids.get(n, n), name) for n, name in settings.names if n not in gone),
        colours=tuple((ids[n], colour) for n, colour in sorted((kept | own).items())),
    )


def numbers_after(k: int, settings: WheelSettings) -> tuple[int, ...]:
    """Return the number of each segment there is after the steps, id 1 first.

    Examples
    --------
    >>> numbers_after(3, WheelSettings(steps=(("merge", (3, 1)), ("split", (2,)))))
    (2, 3, 4)
    """
    numbers = list(range(1, k + 1))
    following = k + 1
    for what, named in settings.steps:
        if what == "merge":
            numbers.remove(named[1])
        else:
            numbers.append(following)
            following += 1
    return tuple(sorted(numbers))


def followed(
    ids: Iterable[int], k: int, before: WheelSettings, after: WheelSettings
) -> tuple[int, ...]:
    """Return the ids that segments have once steps are taken, or taken back.

    A segment that was merged away is the one it became part of; one that is made whole again is
    the whole. Of one that is split, the part that keeps the number stays.

    Parameters
    ----------
    ids : iterable of int
        Before.
    k : int
        Segments found.
    before, after : WheelSettings
        One of them begins with the steps of the other.

    Examples
    --------
    >>> none, merged = WheelSettings(), WheelSettings(steps=(("merge", (1, 2)),))
    >>> followed((2, 4), 4, none, merged), followed((1, 3), 4, merged, none)
    ((1, 3), (1, 4))
    """
    is_taken_back = len(after.steps) < len(before.steps)
    gone: dict[int, int] = {}
    following = k + 1
    for what, named in (before if is_taken_back else after).steps:
        if what == "split":
            if is_taken_back:
                gone[following] = named[0]
            following += 1
        elif not is_taken_back:
            gone[named[1]] = named[0]
    present, numbers = numbers_after(k, before), numbers_after(k, after)
    found = set()
    for i in ids:
        number = present[i - 1]
        while number not in numbers:
            number = gone[number]
        found.add(numbers.index(number) + 1)
    return tuple(sorted(found))


def names_left(
    names: tuple[tuple[int, str], ...], now: tuple[SegmentName, ...], numbers: tuple[int, ...]
) -> tuple[tuple[int, str], ...]:
    """Return the names still given once steps are taken back.

    Those of segments that are no longer there go, those that would be found anyway, and of equal
    ones all but the first.

    Parameters
    ----------
    names : tuple of (number, name)
        Given so far.
    now : tuple of SegmentName
        The segments, none of them named by the user.
    numbers : tuple of int
        Their numbers.
    """
    found = {number: name.found for number, name in zip(numbers, now, strict=True)}
    left: dict[str, int] = {}
    for number, name in names:
        if number <= max(numbers) and found.get(number) != name:
            left.setdefault(name, number)
    return tuple((number, name) for name, number in left.items())


def explained(names: tuple[SegmentName, ...], found: Segmentation) -> tuple[SegmentName, ...]:
    """Add to the reasons of segments that were merged or split that they were."""
    if found.by_hand is None:
        return names
    said = histories(found.by_hand)
    return tuple(
        replace(name, reasons=(said[name.segment_id], *name.reasons))
        if name.segment_id in said
        else name
        for name in names
    )


def notes(found: Segmentation) -> tuple[str, ...]:
    """Say that segments are not as found, and what of the evidence is about those found."""
    if found.by_hand is None:
        return ()
    return (
        f"Changed by hand after {len(found.by_hand.centres)} segments were found: "
        f"{in_words(found.by_hand.turns)} (by their numbers as found). The votes, the "
        "verdict and the criteria are about the segments found; sizes, profiles, silhouettes and "
        "stability are about those of now.",
    )


def in_words(turns: Iterable[Turn | ModelTurn]) -> str:
    """Say what was done, in order.

    Examples
    --------
    >>> in_words([Turn(kept=1, other=2), Turn(kept=3, other=4, centres=np.zeros((2, 1)))])
    'segment 2 merged into 1 and segment 4 split off 3'
    """
    return listed(
        [
            f"segment {made.other} {'merged into' if made.centres is None else 'split off'} "
            f"{made.kept}"
            for made in turns
        ]
    )


def histories(by_hand: ByHand) -> dict[int, str]:
    """Say of each segment that was merged or split what was done, by id.

    Examples
    --------
    >>> import numpy as np
    >>> none = np.zeros((3, 1))
    >>> turns = (Turn(kept=1, other=2), Turn(kept=3, other=4, centres=none[:2]))
    >>> for line in histories(
    ...     ByHand(centres=none, original_centres=none, turns=turns, numbers=(1, 3, 4))
    ... ).values():
    ...     print(line)
    changed by hand: segment 2 was merged into it
    changed by hand: segment 4 was split off it
    changed by hand: it was split off segment 3
    """
    said: dict[int, list[str]] = {}
    for made in by_hand.turns:
        merged = made.centres is None
        said.setdefault(made.kept, []).append(
            f"segment {made.other} was {'merged into' if merged else 'split off'} it"
        )
        said.setdefault(made.other, []).append(
            f"it was {'merged into' if merged else 'split off'} segment {made.kept}"
        )
    return {
        i: f"changed by hand: {'; '.join(said[number])}"
        for i, number in enumerate(by_hand.numbers, start=1)
        if number in said
    }
