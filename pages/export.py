"""Everything that can be taken away."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import exports, filters, navigation, offers, results, widgets


@navigation.part
def show() -> None:
    """Draw what can be taken away."""
    run = results.run_shown()
    keep = filters.for_run(run)
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch"):
        offers.customers(run, keep)
    with right.container(border=True, height="stretch"):
        offers.documents(run, keep)
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch"):
        offers.for_programs(run, keep)
    with right.container(border=True, height="stretch"):
        exports.set_aside(run)
        exports.pictures()


widgets.heading("Export", "Take the segments to where they are used.")
results.require_run()
show()
