"""How the segments of one run stand to those of another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Which segments of two runs are the same, and what became of the others.

    A segment is part of another where more than half of its customers, of those in both runs, are
    in that.

    Parameters
    ----------
    customers : int
        How many are in segments of both runs; all that follows is about these.
    agreement : float or None
        Adjusted Rand index (Hubert and Arabie 1985): 1 is the same segments, 0 what chance would
        give; None without customers in both.
    pairs : dict of int to int
        The segment after for each segment before that has one.
    overlaps : dict of int to float
        For the same segments before: the customers in both over those in either (Jaccard).
    splits : dict of int to tuple of int
        For segments before: their parts after, where there are two or more.
    merges : dict of int to tuple of int
        For segments after: their parts before, where there are two or more.
    new : tuple of int
        Segments after that are neither one from before nor a part or a merger of such.
    gone : tuple of int
        Segments before that are neither one after nor a part or a split into such.
    """

    customers: int
    agreement: float | None
    pairs: dict[int, int]
    overlaps: dict[int, float]
    splits: dict[int, tuple[int, ...]]
    merges: dict[int, tuple[int, ...]]
    new: tuple[int, ...]
    gone: tuple[int, ...]

    def __post_init__(self) -> None:
        assert len(set(self.pairs.values())) == len(self.pairs)
        assert self.overlaps.keys() == self.pairs.keys()
        assert not set(self.new) & set(self.pairs.values())
        assert not set(self.gone) & set(self.pairs)

    @property
    def unchanged(self) -> bool:
        """Whether the customers in both runs are parted in the same way."""
        return self.agreement == 1.0
