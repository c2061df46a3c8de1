"""New customers by segment, as they come."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import live, navigation, widgets


def show() -> None:
    """Look again, and draw who has come."""
    live.draw(live.look())


widgets.heading("Live", "Who is coming in right now?")
live.choose()
if live.watching() is not None:
    navigation.part(show, every=live.EVERY)()
else:
    st.caption("Start to see new customers by segment as they come.")
