"""The segments as rules: sentences, SQL and filters, and who would join which."""

from __future__ import annotations

import json
from itertools import cycle

import pandas as pd
import streamlit as st

from pages.ui import cache, chips, messages, state, widgets, wording
from segmentation.errors import DataError
from segmentation.numerals import counted, percent, say
from segmentation.placing import Cell, place
from segmentation.results import Placement, RuleSet, Run, SegmentRule
from segmentation.rule_texts import crm_filter, say_all, sentence, sql
from segmentation.rules import choose_rules
from segmentation.vocabulary import label

WORDS, SQL, CRM = "Words", "SQL", "CRM filter"


def draw(run: Run) -> None:
    """Draw the rules of a size, and let the reader try a customer."""
    source = state.source()
    assert source is not None
    sets = cache.retold(source, run)
    by_leaves = {found.leaves: found for found in sets}
    usual = choose_rules(sets).leaves
    if len(by_leaves) > 1:
        leaves = st.select_slider(
            "Fewer rules, less exact",
            list(by_leaves),
            usual,
            format_func=lambda n: (
                f"{counted(n, 'rule', 'rules')}, {percent(by_leaves[n].fidelity)}"
            ),
            key=_size_key(),
            persist_state="session",
        )
    else:
        leaves = usual
    found = by_leaves[leaves]
    st.markdown(
        wording.told(
            f"**{percent(found.fidelity)} of all customers** get the segment they are in by these "
            f"{counted(found.leaves, 'rule', 'rules')}, with at most "
            f"{counted(found.depth, 'question', 'questions')} to each."
        )
    )
    written = widgets.view_switch("Written as", (WORDS, SQL, CRM), state.key("rules-as"))
    for rule in found.rules:
        _rule(run, rule, written)
    st.caption(
        wording.told(
            "Rules are made of all customers in segments, whatever the filter shows. Coverage: how "
            "much of the segment the rule finds. Precision: how many of those it finds are of the "
            "segment. They are a decision tree (CART) that retells the segments in original units."
        )
    )
    with st.container(border=True):
        _try_one(run, found)


def _size_key() -> str:
    return state.key(f"rules-size-{state.runs()}")


def _rule(run: Run, rule: SegmentRule, written: str) -> None:
    st.html(chips.chip(run.names[rule.segment_id - 1]))
    texts = {
        WORDS: (sentence(rule), None),
        SQL: (f"WHERE {sql(rule)}", "sql"),
        CRM: (json.dumps(crm_filter(rule), ensure_ascii=False, indent=2), "json"),
    }
    text, language = texts[written]
    st.code(text, language=language, wrap_lines=True)
    found = wording.count(rule.customers)
    precise = "" if rule.precision is None else f", precision {percent(rule.precision, 0)}"
    st.caption(f"Finds {found}: coverage {percent(rule.coverage, 0)}{precise}")


def _try_one(run: Run, rules: RuleSet) -> None:
    st.markdown(wording.told("**Which segment would a customer join, and why?**"))
    customers = run.loaded.customers
    cells: dict[str, Cell] = {}
    with st.form(state.key(f"try-{state.runs()}"), border=False):
        places = cycle(st.columns(3))
        for i, name in enumerate(run.prepared.features):
            title, key = state.widget_label(label(name)), state.key(f"try-{state.runs()}-{i}")
            with next(places):
                if name in customers.numeric:
                    middle = float(customers.frame[name].median())
                    cells[name] = st.number_input(title, value=middle, format="%.12g", key=key)
                else:
                    values = sorted(customers.frame[name].unique())
                    cells[name] = st.selectbox(
                        title, values, format_func=lambda v: v or "(missing)", key=key
                    )
        pressed = st.form_submit_button("Find the segment", icon=":material/search:")
    if not pressed:
        return
    try:
        placement = place(run, rules, cells)
    except DataError as error:
        messages.problem(error)
        return
    why(run, rules, placement)


def why(run: Run, rules: RuleSet, placement: Placement, segment_id: int | None = None) -> None:
    """Say which segment a customer belongs to by rules and by the nearest centre."""
    names = run.name_of()
    if placement.segment_id is None:
        st.markdown("**By the rules**: none of them can be answered.")
    else:
        taken = say_all(placement.conditions)
        st.markdown(
            f"**By the rules: {state.escape(names[placement.segment_id])}**, because "
            f"{state.escape(taken)}. The rules are right for {percent(rules.fidelity)} of all."
        )
    second = placement.runner_up_id
    st.markdown(
        f"**Nearest centre: {state.escape(names[placement.nearest_id])}**"
        + (
            ""
            if second is None
            else f"; next comes {state.escape(names[second])}. Margin "
            f"{placement.margin:.0%} "
            "(0% lies on the border between the two, 100% at the centre)."
        )
    )
    if placement.segment_id not in (None, segment_id or placement.nearest_id):
        st.caption("The rules see this one elsewhere: it lies near a border.")
    rows = [
        {"Segment": state.escape(names[i]), "Distance": say(distance)}
        for distance, i in sorted(zip(placement.distances, names, strict=True))
    ]
    with st.expander("Distance to each centre"):
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)
