"""What is put before an id so that a spreadsheet leaves it alone, taken off for use."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.results import Change, Table

SAMPLE_ROWS = 1_000
EXAMPLES = 3
GUARDED = 0.5

# As a formula that gives a text, or behind the apostrophe that Excel itself hides.
_FORMULA = r"""^\s*="(?P<inner>[^"]*)"\s*$"""
_APOSTROPHE = r"""^\s*'(?P<inner>[0-9]+)\s*$"""


def without_guards(table: Table) -> Table:
    """Take ``="00123"``, and ``'00123`` where most of a column is written so, for 00123.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> data = b'id,spend\\n="00123",5\\n="00124",7\\n'
    >>> table = without_guards(read_table(Source(name="a.csv", data=data), as_text=True))
    >>> table.frame["id"].tolist(), table.report.changes[0].count
    (['00123', '00124'], 2)
    """
    names = _bare_names(list(table.frame.columns))
    frame = table.frame.rename(columns=names)
    changes = [
        Change(
            kind="guard before a column's name taken off",
            count=len(names),
            examples=tuple(names.items())[:EXAMPLES],
        )
    ]
    for name in frame.columns:
        guard = _guard(frame[name])
        if guard is None:
            continue
        written = _arrow(frame[name])
        inner = pc.struct_field(pc.extract_regex(written, guard), "inner")
        read = pc.coalesce(inner, written)
        frame = frame.assign(**{name: pd.Series(read.to_pandas(), dtype="str", index=frame.index)})
        fits = pc.is_valid(inner)
        count = pc.sum(fits).as_py()
        shown = (part.filter(fits).slice(0, EXAMPLES).to_pylist() for part in (written, read))
        pairs = tuple(zip(*shown, strict=True))
        changes.append(
            Change(kind=f"guard before a text taken off in {name}", count=count, examples=pairs)
        )
    changes = [change for change in changes if change.count]
    if not changes:
        return table
    report = replace(table.report, changes=(*table.report.changes, *changes))
    texts = {names.get(name, name): is_text for name, is_text in table.texts.items()}
    return replace(table, frame=frame, report=report, texts=texts)


def _bare_names(guarded: list[str]) -> dict[str, str]:
    """Map the names with a guard to what they are without, if no two are the same then."""
    found = {name: match["inner"] for name in guarded if (match := re.match(_FORMULA, name))}
    return found if len({found.get(name, name) for name in guarded}) == len(guarded) else {}


def _guard(text: pd.Series[Any]) -> str | None:
    """Tell how a column's cells are guarded: a formula is nothing else, but '99 may be a year."""
    if text.str.contains('="', regex=False).any():
        return _FORMULA
    head = _arrow(text.iloc[:SAMPLE_ROWS])
    filled = pc.sum(pc.not_equal(head, "")).as_py() or 0
    guarded = pc.sum(pc.match_substring_regex(head, _APOSTROPHE)).as_py() or 0
    return _APOSTROPHE if guarded > GUARDED * filled else None


def _arrow(text: pd.Series[Any]) -> pa.Array:
    return pa.array(text, pa.large_string())
