"""How well each customer sits in its segment: the silhouette plot."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import cache, state, widgets, wording
from segmentation import charts
from segmentation.results import Run


def draw(run: Run) -> None:
    """Draw every customer's silhouette, and each segment's mean beside it."""
    source = state.source()
    assert source is not None
    found = cache.customer_widths(source, run)
    left, right = st.columns([3, 2], gap="large")
    with left:
        widgets.chart(
            charts.silhouette_plot(found, run.by_id()),
            "silhouette-plot",
            wording.told("Silhouette of each customer, by segment"),
        )
    with right:
        rows = [
            {
                "Segment": state.escape(named.name),
                "Mean": f"{width:.2f}",
                "Nearer to another": f"{found.misplaced[named.segment_id]:,}",
            }
            for named, width in zip(run.names, run.segmentation.segment_silhouettes, strict=True)
        ]
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)
        st.caption(
            wording.told(
                f"1 sits well, 0 lies between two segments, below 0 is nearer to another. Mean of "
                f"all: "
                f"{run.segmentation.silhouette:.3f} (dashed line). A full, broad shape is "
                "a segment that holds together; a thin tail to the left are customers who could as "
                "well be in another segment."
            )
        )
    drawn, known = len(found.few().labels), len(found.labels)
    st.caption(
        (
            wording.told(f"{drawn:,} of {known:,} customers are drawn, evenly. ")
            if drawn < known
            else ""
        )
        + (
            wording.told(f"The figures are of a sample of {known:,} of {found.of:,} customers")
            if known < found.of
            else wording.told(f"The figures are of all {known:,} customers")
        )
        + ", whatever the filter. Rousseeuw (1987), doi 10.1016/0377-0427(87)90125-7."
    )
