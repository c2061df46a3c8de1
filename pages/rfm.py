"""Recency, frequency and money: the named grid, its edges, and how it crosses the segments."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import filters, kpis, messages, navigation, results, scores, state, widgets
from segmentation.errors import SegmentationError
from segmentation.rfm import rfm_shown

VIEWS = ("Grid", "Names", "Scores", "Against the segments")


@navigation.part
def show() -> None:
    """Draw the figures and one view of the scores."""
    loaded = results.require_loaded()
    with st.container(horizontal=True, vertical_alignment="center"):
        view = widgets.view_switch("View", VIEWS, "rfm-view")
        grid = scores.grid()
        place = st.container(width="content")
    scores.findings(grid)
    try:
        rfm = scores.of(loaded, grid)
    except SegmentationError as error:
        messages.nothing_yet(state.escape(str(error)), "data", "Choose other data")
    keep = filters.for_customers(loaded, place, results.run_if_any())
    shown = rfm if keep.all() else rfm_shown(rfm, grid, keep)
    kpis.show("rfm", scores.figures(shown))
    scores.notes(rfm)
    if not len(shown.frame):
        navigation.end_screen()
    with widgets.view_place(view, VIEWS):
        if view == VIEWS[0]:
            scores.cells(shown)
        elif view == VIEWS[1]:
            scores.names(shown)
        elif view == VIEWS[2]:
            scores.edges(loaded, shown)
        else:
            scores.crossing(loaded, shown)
    scores.downloads(rfm, shown)


widgets.heading("RFM", "Which customers came lately, often, and for much?")
results.require_loaded()
show()
