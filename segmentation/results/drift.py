"""How far other customers are from those that a model was made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DriftLevel = Literal["steady", "shifting", "shifted"]
DriftVerdict = Literal["keep", "watch", "refit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How a feature, or the segments, are spread now and were when the model was made.

    Parameters
    ----------
    name : str
        The feature; "segments" for their shares.
    psi : float
        Population stability index; 0 where nothing has changed.
    chance : float
        What it stays below in 99 of 100 samples of so many customers, if nothing has changed.
    level : {"steady", "shifting", "shifted"}
        Below 0.1 or what chance gives; up to 0.25; beyond.
    bins : tuple of str
        The ranges or values compared, in words.
    before, after : tuple of float
        Share of the customers in each.
    text : str
        What has changed, in a sentence.
    """

    name: str
    psi: float
    chance: float
    level: DriftLevel
    bins: tuple[str, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    text: str

    def __post_init__(self) -> None:
        assert len(self.bins) == len(self.before) == len(self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far other customers are from those that a model was made from.

    Parameters
    ----------
    customers : int
        How many were scored.
    features : tuple of Shift
        One a feature of the model, in their order.
    segments : Shift
        The shares of the segments.
    outside : float
        Share of the customers outside what the model has seen; 0.01 at most when it was made.
    verdict : {"keep", "watch", "refit"}
        What to do with the model.
    sentence : str
        Why, in plain words.
    """

    customers: int
    features: tuple[Shift, ...]
    segments: Shift
    outside: float
    verdict: DriftVerdict
    sentence: str

    @property
    def changed(self) -> tuple[Shift, ...]:
        """What is not steady, the largest change first."""
        every = (*self.features, self.segments)
        return tuple(sorted((s for s in every if s.level != "steady"), key=lambda s: -s.psi))
