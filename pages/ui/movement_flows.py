"""Flows of customers between segments: drawn, counted, listed, taken away."""

from __future__ import annotations

import streamlit as st

from pages.ui import (
    held_files,
    kpis,
    messages,
    model_cache,
    navigation,
    state,
    widgets,
)
from pages.ui.model_cache import Kept
from segmentation import charts
from segmentation.errors import SegmentationError
from segmentation.models.movement_telling import (
    GONE,
    NOT_YET,
    TOTAL,
    calendar_line,
    direction_line,
    figures,
    flows_frame,
    matrix_frame,
    movers,
    noise_line,
)
from segmentation.models.reports import movers_csv, moves_csv
from segmentation.numerals import counted
from segmentation.results import ABSENT, Movement

VIEWS = ("Flows", "Matrix", "Each flow", "Lists of movers")
PLACES = {"before": "Customers before", "after": "Customers after"}
ANY = -1
SHOWN_ROWS = 200
MOST_FLOWS_SHOWN = 14


def two_files(used: Kept) -> None:
    """Draw the choice of two files, and what happened between them."""
    for place, (name, title) in zip(st.columns(2, gap="large"), PLACES.items(), strict=True):
        with place:
            held_files.choose(name, title, "With the same customer ids in both files.")
    sources = {name: held_files.held(name) for name in PLACES}
    if None in sources.values():
        navigation.end_screen()
    files = []
    try:
        for name, source in sources.items():
            assert source is not None
            with st.spinner("Reading and scoring"):
                files.append(held_files.ready(used, source, held_files.told(name, source)))
            held_files.ask(name, source, files[-1])
        step = model_cache.moved(used, *files)
    except SegmentationError as error:
        messages.problem(error)
        navigation.end_screen()
    draw(used, step, headline(step, VIEWS))


def headline(step: Movement, views: tuple[str, ...]) -> str:
    """Draw the figures and what they are worth, and let the reader choose a view."""
    kpis.show("movement", figures(step))
    before, after = step.before, step.after
    st.caption(
        state.escape(
            f"{counted(before.customers, 'customer', 'customers')} ({before.label}) and "
            f"{step.count('came'):,} who came, "
            f"without {step.count('left'):,} who left, make {after.customers:,} ({after.label})."
        )
    )
    lines = {
        ":material/grain: **Noise at the borders.**": noise_line(step),
        ":material/calendar_month: **The calendar alone.**": calendar_line(step),
    }
    said = {title: line for title, line in lines.items() if line}
    for place, (title, line) in zip(st.columns(max(len(said), 1)), said.items(), strict=True):
        with place.container(border=True, height="stretch"):
            st.markdown(f"{title} {state.escape(line)}")
    for note in step.notes:
        st.caption(state.escape(note))
    return widgets.view_switch("View", views, f"movement-view-{len(views)}")


def draw(used: Kept, step: Movement, view: str) -> None:
    """Draw one view of the flows."""
    segments = {one.named.segment_id: one.named for one in used.model.segments}
    with widgets.view_place(view, VIEWS):
        if view == VIEWS[0]:
            widgets.chart(
                charts.sankey(step, segments),
                "sankey",
                f"Streams of customers from their segments at {step.before.label} to those at "
                f"{step.after.label}: {step.count('stayed'):,} stayed, {step.count('moved'):,} "
                f"moved, {step.count('came'):,} came, {step.count('left'):,} left",
            )
        elif view == VIEWS[1]:
            _matrix(step)
        elif view == VIEWS[2]:
            _each(step)
        else:
            _lists(step)


def _matrix(step: Movement) -> None:
    widgets.chart(charts.move_matrix(step), "move-matrix", "Customers by segment before and after")
    st.caption(
        "A row is a segment before, a column one after; those on the diagonal stayed. The darker, "
        "the larger the share of those before."
    )
    with st.expander("With the totals"):
        table = matrix_frame(step)
        st.dataframe(
            table.rename_axis("From"),
            column_config=widgets.number_columns(table),
            alt="Customers by segment before and after, with totals",
        )
        st.caption(f"Both rows and columns add up; {TOTAL} is everybody there at either moment.")


def _each(step: Movement) -> None:
    table = flows_frame(step)
    number = st.column_config.NumberColumn(format="localized")
    money = st.column_config.NumberColumn(format="%,.0f")
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(table) <= MOST_FLOWS_SHOWN else 460,
        placeholder="–",
        column_config={
            "Customers": number,
            "Sure": st.column_config.NumberColumn(
                format="localized", help="95% of resampled models send them the same way"
            ),
            "By the calendar": st.column_config.NumberColumn(
                format="localized", help="They would be there had nobody ordered since"
            ),
            "Revenue before": money,
            "Revenue after": money,
            "Examples": st.column_config.TextColumn(
                width="large", help="Those with the largest revenue"
            ),
        },
        alt="Each flow with customers, revenue and examples",
    )
    st.caption("Revenue is all that these customers had brought in until then.")


def _lists(step: Movement) -> None:
    chosen: list[int] = []
    for place, title, nowhere, index in zip(
        st.columns(2), ("From", "To"), (NOT_YET, GONE), (1, 0), strict=True
    ):
        names = {ANY: "Any segment", **step.names, ABSENT: nowhere}
        with place:
            chosen.append(
                st.selectbox(
                    title,
                    list(names),
                    index=index,
                    format_func=names.__getitem__,
                    key=f"movers-{title}-{len(names)}",
                    persist_state="session",
                )
            )
    from_id, to_id = (None if one == ANY else one for one in chosen)
    table = movers(step, from_id, to_id, SHOWN_ROWS)
    if table.empty:
        st.info("Nobody went that way.", icon=":material/info:")
    else:
        st.dataframe(
            table,
            hide_index=True,
            height=360,
            column_config={
                "Sure": st.column_config.ProgressColumn(
                    min_value=0.0, max_value=1.0, format="percent"
                ),
                "Revenue before": st.column_config.NumberColumn(format="%,.0f"),
                "Revenue after": st.column_config.NumberColumn(format="%,.0f"),
            },
            alt="Customers that went this way",
        )
        if "Direction" in table:
            st.caption(direction_line(step))
        if len(table) == SHOWN_ROWS:
            st.caption(f"The first {SHOWN_ROWS:,} are shown; all are in the download.")
    with st.container(horizontal=True):
        if not table.empty:
            widgets.download(
                "This list",
                lambda: movers_csv(step, from_id, to_id),
                "movers.csv",
                "download-movers",
                primary=True,
            )
        widgets.download("Everybody", lambda: moves_csv([step]), "moves.csv", "download-moves")
