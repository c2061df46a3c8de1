"""The tables of the Data screen: rows set aside, and a look at the table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import refunds, state, widgets
from segmentation.exporting import to_csv
from segmentation.results import Loaded, Table
from segmentation.set_aside import account, set_aside_table

SHOWN_ROWS = 100


def set_aside(loaded: Loaded) -> None:
    """Draw the account of rows, and those of a rule, to look at and to take away."""
    steps = account(loaded.table, loaded.clean)
    table = pd.DataFrame(
        {
            "Rule": [step.reason for step in steps],
            "Rows in": [step.rows_in for step in steps],
            "Set aside": [step.set_aside for step in steps],
            "Rows left": [step.rows_in - step.set_aside for step in steps],
        }
    )
    st.table(table.style.format(thousands=","), border="horizontal", hide_index=True)
    if loaded.clean.refunds is not None:
        refunds.account(loaded, loaded.clean.refunds)
    for note in loaded.clean.notes:
        st.info(state.escape(note), icon=":material/info:")
    found = {step.rule: step for step in steps if step.set_aside}
    if not found:
        st.success("Every row is used.", icon=":material/check:")
        return
    rule = st.selectbox(
        "Look at the rows set aside because",
        list(found),
        format_func=lambda name: f"{found[name].reason} ({found[name].set_aside:,})",
        key=state.key("set-aside-rule"),
        persist_state="session",
    )
    few = {name: rows[:SHOWN_ROWS] for name, rows in loaded.clean.set_aside.items()}
    shown = set_aside_table(loaded.table, few, rule).head(SHOWN_ROWS)
    st.dataframe(shown, hide_index=True, height=320)
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
