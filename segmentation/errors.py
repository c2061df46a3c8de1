"""The errors a user can meet: each says what happened, where, and what to do about it."""

from __future__ import annotations


class SegmentationError(Exception):
    """Base of all errors that are about the user's data or choices, not about the program.

    Parameters
    ----------
    what : str
        What happened, as a sentence without its full stop.
    where : str
        File, sheet, row, column or value concerned; empty when there is no such place.
    remedy : str
        What the user can do, as a sentence without its full stop.

    Examples
    --------
    >>> str(SegmentationError("The file is empty", where="a.csv", remedy="Choose another file"))
    'The file is empty (a.csv). Choose another file.'
    """

    def __init__(self, what: str, *, where: str = "", remedy: str) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        place = f" ({where})" if where else ""
        super().__init__(" ".join(f"{what}{place}. {remedy}.".split()))


class ReadError(SegmentationError):
    """The bytes can't be read as a table."""


class SchemaError(SegmentationError):
    """The columns don't serve the roles they were given, or a needed role is missing."""


class DataError(SegmentationError):
    """The table was read but can't carry the segmentation that was asked for."""


class NoGroupsError(DataError):
    """A method that finds the number of groups itself found none, or a single one."""


class SettingsError(SegmentationError):
    """A setting has a value it can't have."""


class ModelError(SegmentationError):
    """A saved model can't be made, kept, read or used."""
