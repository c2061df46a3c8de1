"""The views of the Sales screen by segment, and who is slipping away."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui import figures, state, widgets
from pages.ui.sales_views import product_names
from segmentation import charts, sales
from segmentation.money import Currency
from segmentation.numerals import counted
from segmentation.results import Loaded, Run, SalesLines, SegmentName
from segmentation.values import Bools
from segmentation.words import listed

VIEWS = ("When they buy", "Where they are", "What they buy")
MOST_DOTS = 12
LEAST = 1.0


def slipping(
    lines: SalesLines, keep: Bools, currency: Currency, loaded: Loaded, run: Run | None, own: Bools
) -> None:
    """Draw who is slipping away; ``own`` are the segmented customers shown."""
    found = sales.rhythms(lines, keep)
    told = len(found.frame)
    if not told:
        st.info(
            "Nobody shown has ordered on three days or more, so nobody has a rhythm yet.",
            icon=":material/info:",
        )
        return
    away = found.count("slipping away")
    people = counted(away, "customer is", "customers are")
    st.markdown(
        f"**{people} slipping away**, of the {told:,} with a rhythm; {found.count('late'):,} more "
        f"are late. Of {found.customers - told:,} others, with orders on fewer than three days, "
        "nothing can be told."
    )
    if run is not None:
        by_segment = sales.rhythms_by_segment(
            found, sales.segments_shown(run, own), run.segmentation.k
        )
        widgets.chart(
            charts.rhythm_bars(by_segment, run.by_id()),
            "sales-rhythms",
            "Customers in rhythm, late and slipping away, by segment",
        )
    st.caption(
        "A customer's rhythm is the median gap between the days of their orders. In rhythm: the "
        "last order is no more than two such gaps ago. Late: more, but they once let more time "
        "pass. Slipping away: more than ever before."
    )
    slipped = found.frame[found.frame["rhythm"] == "slipping away"]
    slipped = slipped.sort_values("revenue", ascending=False)
    slipped = slipped.assign(customer_id=loaded.customers.ids[slipped["position"].to_numpy()])
    order = ["customer_id", "revenue", "days_since", "median_gap_days", "times", "order_days"]
    if away:
        figures.table(slipped[order], currency, "slipping-away")


def draw(lines: SalesLines, currency: Currency, run: Run, keep: Bools) -> None:
    """Draw when, where or what the segments buy."""
    segments, k, names = sales.segments_shown(run, keep), run.segmentation.k, run.by_id()
    view = widgets.view_switch("By segment", VIEWS, state.key("sales-segments"))
    if view == VIEWS[0]:
        what = widgets.view_switch("As", ("Index", "Revenue"), state.key("sales-season-what"))
        frame = sales.seasons(lines, segments, k)
        widgets.chart(
            charts.season_lines(frame, names, what.lower(), currency),
            "sales-seasons",
            f"{what} by month and segment",
        )
        st.caption("Open marks: months that the file covers in part only.")
        figures.table(_named(frame, run), currency, "seasons-by-segment", net=lines.net)
    elif view == VIEWS[1]:
        regions = sales.regions(lines, segments, k)
        if regions is None:
            st.info("The file has no country column.", icon=":material/info:")
            return
        widgets.chart(
            charts.region_map(regions, names), "sales-regions", "Share of revenue by country"
        )
        st.caption(
            "Share of each segment's revenue. Blue: more than the country's share of all revenue, "
            "orange: less."
        )
        figures.table(_named(regions, run), currency, "regions-by-segment", net=lines.net)
    else:
        bought(lines, run, keep)


def bought(lines: SalesLines, run: Run, keep: Bools) -> None:
    """Draw what a segment buys more often than the others do."""
    kinds = _kinds(lines)
    if not kinds:
        return
    segments, names = sales.segments_shown(run, keep), run.by_id()
    present = [i for i in names if (segments == i).any()]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Segment",
            present,
            format_func=lambda i: names[i].name,
            key=state.key(f"sales-bought-{state.runs()}-{len(present)}"),
            persist_state="session",
        )
        kind = _kind(kinds)
    every = sales.bought_by_segment(lines, segments, run.segmentation.k, kind)
    assert every is not None
    found = every[every["segment_id"] == chosen]
    sure = found[found["low"] > LEAST].head(MOST_DOTS)
    if sure.empty:
        st.info(
            "Nothing is bought clearly more often here than by the other customers shown: what "
            "differences there are could be chance.",
            icon=":material/info:",
        )
    else:
        titles_of = sure["category"].tolist() if kind == "category" else product_names(sure)
        widgets.chart(
            charts.lift_dots(sure, titles_of, names[chosen]),
            "sales-bought",
            f"What {names[chosen].name} buy more often than others, with intervals",
        )
        st.caption(
            "Lift: the share of the segment's customers who bought it, over that of all customers "
            "shown, with an interval that holds for all listed at once (Katz and others 1978, "
            "Bonferroni). The surest come first, so that a few customers prove nothing; postage "
            "and fees are left out."
        )
    if len(found):
        table = found.drop(columns="segment_id")
        figures.table(table, Currency(), f"bought-by-segment-{chosen}")


def bought_by_groups(
    lines: SalesLines, run: Run, inside: dict[int, Bools], groups: dict[int, SegmentName]
) -> None:
    """Draw what the first group buys more often, and how often each other one buys it."""
    kinds = _kinds(lines)
    if not kinds:
        return
    kind = _kind(kinds)
    shown = [groups[i] for i in inside]
    # Each group takes the number of its place, so that everyone else is left out.
    segments = np.zeros(lines.customer_count, dtype=np.int64)
    for place, own in enumerate(inside.values(), start=1):
        segments[run.profiles.customers[own]] = place
    every = sales.bought_by_segment(lines, segments, len(inside), kind)
    assert every is not None
    found = every[every["segment_id"] == 1].drop(columns=["segment_id", "share"])
    if found.empty:
        st.info("Too few customers bought the same thing to compare.", icon=":material/info:")
        return
    shares = sales.buying_shares(lines, segments, len(inside), found[kind].tolist(), kind)
    many = (found["low"] > LEAST).to_numpy()
    if not many.any():
        st.info(
            "Nothing is bought clearly more often by the first than by the others: what "
            "differences there are could be chance.",
            icon=":material/info:",
        )
    else:
        top = found[many].head(MOST_DOTS)
        titles = top["category"].tolist() if kind == "category" else product_names(top)
        widgets.chart(
            charts.share_dots(shares[many][:MOST_DOTS], titles, shown),
            "compare-bought",
            f"What {shown[0].name} buy more often, and how often the others do",
        )
    against = state.escape(listed([group.name for group in shown[1:]]))
    st.caption(
        f"Lift: the share of {state.escape(shown[0].name)} who bought it, over that of them and "
        f"{against} together, with an interval that holds for all listed at once (Katz and others "
        "1978, Bonferroni). Drawn is what they surely buy more often, the surest first; postage "
        "and fees are left out."
    )
    together = f"{figures.SHARE_OF}them together"
    found = found.rename(columns={"overall": together})
    for place, group in enumerate(shown):
        title = f"{figures.SHARE_OF}{group.name}"
        while title in found:
            title += "_"
        found.insert(list(found.columns).index(together), title, shares[:, place])
    figures.table(found, Currency(), "bought-by-groups")


def _kinds(lines: SalesLines) -> list[str]:
    columns = {"product": lines.product, "category": lines.category}
    kinds = [name for name, values in columns.items() if values is not None]
    if not kinds:
        st.info("The file has no column of products.", icon=":material/info:")
    return kinds


def _kind(kinds: list[str]) -> str:
    """Let the reader choose between products and categories, where there are both."""
    if len(kinds) == 1:
        return kinds[0]
    titles = {"product": "Products", "category": "Categories"}
    picked = widgets.view_switch("Of", list(titles.values()), state.key("sales-bought-of"))
    return next(name for name in kinds if titles[name] == picked)


def _named(frame, run: Run):  # type: ignore[no-untyped-def]
    names = run.name_of()
    named = frame.drop(columns="segment_id")
    named.insert(1, "segment", [names[i] for i in frame["segment_id"]])
    return named
