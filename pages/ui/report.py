"""The report of reading: what the file is, and what was done to its lines and cells."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from pages.ui import reading, state, widgets
from pages.ui.tables import SHOWN_ROWS
from segmentation.numerals import counted
from segmentation.read_report import changes_table, files_table, read_report, summary
from segmentation.results import ReadReport, Schema, Table
from segmentation.set_aside import set_aside_table
from segmentation.settings import DELIMITER_NAMES

VIEW = "How it was read"


def headline(table: Table, schema: Schema | None, view_key: str) -> None:
    """Say in one line what reading did; a click shows the whole account."""
    st.button(
        summary(table, schema),
        key=state.key("headline"),
        type="tertiary",
        icon=":material/fact_check:",
        on_click=_show,
        args=(view_key,),
        help="Show how it was read",
    )


def show(table: Table, schema: Schema | None) -> None:
    """Draw the whole account: the file, lines set aside, changes, and what to know."""
    if table.report.parts:
        st.dataframe(files_table(table), hide_index=True)
    else:
        _facts(table.report)
    for note in table.report.notes:
        st.info(state.escape(note), icon=":material/info:")
    aside = len(table.report.set_aside)
    if aside:
        st.subheader(f"{counted(aside, 'line', 'lines')} set aside while reading", anchor=False)
        lines = set_aside_table(table, {})
        st.dataframe(lines.head(SHOWN_ROWS), hide_index=True)
        if aside > SHOWN_ROWS:
            st.caption(f"The first {SHOWN_ROWS}; the report has all.")
    changes = changes_table(table, schema)
    if len(changes):
        st.subheader("Changes to cells", anchor=False)
        changes["Cells"] = [f"{cells:,}" for cells in changes["Cells"]]
        with st.container(key="read-changes"):
            st.table(changes.map(state.escape), border="horizontal", hide_index=True)
    if schema is not None:
        plain = read_report(table, schema)
        widgets.download(
            "Download the report (JSON)",
            lambda: json.dumps(plain, ensure_ascii=False, indent=2).encode(),
            "read-report.json",
            "download-read-report",
        )


def _facts(report: ReadReport) -> None:
    aside = len(report.set_aside)
    header = f"{counted(report.header_rows, 'row', 'rows')}, from line {report.header_line}"
    facts = {
        "File": report.name,
        "Sheet": report.sheet,
        "Encoding": reading.ENCODINGS.get(report.encoding or "", report.encoding),
        "Delimiter": DELIMITER_NAMES.get(report.delimiter or ""),
        "Header": header if report.header_rows else "none; the names are made up",
        "Lines": f"{report.header_rows:,} header + {report.rows:,} rows + {aside:,} set aside = "
        f"{report.header_rows + report.rows + aside:,} in all",
        "Columns": f"{report.columns:,}",
        "SHA-256": report.sha256,
    }
    known = {name: value for name, value in facts.items() if value}
    table = pd.DataFrame({"What": list(known), "Found": map(state.escape, known.values())})
    with st.container(key="read-report"):
        st.table(table, border="horizontal", hide_index=True)


def _show(view_key: str) -> None:
    st.session_state[view_key] = VIEW
