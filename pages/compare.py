"""Two segments side by side."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import cards, chips, filters, navigation, results, state, widgets
from segmentation import charts
from segmentation.axes import axis_for
from segmentation.profiling import compare, feature_by_segment, overview
from segmentation.vocabulary import label

MOST_BARS = 12


@navigation.part
def show() -> None:
    """Draw the two segments chosen."""
    run = results.run_shown()
    keep = filters.for_run(run)
    segments = run.by_id()
    found = overview(run, keep)
    present = [i for i, size in found.sizes.items() if size]
    if len(present) < 2:
        if present:
            st.info("The filter leaves fewer than two segments. Widen it to compare.")
        navigation.end_screen()

    places = st.columns(2, gap="large")
    picked = []
    for i, place in enumerate(places):
        with place:
            chosen = st.selectbox(
                ("One segment", "The other")[i],
                present,
                index=i,
                format_func=lambda i: segments[i].name,
                key=state.key(f"compare-{state.runs()}-{i}-{len(present)}"),
                persist_state="session",
            )
            st.html(chips.chip(segments[chosen], found.sizes[chosen]))
            st.caption(state.escape(segments[chosen].action))
            picked.append(chosen)
    if picked[0] == picked[1]:
        st.info("Choose two different segments.", icon=":material/info:")
        navigation.end_screen()

    ids = (picked[0], picked[1])
    table = compare(run, keep, ids)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Where they differ most**")
        widgets.chart(
            charts.paired_bars(table.head(MOST_BARS), ids, segments),
            "paired",
            "Means of the two segments",
        )
        st.caption(
            "Where they lie farthest apart, in standard deviations, comes first. A column whose "
            "mean is not above 0 has no index." + filters.baseline(keep)
        )
    with right:
        st.markdown("**Distribution**")
        feature = widgets.column_select(
            "Feature", table["feature"].tolist(), state.key("compare-feature")
        )
        if feature is not None:
            widgets.chart(
                charts.overlaid_histograms(
                    feature_by_segment(run, keep, ids, feature),
                    segments,
                    axis_for(feature, run.loaded.customers.frame[feature].to_numpy()),
                ),
                "overlay",
                f"Distribution of {label(feature)} in the two segments",
            )
            st.caption("How much of each segment lies where; each adds up to 100 %.")
    cards.comparison(table, ids)


widgets.heading("Compare", "How do two segments differ?")
results.require_run()
show()
