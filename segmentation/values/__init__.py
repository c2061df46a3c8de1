"""Text cells to numbers, dates and ids, with every cell that would not turn accounted for."""

from segmentation.values.cells import Bools, Cells, Dates, Floats, matches
from segmentation.values.dates import (
    DateTexts,
    Instants,
    is_called_a_date,
    names_a_date,
    read_dates,
    to_dates,
    year_first,
)
from segmentation.values.frames import make_typed, typed_frame
from segmentation.values.ids import Ids, are_codes, lost_digits, read_ids, to_ids
from segmentation.values.marks import is_missing, missing
from segmentation.values.numbers import (
    LARGEST_NUMBER,
    Numbers,
    NumberTexts,
    plain_numbers,
    read_numbers,
    to_numbers,
)
from segmentation.values.settling import Evidence, Place, Settled, settle

__all__ = [
    "LARGEST_NUMBER",
    "Bools",
    "Cells",
    "DateTexts",
    "Dates",
    "Evidence",
    "Floats",
    "Ids",
    "Instants",
    "NumberTexts",
    "Numbers",
    "Place",
    "Settled",
    "are_codes",
    "is_called_a_date",
    "is_missing",
    "lost_digits",
    "make_typed",
    "matches",
    "missing",
    "names_a_date",
    "plain_numbers",
    "read_dates",
    "read_ids",
    "read_numbers",
    "settle",
    "to_dates",
    "to_ids",
    "to_numbers",
    "typed_frame",
    "year_first",
]
