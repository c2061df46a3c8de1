"""Results to Plotly figures: one look, segments always in their colour and order.

Backgrounds and text are left to the page's theme, so that a figure is right in light and dark.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segmentation.axes import Axis, axis_for
from segmentation.describing import Distribution, thin
from segmentation.projecting import Projection
from segmentation.results import Evidence, Run, SegmentProfile
from segmentation.values import Bools, Floats
from segmentation.vocabulary import label

# At least 3:1 against the light and the dark background, and told apart by colour-blind readers in
# this order; from the ninth on, symbols repeat the distinction.
PALETTE = (
    "#2F7FC1",
    "#C97B00",
    "#0B8F6C",
    "#C2568F",
    "#7A68C8",
    "#B5502A",
    "#5E8A1F",
    "#7D8790",
    "#2A9DB5",
    "#A9852B",
)
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "star", "x")
SYMBOLS_3D = ("circle", "square", "diamond", "cross", "x")
NEUTRAL = "#7D8790"
DIVERGING = ((0.0, "#C97B00"), (0.5, "rgba(127,127,127,0.10)"), (1.0, "#2F7FC1"))
ACCENT = "#2F7FC1"
MOST_POINTS = 2_000
NAME_WIDTH = 26


def segment_colour(segment_id: int) -> str:
    """Return the colour a segment has on every screen."""
    return PALETTE[(segment_id - 1) % len(PALETTE)]


def histogram(found: Distribution, axis: Axis) -> go.Figure:
    """Draw a numeric column's bins with its quartiles."""
    figure = _figure(None, "Customers").update_xaxes(axis.layout())
    edges = axis.place(found.edges)
    figure.add_bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=found.counts,
        width=np.diff(edges),
        marker={"color": ACCENT, "line": {"width": 1, "color": "rgba(127,127,127,0.4)"}},
        customdata=np.column_stack([found.edges[:-1], found.edges[1:]]),
        hovertemplate="%{customdata[0]:,.4~g} to %{customdata[1]:,.4~g}<br>"
        "%{y:,} customers<extra></extra>",
        showlegend=False,
    )
    for value, name, side in zip(
        found.quartiles, ("25 %", "median", "75 %"), ("top left", "top", "top right"), strict=True
    ):
        figure.add_vline(
            x=float(axis.place(value)),
            line={"dash": "solid" if name == "median" else "dot", "width": 2, "color": PALETTE[1]},
            annotation={"text": f"{name}<br>{value:,.4g}", "showarrow": False},
            annotation_position=side,
        )
    return figure.update_layout(bargap=0.02, margin_t=56)


def overlaid_histograms(values: dict[int, Floats], names: dict[int, str], axis: Axis) -> go.Figure:
    """Draw one feature's distribution for several segments, each as shares of its customers."""
    figure = _figure(None, "Share of the segment").update_xaxes(axis.layout())
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
            name=_wrap(names[segment]),
            opacity=0.6,
            marker_color=segment_colour(segment),
            customdata=np.column_stack([axis.back(edges[:-1]), axis.back(edges[1:])]),
            hovertemplate="%{customdata[0]:,.4~g} to %{customdata[1]:,.4~g}<br>"
            "%{y:.1%} of its customers<extra></extra>",
        )
    return figure.update_layout(barmode="overlay", bargap=0, yaxis_tickformat=".0%")


def category_bars(shares: pd.DataFrame, name: str, most: int = 20) -> go.Figure:
    """Draw the customers of each category, the largest on top."""
    shown = shares.head(most)[::-1]
    figure = _figure("Customers", None)
    figure.add_bar(
        x=shown["customers"],
        y=shown["category"],
        orientation="h",
        marker_color=ACCENT,
        customdata=shown["share"],
        texttemplate="%{x:,} (%{customdata:.0%})",
        textposition="auto",
        hovertemplate="%{y}<br>%{x:,} customers (%{customdata:.1%})<extra></extra>",
    )
    return figure.update_layout(height=max(220, 60 + 30 * len(shown)), yaxis_title=label(name))


