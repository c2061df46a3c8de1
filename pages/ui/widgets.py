"""Small pieces that several screens draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import plot, state, wording
from pages.ui.state import escape
from segmentation.numerals import decimals
from segmentation.vocabulary import label

# As on a screen of double density, which is sharp on paper.
IMAGE_SCALE = 2
MIME = {
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
CHART_CONFIG: dict[str, Any] = {"modeBarButtonsToRemove": ["lasso2d", "select2d"]}
DRAWN_IN_CONFIG: dict[str, Any] = {"displayModeBar": True}


def heading(title: str, question: str) -> None:
    """Open a screen with its name and the question it answers."""
    with st.container(gap="xxsmall"):
        st.title(wording.told(title), anchor=False)
        st.caption(wording.told(question))


def chart(
    figure: Any,
    key: str,
    alt: str,
    *,
    height: Literal["content", "stretch"] = "content",
    on_draw: Callable[[Any], None] | None = None,
    ahead: tuple[str, dict[str, Any]] | None = None,
) -> None:
    """Draw a figure in the page's theme, with what it shows in words.

    With ``on_draw`` the reader can draw boxes and lassos, which it gets as Plotly tells them.
    ``ahead`` is the key and the frame of a figure in three dimensions that may be wanted next.
    """

    def saved_as(name: str) -> dict[str, Any]:
        picture = {"format": state.image_format(), "filename": name, "scale": IMAGE_SCALE}
        return {"toImageButtonOptions": picture}

    plot.draw(
        figure,
        key,
        alt,
        saved_as(key) | (CHART_CONFIG if on_draw is None else DRAWN_IN_CONFIG),
        height=height,
        on_draw=on_draw,
        ahead=ahead and {"key": ahead[0], "config": saved_as(ahead[0]) | CHART_CONFIG, **ahead[1]},
    )


def column_select(
    title: str, options: Sequence[str], key: str, index: int = 0, *, none: str | None = None
) -> str | None:
    """Let the reader choose a column, or none where that is offered."""
    # Not None: a list that is shown again takes it for nothing chosen yet. No column is called "".
    choices = ["", *options] if none else list(options)
    chosen = st.selectbox(
        title,
        choices,
        index=min(index, len(choices) - 1),
        format_func=lambda name: label(name) if name else none or "",
        key=key,
        persist_state="session",
    )
    return chosen or None


def about_centres(features: Sequence[str]) -> str:
    """Say why centres and means differ in these features; nothing if there are none."""
    if not features:
        return ""
    listed = escape(", ".join(map(label, features)))
    return (
        f" The centres on the maps differ from the means on Profiles in {listed}: "
        "they are compared there on a scale that shortens a long tail."
    )


def view_switch(title: str, options: Sequence[str], key: str) -> str:
    """Let the reader choose one of several views; only that one is drawn."""
    chosen = st.segmented_control(
        title,
        options,
        default=options[0],
        required=True,
        key=key,
        label_visibility="collapsed",
        persist_state="session",
        wrap=True,
    )
    return chosen or options[0]


def view_place(view: str, options: Sequence[str]) -> DeltaGenerator:
    """Return where to draw a view: a place of its own, so that the one before goes at once.

    Drawn in its place, its charts would first be fitted into the new columns and then go.
    """
    places = [st.container() if name == view else st.empty() for name in options]
    return places[options.index(view)]


def folded(title: str, key: str, draw: Callable[[], object], icon: str | None = None) -> None:
    """Draw a part that few look at once it is unfolded; till then nobody waits for it.

    Unfolding runs the screen, so it is not for what stands there for one run only, after a press.
    """
    place = st.expander(title, icon=icon, key=key, on_change="rerun")
    if place.open:
        with place:
            draw()


def download(
    text: str, make: Callable[[], bytes] | bytes, file_name: str, key: str, *, primary: bool = False
) -> None:
    """Offer a file whose bytes are made when it is asked for, if they are not there yet."""
    st.download_button(
        text,
        make,
        file_name=file_name,
        mime=MIME.get(file_name.rpartition(".")[2], "application/octet-stream"),
        key=key,
        icon=":material/download:",
        on_click="ignore",
        type="primary" if primary else "secondary",
    )


def number_column(values: pd.Series, title: str | None = None) -> Any:
    """Return how a column of numbers is shown, all with as many decimals."""
    form = "%,.2f" if decimals(values.to_numpy()) else "localized"
    return st.column_config.NumberColumn(title, format=form)


def number_columns(frame: pd.DataFrame) -> dict[str, Any]:
    """Return how each column of numbers of a table is shown."""
    numbers = frame.select_dtypes("number").columns
    return {str(name): number_column(frame[name]) for name in numbers}
