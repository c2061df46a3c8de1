"""Customers with their segment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.exporting.delimited import to_csv
from segmentation.results import Run
from segmentation.values import Bools


def customers_frame(run: Run, keep: Bools | None = None) -> pd.DataFrame:
    """Return one row a segmented customer, with ``segment_id`` and ``segment`` at the right.

    Parameters
    ----------
    run : Run
        A finished run.
    keep : ndarray of bool, shape (segmented customers,), optional
        Which to return, in the order of ``run.profiles.customers``; all by default.

    Returns
    -------
    pandas.DataFrame
        A customer table's own columns, as the text they were read as and in their order; for
        transactions ``customer_id`` and every feature; then what joined tables tell. A column of
        the file that is called as one of the two new ones is renamed (`renamed_columns`).
    """
    chosen = slice(None) if keep is None else keep
    positions = run.profiles.customers[chosen]
    labels = run.profiles.labels[chosen]
    customers = run.loaded.customers
    if customers.kind == "customers":
        frame = run.loaded.table.frame.iloc[customers.rows[positions]]
        frame = frame.rename(columns=renamed_columns(run)).reset_index(drop=True)
        told = [name for match in run.loaded.joined for name in match.columns]
        more = customers.frame.iloc[positions][told].reset_index(drop=True)
        frame = pd.concat([frame, more], axis=1)
    else:
        frame = customers.frame.iloc[positions].copy()
        frame.insert(0, "customer_id", customers.ids[positions])
    names = run.name_of()
    return frame.assign(
        segment_id=labels, segment=np.array([names[i] for i in labels.tolist()], dtype=object)
    ).reset_index(drop=True)


def customers_head(run: Run, keep: Bools, rows: int) -> pd.DataFrame:
    """Return the first rows of `customers_frame`, for a look."""
    few = np.zeros(len(keep), dtype=bool)
    few[np.flatnonzero(keep)[:rows]] = True
    return customers_frame(run, few)


def renamed_columns(run: Run) -> dict[str, str]:
    """Map columns of a customer table that stand in the way of the new ones to their new names."""
    if run.loaded.customers.kind != "customers":
        return {}
    taken = {str(name).casefold() for name in run.loaded.table.frame.columns}
    renamed: dict[str, str] = {}
    for name in run.loaded.table.frame.columns:
        if str(name).strip().casefold() in ("segment", "segment_id"):
            new = f"{name}_original"
            while new.casefold() in taken:
                new += "_"
            taken.add(new.casefold())
            renamed[name] = new
    return renamed


def customers_csv(run: Run, keep: Bools | None = None) -> bytes:
    """Return `customers_frame` as CSV: UTF-8, comma, LF, text that could be a formula quoted.

    The same run gives the same bytes.
    """
    return to_csv(customers_frame(run, keep))
