"""What to beware of, each with what can be done about it and what comes of that."""

from __future__ import annotations

import streamlit as st

from pages.ui import adopting, cache, state, wording
from segmentation.numerals import counted
from segmentation.results import Outcome, Run, Trap
from segmentation.words import listed

MOST_SIZES = 4


def draw(run: Run) -> None:
    """Draw a quiet card for each trap of the run shown."""
    source, recipe = state.source(), state.ran()
    assert source is not None and recipe is not None
    for number, trap in enumerate(cache.traps(source, recipe)):
        _card(run, number, trap)


def _card(run: Run, number: int, trap: Trap) -> None:
    with st.container(border=True, key=f"trap-{number}", gap="xsmall"):
        st.markdown(
            f":orange[:material/warning:] {state.escape(wording.told_of(run, trap.sentence))}"
        )
        for i, remedy in enumerate(trap.remedies):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                pressed = st.button(
                    state.widget_label(wording.told_of(run, remedy.words)),
                    key=f"remedy-{number}-{i}",
                    icon=":material/build:",
                    help="Takes these settings and runs.",
                )
                if remedy.outcome is not None:
                    st.caption(outcome(remedy.outcome))
            if pressed:
                adopting.adopt(prepare=remedy.settings)


def outcome(found: Outcome) -> str:
    """Say what comes of a remedy."""
    sizes = [f"{size:,}" for size in found.sizes]
    if len(sizes) > MOST_SIZES:
        shown = wording.told(f"{sizes[0]} to {sizes[-1]} customers each")
    else:
        shown = wording.told(f"{listed(sizes)} customers")
    count = counted(found.k, "segment", "segments")
    return f"Gives {count}, silhouette {found.silhouette:.3f}, {shown}"
