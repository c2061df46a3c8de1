"""Customers between segments, and segments over time."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from segmentation.charts.look import (
    NEUTRAL,
    bare,
    blank,
    escape,
    heat_map,
    segment_colour,
    text_on,
    wrap,
)
from segmentation.models.movement_telling import TOTAL, from_names, matrix_frame, to_names
from segmentation.numerals import counted
from segmentation.results import ABSENT, Movement, SegmentName, Timeline
from segmentation.values import Bools, Floats

LABEL_PIXELS = 130
PLOT_PIXELS = 300
# Two lines of a label.
LEAST_GAP = 30
# Of the longest bar; a number fits into a bar that is longer.
INSIDE_SHARE = 0.25


def sankey(step: Movement, segments: dict[int, SegmentName]) -> go.Figure:
    """Draw customers as streams from their segments before to those after."""
    matrix = step.matrix()
    order = [*step.names, ABSENT]
    left = [i for i in order if matrix[i].any()]
    right = [i for i in order if matrix[:, i].any()]
    place_of_left = {i: place for place, i in enumerate(left)}
    place_of_right = {i: len(left) + place for place, i in enumerate(right)}
    labels = [f"{wrap(from_names(step)[i], 22, 2)}: {matrix[i].sum():,}" for i in left]
    labels += [f"{wrap(to_names(step)[i], 22, 2)}: {matrix[:, i].sum():,}" for i in right]
    flows = sorted(step.flows, key=lambda flow: (flow.from_id == ABSENT, flow.from_id, flow.to_id))
    streams = {
        "type": "sankey",
        "arrangement": "snap",
        "node": {
            "label": labels,
            "color": [_colour(i, segments) for i in (*left, *right)],
            "pad": 18,
            "thickness": 14,
            "line": {"width": 0},
            "hovertemplate": "%{label}<extra></extra>",
        },
        "link": {
            "source": [place_of_left[flow.from_id] for flow in flows],
            "target": [place_of_right[flow.to_id] for flow in flows],
            "value": [flow.customers for flow in flows],
            "color": [_faint(_colour(flow.from_id or flow.to_id, segments)) for flow in flows],
            "customdata": [
                f"{escape(from_names(step)[flow.from_id])} to {escape(to_names(step)[flow.to_id])}"
                f"<br>{counted(flow.customers, 'customer', 'customers')}"
                for flow in flows
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    }
    return bare(
        streams,
        height=max(420, 120 + 64 * max(len(left), len(right))),
        margin={"l": 8, "r": 8, "t": 16, "b": 16},
        font={"size": 13},
    )


def move_matrix(step: Movement) -> go.Figure:
    """Draw the customers of each pair of segments, coloured by the share of those before."""
    table = matrix_frame(step).drop(index=TOTAL, columns=TOTAL)
    counts = table.to_numpy(dtype=float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    # Who stayed is most of it, and would leave no colour for the others.
    return heat_map(
        shares,
        [f"to {name}" for name in table.columns],
        [str(name) for name in table.index],
        height=150 + 48 * len(table),
        zmin=-1,
        zmax=1,
        showscale=False,
        text=[[f"{count:,.0f}" for count in row] for row in counts],
        texttemplate="%{text}",
        customdata=shares,
        hovertemplate="%{y}, %{x}: %{text} customers, %{customdata:.1%} of those before"
        "<extra></extra>",
    )


def over_time(
    found: Timeline,
    segments: dict[int, SegmentName],
    values: Floats,
    complete: Bools | None = None,
) -> go.Figure:
    """Draw a line a segment over the dates, its name at the end.

    Parameters
    ----------
    found : Timeline
        The dates.
    segments : dict of int to SegmentName
        The segments, by id.
    values : ndarray of float, shape (dates, k)
        What is drawn, from 0.
    complete : ndarray of bool, shape (dates,), optional
        Which values are of a whole month; the marks of others are open.
    """
    figure = blank(None, None)
    top = max(float(values.max(initial=0.0)), 1.0)
    whole = np.ones(len(values), dtype=bool) if complete is None else complete
    for column, segment_id in enumerate(found.names):
        colour = segment_colour(segments[segment_id].colour)
        figure.add_scatter(
            x=list(found.dates),
            y=values[:, column].tolist(),
            mode="lines+markers",
            name=wrap(found.names[segment_id]),
            line={"color": colour, "width": 2},
            marker={
                "symbol": np.where(whole, "circle", "circle-open").tolist(),
                "size": np.where(whole, 5, 8).tolist(),
            },
            hovertemplate="%{x|%d %b %Y}: %{y:,.0f}<extra>%{fullData.name}</extra>",
        )
    gap = LEAST_GAP / PLOT_PIXELS * top
    for place, column in zip(_apart(values[-1], gap), np.argsort(values[-1]), strict=True):
        segment_id = list(found.names)[column]
        figure.add_annotation(
            x=1,
            xref="paper",
            xanchor="left",
            y=place,
            text=wrap(found.names[segment_id], 20, 2),
            font={"size": 12},
            align="left",
            showarrow=False,
            xshift=14,
            bordercolor=segment_colour(segments[segment_id].colour),
            borderwidth=0,
        )
        figure.add_shape(
            type="line",
            xref="paper",
            x0=1.005,
            x1=1.02,
            y0=place,
            y1=place,
            line={"color": segment_colour(segments[segment_id].colour), "width": 4},
        )
    highest = max(top, gap * len(found.names))
    return figure.update_layout(
        showlegend=False,
        height=PLOT_PIXELS + 80,
        margin={"l": 8, "r": LABEL_PIXELS, "t": 24, "b": 8},
        yaxis={"range": [0, 1.05 * highest], "tickformat": ",.0f"},
    )


def at_date(
    found: Timeline, segments: dict[int, SegmentName], values: Floats, at: int, title: str
) -> go.Figure:
    """Draw a bar a segment at one of the dates, on one scale for all dates."""
    ids = list(found.names)[::-1]
    row = values[at][::-1].tolist()
    top = max(float(values.max(initial=0.0)), 1.0)
    colours = [segment_colour(segments[i].colour) for i in ids]
    figure = blank(title, None).update_yaxes(type="category")
    figure.add_bar(
        x=row,
        y=[wrap(found.names[i]) for i in ids],
        orientation="h",
        marker_color=colours,
        text=[f"{value:,.0f}" for value in row],
        # Left to itself, a short number is turned on its side in a short bar.
        textposition=["inside" if value > INSIDE_SHARE * top else "outside" for value in row],
        insidetextfont_color=[text_on(colour) for colour in colours],
        hovertemplate="%{y}<br>%{x:,.0f}<extra></extra>",
    )
    lowest = min(0.0, 1.1 * float(values.min(initial=0.0)))
    figure.update_xaxes(range=[lowest, 1.1 * top], tickformat=",.0f")
    return figure.update_layout(height=max(240, 90 + 48 * len(ids)))


def _apart(values: Floats, gap: float) -> list[float]:
    """Return places for labels from the lowest value up, none nearer to another than a gap."""
    places: list[float] = []
    for value in np.sort(values).tolist():
        lowest = places[-1] + gap if places else 0.0
        places.append(max(value, lowest))
    return places


def _colour(segment_id: int, segments: dict[int, SegmentName]) -> str:
    return NEUTRAL if segment_id == ABSENT else segment_colour(segments[segment_id].colour)


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.4)"
