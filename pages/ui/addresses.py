"""The filter in the page's address: taken from it at first and on going back, then kept there."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from segmentation.filtering import Filter
from segmentation.filtering.address import OTHER_FILE, decode, encode, only_segments
from segmentation.filtering.index import FilterIndex
from segmentation.results import Run

NAME = "filter"
ASKED, MET, COMPLAINTS = "filter-asked", "filter-met", "filter-complaints"


def take() -> None:
    """Note what the address asks for, at a session's first run and where the reader went back.

    Else the address follows the session: a request on its way may still have an older one.
    """
    context = get_script_run_ctx()
    went_back = context is not None and context.is_history_navigation
    if went_back or MET not in st.session_state:
        st.session_state[MET] = True
        asked = st.query_params.get(NAME, "")
        if asked:
            st.session_state[ASKED] = asked


def asked(index: FilterIndex, run: Run | None, held: Filter) -> Filter:
    """Return the filter held, or what the address asks for as far as it can be met by now.

    Customers chosen in a map, which no address can name, stay. What is about another
    file waits for it; segments wait for a run.
    """
    text: str = st.session_state.get(ASKED, "")
    if not text:
        return held
    chosen, complaints = decode(text, index, run)
    st.session_state[COMPLAINTS] = complaints
    if OTHER_FILE in complaints:
        return held
    waiting = only_segments(text)
    if text == waiting:
        chosen = Filter(
            segments=chosen.segments,
            categories=held.categories,
            ranges=held.ranges,
            dates=held.dates,
            products=held.products,
        )
    st.session_state[ASKED] = waiting if run is None else ""
    return replace(chosen, picked=held.picked)


def forget() -> None:
    """Ask for nothing more: the reader has chosen since."""
    st.session_state[ASKED] = ""
    st.session_state[COMPLAINTS] = ()


def complaints() -> tuple[str, ...]:
    """Return what could not be met of the address."""
    found: tuple[str, ...] = st.session_state.get(COMPLAINTS, ())
    return found


def keep(chosen: Filter, index: FilterIndex, run: Run | None) -> None:
    """Bring the address up to date, unless it still asks for something."""
    if st.session_state.get(ASKED):
        return
    text = encode(chosen, index, run)
    if text != st.query_params.get(NAME, ""):
        if text:
            st.query_params[NAME] = text
        else:
            del st.query_params[NAME]
