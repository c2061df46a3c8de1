"""The views of a run: maps of its customers and the evidence for k."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import cache, state, widgets
from segmentation import charts
from segmentation.methods import DENSITY
from segmentation.profiling import telling_features
from segmentation.results import Run
from segmentation.values import Bools
from segmentation.vocabulary import label

FLAT, SOLID, PCA, EVIDENCE = "Map", "3-D map", "All features (PCA)", "Evidence for k"


def views(run: Run) -> list[str]:
    """Return the views this run allows."""
    numeric = len(run.loaded.customers.numeric)
    wide = len(run.prepared.columns) > 2
    return [
        *([FLAT] if numeric >= 2 else []),
        *([SOLID] if numeric >= 3 else []),
        *([PCA] if wide else []),
        EVIDENCE,
    ]


def draw(run: Run, keep: Bools, view: str) -> None:
    """Draw one view; the evidence is of all customers, the others need some to show."""
    if view == EVIDENCE:
        _evidence(run)
    elif keep.any():
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
        charts.map_2d(run, keep, x, y), "map-2d", f"Customers by {label(x)} and {label(y)}"
    )
    _how_to_read(run, int(keep.sum()), {x, y})


def _solid(run: Run, keep: Bools) -> None:
    across, up, depth = _axes(run, 3)
    widgets.chart(
        charts.map_3d(run, keep, across, up, depth),
        "map-3d",
        f"Customers by {label(across)}, {label(up)} and {label(depth)}",
        height="stretch",
    )
    _how_to_read(run, int(keep.sum()), {across, up, depth}, " On a phone, it turns at full size.")


def _pca(run: Run, keep: Bools) -> None:
    source = state.source()
    assert source is not None
    projection = cache.projection(source, run)
    widgets.chart(
        charts.pca_map(run, keep, projection), "map-pca", "Customers on two principal components"
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


def _evidence(run: Run) -> None:
    evidence = run.evidence
    if len(evidence.sweep.ks) < 2:
        st.info(
            f"{state.escape(evidence.reason)}."
            if run.recipe.fit.method in DENSITY
            else "There are too few different customers to compare several k."
        )
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Elbow**")
        widgets.chart(charts.elbow_chart(evidence), "elbow", "Inertia over the number of segments")
        st.caption("The spread always falls with more segments; past the bend it falls little.")
    with right:
        st.markdown("**Silhouette**")
        widgets.chart(
            charts.silhouette_chart(evidence),
            "silhouette",
            "Silhouette over the number of segments",
        )
        st.caption(
            "How much closer customers are to their own segment than to the next one: the higher, "
            "the clearer."
        )
    table = pd.DataFrame(
        {
            "k": evidence.sweep.ks,
            "Inertia": evidence.sweep.inertias,
            "Silhouette": evidence.sweep.silhouettes,
            "Smallest segment": evidence.sweep.smallest,
        }
    )
    st.dataframe(table, hide_index=True)
    total = len(run.profiles.customers)
    st.caption(
        "Elbow after Satopää et al. (2011); silhouette after Rousseeuw (1987), on "
        + (
            f"all {total:,} customers."
            if evidence.sweep.silhouette_customers == total
            else f"a sample of {evidence.sweep.silhouette_customers:,} of {total:,} customers."
        )
        + " All segmented customers are compared, whatever the filter."
    )


def _how_to_read(run: Run, customers: int, axes: set[str], more: str = "") -> None:
    used = axes <= set(run.prepared.features)
    st.caption(
        "Each point is a customer, in original units; point at it for its id. "
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
    return f" {most:,} of {customers:,} customers are drawn; all figures use all of them."
