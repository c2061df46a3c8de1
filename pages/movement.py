"""The same segments at two moments: who stayed, moved, came and left."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import model_choice, movement_flows, movement_log, navigation, widgets

WAYS = ("One log, two dates", "Two files")


@navigation.part
def show() -> None:
    """Draw the choice of the moments, and what happened between them."""
    left, right = st.columns([2, 3], vertical_alignment="bottom", gap="large")
    with left:
        used = model_choice.choose()
    with right:
        way = widgets.view_switch("Moments", WAYS, "movement-way")
    with widgets.view_place(way, WAYS):
        if way == WAYS[0]:
            movement_log.draw(used)
        else:
            movement_flows.two_files(used)


widgets.heading("Movement", "Who changed segment, and is it more than noise?")
show()
