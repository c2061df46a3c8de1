"""RFM scores: the grid by name, where the edges lie, and how segments cross."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segmentation.axes import Axis
from segmentation.charts.columns import histogram
from segmentation.charts.look import PALETTE, escape, heat_map, wrap
from segmentation.describing import Distribution
from segmentation.numerals import say
from segmentation.results import Rfm, RfmCrossing, RfmScale

LIGHT_TO_DARK = ((0.0, "#EEF3F7"), (1.0, "#6FAEDD"))
LEAST_BAND = 0.03


def rfm_map(rfm: Rfm, by: Literal["customers", "revenue"], people: str, money: str) -> go.Figure:
    """Draw the grid of recency and frequency: each cell by name, its customers and revenue.

    Parameters
    ----------
    rfm : Rfm
        Who is shown.
    by : {"customers", "revenue"}
        What makes a cell dark.
    people, money : str
        What the field calls them.
    """
    counts, revenue, names = (
        square.to_numpy() for square in (rfm.cells, rfm.cell_revenue, rfm.cell_names)
    )
    shade = counts.astype(float) if by == "customers" else np.maximum(revenue, 0)
    scores = range(1, 6)
    text = [
        [
            f"<b>{wrap(str(names[r, f]), 11, 2)}</b><br>{counts[r, f]:,}<br>{_short(revenue[r, f])}"
            if counts[r, f]
            else ""
            for f in range(5)
        ]
        for r in range(5)
    ]
    figure = heat_map(
        # The root keeps one crowded cell from paling all others.
        np.sqrt(shade),
        [f"F {score}" for score in scores],
        [f"R {score}" for score in scores],
        height=460,
        colorscale=LIGHT_TO_DARK,
        showscale=False,
        textfont={"size": 11, "color": "#000000"},
        text=text,
        texttemplate="%{text}",
        customdata=np.dstack([counts, revenue]),
        hovertemplate="%{y}, %{x}<br>%{customdata[0]:,} "
        f"{escape(people)}, {escape(money)} %{{customdata[1]:,.0f}}<extra></extra>",
    )
    figure.update_yaxes(autorange=True, title_text="Lately ↑")
    return figure.update_xaxes(title_text="Often →")


def rfm_histogram(
    found: Distribution, axis: Axis, scale: RfmScale, people: str = "customers"
) -> go.Figure:
    """Draw a measure's distribution, with the edges that part its scores."""
    figure = histogram(found, axis, people, quartiles=False)
    places = [axis.place(end) for end in (scale.lowest, *scale.edges, scale.highest)]
    span = float(places[-1] - places[0]) or 1.0
    for edge in scale.edges:
        if scale.lowest < edge <= scale.highest:
            line = {"color": PALETTE[1], "dash": "dot", "width": 2}
            figure.add_vline(x=float(axis.place(edge)), line=line)
    for i in range(5):
        low, high = max(places[i], places[0]), min(places[i + 1], places[-1])
        if high - low >= LEAST_BAND * span:
            score = 5 - i if scale.measure == "recency" else i + 1
            figure.add_annotation(
                x=float((low + high) / 2), y=1, yref="paper", yanchor="bottom", showarrow=False,
                text=f"<b>{score}</b>",
            )  # fmt: skip
    return figure.update_layout(height=300, showlegend=False)


def crossing_map(crossing: RfmCrossing, names: dict[int, str]) -> go.Figure:
    """Draw how many of each RFM segment are in each segment; the darker, the more of its row."""
    counts = crossing.counts
    return heat_map(
        crossing.within_rfm().to_numpy(),
        [names[int(i)] for i in counts.columns],
        [str(name) for name in counts.index],
        height=160 + 36 * len(counts),
        colorscale=LIGHT_TO_DARK,
        showscale=False,
        zmin=0,
        zmax=1,
        text=[[f"{count:,}" if count else "" for count in row] for row in counts.to_numpy()],
        texttemplate="%{text}",
        hovertemplate="%{y} and %{x}: %{text}<br>%{z:.0%} of the row<extra></extra>",
    )


def _short(value: Any) -> str:
    size = abs(float(value))
    for least, suffix in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if size >= least:
            return f"{value / (1e3 if suffix == 'k' else least):,.3g}{suffix}"
    return say(float(value)) if not pd.isna(value) else ""
