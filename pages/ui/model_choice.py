"""Which model is used: one that is saved, or that of the run shown."""

from __future__ import annotations

import streamlit as st

from pages.ui import messages, model_cache, models_kept, navigation, results, state
from segmentation.errors import ModelError
from segmentation.numerals import counted

CHOICE = "model-choice"
# No model can be called so.
OF_RUN = ""


def take(name: str) -> None:
    """Use a saved model on every screen."""
    st.session_state[CHOICE] = name


def renamed(old: str, new: str) -> None:
    """Go on with a model under its new name."""
    if st.session_state.get(CHOICE) == old:
        take(new)


def choose() -> model_cache.Kept:
    """Let the reader choose a model; without any, say how to get one, and end the screen."""
    sound, _ = models_kept.listed()
    offered = {entry.name: entry for entry in sound}
    of_run = _of_run()
    names = [*([OF_RUN] if of_run else []), *offered]
    if not names:
        _none()
    if st.session_state.get(CHOICE) not in names:
        st.session_state[CHOICE] = names[0]

    def said(name: str) -> str:
        model = of_run.model if of_run and name == OF_RUN else offered[name].model
        assert model is not None
        title = name or "The segments found now (not saved)"
        return f"{title}: {counted(model.k, 'segment', 'segments')}"

    chosen = st.selectbox(
        "Segments to use", names, format_func=said, key=CHOICE, persist_state="session"
    )
    if of_run is not None and chosen == OF_RUN:
        return of_run
    return model_cache.kept(offered[chosen])


def _of_run() -> model_cache.Kept | None:
    run, source = results.run_if_any(), state.source()
    if run is None or source is None:
        return None
    try:
        return model_cache.of_run(source, run)
    except ModelError as error:
        st.caption(state.escape(f"The segments found now can't be used here. {error}"))
        return None


def _none() -> None:
    if state.source() is None:
        messages.nothing_yet(
            "There is no saved model, and nothing was segmented yet. Choose data and find "
            "segments, or bring in a model on Models.",
            "data",
            "Choose data",
        )
    messages.nothing_yet(
        "There is no saved model, and there are no segments yet: choose features and run.",
        "segments",
        "Find segments",
    )
    navigation.end_screen()