def relation(frame: pd.DataFrame, x: Axis, y: Axis, colour: str | None) -> go.Figure:
    """Draw two columns against each other, coloured by a third."""
    shown = frame[thin(len(frame), MOST_POINTS)]
    figure = _figure(None, None).update_xaxes(x.layout()).update_yaxes(y.layout())
    if colour is None or pd.api.types.is_numeric_dtype(shown[colour]):
        marker: dict[str, Any] = {"color": ACCENT}
        if colour is not None:
            marker = {
                "color": shown[colour],
                "colorscale": "Viridis",
                "colorbar": {"title": {"text": label(colour)}},
            }
        said = "" if colour is None else f"<br>{label(colour)}: %{{marker.color:,.6~g}}"
        return figure.add_trace(
            _points(shown, (x, y), said, marker={"size": 7, "opacity": 0.75, **marker})
        )
    text = shown[colour].replace("", "(missing)")
    for i, category in enumerate(text.value_counts().index[: len(PALETTE)]):
        marker = {
            "size": 7,
            "opacity": 0.75,
            "color": PALETTE[i],
            "symbol": SYMBOLS[i % len(SYMBOLS)],
        }
        said = f"<br>{label(colour)}: {_escape(category)}"
        figure.add_trace(
            _points(shown[text == category], (x, y), said, name=str(category), marker=marker)
        )
    return figure


def correlation_map(matrix: pd.DataFrame) -> go.Figure:
    """Draw correlations from -1 to 1, each with its number."""
    names = [_wrap(label(str(name)), 16) for name in matrix.columns]
    figure = _figure(None, None)
    figure.add_heatmap(
        z=matrix.to_numpy(),
        x=names,
        y=names,
        zmin=-1,
        zmax=1,
        colorscale=DIVERGING,
        texttemplate="%{z:.2f}",
        xgap=2,
        ygap=2,
        colorbar={"title": {"text": "correlation"}, "thickness": 12},
        hovertemplate="%{x} and %{y}: %{z:.3f}<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed")
    return figure.update_layout(height=max(320, 90 + 56 * len(names)))


def elbow_chart(evidence: Evidence) -> go.Figure:
    """Draw the inertia over k with the elbow and the k in use."""
    figure = _over_k(evidence, evidence.inertias, "Spread within segments (inertia)", ",.6~g")
    _mark_k(figure, evidence.elbow_k, evidence, "elbow")
    return figure


def silhouette_chart(evidence: Evidence) -> go.Figure:
    """Draw the mean silhouette over k with the suggested k and the k in use."""
    figure = _over_k(evidence, evidence.silhouettes, "Silhouette (1 = clearly apart)", ".3f")
    _mark_k(figure, evidence.silhouette_k, evidence, "suggested")
    return figure


def map_2d(run: Run, keep: Bools, x: str, y: str) -> go.Figure:
    """Draw customers by two features in original units, coloured by segment, with the centres."""
    axes = _axes(run, (x, y))
    figure = _figure(None, None).update_xaxes(axes[0].layout()).update_yaxes(axes[1].layout())
    for segment, name, rows in _by_segment(run, _segmented(run, keep)):
        figure.add_trace(_points(rows, axes, name=name, marker=_marker(segment, 7, SYMBOLS)))
    centres = _centres(run, axes)
    if centres is not None:
        _add_centres(figure, run, *centres)
    return figure.update_layout(height=520)


