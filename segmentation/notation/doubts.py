"""What a careful reader of the columns would want to be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow.compute as pc

from segmentation.notation.pieces import Piece
from segmentation.notation.wording import ORDERED, number_text
from segmentation.numerals import counted
from segmentation.results import Change
from segmentation.settings import DateOrder, DecimalMark
from segmentation.values import Cells, lost_digits, year_first

FEWEST_SWAPPED = 3
_PERCENT = "percent read as a fraction"


def id_doubts(ids: Mapping[str, Cells]) -> Iterator[str]:
    """Say so where a spreadsheet rounded ids."""
    for name, cells in ids.items():
        rounded = lost_digits(cells)
        for _, example in cells.first(rounded, 1):
            yield (
                f"{name}: {cells.count(rounded):,} ids are written like {example!r}, which a "
                "spreadsheet makes of long numbers; digits may be lost. Export the ids as text."
            )


def currency_doubts(columns: Mapping[str, list[Piece[DecimalMark]]]) -> Iterator[str]:
    """Say so where amounts are in several currencies."""
    for name, pieces in columns.items():
        currencies = sorted({currency for piece in pieces for currency in piece.currencies})
        if len(currencies) > 1:
            yield (
                f"{name}: its amounts are in {' and '.join(currencies)}; they are used as they "
                "stand, without conversion."
            )


def percent_doubts(
    columns: Mapping[str, list[Piece[DecimalMark]]], changes: Mapping[str, tuple[Change, ...]]
) -> Iterator[str]:
    """Say so where only some numbers of a column are percent."""
    for name, pieces in columns.items():
        bare = [example for piece in pieces for example in _bare_numbers(piece)]
        for change in changes[name]:
            if change.kind == _PERCENT and bare:
                (written, read), *_ = change.examples
                yield (
                    f"{name}: {counted(change.count, 'cell is', 'cells are')} percent and others "
                    f"are not: {written} is read as {read}, and {bare[0][0]} as {bare[0][1]}. "
                    "Write all of them in one way."
                )


def _bare_numbers(piece: Piece[DecimalMark]) -> Iterator[tuple[str, str]]:
    """Yield the first number without a percent sign and how it is read; 0 is the same with one."""
    values = piece.values[piece.evidence.best]
    percent = np.asarray(pc.match_substring(piece.cells.texts, "%"), dtype=bool)
    bare = ~np.isnan(values) & (values != 0) & ~percent
    for at, example in piece.cells.first(bare, 1):
        yield example, number_text(values[at])


def swapped_doubts(columns: Mapping[str, list[Piece[DateOrder]]]) -> Iterator[str]:
    """Say so where a spreadsheet of another country took some dates for its own."""
    for name, pieces in columns.items():
        for piece in pieces:
            values = piece.values["dmy"]
            stored = year_first(piece.cells) & ~np.isnat(values)
            days = (values.astype("datetime64[D]") - values.astype("datetime64[M]")).astype(int)
            ordered = piece.done["dmy"][ORDERED["dmy"]] & ~np.isnat(piece.read("dmy")[0])
            if (
                stored.sum() >= FEWEST_SWAPPED
                and (days[stored] < 12).all()
                and ordered.any()
                and not (ordered & piece.evidence.differ).any()
            ):
                (_, date), *_ = piece.cells.first(stored, 1)
                (_, text), *_ = piece.cells.first(ordered, 1)
                yield (
                    f"{name}: none of the {piece.cells.count(stored):,} dates such as {date} has a "
                    f"day above 12, and {piece.cells.count(ordered):,} are text, such as {text}. A "
                    "spreadsheet set to another country leaves dates so: it has likely swapped day "
                    "and month of the first kind. Export the column again, as text."
                )
