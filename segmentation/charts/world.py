"""Countries on a map of equal tiles, drawn from a file of its own: nothing is fetched.

Plotly's own maps load their outlines from the network.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segmentation.charts.look import blank, escape
from segmentation.money import Currency

TILES = Path(__file__).with_name("world.txt")
SEQUENTIAL = ((0.0, "#DCEAF6"), (1.0, "#2F7FC1"))
EMPTY = "rgba(125,135,144,0.16)"


@cache
def tiles() -> dict[str, tuple[int, int, tuple[str, ...]]]:
    """Return row, column and names of each country, by its code of two letters."""
    found = {}
    for line in TILES.read_text(encoding="utf-8").splitlines():
        code, row, column, names = line.split(" ", 3)
        found[code] = (int(row), int(column), tuple(names.split(", ")))
    return found


def country_code(name: str) -> str | None:
    """Return the code of a country by one of its names or by the code itself.

    Examples
    --------
    >>> country_code("EIRE"), country_code("gb"), country_code("Unspecified")
    ('IE', 'GB', None)
    """
    plain = name.strip().casefold()
    return _codes().get(plain)


def off_the_map(countries: pd.DataFrame) -> list[str]:
    """Return the names that are no country of the map."""
    return [str(name) for name in countries["country"] if country_code(str(name)) is None]


def country_map(countries: pd.DataFrame, currency: Currency) -> go.Figure:
    """Draw each country as a tile, darker the more it brings in (on a logarithmic scale).

    Parameters
    ----------
    countries : pandas.DataFrame
        From `segmentation.sales.by_country`.
    currency : Currency
        What amounts are told in.
    """
    sums: dict[str, tuple[float, int]] = {}
    for name, revenue, orders in zip(
        countries["country"].astype(str),
        countries["revenue"].to_numpy(dtype=float).tolist(),
        countries["orders"].to_numpy(dtype=int).tolist(),
        strict=True,
    ):
        found = country_code(name)
        if found is not None:
            before = sums.get(found, (0.0, 0))
            sums[found] = (before[0] + revenue, before[1] + orders)
    height = 1 + max(row for row, _, _ in tiles().values())
    width = 1 + max(column for _, column, _ in tiles().values())
    shape = (height, width)
    empty, filled = np.full(shape, np.nan), np.full(shape, np.nan)
    codes, said = np.full(shape, "", dtype=object), np.full(shape, "", dtype=object)
    for code, (row, column, names) in tiles().items():
        codes[row, column] = code
        said[row, column] = escape(names[0])
        empty[row, column] = 0
        if code in sums:
            revenue, orders = sums[code]
            filled[row, column] = np.log10(max(revenue, 1.0))
            told = f"{escape(currency.say(revenue))}, {orders:,} orders"
            said[row, column] = f"<b>{escape(names[0])}</b><br>{told}"
    figure = blank(None, None)
    figure.add_heatmap(
        z=empty,
        colorscale=[[0, EMPTY], [1, EMPTY]],
        showscale=False,
        xgap=2,
        ygap=2,
        text=said,
        hovertemplate="%{text}: nothing<extra></extra>",
    )
    figure.add_heatmap(
        z=filled,
        colorscale=SEQUENTIAL,
        showscale=False,
        xgap=2,
        ygap=2,
        text=codes,
        texttemplate="%{text}",
        textfont={"size": 11, "color": "#000000"},
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
    )
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x")
    return figure.update_layout(height=420, margin={"l": 0, "r": 0, "t": 8, "b": 0})


@cache
def _codes() -> dict[str, str]:
    found = {code.casefold(): code for code in tiles()}
    for code, (_, _, names) in tiles().items():
        found |= {name.casefold(): code for name in names}
    return found
