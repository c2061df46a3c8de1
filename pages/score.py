"""New customers held against a saved model."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import model_choice, navigation, score_file, score_form, widgets

VIEWS = ("A file", "One customer by hand")


@navigation.part
def show() -> None:
    """Draw the choice of a model, and what is scored by it."""
    left, right = st.columns([2, 3], vertical_alignment="bottom", gap="large")
    with left:
        used = model_choice.choose()
    with right:
        view = widgets.view_switch("View", VIEWS, "score-view")
    with widgets.view_place(view, VIEWS):
        if view == VIEWS[0]:
            score_file.draw(used)
        else:
            score_form.draw(used)


widgets.heading("Score", "Which segment are these customers in?")
show()
