"""Choose a sample or a file; see what each column is taken for, what was read and set aside."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame, wording

frame.require_frame()

from pages.ui import (
    cache,
    clock,
    columns,
    intake,
    joined,
    kpis,
    messages,
    navigation,
    reading,
    report,
    state,
    tables,
    widgets,
)
from segmentation.errors import SegmentationError
from segmentation.results import Loaded, Schema, Table
from segmentation.set_aside import rows_read

VIEW_KEY = "data-view"
VIEWS = ("Columns", "Set aside", "Table", report.VIEW)
JOINED = "Joined files"


def show(loaded: Loaded) -> None:
    """Draw the facts about the customers worked on."""
    customers, rows = loaded.customers, rows_read(loaded.table)
    kpis.show(
        "data",
        [
            ("Rows in all", rows, 0),
            ("Rows used", loaded.clean.rows_used, 0),
            ("Rows set aside", rows - loaded.clean.rows_used, 0),
            (wording.told("Customers"), len(customers.frame), 0),
        ],
    )
    for doubt in loaded.doubts:
        st.warning(state.escape(doubt), icon=":material/help:")
    if clock.is_to_come(loaded.clean.as_of):
        st.warning(
            wording.told(
                f"Days are counted to {loaded.clean.as_of}, which is still to come: some orders "
                "are dated in the future. Check the dates, or how they are read."
            ),
            icon=":material/help:",
        )
    if not (customers.numeric or customers.categories):
        st.warning(
            wording.told(
                "No column tells these customers apart, so there is nothing to segment by. Check "
                "what "
                "each column is taken for, or choose another file."
            ),
            icon=":material/help:",
        )
    messages.next_step("Find segments", "segments")


source = state.source()
if source is None:
    widgets.heading("Who are your customers?", "Bring a table; leave with segments you can act on.")
    intake.welcome()
    navigation.end_screen()

widgets.heading("Data", "Is this the right table, and was it understood?")
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(f"**{state.escape(source.name)}**")
    reading.choices()
    intake.change()
intake.report_problem()

table: Table | None = None
schema: Schema | None = None
loaded: Loaded | None = None
try:
    with st.spinner("Reading and cleaning"):
        recipe = columns.draft_from_widgets(source)
        table = cache.table(source, recipe)
        schema = cache.guessed_schema(source, recipe)
        loaded = cache.loaded(source, recipe)
        schema = loaded.schema
except SegmentationError as error:
    messages.problem(error)
reading.said()
columns.corrected_earlier(source)
if table is not None:
    report.headline(table, schema, VIEW_KEY)
    # What was assumed can be why the rest fails: the answer is then the way out.
    asked = (*table.report.questions, *(schema.questions if schema is not None else ()))
    reading.ask(loaded.questions if loaded is not None else asked)
if loaded is not None:
    show(loaded)
several = len(state.taken().tables) > 1
view = widgets.view_switch("View", (*VIEWS, JOINED) if several else VIEWS, VIEW_KEY)
if view == VIEWS[0]:
    columns.editor(source)
elif view == VIEWS[1] and loaded is not None:
    tables.set_aside(loaded)
elif view == JOINED:
    joined.choices()
    if loaded is not None:
        joined.lists(loaded)
elif view == VIEWS[1] or table is None:
    st.info("This is known once the data can be used as it is set up.", icon=":material/info:")
elif view == VIEWS[2]:
    tables.head(table)
else:
    report.show(table, schema)
