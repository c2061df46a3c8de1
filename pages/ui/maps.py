"""Maps of the customers of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import cache, filters, state, widgets, wording
from segmentation import charts
from segmentation.axes import axis_for
from segmentation.filtering.outlines import inside, outlines
from segmentation.projecting import Projection
from segmentation.results import Run
from segmentation.values import Bools, Floats
from segmentation.vocabulary import label

FLAT, SOLID, PCA = "Map", "3-D map", "All features (PCA)"
SOLID_KEY = "map-3d"


def views(run: Run) -> list[str]:
    """Return the maps this run allows."""
    numeric = len(run.loaded.customers.numeric)
    wide = len(run.prepared.columns) > 2
    return [
        *([FLAT] if numeric >= 2 else []),
        *([SOLID] if numeric >= 3 else []),
        *([PCA] if wide else []),
    ]


def draw(run: Run, keep: Bools, view: str) -> None:
    """Draw one map, if there is anyone to show."""
    if keep.any():
        {FLAT: _flat, SOLID: _solid, PCA: _pca}[view](run, keep)


def _axes(run: Run, count: int) -> list[str]:
    """Let the reader choose the axes."""
    options = _options(run)
    chosen = []
    for i, place in enumerate(st.columns(count)):
        with place:
            name = widgets.column_select(
                ("Across", "Up", "Depth")[i], options, state.key(f"axis-{count}-{i}"), i
            )
            chosen.append(name or options[0])
    return chosen


def _options(run: Run) -> list[str]:
    """Return what can be an axis; the features used come first."""
    source = state.source()
    assert source is not None
    customers = run.loaded.customers
    used = [name for name in cache.telling(source, run) if name in customers.numeric]
    return [*used, *(name for name in customers.numeric if name not in used)]


def _flat(run: Run, keep: Bools) -> None:
    x, y = _axes(run, 2)
    drawing = _draws_around()
    widgets.chart(
        charts.map_2d(run, keep, x, y, selectable=drawing),
        "map-2d",
        f"{wording.people()} by {label(x)} and {label(y)}",
        on_draw=_picked_flat(run, keep, x, y) if drawing else None,
        ahead=_solid_ahead(run),
    )
    _how_to_read(run, int(keep.sum()), {x, y})


def _solid(run: Run, keep: Bools) -> None:
    across, up, depth = _axes(run, 3)
    widgets.chart(
        charts.map_3d(run, keep, across, up, depth),
        SOLID_KEY,
        f"{wording.people()} by {label(across)}, {label(up)} and {label(depth)}",
        height="stretch",
    )
    _how_to_read(run, int(keep.sum()), {across, up, depth}, " On a phone, it turns at full size.")


def _solid_ahead(run: Run) -> tuple[str, dict[str, Any]] | None:
    if SOLID not in views(run):
        return None
    across, up, depth = _options(run)[:3]
    return SOLID_KEY, charts.map_3d_ahead(run, across, up, depth)


def _pca(run: Run, keep: Bools) -> None:
    source = state.source()
    assert source is not None
    projection = cache.projection(source, run)
    drawing = _draws_around()
    widgets.chart(
        charts.pca_map(run, keep, projection, selectable=drawing),
        "map-pca",
        f"{wording.people()} on two principal components",
        on_draw=_picked_pca(run, keep, projection) if drawing else None,
    )
    shown = sum(projection.explained)
    st.caption(
        f"The flattest view of all {len(run.prepared.columns)} columns (principal component "
        f"analysis). It keeps {shown:.0%} of their spread; some overlap is in the picture only."
        + _drawn(int(keep.sum()))
    )
    widgets.folded(
        "What the directions are made of",
        state.key("pca-directions"),
        lambda: _directions(run, projection),
    )


def _directions(run: Run, projection: Projection) -> None:
    columns = [state.escape(label(column.name)) for column in run.prepared.columns]
    st.table(
        pd.DataFrame(
            projection.loadings, index=columns, columns=["First direction", "Second direction"]
        ).map("{:.3f}".format)
    )


def _draws_around() -> bool:
    """Let the reader draw in a map; else a finger or a mouse on it moves the page."""
    return st.toggle(
        wording.told("Choose customers by drawing"),
        key=state.key("map-drawing"),
        persist_state="session",
        help="Draw a box around customers, or a lasso by its button at the top right of the map. "
        "All customers within are chosen, also those that are not drawn, and the filter shows "
        "only them, on all screens, until its chip is closed.",
    )


def _picked_flat(run: Run, keep: Bools, x: str, y: str) -> Callable[[Any], None]:
    def pick(selection: Any) -> None:
        frame = run.loaded.customers.frame
        across, up = (axis_for(name, frame[name].to_numpy(dtype=float)) for name in (x, y))
        _pick(run, keep, across.place(frame[x]), up.place(frame[y]), selection)

    return pick


def _picked_pca(run: Run, keep: Bools, projection: Projection) -> Callable[[Any], None]:
    def pick(selection: Any) -> None:
        place = projection.by_customer(len(run.loaded.customers.ids))
        _pick(run, keep, place[:, 0], place[:, 1], selection)

    return pick


def _pick(run: Run, keep: Bools, x: Floats, y: Floats, selection: Any) -> None:
    """Choose of the customers shown those within what was drawn."""
    drawn = outlines(selection)
    if drawn:
        shown = run.profiles.customers[keep]
        filters.pick(run.loaded.customers.ids[shown[inside(x[shown], y[shown], drawn)]])


def _how_to_read(run: Run, customers: int, axes: set[str], more: str = "") -> None:
    used = axes <= set(run.prepared.features)
    st.caption(
        wording.told("Each point is a customer, in original units; point at it for its id. ")
        + (
            "Crosses mark the segments' centres."
            + widgets.about_centres([name for name in run.prepared.transformed if name in axes])
            if used
            else "A column was not used for the segments, so they may overlap here."
        )
        + more
        + _drawn(customers)
    )


def _drawn(customers: int) -> str:
    most = charts.MOST_POINTS
    if customers <= most:
        return ""
    return wording.told(
        f" {most:,} of {customers:,} customers are drawn; all figures use all of them."
    )
