"""Sales by segment: when, where, what, who is slipping away; and differences of groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segmentation.charts.look import (
    NEUTRAL,
    PALETTE,
    SYMBOLS,
    blank,
    chart,
    escape,
    heat_map,
    named,
    segment_colour,
    text_on,
    upright,
    wrap,
)
from segmentation.money import Currency
from segmentation.numerals import percent
from segmentation.results import SegmentName
from segmentation.values import Floats
from segmentation.vocabulary import label

RHYTHM_COLOURS = {"in rhythm": PALETTE[0], "late": PALETTE[8], "slipping away": PALETTE[9]}


def season_lines(
    frame: pd.DataFrame, segments: dict[int, SegmentName], what: str, currency: Currency
) -> go.Figure:
    """Draw each segment's months as revenue, or as an index (100: its mean month)."""
    money = what == "revenue"
    figure = blank(None, currency.named("Revenue") if money else "Index (100 = its mean month)")
    unit = f"{escape(currency.prefix)}%{{y:,.0f}}{escape(currency.suffix)}" if money else "%{y:.0f}"
    for place, (segment_id, segment) in enumerate(segments.items()):
        own = frame[frame["segment_id"] == segment_id]
        figure.add_scatter(
            x=own["start"],
            y=own[what],
            mode="lines+markers",
            name=wrap(segment.name),
            line={"color": segment_colour(segment.colour), "width": 2},
            marker={
                "symbol": [
                    SYMBOLS[place % len(SYMBOLS)] + ("" if whole else "-open")
                    for whole in own["complete"]
                ],
                "size": 7,
            },
            hovertemplate=f"{escape(segment.name)}<br>%{{x|%B %Y}}: {unit}<extra></extra>",
        )
    return figure.update_yaxes(rangemode="tozero")


def region_map(frame: pd.DataFrame, segments: dict[int, SegmentName], most: int = 8) -> go.Figure:
    """Draw each country's share of a segment's revenue, as an index of its share of all."""
    countries = list(dict.fromkeys(frame["country"]))[:most]
    ids = [i for i in segments if (frame["segment_id"] == i).any()]
    shares = frame.pivot(index="segment_id", columns="country", values="share")
    overall = frame.drop_duplicates("country").set_index("country")["overall"]
    index = (100 * shares / overall.where(overall > 0)).loc[ids, countries].to_numpy()
    own = shares.loc[ids, countries].to_numpy()
    text = [[_share(cell) for cell in row] for row in own.tolist()]
    told = [["–" if np.isnan(cell) else f"{cell:.0f}" for cell in row] for row in index]
    return heat_map(
        np.clip(index, 0, 200),
        [name or "(missing)" for name in countries],
        [segments[i].name for i in ids],
        height=150 + 48 * len(ids),
        zmin=0,
        zmid=100,
        zmax=200,
        text=text,
        texttemplate="%{text}",
        customdata=told,
        hovertemplate="%{y}<br>%{x}: %{text} of its revenue, index %{customdata}<extra></extra>",
        showscale=False,
    )


def rhythm_bars(frame: pd.DataFrame, segments: dict[int, SegmentName]) -> go.Figure:
    """Draw the customers of each segment of whom it can be told, by their rhythm."""
    shown = frame[frame["told"] > 0][::-1]
    figure = blank("Share of the customers of whom it can be told", None)
    names = [wrap(segments[i].name) for i in shown["segment_id"]]
    for rhythm, colour in RHYTHM_COLOURS.items():
        share = shown[rhythm] / shown["told"]
        figure.add_bar(
            x=share,
            y=names,
            orientation="h",
            name=rhythm.capitalize(),
            marker_color=colour,
            text=[f"{value:.0%}" if value >= 0.06 else "" for value in share],
            textposition="inside",
            textangle=0,
            insidetextfont_color=text_on(colour),
            customdata=shown[rhythm],
            hovertemplate=f"%{{y}}<br>{rhythm}: %{{customdata:,}} customers, %{{x:.1%}}"
            "<extra></extra>",
        )
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    figure.update_layout(legend_traceorder="normal")
    return figure.update_layout(barmode="stack", height=max(240, 110 + 46 * len(shown)))


