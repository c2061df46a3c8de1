"""The rows that were set aside, and the customers nothing was joined to, as tables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results import REASONS, Customers, Match, Rule, Table


def set_aside_table(
    table: Table, set_aside: dict[Rule, npt.NDArray[np.int64]], only: Rule | None = None
) -> pd.DataFrame:
    """Return the rows set aside as they were read, each with its row, line and reason.

    ``data_row`` counts the table's rows from 1, ``line`` is the line of the file (of the row's own
    file, told at the right, where there are several).

    Parameters
    ----------
    table : Table
        The table that was cleaned.
    set_aside : dict of rule to ndarray of int
        From `Clean`, or gathered over several stages.
    only : str, optional
        Return one rule's rows.
    """
    chosen = {rule: rows for rule, rows in set_aside.items() if only in (None, rule)}
    numbers = np.concatenate([*chosen.values(), np.empty(0, dtype=np.int64)])
    reasons = np.repeat([REASONS[rule] for rule in chosen], [len(r) for r in chosen.values()])
    order = np.argsort(numbers, kind="stable")
    rows = table.frame.iloc[numbers[order]].reset_index(drop=True)
    taken = set(rows.columns)
    for name, values in (
        ("reason", reasons[order]),
        ("line", table.lines[numbers[order]]),
        ("data_row", numbers[order] + 1),
    ):
        while name in taken:
            name += "_"
        rows.insert(0, name, values)
    return rows


def unmatched_customers(customers: Customers, match: Match) -> pd.DataFrame:
    """Return the ids of the customers that a further table says nothing of."""
    return pd.DataFrame({"customer_id": customers.ids[match.lacking]}, dtype="str")


def unmatched_rows(match: Match) -> pd.DataFrame:
    """Return the rows of a further table whose id is no customer's, as read, with their lines."""
    return set_aside_table(match.table, match.clean.set_aside, "no_such_customer")
