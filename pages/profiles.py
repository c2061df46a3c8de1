"""Who each segment is, why it is called so, and what to do about it."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import cards, filters, kpis, messages, navigation, results, state, wheel, widgets
from segmentation import charts
from segmentation.profiling import overview

VIEWS = ("One segment", "Sizes", "All side by side")


@navigation.part
def show() -> None:
    """Draw the figures and one view of the segments."""
    run = results.run_shown()
    with st.container(horizontal=True, vertical_alignment="center"):
        view = widgets.view_switch("View", VIEWS, state.key("profiles-view"))
        place = st.container(width="content")
        wheel.draw(run)
    keep = filters.for_run(run, place)
    found = overview(run, keep)
    kpis.show("profiles", found.figures)
    segments = run.by_id()
    with widgets.view_place(view, VIEWS):
        if view == VIEWS[0]:
            cards.one_segment(run, found, keep)
        elif view == VIEWS[1] and keep.any():
            bars, donut = st.columns([3, 2], gap="large")
            with bars:
                widgets.chart(
                    charts.size_bars(found.sizes, segments), "size-bars", "Customers by segment"
                )
            with donut:
                widgets.chart(
                    charts.size_donut(found.sizes, segments), "size-donut", "Share by segment"
                )
            st.caption(
                "Size is not worth: a small segment can hold most of the spend."
                + ("" if keep.all() else " Shares are of the customers shown.")
            )
        elif keep.any():
            widgets.chart(
                charts.means_map(found.means, run.profiles.overall, run.name_of()),
                "means-map",
                "Means by segment",
            )
            st.caption(
                "Index of each mean: 100 is the mean of all customers, 150 is half as much again. "
                "A column whose mean is not above 0 has none." + filters.baseline(keep)
            )
            cards.means_table(run, found, keep)


widgets.heading("Profiles", "Who is in each segment, and what should we do about it?")
results.require_run()
show()
messages.next_step("Take the segments away", "export")
