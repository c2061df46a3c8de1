"""The views of the Sales screen that need no segments."""

from __future__ import annotations

import streamlit as st

from pages.ui import figures, kpis, state, widgets
from segmentation import charts, sales
from segmentation.money import Currency
from segmentation.numerals import counted, percent
from segmentation.results import SalesLines, SalesTotals
from segmentation.values import Bools

PERIODS = {"Months": "month", "Weeks": "week", "Days": "day"}
MEASURES = {
    "Revenue": "revenue",
    "Orders": "orders",
    "Customers": "customers",
    "Average order": "average_order",
}
TOPS = (10, 20, 50)
MOST_PAIRS = 500
PAIR_COLUMNS = (
    "first_description",
    "second_description",
    "lift",
    "low",
    "high",
    "orders",
    "confidence",
    "support",
    "first",
    "second",
)
NO_PRODUCTS = "The file has no product column, or it was not recognised. Choose it on Data."


def headline(found: SalesTotals, currency: Currency, *, net: bool) -> None:
    """Draw the figures of the customers shown."""
    name = currency.named("Net revenue" if net else "Revenue")
    rows: list[tuple[str, float, int]] = [(name, found.revenue, 0)]
    rows += [("Orders", found.orders, 0), ("Customers", found.customers, 0)]
    if found.average_order is not None:
        rows.append((currency.named("Average order"), found.average_order, 2))
    kpis.show("sales", rows)
    if net:
        st.caption(
            state.escape(
                f"Sold {currency.say(found.gross)}, returned {currency.say(found.returned)}: net "
                f"{currency.say(found.revenue)}."
            )
        )


def over_time(lines: SalesLines, keep: Bools, currency: Currency) -> None:
    """Draw one measure by month, week or day."""
    with st.container(horizontal=True, gap="small"):
        measure = widgets.view_switch("Measure", list(MEASURES), state.key("sales-measure"))
        period = widgets.view_switch("Period", list(PERIODS), state.key("sales-period"))
    found = sales.over_time(lines, keep, PERIODS[period])  # type: ignore[arg-type]
    widgets.chart(
        charts.sales_over_time(found, MEASURES[measure], currency),
        "sales-time",
        f"{measure} by {found.period}",
    )
    said = "An order counts where its first line stands"
    said += ", a return where it came back." if lines.net else "."
    if not found.frame["complete"].all():
        said += " What is marked incomplete is covered by the file in part only: don't read a fall."
    st.caption(said)
    figures.table(found.frame, currency, f"sales-by-{found.period}", net=lines.net)


def countries(lines: SalesLines, keep: Bools, currency: Currency) -> None:
    """Draw the map and the table of countries."""
    found = sales.by_country(lines, keep)
    if found is None:
        st.info("The file has no country column.", icon=":material/info:")
        return
    widgets.chart(charts.country_map(found, currency), "sales-map", "Revenue by country, on a map")
    beyond = [state.escape(name or "(missing)") for name in charts.off_the_map(found)]
    st.caption(
        "Every country is a tile of the same size near where it lies; the darker, the more "
        "revenue (each step is a multiple)."
        + (f" Not on the map, but in the table: {', '.join(beyond)}." if beyond else "")
    )
    figures.table(found, currency, "sales-by-country", net=lines.net)


def products(lines: SalesLines, keep: Bools, currency: Currency) -> None:
    """Draw best sellers, or what is bought together."""
    if lines.product is None:
        st.info(NO_PRODUCTS, icon=":material/info:")
        return
    views = ("Best sellers", "Bought together")
    if widgets.view_switch("Products", views, state.key("sales-products")) == views[1]:
        _together(lines, keep, currency)
        return
    top = st.selectbox(
        "How many", TOPS, key=state.key("sales-top"), persist_state="session", width=130
    )
    found = sales.by_product(lines, keep, top)
    every = sales.by_product(lines, keep)
    assert found is not None and every is not None
    best, rest = found[found["products"] == 1], found[found["products"] > 1]
    if len(rest) and rest["share"].notna().all():
        others = counted(int(rest["products"].iloc[0]), "other product", "other products")
        st.markdown(
            f"**The {len(best)} best sellers bring {percent(best['share'].sum(), 0)} of the "
            "revenue**; "
            f"{others} the other {percent(rest['share'].iloc[0], 0)}."
        )
    widgets.chart(
        charts.sales_bars(best, product_names(best), currency),
        "sales-products",
        f"The {len(best)} products that bring most",
    )
    charges = int(lines.charges.sum())
    st.caption(
        "An order counts with each product in it."
        + (
            f" {counted(charges, 'code is', 'codes are')} postage, fees or corrections; they can "
            "be left out on Data."
            if charges
            else ""
        )
    )
    figures.table(every.drop(columns="products"), currency, "sales-by-product", net=lines.net)


