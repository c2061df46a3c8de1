"""All segments side by side: their means, their numbers and their categories."""

from __future__ import annotations

from itertools import cycle

import streamlit as st

from pages.ui import cards, filters, state, widgets, wording
from segmentation import charts
from segmentation.axes import axis_for
from segmentation.profiling import Overview
from segmentation.results import Portraits, Run
from segmentation.spreads import category_mix, spreads
from segmentation.tallies import coded_columns
from segmentation.values import Bools
from segmentation.vocabulary import label

FEW = 6
HEAT, SNAKE = "Index", "Snake plot"


def sizes(run: Run, found: Overview, keep: Bools) -> None:
    """Draw how many customers each segment has."""
    segments, people = run.by_id(), wording.many()
    bars, donut = st.columns([3, 2], gap="large")
    with bars:
        widgets.chart(
            charts.size_bars(found.sizes, segments, people),
            "size-bars",
            wording.told("Customers by segment"),
        )
    with donut:
        widgets.chart(
            charts.size_donut(found.sizes, segments, people), "size-donut", "Share by segment"
        )
    st.caption(
        "Size is not worth: a small segment can hold most of the spend."
        + ("" if keep.all() else wording.told(" Shares are of the customers shown."))
    )


def means(run: Run, found: Overview, drawn: Portraits, keep: Bools) -> None:
    """Draw the segments' means as indices and as lines, and in original units."""
    how = widgets.view_switch("Drawn as", (HEAT, SNAKE), state.key("means-as"))
    if how == HEAT:
        widgets.chart(
            charts.means_map(found.means, run.profiles.overall, run.name_of()),
            "means-map",
            "Means by segment",
        )
        st.caption(
            wording.told(
                "Index of each mean: 100 is the mean of all customers, 150 is half as much again. "
                "A column whose mean is not above 0 has none."
            )
            + filters.baseline(keep)
        )
    else:
        widgets.chart(
            charts.snake_plot(drawn, run.by_id(), wording.many()),
            "snake",
            "Means by segment, in standard deviations from all",
        )
        st.caption(
            wording.told(
                "Each line is a segment. To the right it lies above the mean of all customers, to "
                "the left below; where lines run apart, the segments differ. The columns that the "
                "segments were made with come first."
            )
            + filters.baseline(keep)
        )
    cards.means_table(run, found, keep)


def distributions(run: Run, drawn: Portraits, keep: Bools) -> None:
    """Draw where each segment's numbers lie, and its categories."""
    customers, segments = run.loaded.customers, run.by_id()
    features = drawn.telling_features()
    shown = list(features[:FEW])
    if len(features) > FEW:
        shown = st.multiselect(
            "Columns",
            features,
            shown,
            format_func=label,
            key=state.key(f"spread-columns-{state.runs()}"),
            persist_state="session",
        )
    places = cycle(st.columns(2, gap="large"))
    for i, name in enumerate(shown):
        axis = axis_for(name, customers.frame[name].to_numpy(dtype=float))
        with next(places):
            st.markdown(f"**{state.escape(axis.title)}**")
            widgets.chart(
                charts.spread_strips(spreads(run, keep, name), segments, axis),
                f"spread-{i}",
                f"Where {label(name)} lies in each segment",
            )
    if shown:
        st.caption(
            wording.told(
                "The thick bar holds the middle half of a segment's customers, the thin line nine "
                "in ten; the mark and the number are the median."
            )
        )
    categories = [*customers.categories, *coded_columns(customers)]
    if categories:
        column = widgets.column_select("Category", categories, state.key("mix-column"))
        if column is not None:
            widgets.chart(
                charts.category_stacks(category_mix(run, keep, column), segments, column),
                "mix",
                f"{label(column)} by segment",
            )
