"""The list of saved models: those that can be used, and those that are refused."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import clock, messages, model_cache, state
from pages.ui.model_folder import folder
from segmentation.errors import SegmentationError
from segmentation.models.model_telling import before_by_hand
from segmentation.models.store import Entry, delete_model
from segmentation.results import Model
from segmentation.vocabulary import label
from segmentation.words import listed as named

SHOWN, SAID, PROBLEM = "model-shown", "models-said", "models-problem"
VERDICTS = {
    "strong": "strong structure",
    "reasonable": "reasonable structure",
    "weak": "weak structure",
    "none": "no natural groups",
    "": "not checked",
}


def listed() -> tuple[list[Entry], list[Entry]]:
    """Return the models that can be used, the newest first, and those that are refused."""
    found = model_cache.entries()
    sound = [entry for entry in found if entry.model is not None]
    sound.sort(key=lambda entry: entry.made_at, reverse=True)
    return sound, [entry for entry in found if entry.model is None]


def say(done: str, shown: str | None = None) -> None:
    """Have it said what was done, once, and look at a model."""
    st.session_state[SAID] = done
    if shown is not None:
        st.session_state[SHOWN] = shown


def say_problem(error: SegmentationError) -> None:
    """Have it said why something was not done, once."""
    st.session_state[PROBLEM] = error


def say_what_was_done() -> None:
    """Say what was done last, or why it was not."""
    done = st.session_state.pop(SAID, None)
    if done is not None:
        st.success(done, icon=":material/check:")
    error = st.session_state.pop(PROBLEM, None)
    if error is not None:
        messages.problem(error)


def table(entries: list[Entry]) -> None:
    """Draw all models that can be used, a line each."""
    models = [(entry, entry.model) for entry in entries if entry.model is not None]
    st.dataframe(
        pd.DataFrame(
            {
                "Name": [entry.name for entry, _ in models],
                "Saved": [clock.said(entry.made_at) for entry, _ in models],
                "By": [model.made.by for _, model in models],
                "Segments": [model.k for _, model in models],
                "Customers": [model.training.customers for _, model in models],
                "Trust": [_trust(model) for _, model in models],
                "Note": [model.made.note for _, model in models],
                "Features": [named([label(f) for f in model.features]) for _, model in models],
            }
        ),
        hide_index=True,
        height="content" if len(models) <= 8 else 320,
        column_config={
            "Name": st.column_config.TextColumn(pinned=True),
            "Customers": st.column_config.NumberColumn(format="localized"),
        },
        alt="Saved models",
    )


def _trust(model: Model) -> str:
    level = model.trust.level
    return before_by_hand(model, VERDICTS[level]) if level else VERDICTS[level]


def choose(entries: list[Entry]) -> Entry:
    """Let the reader choose the model to look at."""
    by_name = {entry.name: entry for entry in entries}
    if st.session_state.get(SHOWN) not in by_name:
        st.session_state[SHOWN] = entries[0].name
    chosen = st.selectbox("Look at", list(by_name), key=SHOWN, persist_state="session")
    return by_name[chosen]


def refused(entries: list[Entry]) -> None:
    """Draw the files that can't be used, with the reason."""
    if not entries:
        return
    st.subheader("Can't be used", anchor=False)
    for entry in entries:
        with st.container(border=True):
            st.markdown(f":material/gpp_bad: **{state.escape(entry.name)}**")
            st.markdown(state.escape(entry.problem))
            delete_choice(entry)


def delete_choice(entry: Entry) -> None:
    """Offer to delete a model, asking once more."""
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(
            f"Delete **{state.escape(entry.name)}** for everyone who uses this server? It can't be "
            "brought back, unless it was downloaded."
        )
        st.button(
            "Delete it for good",
            key=f"delete-{entry.name}",
            type="primary",
            on_click=_delete,
            args=(entry.name,),
        )


def who_sees_them() -> None:
    """Say what a model holds, and who can see it."""
    with st.expander("What a model holds, and who sees it", icon=":material/lock:"):
        st.markdown(
            "**No customer.** A model holds no id and no row of your file. It holds the names of "
            "the file, of its columns and of its categories, percentiles and averages of each "
            "feature (with the rank transform, its distinct values), the segments with their "
            "names, and what you write above.\n\n"
            "**Everyone who can open this app** sees the same list, and may take away, rename and "
            "delete what is in it. Who that is, is for the owner of the server to decide: run for "
            "yourself, it is you alone. Your files and your results are never shared.\n\n"
            f"**Plain files.** The models are in `{folder()}`. Nothing in them can run, and each "
            "is tested before it is used. An owner can choose another folder."
        )


def _delete(name: str) -> None:
    try:
        delete_model(folder(), name)
    except SegmentationError as error:
        say_problem(error)
    else:
        say(f"**{state.escape(name)}** is deleted.")
