"""Playbooks: what customers are called in a field, and the names of their segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segmentation.numerals import counted
from segmentation.vocabulary import trait
from segmentation.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """A word for one and for many.

    Examples
    --------
    >>> Noun(one="student", many="students").count(1200)
    '1,200 students'
    """

    one: str
    many: str

    def count(self, number: int) -> str:
        """Write a number with the word for so many."""
        return counted(number, self.one, self.many)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a field calls things, to be used wherever they are spoken of.

    Parameters
    ----------
    customer, order : Noun
        Who is segmented, and what they come for.
    money : str
        What they bring in.
    """

    customer: Noun
    order: Noun
    money: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A name for segments that lie in certain places.

    Parameters
    ----------
    when : tuple of (trait, levels)
        For each trait, the levels it may have.
    mostly : tuple of (column word, values)
        For each category, by a word in its column's name, the values that mark the segment.
    name, description, why, action : str
        What such a segment is called, who is in it, why that matters, and what to do about it.
    """

    when: tuple[tuple[str, frozenset[str]], ...]
    mostly: tuple[tuple[str, frozenset[str]], ...]
    name: str
    description: str
    why: str
    action: str

    def fits(self, levels: Mapping[str, str], marks: Mapping[str, str]) -> bool:
        """Tell whether every condition holds.

        Parameters
        ----------
        levels : mapping of str to str
            The segment's level by trait.
        marks : mapping of str to str
            Columns with the value that marks the segment.
        """
        return all(levels.get(name) in allowed for name, allowed in self.when) and all(
            any(
                word in words(column) and value.casefold() in values
                for column, value in marks.items()
            )
            for word, values in self.mostly
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """The names and words of a field.

    Parameters
    ----------
    name, title : str
        How it is chosen, and how it is shown.
    words : Words
        What the field calls things.
    columns : frozenset of str
        Words in column names that suggest it.
    means : tuple of (trait, words)
        Further words in column names that tell what a feature means.
    patterns : tuple of Pattern
        The first that fits is taken.
    """

    name: str
    title: str
    words: Words
    columns: frozenset[str]
    means: tuple[tuple[str, frozenset[str]], ...]
    patterns: tuple[Pattern, ...]

    def trait(self, feature: str) -> str | None:
        """Tell what a feature means in this field, None if its name doesn't say."""
        parts = set(words(feature))
        own = (name for name, known in self.means if parts & known)
        return next(own, None) or trait(feature)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookChoice:
    """The playbook in use.

    Parameters
    ----------
    playbook : Playbook
        Its names and words.
    reason : str
        Why it and no other, in a sentence.
    note : str
        What is wrong with the one that should have been used; empty if nothing is.
    """

    playbook: Playbook
    reason: str
    note: str = ""