def _together(lines: SalesLines, keep: Bools, currency: Currency) -> None:
    found = sales.bought_together(lines, keep)
    if found is None or found.frame.empty:
        st.info("No two products share enough orders to tell.", icon=":material/info:")
        return
    st.caption(
        f"Of {found.orders:,} orders with products; pairs among the {found.products:,} most "
        f"ordered of {found.of_products:,} products, in {found.least_orders:,} orders or more; "
        "postage and fees are left out. Lift says how many times as often the two share an order "
        "as chance would have it (Brin and others 1997); the pairs with the surest lift come "
        "first (the lower end of an interval that holds for all pairs at once)."
    )
    told = [name for name in PAIR_COLUMNS if name in found.frame]
    figures.table(found.frame[told].head(MOST_PAIRS), currency, "bought-together", height=520)


def hours(lines: SalesLines, keep: Bools, currency: Currency) -> None:
    """Draw weekdays, and hours where there are any."""
    days = sales.by_weekday(lines, keep)
    found = sales.by_hour(lines, keep)
    if found is not None:
        widgets.chart(
            charts.hour_map(found, currency), "sales-hours", "Revenue by weekday and hour"
        )
        st.caption("The darker, the more revenue. Hours as the file writes them.")
    else:
        st.caption("The file's dates have no time of day, so there are weekdays only.")
        widgets.chart(
            charts.sales_bars(
                days,
                days["weekday"].tolist(),
                currency,
            ),
            "sales-weekdays",
            "Revenue by weekday",
        )
    figures.table(days, currency, "sales-by-weekday", net=lines.net)


def returning(lines: SalesLines, keep: Bools, currency: Currency) -> None:
    """Draw new against returning customers, or cohorts."""
    views = ("New and returning", "Cohorts")
    if widgets.view_switch("Returning", views, state.key("sales-returning")) == views[1]:
        _cohorts(lines, keep, currency)
        return
    what = widgets.view_switch("Count", ("Customers", "Revenue"), state.key("sales-new-what"))
    found = sales.new_and_returning(lines, keep)
    widgets.chart(
        charts.new_and_returning(found, what.lower(), currency),
        "sales-new",
        f"{what}, new and returning, by month",
    )
    st.caption(
        "New: the month of the first order in the file. Whoever bought before the file begins "
        "looks new in its first months. Hatched months are incomplete."
    )
    figures.table(found, currency, "new-and-returning")


def _cohorts(lines: SalesLines, keep: Bools, currency: Currency) -> None:
    what = widgets.view_switch("Cells", ("Shares", "Counts"), state.key("sales-cohort-what"))
    found = sales.cohorts(lines, keep)
    widgets.chart(
        charts.cohort_map(found, what.lower()),
        "sales-cohorts",
        "Share of each month's new customers who order again, by months since",
    )
    st.caption(
        "Each row: customers by the month of their first order (how many), and who of them ordered "
        "so many months later. With an asterisk: a month that the file covers in part only."
    )
    figures.table(found.frame(), currency, "cohorts")


def best_customers(lines: SalesLines, keep: Bools, currency: Currency) -> None:
    """Draw how revenue is spread over customers."""
    found = sales.pareto(lines, keep)
    if found.gini is None:
        st.info("Revenue does not add up to more than 0, so there are no shares of it.")
        return
    widgets.chart(
        charts.pareto_curve(found), "sales-pareto", "Share of revenue by share of customers"
    )
    st.caption(
        f"Gini coefficient {found.gini:.2f}: 0 if every customer brought the same, near 1 if one "
        "brought all."
        + (
            f" {counted(found.negative, 'customer', 'customers')} gave back more than they "
            "bought, which lifts the curve above the whole."
            if found.negative
            else ""
        )
    )
    figures.table(found.top, currency, "best-customers")


def product_names(frame) -> list[str]:  # type: ignore[no-untyped-def]
    """Name products by their description, or else by their code."""
    if "description" not in frame:
        return [name or "(missing)" for name in frame["product"]]
    pairs = zip(frame["description"], frame["product"], strict=True)
    return [description or code or "(missing)" for description, code in pairs]
