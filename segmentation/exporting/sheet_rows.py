"""Rows of a worksheet, thousands at a time: cell by cell a million customers take minutes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.utils import get_column_letter

from segmentation.exporting.delimited import number_writer
from segmentation.exporting.guard import as_texts, safe, safe_array

LONGEST_TEXT = 32_767
BLOCK_ROWS = 20_000
DAY = pd.Timedelta(days=1)
# A spreadsheet counts days from here, and takes 1900 for a leap year.
EPOCH, FIRST_DAY = pd.Timestamp(1899, 12, 30), pd.Timestamp(1900, 3, 1)

# XML can't hold these; and an underscore before a number would make a character of it.
_UNTOLD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKED_AT = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]|_x[0-9A-Fa-f]{4}_"
_CHARACTER = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def cell_text(text: str) -> str:
    """Return text as a cell can hold it: unable to run, without what XML has no way to say, cut.

    Examples
    --------
    >>> cell_text("=1+1"), cell_text("a\\x00b"), len(cell_text("x" * 40_000))
    ("'=1+1", 'ab', 32767)
    """
    told = _CHARACTER.sub("_x005F_", safe(_UNTOLD.sub("", text)))
    units = told.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return told
    return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"


def rows_xml(frame: pd.DataFrame, first_row: int, styles: Sequence[int]) -> Iterator[bytes]:
    """Write the rows of a frame as a worksheet holds them, some at a time.

    Parameters
    ----------
    frame : pandas.DataFrame
        Numbers, dates and texts; a column of objects may have numbers among texts.
    first_row : int
        Where the first row stands, from 1.
    styles : sequence of int
        The style of each column's numbers.
    """
    writers = [_cells(frame.iloc[:, i], i + 1, style) for i, style in enumerate(styles)]
    for start in range(0, len(frame), BLOCK_ROWS):
        block = frame.iloc[start : start + BLOCK_ROWS]
        numbers = pa.array(np.arange(len(block)) + first_row + start).cast(pa.large_string())
        cells = [write(block.iloc[:, i], numbers) for i, write in enumerate(writers)]
        rows = _joined('<row r="', numbers, '">', *cells, "</row>")
        yield "".join(rows.to_pylist()).encode("utf-8")


def _cells(
    column: pd.Series[Any], number: int, style: int
) -> Callable[[pd.Series[Any], pa.Array], pa.Array]:
    """Return how cells of a whole column are written, given their rows' numbers."""
    letter = get_column_letter(number)

    def numbers(texts: pa.Array, rows: pa.Array) -> pa.Array:
        told = _joined(f'<c r="{letter}', rows, f'" s="{style}"><v>', texts, "</v></c>")
        return pc.if_else(pc.equal(texts, ""), "", told)

    def texts(said: pa.Array, rows: pa.Array) -> pa.Array:
        told = _joined(f'<c r="{letter}', rows, '" t="inlineStr"><is><t xml:space="preserve">',
                       _escaped(said), "</t></is></c>")  # fmt: skip
        return pc.if_else(pc.equal(said, ""), "", told)

    def mixed(cells: pd.Series[Any], rows: pa.Array) -> pa.Array:
        held = np.array([isinstance(cell, float) for cell in cells])
        figures = _numbers(cells.where(held).astype(float))
        return pc.if_else(pa.array(held), numbers(figures, rows), texts(as_texts(cells), rows))

    if pd.api.types.is_datetime64_dtype(column):
        if (column < FIRST_DAY).any():
            return lambda cells, rows: texts(as_texts(cells), rows)
        return lambda cells, rows: numbers(_numbers((cells - EPOCH) / DAY), rows)
    if column.dtype == object:
        return mixed
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return lambda cells, rows: numbers(_numbers(cells), rows)
    return lambda cells, rows: texts(as_texts(cells), rows)


def _numbers(cells: pd.Series[Any]) -> pa.Array:
    found = cells.where(np.isfinite(cells.to_numpy(dtype=float)))
    return number_writer(found)(found)


def _escaped(texts: pa.Array) -> pa.Array:
    """Return texts as XML that says what `cell_text` says."""
    held = pc.or_(
        pc.match_substring_regex(texts, _LOOKED_AT),
        pc.greater(pc.binary_length(texts), LONGEST_TEXT),
    )
    told = safe_array(texts)
    if pc.any(held).as_py():
        said = [cell_text(text) for text in texts.filter(held).to_pylist()]
        told = pc.replace_with_mask(told, held, pa.array(said, type=told.type))
    for mark, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        told = pc.replace_substring(told, mark, entity)
    return told


def _joined(*parts: Any) -> pa.Array:
    told = [pa.scalar(p, pa.large_string()) if isinstance(p, str) else p for p in parts]
    return pc.binary_join_element_wise(*told, pa.scalar("", pa.large_string()))
