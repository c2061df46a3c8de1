"""The sales report: over time, by group, by customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segmentation.charts.look import (
    ACCENT,
    NEUTRAL,
    PALETTE,
    blank,
    escape,
    heat_map,
    text_on,
    wrap,
)
from segmentation.charts.world import SEQUENTIAL
from segmentation.money import Currency
from segmentation.numerals import percent
from segmentation.results import Cohorts, Pareto, SalesOverTime

MONEY = frozenset({"revenue", "average_order"})
TITLES = {
    "revenue": "Revenue",
    "orders": "Orders",
    "customers": "Customers who ordered",
    "average_order": "Average order",
}
FORMATS = {"day": "%a %-d %b %Y", "week": "Week of %-d %b %Y", "month": "%B %Y"}
INCOMPLETE = "Incomplete"
MOST_COHORTS = 24


def sales_over_time(found: SalesOverTime, measure: str, currency: Currency) -> go.Figure:
    """Draw one figure by period; periods that the file covers in part are hatched and named."""
    frame = found.frame
    money = measure in MONEY
    title = currency.named(TITLES[measure]) if money else TITLES[measure]
    figure = blank(None, title)
    told = [escape(moment.strftime(FORMATS[found.period])) for moment in frame["start"]]
    said = np.where(frame["complete"], "", "<br>incomplete: the file covers a part of it")
    unit = _hover(currency) if money else "%{y:,}"
    if found.period == "day":
        figure.add_scatter(
            x=frame["start"],
            y=frame[measure],
            mode="lines",
            line={"color": ACCENT, "width": 1.5},
            customdata=np.column_stack([told, said]),
            name=TITLES[measure],
            showlegend=False,
            hovertemplate=f"%{{customdata[0]}}<br>{unit}%{{customdata[1]}}<extra></extra>",
        )
        part = frame[~frame["complete"]]
        if len(part):
            figure.add_scatter(
                x=part["start"],
                y=part[measure],
                mode="markers",
                name=INCOMPLETE,
                marker={"symbol": "circle-open", "size": 9, "color": PALETTE[1]},
                hoverinfo="skip",
            )
    else:
        figure.add_bar(
            x=frame["start"],
            y=frame[measure],
            name=TITLES[measure],
            marker={"color": ACCENT, "pattern": _hatched(frame)},
            customdata=np.column_stack([told, said]),
            hovertemplate=f"%{{customdata[0]}}<br>{unit}%{{customdata[1]}}<extra></extra>",
            showlegend=False,
        )
        if not frame["complete"].all():
            # A trace of its own only to have the hatching in the legend.
            figure.add_bar(
                x=[None],
                y=[None],
                name=INCOMPLETE,
                marker={"color": ACCENT, "pattern": {"shape": "/", "fillmode": "replace"}},
                showlegend=True,
            )
    figure.update_yaxes(rangemode="tozero", **(_ticks(currency) if money else {}))
    return figure.update_layout(bargap=0.15, barmode="overlay")


def sales_bars(frame: pd.DataFrame, names: Sequence[str], currency: Currency) -> go.Figure:
    """Draw revenue by name, the first on top, with its share."""
    shown = frame[::-1]
    figure = blank(currency.named("Revenue"), None).update_yaxes(type="category")
    labels = [wrap(name, 34, 1) for name in names]
    # Two products can be called alike; their places must not be.
    places = [f"{label}{' ' * labels[:i].count(label)}" for i, label in enumerate(labels)]
    figure.add_bar(
        x=shown["revenue"],
        y=places[::-1],
        orientation="h",
        marker_color=ACCENT,
        customdata=np.column_stack([shown["orders"], shown["customers"], shown["share"]]),
        text=[percent(share) for share in shown["share"].fillna(0)],
        textposition="auto",
        insidetextfont_color=text_on(ACCENT),
        hovertemplate=f"%{{y}}<br>{_hover(currency, 'x')} (%{{customdata[2]:.2%}})"
        "<br>%{customdata[0]:,} orders of %{customdata[1]:,} customers<extra></extra>",
    )
    figure.update_xaxes(**_ticks(currency))
    return figure.update_layout(height=max(240, 80 + 28 * len(shown)))


def hour_map(frame: pd.DataFrame, currency: Currency) -> go.Figure:
    """Draw revenue by weekday and hour; hours without an order are left out at both ends."""
    busy = frame.loc[frame["orders"] > 0, "hour"]
    hours = range(int(busy.min()), int(busy.max()) + 1) if len(busy) else range(24)
    days = list(dict.fromkeys(frame["weekday"]))
    shown = frame[frame["hour"].isin(hours)]
    z = shown["revenue"].to_numpy().reshape(len(days), len(hours))
    told = [
        [f"{currency.say(value)}, {orders:,} orders" for value, orders in zip(*row, strict=True)]
        for row in zip(
            z.tolist(), shown["orders"].to_numpy().reshape(z.shape).tolist(), strict=True
        )
    ]
    return heat_map(
        z,
        [f"{hour}:00" for hour in hours],
        days,
        height=300,
        colorscale=SEQUENTIAL,
        text=told,
        hovertemplate="%{y}, %{x}: %{text}<extra></extra>",
        showscale=False,
    )


def new_and_returning(frame: pd.DataFrame, what: str, currency: Currency) -> go.Figure:
    """Draw new and returning customers by month, or their revenue."""
    money = what == "revenue"
    figure = blank(None, currency.named("Revenue") if money else "Customers who ordered")
    unit = _hover(currency) if money else "%{y:,}"
    for name, title, colour in (
        ("returning", "Returning", PALETTE[0]),
        ("new", "New", PALETTE[1]),
    ):
        figure.add_bar(
            x=frame["start"],
            y=frame[f"{name}_{what}"],
            name=title,
            marker={
                "color": colour,
                "pattern": _hatched(frame),
            },
            hovertemplate=f"%{{x|%B %Y}}<br>{title}: {unit}<extra></extra>",
        )
    figure.update_yaxes(**(_ticks(currency) if money else {}))
    return figure.update_layout(barmode="relative", bargap=0.15)


def cohort_map(found: Cohorts, what: str) -> go.Figure:
    """Draw the triangle of who came back, as shares or as counts; incomplete cells in italics."""
    rows = np.flatnonzero(found.sizes > 0)[-MOST_COHORTS:]
    width = int((~np.isnan(found.counts[rows])).sum(axis=1).max()) if len(rows) else 1
    counts, shares = found.counts[rows, :width], found.shares[rows, :width]
    months = pd.DatetimeIndex(found.months[rows]).strftime("%b %Y")

    def cell(count: float, share: float, whole: bool) -> str:
        if np.isnan(count):
            return ""
        text = f"{count:,.0f}" if what == "counts" else percent(share, 0)
        return text if whole else f"<i>{text}*</i>"

    text = [
        [cell(*cells) for cells in zip(*row, strict=True)]
        for row in zip(counts, shares, found.complete[rows, :width], strict=True)
    ]
    # Everybody ordered in the first month: it would take all the colour.
    later = shares[:, 1:]
    top = float(np.nanmax(later)) if np.isfinite(later).any() else 1.0
    names = [f"{month} ({size:,})" for month, size in zip(months, found.sizes[rows], strict=True)]
    figure = heat_map(
        shares,
        [str(month) for month in range(width)],
        names,
        height=140 + 34 * len(rows),
        colorscale=SEQUENTIAL,
        zmin=0,
        zmax=top or 1.0,
        text=text,
        texttemplate="%{text}",
        customdata=counts,
        hovertemplate="First order %{y}<br>%{x} months later: %{z:.1%}, %{customdata:,}"
        "<extra></extra>",
        hoverongaps=False,
        showscale=False,
    )
    return figure.update_xaxes(title_text="Months after the first order")


def pareto_curve(found: Pareto) -> go.Figure:
    """Draw the share of revenue over the share of customers, the best first."""
    figure = blank("Customers, the best first", "Share of the revenue")
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": NEUTRAL, "dash": "dot", "width": 1},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=found.curve["customers"],
        y=found.curve["revenue"],
        mode="lines",
        line={"color": ACCENT, "width": 2.5},
        showlegend=False,
        hovertemplate="The best %{x:.1%} bring %{y:.1%}<extra></extra>",
    )
    marked = found.top[found.top["top"].isin((10, 20, 50))]
    figure.add_scatter(
        x=marked["top"] / 100,
        y=marked["share"],
        mode="markers+text",
        showlegend=False,
        marker={"color": ACCENT, "size": 8},
        textposition="bottom right",
        text=[
            f"best {t}%: {percent(s, 0)}"
            for t, s in zip(marked["top"], marked["share"], strict=True)
        ],
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.add_annotation(x=0.62, y=0.55, text="all the same", showarrow=False, textangle=0)
    return figure.update_xaxes(tickformat=".0%", range=[0, 1]).update_yaxes(tickformat=".0%")


def _hatched(frame: pd.DataFrame) -> dict[str, Any]:
    shapes = ["" if whole else "/" for whole in frame["complete"]]
    return {"shape": shapes, "fillmode": "replace"}


def _ticks(currency: Currency) -> dict[str, Any]:
    return {"tickprefix": escape(currency.prefix), "ticksuffix": escape(currency.suffix)}


def _hover(currency: Currency, letter: str = "y") -> str:
    return f"{escape(currency.prefix)}%{{{letter}:,.2f}}{escape(currency.suffix)}"
