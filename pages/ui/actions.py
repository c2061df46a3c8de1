"""What to do about each segment, what it costs, and what it takes to prove that it pays."""

from __future__ import annotations

from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import chips, messages, state, widgets, wording
from segmentation import charts
from segmentation.cost_texts import cost_lines
from segmentation.costing import Costs, cost_actions, usual_answer
from segmentation.errors import SettingsError
from segmentation.numerals import percent, say
from segmentation.results import CostedAction, Portraits, Run
from segmentation.values import Bools
from segmentation.words import sentence

MONEY, ANSWERS = "Money", "Answers"


def draw(run: Run, found: Portraits, keep: Bools) -> None:
    """Draw the costs asked for, the matrix to choose by, and each action with its test."""
    money = wording.words().money
    st.caption(
        wording.told(
            "Type what a contact costs and what stays of the money: you learn what each action "
            "must bring in, and how many customers it takes to prove that it did."
        )
    )
    for note in found.notes:
        st.info(state.escape(note), icon=":material/info:")
    asked, matrix = st.container(border=True), st.container()
    places = {card.segment_id: st.container(border=True) for card in found.segments}
    with asked:
        costs = _costs(run, found, places)
    if costs is None:
        return
    actions = cost_actions(run, found, keep, costs)
    figure = charts.effort_and_value(actions, run.by_id(), costs.margin, money)
    with matrix:
        if figure is not None:
            widgets.chart(
                figure, "effort-value", "Cost of contacting each segment against its revenue"
            )
            st.caption(
                f"Begin up and to the left: much {state.widget_label(money)}, little effort. On a "
                "dotted line the cost comes back once it rises by as much as is written there."
            )
    for action in actions:
        with places[action.segment_id]:
            _told(action, costs)
    st.caption(
        "Tests are two-sided at 5% and see the break-even uplift with a chance of 80%. Money: "
        "two means, Student's t by the non-central t distribution (Cohen 1988). Answers: two "
        "proportions, Fleiss, Levin and Paik (2003), formula 4.14. Both groups are drawn by lot, "
        "of the same size, and watched for as long as the data covers, whose spread is taken."
    )


def _costs(run: Run, found: Portraits, places_of: dict[int, DeltaGenerator]) -> Costs | None:
    places = st.columns(3)
    with places[0]:
        contact = st.number_input(
            wording.told("Cost per customer contacted"),
            0.0001,
            value=1.0,
            format="%.12g",
            key=state.key("cost-contact"),
            persist_state="session",
            help="In the currency of the file. Below, each segment can have its own.",
        )
    with places[1]:
        margin = st.number_input(
            "Margin, %",
            0.1,
            100.0,
            30.0,
            format="%.12g",
            key=state.key("cost-margin"),
            persist_state="session",
            help="What stays of the money once goods and service are paid.",
        )
    with places[2]:
        by = st.segmented_control(
            "Prove it by",
            (MONEY, ANSWERS),
            default=MONEY if found.money_feature else ANSWERS,
            required=True,
            key=state.key(f"cost-by-{state.runs()}"),
            persist_state="session",
            help=wording.told(
                "Money compares what a customer brings in, with the contact and without. "
                "Answers compares how many customers do what is asked."
            ),
        )
    usual, answer = _answers(run) if by == ANSWERS else (None, 0.0)
    if answer is None:
        st.info("Type what an answer brings in: the file doesn't tell.", icon=":material/edit:")
    own = {}
    for i, place in places_of.items():
        with place:
            cost = _asked(run, i, contact)
        if cost is not None:
            own[i] = cost
    if answer is None:
        return None
    try:
        return Costs.of_percent(contact, margin, own, usual, answer)
    except SettingsError as error:
        messages.problem(error)
        return None


def _answers(run: Run) -> tuple[float, float | None]:
    places = st.columns(3)
    with places[0]:
        usual = st.number_input(
            "Would answer anyway, %",
            0.0,
            99.9,
            2.0,
            format="%.12g",
            key=state.key("cost-usual"),
            persist_state="session",
            help="The share who would do it without being contacted.",
        )
    with places[1]:
        answer: float | None = st.number_input(
            "An answer brings in",
            0.0001,
            value=usual_answer(run),
            format="%.12g",
            key=state.key("cost-answer"),
            persist_state="session",
            help="For order lines, the average order to begin with.",
        )
    return usual, answer


def _asked(run: Run, segment_id: int, usual: float) -> float | None:
    """Draw what to do about a segment, and return what a contact of its own costs."""
    named = run.names[segment_id - 1]
    text, typed = st.columns([4, 1])
    with text:
        st.html(f"<h3 class='segment-name'>{chips.chip(named)}</h3>")
        st.markdown(state.escape(named.action))
    with typed:
        cost: float | None = st.number_input(
            "Cost of a contact",
            0.0001,
            value=None,
            placeholder=say(usual),
            format="%.12g",
            key=state.key(f"cost-own-{state.runs()}-{segment_id}"),
            persist_state="session",
        )
    return cost


def _told(action: CostedAction, costs: Costs) -> None:
    words = wording.words()
    figures = {
        "Reach": f"{action.customers:,} ({percent(action.share)})",
        sentence(words.money): "–" if action.revenue is None else say(action.revenue),
        "Cost of contacting all": say(action.effort),
        **cost_lines(action, words, by_money=costs.usual is None),
    }
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>"
        for name, text in figures.items()
    )
    st.html(f"<dl class='facts'>{facts}</dl>")
    for note in action.notes:
        st.caption(state.escape(wording.told(note)))
