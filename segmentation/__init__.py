"""Customer segmentation: read, clean, aggregate, prepare, choose k, cluster, profile, export."""

from segmentation.errors import SegmentationError
from segmentation.reading import Source, read_table
from segmentation.results import ReadReport, Table
from segmentation.settings import Recipe

__all__ = ["ReadReport", "Recipe", "SegmentationError", "Source", "Table", "read_table"]
