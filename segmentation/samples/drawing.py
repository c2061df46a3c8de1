"""How known groups of customers are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Drawn: TypeAlias = tuple[pd.DataFrame, "pd.Series"]
Floats: TypeAlias = npt.NDArray[np.float64]
Rng: TypeAlias = np.random.Generator


class Group(NamedTuple):
    """A known group: its rows, and mean and standard deviation of each column."""

    rows: int
    spread: Mapping[str, tuple[float, float]]


def draw_groups(
    rng: Rng, groups: Mapping[str, Group], limits: Mapping[str, tuple[float, float]]
) -> Drawn:
    """Stack the groups' rows, one after the other, within the columns' limits."""

    columns = {
        column: np.concatenate(
            [
                bounded_normal(rng, *group.spread[column], low, high, group.rows)
                for group in groups.values()
            ]
        )
        for column, (low, high) in limits.items()
    }
    return pd.DataFrame(columns), known_group({name: g.rows for name, g in groups.items()})


def bounded_normal(
    rng: Rng, mean: float, deviation: float, low: float, high: float, size: int
) -> Floats:
    """Draw again what falls outside: clipping would pile values up at the limits."""
    values = rng.normal(mean, deviation, size)
    while (outside := (values < low) | (values > high)).any():
        values[outside] = rng.normal(mean, deviation, outside.sum())
    return values


def known_group(rows: Mapping[str, int]) -> pd.Series:

    names = [name for name, count in rows.items() for _ in range(count)]
    return pd.Series(names, name="known_group", dtype="str")


def reorder(frame: pd.DataFrame, truth: pd.Series, order: npt.NDArray[np.int64]) -> Drawn:
    return frame.iloc[order].reset_index(drop=True), truth.iloc[order].reset_index(drop=True)
