"""What speaks for which number of segments."""

from __future__ import annotations

import plotly.graph_objects as go

from segmentation.axes import Axis
from segmentation.charts.look import ACCENT, NEUTRAL, PALETTE, blank, mark
from segmentation.results import Criterion, Evidence


def elbow_chart(evidence: Evidence) -> go.Figure:
    """Draw the inertia over k with the elbow and the k in use."""
    figure = _over_k(evidence, evidence.sweep.inertias, "Spread within segments (inertia)", ",.6~g")
    _mark_k(figure, _vote(evidence, "elbow"), evidence, "elbow")
    return figure


def silhouette_chart(evidence: Evidence) -> go.Figure:
    """Draw the mean silhouette over k with the suggested k and the k in use."""
    figure = _over_k(evidence, evidence.sweep.silhouettes, "Silhouette (1 = clearly apart)", ".3f")
    _mark_k(figure, _vote(evidence, "silhouette"), evidence, "largest")
    return figure


def _over_k(evidence: Evidence, values: tuple[float, ...], title: str, form: str) -> go.Figure:
    figure = blank("Number of segments (k)", title)
    figure.add_scatter(
        x=evidence.sweep.ks,
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
    marks = ((word, marked, PALETTE[1], "dot"), ("in use", evidence.k, NEUTRAL, "dash"))
    mark(
        figure,
        [(name, k, colour, dash) for name, k, colour, dash in marks if k in evidence.sweep.ks],
        Axis(feature="k"),
    )


def _vote(evidence: Evidence, criterion: Criterion) -> int | None:
    return next((vote.k for vote in evidence.votes if vote.criterion == criterion), None)
