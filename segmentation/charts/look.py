"""The look all charts share: colours, symbols, margins, legends, text."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from segmentation.axes import Axis
from segmentation.vocabulary import label

# At least 3:1 against the light and the dark background, and told apart by colour-blind readers in
# this order; from the ninth on, symbols repeat the distinction.
PALETTE = (
    "#2F7FC1",
    "#C97B00",
    "#0B8F6C",
    "#C2568F",
    "#7A68C8",
    "#B5502A",
    "#5E8A1F",
    "#7D8790",
    "#2A9DB5",
    "#A9852B",
)


SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "star", "x")


SYMBOLS_3D = ("circle", "square", "diamond", "cross", "x")


NEUTRAL = "#7D8790"


DIVERGING = ((0.0, "#C97B00"), (0.5, "rgba(127,127,127,0.10)"), (1.0, "#2F7FC1"))


ACCENT = "#2F7FC1"


MOST_POINTS = 2_000


NAME_WIDTH = 26


LEGEND: dict[str, Any] = {
    "orientation": "h",
    "yref": "container",
    "yanchor": "bottom",
    "y": 0,
    "xanchor": "left",
    "x": 0,
    "itemsizing": "constant",
}


def segment_colour(segment_id: int) -> str:
    """Return the colour a segment has on every screen."""
    return PALETTE[(segment_id - 1) % len(PALETTE)]


def blank(x: str | None, y: str | None) -> go.Figure:
    figure = go.Figure()
    figure.update_xaxes(title_text=x, automargin=True)
    figure.update_yaxes(title_text=y, automargin=True)
    return figure.update_layout(
        margin={"l": 8, "r": 16, "t": 24, "b": 8}, legend=LEGEND, height=380, dragmode="pan"
    )


def points(
    rows: pd.DataFrame, axes: tuple[Axis, ...], said: str = "", name: str | None = None, **look: Any
) -> Any:
    """Return a cloud of customers along two or three axes, told in original units."""
    place = {
        letter: axis.place(rows[axis.feature]) for letter, axis in zip("xyz", axes, strict=False)
    }
    lines = [
        f"{escape(label(axis.feature))}: %{{customdata[{i}]:,.6~g}}" for i, axis in enumerate(axes)
    ]
    named = "_id" in rows
    return (go.Scatter3d if len(axes) == 3 else go.Scatter)(
        **place,
        mode="markers",
        name=wrap(name) if name else None,
        showlegend=name is not None,
        text=rows["_id"] if named else None,
        customdata=rows[[axis.feature for axis in axes]].to_numpy(dtype=float),
        hovertemplate="<br>".join((["<b>%{text}</b>"] if named else []) + lines)
        + said
        + f"<extra>{escape(name or '')}</extra>",
        **look,
    )


def wrap(name: str, width: int = NAME_WIDTH) -> str:
    return "<br>".join(textwrap.wrap(escape(name), width) or [name])


def escape(text: Any) -> str:
    """Keep a name from being read as markup or as a template by Plotly."""
    return (
        str(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("%{", "%\u200b{")
    )
