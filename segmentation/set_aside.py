"""The rows that were set aside, and the customers nothing was joined to, as tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results import (
    LINE_REASONS,
    REASONS,
    Clean,
    Customers,
    LineReason,
    Match,
    Rule,
    SetAsideLine,
    Table,
)


def set_aside_table(
    table: Table,
    set_aside: dict[Rule, npt.NDArray[np.int64]],
    only: Rule | LineReason | None = None,
) -> pd.DataFrame:
    """Return what was set aside as it was read, each row with its line of the file and reason.

    Lines that the reader set aside (titles, footnotes, totals) come with the rows; their cells
    stand from the first column on, and make columns of their own where they are too many.

    Parameters
    ----------
    table : Table
        The table that was cleaned.
    set_aside : dict of rule to ndarray of int
        From `Clean`, or gathered over several stages.
    only : str, optional
        Return what one rule, or the reader for one reason, set aside.
    """
    chosen = {rule: rows for rule, rows in set_aside.items() if only in (None, rule)}
    numbers = np.concatenate([*chosen.values(), np.empty(0, dtype=np.int64)])
    reasons = np.repeat([REASONS[rule] for rule in chosen], [len(r) for r in chosen.values()])
    rows = table.frame.iloc[numbers].reset_index(drop=True)
    lines = [line for line in table.report.set_aside if only in (None, line.reason)]
    if lines:
        rows = pd.concat([rows, _as_rows(lines, table)], ignore_index=True).fillna("")
    where = np.concatenate([table.lines[numbers], [line.line for line in lines]]).astype(np.int64)
    why = [*reasons, *(LINE_REASONS[line.reason] for line in lines)]
    order = np.lexsort((where, _file_places(table, numbers, lines)))
    rows = rows.iloc[order].reset_index(drop=True)
    taken = set(rows.columns)
    for name, values in (("reason", np.array(why, dtype=object)), ("line", where)):
        while name in taken:
            name += "_"
        rows.insert(0, name, values[order])
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the account of rows, from the file to those used.

    Parameters
    ----------
    rule : str
        A key of `LINE_REASONS` or `REASONS`, as `set_aside_table` takes it.
    reason : str
        The rule in words.
    rows_in, set_aside : int
        Rows it looked at, and rows it set aside.
    """

    rule: Rule | LineReason
    reason: str
    rows_in: int
    set_aside: int


def account(table: Table, cleaned: Clean) -> tuple[Step, ...]:
    """Return what reading set aside, reason by reason, and then what each rule of cleaning did.

    Examples
    --------
    >>> from segmentation.cleaning import clean
    >>> from segmentation.reading import Source, read_table
    >>> from segmentation.schema import suggest_schema
    >>> data = b"Sales\\n\\nid;spend\\n1;2\\n2;3\\n"
    >>> table = read_table(Source(name="a.csv", data=data), as_text=True)
    >>> steps = account(table, clean(table, suggest_schema(table)))
    >>> steps[0].reason, steps[0].rows_in, steps[0].set_aside
    ('it stands above the table', 3, 1)
    """
    counts = Counter(line.reason for line in table.report.set_aside)
    rows = rows_read(table)
    steps = []
    for rule, reason in LINE_REASONS.items():
        if counts[rule]:
            steps.append(Step(rule=rule, reason=reason, rows_in=rows, set_aside=counts[rule]))
            rows -= counts[rule]
    return (
        *steps,
        *(
            Step(rule=e.rule, reason=e.reason, rows_in=e.rows_in, set_aside=e.set_aside)
            for e in cleaned.ledger
        ),
    )


def rows_read(table: Table) -> int:
    """Count the records and the lines that reading set aside: all rows but the header."""
    return table.report.rows + len(table.report.set_aside)


def _file_places(
    table: Table, numbers: npt.NDArray[np.int64], lines: list[SetAsideLine]
) -> npt.NDArray[np.int64]:
    """Return the place of each row's file among the files, then each line's."""
    files = [file.name for file in table.report.files]
    ends = np.cumsum([file.rows for file in table.report.files])
    of_lines = [files.index(line.file) if line.file else 0 for line in lines]
    of_rows = np.searchsorted(ends, numbers, side="right")
    return np.concatenate([of_rows, of_lines]).astype(np.int64)


def _as_rows(lines: list[SetAsideLine], table: Table) -> pd.DataFrame:
    told = table.report.source_column
    names = [name for name in table.frame.columns if name != told]
    for number in range(len(names) + 1, max(len(line.cells) for line in lines) + 1):
        name = f"cell_{number}"
        while name in names:
            name += "_"
        names.append(name)
    cells = [[*line.cells, *[""] * (len(names) - len(line.cells))] for line in lines]
    frame = pd.DataFrame(cells, columns=names, dtype="str")
    if told is not None:
        frame[told] = pd.Series([line.file or "" for line in lines], dtype="str")
    return frame


def unmatched_returns(table: Table, cleaned: Clean) -> pd.DataFrame:
    """Return the returns whose sale was not found, as read, with their lines.

    They count all the same. Those of customers who ordered nothing are set aside instead.
    """
    if cleaned.refunds is None:
        return set_aside_table(table, {}, "unmatched_return")
    lines = cleaned.refunds.lines
    rows = lines.index[~lines["matched"]].to_numpy(dtype=np.int64)
    return set_aside_table(table, {"unmatched_return": rows}, "unmatched_return")


def unmatched_customers(customers: Customers, match: Match) -> pd.DataFrame:
    """Return the ids of the customers that a further table says nothing of."""
    return pd.DataFrame({"customer_id": customers.ids[match.lacking]}, dtype="str")


def unmatched_rows(match: Match) -> pd.DataFrame:
    """Return the rows of a further table whose id is no customer's, as read, with their lines."""
    return set_aside_table(match.table, match.clean.set_aside, "no_such_customer")
