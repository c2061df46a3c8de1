"""The classic silhouette plot: every customer's silhouette, segment by segment."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from segmentation.charts.look import NEUTRAL, blank, escape, segment_colour, wrap
from segmentation.widths import Widths

GAP_SHARE = 0.03


def silhouette_plot(found: Widths, names: dict[int, str]) -> go.Figure:
    """Draw the silhouettes sorted within each segment, and their mean.

    Parameters
    ----------
    found : Widths
        Of all customers or of a sample; of many, only every so many are drawn.
    names : dict of int to str
        Of the segments.
    """
    drawn = found.few()
    figure = blank(
        "Silhouette: 1 sits well, 0 lies between two, below 0 is nearer to another", None
    )
    gap = GAP_SHARE * len(drawn.labels)
    top, middles = 0.0, []
    for segment, name in names.items():
        values = drawn.values[drawn.labels == segment]
        bottom = top + len(values)
        middles.append((top + bottom) / 2)
        # A line along the ends of the bars: with a thousand of them, the bars would be hairlines.
        figure.add_scatter(
            x=np.repeat(values, 2),
            y=top + np.repeat(np.arange(len(values) + 1), 2)[1:-1],
            mode="lines",
            line={"width": 0.5, "color": segment_colour(segment)},
            fill="tozerox",
            fillcolor=segment_colour(segment),
            name=wrap(name),
            hovertemplate=f"{escape(name)}<br>silhouette %{{x:.2f}}<extra></extra>",
        )
        top = bottom + gap
    figure.add_vline(x=found.mean, line={"color": NEUTRAL, "dash": "dash", "width": 2})
    figure.update_xaxes(range=[min(-0.2, float(found.values.min()) - 0.05), 1])
    figure.update_yaxes(
        range=[top, -gap],
        tickvals=middles,
        ticktext=[wrap(name, 18) for name in names.values()],
        showgrid=False,
        zeroline=False,
    )
    return figure.update_layout(showlegend=False, height=max(320, 120 + 62 * len(names)))
