"""A segment's card: name, reasons, action, and what sets it apart."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.ui import chips, filters, state, trust, widgets, wording
from segmentation import charts
from segmentation.errors import SettingsError
from segmentation.naming import name_segments
from segmentation.numerals import percent
from segmentation.profiling import Overview, differences_shown
from segmentation.results import Run
from segmentation.values import Bools
from segmentation.vocabulary import label

MOST_REASONS = 4


def one_segment(run: Run, found: Overview, keep: Bools) -> None:
    """Let the reader choose a segment and draw its card."""
    names = run.name_of()
    at_run, held = st.session_state.get("card", (0, 1))
    # A list once drawn goes on showing the old name of what is chosen: a renaming needs a new one.
    chosen = st.selectbox(
        "Segment",
        list(names),
        index=held - 1 if at_run == state.runs() else 0,
        format_func=lambda i: names[i],
        key=state.key(f"card-{state.runs()}-{state.renamings()}"),
        persist_state="session",
    )
    st.session_state["card"] = (state.runs(), chosen)
    profile = run.profiles.segments[chosen - 1]
    named = run.names[chosen - 1]
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.html(chips.chip(named))
        st.markdown(
            f"**{wording.count(profile.size)}**, {percent(profile.share)} of all"
            + (f"; {found.sizes[chosen]:,} shown" if found.sizes[chosen] != profile.size else "")
        )
        st.markdown("**Why this name**")
        if named.given:
            st.markdown(
                f"It was given by hand. Its figures call it **{state.escape(named.found)}**:"
            )
        shown = named.reasons[:MOST_REASONS]
        st.markdown("\n".join(f"- {state.escape(reason)}" for reason in shown) or "-")
        st.markdown("**What to do**")
        st.markdown(state.escape(named.action))
        st.markdown("**Can it be trusted?**")
        st.markdown(trust.line(run, chosen))
        _rename(run, chosen)
    with right:
        st.markdown(wording.told("**What sets it apart from all customers**"))
        if not found.sizes[chosen]:
            st.info(
                wording.told(
                    "No customer of this segment passes the filter. Choose another segment, or "
                    "widen or clear the filter."
                ),
                icon=":material/info:",
            )
            return
        widgets.chart(
            charts.effect_bars(named, differences_shown(run, keep, chosen), wording.many()),
            "effects",
            f"What sets {named.name} apart",
        )
        st.caption(
            wording.told(
                "How far the segment's mean lies from that of all customers, in standard "
                "deviations. Grey columns were not used to make the segments."
            )
            + filters.baseline(keep)
        )


def means_table(run: Run, found: Overview, keep: Bools) -> None:
    """Draw each segment's means in original units."""
    names = run.name_of()
    ids = [int(i) for i in found.means.index]
    columns: dict[str, object] = {
        "Segment": [names[i] for i in ids],
        wording.people(): [found.sizes[i] for i in ids],
    }
    for name in found.means.columns:
        title = label(str(name))
        while title in columns:
            title += "_"
        columns[title] = found.means[name].to_numpy()
    table = pd.DataFrame(columns)
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "Segment": st.column_config.TextColumn(pinned=True),
            **widgets.number_columns(table),
        },
    )
    st.caption(
        "Means in original units"
        + ("." if keep.all() else wording.told(", of the customers shown."))
        + widgets.about_centres(run.prepared.transformed)
    )


def _rename(run: Run, chosen: int) -> None:
    key = state.key(f"rename-{state.runs()}-{chosen}")
    st.text_input(
        "Rename",
        value=run.name_of()[chosen],
        key=key,
        on_change=_take_name,
        args=(run, chosen, key),
        help="The name goes with the segment on every screen and into every file.",
    )
    about, problem = st.session_state.get("rename_problem", (None, ""))
    if about == key:
        st.error(problem, icon=":material/error:")


def _take_name(run: Run, chosen: int, key: str) -> None:
    st.session_state.pop("rename_problem", None)
    wanted = str(st.session_state[key]).strip()
    given = {name.segment_id: name.name for name in run.names if name.given}
    if wanted:
        given[chosen] = wanted
    else:
        given.pop(chosen, None)
    taken = {name.name: name.segment_id for name in run.names if name.segment_id != chosen}
    try:
        if wanted in taken:
            raise SettingsError(
                f"Segment {taken[wanted]} is already called {wanted!r}",
                remedy="Give each segment its own name",
            )
        names = replace(run.recipe.naming, names=tuple(sorted(given.items())))
        name_segments(run.profiles, names)
    except SettingsError as error:
        st.session_state["rename_problem"] = (key, state.escape(str(error)))
        return
    state.set_names(names)
