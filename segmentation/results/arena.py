"""The same customers prepared in several ways, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.results.evidence import Resampled
from segmentation.settings import PrepareSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way to prepare the features, and what K-Means makes of it.

    Parameters
    ----------
    name : str
        What it is called.
    settings : PrepareSettings
        That adopt it.
    problem : str or None
        Why it is not possible, in a sentence; None where it is, and all below is None or empty
        where it is not.
    silhouette : float or None
        At the arena's k.
    sizes : tuple of int
        Of the segments at that k, largest first.
    stability : Resampled or None
        Bootstrap Jaccard of the least stable segment at that k.
    own_k, own_silhouette : int and float, or None
        The k with the largest silhouette, but for those with a group too small to be suggested;
        None where all have one.
    """

    name: str
    settings: PrepareSettings
    problem: str | None = None
    silhouette: float | None = None
    sizes: tuple[int, ...] = ()
    stability: Resampled | None = None
    own_k: int | None = None
    own_silhouette: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """A column that is no feature, and how far the segments agree with it.

    Parameters
    ----------
    column : str
        Its name.
    values : int
        How many different values it has.
    agreements : tuple of float or None
        Adjusted Rand index (Hubert and Arabie 1985, doi 10.1007/BF01908075) of each candidate's
        segments with the column, among customers with a value: 1 for the same groups, about 0 for
        chance; None where the candidate is not possible.
    """

    column: str
    values: int
    agreements: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arena:
    """Preparations side by side.

    Parameters
    ----------
    k : int
        Number of segments that all are compared at.
    customers, of : int
        How many customers were taken, and how many there are; fewer where a sample is drawn.
    compared : int
        How many of those taken no candidate sets aside; agreements are among them.
    candidates : tuple of Candidate
        In a fixed order.
    agreements : tuple of tuple of float or None
        Adjusted Rand index of each two; None where one is not possible.
    held_out : tuple of HeldOut
        Columns that can judge from outside.
    """

    k: int
    customers: int
    of: int
    compared: int
    candidates: tuple[Candidate, ...]
    agreements: tuple[tuple[float | None, ...], ...]
    held_out: tuple[HeldOut, ...]

    def __post_init__(self) -> None:
        count = len(self.candidates)
        assert len(self.agreements) == count
        assert all(len(row) == count for row in self.agreements)
        assert all(len(column.agreements) == count for column in self.held_out)
