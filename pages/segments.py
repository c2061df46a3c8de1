"""Choose features, k and preparation; run; see the evidence and the maps."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import (
    checking,
    filters,
    messages,
    navigation,
    results,
    state,
    verdict,
    views,
    widgets,
    workbench,
)

widgets.heading("Segments", "Which customers belong together, and how clearly?")
loaded = results.require_loaded()
controls, answer = st.columns([1, 3], gap="medium")
with controls:
    recipe = workbench.settings(loaded)
    pressed = workbench.run_button(recipe)


def show() -> None:
    """Draw one view of the run."""
    run = results.run_shown()
    with st.container(horizontal=True, vertical_alignment="center"):
        names = views.names(run)
        view = widgets.view_switch("View", names, state.key("segments-view"))
        filter_place = st.container(width="content")
    keep = filters.for_run(run, filter_place)
    with widgets.view_place(view, names):
        views.draw(run, keep, view)


show_alone = navigation.part(show)


with answer:
    messages.assumed(loaded.questions)
    if pressed:
        workbench.run(recipe)
    if state.ran() is None:
        workbench.invitation(loaded, filters.for_customers(loaded, st.container()))
        navigation.at_last(lambda: workbench.foresee(recipe))
        navigation.end_screen()
    run = results.require_run()
    verdict.draw(run)
    check_place = st.container()
    with check_place:
        checking.draw(run)
    # What is pressed in a part of the screen would wait until the check has ended.
    check = checking.pending(run)
    (show if check else show_alone)()
    messages.next_step("Who is in each segment", "profiles")
    if check:
        navigation.at_last(lambda: checking.make(check_place))
