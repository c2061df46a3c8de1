"""Scored customers, and how far they are from those that a model was made from."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from segmentation.charts.look import (
    ACCENT,
    NEUTRAL,
    PALETTE,
    blank,
    named,
    segment_colour,
    text_on,
    wrap,
)
from segmentation.models.drifting import SHIFTED, SHIFTING
from segmentation.models.explaining import Reason
from segmentation.numerals import percent
from segmentation.results import Drift, SegmentName, Shift
from segmentation.vocabulary import label

LEVEL_COLOURS = {"steady": ACCENT, "shifting": PALETTE[1], "shifted": PALETTE[9]}
LEVEL_WORDS = {"steady": "as before", "shifting": "shifting", "shifted": "changed"}
SEGMENTS = "shares of the segments"


def shares_then_now(
    sizes: dict[int, int], sizes_before: dict[int, int], segments: dict[int, SegmentName]
) -> go.Figure:
    """Draw each segment's share of the customers, and below it the share before."""
    ids = list(sizes)[::-1]
    total, total_before = max(sum(sizes.values()), 1), max(sum(sizes_before.values()), 1)
    now = {i: sizes[i] / total for i in ids}
    then = {i: sizes_before[i] / total_before for i in ids}
    names = [wrap(segments[i].name) for i in ids]
    figure = blank("Share of the customers", None).update_yaxes(type="category")
    colours = [segment_colour(segments[i].colour) for i in ids]
    figure.add_bar(
        x=[now[i] for i in ids],
        y=names,
        orientation="h",
        width=0.46,
        offset=-0.12,
        marker_color=colours,
        text=[f"{sizes[i]:,} ({percent(now[i])})" for i in ids],
        textposition="auto",
        insidetextfont_color=[text_on(colour) for colour in colours],
        customdata=[sizes[i] for i in ids],
        hovertemplate="%{y}<br>%{customdata:,} customers, %{x:.1%}<extra></extra>",
        showlegend=False,
    )
    figure.add_bar(
        x=[then[i] for i in ids],
        y=names,
        orientation="h",
        width=0.22,
        offset=-0.38,
        name="when the model was made",
        marker_color=NEUTRAL,
        text=[percent(then[i]) for i in ids],
        textposition="outside",
        hovertemplate="%{y}<br>%{x:.1%} when the model was made<extra></extra>",
    )
    top = max([*now.values(), *then.values(), 0.01])
    # On a phone a third of the width is what a share beside its bar takes.
    figure.update_xaxes(tickformat=".0%", range=[0, 1.35 * top])
    return figure.update_layout(
        barmode="overlay", height=max(260, 110 + 62 * len(ids)), showlegend=True
    )


def drift_bars(found: Drift) -> go.Figure:
    """Draw the stability index of each feature and of the segments, the largest on top."""
    shifts = sorted((*found.features, found.segments), key=lambda shift: shift.psi)
    titles = [SEGMENTS if s is found.segments else label(s.name) for s in shifts]
    figure = blank("Population stability index", None).update_yaxes(**named(titles, lines=2))
    colours = [LEVEL_COLOURS[shift.level] for shift in shifts]
    figure.add_bar(
        x=[shift.psi for shift in shifts],
        y=[wrap(title) for title in titles],
        orientation="h",
        marker_color=colours,
        text=[f"{shift.psi:.2f}, {LEVEL_WORDS[shift.level]}" for shift in shifts],
        textposition="auto",
        insidetextfont_color=[text_on(colour) for colour in colours],
        customdata=[[shift.chance] for shift in shifts],
        hovertemplate="%{y}<br>%{x:.3f}; chance alone gives up to %{customdata[0]:.3f}"
        "<extra></extra>",
    )
    for edge in (SHIFTING, SHIFTED):
        figure.add_vline(
            x=edge,
            line={"width": 1, "dash": "dot", "color": NEUTRAL},
            layer="below",
            annotation={
                "text": f"{edge:g}",
                "xanchor": "right" if edge == SHIFTING else "left",
                "yanchor": "bottom",
                "y": 1,
                "yref": "paper",
            },
        )
    top = max([2 * SHIFTING + SHIFTED, *(1.15 * shift.psi for shift in shifts)])
    figure.update_xaxes(range=[0, top])
    return figure.update_layout(height=max(240, 110 + 40 * len(shifts)))


def before_after(shift: Shift) -> go.Figure:
    """Draw the share of the customers in each range or category, before and after."""
    figure = blank(None, "Share of the customers")
    figure.update_xaxes(**named(list(shift.bins), width=14, lines=2))
    for name, shares, colour in (
        ("when the model was made", shift.before, NEUTRAL),
        ("now", shift.after, ACCENT),
    ):
        figure.add_bar(
            x=[wrap(words) for words in shift.bins],
            y=list(shares),
            name=name,
            marker_color=colour,
            hovertemplate="%{x}<br>%{y:.1%}<extra></extra>",
        )
    return figure.update_layout(barmode="group", yaxis_tickformat=".0%", height=340)


def pull_bars(found: Sequence[Reason], segment: SegmentName) -> go.Figure:
    """Draw what each feature says for a customer's segment, and against it."""
    shown = list(found)[::-1]
    colours = [segment_colour(segment.colour) if r.pull >= 0 else NEUTRAL for r in shown]
    titles = [label(reason.feature) for reason in shown]
    figure = blank("Speaks against it, or for it", None).update_yaxes(**named(titles, lines=2))
    figure.add_bar(
        x=[reason.pull for reason in shown],
        y=[wrap(title) for title in titles],
        orientation="h",
        marker_color=colours,
        text=[reason.value for reason in shown],
        textposition="auto",
        insidetextfont_color=[text_on(colour) for colour in colours],
        customdata=[[reason.own, reason.runner_up] for reason in shown],
        hovertemplate="%{y}: %{text}<br>segment %{customdata[0]}, runner-up %{customdata[1]}"
        "<extra></extra>",
    )
    figure.add_vline(x=0, line={"width": 1, "color": NEUTRAL})
    figure.update_xaxes(tickformat="+.0%")
    return figure.update_layout(height=max(220, 100 + 36 * len(shown)))
