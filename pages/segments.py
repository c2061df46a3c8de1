"""Choose features, k and preparation; run; see the evidence and the maps."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import (
    adopting,
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
with answer:
    messages.assumed(loaded.questions)
    notice = st.empty()
at_side = frame.hand_over()


def choose() -> None:
    """Draw the settings, run if that is wanted, and say whether what is shown is still of them."""
    any_before = bool(state.draft().prepare.features)
    recipe = workbench.settings(results.require_loaded())
    if navigation.alone() and bool(recipe.prepare.features) != any_before:
        st.rerun()
    if adopting.run_wanted():
        with answer:
            workbench.run(recipe)
    with notice:
        messages.stale()
    with at_side:
        frame.say_if_changed()


with controls:
    # What is pressed in a part of the screen would wait until a check has ended.
    (navigation.part(choose) if checking.rests() else choose)()
    workbench.run_button()


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
    if state.ran() is None:
        workbench.invitation(loaded, filters.for_customers(loaded, st.container()))
        navigation.at_last(workbench.foresee)
        navigation.end_screen()
    run = results.run_shown()
    verdict.draw(run)
    check_place = st.container()
    with check_place:
        checking.draw(run)
    check = checking.pending(run)
    (show if check else show_alone)()
    messages.next_step("Who is in each segment", "profiles")
    if check:
        navigation.at_last(lambda: checking.make(check_place))
