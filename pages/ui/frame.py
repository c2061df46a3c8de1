"""What stands around every screen: page settings, navigation, sidebar."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import streamlit as st

from pages.ui import addresses, intake, navigation, state, style, theme, warm_up

ICON = Path(__file__).with_name("icon.svg")

_here = threading.local()


def run() -> None:
    """Draw the frame and the screen in it."""
    # Off in the configuration, so that a deep link never shows Streamlit's own list of files.
    st.set_option("client.showSidebarNavigation", True)
    _configure()
    st.html(style.SHEET)
    page = navigation.choose_page()
    addresses.take()
    intake.take_candidate()
    with st.sidebar:
        with st.container(gap="xsmall"):
            place, _here.note = st.container(), st.container()
        theme.switch()
    _here.handed_over = False
    _here.framed = True
    navigation.begin()
    try:
        page.run()
    except navigation.ScreenEnded:
        pass
    finally:
        _here.framed = False
        # Last, so that it speaks of the run that the screen has just made.
        with place:
            _where_we_are()
        if not _here.handed_over:
            with _here.note:
                say_if_changed()
        warm_up.warm_up()
    navigation.finish()


def require_frame() -> None:
    """Hand over to app.py when Streamlit ran a page's file by itself (a deep link)."""
    if not getattr(_here, "framed", False):
        # Otherwise the browser may ask another host for the page's icon in the meantime.
        _configure()
        navigation.choose_page()
        st.rerun()


def hand_over() -> Any:
    """Leave it to the screen to say, in the place returned, if the settings have changed."""
    _here.handed_over = True
    return _here.note


def _configure() -> None:
    st.set_page_config(
        page_title="Segments",
        page_icon=str(ICON),
        layout="wide",
        menu_items={"About": "Customer segmentation workbench. Your data stays on this machine."},
    )


def say_if_changed() -> None:
    """Say at the side whether the settings are still those of the run, or take it back."""
    if state.is_stale():
        st.caption(":material/history: Settings changed since")
    else:
        st.empty()


def _where_we_are() -> None:
    source = state.source()
    if source is None:
        return
    with st.container(border=True, gap="xsmall"):
        st.caption("Working on")
        st.markdown(f"**{state.escape(source.name)}**")
        st.caption(state.describe_run())
