"""Customers as points, coloured by segment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segmentation.axes import Axis, axis_for
from segmentation.charts.look import (
    LEGEND,
    MOST_POINTS,
    NEUTRAL,
    SYMBOLS,
    SYMBOLS_3D,
    bare,
    chart,
    escape,
    laid_out,
    points,
    segment_colour,
    wrap,
)
from segmentation.describing import thin
from segmentation.projecting import Projection
from segmentation.results import Run, SegmentName
from segmentation.values import Bools, Floats

# Before the cube and so far away that the titles of its axes fit on a phone's width.
EYE = {"x": 0.75, "y": -2.35, "z": 1.05}
RING = "#E0301E"


def map_2d(run: Run, keep: Bools, x: str, y: str, *, selectable: bool = False) -> go.Figure:
    """Draw customers by two features in original units, coloured by segment.

    The centres of the segments shown are marked where both features were clustered on. In a
    selectable map, dragging draws a box.
    """
    axes = _axes(run, (x, y))
    clouds = [
        points(rows, axes, name=segment.name, marker=_marker(segment, 7, SYMBOLS))
        for segment, rows in _by_segment(run, _segmented(run, keep))
    ]
    shown = _segments(run, keep)
    centres = _centres(run, axes, shown)
    if centres is not None:
        clouds.append(_marked_centres(run, shown, *centres))
    return chart(
        *clouds,
        xaxis=laid_out(axes[0]),
        yaxis=laid_out(axes[1]),
        height=520,
        dragmode="select" if selectable else False,
    )


def pointed_out(figure: go.Figure, run: Run, position: int, x: str, y: str) -> go.Figure:
    """Add a ring around one customer to a map by two features, if both are known of them."""
    axes = _axes(run, (x, y))
    row = run.loaded.customers.frame.iloc[[position]]
    places = [float(axis.place(row[axis.feature])[0]) for axis in axes]
    if np.isnan(places).any():
        return figure
    figure.add_scatter(
        x=places[:1],
        y=places[1:],
        mode="markers+text",
        name="This one",
        text=[f"<b>{escape(run.loaded.customers.ids[position])}</b>"],
        textposition="top center",
        textfont={"size": 14},
        cliponaxis=False,
        marker={"size": 22, "symbol": "circle-open", "color": RING, "line": {"width": 4}},
        hoverinfo="skip",
    )
    return figure


def map_3d(run: Run, keep: Bools, across: str, up: str, depth: str) -> go.Figure:
    """Draw customers by three features in original units, coloured by segment."""
    axes = _axes(run, (across, depth, up))
    clouds = [
        points(rows, axes, name=segment.name, marker=_marker(segment, 4, SYMBOLS_3D))
        for segment, rows in _by_segment(run, _segmented(run, keep))
    ]
    layout = _solid(axes)
    layout["scene"]["annotations"] = _crosses(run, axes, _segments(run, keep))
    return bare(*clouds, **layout)


def map_3d_ahead(run: Run, across: str, up: str, depth: str) -> dict[str, Any]:
    """Return what takes a browser longest of such a map: axes, symbols, and room for the legend.

    Returns
    -------
    dict
        `data` and `layout`, which can be written as JSON as they are.
    """
    axes = _axes(run, (across, depth, up))
    frame = run.loaded.customers.frame
    corners = {}
    for letter, axis in zip("xyz", axes, strict=True):
        column = frame[axis.feature]
        ends = axis.place([column.min(), column.max()])
        corners[letter] = ends.tolist() if np.isfinite(ends).all() else [0.0, 1.0]
    data = [
        {
            "type": "scatter3d",
            **corners,
            "mode": "markers",
            "name": wrap(segment.name),
            "showlegend": True,
            "marker": _marker(segment, 4, SYMBOLS_3D),
        }
        for segment in run.names
    ]
    return {"data": data, "layout": _solid(axes)}


def _solid(axes: tuple[Axis, ...]) -> dict[str, Any]:
    # Opaque, because see-through lines vanish on a light page.
    look: dict[str, Any] = {"showbackground": False, "gridcolor": NEUTRAL, "zerolinecolor": NEUTRAL}
    titled: dict[str, Any] = {
        name: {**look, **laid_out(axis, lines=1)}
        for name, axis in zip(("xaxis", "yaxis", "zaxis"), axes, strict=True)
    }
    camera = {"eye": EYE, "center": {"x": 0, "y": 0, "z": -0.15}}
    return {
        "margin": {"l": 0, "r": 0, "t": 8, "b": 8},
        "legend": LEGEND,
        "scene": {**titled, "aspectmode": "cube", "camera": camera},
    }


def pca_map(
    run: Run, keep: Bools, projection: Projection, *, selectable: bool = False
) -> go.Figure:
    """Draw customers on the two directions of greatest spread, coloured by segment."""
    first, second = projection.explained
    place = projection.by_customer(len(run.loaded.customers.frame))
    frame = _segmented(run, keep)
    frame[["_x", "_y"]] = place[frame.index]
    clouds = [
        {
            "type": "scatter",
            "x": rows["_x"],
            "y": rows["_y"],
            "mode": "markers",
            "name": wrap(segment.name),
            "text": rows["_id"].map(escape),
            "marker": _marker(segment, 7, SYMBOLS),
            "hovertemplate": f"<b>%{{text}}</b><extra>{escape(segment.name)}</extra>",
        }
        for segment, rows in _by_segment(run, frame)
    ]
    shown = _segments(run, keep)
    return chart(
        *clouds,
        _marked_centres(run, shown, *_of(projection.centres, shown).T),
        xaxis={"title": {"text": f"First direction ({first:.0%} of the spread)"}},
        yaxis={"title": {"text": f"Second direction ({second:.0%} of the spread)"}},
        height=520,
        dragmode="select" if selectable else False,
    )


def _segments(run: Run, keep: Bools) -> list[int]:
    """Return the ids of the segments of which anyone is shown."""
    return [int(segment) for segment in np.unique(run.profiles.labels[keep])]


def _of(centres: Floats, segments: list[int]) -> Floats:
    return centres[[segment - 1 for segment in segments]]


def _segmented(run: Run, keep: Bools) -> pd.DataFrame:
    """Return at most `MOST_POINTS` of the chosen customers, with their id and segment."""
    chosen = np.flatnonzero(keep)
    chosen = chosen[thin(len(chosen), MOST_POINTS)]
    positions = run.profiles.customers[chosen]
    return run.loaded.customers.frame.iloc[positions].assign(
        _id=run.loaded.customers.ids[positions], _segment=run.profiles.labels[chosen]
    )


def _by_segment(run: Run, frame: pd.DataFrame) -> list[tuple[SegmentName, pd.DataFrame]]:
    return [
        (segment, frame[frame["_segment"] == segment.segment_id])
        for segment in run.names
        if (frame["_segment"] == segment.segment_id).any()
    ]


def _marker(segment: SegmentName, size: int, symbols: tuple[str, ...]) -> dict[str, Any]:
    return {
        "size": size,
        "opacity": 0.8,
        "color": segment_colour(segment.colour),
        "symbol": symbols[(segment.colour - 1) % len(symbols)],
    }


def _axes(run: Run, features: tuple[str, ...]) -> tuple[Axis, ...]:
    frame = run.loaded.customers.frame
    return tuple(axis_for(name, frame[name].to_numpy(dtype=float)) for name in features)


def _centres(run: Run, axes: tuple[Axis, ...], shown: list[int]) -> list[Floats] | None:
    """Return where the centres of these segments lie, None if a feature was not clustered on."""
    columns = {column.name: i for i, column in enumerate(run.prepared.columns)}
    if not {axis.feature for axis in axes} <= set(columns):
        return None
    centres = _of(run.segmentation.original_centres, shown)
    return [axis.place(centres[:, columns[axis.feature]]) for axis in axes]


def _crosses(run: Run, axes: tuple[Axis, ...], shown: list[int]) -> list[dict[str, Any]]:
    """Return the centres as notes, which unlike points are never hidden behind points."""
    return [
        {
            **dict(zip("xyz", place, strict=True)),
            "text": "<b>×</b>",
            "hovertext": f"Centre of {escape(segment.name)}",
            "showarrow": False,
            "font": {"size": 18, "color": "#FFFFFF"},
            "width": 16,
            "height": 16,
            "bgcolor": segment_colour(segment.colour),
            "bordercolor": "#FFFFFF",
            "borderwidth": 2,
            "borderpad": 0,
        }
        for segment, place in zip(
            (run.by_id()[i] for i in shown),
            np.transpose(_centres(run, axes, shown) or []),
            strict=False,
        )
    ]


def _marked_centres(run: Run, shown: list[int], x: Any, y: Any) -> dict[str, Any]:
    segments = [run.by_id()[i] for i in shown]
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "markers",
        "name": "Centres",
        "text": [escape(segment.name) for segment in segments],
        "marker": {
            "size": 15,
            "symbol": "x",
            "color": [segment_colour(segment.colour) for segment in segments],
            "line": {"width": 2, "color": "#FFFFFF"},
        },
        "hovertemplate": "Centre of %{text}<br>%{x:,.6~g}, %{y:,.6~g}<extra></extra>",
    }
