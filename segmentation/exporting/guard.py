"""Text that no spreadsheet takes for a formula."""

from __future__ import annotations

from typing import Any

import pandas as pd

# Control characters and zero-width marks are skipped by some spreadsheets, like spaces.
FORMULA_START = r"^[\s\x00-\x20\u200b-\u200f\u2060\ufeff\"'“”‘’]*[=+\-@|%\t\r\n＝＋－＠｜％]"
PLAIN_NUMBER = r"^\s*[+-]?(?:\d+(?:[.,\s']\d+)*[.,]?|[.,]\d+)(?:[eE][+-]?\d+)?\s*%?\s*$"


def safe_text(text: pd.Series[Any]) -> list[str]:
    """Put an apostrophe before every text that a spreadsheet could take for a formula."""
    text = text.astype("str").fillna("")
    risky = text.str.contains(FORMULA_START, regex=True) & ~text.str.contains(
        PLAIN_NUMBER, regex=True
    )
    return text.mask(risky, "'" + text).tolist()
