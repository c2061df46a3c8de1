"""What was sold: when, where, what, to whom; and by segment, once there are any."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import (
    cache,
    currency,
    filters,
    messages,
    navigation,
    results,
    sales_segments,
    sales_views,
    state,
    widgets,
    wording,
)
from segmentation import sales
from segmentation.results import Run

VIEWS = {
    "Over time": sales_views.over_time,
    "Countries": sales_views.countries,
    "Products": sales_views.products,
    "Hours": sales_views.hours,
    "Returning": sales_views.returning,
    "Best customers": sales_views.best_customers,
}
SLIPPING, BY_SEGMENT = "Slipping away", "By segment"


def run_of_these_lines() -> Run | None:
    """Return the run shown, if it was made of the lines as they are set up now."""
    ran, now = state.ran(), state.draft()
    if ran is None or (ran.read, ran.combine, ran.schema, ran.clean) != (
        now.read,
        now.combine,
        now.schema,
        now.clean,
    ):
        return None
    return results.run_shown()


@navigation.part
def show() -> None:
    """Draw the figures and one view."""
    loaded = results.require_loaded()
    source, recipe = state.source(), state.draft()
    assert source is not None
    lines = cache.sales_lines(source, recipe)
    run = run_of_these_lines()
    views = [*VIEWS, SLIPPING, *([BY_SEGMENT] if run else [])]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = widgets.view_switch("View", views, state.key("sales-view"))
        place = st.container(width="content")
        unit = currency.choice(loaded)
    own = keep = filters.for_run(run, place) if run else filters.for_customers(loaded, place)
    if run:
        keep = sales.customers_shown(run, own)
    if not own.any():
        navigation.end_screen()
    sales_views.headline(sales.totals(lines, keep), unit, net=lines.net)
    if filters.acts():
        st.caption(
            wording.told(
                "All orders of the customers shown count, also those on other days and of other "
                "products."
            )
        )
    with widgets.view_place(view, views):
        if view in VIEWS:
            VIEWS[view](lines, keep, unit)
        elif view == SLIPPING:
            sales_segments.slipping(lines, keep, unit, loaded, run, own)
        elif run:
            sales_segments.draw(lines, unit, run, own)
    if state.ran() is not None and run is None:
        st.caption("The data was set up anew since the last run: run again to see it by segment.")


widgets.heading("Sales", "What was sold, when, where and to whom?")
if results.require_loaded().customers.kind != "transactions":
    messages.nothing_yet(
        wording.told(
            "Sales need a file with one row an order line: customer, date and amount. This one has "
            "one row a customer."
        ),
        "data",
        "Choose data",
    )
show()
messages.next_step("Find segments", "segments")
