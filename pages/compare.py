"""Segments side by side, or one against all the others."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import chips, comparison, filters, navigation, results, state, widgets, wording
from segmentation.comparing import OTHERS
from segmentation.profiling import overview


@navigation.part
def show() -> None:
    """Draw the segments chosen."""
    run = results.run_shown()
    keep = filters.for_run(run)
    segments = run.by_id()
    found = overview(run, keep)
    present = [i for i, size in found.sizes.items() if size]
    if len(present) < 2:
        if present:
            st.info("The filter leaves fewer than two segments. Widen it to compare.")
        navigation.end_screen()

    one, other = st.columns([1, 2], gap="large")
    version = f"{state.runs()}-{len(present)}"
    first = one.selectbox(
        "One segment",
        present,
        format_func=lambda i: segments[i].name,
        key=state.key(f"compare-first-{version}"),
        persist_state="session",
    )
    rest = [i for i in present if i != first]
    chosen = other.multiselect(
        "Against",
        rest,
        format_func=lambda i: segments[i].name,
        placeholder=f"All other {wording.many()}",
        key=state.key(f"compare-others-{version}-{first}"),
        persist_state="session",
        help=wording.told("One segment, or several. Empty: all other customers together."),
    )
    ids = (first, *(chosen or (OTHERS,)))
    one.html(chips.chip(segments[first], found.sizes[first]))
    if chosen:
        other.html(chips.chips([(segments[i], found.sizes[i]) for i in chosen]))
    comparison.draw(run, keep, ids)


widgets.heading("Compare", "How do segments differ, and how sure is that?")
results.require_run()
show()
