"""One customer: the segment and why, scores, numbers, orders and place on the map."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import navigation, one_customer, results, widgets


@navigation.part
def show() -> None:
    """Let the reader look for an id, and draw who has it."""
    run = results.run_shown()
    position = one_customer.search(run)
    if position is None:
        navigation.end_screen()
    found = one_customer.found(run, position)
    one_customer.segment(run, found)
    one_customer.scores(run, found)
    left, right = st.columns([3, 2], gap="large")
    with left:
        one_customer.numbers(found)
    with right:
        one_customer.place(run, found)
    one_customer.orders(found)


widgets.heading("One customer", "Which segment is this customer in, and why?")
results.require_run()
show()
