"""Text that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# Spreadsheets, or those who paste into them, skip these: space, control and invisible characters,
# and quotes of any kind.
_SKIPPED = (
    r"\s\x00-\x20\x7f-\xa0\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\"'`´“”„‟‘’‚‛«»‹›＂＇"
)
FORMULA_START = re.compile(rf"[{_SKIPPED}]*[=+\-@|%\t\r\n＝＋－＠｜％﹦﹢﹣﹫﹪−]")
PLAIN_NUMBER = re.compile(r"\s*[+\-−]?(?:\d+(?:[.,']\d+)*[.,]?|[.,]\d+)(?:[eE][+-]?\d+)?\s*%?\s*")


def safe(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet could take for a formula.

    Plain numbers, such as -5 or +49170, stay; digits with spaces between them are none.

    Examples
    --------
    >>> safe("=1+1"), safe(' "@sum'), safe("-5"), safe("+49 170")
    ("'=1+1", '\\' "@sum', '-5', "'+49 170")
    """
    risky = FORMULA_START.match(text) and not PLAIN_NUMBER.fullmatch(text)
    return "'" + text if risky else text


def safe_text(text: pd.Series[Any]) -> list[str]:
    """Put an apostrophe before every text that a spreadsheet could take for a formula."""
    found: list[str] = safe_array(as_texts(text)).to_pylist()
    return found


def as_texts(column: pd.Series[Any]) -> pa.Array:
    """Return a column as Arrow texts, "" where a cell is missing."""
    texts = pa.array(column.astype("str"), type=pa.large_string())
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    return pc.fill_null(texts, "")


def safe_array(texts: pa.Array) -> pa.Array:
    """Do as `safe` does, for many."""
    # Few texts begin with a mark or a space, and only those are looked at one by one.
    first = pc.utf8_slice_codeunits(texts, 0, 1)
    marks = [mark for mark in pc.unique(first).to_pylist() if mark and not mark.isalnum()]
    if not marks:
        return texts
    looked_at = pc.is_in(first, value_set=pa.array(marks, type=first.type))
    said = [safe(text) for text in texts.filter(looked_at).to_pylist()]
    return pc.replace_with_mask(texts, looked_at, pa.array(said, type=texts.type))
