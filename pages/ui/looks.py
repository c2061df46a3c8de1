"""The views of the Explore screen."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from pages.ui import state, widgets, wording
from segmentation import charts
from segmentation.axes import axis_for
from segmentation.describing import category_shares, correlations, distribution
from segmentation.numerals import counted, say
from segmentation.results import Customers
from segmentation.vocabulary import label


def one_column(customers: Customers, shown: pd.DataFrame) -> None:
    """Draw one column's distribution or its categories."""
    name = widgets.column_select(
        "Column", (*customers.numeric, *customers.categories), state.key("explore-column")
    )
    if name is None:
        st.info(wording.told("No column varies from customer to customer."), icon=":material/info:")
        return
    if name in customers.categories:
        shares = category_shares(shown, name)
        widgets.chart(
            charts.category_bars(shares, name, wording.many()),
            "explore-categories",
            f"{wording.people()} by {label(name)}",
        )
        count = counted(len(shares), "category", "categories")
        st.caption(f"{count}; the largest holds {shares['share'].max():.0%}.")
        return
    axis = axis_for(name, customers.frame[name].to_numpy())
    found = distribution(shown, name, axis)
    if found is None:
        st.info(wording.told("No customer shown has a value here."), icon=":material/info:")
        return
    lower, middle, upper = found.quartiles
    if found.low == found.high:
        st.markdown(
            wording.told(
                f"{counted(found.values, 'customer has', 'customers have')} **{say(middle)}**."
            )
        )
    else:
        st.markdown(
            wording.told(
                f"Half of the customers lie between **{say(lower)}** and **{say(upper)}**; the "
                f"middle one has **{say(middle)}**."
            )
        )
    widgets.chart(
        charts.histogram(found, axis, wording.many()),
        "explore-histogram",
        f"Histogram of {label(name)} with quartiles",
    )
    st.caption(
        f"{counted(found.values, 'value', 'values')}, {found.missing:,} missing. "
        f"Lowest {say(found.low)}, highest {say(found.high)}, mean {say(found.mean)}, "
        f"standard deviation {say(found.spread)}."
    )


def two_columns(customers: Customers, shown: pd.DataFrame) -> None:
    """Draw two columns against each other."""
    if len(customers.numeric) < 2:
        st.info("At least two numeric columns are needed.", icon=":material/info:")
        return
    x_place, y_place, colour_place = st.columns(3)
    with x_place:
        x = widgets.column_select("Across", customers.numeric, state.key("explore-x"))
    with y_place:
        y = widgets.column_select("Up", customers.numeric, state.key("explore-y"), 1)
    with colour_place:
        colour = widgets.column_select(
            "Colour",
            (*customers.categories, *customers.numeric),
            state.key("explore-colour"),
            none="(no colour)",
        )
    if x is None or y is None:
        return
    across, up = (axis_for(name, customers.frame[name].to_numpy()) for name in (x, y))
    widgets.chart(
        charts.relation(shown, across, up, colour),
        "explore-relation",
        f"{label(y)} over {label(x)}",
    )
    if x != y:
        straight = correlations(shown, (x, y), "pearson").to_numpy()[0, 1]
        ranked = correlations(shown, (x, y), "spearman").to_numpy()[0, 1]
        st.caption(
            (
                wording.told(
                    "No correlation: that takes three customers with both values, not all the same."
                )
                if math.isnan(straight)
                else f"Correlation {straight:.2f} (Pearson), {ranked:.2f} by ranks (Spearman)."
            )
            + _drawn(len(shown))
        )


def correlation(customers: Customers, shown: pd.DataFrame) -> None:
    """Draw how every two numeric columns go together."""
    if len(customers.numeric) < 2:
        st.info("At least two numeric columns are needed.", icon=":material/info:")
        return
    method = widgets.view_switch("Method", ("Pearson", "Spearman"), "explore-method")
    matrix = correlations(
        shown, customers.numeric, "pearson" if method == "Pearson" else "spearman"
    )
    widgets.chart(charts.correlation_map(matrix), "explore-correlations", "Correlations")
    st.caption(
        "1: they rise together; -1: one rises as the other falls; 0: no such relation. Two "
        "features above 0.9 say nearly the same; clustering on both counts it twice."
        + (
            wording.told(" A dash: fewer than three customers have both, or all have the same.")
            if matrix.isna().to_numpy().any()
            else ""
        )
    )


def _drawn(rows: int) -> str:
    most = charts.MOST_POINTS
    if rows <= most:
        return ""
    return wording.told(f" {most:,} of {rows:,} customers are drawn; the figures use all.")
