"""Bytes and paths to a table of text, with a report of how it was read."""

from segmentation.reading.table import Source, read_table

__all__ = ["Source", "read_table"]
