"""Tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from segmentation.exporting.guard import safe_text

BLOCK_ROWS = 50_000


def to_csv(frame: pd.DataFrame) -> bytes:
    """Write a frame as CSV that no spreadsheet takes for formulas.

    Text cells and headers that begin like a formula (also after spaces or quotes, also with
    full-width signs) get an apostrophe in front; plain numbers, such as -5 or +49 30, stay. Whole
    numbers are written without a decimal point, others with the fewest digits that read back the
    same.

    Examples
    --------
    >>> to_csv(pd.DataFrame({"a": ["=1+1", "-5"], "b": [1.0, 2.0]}))
    b"a,b\\n'=1+1,1\\n-5,2\\n"
    """
    header = safe_text(pd.Series([str(name) for name in frame.columns], dtype="str"))
    return _written(header, [_cells(frame[name]) for name in frame.columns])


def raw_csv(frame: pd.DataFrame) -> Iterator[bytes]:
    """Write a frame of text as CSV exactly as it is, some rows at a time.

    Examples
    --------
    >>> b"".join(raw_csv(pd.DataFrame({"a": ["=1", "2,5"]}, dtype="str")))
    b'a\\n=1\\n"2,5"\\n'
    """
    header: list[Any] | None = list(frame.columns)
    for start in range(0, max(len(frame), 1), BLOCK_ROWS):
        block = frame.iloc[start : start + BLOCK_ROWS]
        yield _written(header, [block[name].tolist() for name in block.columns])
        header = None


class _LineFeeds(io.StringIO):
    """Takes lines that end in CR LF and ends them in LF."""

    def write(self, line: str, /) -> int:
        return super().write(line.removesuffix("\r\n") + "\n")


def _written(header: list[Any] | None, columns: list[list[Any]]) -> bytes:
    out = _LineFeeds(newline="")
    # Before Python 3.13 the writer quotes only the characters of its own line ending, and a bare
    # CR in a cell would end the row.
    writer = csv.writer(out, lineterminator="\r\n")
    if header is not None:
        writer.writerow(header)
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("utf-8")


def _cells(column: pd.Series[Any]) -> list[Any]:
    if not pd.api.types.is_numeric_dtype(column):
        return safe_text(column)
    values = column.to_numpy(dtype=float)
    missing = np.isnan(values)
    if (values[~missing] % 1 == 0).all() and (np.abs(values[~missing]) < 2**53).all():
        cells: list[Any] = np.where(missing, 0, values).astype(np.int64).tolist()
    else:
        cells = values.tolist()
    return ["" if gap else cell for gap, cell in zip(missing.tolist(), cells, strict=True)]