def lift_dots(frame: pd.DataFrame, names: list[str], segment: SegmentName) -> go.Figure:
    """Draw lifts with their intervals, the surest on top; 1 is as often as everybody."""
    shown = frame[::-1]
    labels = [wrap(name, 34, 1) for name in names]
    places = [f"{text}{' ' * labels[:i].count(text)}" for i, text in enumerate(labels)][::-1]
    figure = blank("Times as often<br>as all customers", None).update_yaxes(type="category")
    figure.add_scatter(
        x=shown["lift"],
        y=places,
        mode="markers",
        marker={"color": segment_colour(segment.colour), "size": 9},
        error_x=_whiskers(shown["lift"], shown["low"], shown["high"]),
        customdata=np.column_stack(
            [shown["customers"], shown["share"], shown["overall"], shown["low"], shown["high"]]
        ),
        hovertemplate="%{y}<br>%{x:.2f} times (%{customdata[3]:.2f} to %{customdata[4]:.2f})"
        "<br>%{customdata[0]:,} customers, %{customdata[1]:.1%} of the segment, "
        "%{customdata[2]:.1%} of all<extra></extra>",
        showlegend=False,
    )
    figure.add_vline(x=1, line={"width": 1, "dash": "dot", "color": NEUTRAL})
    return figure.update_layout(height=max(240, 90 + 30 * len(shown)))


def share_dots(shares: Floats, names: list[str], groups: list[SegmentName]) -> go.Figure:
    """Draw the share of each group's customers who bought each thing, a column a group."""
    labels = [wrap(name, 34, 1) for name in names]
    places = [f"{text}{' ' * labels[:i].count(text)}" for i, text in enumerate(labels)]
    figure = blank("Share who bought it", None)
    for place, (group, own) in enumerate(zip(groups, shares.T, strict=True)):
        figure.add_scatter(
            x=own,
            y=places,
            mode="markers",
            name=wrap(group.name),
            marker={
                "color": segment_colour(group.colour),
                "symbol": SYMBOLS[place % len(SYMBOLS)],
                "size": 9,
            },
            hovertemplate=f"{escape(group.name)}<br>%{{y}}: %{{x:.1%}}<extra></extra>",
        )
    figure.update_yaxes(type="category", autorange="reversed")
    figure.update_xaxes(tickformat=".0%", rangemode="tozero", nticks=4)
    return figure.update_layout(height=max(260, 130 + 30 * len(names)))


def difference_dots(
    numbers: pd.DataFrame, segments: dict[int, SegmentName], first: int, most: int = 12
) -> go.Figure:
    """Draw how far the first group lies from each other one, in standard deviations.

    Marks are open where the segments were made from the feature.
    """
    features = list(dict.fromkeys(numbers["feature"]))[:most]
    texts = [label(name) for name in features]
    groups = list(dict.fromkeys(numbers["group"]))
    against = segments[groups[0]].name if len(groups) == 1 else "each"
    title = f"{segments[first].name} below or above {against}, in standard deviations"
    dots = []
    for place, group in enumerate(groups):
        own = numbers[numbers["group"] == group].set_index("feature").loc[features]
        symbol = SYMBOLS[place % len(SYMBOLS)]
        dots.append(
            {
                "type": "scatter",
                "x": own["effect"],
                "y": [wrap(name) for name in texts],
                "mode": "markers",
                "name": f"against {wrap(segments[group].name)}",
                "marker": {
                    "color": segment_colour(segments[group if len(groups) > 1 else first].colour),
                    "symbol": [symbol + ("-open" if used else "") for used in own["used"]],
                    "size": 9,
                },
                "error_x": _whiskers(own["effect"], own["effect_low"], own["effect_high"]),
                "customdata": np.column_stack([own["mean"], own["mean_other"], own["difference"]]),
                "hovertemplate": "%{y}<br>mean %{customdata[0]:,.5~g} against "
                "%{customdata[1]:,.5~g}: %{customdata[2]:+,.5~g}<extra></extra>",
                "showlegend": len(groups) > 1,
            }
        )
    return chart(
        *dots,
        shapes=[upright(0, width=1, color=NEUTRAL)],
        xaxis={"title": {"text": wrap(title, 34)}},
        yaxis={**named(texts, lines=2), "autorange": "reversed"},
        height=max(300, 150 + (24 + 12 * len(groups)) * len(features)),
        **({"scattermode": "group"} if len(groups) > 1 else {}),
    )


def _share(value: float) -> str:
    if np.isnan(value):
        return "–"
    return percent(value, 0 if abs(value) >= 0.01 else 1)


def _whiskers(
    middle: pd.Series[float], low: pd.Series[float], high: pd.Series[float]
) -> dict[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": (high - middle).fillna(0),
        "arrayminus": (middle - low).fillna(0),
        "thickness": 1.5,
        "width": 0,
    }
