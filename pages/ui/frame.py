"""What stands around every screen: page settings, navigation, sidebar."""

from __future__ import annotations

import threading
from pathlib import Path

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
        place = st.container()
        theme.switch()
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
        warm_up.warm_up()
    navigation.finish()


def require_frame() -> None:
    """Hand over to app.py when Streamlit ran a page's file by itself (a deep link)."""
    if not getattr(_here, "framed", False):
        # Otherwise the browser may ask another host for the page's icon in the meantime.
        _configure()
        navigation.choose_page()
        st.rerun()


def _configure() -> None:
    st.set_page_config(
        page_title="Segments",
        page_icon=str(ICON),
        layout="wide",
        menu_items={"About": "Customer segmentation workbench. Your data stays on this machine."},
    )


def _where_we_are() -> None:
    source = state.source()
    if source is None:
        return
    with st.container(border=True, gap="xsmall"):
        st.caption("Working on")
        st.markdown(f"**{state.escape(source.name)}**")
        st.caption(state.describe_run())
