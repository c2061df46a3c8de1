"""Has the ground moved? What has changed since a model was made, and what to do."""

from __future__ import annotations

import streamlit as st

from pages.ui import held_files, navigation, state, widgets
from segmentation import charts
from segmentation.results import Drift
from segmentation.vocabulary import label
from segmentation.words import sentence

VERDICTS = {
    "keep": (":green[:material/verified:]", "Keep the model"),
    "watch": (":orange[:material/visibility:]", "Keep an eye on it"),
    "refit": (":red[:material/published_with_changes:]", "Time for new segments"),
}
SEGMENTS = "Shares of the segments"


def verdict(found: Drift) -> None:
    """Say what to do with the model, and why."""
    icon, words = VERDICTS[found.verdict]
    with st.container(gap="xxsmall"):
        st.subheader(f"{icon} {words}", anchor=False)
        st.markdown(state.escape(found.sentence))
    if found.verdict == "refit" and st.button(
        "Find segments in this file", icon=":material/arrow_forward:", icon_position="right"
    ):
        # It is then the file worked on; saved under the same name, it is held against the old one.
        st.session_state["candidate"] = held_files.held("score")
        st.switch_page(navigation.path("data"))


def draw(found: Drift) -> None:
    """Draw the index of each feature and of the segments, and one of them bin by bin."""
    if found.changed:
        st.markdown("\n".join(f"- {state.escape(shift.text)}" for shift in found.changed))
    left, right = st.columns(2, gap="large")
    with left:
        widgets.chart(
            charts.drift_bars(found),
            "drift",
            "Population stability index of each feature and of the segments' shares",
        )
        st.caption(
            "0 is no change. From 0.1 on a feature is shifting, from 0.25 on it has changed "
            "(Siddiqi 2006), unless chance alone can give as much with so few customers."
        )
    with right:
        shifts = {SEGMENTS: found.segments} | {
            sentence(label(shift.name)): shift for shift in found.features
        }
        first = sorted(shifts, key=lambda title: -shifts[title].psi)
        chosen = st.selectbox(
            "Look at", first, key="drift-shown-" + "-".join(shifts), persist_state="session"
        )
        widgets.chart(
            charts.before_after(shifts[chosen]),
            "before-after",
            f"{chosen}, now and when the model was made",
        )
        st.caption(state.escape(shifts[chosen].text))
