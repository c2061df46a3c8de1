"""Which customers a screen shows: conditions, how they are met quickly, where they are kept."""

from segmentation.filtering.conditions import (
    Bounds,
    Filter,
    Picked,
    bounds,
    date_label,
    of_segments,
    passing,
    passing_segmented,
)
from segmentation.filtering.index import FilterIndex

__all__ = [
    "Bounds",
    "Filter",
    "FilterIndex",
    "Picked",
    "bounds",
    "date_label",
    "of_segments",
    "passing",
    "passing_segmented",
]
