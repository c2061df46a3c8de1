"""The classic silhouette plot: every customer's silhouette, segment by segment."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from segmentation.charts.look import NEUTRAL, chart, escape, segment_colour, upright, wrap
from segmentation.results import SegmentName
from segmentation.widths import Widths

GAP_SHARE = 0.03
LEAST_HEIGHT, LARGEST_HEIGHT = 320, 560
HEIGHT_OF_EDGES, HEIGHT_OF_SEGMENT, HEIGHT_OF_LINE = 80, 66, 15
NAME_WIDTH, MOST_LINES = 22, 4


def silhouette_plot(found: Widths, segments: dict[int, SegmentName]) -> go.Figure:
    """Draw the silhouettes sorted within each segment, and their mean.

    Parameters
    ----------
    found : Widths
        Of all customers or of a sample; of many, only every so many are drawn.
    segments : dict of int to SegmentName
        By id.
    """
    drawn = found.few()
    gap = GAP_SHARE * len(drawn.labels)
    whole = len(drawn.labels) + gap * (len(segments) + 1)
    smallest = min(int((drawn.labels == segment).sum()) for segment in segments)
    names = max(
        wrap(named.name, NAME_WIDTH, MOST_LINES).count("<br>") for named in segments.values()
    )
    room = (names + 1) * HEIGHT_OF_LINE * whole / (smallest + gap)
    height = HEIGHT_OF_EDGES + HEIGHT_OF_SEGMENT * len(segments)
    height = max(LEAST_HEIGHT, height, min(HEIGHT_OF_EDGES + int(room) + 1, LARGEST_HEIGHT))
    top, middles, titles, knives = 0.0, [], [], []
    for segment, named in segments.items():
        values = drawn.values[drawn.labels == segment]
        bottom = top + len(values)
        middles.append((top + bottom) / 2)
        # Only so many lines as the segment is high, or the names of small ones would overlap.
        lines = int((len(values) + gap) / whole * (height - HEIGHT_OF_EDGES) / HEIGHT_OF_LINE)
        titles.append(wrap(named.name, NAME_WIDTH, min(max(lines, 1), MOST_LINES)))
        # A line along the ends of the bars: with a thousand of them, the bars would be hairlines.
        knives.append(
            {
                "type": "scatter",
                "x": np.repeat(values, 2),
                "y": top + np.repeat(np.arange(len(values) + 1), 2)[1:-1],
                "mode": "lines",
                "line": {"width": 0.5, "color": segment_colour(named.colour)},
                "fill": "tozerox",
                "fillcolor": segment_colour(named.colour),
                "name": wrap(named.name),
                "hovertemplate": f"{escape(named.name)}<br>silhouette %{{x:.2f}}<extra></extra>",
            }
        )
        top = bottom + gap
    return chart(
        *knives,
        shapes=[upright(found.mean, color=NEUTRAL, dash="dash", width=2)],
        xaxis={
            "title": {"text": "Silhouette"},
            "range": [min(-0.03, float(found.values.min()) - 0.02), 1],
        },
        yaxis={
            "range": [top, -gap],
            "tickvals": middles,
            "ticktext": titles,
            "showgrid": False,
            "zeroline": False,
        },
        showlegend=False,
        height=height,
    )
