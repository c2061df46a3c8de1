"""What a segment's card shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number over a segment's customers shown, against all customers of the run.

    Parameters
    ----------
    feature : str
        The column.
    known : int
        Customers with a value.
    mean, lower, median, upper : float or None
        Mean and quartiles in original units; None where nobody has a value.
    overall : float or None
        Mean over all customers of the run.
    index : float or None
        100 x mean / overall; None where there is no mean or ``overall`` is not above 0.
    effect : float
        Standardised difference: (mean - overall) / population standard deviation of all; 0 where
        there is no mean or all are equal.
    used : bool
        Whether the segments were made with it.
    """

    feature: str
    known: int
    mean: float | None
    lower: float | None
    median: float | None
    upper: float | None
    overall: float | None
    index: float | None
    effect: float
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryShare:
    """A value of a category among a segment's customers shown, against all customers of the run.

    Parameters
    ----------
    column, category : str
        "" is a missing value.
    customers : int
        Of the segment, with the value.
    share, overall : float
        Of the segment's customers, and of all customers of the run, 0 to 1.
    lift : float
        share / overall; 1 is as often as among all. 100 x lift is the index.
    effect : float
        Standardised difference: (share - overall) / sqrt(overall (1 - overall)).
    used : bool
        Whether the segments were made with it.
    """

    column: str
    category: str
    customers: int
    share: float
    overall: float
    lift: float
    effect: float
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A real customer.

    Parameters
    ----------
    position : int
        In `Customers`.
    customer_id : str
        As read.
    distance : float
        To the segment's centre, in prepared units.
    """

    position: int
    customer_id: str
    distance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """Who is in a segment, of those shown.

    Parameters
    ----------
    segment_id : int
        1 to k.
    customers : int
        Of the segment, shown.
    share : float
        Of all customers shown, 0 to 1; 0 if nobody is shown.
    revenue, revenue_share : float or None
        Sum of the money feature and its share of that of all shown; the sum is None without such a
        feature, the share also where all together is not above 0.
    sentences : tuple of str
        Up to three that tell it from the rest, each of another column, the most telling first.
    figures : tuple of Figure
        Every numeric column, by size of effect.
    categories : tuple of CategoryShare
        The values that set it apart, by lift away from 1 (as a ratio), those that hold at least 5%
        of the segment or of all.
    typical : dict of str to tuple of CategoryShare
        The most frequent values of each category, at most five.
    examples : tuple of Example
        The three nearest to the segment's centre.
    """

    segment_id: int
    customers: int
    share: float
    revenue: float | None
    revenue_share: float | None
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...]
    categories: tuple[CategoryShare, ...]
    typical: dict[str, tuple[CategoryShare, ...]]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portraits:
    """All segments, of the customers shown.

    Parameters
    ----------
    customers : int
        Shown.
    money_feature : str or None
        What revenue is the sum of.
    revenue : float or None
        Of all customers shown.
    segments : tuple of Portrait
        By id.
    notes : tuple of str
        What could not be said, and why.
    """

    customers: int
    money_feature: str | None
    revenue: float | None
    segments: tuple[Portrait, ...]
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        assert sum(portrait.customers for portrait in self.segments) == self.customers

    def telling_features(self) -> tuple[str, ...]:
        """Return the numeric columns, those used first, then by what sets a segment apart most."""
        strength: dict[str, float] = {}
        used: dict[str, bool] = {}
        for portrait in self.segments:
            for figure in portrait.figures:
                size = max(strength.get(figure.feature, 0.0), abs(figure.effect))
                strength[figure.feature] = size
                used[figure.feature] = figure.used
        return tuple(sorted(strength, key=lambda name: (not used[name], -strength[name])))
