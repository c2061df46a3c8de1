"""A card for each segment: what it is worth, what tells it apart, what is typical, what to do."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import chips, state, trust, widgets, wording
from segmentation.numerals import fixed, percent, say
from segmentation.portraits import in_short
from segmentation.results import Portrait, Portraits, Run
from segmentation.vocabulary import label
from segmentation.words import short

MOST_FIGURES = 6
MOST_CATEGORIES = 4


def draw(run: Run, found: Portraits) -> None:
    """Draw the cards, two abreast."""
    for note in found.notes:
        st.caption(state.escape(note))
    if not run.evidence.stabilities:
        st.caption("How far they can be trusted is not checked yet (the Segments screen does it).")
    for first in range(0, len(found.segments), 2):
        pair = found.segments[first : first + 2]
        for place, card in zip(st.columns(2), pair, strict=False):
            with place.container(border=True, height="stretch", gap="small"):
                _card(run, card)


def _card(run: Run, card: Portrait) -> None:
    named = run.names[card.segment_id - 1]
    shield = trust.label(run, card.segment_id)
    st.html(f"<h3 class='segment-name'>{chips.chip(named)}</h3>")
    st.markdown(f"{wording.count(card.customers)}{state.escape(in_short(card, _money()))}")
    st.caption(state.escape(named.description))
    if not card.customers:
        st.info(wording.told("No customer of this segment passes the filter."))
        return
    st.markdown("\n".join(f"- {state.escape(text)}" for text in card.sentences))
    st.markdown(f":material/lightbulb: **What to do.** {state.escape(named.action)}")
    if shield is not None:
        st.caption(f":material/{shield[0]}: {shield[1]}")

    def more() -> None:
        typical(card)
        examples(run, card)

    widgets.folded("Typical figures and examples", state.key(f"card-{card.segment_id}"), more)


def typical(card: Portrait) -> None:
    """Draw the middle half of a segment's figures, and its most frequent categories."""
    shown = [one for one in card.figures if one.median is not None][:MOST_FIGURES]
    if shown:
        rows = [
            {
                "Figure": state.escape(short(label(one.feature))),
                "Median": say(one.median or 0),
                "Middle half": f"{say(one.lower or 0)} to {say(one.upper or 0)}",
                "Index": "–" if one.index is None else fixed(one.index, 0),
            }
            for one in shown
        ]
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)
    for column, own in card.typical.items():
        said = ", ".join(
            f"{state.escape(short(one.category) or '(missing)')} {percent(one.share, 0)}"
            for one in own[:MOST_CATEGORIES]
        )
        if said:
            st.markdown(f"**{state.escape(short(label(column)))}**: {said}")


def examples(run: Run, card: Portrait) -> None:
    """Draw the customers nearest to the segment's centre."""
    if not card.examples:
        return
    frame, features = run.loaded.customers.frame, run.prepared.features
    rows = [
        {
            wording.words().customer.one.capitalize(): state.escape(one.customer_id),
            **{
                state.escape(short(label(name))): _cell(frame[name].iloc[one.position])
                for name in features[:MOST_FIGURES]
            },
        }
        for one in card.examples
    ]
    st.markdown(wording.told("**Real customers nearest its centre**"))
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return say(value)
    return state.escape(short(str(value)) or "(missing)")


def _money() -> str:
    return wording.words().money
