"""The parts of the screen about one customer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import cache, chips, retold, state, widgets, wording
from segmentation import charts
from segmentation.errors import SegmentationError
from segmentation.lookup import find_ids, look_up
from segmentation.numerals import counted, percent, say
from segmentation.profiling import telling_features
from segmentation.results import Lookup, Rfm, Run
from segmentation.rfm import row_of
from segmentation.rfm_grid import built_in_grid
from segmentation.rules import choose_rules
from segmentation.vocabulary import label
from segmentation.words import sentence, short

MOST_LINES = 500


def search(run: Run) -> int | None:
    """Let the reader type an id, whole or how it begins, and return the customer's position."""
    source = state.source()
    assert source is not None
    ids = run.loaded.customers.ids
    wanted, chosen = st.columns(2)
    with wanted:
        text = st.text_input(
            "Id, or how it begins",
            key=state.key("customer-id"),
            persist_state="session",
            placeholder=str(ids[0]),
            max_chars=200,
        )
    if not text.strip():
        _invite(run)
        return None
    hits = find_ids(cache.ids(source, run), text)
    if not hits.total:
        st.info(
            wording.told("No customer has an id that begins so. Check it, or type less of it."),
            icon=":material/info:",
        )
        return None
    with chosen:
        position: int = st.selectbox(
            wording.told(f"Found {counted(hits.total, 'customer', 'customers')}"),
            hits.positions.tolist(),
            format_func=lambda i: str(ids[i]),
            key=state.key(f"customer-hit-{hash(text)}"),
        )
    if hits.total > len(hits.positions):
        st.caption(f"The first {len(hits.positions)} are listed: type more of the id.")
    return position


def _invite(run: Run) -> None:
    st.info(
        wording.told("Type the id of a customer, or its first signs.")
        if run.loaded.customers.id_column is not None
        else wording.told("The file has no ids: type a customer's row number."),
        icon=":material/person_search:",
    )


def found(run: Run, position: int) -> Lookup:
    """Return what is known of a customer."""
    source = state.source()
    assert source is not None
    return look_up(run, choose_rules(cache.retold(source, run)), position)


def segment(run: Run, one: Lookup) -> None:
    """Say which segment the customer is in, and why."""
    source = state.source()
    assert source is not None
    with st.container(border=True):
        st.subheader(state.escape(one.customer_id), anchor=False)
        if one.segment_id is None:
            st.warning(f"In no segment: {state.escape(one.set_aside)}.", icon=":material/block:")
        else:
            named = run.names[one.segment_id - 1]
            st.html(f"<h3 class='segment-name'>{chips.chip(named)}</h3>")
            st.caption(state.escape(f"{named.description} {named.action}"))
        if one.placement is not None:
            rules = choose_rules(cache.retold(source, run))
            retold.why(run, rules, one.placement, one.segment_id)


def scores(run: Run, one: Lookup) -> None:
    """Draw the customer's RFM scores, where there are any."""
    source = state.source()
    assert source is not None
    try:
        rfm = cache.scored(source, run.recipe, run.loaded.customers, built_in_grid())
    except SegmentationError:
        return
    row = row_of(rfm, one.position)
    if row is None:
        return
    with st.container(border=True):
        st.markdown(f"**RFM: {state.escape(str(row['rfm_segment']))}**")
        st.caption(_scores_said(rfm, row))


def _scores_said(rfm: Rfm, row: pd.Series) -> str:
    said = []
    for scale, letter in zip(rfm.scales, "rfm", strict=True):
        score = int(row[f"{letter}_score"])
        name = state.escape(label(scale.column))
        said.append(f"{letter.upper()} {score} of 5 ({name} {scale.said()[score - 1]})")
    return " · ".join(said)


def numbers(one: Lookup) -> None:
    """Draw the customer's figures against those of the segment and of all."""
    each = wording.words().customer.one
    st.markdown(f"**Figures of this {state.widget_label(each)}**")
    rows = [
        {
            "Figure": state.escape(short(label(held.feature))) + ("" if held.used else " ·"),
            "This one": _said(held.value),
            "Segment": _said(held.segment),
            "All": _said(held.overall),
            "Above": "–" if held.rank is None else state.escape(percent(held.rank, 0)),
        }
        for held in one.numbers
    ]
    rows += [
        {
            "Figure": state.escape(short(label(trait.column))) + ("" if trait.used else " ·"),
            "This one": state.escape(short(trait.value) or "(missing)"),
            "Segment": "–" if trait.segment is None else _have_it(trait.segment),
            "All": _have_it(trait.overall),
            "Above": "–",
        }
        for trait in one.traits
    ]
    if rows:
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)
        st.caption(
            wording.told(
                "Segment and All are medians. Above: how many of all customers have less, half of "
                "the equal ones counted. A dot marks what the segments were not made with."
            )
        )


def _have_it(share: float) -> str:
    return state.escape(f"{percent(share)} have it")


def _said(value: float | None) -> str:
    return "–" if value is None else say(value)


def place(run: Run, one: Lookup) -> None:
    """Draw the customer on the map."""
    numeric = [n for n in telling_features(run) if n in run.loaded.customers.numeric]
    numeric += [n for n in run.loaded.customers.numeric if n not in numeric]
    if len(numeric) < 2:
        return
    x, y = numeric[:2]
    keep = run.profiles.labels > 0
    widgets.chart(
        charts.pointed_out(charts.map_2d(run, keep, x, y), run, one.position, x, y),
        "customer-map",
        f"Where this one lies by {label(x)} and {label(y)}",
    )


def orders(one: Lookup) -> None:
    """Draw the customer's orders, and the lines of one of them."""
    if one.orders is None or one.lines is None:
        return
    words = wording.words()
    st.markdown(f"**{state.escape(words.order.count(len(one.orders)))}**")
    shown = one.orders.rename(
        columns={"order_id": "Order", "order_date": "Date", "lines": "Lines", "amount": "Amount"}
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        looks = {
            "Date": st.column_config.DateColumn(),
            **widgets.number_columns(shown),
        }
        st.dataframe(shown, hide_index=True, column_config=looks)
    with right:
        named = [name for name in one.orders["order_id"] if name]
        lines = one.lines
        if named:
            which = st.selectbox(
                "Lines of", ["", *dict.fromkeys(named)], format_func=lambda name: name or "all",
                key=state.key(f"customer-order-{one.position}"),
            )  # fmt: skip
            lines = lines[lines["order_id"] == which] if which else lines
        told = lines.head(MOST_LINES).rename(columns=lambda name: sentence(label(str(name))))
        st.dataframe(told, hide_index=True, column_config=widgets.number_columns(told))
        if len(lines) > MOST_LINES:
            st.caption(f"The latest {MOST_LINES:,} of {len(lines):,} lines.")
