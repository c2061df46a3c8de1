"""Distributions, categories and relations of the customers' columns."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import filters, looks, messages, navigation, results, widgets

VIEWS = ("One column", "Two columns", "Correlations")


@navigation.part
def show() -> None:
    """Draw one view of the customers."""
    loaded = results.require_loaded()
    with st.container(horizontal=True, vertical_alignment="center"):
        view = widgets.view_switch("View", VIEWS, "explore-view")
        place = st.container(width="content")
    keep = filters.for_customers(loaded, place, results.run_if_any())
    if not keep.any():
        navigation.end_screen()
    customers = loaded.customers
    shown = customers.frame[keep]
    with widgets.view_place(view, VIEWS):
        if view == VIEWS[0]:
            looks.one_column(customers, shown)
        elif view == VIEWS[1]:
            looks.two_columns(customers, shown)
        else:
            looks.correlation(customers, shown)


widgets.heading("Explore", "What do these customers look like, before any segments?")
results.require_loaded()
show()
messages.next_step("Find segments", "segments")
