"""Customers held against a saved model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from segmentation.results.cleaned import Rule
from segmentation.results.customers import Customers
from segmentation.results.run import Loaded
from segmentation.values import Bools, Floats

DoubtKind = Literal[
    "missing_column",
    "renamed_column",
    "missing_value",
    "new_category",
    "other_units",
    "no_logarithm",
    "reading",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDoubt:
    """Why scores may not mean what they seem to.

    Parameters
    ----------
    kind : str
        What it is about.
    column : str
        The feature or column concerned; empty for the whole file.
    text : str
        In a sentence.
    """

    kind: DoubtKind
    column: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Where customers lie among a model's points.

    Parameters
    ----------
    segment_ids, runner_up_ids : ndarray of int, shape (n,)
        The nearest and the second nearest segment; either of two that are equally near, to nine
        digits, can be the second. After steps by hand, the segment that a customer comes to, and
        the one it would come to first (`segmentation.models.turning`).
    squares : ndarray of float, shape (n,)
        Squared distance to the point that it came to, in prepared units.
    margins : ndarray of float, shape (n,)
        1 - nearest / second nearest distance: 0 on the border, 1 on the point (the simplified
        silhouette of Hruschka, de Castro and Campello 2004). After steps by hand, that of the
        decision that would have to go the other way.
    outside : ndarray of bool, shape (n,)
        Farther from the point than 99% of the segment's customers were when the model was made.
    """

    segment_ids: npt.NDArray[np.int16]
    runner_up_ids: npt.NDArray[np.int16]
    squares: Floats
    margins: Floats
    outside: Bools

    @property
    def distances(self) -> Floats:
        """Distance to the point that each came to, in prepared units."""
        return np.asarray(np.sqrt(self.squares))

    def of(self, which: Bools) -> Places:
        """Return those of some customers."""
        return Places(
            segment_ids=self.segment_ids[which],
            runner_up_ids=self.runner_up_ids[which],
            squares=self.squares[which],
            margins=self.margins[which],
            outside=self.outside[which],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """Customers with their segment by a saved model.

    Parameters
    ----------
    customers : Customers
        All customers of the file.
    positions : ndarray of int, shape (n,)
        Positions of those scored among them, rising.
    features : dict of str to ndarray, shape (n,)
        What the model used of each: numbers in original units, NaN where missing; texts.
    places : Places
        Their segments, in the order of ``positions``.
    set_aside : dict of rule to ndarray of int
        Positions of the others, by what the model's settings set them aside for.
    names : dict of int to str
        Of the segments.
    doubts : tuple of ScoreDoubt
        What may be wrong with the scores.
    notes : tuple of str
        What the user should know, in sentences.
    loaded : Loaded or None
        The file, where there is one.
    """

    customers: Customers
    positions: npt.NDArray[np.int64]
    features: dict[str, npt.NDArray[Any]]
    places: Places
    set_aside: dict[Rule, npt.NDArray[np.int64]]
    names: dict[int, str]
    doubts: tuple[ScoreDoubt, ...] = ()
    notes: tuple[str, ...] = ()
    loaded: Loaded | None = None

    def __post_init__(self) -> None:
        others = sum(len(rows) for rows in self.set_aside.values())
        assert len(self.customers.ids) == len(self.positions) + others
        assert len(self.places.segment_ids) == len(self.positions)

    @property
    def ids(self) -> npt.NDArray[Any]:
        """The ids of the customers scored."""
        return self.customers.ids[self.positions]

    @property
    def segment_ids(self) -> npt.NDArray[np.int64]:
        """The segments of the customers scored."""
        return self.places.segment_ids.astype(np.int64)

    @property
    def missing(self) -> npt.NDArray[np.int64]:
        """How many of the model's features have no value, of each customer scored."""
        gaps = np.zeros(len(self.positions), dtype=np.int64)
        for values in self.features.values():
            gaps += np.isnan(values) if values.dtype.kind == "f" else values == ""
        return gaps

    def sizes(self) -> dict[int, int]:
        """Count the customers of each segment."""
        counts = np.bincount(self.places.segment_ids, minlength=len(self.names) + 1)
        return {segment_id: int(counts[segment_id]) for segment_id in self.names}
