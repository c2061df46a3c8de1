"""Tables as CSV, a block of rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.errors import SettingsError
from segmentation.exporting.guard import as_texts, safe, safe_array

BLOCK_ROWS = 50_000
# Arrow writes these floats as Python does: with the fewest digits that read back the same.
LEAST_ALIKE, MOST_ALIKE = 1e-4, 1e10

Separator = Literal[",", ";", "\t"]
DecimalSign = Literal[".", ","]
Write = Callable[["pd.Series[Any]"], pa.Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvStyle:
    """How a table is written down.

    Parameters
    ----------
    separator : {",", ";", "tab"}
        Between cells.
    decimal : {".", ","}
        The decimal sign of numbers.
    byte_order_mark : bool
        Whether the file begins by saying that it is UTF-8, which Excel asks for.
    rewritten : bool
        Whether a customer table's numbers and dates are written anew, with this decimal sign, or
        each cell as it was read.
    guarded : bool
        Whether text that could run as a formula is quoted.

    Raises
    ------
    SettingsError
        If the decimal sign would part cells.

    Examples
    --------
    >>> to_csv(pd.DataFrame({"a": [0.5]}), CsvStyle(separator=";", decimal=","))
    b'a\\n0,5\\n'
    """

    separator: Separator = ","
    decimal: DecimalSign = "."
    byte_order_mark: bool = False
    rewritten: bool = False
    guarded: bool = True

    def __post_init__(self) -> None:
        if self.separator == self.decimal:
            raise SettingsError(
                "A comma can't part both cells and decimals",
                remedy="Separate cells by a semicolon or a tab",
            )


PLAIN = CsvStyle()
EXCEL = CsvStyle(byte_order_mark=True, rewritten=True)
EXCEL_COMMA = CsvStyle(separator=";", decimal=",", byte_order_mark=True, rewritten=True)


def to_csv(frame: pd.DataFrame, style: CsvStyle = PLAIN) -> bytes:
    """Write a frame as CSV that no spreadsheet takes for formulas.

    Text cells and headers that begin like a formula (also after spaces or quotes, also with
    full-width signs) get an apostrophe in front; plain numbers, such as -5 or +49170, stay. Whole
    numbers are written without a decimal point, others with the fewest digits that read back the
    same.

    Examples
    --------
    >>> to_csv(pd.DataFrame({"a": ["=1+1", "-5"], "b": [1.0, 2.0]}))
    b"a,b\\n'=1+1,1\\n-5,2\\n"
    """
    return b"".join(csv_blocks(frame, style))


def raw_csv(frame: pd.DataFrame) -> Iterator[bytes]:
    """Write a frame of text as CSV exactly as it is, some rows at a time.

    Examples
    --------
    >>> b"".join(raw_csv(pd.DataFrame({"a": ["=1", "2,5"]}, dtype="str")))
    b'a\\n=1\\n"2,5"\\n'
    """
    return csv_blocks(frame, CsvStyle(guarded=False))


def csv_blocks(frame: pd.DataFrame, style: CsvStyle = PLAIN) -> Iterator[bytes]:
    """Write a frame as `to_csv` does, some rows at a time."""
    writers = [_writer(frame.iloc[:, i], style) for i in range(frame.shape[1])]
    names = [str(name) for name in frame.columns]
    header = pa.array([safe(name) if style.guarded else name for name in names], pa.large_string())
    mark = b"\xef\xbb\xbf" if style.byte_order_mark else b""
    alone = len(names) == 1
    line = style.separator.join(_quoted(header, style, alone).to_pylist())
    yield mark + (line + "\n").encode("utf-8")
    for start in range(0, len(frame), BLOCK_ROWS):
        block = frame.iloc[start : start + BLOCK_ROWS]
        cells = [_quoted(write(block.iloc[:, i]), style, alone) for i, write in enumerate(writers)]
        rows = pc.binary_join_element_wise(*cells, pa.scalar(style.separator, pa.large_string()))
        yield ("\n".join(rows.to_pylist()) + "\n").encode("utf-8")


def _quoted(texts: pa.Array, style: CsvStyle, alone: bool) -> pa.Array:
    """Put quotes around what would otherwise end the cell or the row, or be no row at all."""
    held = pc.match_substring_regex(texts, f'[{style.separator}"\r\n]')
    if alone:
        held = pc.or_(held, pc.equal(texts, ""))
    if not pc.any(held).as_py():
        return texts
    said = ['"' + text.replace('"', '""') + '"' for text in texts.filter(held).to_pylist()]
    return pc.replace_with_mask(texts, held, pa.array(said, type=texts.type))


def _writer(column: pd.Series[Any], style: CsvStyle) -> Write:
    """Return how the cells of a whole column are written."""
    if pd.api.types.is_datetime64_dtype(column):
        days = bool((column.isna() | (column == column.dt.normalize())).all())
        form = "%Y-%m-%d" if days else "%Y-%m-%d %H:%M:%S"
        return lambda cells: as_texts(cells.dt.strftime(form))
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        told = _mixed if column.dtype == object else _told
        return lambda cells: safe_array(told(cells, style)) if style.guarded else told(cells, style)
    write = number_writer(column)
    if style.decimal == ".":
        return write
    return lambda cells: pc.replace_substring(write(cells), ".", style.decimal)


def number_writer(column: pd.Series[Any]) -> Write:
    """Return how the numbers of a whole column are written: all as whole numbers, or none."""
    values = column.to_numpy(dtype=float)
    known = values[~np.isnan(values)]
    return _whole if (known % 1 == 0).all() and (np.abs(known) < 2**53).all() else _broken


def _told(cells: pd.Series[Any], _: CsvStyle) -> pa.Array:
    return as_texts(cells)


def _mixed(cells: pd.Series[Any], style: CsvStyle) -> pa.Array:
    """Write texts with some numbers among them."""

    def figure(cell: Any) -> Any:
        if not isinstance(cell, float) or np.isnan(cell):
            return cell
        return str(cell).removesuffix(".0").replace(".", style.decimal)

    return as_texts(cells.map(figure))


def _whole(cells: pd.Series[Any]) -> pa.Array:
    values = cells.to_numpy(dtype=float)
    missing = np.isnan(values)
    numbers = np.where(missing, 0, values).astype(np.int64)
    return pc.fill_null(pa.array(numbers, mask=missing).cast(pa.large_string()), "")


def _broken(cells: pd.Series[Any]) -> pa.Array:
    values = cells.to_numpy(dtype=float)
    sizes = np.abs(values)
    unlike = ~((sizes >= LEAST_ALIKE) & (sizes < MOST_ALIKE) & (values % 1 != 0))
    texts = pa.array(values).cast(pa.large_string())
    said = ["" if value != value else repr(value) for value in values[unlike].tolist()]
    return pc.replace_with_mask(texts, pa.array(unlike), pa.array(said, type=texts.type))
