"""One customer by hand: its features typed in, its segment with the reasons."""

from __future__ import annotations

import streamlit as st

from pages.ui import chips, messages, state, widgets
from pages.ui.model_cache import Kept
from segmentation import charts
from segmentation.errors import SegmentationError
from segmentation.models.explaining import reasons
from segmentation.models.score_telling import clearness, steps, typical_customer
from segmentation.models.scoring import Cell, score_rows
from segmentation.results import Scored
from segmentation.vocabulary import label
from segmentation.words import sentence

# Left open, it counts as missing; no category is called so.
MISSING = ""


def draw(used: Kept) -> None:
    """Draw the form and, once it is sent, the answer."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        row = _form(used)
    with right:
        try:
            found = score_rows(used.model, [row])
        except SegmentationError as error:
            messages.problem(error)
            return
        _answer(used, found)


def _form(used: Kept) -> dict[str, Cell]:
    """Ask for each feature, beginning with a customer in the middle of all."""
    model = used.model
    typical, step = typical_customer(model), steps(model)
    known = {spread.feature: spread.values for spread in model.training.features}
    row: dict[str, Cell] = {}
    with st.form(f"by-hand-{used.digest}"):
        for name in model.features:
            title = state.widget_label(sentence(label(name)))
            key = f"by-hand-{used.digest}-{name}"
            if name in model.categories:
                options = list(dict.fromkeys([*known[name], MISSING]))
                row[name] = st.selectbox(
                    title,
                    options,
                    index=options.index(str(typical[name])),
                    format_func=lambda value: value or "(no value)",
                    key=key,
                    accept_new_options=True,
                )
            else:
                # With a value of its own to begin with, it could not be emptied.
                st.session_state.setdefault(key, float(typical[name]))
                row[name] = st.number_input(
                    title,
                    value=None,
                    step=step[name],
                    format="%.12g",
                    key=key,
                    placeholder="no value",
                )
        st.form_submit_button("Which segment?", type="primary")
    st.caption("It begins with the middle values. What is left empty counts as missing.")
    return row


def _answer(used: Kept, found: Scored) -> None:
    model = used.model
    if (found.missing == len(model.features)).any():
        st.info("Nothing is known of this customer. Give a value.", icon=":material/info:")
        return
    for doubt in found.doubts:
        st.warning(state.escape(doubt.text), icon=":material/help:")
    if not len(found.positions):
        st.info(
            "With a value missing or extreme, the model's settings leave this customer out of "
            "every segment.",
            icon=":material/info:",
        )
        return
    places = found.places
    segment = model.segments[places.segment_ids[0] - 1]
    runner_up = model.segments[places.runner_up_ids[0] - 1].named
    margin = float(places.margins[0])
    st.html(f"<div style='zoom:1.3'>{chips.chip(segment.named)}</div>")
    st.markdown(
        f"**{clearness(margin).capitalize()}**, with a margin of {margin:.2f} (0 is the border, 1 "
        f"the middle). Runner-up: **{state.escape(runner_up.name)}**."
    )
    if places.outside[0]:
        st.warning(
            "Farther from this segment than 99% of its own customers were: the model has hardly "
            "seen anyone like this.",
            icon=":material/help:",
        )
    st.markdown(f"**What to do:** {state.escape(segment.named.action)}")
    told = reasons(model, found, 0)
    widgets.chart(
        charts.pull_bars(told, segment.named), "pulls", "What speaks for this segment, and against"
    )
    with st.expander("The reasons in words"):
        st.markdown("\n".join(f"- {state.escape(sentence(reason.text))}." for reason in told))