def map_3d(run: Run, keep: Bools, x: str, y: str, z: str) -> go.Figure:
    """Draw customers by three features in original units, coloured by segment."""
    axes = _axes(run, (x, y, z))
    figure = go.Figure()
    for segment, name, rows in _by_segment(run, _segmented(run, keep)):
        figure.add_trace(_points(rows, axes, name=name, marker=_marker(segment, 4, SYMBOLS_3D)))
    centres = _centres(run, axes)
    if centres is not None:
        figure.add_scatter3d(
            **dict(zip("xyz", centres, strict=True)),
            mode="markers",
            name="Centres",
            text=[_escape(run.name_of()[i]) for i in range(1, run.segmentation.k + 1)],
            marker={"size": 7, "symbol": "x", "color": "#E4572E"},
            hovertemplate="Centre of %{text}<extra></extra>",
        )
    grid = "rgba(127,127,127,0.35)"
    look = {"backgroundcolor": "rgba(0,0,0,0)", "gridcolor": grid, "zerolinecolor": grid}
    scene = zip(("xaxis", "yaxis", "zaxis"), axes, strict=True)
    return figure.update_layout(
        height=560,
        margin={"l": 0, "r": 0, "t": 8, "b": 8},
        legend=_LEGEND,
        scene={name: {**look, **axis.layout()} for name, axis in scene},
    )


def pca_map(run: Run, keep: Bools, projection: Projection) -> go.Figure:
    """Draw customers on the two directions of greatest spread, coloured by segment."""
    first, second = projection.explained
    figure = _figure(
        f"First direction ({first:.0%} of the spread)",
        f"Second direction ({second:.0%} of the spread)",
    )
    place = np.empty((len(run.loaded.customers.frame), 2))
    place[run.prepared.customers] = projection.points
    frame = _segmented(run, keep)
    frame[["_x", "_y"]] = place[frame.index]
    for segment, name, rows in _by_segment(run, frame):
        figure.add_scatter(
            x=rows["_x"],
            y=rows["_y"],
            mode="markers",
            name=_wrap(name),
            text=rows["_id"],
            marker=_marker(segment, 7, SYMBOLS),
            hovertemplate=f"<b>%{{text}}</b><extra>{_escape(name)}</extra>",
        )
    _add_centres(figure, run, projection.centres[:, 0], projection.centres[:, 1])
    return figure.update_layout(height=520)


def size_bars(sizes: dict[int, int], names: dict[int, str]) -> go.Figure:
    """Draw the customers of each segment."""
    total = max(sum(sizes.values()), 1)
    ids = list(sizes)[::-1]
    figure = _figure("Customers", None)
    figure.add_bar(
        x=[sizes[i] for i in ids],
        y=[_wrap(names[i]) for i in ids],
        orientation="h",
        marker_color=[segment_colour(i) for i in ids],
        text=[f"{sizes[i]:,} ({sizes[i] / total:.1%})" for i in ids],
        textposition="auto",
        hovertemplate="%{y}<br>%{x:,} customers<extra></extra>",
    )
    return figure.update_layout(height=max(240, 70 + 52 * len(ids)))


def size_donut(sizes: dict[int, int], names: dict[int, str]) -> go.Figure:
    """Draw each segment's share of the customers."""
    figure = go.Figure()
    figure.add_pie(
        values=list(sizes.values()),
        labels=[_wrap(names[i]) for i in sizes],
        hole=0.6,
        sort=False,
        direction="clockwise",
        marker={"colors": [segment_colour(i) for i in sizes]},
        textinfo="percent",
        hovertemplate="%{label}<br>%{value:,} customers (%{percent})<extra></extra>",
    )
    figure.add_annotation(
        text=f"<b>{sum(sizes.values()):,}</b><br>customers", showarrow=False, font={"size": 16}
    )
    return figure.update_layout(
        height=max(280, 70 + 52 * len(sizes)),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
    )


