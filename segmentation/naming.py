"""Names in business words, with their reasons and a suggested action, from playbook.toml."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np

from segmentation.errors import SettingsError
from segmentation.numerals import say
from segmentation.results import Profiles, SegmentName, SegmentProfile
from segmentation.settings import LONGEST_NAME, NameSettings
from segmentation.vocabulary import label, trait
from segmentation.words import short

PLAYBOOK = Path(__file__).with_name("playbook.toml")
NOTABLE_EFFECT = 0.3
DEFAULT_ACTION = (
    "Look at what sets this segment apart, then test one offer on a part of it before all of it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A name for segments that lie in certain places.

    Parameters
    ----------
    when : tuple of (trait, levels)
        For each trait, the levels it may have.
    name, action : str
        What such a segment is called, and what to do about it.
    """

    when: tuple[tuple[str, frozenset[str]], ...]
    name: str
    action: str

    def fits(self, levels: dict[str, str]) -> bool:
        """Tell whether every condition holds for a segment's levels by trait."""
        return all(levels.get(name) in allowed for name, allowed in self.when)


def name_segments(
    profiles: Profiles, settings: NameSettings | None = None
) -> tuple[SegmentName, ...]:
    """Name every segment, each name once.

    Parameters
    ----------
    profiles : Profiles
        Who the segments are.
    settings : NameSettings, optional
        Names the user gave, and colours kept.

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
    given = _given(profiles, settings)
    colours = _colours(profiles, dict(settings.colours))
    plain, actions = zip(*map(_find, profiles.segments), strict=True)
    names = _unique(plain, profiles.segments, given)
    found = _unique(plain, profiles.segments, {})
    return tuple(
        SegmentName(
            segment_id=segment.segment_id,
            name=given.get(segment.segment_id, name),
            given=segment.segment_id in given,
            found=own,
            reasons=_reasons(segment, profiles),
            action=action,
            colour=colours[segment.segment_id],
        )
        for segment, name, own, action in zip(profiles.segments, names, found, actions, strict=True)
    )


@cache
def playbook() -> tuple[Pattern, ...]:
    """Read the patterns, in their order."""
    raw = tomllib.loads(PLAYBOOK.read_text(encoding="utf-8"))
    return tuple(
        Pattern(
            when=tuple((name, _levels(wanted)) for name, wanted in entry["when"].items()),
            name=entry["name"],
            action=entry["action"],
        )
        for entry in raw["pattern"]
    )


def _levels(wanted: str | list[str]) -> frozenset[str]:
    words = [wanted] if isinstance(wanted, str) else wanted
    wider = {"low": ("very low", "low"), "high": ("high", "very high")}
    return frozenset(level for word in words for level in wider.get(word, (word,)))


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


def _find(segment: SegmentProfile) -> tuple[str, str]:
    by_trait: dict[str, str] = {}
    for feature, level in segment.levels.items():
        known = trait(feature)
        if known is not None:
            by_trait.setdefault(known, level)
    for pattern in playbook():
        if pattern.fits(by_trait):
            return pattern.name, pattern.action
    return _described(segment), DEFAULT_ACTION


def _described(segment: SegmentProfile) -> str:
    """Name by the two strongest traits among the features used."""
    notable = [d for d in segment.differences if d.used and abs(d.effect) >= NOTABLE_EFFECT]
    if not notable:
        return "Typical customers"
    said = ", ".join(_trait_words(d.name, d.effect) for d in notable[:2])
    return said[0].upper() + said[1:]


def _trait_words(name: str, effect: float) -> str:
    if "=" in name:
        column, category = name.split("=", 1)
        often = "mostly" if effect > 0 else "rarely"
        return f"{often} {short(category)} ({short(label(column))})"
    return f"{'high' if effect > 0 else 'low'} {short(label(name))}"


def _unique(
    names: tuple[str, ...], segments: tuple[SegmentProfile, ...], given: dict[int, str]
) -> list[str]:
    """Tell apart segments of one name by what else is strongest in them, at last by a number."""
    counts = Counter(names)
    taken = set(given.values())
    unique: list[str] = []
    for name, segment in zip(names, segments, strict=True):
        if segment.segment_id not in given:
            candidates = _candidates(name, segment, shared=counts[name] > 1)
            name = next(candidate for candidate in candidates if candidate not in taken)
            taken.add(name)
        unique.append(name)
    return unique


def _candidates(name: str, segment: SegmentProfile, *, shared: bool) -> Iterator[str]:
    # A name found must be one that can be given, with a number behind it too.
    plain = short(name, LONGEST_NAME - 4)
    if not shared:
        yield plain
    for difference in segment.differences:
        words = _trait_words(difference.name, difference.effect)
        if difference.used and words.casefold() not in name.casefold():
            yield short(f"{name} ({words})", LONGEST_NAME - 4)
    yield from (f"{plain} {number}" for number in count(2))


def _reasons(segment: SegmentProfile, profiles: Profiles) -> tuple[str, ...]:
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
            f"{say(overall)} over all customers"
        )
    return tuple(reasons)
