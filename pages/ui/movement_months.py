"""Sizes and revenue of the segments, month by month."""

from __future__ import annotations

import streamlit as st

from pages.ui import messages, model_cache, navigation, progress, widgets
from pages.ui.model_cache import Kept, Ready
from segmentation import charts
from segmentation.errors import SegmentationError

VIEWS = {"Customers": "Customers", "Revenue": "Revenue since the date before"}


def draw(used: Kept, file: Ready) -> None:
    """Draw the whole time, and one date of it at a time."""
    if not model_cache.are_months_known(file):
        _go_through(used, file)
    found = model_cache.months(used, file)
    segments = {one.named.segment_id: one.named for one in used.model.segments}
    values = {"Customers": found.sizes.astype(float), "Revenue": found.revenue}
    # Sizes are those at the date, however much of the month went by.
    complete = {"Customers": None, "Revenue": found.complete}
    for place, (name, title) in zip(st.columns(2, gap="large"), VIEWS.items(), strict=True):
        with place:
            st.markdown(f"**{title}**")
            widgets.chart(
                charts.over_time(found, segments, values[name], complete[name]),
                f"over-time-{name}",
                f"{title} of each segment from {found.dates[0]} to {found.dates[-1]}",
            )
            if name == "Revenue" and not found.complete.all():
                st.caption(
                    "Open marks: months that the log covers in part only. Don't read a fall."
                )
    at = _step(list(found.dates), f"month-{file.key}")
    for place, (name, title) in zip(st.columns(2, gap="large"), VIEWS.items(), strict=True):
        with place:
            widgets.chart(
                charts.at_date(found, segments, values[name], at, title),
                f"at-date-{name}",
                f"{title} of each segment before {found.dates[at]}",
            )
    st.caption(
        "At each date, orders before it count and days are counted to it. Revenue is by the "
        "segment at the end of its time. The last date is the day after the last order, so that "
        "its month may not be over."
    )


def _go_through(used: Kept, file: Ready) -> None:
    try:
        with progress.bar("Going through the months") as tell:
            model_cache.months(
                used, file, lambda done, total: tell(done / total, f"{done} of {total} dates")
            )
    except SegmentationError as error:
        messages.problem(error)
        navigation.end_screen()


def _step(dates: list[str], key: str) -> int:
    """Let the reader step through the dates, and return the place of the one shown."""
    if len(dates) == 1:
        return 0
    if st.session_state.get(key) not in dates:
        st.session_state[key] = dates[-1]
    now = dates.index(st.session_state[key])
    with st.container(horizontal=True, vertical_alignment="center"):
        for text, icon, to in (
            ("Back", ":material/chevron_left:", now - 1),
            ("Next", ":material/chevron_right:", now + 1),
        ):
            st.button(
                text,
                icon=icon,
                key=f"{text}-{key}",
                disabled=to not in range(len(dates)),
                on_click=_go,
                args=(key, dates, to),
            )
        shown: str = st.select_slider("Before", dates, key=key, persist_state="session")
    return dates.index(shown)


def _go(key: str, dates: list[str], to: int) -> None:
    st.session_state[key] = dates[to]
