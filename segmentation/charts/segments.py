"""Segments by size, by what sets them apart, and side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segmentation.axes import Axis
from segmentation.charts.look import (
    NEUTRAL,
    blank,
    escape,
    heat_map,
    laid_out,
    named,
    segment_colour,
    text_on,
    wrap,
)
from segmentation.numerals import percent
from segmentation.results import Difference, SegmentName
from segmentation.values import Floats
from segmentation.vocabulary import label
from segmentation.words import sentence


def size_bars(
    sizes: dict[int, int], segments: dict[int, SegmentName], people: str = "customers"
) -> go.Figure:
    """Draw the customers of each segment."""
    total = max(sum(sizes.values()), 1)
    ids = list(sizes)[::-1]
    figure = blank(escape(sentence(people)), None).update_yaxes(type="category")
    figure.add_bar(
        x=[sizes[i] for i in ids],
        y=[wrap(segments[i].name) for i in ids],
        orientation="h",
        marker_color=[segment_colour(segments[i].colour) for i in ids],
        text=[f"{sizes[i]:,} ({percent(sizes[i] / total)})" for i in ids],
        insidetextfont_color=[text_on(segment_colour(segments[i].colour)) for i in ids],
        textposition="auto",
        hovertemplate=f"%{{y}}<br>%{{x:,}} {escape(people)}<extra></extra>",
    )
    return figure.update_layout(height=max(240, 70 + 52 * len(ids)))


def size_donut(
    sizes: dict[int, int], segments: dict[int, SegmentName], people: str = "customers"
) -> go.Figure:
    """Draw each segment's share of the customers, if it has any."""
    figure = go.Figure()
    present = [i for i, size in sizes.items() if size]
    figure.add_pie(
        values=[sizes[i] for i in present],
        labels=[wrap(segments[i].name) for i in present],
        hole=0.6,
        sort=False,
        direction="clockwise",
        marker={"colors": [segment_colour(segments[i].colour) for i in present]},
        textinfo="percent",
        insidetextfont_color=[text_on(segment_colour(segments[i].colour)) for i in present],
        hovertemplate=f"%{{label}}<br>%{{value:,}} {escape(people)} (%{{percent}})<extra></extra>",
    )
    figure.add_annotation(
        text=f"<b>{sum(sizes.values()):,}</b><br>{escape(people)}",
        showarrow=False,
        font={"size": 16},
    )
    return figure.update_layout(
        height=max(280, 70 + 52 * len(sizes)),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
    )


def effect_bars(
    segment: SegmentName,
    differences: tuple[Difference, ...],
    people: str = "customers",
    most: int = 8,
) -> go.Figure:
    """Draw what sets a segment apart, in standard deviations from the mean of all customers."""
    shown = differences[:most][::-1]
    colours = [segment_colour(segment.colour) if d.used else NEUTRAL for d in shown]
    figure = blank(f"Standard deviations below<br>or above all {escape(people)}", None)
    features = [label(d.name.replace("=", ": ")) for d in shown]
    figure.update_yaxes(**named(features, lines=2))
    figure.add_bar(
        x=[d.effect for d in shown],
        y=[wrap(name) for name in features],
        orientation="h",
        marker_color=colours,
        insidetextfont_color=[text_on(colour) for colour in colours],
        customdata=[[d.segment, d.overall] for d in shown],
        text=[f"{d.effect:+.2f}" for d in shown],
        textposition="auto",
        hovertemplate="%{y}<br>segment %{customdata[0]:,.4~g}, all %{customdata[1]:,.4~g}"
        "<extra></extra>",
    )
    figure.add_vline(x=0, line={"width": 1, "color": NEUTRAL})
    return figure.update_layout(height=max(240, 100 + 36 * len(shown)))


def means_map(means: pd.DataFrame, overall: pd.Series[Any], names: dict[int, str]) -> go.Figure:
    """Draw each segment's means as an index, 100 being the mean of all customers.

    A feature whose mean is not above 0 has no index.
    """
    index = 100 * means / overall.where(overall > 0)
    figure = heat_map(
        index.clip(0, 200).to_numpy(),
        [label(str(name)) for name in means.columns],
        [names[int(i)] for i in means.index],
        zmid=100,
        zmin=0,
        zmax=200,
        customdata=means.to_numpy(),
        text=[
            ["–" if np.isnan(cell) else f"{cell:.0f}" for cell in row] for row in index.to_numpy()
        ],
        texttemplate="%{text}",
        hovertemplate="%{y}<br>%{x}: mean %{customdata:,.5~g}, index %{text}<extra></extra>",
    )
    return figure.update_layout(height=180 + 48 * len(means))


def overlaid_histograms(
    values: dict[int, Floats], segments: dict[int, SegmentName], axis: Axis
) -> go.Figure:
    """Draw one feature's distribution for several segments, each as shares of its customers."""
    figure = blank(None, "Share of the segment").update_xaxes(laid_out(axis))
    placed = {segment: axis.place(cells) for segment, cells in values.items()}
    pooled = np.concatenate(list(placed.values()))
    pooled = pooled[~np.isnan(pooled)]
    edges = np.histogram_bin_edges(pooled, bins=24)
    for segment, cells in placed.items():
        present = cells[~np.isnan(cells)]
        counts, _ = np.histogram(present, bins=edges)
        figure.add_bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=counts / max(len(present), 1),
            width=np.diff(edges),
            name=wrap(segments[segment].name),
            opacity=0.6,
            marker_color=segment_colour(segments[segment].colour),
            customdata=np.column_stack([axis.back(edges[:-1]), axis.back(edges[1:])]),
            hovertemplate="%{customdata[0]:,.4~g} to %{customdata[1]:,.4~g}<br>"
            "%{y:.1%} of its customers<extra></extra>",
        )
    return figure.update_layout(barmode="overlay", bargap=0, yaxis_tickformat=".0%")
