"""How files of different shape meet: chosen, and who met nobody."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.ui import state, widgets, wording
from pages.ui.tables import SHOWN_ROWS
from segmentation.exporting import to_csv
from segmentation.results import Loaded
from segmentation.set_aside import set_aside_table, unmatched_customers, unmatched_rows
from segmentation.settings import CombineSettings

# No value of a list: a list that is shown again takes None for nothing chosen yet.
WORK_IT_OUT = ""


def told() -> CombineSettings:
    """Return what the analyst said of how the files meet, as the widgets stand."""
    held = st.session_state
    keys = [(table.file, held.get(_key(table.file))) for table in state.taken().tables]
    return CombineSettings(
        main=held.get(state.key("main")) or None,
        keys=tuple((file, column) for file, column in keys if column),
    )


def choices() -> None:
    """Offer which file is the main one, and by which column each further one meets it."""
    tables = state.taken().tables
    main = _select(
        wording.told("Segment the customers of"),
        [one.file for one in tables],
        tables[0].file,
        state.key("main"),
    )
    for table in tables:
        if table.file != (main or tables[0].file):
            title = f"Customer id in {table.file}"
            _select(state.widget_label(title), table.columns, table.key, _key(table.file))


def lists(loaded: Loaded) -> None:
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
            (
                wording.told("Customers that are not in it"),
                unmatched_customers(loaded.customers, match),
            ),
            (wording.told("Rows that are no customer's"), unmatched_rows(match)),
            ("All rows not used", set_aside_table(match.table, match.clean.set_aside)),
        )
        for title, rows in lists:
            with st.expander(f"{title} ({len(rows):,})"):
                st.dataframe(rows.head(SHOWN_ROWS), hide_index=True)
                _offer(rows, title, f"{number}-{title}")


def _key(file: str) -> str:
    return state.key(f"joined-by-{file}")


def _select(title: str, options: Sequence[str], found: str, key: str) -> str:
    labels = {WORK_IT_OUT: f"Work it out (found: {found})", **{name: name for name in options}}
    chosen: str = st.selectbox(
        title,
        list(labels),
        format_func=lambda value: labels.get(value, value),
        key=key,
        persist_state="session",
    )
    return chosen


def _offer(rows: pd.DataFrame, title: str, key: str) -> None:
    file_name = f"{title.lower().replace(' ', '-')}.csv"
    widgets.download("Download", lambda: to_csv(rows), file_name, f"download-joined-{key}")