def effect_bars(profile: SegmentProfile, most: int = 8) -> go.Figure:
    """Draw what sets a segment apart, in standard deviations from the mean of all customers."""
    shown = profile.differences[:most][::-1]
    figure = _figure("Standard deviations below or above all customers", None)
    figure.add_bar(
        x=[d.effect for d in shown],
        y=[_wrap(_escape(label(d.name.replace("=", ": ")))) for d in shown],
        orientation="h",
        marker_color=[segment_colour(profile.segment_id) if d.used else NEUTRAL for d in shown],
        customdata=[[d.segment, d.overall] for d in shown],
        text=[f"{d.effect:+.2f}" for d in shown],
        textposition="auto",
        hovertemplate="%{y}<br>segment %{customdata[0]:,.4~g}, all %{customdata[1]:,.4~g}"
        "<extra></extra>",
    )
    figure.add_vline(x=0, line={"width": 1, "color": NEUTRAL})
    return figure.update_layout(height=max(220, 80 + 36 * len(shown)))


def means_map(means: pd.DataFrame, overall: pd.Series[Any], names: dict[int, str]) -> go.Figure:
    """Draw each segment's means as an index, 100 being the mean of all customers."""
    index = 100 * means / overall.where(overall != 0)
    figure = _figure(None, None)
    figure.add_heatmap(
        z=index.clip(0, 200).to_numpy(),
        x=[_wrap(label(str(name)), 14) for name in means.columns],
        y=[_wrap(names[int(i)]) for i in means.index],
        zmid=100,
        zmin=0,
        zmax=200,
        colorscale=DIVERGING,
        customdata=means.to_numpy(),
        text=[[f"{cell:.0f}" for cell in row] for row in index.to_numpy()],
        texttemplate="%{text}",
        xgap=2,
        ygap=2,
        colorbar={"title": {"text": "index"}, "thickness": 12},
        hovertemplate="%{y}<br>%{x}: mean %{customdata:,.5~g}, index %{text}<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed")
    return figure.update_layout(height=max(240, 110 + 52 * len(means)))


def paired_bars(table: pd.DataFrame, ids: Sequence[int], names: dict[int, str]) -> go.Figure:
    """Draw two segments' means side by side as an index, 100 being the mean of all customers."""
    figure = _figure("Index (100 = all customers)", None)
    shown = table[::-1]
    for segment in ids:
        figure.add_bar(
            x=shown[f"index_{segment}"],
            y=[_wrap(label(name)) for name in shown["feature"]],
            orientation="h",
            name=_wrap(names[segment]),
            marker_color=segment_colour(segment),
            customdata=shown[f"mean_{segment}"],
            hovertemplate="%{y}<br>mean %{customdata:,.5~g}, index %{x:.0f}<extra></extra>",
        )
    figure.add_vline(x=100, line={"width": 1, "dash": "dot", "color": NEUTRAL})
    return figure.update_layout(barmode="group", height=max(280, 130 + 54 * len(shown)))


_LEGEND: dict[str, Any] = {
    "orientation": "h",
    "yref": "container",
    "yanchor": "bottom",
    "y": 0,
    "xanchor": "left",
    "x": 0,
    "itemsizing": "constant",
}


def _figure(x: str | None, y: str | None) -> go.Figure:
    figure = go.Figure()
    figure.update_xaxes(title_text=x, automargin=True)
    figure.update_yaxes(title_text=y, automargin=True)
    return figure.update_layout(
        margin={"l": 8, "r": 16, "t": 24, "b": 8}, legend=_LEGEND, height=380, dragmode="pan"
    )


