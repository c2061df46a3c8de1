"""The tables of the Data screen: set-aside rows, a look at the table, how it was read."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import state, widgets
from segmentation.exporting import to_csv
from segmentation.results import REASONS, Loaded, Table
from segmentation.set_aside import set_aside_table, unmatched_customers, unmatched_rows

SHOWN_ROWS = 100


def set_aside(loaded: Loaded) -> None:
    """Draw the ledger of cleaning, and the rows of a rule, to look at and to take away."""
    ledger = loaded.clean.ledger
    table = pd.DataFrame(
        {
            "Rule": [entry.reason for entry in ledger],
            "Rows in": [entry.rows_in for entry in ledger],
            "Set aside": [entry.set_aside for entry in ledger],
            "Rows left": [entry.rows_in - entry.set_aside for entry in ledger],
        }
    )
    st.table(table.style.format(thousands=","), border="horizontal", hide_index=True)
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
    st.dataframe(set_aside_table(loaded.table, few, rule), hide_index=True, height=320)
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
    table = pd.DataFrame({"What": list(known), "Found": map(state.escape, known.values())})
    with st.container(key="read-report"):
        st.table(table, border="horizontal", hide_index=True)
    if report.parts:
        st.dataframe(
            pd.DataFrame(
                {
                    "File": [part.name for part in report.parts],
                    "Rows": [part.rows for part in report.parts],
                    "SHA-256": [part.sha256 for part in report.parts],
                }
            ),
            hide_index=True,
        )
    for note in report.notes:
        st.info(state.escape(note), icon=":material/info:")


def joined(loaded: Loaded) -> None:
    """Draw how each further table met the customers, and who met nobody."""
    for number, match in enumerate(loaded.joined):
        name = match.table.report.name
        st.subheader(state.escape(name), anchor=False)
        for note in match.notes:
            st.info(state.escape(note), icon=":material/info:")
        st.caption(
            state.escape(f"By its column {match.key!r}. New columns: {', '.join(match.columns)}")
        )
        lists = (
            ("Customers that are not in it", unmatched_customers(loaded.customers, match)),
            ("Rows that are no customer's", unmatched_rows(match)),
            ("All rows not used", set_aside_table(match.table, match.clean.set_aside)),
        )
        for title, rows in lists:
            with st.expander(f"{title} ({len(rows):,})"):
                st.dataframe(rows.head(SHOWN_ROWS), hide_index=True)
                _offer(rows, title, f"{number}-{title}")


def _offer(rows: pd.DataFrame, title: str, key: str) -> None:
    file_name = f"{title.lower().replace(' ', '-')}.csv"
    widgets.download("Download", lambda: to_csv(rows), file_name, f"download-joined-{key}")
