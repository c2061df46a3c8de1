"""A file of customers by a model: who is where, what may be wrong, what has changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import get_args

import streamlit as st

from pages.ui import (
    drift,
    held_files,
    kpis,
    messages,
    model_cache,
    navigation,
    state,
    widgets,
)
from pages.ui.model_cache import Kept, Ready
from segmentation import charts
from segmentation.errors import SegmentationError
from segmentation.models.reports import score_summary, scored_csv
from segmentation.models.score_telling import View, aside_lines, figures, rows
from segmentation.numerals import counted
from segmentation.results import Scored
from segmentation.settings import Recipe

PLACE = "score"
VIEWS = ("Segments", "Customers", "What has changed")
SHOWN_ROWS = 1_000
LISTS = {"all": "All", "border": "On a border", "outside": "Outside"}


def draw(used: Kept) -> None:
    """Draw the choice of a file, and what its customers score."""
    held_files.choose(
        PLACE,
        "Customers to score",
        "A file like the one the model was made from: columns are found by their names. It is read "
        "on this machine and goes nowhere else.",
    )
    source = held_files.held(PLACE)
    if source is None:
        navigation.end_screen()
    told = _dated(used, held_files.told(PLACE, source))
    try:
        with st.spinner("Reading and scoring"):
            file = held_files.ready(used, source, told)
            found = model_cache.scored(used, file)
    except SegmentationError as error:
        messages.problem(error)
        navigation.end_screen()
    held_files.ask(PLACE, source, file)
    _result(used, file, found)


def _dated(used: Kept, told: Recipe) -> Recipe:
    if used.model.kind != "transactions":
        return told
    chosen: date | None = st.date_input(
        "Days are counted to",
        value=None,
        key=held_files.key_of(PLACE)("as-of"),
        format="YYYY-MM-DD",
        width=260,
        persist_state="session",
        help="Left open, to the day after the file's last order.",
    )
    if chosen is None:
        return told
    return told.with_stage(clean=replace(told.clean, as_of=chosen.isoformat()))


def _result(used: Kept, file: Ready, found: Scored) -> None:
    model = used.model
    if not len(found.positions):
        st.error(
            "**None of these customers could be scored.**  \n"
            + "  \n".join(map(state.escape, aside_lines(found, model.called))),
            icon=":material/error:",
        )
        _doubts(found)
        navigation.end_screen()
    told = model_cache.drifted(used, file)
    drift.verdict(told)
    kpis.show("score", figures(found))
    st.caption(
        "On a border: hardly nearer to the segment than to the runner-up. Outside: farther from "
        "the segment than 99% of its own customers were when the model was made."
    )
    _doubts(found)
    for line in aside_lines(found, model.called):
        st.caption(state.escape(line))
    view = widgets.view_switch("Result", VIEWS, "score-result")
    with widgets.view_place(view, VIEWS):
        if view == VIEWS[0]:
            widgets.chart(
                charts.shares_then_now(
                    found.sizes(),
                    {one.named.segment_id: one.size for one in model.segments},
                    {one.named.segment_id: one.named for one in model.segments},
                ),
                "shares-then-now",
                "Share of the customers in each segment, now and when the model was made",
            )
        elif view == VIEWS[1]:
            _customers(found)
        else:
            drift.draw(told)
    _downloads(used, found)


def _doubts(found: Scored) -> None:
    for doubt in found.doubts:
        st.warning(state.escape(doubt.text), icon=":material/help:")
    for note in found.notes:
        st.caption(state.escape(note))


def _customers(found: Scored) -> None:
    left, right = st.columns(2)
    with left:
        names = {0: "Every segment", **found.names}
        segment_id = st.selectbox(
            "Segment",
            list(names),
            format_func=lambda i: names[i],
            key="score-segment-" + "-".join(map(str, found.names)),
            persist_state="session",
        )
    with right:
        chosen = st.segmented_control(
            "Show",
            list(LISTS),
            format_func=lambda name: LISTS[name],
            default="all",
            required=True,
            key="score-list",
            persist_state="session",
        )
    view: View = next(one for one in get_args(View) if one == chosen)
    table = rows(found, view, SHOWN_ROWS, segment_id or None)
    if table.empty:
        st.info("There is none.", icon=":material/info:")
        return
    st.dataframe(
        table,
        hide_index=True,
        height=420,
        column_config={
            "Margin": st.column_config.ProgressColumn(
                min_value=0.0,
                max_value=1.0,
                format="%.2f",
                help="0 on the border to the runner-up, 1 in the middle of the segment",
            ),
            "Missing": st.column_config.NumberColumn(
                help="Features without a value, which count as the model's fill"
            ),
        },
        alt="Customers with segment, runner-up and margin",
    )
    if len(table) == SHOWN_ROWS:
        st.caption(f"The first {SHOWN_ROWS:,} are shown; all are in the download.")


def _downloads(used: Kept, found: Scored) -> None:
    with st.container(horizontal=True):
        widgets.download(
            counted(len(found.positions), *used.model.called) + " with their segment",
            lambda: scored_csv(found),
            "scored.csv",
            "download-scored",
            primary=True,
        )
        widgets.download(
            "Summary",
            lambda: json.dumps(
                score_summary(used.model, found), ensure_ascii=False, indent=2
            ).encode(),
            "scored.json",
            "download-score-summary",
        )
