"""Names in business words, with their reasons and a suggested action, from playbook.toml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import numpy as np

from segmentation.errors import SettingsError
from segmentation.numerals import say
from segmentation.playbooks import choose_playbook
from segmentation.results import (
    Difference,
    Pattern,
    Playbook,
    Profiles,
    SegmentName,
    SegmentProfile,
)
from segmentation.settings import LONGEST_NAME, NameSettings
from segmentation.vocabulary import label
from segmentation.words import listed, short

NOTABLE_EFFECT = 0.3
MOSTLY = 0.5
NOTABLE_LIFT = 1.2
DESCRIBED = Pattern(
    when=(),
    mostly=(),
    name="",
    description="",
    why="No name of the playbook fits; this one says what is strongest.",
    action=(
        "Look at what sets this segment apart, then test one offer on a part of it before all."
    ),
)


def name_segments(
    profiles: Profiles,
    settings: NameSettings | None = None,
    playbook: Playbook | None = None,
) -> tuple[SegmentName, ...]:
    """Name every segment, each name once.

    Parameters
    ----------
    profiles : Profiles
        Who the segments are.
    settings : NameSettings, optional
        Names the user gave, and colours kept.
    playbook : Playbook, optional
        Where the other names are from; the first of playbook.toml by default.

    Raises
    ------
    SettingsError
        If a given name is given twice, or to a segment that is not there.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,income,spending_score\\n1,10,9\\n2,12,8\\n3,90,90\\n4,94,88\\n"
    >>> named = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2))).names
    >>> [name.name for name in named][0]
    'High income, high spending: target customers'
    """
    settings = settings or NameSettings()
    playbook = playbook or choose_playbook(()).playbook
    given = _given(profiles, settings)
    colours = _colours(profiles, dict(settings.colours))
    patterns = [_find(segment, playbook) for segment in profiles.segments]
    plain = tuple(pattern.name for pattern in patterns)
    names = _unique(plain, profiles.segments, given)
    found = _unique(plain, profiles.segments, {})
    return tuple(
        SegmentName(
            segment_id=segment.segment_id,
            name=given.get(segment.segment_id, name),
            given=segment.segment_id in given,
            found=own,
            reasons=_reasons(segment, profiles, playbook.words.customer.many),
            description=pattern.description,
            why=pattern.why,
            action=pattern.action,
            colour=colours[segment.segment_id],
        )
        for segment, name, own, pattern in zip(
            profiles.segments, names, found, patterns, strict=True
        )
    )


def _given(profiles: Profiles, settings: NameSettings) -> dict[int, str]:
    given = {segment_id: name.strip() for segment_id, name in settings.names}
    ids = {segment.segment_id for segment in profiles.segments}
    for segment_id in given:
        if segment_id not in ids:
            raise SettingsError(
                f"There is no segment {segment_id} to name", remedy=f"Segments are 1 to {len(ids)}"
            )
    repeated = [name for name, count in Counter(given.values()).items() if count > 1]
    if repeated:
        raise SettingsError(
            f"Two segments were named {repeated[0]!r}", remedy="Give each segment its own name"
        )
    return given


def _colours(profiles: Profiles, kept: dict[int, int]) -> dict[int, int]:
    ids = [segment.segment_id for segment in profiles.segments]
    taken = {kept[i] for i in ids if i in kept}
    free = (colour for colour in count(1) if colour not in taken)
    return {i: kept[i] if i in kept else next(free) for i in ids}


def _find(segment: SegmentProfile, playbook: Playbook) -> Pattern:
    by_trait: dict[str, str] = {}
    for feature, level in segment.levels.items():
        known = playbook.trait(feature)
        if known is not None:
            by_trait.setdefault(known, level)
    marks = _marks(segment)
    for pattern in playbook.patterns:
        if pattern.fits(by_trait, marks):
            return pattern
    return _described(segment, playbook.words.customer.many)


def _marks(segment: SegmentProfile) -> dict[str, str]:
    """Return the value that at least half of the segment has, by column, where it marks it."""
    marks: dict[str, str] = {}
    for difference in segment.differences:
        column, separator, value = difference.name.rpartition("=")
        often = difference.segment >= MOSTLY
        if separator and difference.used and often and _lift(difference) >= NOTABLE_LIFT:
            marks.setdefault(column, value)
    return marks


def _lift(difference: Difference) -> float:
    return difference.segment / difference.overall if difference.overall > 0 else 0.0


def _described(segment: SegmentProfile, customers: str) -> Pattern:
    """Name by the two strongest traits among the features used."""
    notable = [d for d in segment.differences if d.used and abs(d.effect) >= NOTABLE_EFFECT]
    said = [_trait_words(d.name, d.effect) for d in notable[:2]]
    name = ", ".join(said)
    return replace(
        DESCRIBED,
        name=name[:1].upper() + name[1:] or f"Typical {customers}",
        description=f"Told from other {customers} by {listed(said)}."
        if notable
        else f"Close to the average of all {customers} in all that was used.",
    )


def _trait_words(name: str, effect: float) -> str:
    if "=" in name:
        column, category = name.split("=", 1)
        often = "mostly" if effect > 0 else "rarely"
        return f"{often} {short(category)} ({short(label(column))})"
    return f"{'high' if effect > 0 else 'low'} {short(label(name))}"


def _unique(
    names: tuple[str, ...], segments: tuple[SegmentProfile, ...], given: dict[int, str]
) -> list[str]:
    """Tell apart segments of one name by what they differ in most, at last by a number."""
    taken = set(given.values())
    unique: list[str] = []
    for name, segment in zip(names, segments, strict=True):
        if segment.segment_id not in given:
            siblings = [
                other
                for other, theirs in zip(segments, names, strict=True)
                if theirs == name and other is not segment
            ]
            candidates = _candidates(name, segment, siblings)
            name = next(candidate for candidate in candidates if candidate not in taken)
            taken.add(name)
        unique.append(name)
    return unique


def _candidates(
    name: str, segment: SegmentProfile, siblings: list[SegmentProfile]
) -> Iterator[str]:
    # A name found must be one that can be given, with a number behind it too.
    plain = short(name, LONGEST_NAME - 4)
    if not siblings:
        yield plain
    else:
        for words in _apart(segment, siblings):
            yield short(f"{name} ({words})", LONGEST_NAME - 4)
    yield from (f"{plain} {number}" for number in count(1 if siblings else 2))


def _apart(segment: SegmentProfile, siblings: list[SegmentProfile]) -> list[str]:
    """Say in what a segment lies above or below all its siblings, the widest gap first."""
    own, *others = [
        {d.name: d.effect for d in one.differences if d.used} for one in (segment, *siblings)
    ]
    gaps: dict[str, float] = {}
    for name, effect in own.items():
        if all(name in other for other in others):
            theirs = [other[name] for other in others]
            nearest = min(max(theirs), max(effect, min(theirs)))
            gaps[name] = effect - nearest
    ranked = sorted((name for name in gaps if gaps[name]), key=lambda name: -abs(gaps[name]))
    return [_comparative(name, gaps[name] > 0, len(siblings) > 1) for name in ranked]


def _comparative(name: str, above: bool, of_many: bool) -> str:
    ending = "st" if of_many else "r"
    if "=" in name:
        column, category = name.split("=", 1)
        more = {"r": ("less", "more"), "st": ("least", "most")}[ending][above]
        return f"{more} often {short(category)} ({short(label(column))})"
    return f"{'highe' if above else 'lowe'}{ending} {short(label(name))}"


def _reasons(segment: SegmentProfile, profiles: Profiles, customers: str) -> tuple[str, ...]:
    reasons = []
    strength = {d.name: abs(d.effect) for d in segment.differences}
    for feature in sorted(segment.levels, key=lambda name: -strength.get(name, 0.0)):
        level = segment.levels[feature]
        median = profiles.medians[feature][segment.segment_id]
        mean = profiles.means[feature][segment.segment_id]
        overall = profiles.overall[feature]
        if np.isnan(median):
            reasons.append(f"{label(feature)}: no value is known; all were filled in")
            continue
        reasons.append(
            f"{label(feature)}: {level}; median {say(median)}, mean {say(mean)} against "
            f"{say(overall)} over all {customers}"
        )
    return tuple(reasons)
