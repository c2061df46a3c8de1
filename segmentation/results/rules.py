"""Segments retold as rules that a database or a CRM can follow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What one feature of a customer must meet.

    Parameters
    ----------
    feature : str
        The column, as it is called in the file.
    above, at_most : float or None
        The number is larger than ``above``, and not larger than ``at_most``; None is no bound.
        A number without either bound must only be known.
    among, other_than : tuple of str
        For a category: the values it may have, and the run's other values; "" is a missing one.
        Empty for a number.
    or_missing : bool
        Whether a customer without a value meets it.
    whole : bool
        Whether the feature's numbers are whole.
    """

    feature: str
    above: float | None = None
    at_most: float | None = None
    among: tuple[str, ...] = ()
    other_than: tuple[str, ...] = ()
    or_missing: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRule:
    """Which customers a rule counts into a segment.

    Parameters
    ----------
    segment_id : int
        1 to k.
    paths : tuple of tuple of Condition
        Ways into the segment, the one for most customers first: a customer takes one if it meets
        all of its conditions. Without a path the rule finds nobody.
    customers : int
        Segmented customers that it finds.
    coverage : float
        Share of the segment's customers that it finds.
    precision : float or None
        Share of those it finds that are of the segment; None if it finds nobody.
    """

    segment_id: int
    paths: tuple[tuple[Condition, ...], ...]
    customers: int
    coverage: float
    precision: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One rule a segment; no customer meets two of them.

    Parameters
    ----------
    leaves : int
        Paths of all rules together.
    depth : int
        The most questions that a customer must be asked.
    fidelity : float
        Share of the segmented customers whom the rules give the segment they are in.
    rules : tuple of SegmentRule
        By segment id.
    """

    leaves: int
    depth: int
    fidelity: float
    rules: tuple[SegmentRule, ...]

    def __post_init__(self) -> None:
        assert sum(len(rule.paths) for rule in self.rules) == self.leaves
        assert [rule.segment_id for rule in self.rules] == list(range(1, len(self.rules) + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Which segment a customer would join, by the rules and by the nearest centre.

    Parameters
    ----------
    segment_id : int or None
        By the rules; None if no path is open: a value they need is missing, or a category is new.
    conditions : tuple of Condition
        The path taken; empty without one.
    nearest_id : int
        The segment whose centre is nearest, in prepared units; where segments were merged or split
        by hand, the one that the nearest centre of those found leads to.
    distances : tuple of float
        To the centre of each segment, by id.
    """

    segment_id: int | None
    conditions: tuple[Condition, ...]
    nearest_id: int
    distances: tuple[float, ...]

    @property
    def runner_up_id(self) -> int | None:
        """The segment whose centre is nearest but one; None if there is one only."""
        order = sorted(range(len(self.distances)), key=self.distances.__getitem__)
        return order[1] + 1 if len(order) > 1 else None

    @property
    def margin(self) -> float:
        """How clear the nearest is, from 0 on the border with the runner-up to 1 at the centre."""
        first, second = sorted(self.distances)[:2]
        return 1 - first / second if second else 0.0
