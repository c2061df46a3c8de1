"""What the Live screen watches: chosen, started, looked at again and again, and drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from pages.ui import (
    clock,
    kpis,
    messages,
    model_cache,
    navigation,
    sharing,
    state,
    told,
    widgets,
)
from segmentation import charts
from segmentation.numerals import counted
from segmentation.results import Model
from segmentation.watching import (
    Moment,
    Watched,
    arrivals_table,
    folders_below,
    thinned,
    watch,
)

EVERY = "2s"
FOLDER, HTTP = "A folder", "The API"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Live:
    """What this session watches.

    Parameters
    ----------
    name : str
        The model's, in the folder of models.
    model : Model
        The model as it was at the start.
    folder : Path or None
        What is watched; None for the API.
    at_start : dict of str to int
        What the API had counted before, by segment name.
    seen : Watched
        What was seen so far.
    history : tuple
        How many had come by when.
    """

    name: str
    model: Model
    folder: Path | None
    at_start: Mapping[str, int] = field(default_factory=dict)
    seen: Watched = field(default_factory=Watched)
    history: tuple[Moment, ...] = ()


def watching() -> Live | None:
    """Return what this session watches, if it does."""
    found: Live | None = st.session_state.get("live")
    return found


def choose() -> None:
    """Draw what can be watched, and start or stop it."""
    models = {entry.name: entry.model for entry in model_cache.entries() if entry.model}
    if not models:
        st.session_state.pop("live", None)
        messages.nothing_yet(
            "Whoever is new is told by a saved model, and there is none yet. Find segments, and "
            "save them on Models.",
            "models",
            "Go to Models",
        )
    now = watching()
    with st.container(border=True):
        model, origin, where = st.columns([2, 1, 2], vertical_alignment="bottom")
        with model:
            name = st.selectbox(
                "Model",
                list(models),
                format_func=state.widget_label,
                key="live-model",
                persist_state="session",
                disabled=now is not None,
            )
        with origin:
            source = st.segmented_control(
                "Customers come from",
                [FOLDER, HTTP],
                default=FOLDER,
                required=True,
                key="live-source",
                persist_state="session",
                disabled=now is not None,
            )
        with where:
            folder = _folder(disabled=now is not None) if source == FOLDER else None
        if source == HTTP:
            _about_http(name)
        if now is not None:
            st.button("Stop", icon=":material/stop:", on_click=_stop)
        else:
            st.button(
                "Start",
                type="primary",
                icon=":material/play_arrow:",
                on_click=_start,
                args=(name, models[name], folder),
                disabled=folder is None and (source == FOLDER or not sharing.arrivals.is_served),
            )


def look() -> Live:
    """Look once more at what is watched."""
    live = watching()
    if live is None:
        navigation.end_screen()
    if live.folder is not None:
        seen = watch(live.model, live.folder, live.seen)
    else:
        counts, names = sharing.arrivals.watch(live.name), live.model.name_of()
        came = {i: counts.get(name, 0) - live.at_start.get(name, 0) for i, name in names.items()}
        seen = replace(live.seen, caught_up=True, arrived=came)
    history = live.history
    if seen.caught_up:
        history = thinned(history, (clock.time_of_day(), seen.arrived))
    live = replace(live, seen=seen, history=history)
    st.session_state["live"] = live
    return live


def draw(live: Live) -> None:
    """Draw who has come since the start."""
    seen = live.seen
    if not seen.caught_up:
        st.info(
            f"Reading what is there already: {sum(seen.before.values()):,} so far.",
            icon=":material/hourglass_top:",
        )
        _troubles(seen)
        return
    new, (_, many) = sum(seen.arrived.values()), live.model.called
    # Over HTTP nothing is kept by which somebody would be known again.
    title = "Scored since the start" if live.folder is None else f"New {many}"
    figures: list[tuple[str, float, int]] = [(title, new, 0)]
    if live.folder is not None:
        figures.append(("There at the start", sum(seen.before.values()), 0))
        figures.append(("Unlike any before", seen.outside, 0))
    kpis.show("live", figures)
    _troubles(seen)
    _charts(live, new)
    files = counted(len(seen.tails), "CSV file is", "CSV files are")
    there = f"{files} watched. " if live.folder is not None else ""
    st.caption(f"{there}Looked at {live.history[-1][0]}; again every 2 seconds on this screen.")
    if seen.notes:
        with st.expander("What happened to the files"):
            for note in seen.notes:
                st.caption(state.escape(note))


def _troubles(seen: Watched) -> None:
    for name, what in seen.problems.items():
        st.warning(f"**{state.escape(name)}**: {state.escape(what)}", icon=":material/help:")


def _charts(live: Live, new: int) -> None:
    if not new:
        st.info("Nobody new yet. This fills by itself as they come.", icon=":material/sensors:")
        return
    _, many = live.model.called
    segments = [segment.named for segment in live.model.segments]
    by_id = {segment.segment_id: segment for segment in segments}
    sizes = {i: live.seen.arrived.get(i, 0) for i in by_id}
    left, right = st.columns(2, gap="large")
    with left:
        widgets.chart(charts.size_bars(sizes, by_id), "live-sizes", "New customers of each segment")
    with right:
        widgets.chart(
            charts.arrivals_over_time(live.history, segments, many),
            "live-history",
            f"New {many} so far, by time and segment",
        )
    table = arrivals_table(live.model, live.seen.arrived)
    table.columns = ["Segment", "New", "Share of the new", "Share when the model was made"]
    table["Segment"] = [state.escape(name) for name in table["Segment"]]
    shares = dict.fromkeys(table.columns[2:], "{:.1%}")
    st.table(table.style.format({"New": "{:,}", **shares}), border="horizontal", hide_index=True)


def _folder(*, disabled: bool) -> Path | None:
    root = told.watched_folder()
    if root is None:
        st.caption(
            "No folder may be watched yet. Whoever starts the app names one in "
            '`.streamlit/secrets.toml`: `[live]` and `folder = "/data/incoming"`.'
        )
        return None
    folders = folders_below(root)
    chosen = st.selectbox(
        "Folder",
        list(folders),
        format_func=lambda name: state.widget_label(root.name if name == "." else name),
        key="live-folder",
        persist_state="session",
        disabled=disabled,
        help="Its CSV files are watched: rows that are added, and files that are new.",
    )
    return folders.get(chosen)


def _about_http(name: str) -> None:
    if sharing.arrivals.is_served:
        st.caption(
            "From the start on, this counts by segment whom other systems score over HTTP at "
            f"`/api/v1/models/{quote(name)}/score`. No id and no value of theirs is kept, so "
            "whoever is scored twice counts twice."
        )
    else:
        st.caption(
            "The API is not served. Whoever starts the app does so with "
            "`streamlit run serve.py` instead of `app.py`."
        )


def _start(name: str, model: Model, folder: Path | None) -> None:
    at_start = {} if folder is not None else sharing.arrivals.watch(name)
    st.session_state["live"] = Live(name=name, model=model, folder=folder, at_start=at_start)


def _stop() -> None:
    st.session_state.pop("live", None)
