"""Customers with their segment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from segmentation.exporting.delimited import PLAIN, CsvStyle, csv_blocks
from segmentation.exporting.guard import as_texts
from segmentation.results import Run
from segmentation.values import Bools, is_missing


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


def typed_customers(run: Run, keep: Bools | None = None) -> pd.DataFrame:
    """Return `customers_frame` with its numbers as numbers and its dates as dates.

    Text stays where a number would say less: with leading zeros, with more digits than a
    spreadsheet keeps, and in single cells that no number could be read from.
    """
    frame = customers_frame(run, keep)
    customers = run.loaded.customers
    positions = run.profiles.customers[slice(None) if keep is None else keep]
    read: dict[str, npt.NDArray[Any]] = {}
    if customers.kind == "customers":
        renamed = renamed_columns(run)
        rows = customers.rows[positions]
        read = {
            renamed.get(name, name): values[rows]
            for name, values in run.loaded.clean.values.items()
        }
    texts = [name for name in frame.columns if isinstance(frame[name].dtype, pd.StringDtype)]
    ids = [] if "customer_id" in texts or customers.kind == "customers" else ["customer_id"]
    return frame.assign(**{name: _typed(frame[name], read.get(name)) for name in [*texts, *ids]})


def _typed(text: pd.Series[Any], values: npt.NDArray[Any] | None) -> pd.Series[Any]:
    cells = as_texts(text)
    if values is None:
        count = pc.sum(pc.match_substring_regex(cells, r"^(-?[1-9][0-9]{0,14}|0)?$")).as_py()
        empty = pc.equal(cells, "")
        if count != len(text) or pc.all(empty).as_py():
            return text
        numbers = pc.if_else(empty, None, cells).cast("float64")
        return pd.Series(numbers.to_numpy(zero_copy_only=False), index=text.index)
    if pc.any(pc.match_substring_regex(cells, r"^[+-]?0[0-9]+$|[0-9]{16}")).as_py():
        return text
    found = pd.Series(values, index=text.index)
    doubtful = text[found.isna()]
    unread = doubtful.index[~is_missing(doubtful)]
    if len(unread):
        found = found.astype(object)
        found[unread] = text[unread]
    return found


def customers_blocks(
    run: Run, keep: Bools | None = None, style: CsvStyle = PLAIN
) -> Iterator[bytes]:
    """Write customers as CSV, some rows at a time."""
    frame = (typed_customers if style.rewritten else customers_frame)(run, keep)
    return csv_blocks(frame, style)


def customers_csv(run: Run, keep: Bools | None = None, style: CsvStyle = PLAIN) -> bytes:
    """Return `customers_frame` as CSV: in UTF-8, text that could be a formula quoted.

    Unless told otherwise, cells are parted by commas and rows by LF. The same run
    gives the same bytes.
    """
    return b"".join(customers_blocks(run, keep, style))
