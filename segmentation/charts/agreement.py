"""How far several ways to segment the same customers agree."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from segmentation.charts.look import heat_map


def agreement_map(
    names: Sequence[str], others: Sequence[str], agreements: Sequence[Sequence[float | None]]
) -> go.Figure:
    """Draw the adjusted Rand index of each of the ones with each of the others, None as a dash."""
    return heat_map(
        [list(row) for row in agreements],
        list(others),
        list(names),
        height=120 + 44 * len(names),
        zmin=-1,
        zmid=0,
        zmax=1,
        text=[["–" if cell is None else _written(cell) for cell in row] for row in agreements],
        texttemplate="%{text}",
        hovertemplate="%{y}<br>%{x}<br>agree to %{text}<extra></extra>",
        showscale=False,
    )


def _written(value: float) -> str:
    # Plus 0, because a little less than none would be written as -0.00.
    return f"{round(value, 2) + 0.0:.2f}"
