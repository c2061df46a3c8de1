"""Who each segment is, why it is called so, what it is worth, and what to do about it."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import (
    actions,
    at_a_glance,
    cache,
    cards,
    filters,
    gallery,
    kpis,
    messages,
    navigation,
    playbook,
    results,
    retold,
    state,
    wheel,
    widgets,
)
from segmentation.profiling import overview

CARDS, ONE, SIZES, ASIDE = "Cards", "One segment", "Sizes", "Side by side"
SPREADS, RULES, ACTIONS = "Distributions", "Rules", "What to do"
VIEWS = (CARDS, ONE, SIZES, ASIDE, SPREADS, RULES, ACTIONS)


@navigation.part
def show() -> None:
    """Draw the figures and one view of the segments."""
    run = results.run_shown()
    source = state.source()
    assert source is not None
    with st.container(horizontal=True, vertical_alignment="center"):
        view = widgets.view_switch("View", VIEWS, state.key("profiles-view"))
        playbook.choice(run)
        place = st.container(width="content")
        wheel.draw(run)
    playbook.note(run)
    keep = filters.for_run(run, place)
    found = overview(run, keep)
    kpis.show("profiles", found.figures)
    with widgets.view_place(view, VIEWS):
        if view == ONE:
            cards.one_segment(run, found, keep)
        elif view == RULES:
            retold.draw(run)
        elif not keep.any():
            navigation.end_screen()
        elif view == CARDS:
            gallery.draw(run, cache.cards(source, run, keep))
        elif view == SIZES:
            at_a_glance.sizes(run, found, keep)
        elif view == ASIDE:
            at_a_glance.means(run, found, cache.cards(source, run, keep), keep)
        elif view == SPREADS:
            at_a_glance.distributions(run, cache.cards(source, run, keep), keep)
        else:
            actions.draw(run, cache.cards(source, run, keep), keep)


widgets.heading("Profiles", "Who is in each segment, and what should we do about it?")
results.require_run()
show()
messages.next_step("Take the segments away", "export")
