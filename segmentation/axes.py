"""Axes in original units, on a logarithmic scale where a long tail would hide everything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from segmentation.transforms import skewness
from segmentation.values import Floats
from segmentation.vocabulary import label

LONG_TAIL = 3.0
LEAST_TICKS = 2
MOST_TICKS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """How one feature is laid out along an axis.

    Parameters
    ----------
    feature : str
        The column.
    logarithmic : bool
        Whether places are ln(1 + x), which leaves room for zero; below it, -ln(1 - x).
    ticks : tuple of float
        Values with a label, in original units; empty on a linear axis.
    """

    feature: str
    logarithmic: bool = False
    ticks: tuple[float, ...] = ()

    def place(self, values: Any) -> Floats:
        """Return where values lie along the axis."""
        numbers = np.asarray(values, dtype=float)
        return np.sign(numbers) * np.log1p(np.abs(numbers)) if self.logarithmic else numbers

    def back(self, places: Floats) -> Floats:
        """Return the values that lie at places."""
        return np.asarray(
            np.sign(places) * np.expm1(np.abs(places)) if self.logarithmic else places
        )

    @property
    def title(self) -> str:
        """What the axis shows, with its scale if it is not linear."""
        return label(self.feature) + (" (log scale)" if self.logarithmic else "")

    def layout(self) -> dict[str, Any]:
        """Return Plotly settings for the axis."""
        said: dict[str, Any] = {"title": {"text": self.title}}
        if self.logarithmic:
            said["tickvals"] = self.place(self.ticks).tolist()
            said["ticktext"] = [tick_text(tick) for tick in self.ticks]
        return said


def axis_for(feature: str, values: Floats) -> Axis:
    """Choose the scale: logarithmic for a feature with a skewness over 3, such as money.

    A few negatives, as spend net of returns has, lie mirrored below 0. Below 1, ln(1 + x) is
    nearly a straight line, and the axis stays linear.

    Parameters
    ----------
    feature : str
        The column.
    values : ndarray of float, shape (n,)
        All its values, so that a filter does not change the axis.

    Examples
    --------
    >>> axis_for("spend", np.array([0.0] * 50 + [10_000.0])).ticks
    (0.0, 1.0, 10.0, 100.0, 1000.0, 10000.0)
    """
    present = values[~np.isnan(values)]
    if not len(present) or present.max() < 1:
        return Axis(feature=feature)
    ticks = _ticks(float(present.min()), float(present.max()))
    if skewness(present) <= LONG_TAIL or len(ticks) < LEAST_TICKS:
        return Axis(feature=feature)
    return Axis(feature=feature, logarithmic=True, ticks=ticks)


def _ticks(low: float, high: float) -> tuple[float, ...]:
    """Return powers of ten, with steps between them where the values span less than a few."""
    powers = [float(10**power) for power in range(int(np.log10(high)) + 1)]
    ticks: list[float] = []
    for steps in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
        ticks = [0.0] if low < 1 else []
        ticks += [s * p for p in powers for s in steps if max(low, 1) <= s * p <= high]
        if len(ticks) > LEAST_TICKS:
            break
    below = [-float(10 ** int(np.log10(-low)))] if low <= -1 else []
    while len(below) + len(ticks) > MOST_TICKS:
        ticks = ticks[::2]
    return (*below, *ticks)


def tick_text(value: float) -> str:
    """Write a tick in a few letters, since there is little room beside an axis.

    Examples
    --------
    >>> tick_text(250_000.0), tick_text(-1000.0), tick_text(0.5)
    ('250k', '-1k', '0.5')
    """
    for size, suffix in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{suffix}"
    return f"{value:g}"
