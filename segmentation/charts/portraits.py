"""All segments at a glance: their profiles as lines, their numbers as strips, their categories."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from segmentation.axes import Axis
from segmentation.charts.look import (
    LEGEND,
    NEUTRAL,
    SYMBOLS,
    chart,
    escape,
    laid_out,
    named,
    segment_colour,
    text_on,
    upright,
    wrap,
)
from segmentation.numerals import say
from segmentation.results import Portraits, SegmentName
from segmentation.spreads import REST, Spread
from segmentation.vocabulary import label

MOST_FEATURES = 12
# Least share of a bar in which its own label fits.
LABELLED = 0.14
# Categories are no segments, so they have shades of one colour.
SHADES = ("#174A75", "#2F7FC1", "#5E9FD3", "#8FBDE2", "#B9D6ED", "#D8E7F4")


def snake_plot(
    found: Portraits, segments: dict[int, SegmentName], people: str = "customers"
) -> go.Figure:
    """Draw each segment as a line through its means, in standard deviations from that of all.

    The columns used come first, those that tell the segments apart most on top.
    """
    features = found.telling_features()[:MOST_FEATURES]
    titles = [label(name) for name in features]
    lines = []
    for card in found.segments:
        if not card.customers:
            continue
        segment = segments[card.segment_id]
        own = {one.feature: one for one in card.figures}
        present = [name for name in features if own[name].mean is not None]
        lines.append(
            {
                "type": "scatter",
                "x": [own[name].effect for name in present],
                "y": [wrap(label(name)) for name in present],
                "mode": "lines+markers",
                "name": wrap(segment.name),
                "line": {"color": segment_colour(segment.colour), "width": 2},
                "marker": {"size": 9, "symbol": SYMBOLS[(segment.colour - 1) % len(SYMBOLS)]},
                "customdata": [[own[name].mean, own[name].overall] for name in present],
                "hovertemplate": "%{y}<br>mean %{customdata[0]:,.4~g}, "
                "all %{customdata[1]:,.4~g} "
                f"(%{{x:+.2f}})<extra>{escape(segment.name)}</extra>",
            }
        )
    # The names in one order, whichever line has no value for some.
    order = {"categoryorder": "array", "categoryarray": [wrap(title) for title in titles]}
    title = f"Standard deviations below<br>or above all {escape(people)}"
    return chart(
        *lines,
        shapes=[upright(0, width=1, color=NEUTRAL)],
        xaxis={"title": {"text": title}},
        yaxis={"autorange": "reversed", **named(titles, lines=2), **order},
        height=170 + 42 * len(features) + 22 * len(found.segments),
    )


def spread_strips(
    found: dict[int, Spread], segments: dict[int, SegmentName], axis: Axis
) -> go.Figure:
    """Draw where a number lies in each segment: its middle half, and nine in ten.

    Parameters
    ----------
    found : dict of int to Spread
        By segment id.
    segments : dict of int to SegmentName
        By id.
    axis : Axis
        Of the number.
    """
    strips: list[dict[str, Any]] = []
    for i in found:
        segment, points = segments[i], found[i].points
        place = axis.place(points)
        colour = segment_colour(segment.colour)
        row = [wrap(segment.name)] * 2
        strips += [
            {
                "type": "scatter",
                "x": ends,
                "y": row,
                "mode": "lines",
                "line": {"color": colour, "width": width},
                "opacity": 0.75,
                "hoverinfo": "skip",
            }
            for ends, width in ((place[[0, 4]], 2), (place[[1, 3]], 12))
        ]
        strips.append(
            {
                "type": "scatter",
                "x": [place[2]],
                "y": row[:1],
                "mode": "markers+text",
                "marker": {
                    "size": 16,
                    "symbol": "line-ns",
                    "line": {"width": 3, "color": "#FFFFFF"},
                },
                "text": [say(points[2])],
                "textposition": "top center",
                "textfont": {"size": 12},
                "cliponaxis": False,
                "hovertemplate": f"{escape(segment.name)}<br>half lie from {say(points[1])} to "
                f"{say(points[3])}, the middle one at {say(points[2])};<br>nine in ten from "
                f"{say(points[0])} to {say(points[4])}<extra></extra>",
            }
        )
    names = [segments[i].name for i in found]
    return chart(
        *strips,
        xaxis=laid_out(axis) | {"title": None},
        # Room above the first for its label.
        yaxis={"range": [len(names) - 0.5, -0.8], **named(names, width=20, lines=2)},
        showlegend=False,
        height=90 + 44 * len(found),
    )


def category_stacks(mix: pd.DataFrame, segments: dict[int, SegmentName], column: str) -> go.Figure:
    """Draw the share of each category in each segment, as bars that add up to 100%.

    Parameters
    ----------
    mix : pandas.DataFrame
        One row a segment id, one column a category, from `category_mix`.
    segments : dict of int to SegmentName
        By id.
    column : str
        What the categories are of.
    """
    names = [segments[int(i)].name for i in mix.index]
    bars = []
    for place, category in enumerate(mix.columns):
        shares = mix[category].to_numpy()
        colour = NEUTRAL if category == REST else SHADES[place % len(SHADES)]
        name = escape(category)
        bars.append(
            {
                "type": "bar",
                "x": shares,
                "y": [wrap(segment) for segment in names],
                "orientation": "h",
                "name": wrap(str(category), lines=1),
                "marker": {"color": colour, "line": {"width": 1, "color": "rgba(255,255,255,0.6)"}},
                "text": [
                    f"{wrap(str(category), 14, 1)} {share:.0%}" if share >= LABELLED else ""
                    for share in shares
                ],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "constraintext": "none",
                "insidetextfont": {"color": text_on(colour)},
                "hovertemplate": f"%{{y}}<br>{name}: %{{x:.1%}}<extra></extra>",
            }
        )
    return chart(
        *bars,
        xaxis={"title": {"text": escape(label(column))}, "tickformat": ".0%", "range": [0, 1]},
        yaxis={"autorange": "reversed", **named(names, width=20, lines=2)},
        legend={**LEGEND, "traceorder": "normal"},
        barmode="stack",
        height=150 + 44 * len(mix),
    )
