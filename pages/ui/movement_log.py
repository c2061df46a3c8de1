"""A log of orders at two dates, and month by month."""

from __future__ import annotations

from datetime import date

import streamlit as st

from pages.ui import (
    held_files,
    messages,
    model_cache,
    movement_flows,
    movement_months,
    navigation,
    results,
    state,
)
from pages.ui.cache import AnySource
from pages.ui.model_cache import Kept, Ready
from segmentation.errors import SegmentationError
from segmentation.models.movement_telling import days, first_dates
from segmentation.results import Movement

PLACE = "log"
MONTHS = "Month by month"


def draw(used: Kept) -> None:
    """Draw the choice of a log and of two dates, and what happened between them."""
    if used.model.kind != "transactions":
        st.info(
            "These segments are of a table of customers, which has no dates to go back to. Compare "
            "two files instead, or choose segments that were made from order lines.",
            icon=":material/info:",
        )
        navigation.end_screen()
    shown = _log_on_data()
    held_files.choose(
        PLACE,
        "A log of orders",
        "Order lines with their dates, like those the segments were made from.",
        shown,
    )
    source = held_files.held(PLACE) or shown
    if source is None:
        navigation.end_screen()
    try:
        with st.spinner("Reading the log"):
            file = held_files.ready(used, source, held_files.told(PLACE, source))
        held_files.ask(PLACE, source, file)
        step = _step(used, file)
    except SegmentationError as error:
        messages.problem(error)
        navigation.end_screen()
    view = movement_flows.headline(step, (*movement_flows.VIEWS, MONTHS))
    if view == MONTHS:
        movement_months.draw(used, file)
    else:
        movement_flows.draw(used, step, view)


def _log_on_data() -> AnySource | None:
    """Return the file worked on, if it is a log."""
    source = state.source()
    if source is None:
        return None
    loaded = results.loaded_if_any()
    return source if loaded and loaded.customers.kind == "transactions" else None


def _step(used: Kept, file: Ready) -> Movement:
    first, last = days(file.fitted)
    key = f"{file.key}-date"
    begin = first_dates(file.fitted)
    chosen: list[str] = []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for title, value in zip(("Before", "And before"), begin, strict=True):
            at: date | None = st.date_input(
                title,
                value=value,
                min_value=first,
                max_value=last,
                format="YYYY-MM-DD",
                key=f"{key}-{title}",
                width=180,
                persist_state="session",
            )
            chosen.append((at or value).isoformat())
        st.caption(
            f"Orders before a date count. Any date from {first} to {last} will do.",
            width="content",
        )
    with st.spinner("Following the customers"):
        return model_cache.moved_between(used, file, chosen[0], chosen[1])
