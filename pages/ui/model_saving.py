"""Save the run shown as a model; beside, or in the place of, one of the same name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from pages.ui import clock, messages, model_cache, models_kept, navigation, state
from pages.ui.cache import AnySource
from pages.ui.model_folder import folder, replace_model
from segmentation.errors import ModelError, SegmentationError
from segmentation.models.refitting import Refit
from segmentation.models.store import (
    LONGEST_NAME,
    LONGEST_NOTE,
    Entry,
    model_name,
    save_model,
)
from segmentation.numerals import counted
from segmentation.results import Model, Run

YOU, WANTED = "your-name", "model-wanted"
LONGEST_BY = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A save that would meet a model of the same name.

    Parameters
    ----------
    name, by, note : str
        What was asked for.
    run : int
        Of which run of the session.
    """

    name: str
    by: str
    note: str
    run: int


def draw(run: Run | None) -> None:
    """Offer to save the run shown, if there is one."""
    with st.container(border=True):
        st.subheader("Save these segments", anchor=False)
        if run is None:
            _nothing_to_save()
            return
        messages.stale()
        try:
            new = model_cache.of_run(_source(), run)
        except ModelError as error:
            messages.problem(error)
            return
        model = new.model
        st.caption(
            state.escape(
                f"{counted(model.k, 'segment', 'segments')} of "
                f"{counted(model.training.customers, *model.called)} from {_source().name}"
            )
        )
        if not run.evidence.stabilities:
            st.caption("How far they can be trusted is not checked yet; the model will say so.")
            st.page_link(navigation.path("segments"), label="Check it on Segments")
        _form(model)
        _same_name(run, new)


def _source() -> AnySource:
    source = state.source()
    assert source is not None
    return source


def _nothing_to_save() -> None:
    if state.source() is None:
        st.markdown("There are no segments yet. They begin with a table of customers or orders.")
        if st.button("Choose data", type="primary", icon=":material/arrow_forward:"):
            st.switch_page(navigation.path("data"))
    else:
        st.markdown("There are no segments yet: choose features and run.")
        if st.button("Find segments", type="primary", icon=":material/arrow_forward:"):
            st.switch_page(navigation.path("segments"))


def _form(model: Model) -> None:
    with st.form(state.key("save-model"), border=False):
        left, right = st.columns(2)
        name = left.text_input(
            "Name",
            value=Path(_source().name).stem[:LONGEST_NAME],
            max_chars=LONGEST_NAME,
            key=state.key("model-name"),
        )
        by = right.text_input(
            "Your name",
            value=st.session_state.get(YOU, ""),
            max_chars=LONGEST_BY,
            key=state.key("model-by"),
            help="Others see it in the list.",
        )
        note = st.text_input(
            "Note",
            max_chars=LONGEST_NOTE,
            key=state.key("model-note"),
            placeholder="What is it for? What should be remembered?",
        )
        pressed = st.form_submit_button(
            "Save", type="primary", icon=":material/save:", key=state.key("model-save")
        )
    if not pressed:
        return
    st.session_state[YOU] = by
    st.session_state.pop(WANTED, None)
    try:
        plain = model_name(name)
        if plain in {entry.name for entry in model_cache.entries()}:
            st.session_state[WANTED] = Wanted(name=plain, by=by, note=note, run=state.runs())
        else:
            _save(Wanted(name=plain, by=by, note=note, run=state.runs()), model)
    except SegmentationError as error:
        messages.problem(error)


def _same_name(run: Run, new: model_cache.Kept) -> None:
    """Say what becomes of a model of the same name, and ask."""
    wanted: Wanted | None = st.session_state.get(WANTED)
    if wanted is None or wanted.run != state.runs():
        return
    there = next((one for one in model_cache.entries() if one.name == wanted.name), None)
    if there is None:
        return
    with st.container(border=True, key="same-name"):
        st.markdown(f"**There is a model called {state.escape(wanted.name)} already.**")
        refit = _relation(there, run, new)
        model = new.model
        if refit is not None:
            keep = _looks(refit.run) != _looks(run) and _keep_names()
            lines = refit.lines if keep else refit.plain_lines
            st.markdown("\n".join(f"- {state.escape(line)}" for line in lines))
            if keep:
                model = model_cache.of_run(_source(), refit.run).model
        st.caption(
            "Replaced, the model that is there is kept under a number. What uses models by their "
            "name then gets the new one."
        )
        with st.container(horizontal=True):
            st.button(
                "Replace it", type="primary", on_click=_do, args=(wanted, model), key="replace-it"
            )
            st.button("Keep both", on_click=_do, args=(wanted, model, False), key="keep-both")
            st.button("Cancel", on_click=_forget, type="tertiary", key="save-not")


def _relation(there: Entry, run: Run, new: model_cache.Kept) -> Refit | None:
    if there.model is None:
        st.markdown(f"It can't be used: {state.escape(there.problem)}")
        return None
    try:
        found = model_cache.related(there.model, new, run)
    except ModelError as error:
        st.markdown(f"The two can't be compared. {state.escape(str(error))}")
        return None
    segments = counted(there.model.k, "segment", "segments")
    st.caption(state.escape(f"{clock.saved(there)}, {segments}."))
    return found


def _keep_names() -> bool:
    return st.toggle(
        "Segments that are still there keep their names and colours",
        value=True,
        key=state.key("keep-names"),
    )


def _looks(run: Run) -> list[tuple[str, int]]:
    return [(named.name, named.colour) for named in run.names]


def _do(wanted: Wanted, model: Model, over: bool = True) -> None:
    _forget()
    try:
        if over:
            old = replace_model(wanted.name, _stamped(wanted, model))
            models_kept.say(
                f"**{state.escape(wanted.name)}** is replaced. The one before is now called "
                f"**{state.escape(old)}**.",
                wanted.name,
            )
        else:
            _save(wanted, model)
    except SegmentationError as error:
        models_kept.say_problem(error)


def _save(wanted: Wanted, model: Model) -> None:
    name = save_model(folder(), wanted.name, _stamped(wanted, model))
    models_kept.say(f"Saved as **{state.escape(name)}**.", name)


def _stamped(wanted: Wanted, model: Model) -> Model:
    made = replace(model.made, at=clock.now(), by=wanted.by.strip(), note=wanted.note.strip())
    return replace(model, made=made)


def _forget() -> None:
    st.session_state.pop(WANTED, None)
