"""Choose features, k and preparation; run; see the evidence and the maps."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import filters, maps, messages, navigation, results, state, widgets, workbench

widgets.heading("Segments", "Which customers belong together, and how clearly?")
loaded = results.require_loaded()
controls, answer = st.columns([1, 3], gap="medium")
with controls:
    recipe = workbench.settings(loaded)
    pressed = workbench.run_button(recipe)


@navigation.part
def show() -> None:
    """Draw one view of the run."""
    run = results.run_shown()
    with st.container(horizontal=True, vertical_alignment="center"):
        views = maps.views(run)
        view = widgets.view_switch("View", views, state.key("segments-view"))
        filter_place = st.container(width="content")
    keep = filters.for_run(run, filter_place)
    with widgets.view_place(view, views):
        maps.draw(run, keep, view)


with answer:
    messages.assumed(loaded.questions)
    if pressed:
        workbench.run(recipe)
    if state.ran() is None:
        workbench.invitation(loaded, filters.for_customers(loaded, st.container()))
        navigation.end_screen()
    workbench.verdict(results.require_run())
    show()
    messages.next_step("Who is in each segment", "profiles")
