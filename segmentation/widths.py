"""The silhouette of each customer: who sits well in a segment, and who between two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.results import Prepared, Segmentation
from segmentation.silhouettes import silhouette_sample, silhouettes
from segmentation.values import Floats

MOST_DRAWN = 1_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Widths:
    """Silhouettes of customers, segment after segment, falling within each.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Segment of each customer, rising.
    values : ndarray of float, shape (n,)
        Its silhouette.
    of : int
        How many customers there are; more than n where a sample was drawn.
    misplaced : dict of int to int
        For each segment, its customers among these that are closer to another one.
    """

    labels: npt.NDArray[np.int64]
    values: Floats
    of: int
    misplaced: dict[int, int]

    def __post_init__(self) -> None:
        assert len(self.labels) == len(self.values) <= self.of

    @property
    def mean(self) -> float:
        """Mean silhouette of these customers."""
        return float(self.values.mean())

    def few(self, most: int = MOST_DRAWN) -> Widths:
        """Keep every so many customers of each segment, so that its shape stays, and one at least.

        Examples
        --------
        >>> many = Widths(
        ...     labels=np.repeat([1, 2], 300), values=np.zeros(600), of=600, misplaced={1: 0, 2: 0}
        ... )
        >>> len(many.few(200).labels)
        200
        """
        step = -(-len(self.labels) // most)
        place_in_segment = np.arange(len(self.labels)) - np.searchsorted(self.labels, self.labels)
        kept = place_in_segment % step == 0
        return Widths(
            labels=self.labels[kept],
            values=self.values[kept],
            of=self.of,
            misplaced=self.misplaced,
        )


def widths(prepared: Prepared, segmentation: Segmentation, seed: int) -> Widths:
    """Compute the silhouette of each customer, or of the sample that the mean is taken of.

    Parameters
    ----------
    prepared : Prepared
        The matrix.
    segmentation : Segmentation
        Of its rows.
    seed : int
        Of the run, for the sample of a very large table.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,11\\n3,90\\n4,95\\n"
    >>> done = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2)))
    >>> found = widths(done.prepared, done.segmentation, seed=0)
    >>> found.labels.tolist(), found.misplaced, found.mean == done.segmentation.silhouette
    ([1, 1, 2, 2], {1: 0, 2: 0}, True)
    """
    rows = silhouette_sample(len(prepared.matrix), seed)
    labels = segmentation.labels[rows]
    values = silhouettes(prepared.matrix[rows], [labels - 1])[0]
    order = np.lexsort((-values, labels))
    return Widths(
        labels=labels[order],
        values=values[order],
        of=len(prepared.matrix),
        misplaced={
            segment: int((values[labels == segment] < 0).sum())
            for segment in range(1, segmentation.k + 1)
        },
    )
