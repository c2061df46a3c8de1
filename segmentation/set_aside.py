"""The rows that were set aside, as a table with their reasons."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results import LINE_REASONS, REASONS, LineReason, Rule, SetAsideLine, Table


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
        rows = pd.concat([rows, _as_rows(lines, rows)], ignore_index=True).fillna("")
    where = np.concatenate([table.lines[numbers], [line.line for line in lines]]).astype(np.int64)
    why = [*reasons, *(LINE_REASONS[line.reason] for line in lines)]
    order = np.argsort(where, kind="stable")
    rows = rows.iloc[order].reset_index(drop=True)
    taken = set(rows.columns)
    for name, values in (("reason", np.array(why, dtype=object)), ("line", where)):
        while name in taken:
            name += "_"
        rows.insert(0, name, values[order])
    return rows


def _as_rows(lines: list[SetAsideLine], rows: pd.DataFrame) -> pd.DataFrame:
    names = list(rows.columns)
    for number in range(len(names) + 1, max(len(line.cells) for line in lines) + 1):
        name = f"cell_{number}"
        while name in names:
            name += "_"
        names.append(name)
    cells = [[*line.cells, *[""] * (len(names) - len(line.cells))] for line in lines]
    return pd.DataFrame(cells, columns=names, dtype="str")
