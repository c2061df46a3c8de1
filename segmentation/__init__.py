"""Customer segmentation: read, clean, aggregate, prepare, choose k, cluster, profile, export."""

from segmentation.errors import SegmentationError
from segmentation.reading import Bundle, Source, read_table
from segmentation.results import ReadReport, Table
from segmentation.settings import Recipe

__all__ = ["Bundle", "ReadReport", "Recipe", "SegmentationError", "Source", "Table", "read_table"]
