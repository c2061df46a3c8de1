"""How a screen says that something is wrong, missing or waiting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import streamlit as st

from pages.ui import navigation, state
from segmentation.errors import SegmentationError
from segmentation.results import Question


def problem(error: SegmentationError) -> None:
    """Say what happened, where, and what to do."""
    where = f"  \nWhere: {state.escape(error.where)}" if error.where else ""
    st.error(
        f"**{state.escape(error.what)}.**{where}  \n{state.escape(error.remedy)}.",
        icon=":material/error:",
    )


def nothing_yet(what: str, screen: str, button: str) -> NoReturn:
    """Fill an empty screen with the way on, and end it."""
    with st.container(border=True):
        st.subheader("Nothing to show yet")
        st.write(what)
        if st.button(button, type="primary", icon=":material/arrow_forward:"):
            st.switch_page(navigation.path(screen))
    navigation.end_screen()


def stale() -> None:
    """Warn that what is shown belongs to earlier settings, or take the warning back."""
    if not state.is_stale():
        st.empty()
    else:
        press = "Press" if state.draft().prepare.features else "Choose a feature, then press"
        st.warning(
            "The settings have changed since this run: what is shown here is the earlier "
            f"result. {press} Run on the Segments screen to bring it up to date.",
            icon=":material/history:",
        )


def assumed(questions: Sequence[Question]) -> None:
    """Warn that something was assumed of the file that only the analyst can tell."""
    if not questions:
        return
    first = questions[0]
    label = first.readings[0].label
    with st.container(horizontal=True, vertical_alignment="center", key="assumed"):
        st.markdown(
            f":orange[:material/help:] {state.escape(first.text)} Assumed: {state.escape(label)}.",
            width="content",
        )
        st.page_link(navigation.path("data"), label="Answer it on Data", icon=":material/table:")


def next_step(text: str, screen: str) -> None:
    """Offer the way on."""
    if st.button(text, type="primary", icon=":material/arrow_forward:", icon_position="right"):
        st.switch_page(navigation.path(screen))
