"""Bytes and paths to a table of text, with a report of how it was read."""

from segmentation.reading.guards import without_guards
from segmentation.reading.limits import ReadLimits, limits_from
from segmentation.reading.source import Bundle, Given, Source, as_source
from segmentation.reading.table import read_table

__all__ = [
    "Bundle",
    "Given",
    "ReadLimits",
    "Source",
    "as_source",
    "limits_from",
    "read_table",
    "without_guards",
]
