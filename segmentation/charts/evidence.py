"""What speaks for which number of segments: each criterion over k."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from segmentation.charts.look import ACCENT, NEUTRAL, PALETTE, chart, level, upright
from segmentation.results import Criterion, Evidence, Resampled, Trials
from segmentation.trust import DOUBTFUL, HIGHLY_STABLE, VALID

LEVELS: dict[Criterion, tuple[float, ...]] = {
    "prediction_strength": (0.8,),
    "stability": (DOUBTFUL, VALID, HIGHLY_STABLE),
}
HEIGHT = 230
MOST_TICKS = 14
# Where a finger points there is no hovering, so the tools stand there all the time.
ROOM_FOR_TOOLS = 30
SHADE = "rgba(125, 135, 144, 0.16)"
# Of data without groups, about 95% lie within two standard deviations.
REACH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Curve:
    """A criterion's values over k, with how far each may be off.

    Parameters
    ----------
    ks : tuple of int
        Numbers of segments.
    values : tuple of float
        For each.
    below, above : tuple of float
        Lengths of the error bars; empty where there are none.
    form : str
        How a value is written.
    """

    ks: tuple[int, ...]
    values: tuple[float, ...]
    below: tuple[float, ...] = ()
    above: tuple[float, ...] = ()
    form: str = ".3f"


def criterion_chart(evidence: Evidence, criterion: Criterion) -> go.Figure | None:
    """Draw one criterion over k, with its vote and the k in use; None before the trials it needs.

    Parameters
    ----------
    evidence : Evidence
        At least two k.
    criterion : str
        Which.
    """
    curve = _CURVES[criterion](evidence)
    if curve is None:
        return None
    line = {
        "type": "scatter",
        "x": curve.ks,
        "y": curve.values,
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": curve.above,
            "arrayminus": curve.below,
            "thickness": 1.5,
            "width": 3,
            "visible": bool(curve.above),
        },
        "mode": "lines+markers",
        "line": {"color": ACCENT, "width": 2},
        "marker": {"size": 7},
        "hovertemplate": f"%{{x}} segments<br>%{{y:{curve.form}}}<extra></extra>",
    }
    chance = _without_groups(evidence.trials) if criterion == "silhouette" else []
    step = 1 if len(curve.ks) <= MOST_TICKS else 5
    return chart(
        *chance,
        line,
        *_vote(evidence, criterion, curve),
        shapes=[
            *(level(y, width=1.5, dash="dot", color=NEUTRAL) for y in LEVELS.get(criterion, ())),
            upright(evidence.k, color=NEUTRAL, dash="dash", width=2),
        ],
        xaxis={
            "dtick": step,
            "tickformat": "d",
            "range": [curve.ks[0] - 0.5, curve.ks[-1] + 0.5],
        },
        yaxis={"nticks": 5},
        height=HEIGHT,
        showlegend=False,
        margin={"l": 12, "r": 12, "t": ROOM_FOR_TOOLS, "b": 12},
    )


def _vote(evidence: Evidence, criterion: Criterion, curve: _Curve) -> list[dict[str, Any]]:
    vote = next((vote.k for vote in evidence.votes if vote.criterion == criterion), None)
    if vote not in curve.ks:
        return []
    return [
        {
            "type": "scatter",
            "x": [vote],
            "y": [curve.values[curve.ks.index(vote)]],
            "mode": "markers",
            "marker": {"size": 13, "symbol": "diamond", "color": PALETTE[1]},
            "hoverinfo": "skip",
        }
    ]


def _without_groups(trials: Trials | None) -> list[dict[str, Any]]:
    """Shade where the silhouettes of data without groups lie."""
    if trials is None:
        return []
    low = [mean - REACH * spread for mean, spread in trials.references]
    high = [mean + REACH * spread for mean, spread in trials.references]
    return [
        {
            "type": "scatter",
            "x": [*trials.ks, *trials.ks[::-1]],
            "y": [*high, *low[::-1]],
            "fill": "toself",
            "fillcolor": SHADE,
            "mode": "lines",
            "line": {"width": 1, "color": NEUTRAL, "dash": "dot"},
            "hoverinfo": "skip",
        }
    ]


def _elbow(evidence: Evidence) -> _Curve:
    swept = evidence.sweep
    from_one = swept.ks[0] == 2
    return _Curve(
        ks=(1, *swept.ks) if from_one else swept.ks,
        values=(swept.total, *swept.inertias) if from_one else swept.inertias,
        form=",.6~g",
    )


def _silhouette(evidence: Evidence) -> _Curve:
    swept = evidence.sweep
    errors = tuple(1.96 * error for error in swept.silhouette_errors)
    bars = errors if any(errors) else ()
    return _Curve(ks=swept.ks, values=swept.silhouettes, below=bars, above=bars)


def _calinski_harabasz(evidence: Evidence) -> _Curve:
    return _Curve(ks=evidence.sweep.ks, values=evidence.sweep.calinski_harabasz, form=",.1f")


def _davies_bouldin(evidence: Evidence) -> _Curve:
    return _Curve(ks=evidence.sweep.ks, values=evidence.sweep.davies_bouldin)


def _gap(evidence: Evidence) -> _Curve | None:
    trials = evidence.trials
    if trials is None:
        return None
    first = 0 if trials.ks[0] == 2 else 1
    gaps = trials.gaps[first:]
    errors = tuple(error for _, error in gaps)
    return _Curve(
        ks=(1, *trials.ks)[first:],
        values=tuple(gap for gap, _ in gaps),
        below=errors,
        above=errors,
    )


def _prediction_strength(evidence: Evidence) -> _Curve | None:
    trials = evidence.trials
    return None if trials is None else _resampled(trials.ks, trials.prediction_strengths)


def _stability(evidence: Evidence) -> _Curve | None:
    trials = evidence.trials
    if trials is None:
        return None
    return _resampled(trials.ks, tuple(trials.weakest(k) for k in trials.ks))


def _resampled(ks: tuple[int, ...], found: tuple[Resampled, ...]) -> _Curve:
    return _Curve(
        ks=ks,
        values=tuple(one.mean for one in found),
        below=tuple(one.mean - one.low for one in found),
        above=tuple(one.high - one.mean for one in found),
        form=".2f",
    )


_CURVES: dict[Criterion, Callable[[Evidence], _Curve | None]] = {
    "elbow": _elbow,
    "silhouette": _silhouette,
    "calinski_harabasz": _calinski_harabasz,
    "davies_bouldin": _davies_bouldin,
    "gap": _gap,
    "prediction_strength": _prediction_strength,
    "stability": _stability,
}
