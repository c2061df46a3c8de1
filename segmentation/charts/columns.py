"""The customers, column by column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segmentation.axes import Axis
from segmentation.charts.look import (
    ACCENT,
    MOST_POINTS,
    NEUTRAL,
    PALETTE,
    SYMBOLS,
    chart,
    escape,
    heat_map,
    laid_out,
    marks,
    points,
    text_on,
)
from segmentation.describing import Distribution, thin
from segmentation.numerals import fixed, percent
from segmentation.vocabulary import label
from segmentation.words import sentence


def histogram(
    found: Distribution, axis: Axis, people: str = "customers", *, quartiles: bool = True
) -> go.Figure:
    """Draw a numeric column's bins, with its quartiles if they are wanted."""
    edges = axis.place(found.edges)
    bars = {
        "type": "bar",
        "x": (edges[:-1] + edges[1:]) / 2,
        "y": found.counts,
        "width": np.diff(edges),
        "marker": {"color": ACCENT, "line": {"width": 1, "color": "rgba(127,127,127,0.4)"}},
        "customdata": np.column_stack([found.edges[:-1], found.edges[1:]]),
        "hovertemplate": "%{customdata[0]:,.4~g} to %{customdata[1]:,.4~g}<br>"
        f"%{{y:,}} {escape(people)}<extra></extra>",
        "showlegend": False,
    }
    names, dashes = ("25%", "median", "75%"), ("dot", "solid", "dash")
    marked = list(zip(names, found.quartiles, (PALETTE[1],) * 3, dashes, strict=True))
    return chart(
        bars,
        xaxis=laid_out(axis),
        yaxis={"title": {"text": escape(sentence(people))}},
        bargap=0.02,
        **({"shapes": marks(marked, axis), "showlegend": True} if quartiles else {}),
    )


def category_bars(
    shares: pd.DataFrame, name: str, people: str = "customers", most: int = 20
) -> go.Figure:
    """Draw the customers of each category, the largest on top."""
    shown = shares.head(most)[::-1]
    bars = {
        "type": "bar",
        "x": shown["customers"],
        "y": shown["category"].map(escape),
        "orientation": "h",
        "marker": {"color": ACCENT},
        "customdata": shown["share"],
        "text": [
            f"{count:,} ({percent(share, 0)})"
            for count, share in zip(shown["customers"], shown["share"], strict=True)
        ],
        "textposition": "auto",
        "insidetextfont": {"color": text_on(ACCENT)},
        "hovertemplate": f"%{{y}}<br>%{{x:,}} {escape(people)} (%{{customdata:.1%}})"
        "<extra></extra>",
    }
    return chart(
        bars,
        xaxis={"title": {"text": escape(sentence(people))}},
        yaxis={"title": {"text": escape(label(name))}, "type": "category"},
        height=max(220, 60 + 30 * len(shown)),
    )


def relation(frame: pd.DataFrame, x: Axis, y: Axis, colour: str | None) -> go.Figure:
    """Draw two columns against each other, coloured by a third."""
    shown = frame[thin(len(frame), MOST_POINTS)]
    return chart(*_clouds(shown, x, y, colour), xaxis=laid_out(x), yaxis=laid_out(y))


def _clouds(shown: pd.DataFrame, x: Axis, y: Axis, colour: str | None) -> list[dict[str, Any]]:
    if colour is None or pd.api.types.is_numeric_dtype(shown[colour]):
        marker: dict[str, Any] = {"color": ACCENT}
        if colour is not None:
            marker = {
                "color": shown[colour],
                "colorscale": "Viridis",
                "colorbar": {"title": {"text": escape(label(colour))}},
            }
        said = "" if colour is None else f"<br>{escape(label(colour))}: %{{marker.color:,.6~g}}"
        return [points(shown, (x, y), said, marker={"size": 7, "opacity": 0.75, **marker})]
    text = shown[colour].replace("", "(missing)")
    categories = [str(category) for category in text.value_counts().index]
    own = categories[: len(PALETTE)]
    found = []
    for i, category in enumerate(own):
        marker = {
            "size": 7,
            "opacity": 0.75,
            "color": PALETTE[i],
            "symbol": SYMBOLS[i % len(SYMBOLS)],
        }
        said = f"<br>{escape(label(colour))}: {escape(category)}"
        rows = shown[text == category]
        found.append(points(rows, (x, y), said, name=category, marker=marker))
    rest = shown[~text.isin(own)]
    if len(rest):
        marker = {"size": 7, "opacity": 0.75, "color": NEUTRAL, "symbol": "circle-open"}
        name = f"{len(categories) - len(own):,} others"
        found.append(points(rest, (x, y), name=name, marker=marker))
    return found


def correlation_map(matrix: pd.DataFrame) -> go.Figure:
    """Draw correlations from -1 to 1, each with its number; a dash where there is none."""
    names = [label(str(name)) for name in matrix.columns]
    return heat_map(
        matrix.to_numpy(),
        names,
        names,
        height=180 + 48 * len(names),
        zmin=-1,
        zmax=1,
        text=[
            ["–" if np.isnan(cell) else fixed(cell, 2) for cell in row] for row in matrix.to_numpy()
        ],
        texttemplate="%{text}",
        hovertemplate="%{x} and %{y}: %{text}<extra></extra>",
    )
