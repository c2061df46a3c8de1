"""The look all charts share: colours, symbols, margins, legends, text."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from segmentation.axes import Axis
from segmentation.numerals import say
from segmentation.palette import NEUTRAL as NEUTRAL
from segmentation.palette import PALETTE as PALETTE
from segmentation.palette import segment_colour as segment_colour
from segmentation.palette import text_on as text_on
from segmentation.vocabulary import label

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "star", "x")


# In three dimensions a symbol is a letter of the reader's fonts, and not all fonts have the rest.
SYMBOLS_3D = ("circle", "square", "diamond", "circle-open", "square-open", "diamond-open")


DIVERGING = ((0.0, "#C97B00"), (0.5, "#C9D1D6"), (1.0, "#2F7FC1"))


ACCENT = "#2F7FC1"


MOST_POINTS = 1_000


NAME_WIDTH = 26


TITLE_WIDTH = 30


# On a phone, more columns leave no room for a number in each cell or for names in two lines.
FEW_COLUMNS = 8


LEGEND: dict[str, Any] = {
    "orientation": "h",
    "yref": "container",
    "yanchor": "bottom",
    "y": 0,
    "xanchor": "left",
    "x": 0,
    "itemsizing": "constant",
}


def chart(
    *traces: dict[str, Any],
    xaxis: dict[str, Any] | None = None,
    yaxis: dict[str, Any] | None = None,
    **layout: Any,
) -> go.Figure:
    """Return a figure in one piece: plotly takes eight times as long to update it step by step."""
    axis: dict[str, Any] = {"title": {"text": None}, "automargin": True}
    return bare(
        *traces,
        **{
            "xaxis": axis | (xaxis or {}),
            "yaxis": axis | (yaxis or {}),
            # Plotly pads what it finds of an axis by the least of these, up to 12.
            "margin": {"l": 12, "r": 16, "t": 24, "b": 12},
            "legend": LEGEND,
            "height": 380,
            # With a drag mode, a finger that means to scroll the page would move the data.
            "dragmode": False,
            **layout,
        },
    )


def bare(*traces: dict[str, Any], **layout: Any) -> go.Figure:
    """Return a figure without the look: the page brings its own instead of plotly's template."""
    return go.Figure(data=traces, layout={"template": {}, **layout})


def blank(x: str | None, y: str | None) -> go.Figure:
    return chart(xaxis={"title": {"text": x}}, yaxis={"title": {"text": y}})


def upright(x: float, **line: Any) -> dict[str, Any]:
    """Return a line over the whole height of a chart."""
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "xref": "x",
        "y0": 0,
        "y1": 1,
        "yref": "y domain",
        "line": line,
    }


def level(y: float, **line: Any) -> dict[str, Any]:
    """Return a line over the whole width of a chart."""
    return {
        "type": "line",
        "x0": 0,
        "x1": 1,
        "xref": "x domain",
        "y0": y,
        "y1": y,
        "yref": "y",
        "line": line,
    }


def heat_map(z: Any, x: list[str], y: list[str], height: int, **look: Any) -> go.Figure:
    """Return numbers as coloured cells, the first row on top."""
    cells = {
        "type": "heatmap",
        "z": z,
        "x": [wrap(name) for name in x],
        "y": [wrap(name) for name in y],
        "colorscale": DIVERGING,
        "xgap": 2,
        "ygap": 2,
        # Above the cells, because a phone has no width to spare.
        "colorbar": {"orientation": "h", "y": 1, "yanchor": "bottom", "thickness": 10},
        "textfont": {"size": 12, "color": "#000000"},
        **look,
    }
    short = {"width": 14} if len(x) <= FEW_COLUMNS else {"width": 20, "lines": 1}
    return chart(
        cells,
        # At a slant, names in two lines run into each other.
        xaxis={**named(x, **short), "autotickangles": [0, 90]},
        yaxis={**named(y, width=20, lines=2), "autorange": "reversed"},
        height=height,
    )


def named(names: list[str], width: int = NAME_WIDTH, lines: int = 3) -> dict[str, Any]:
    """Return Plotly settings for an axis of names: near each other only part of a long one fits.

    The places still go by whole names, or two that begin alike would share one.
    """
    return {
        "type": "category",
        "tickvals": [wrap(name) for name in names],
        "ticktext": [wrap(name, width, lines) for name in names],
    }


def laid_out(axis: Axis, lines: int = 3) -> dict[str, Any]:
    """Return Plotly settings for an axis, its title as plain text."""
    return axis.layout() | {"title": {"text": wrap(axis.title, TITLE_WIDTH, lines)}}


def marks(marked: list[tuple[str, float, str, str]], axis: Axis) -> list[dict[str, Any]]:
    """Return upright lines at values, each a name, a value, a colour and a dash.

    The legend names them: beside the lines, the names of near ones would overlap.
    """
    found = []
    for value in dict.fromkeys(value for _, value, _, _ in marked):
        here = [one for one in marked if one[1] == value]
        _, _, colour, dash = here[0]
        line = upright(float(axis.place(value)), color=colour, dash=dash, width=2)
        name = f"{' and '.join(name for name, *_ in here)}: {say(value)}"
        found.append({**line, "name": name, "showlegend": True})
    return found


def points(
    rows: pd.DataFrame, axes: tuple[Axis, ...], said: str = "", name: str | None = None, **look: Any
) -> dict[str, Any]:
    """Return a cloud of customers along two or three axes, told in original units."""
    place = {
        letter: axis.place(rows[axis.feature]) for letter, axis in zip("xyz", axes, strict=False)
    }
    lines = [
        f"{escape(label(axis.feature))}: %{{customdata[{i}]:,.6~g}}" for i, axis in enumerate(axes)
    ]
    named = "_id" in rows
    return {
        "type": "scatter3d" if len(axes) == 3 else "scatter",
        **place,
        "mode": "markers",
        "name": wrap(name) if name else None,
        "showlegend": name is not None,
        "text": rows["_id"].map(escape) if named else None,
        "customdata": rows[[axis.feature for axis in axes]].to_numpy(dtype=float),
        "hovertemplate": "<br>".join((["<b>%{text}</b>"] if named else []) + lines)
        + said
        + f"<extra>{escape(name or '')}</extra>",
        **look,
    }


def wrap(name: str, width: int = NAME_WIDTH, lines: int = 3) -> str:
    """Break a name into at most so many lines, cutting what is longer."""
    cut = textwrap.wrap(name, width, max_lines=lines, placeholder="…")
    return "<br>".join(escape(line) for line in cut or [name])


def escape(text: Any) -> str:
    """Keep a name from being read as markup or as a template by Plotly."""
    return (
        str(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("%{", "%\u200b{")
    )