def _over_k(evidence: Evidence, values: tuple[float, ...], title: str, form: str) -> go.Figure:
    figure = _figure("Number of segments (k)", title)
    figure.add_scatter(
        x=evidence.ks,
        y=values,
        mode="lines+markers",
        line={"color": ACCENT, "width": 2},
        marker={"size": 8},
        hovertemplate=f"k = %{{x}}<br>%{{y:{form}}}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(dtick=1)
    return figure.update_layout(height=320)


def _mark_k(figure: go.Figure, marked: int | None, evidence: Evidence, word: str) -> None:
    for k, text in ((marked, word), (evidence.k, "in use")):
        if k is None or (text == "in use" and k == marked) or k not in evidence.ks:
            continue
        figure.add_vline(
            x=k,
            line={"dash": "dot", "width": 2, "color": PALETTE[1] if text == word else NEUTRAL},
            annotation={"text": f"{text}: {k}", "showarrow": False},
            annotation_position="top right" if k < evidence.ks[-1] else "top left",
        )


def _segmented(run: Run, keep: Bools) -> pd.DataFrame:
    """Return at most `MOST_POINTS` of the chosen customers, with their id and segment."""
    chosen = np.flatnonzero(keep)
    chosen = chosen[thin(len(chosen), MOST_POINTS)]
    positions = run.profiles.customers[chosen]
    return run.loaded.customers.frame.iloc[positions].assign(
        _id=run.loaded.customers.ids[positions], _segment=run.profiles.labels[chosen]
    )


def _by_segment(run: Run, frame: pd.DataFrame) -> list[tuple[int, str, pd.DataFrame]]:
    return [
        (segment, name, frame[frame["_segment"] == segment])
        for segment, name in run.name_of().items()
        if (frame["_segment"] == segment).any()
    ]


def _marker(segment: int, size: int, symbols: tuple[str, ...]) -> dict[str, Any]:
    return {
        "size": size,
        "opacity": 0.8,
        "color": segment_colour(segment),
        "symbol": symbols[(segment - 1) % len(symbols)],
    }


def _axes(run: Run, features: tuple[str, ...]) -> tuple[Axis, ...]:
    frame = run.loaded.customers.frame
    return tuple(axis_for(name, frame[name].to_numpy(dtype=float)) for name in features)


def _centres(run: Run, axes: tuple[Axis, ...]) -> list[Floats] | None:
    """Return where the centres lie, None if a feature was not clustered on."""
    columns = {column.name: i for i, column in enumerate(run.prepared.columns)}
    if not {axis.feature for axis in axes} <= set(columns):
        return None
    centres = run.segmentation.original_centres
    return [axis.place(centres[:, columns[axis.feature]]) for axis in axes]


def _points(
    rows: pd.DataFrame, axes: tuple[Axis, ...], said: str = "", name: str | None = None, **look: Any
) -> Any:
    """Return a cloud of customers along two or three axes, told in original units."""
    place = {
        letter: axis.place(rows[axis.feature]) for letter, axis in zip("xyz", axes, strict=False)
    }
    lines = [
        f"{_escape(label(axis.feature))}: %{{customdata[{i}]:,.6~g}}" for i, axis in enumerate(axes)
    ]
    named = "_id" in rows
    return (go.Scatter3d if len(axes) == 3 else go.Scatter)(
        **place,
        mode="markers",
        name=_wrap(name) if name else None,
        showlegend=name is not None,
        text=rows["_id"] if named else None,
        customdata=rows[[axis.feature for axis in axes]].to_numpy(dtype=float),
        hovertemplate="<br>".join((["<b>%{text}</b>"] if named else []) + lines)
        + said
        + f"<extra>{_escape(name or '')}</extra>",
        **look,
    )


def _add_centres(figure: go.Figure, run: Run, x: Any, y: Any) -> None:
    ids = range(1, run.segmentation.k + 1)
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        name="Centres",
        text=[run.name_of()[i] for i in ids],
        marker={
            "size": 15,
            "symbol": "x",
            "color": [segment_colour(i) for i in ids],
            "line": {"width": 2, "color": "#FFFFFF"},
        },
        hovertemplate="Centre of %{text}<br>%{x:,.6~g}, %{y:,.6~g}<extra></extra>",
    )


def _wrap(name: str, width: int = NAME_WIDTH) -> str:
    return "<br>".join(textwrap.wrap(_escape(name), width) or [name])


def _escape(text: Any) -> str:
    """Keep a name from being read as markup or as a template by Plotly."""
    return (
        str(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("%{", "%\u200b{")
    )
