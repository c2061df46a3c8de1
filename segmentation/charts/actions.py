"""Which action to begin with: what contacting a segment costs, against what it brings in."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from segmentation.charts.look import (
    NEUTRAL,
    SYMBOLS,
    blank,
    escape,
    segment_colour,
    wrap,
)
from segmentation.numerals import say
from segmentation.results import CostedAction, SegmentName

UPLIFTS = (0.001, 0.01, 0.1, 1.0, 10.0)
DECADE = 10.0
FEW_DECADES = 1.5


def effort_and_value(
    actions: tuple[CostedAction, ...],
    segments: dict[int, SegmentName],
    margin: float,
    money: str = "revenue",
) -> go.Figure | None:
    """Draw each segment by the cost of contacting it and by its revenue, on logarithmic scales.

    Segments on the same slanting line need the same uplift for the cost to come back.

    Parameters
    ----------
    actions : tuple of CostedAction
        Those of segments without customers, or without revenue above 0, are left out.
    segments : dict of int to SegmentName
        By id.
    margin : float
        Share of revenue that stays.
    money : str
        What the field calls revenue.

    Returns
    -------
    Figure or None
        None if no segment can be drawn.
    """
    shown = [a for a in actions if a.customers and a.revenue is not None and a.revenue > 0]
    if not shown:
        return None
    figure = blank("Effort: cost of contacting all", f"Value: {money}")
    efforts = [a.effort for a in shown]
    values = [a.revenue for a in shown if a.revenue is not None]
    across = (min(efforts) / 3, max(efforts) * 3)
    up = (min(values) / 3, max(values) * 3)
    for uplift in UPLIFTS:
        _slant(figure, across, up, 1 / (margin * uplift), f"{uplift:.1%}".replace(".0", ""))
    for action in shown:
        segment = segments[action.segment_id]
        share = action.break_even_share
        needs = "" if share is None else f"<br>pays from {share:.1%} more {escape(money)}"
        figure.add_scatter(
            x=[action.effort],
            y=[action.revenue],
            mode="markers+text",
            marker={
                "size": 18,
                "color": segment_colour(segment.colour),
                "symbol": SYMBOLS[(segment.colour - 1) % len(SYMBOLS)],
                "line": {"width": 1, "color": "#FFFFFF"},
            },
            text=[wrap(segment.name, 22, 2)],
            textposition="top center",
            textfont={"size": 12},
            cliponaxis=False,
            hovertemplate=f"<b>{escape(segment.name)}</b><br>effort {say(action.effort)}<br>"
            f"{escape(money)} {say(action.revenue or 0)}{needs}<extra></extra>",
        )
    figure.update_xaxes(**_logarithmic(*across))
    figure.update_yaxes(**_logarithmic(*up))
    return figure.update_layout(showlegend=False, height=460)


def _slant(
    figure: go.Figure,
    across: tuple[float, float],
    up: tuple[float, float],
    ratio: float,
    said: str,
) -> None:
    """Draw the line on which value is so many times the effort, as far as it is in sight."""
    low, high = max(across[0], up[0] / ratio), min(across[1], up[1] / ratio)
    if low >= high:
        return
    figure.add_scatter(
        x=[low, high],
        y=[low * ratio, high * ratio],
        mode="lines+text",
        line={"width": 1, "dash": "dot", "color": NEUTRAL},
        text=["", f"+{said}"],
        textposition="bottom left",
        textfont={"size": 11, "color": NEUTRAL},
        hoverinfo="skip",
    )


def _logarithmic(low: float, high: float) -> dict[str, object]:
    spanned = math.log10(high / low)
    return {
        "type": "log",
        "range": [math.log10(low), math.log10(high)],
        "dtick": 1 if spanned > FEW_DECADES else "D2",
        "tickformat": "~s",
    }
