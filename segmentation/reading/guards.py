"""What is put before an id so that a spreadsheet leaves it alone, taken off for use."""

from __future__ import annotations

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
_GUARD = r"""^\s*(?:="(?P<formula>[^"]*)"|'(?P<digits>[0-9]+))\s*$"""


def without_guards(table: Table) -> Table:
    """Take ``="00123"`` and ``'00123`` for 00123, where most of a column is written so.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> data = b'id,spend\\n="00123",5\\n="00124",7\\n'
    >>> table = without_guards(read_table(Source(name="a.csv", data=data), as_text=True))
    >>> table.frame["id"].tolist(), table.report.changes[0].count
    (['00123', '00124'], 2)
    """
    frame, changes = table.frame, []
    for name in frame.columns:
        head = _arrow(frame[name].iloc[:SAMPLE_ROWS])
        filled = pc.sum(pc.not_equal(head, "")).as_py() or 0
        guarded = pc.sum(pc.match_substring_regex(head, _GUARD)).as_py() or 0
        if guarded <= GUARDED * filled:
            continue
        written = _arrow(frame[name])
        parts = pc.extract_regex(written, _GUARD)
        fits = pc.is_valid(parts)
        inner = pc.binary_join_element_wise(
            pc.struct_field(parts, "formula"),
            pc.struct_field(parts, "digits"),
            pa.scalar("", pa.large_string()),
        )
        read = pc.if_else(fits, inner, written)
        frame = frame.assign(**{name: pd.Series(read.to_pandas(), dtype="str", index=frame.index)})
        shown = [written.filter(fits), read.filter(fits)]
        changes.append(
            Change(
                kind=f"guard before a text taken off in {name}",
                count=len(shown[0]),
                examples=tuple(zip(*(part[:EXAMPLES].to_pylist() for part in shown), strict=True)),
            )
        )
    if not changes:
        return table
    report = replace(table.report, changes=(*table.report.changes, *changes))
    return replace(table, frame=frame, report=report)


def _arrow(text: pd.Series[Any]) -> pa.Array:
    return pa.array(text, pa.large_string())
