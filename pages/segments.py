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
with answer:
    if pressed:
        workbench.run(recipe)
    if state.ran() is None:
        workbench.invitation(loaded)
        navigation.end_screen()
    run = results.require_run()
    workbench.verdict(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        view = widgets.view_switch("View", maps.views(run), state.key("segments-view"))
        filter_place = st.container(width="content")
    keep = filters.for_run(run, filter_place)
    maps.draw(run, keep, view)
    messages.next_step("Who is in each segment", "profiles")
