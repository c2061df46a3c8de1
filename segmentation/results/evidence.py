"""Partitions, what speaks for which number of segments, and how far that can be trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from segmentation.settings import PrepareSettings
from segmentation.values import Floats

Criterion = Literal[
    "elbow",
    "silhouette",
    "calinski_harabasz",
    "davies_bouldin",
    "gap",
    "prediction_strength",
    "stability",
]
Level = Literal["strong", "reasonable", "weak", "none"]
TrapKind = Literal["tiny_group", "ruling_feature", "copied_feature", "heavy_tail"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Partition:
    """A clustering for one k, before its segments are numbered.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Group of each row, from 0.
    centres : ndarray of float, shape (k, columns)
        Mean of each group, in prepared units.
    inertia : float
        Sum of squared distances to the centres, in prepared units.
    points : ndarray of float, shape (k, columns), or None
        Where the search was stopped early: the centres of its last round, to the nearest of which
        each row belongs. None where that is the row's own mean, or the method knows no such points.
    """

    labels: npt.NDArray[np.int64]
    centres: Floats
    inertia: float
    points: Floats | None = None

    @property
    def k(self) -> int:
        """Number of groups."""
        return len(self.centres)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sweep:
    """The best partition found for each k, and its indices.

    Parameters
    ----------
    ks : tuple of int
        Every k tried, rising, from 2.
    partitions : dict of int to Partition
        By k.
    total : float
        Sum of squared distances to the mean of all: the inertia of one segment.
    inertias : tuple of float
        For each k.
    silhouettes : tuple of float
        Mean over customers, for each k.
    silhouette_errors : tuple of float
        Standard error of each, 0 where no customer was left out.
    silhouette_customers : int
        How many customers they were computed on: all, or a sample.
    calinski_harabasz, davies_bouldin : tuple of float
        For each k, of all customers.
    smallest : tuple of int
        Size of the smallest group for each k.
    """

    ks: tuple[int, ...]
    partitions: dict[int, Partition]
    total: float
    inertias: tuple[float, ...]
    silhouettes: tuple[float, ...]
    silhouette_errors: tuple[float, ...]
    silhouette_customers: int
    calinski_harabasz: tuple[float, ...]
    davies_bouldin: tuple[float, ...]
    smallest: tuple[int, ...]

    def __post_init__(self) -> None:
        assert len(self.ks) == len(self.inertias) == len(self.silhouettes) == len(self.smallest)
        assert len(self.ks) == len(self.calinski_harabasz) == len(self.davies_bouldin)
        assert set(self.ks) == set(self.partitions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """A figure that was resampled.

    Parameters
    ----------
    mean : float
        Over the draws.
    low, high : float
        95% interval of the mean: 1.96 standard errors to each side, within the figure's bounds.
    """

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trials:
    """What resampling says: would the groups come back, and are they more than chance?

    Parameters
    ----------
    ks : tuple of int
        Every k tried, rising, from 2.
    customers : int
        How many customers were resampled: all, or a sample.
    gaps : tuple of (float, float)
        Gap statistic of Tibshirani, Walther and Hastie (2001) and its standard error s_k, for k = 1
        and then for each of ``ks``.
    references : tuple of (float, float)
        Mean and standard deviation of the silhouette in data without groups, for each k.
    prediction_strengths : tuple of Resampled
        Of Tibshirani and Walther (2005), for each k.
    stabilities : dict of int to tuple of Resampled
        Bootstrap Jaccard of Hennig (2007) for each k, one a group, in the order of the partition.
    hopkins : Resampled or None
        Hopkins and Skellam's statistic with exponent d, the number of columns; near 1 in clumped
        data, about 0.5 in evenly scattered ones.
    """

    ks: tuple[int, ...]
    customers: int
    gaps: tuple[tuple[float, float], ...]
    references: tuple[tuple[float, float], ...]
    prediction_strengths: tuple[Resampled, ...]
    stabilities: dict[int, tuple[Resampled, ...]]
    hopkins: Resampled | None

    def __post_init__(self) -> None:
        assert len(self.gaps) == len(self.ks) + 1
        assert len(self.references) == len(self.prediction_strengths) == len(self.ks)
        assert set(self.stabilities) == set(self.ks)

    def weakest(self, k: int) -> Resampled:
        """Return the stability of the group that comes back least well."""
        return min(self.stabilities[k], key=lambda found: found.mean)


@dataclass(slots=True, kw_only=True, eq=False)
class Begun:
    """Trials under way: what is found so far, to be shown, and to go on from.

    Parameters
    ----------
    found : dict of (trial, number) to object
        What each trial came to, in the order they were made.
    """

    found: dict[tuple[str, int], Any] = field(default_factory=dict)

    @property
    def hopkins(self) -> Resampled | None:
        """As in `Trials`; None also before it is known."""
        value: Resampled | None = self.found.get(("hopkins", 0))
        return value

    @property
    def prediction_strengths(self) -> dict[int, Resampled]:
        """By k, as far as known."""
        return {k: value for (what, k), value in self.found.items() if what == "foretold"}

    @property
    def stabilities(self) -> dict[int, tuple[Resampled, ...]]:
        """By k, as far as known, one a group."""
        return {k: value for (what, k), value in self.found.items() if what == "stability"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one criterion says.

    Parameters
    ----------
    criterion : str
        Its name.
    k : int or None
        The k it speaks for; 1 says that there are no groups, None that it can't tell.
    reason : str
        Its number and what it means, in a sentence.
    """

    criterion: Criterion
    k: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How far the segments can be trusted.

    Parameters
    ----------
    level : {"strong", "reasonable", "weak", "none"}
        In a word.
    sentence : str
        In plain words.
    """

    level: Level
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What comes of other settings.

    Parameters
    ----------
    k : int
        The number of segments with the largest silhouette, but for those that split off a handful.
    silhouette : float
        At that k.
    sizes : tuple of int
        Of the segments, largest first.
    customers : int
        How many customers it was tried on: all that the settings keep, or those of a sample.
    """

    k: int
    silhouette: float
    sizes: tuple[int, ...]
    customers: int

    def __post_init__(self) -> None:
        assert len(self.sizes) == self.k and sum(self.sizes) == self.customers
        assert list(self.sizes) == sorted(self.sizes, reverse=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What can be done about a trap.

    Parameters
    ----------
    words : str
        What is done, as an offer.
    settings : PrepareSettings
        That do it.
    outcome : Outcome or None
        What comes of it; None before it was tried.
    """

    words: str
    settings: PrepareSettings
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """Something that makes a figure look better, or a segment more real, than it is.

    Parameters
    ----------
    kind : str
        Which trap.
    sentence : str
        What was seen, with its numbers.
    features : tuple of str
        Those concerned.
    ks : tuple of int
        Numbers of segments that are not to be suggested because of it.
    remedies : tuple of Remedy
        The best guess first; empty where nothing helps.
    """

    kind: TrapKind
    sentence: str
    features: tuple[str, ...] = ()
    ks: tuple[int, ...] = ()
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What speaks for which k, and the k to use.

    Parameters
    ----------
    sweep : Sweep
        Every k compared; a k that was asked for may be beyond the range.
    trials : Trials or None
        None where nothing was resampled yet.
    votes : tuple of Vote
        One a criterion; empty where a single k was looked at.
    traps : tuple of Trap
        What to beware of.
    stabilities : tuple of Resampled
        Bootstrap Jaccard of each group of the partition to use; empty before the trials.
    verdict : Verdict or None
        About the k to use; None before the trials.
    natural_k : int or None
        The k that the criteria together speak for, 1 for no groups; None where they weren't asked.
    k : int
        The k to use: the one asked for, else ``natural_k``, else the most convenient cut.
    reason : str
        Why, in a sentence.
    """

    sweep: Sweep
    trials: Trials | None = None
    votes: tuple[Vote, ...] = ()
    traps: tuple[Trap, ...] = ()
    stabilities: tuple[Resampled, ...] = ()
    verdict: Verdict | None = None
    natural_k: int | None = None
    k: int
    reason: str

    @property
    def partition(self) -> Partition:
        """The partition to use."""
        return self.sweep.partitions[self.k]

    def __post_init__(self) -> None:
        assert self.k in self.sweep.partitions
        assert len(self.stabilities) in (0, self.k)
