"""One filter for all screens: by segment, category values and numeric ranges."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import state, wording
from segmentation.filtering import Filter, bounds, passing, passing_segmented
from segmentation.results import Customers, Loaded, Run
from segmentation.values import Bools
from segmentation.vocabulary import label

MOST_CATEGORIES = 200


def for_run(run: Run, place: DeltaGenerator | None = None) -> Bools:
    """Draw the filter and return which segmented customers pass."""
    names = run.name_of()
    with place or st.container():
        chosen = _bar(run.loaded.customers, names)
    keep = passing_segmented(run, chosen)
    _say(chosen, names, int(keep.sum()), len(keep))
    return keep


def for_customers(loaded: Loaded, place: DeltaGenerator) -> Bools:
    """Draw the filter without segments and return which customers pass."""
    with place:
        chosen = _bar(loaded.customers, {})
    keep = passing(loaded.customers, chosen)
    _say(chosen, {}, int(keep.sum()), len(keep))
    if state.ran() is not None and st.session_state.get(_segments_key()):
        st.caption("The choice of segments in the filter does not act here: all are shown.")
    return keep


def _segments_key() -> str:
    return f"filter-segments-{state.runs()}-{_turn()}"


def _turn() -> str:
    return f"{state.generation()}-{st.session_state.get('filter_turn', 0)}"


def baseline(keep: Bools) -> str:
    """Say what the customers shown are held against, where a filter leaves that open."""
    if keep.all():
        return ""
    return wording.told(
        f" The filter chooses whose numbers are shown; they are held against all {len(keep):,} "
        "customers in segments."
    )


def _bar(customers: Customers, names: dict[int, str]) -> Filter:
    # The run shown can have other columns than the customers that are explored.
    turn = f"{hash((customers.numeric, customers.categories))}-{_turn()}"
    columns = [c for c in customers.categories if customers.frame[c].nunique() <= MOST_CATEGORIES]
    with st.popover("Filter", icon=":material/filter_alt:"):
        segments: list[int] = []
        if names:
            segments = st.multiselect(
                "Segments",
                list(names),
                format_func=lambda i: names[i],
                placeholder="All segments",
                key=_segments_key(),
                persist_state="session",
            )
        categories = []
        for column in columns:
            values = st.multiselect(
                state.widget_label(label(column)),
                sorted(customers.frame[column].unique()),
                format_func=lambda value: value or "(missing)",
                placeholder="All",
                key=f"filter-category-{column}-{turn}",
                persist_state="session",
            )
            if values:
                categories.append((column, tuple(values)))
        ranges = _ranges(customers, turn)
    return Filter(segments=tuple(segments), categories=tuple(categories), ranges=ranges)


def _ranges(customers: Customers, turn: str) -> tuple[tuple[str, float, float], ...]:
    wanted = st.multiselect(
        "Number ranges",
        customers.numeric,
        format_func=label,
        placeholder="Choose columns to limit",
        key=f"filter-ranges-{turn}",
        persist_state="session",
    )
    ranges = []
    for column in wanted:
        span = bounds(customers, column)
        low, high = (
            place.number_input(
                state.widget_label(f"{label(column)}, {end}"),
                value=value,
                step=span.step,
                # Any number can be typed, as fine as a long tail asks; no needless zeros.
                format="%.12g",
                key=f"filter-{end}-{column}-{turn}",
                persist_state="session",
            )
            for place, end, value in zip(
                st.columns(2), ("from", "to"), (span.low, span.high), strict=True
            )
        )
        ranges.append((column, low, high))
    return tuple(ranges)


def _say(chosen: Filter, names: dict[int, str], passing_count: int, all_count: int) -> None:
    conditions = chosen.describe(names)
    if not conditions:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for condition in conditions:
            st.markdown(f":gray-badge[{state.escape(condition)}]")
        st.caption(wording.told(f"{passing_count:,} of {all_count:,} customers shown"))
        if st.button("Clear filter", type="tertiary", icon=":material/close:"):
            st.session_state["filter_turn"] = st.session_state.get("filter_turn", 0) + 1
            st.rerun()
    if not passing_count:
        st.info(
            wording.told("No customer passes this filter. Widen or clear it."),
            icon=":material/info:",
        )
