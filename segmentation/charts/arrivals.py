"""Who has come, as it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from segmentation.charts.look import blank, escape, segment_colour, wrap
from segmentation.results import SegmentName
from segmentation.words import sentence


def arrivals_over_time(
    history: Sequence[tuple[str, Mapping[int, int]]],
    segments: Sequence[SegmentName],
    people: str = "customers",
) -> go.Figure:
    """Draw how many had come by each time, the segments on top of each other."""
    new = f"new {escape(people)}"
    figure = blank(None, f"{sentence(new)} so far").update_xaxes(type="category", nticks=6)
    for segment in segments:
        figure.add_scatter(
            x=[at for at, _ in history],
            y=[counts.get(segment.segment_id, 0) for _, counts in history],
            name=wrap(segment.name),
            mode="lines",
            line={"color": segment_colour(segment.colour), "width": 1, "shape": "hv"},
            stackgroup="all",
            hovertemplate=f"%{{x}}<br>%{{y:,}} {new}<extra>%{{fullData.name}}</extra>",
        )
    figure.update_layout(showlegend=False, height=max(240, 70 + 52 * len(segments)))
    return figure.update_yaxes(rangemode="tozero")
