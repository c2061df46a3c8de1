"""What no segment has: rows and customers set aside, and by which rules."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.results import LedgerEntry, LineReason, Rule, Run
from segmentation.set_aside import set_aside_table


def ledger(run: Run) -> tuple[LedgerEntry, ...]:
    """Return every rule applied, of cleaning and of preparing."""
    return (*run.loaded.clean.ledger, *run.prepared.ledger)


def set_aside_rows(run: Run, only: Rule | LineReason | None = None) -> pd.DataFrame:
    """Return the rows of the file that no segment has, as read, each with its line and reason.

    For transactions these are order lines; customers set aside later are in
    `set_aside_customers`.
    """
    set_aside = dict(run.loaded.clean.set_aside)
    if run.loaded.customers.kind == "customers":
        rows = run.loaded.customers.rows
        set_aside |= {rule: rows[where] for rule, where in run.prepared.set_aside.items()}
    return set_aside_table(run.loaded.table, set_aside, only)


def set_aside_customers(run: Run) -> pd.DataFrame:
    """Return the customers of a transactions file that preparing set aside, with the reason."""
    customers = run.loaded.customers
    parts = []
    if customers.kind == "transactions":
        for entry in run.prepared.ledger:
            positions = run.prepared.set_aside.get(entry.rule, np.empty(0, dtype=np.int64))
            part = customers.frame.iloc[positions].copy()
            part.insert(0, "customer_id", customers.ids[positions])
            part.insert(0, "reason", entry.reason)
            parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def set_aside_count(run: Run) -> int:
    """Count the rows `set_aside_rows` gives."""
    counts = [len(rows) for rows in run.loaded.clean.set_aside.values()]
    if run.loaded.customers.kind == "customers":
        counts += [len(rows) for rows in run.prepared.set_aside.values()]
    return sum(counts) + len(run.loaded.table.report.set_aside)
