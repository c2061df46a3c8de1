"""The tables of the Data screen: set-aside rows, a look at the table, how it was read."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import state, widgets
from segmentation.exporting import to_csv
from segmentation.results import REASONS, Loaded, Table
from segmentation.set_aside import set_aside_table

SHOWN_ROWS = 100


def set_aside(loaded: Loaded) -> None:
    """Draw the ledger of cleaning, and the rows of a rule, to look at and to take away."""
    ledger = loaded.clean.ledger
    st.dataframe(
        pd.DataFrame(
            {
                "Rule": [entry.reason for entry in ledger],
                "Rows in": [entry.rows_in for entry in ledger],
                "Set aside": [entry.set_aside for entry in ledger],
                "Rows left": [entry.rows_in - entry.set_aside for entry in ledger],
            }
        ),
        hide_index=True,
        column_config={
            "Rule": st.column_config.TextColumn(width="large"),
            **{
                name: st.column_config.NumberColumn(format="localized")
                for name in ("Rows in", "Set aside", "Rows left")
            },
        },
    )
    for note in loaded.clean.notes:
        st.info(state.escape(note), icon=":material/info:")
    rules = list(loaded.clean.set_aside)
    if not rules:
        st.success("Every row is used.", icon=":material/check:")
        return
    rule = st.selectbox(
        "Look at the rows set aside because",
        rules,
        format_func=lambda name: f"{REASONS[name]} ({len(loaded.clean.set_aside[name]):,})",
        key=state.key("set-aside-rule"),
        persist_state="session",
    )
    few = {rule: loaded.clean.set_aside[rule][:SHOWN_ROWS]}
    st.dataframe(set_aside_table(loaded.table, few), hide_index=True, height=320)
    with st.container(horizontal=True):
        widgets.download(
            "Download these rows",
            lambda: to_csv(set_aside_table(loaded.table, loaded.clean.set_aside, rule)),
            f"set-aside-{rule}.csv",
            "download-rule",
        )
        widgets.download(
            "Download all rows set aside",
            lambda: to_csv(set_aside_table(loaded.table, loaded.clean.set_aside)),
            "set-aside.csv",
            "download-set-aside",
        )


def head(table: Table) -> None:
    """Draw the first rows as they were read."""
    rows = table.frame.head(SHOWN_ROWS)
    st.caption(f"The first {len(rows):,} of {table.report.rows:,} rows, as they were read.")
    st.dataframe(rows, hide_index=True, height=420)


def read_report(table: Table) -> None:
    """Draw how the bytes became a table."""
    report = table.report
    delimiter = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
    facts = {
        "File": report.name,
        "Sheet": report.sheet,
        "Encoding": report.encoding,
        "Delimiter": delimiter.get(report.delimiter or "", report.delimiter),
        "Rows below the header": f"{report.rows:,}",
        "Columns": f"{report.columns:,}",
        "SHA-256": report.sha256,
    }
    known = {name: value for name, value in facts.items() if value}
    st.dataframe(
        pd.DataFrame({"What": list(known), "Found": list(known.values())}), hide_index=True
    )
    for note in report.notes:
        st.info(state.escape(note), icon=":material/info:")
