"""Bytes and paths to a table of text, with a report of how it was read."""

from segmentation.reading.source import Bundle, Given, Source, as_source
from segmentation.reading.table import read_table

__all__ = ["Bundle", "Given", "Source", "as_source", "read_table"]
