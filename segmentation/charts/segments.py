"""Segments by size, by what sets them apart, and side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segmentation.axes import Axis
from segmentation.charts.look import (
    NEUTRAL,
    bare,
    chart,
    escape,
    heat_map,
    laid_out,
    named,
    segment_colour,
    text_on,
    upright,
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
    colours = [segment_colour(segments[i].colour) for i in ids]
    bars = {
        "type": "bar",
        "x": [sizes[i] for i in ids],
        "y": [wrap(segments[i].name) for i in ids],
        "orientation": "h",
        "marker": {"color": colours},
        "text": [f"{sizes[i]:,} ({percent(sizes[i] / total)})" for i in ids],
        "insidetextfont": {"color": [text_on(colour) for colour in colours]},
        "textposition": "auto",
        "hovertemplate": f"%{{y}}<br>%{{x:,}} {escape(people)}<extra></extra>",
    }
    return chart(
        bars,
        xaxis={"title": {"text": escape(sentence(people))}},
        yaxis={"type": "category"},
        height=max(240, 70 + 52 * len(ids)),
    )


def size_donut(
    sizes: dict[int, int], segments: dict[int, SegmentName], people: str = "customers"
) -> go.Figure:
    """Draw each segment's share of the customers, if it has any."""
    present = [i for i, size in sizes.items() if size]
    colours = [segment_colour(segments[i].colour) for i in present]
    ring = {
        "type": "pie",
        "values": [sizes[i] for i in present],
        "labels": [wrap(segments[i].name) for i in present],
        "hole": 0.6,
        "sort": False,
        "direction": "clockwise",
        "marker": {"colors": colours},
        "textinfo": "percent",
        "insidetextfont": {"color": [text_on(colour) for colour in colours]},
        "hovertemplate": f"%{{label}}<br>%{{value:,}} {escape(people)} (%{{percent}})"
        "<extra></extra>",
    }
    total = f"<b>{sum(sizes.values()):,}</b><br>{escape(people)}"
    return bare(
        ring,
        annotations=[{"text": total, "showarrow": False, "font": {"size": 16}}],
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
    features = [label(d.name.replace("=", ": ")) for d in shown]
    bars = {
        "type": "bar",
        "x": [d.effect for d in shown],
        "y": [wrap(name) for name in features],
        "orientation": "h",
        "marker": {"color": colours},
        "insidetextfont": {"color": [text_on(colour) for colour in colours]},
        "customdata": [[d.segment, d.overall] for d in shown],
        "text": [f"{d.effect:+.2f}" for d in shown],
        "textposition": "auto",
        "hovertemplate": "%{y}<br>segment %{customdata[0]:,.4~g}, all %{customdata[1]:,.4~g}"
        "<extra></extra>",
    }
    title = f"Standard deviations below<br>or above all {escape(people)}"
    return chart(
        bars,
        shapes=[upright(0, width=1, color=NEUTRAL)],
        xaxis={"title": {"text": title}},
        yaxis=named(features, lines=2),
        height=max(240, 100 + 36 * len(shown)),
    )


def means_map(means: pd.DataFrame, overall: pd.Series[Any], names: dict[int, str]) -> go.Figure:
    """Draw each segment's means as an index, 100 being the mean of all customers.

    A feature whose mean is not above 0 has no index.
    """
    index = 100 * means / overall.where(overall > 0)
    return heat_map(
        index.clip(0, 200).to_numpy(),
        [label(str(name)) for name in means.columns],
        [names[int(i)] for i in means.index],
        height=180 + 48 * len(means),
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


def overlaid_histograms(
    values: dict[int, Floats], segments: dict[int, SegmentName], axis: Axis
) -> go.Figure:
    """Draw one feature's distribution for several segments, each as shares of its customers."""
    placed = {segment: axis.place(cells) for segment, cells in values.items()}
    pooled = np.concatenate(list(placed.values()))
    pooled = pooled[~np.isnan(pooled)]
    edges = np.histogram_bin_edges(pooled, bins=24)
    bars = []
    for segment, cells in placed.items():
        present = cells[~np.isnan(cells)]
        counts, _ = np.histogram(present, bins=edges)
        bars.append(
            {
                "type": "bar",
                "x": (edges[:-1] + edges[1:]) / 2,
                "y": counts / max(len(present), 1),
                "width": np.diff(edges),
                "name": wrap(segments[segment].name),
                "opacity": 0.6,
                "marker": {"color": segment_colour(segments[segment].colour)},
                "customdata": np.column_stack([axis.back(edges[:-1]), axis.back(edges[1:])]),
                "hovertemplate": "%{customdata[0]:,.4~g} to %{customdata[1]:,.4~g}<br>"
                "%{y:.1%} of its customers<extra></extra>",
            }
        )
    return chart(
        *bars,
        xaxis=laid_out(axis),
        yaxis={"title": {"text": "Share of the segment"}, "tickformat": ".0%"},
        barmode="overlay",
        bargap=0,
    )
