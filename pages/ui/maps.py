"""Maps of the customers of a run."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import cache, state, widgets, wording
from segmentation import charts
from segmentation.profiling import telling_features
from segmentation.results import Run
from segmentation.values import Bools
from segmentation.vocabulary import label

FLAT, SOLID, PCA = "Map", "3-D map", "All features (PCA)"


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
    """Let the reader choose the axes; the features used come first."""
    customers = run.loaded.customers
    used = [name for name in telling_features(run) if name in customers.numeric]
    options = [*used, *(name for name in customers.numeric if name not in used)]
    chosen = []
    for i, place in enumerate(st.columns(count)):
        with place:
            name = widgets.column_select(
                ("Across", "Up", "Depth")[i], options, state.key(f"axis-{count}-{i}"), i
            )
            chosen.append(name or options[0])
    return chosen


def _flat(run: Run, keep: Bools) -> None:
    x, y = _axes(run, 2)
    widgets.chart(
        charts.map_2d(run, keep, x, y),
        "map-2d",
        f"{wording.people()} by {label(x)} and {label(y)}",
    )
    _how_to_read(run, int(keep.sum()), {x, y})


def _solid(run: Run, keep: Bools) -> None:
    across, up, depth = _axes(run, 3)
    widgets.chart(
        charts.map_3d(run, keep, across, up, depth),
        "map-3d",
        f"{wording.people()} by {label(across)}, {label(up)} and {label(depth)}",
        height="stretch",
    )
    _how_to_read(run, int(keep.sum()), {across, up, depth}, " On a phone, it turns at full size.")


def _pca(run: Run, keep: Bools) -> None:
    source = state.source()
    assert source is not None
    projection = cache.projection(source, run)
    widgets.chart(
        charts.pca_map(run, keep, projection),
        "map-pca",
        f"{wording.people()} on two principal components",
    )
    shown = sum(projection.explained)
    st.caption(
        f"The flattest view of all {len(run.prepared.columns)} columns (principal component "
        f"analysis). It keeps {shown:.0%} of their spread; some overlap is in the picture only."
        + _drawn(int(keep.sum()))
    )
    with st.expander("What the directions are made of"):
        columns = [state.escape(label(column.name)) for column in run.prepared.columns]
        st.table(
            pd.DataFrame(
                projection.loadings, index=columns, columns=["First direction", "Second direction"]
            ).map("{:.3f}".format)
        )


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
