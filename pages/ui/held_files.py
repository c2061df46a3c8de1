"""A file beside the one worked on: chosen on a screen, and held while the session lasts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from pages.ui import intake, messages, model_cache, reading, state
from pages.ui.cache import AnySource
from pages.ui.model_cache import Kept, Ready
from segmentation.reading import Source, as_source
from segmentation.settings import Recipe


def held(place: str) -> AnySource | None:
    """Return what was chosen for a place."""
    found: AnySource | None = st.session_state.get(f"held-{place}")
    return found


def key_of(place: str) -> reading.KeyOf:
    """Return where what is said of the file of a place is kept; another file begins anew."""
    turn = st.session_state.get(f"turn-{place}", 0)
    return lambda name: f"{name}-{place}-{turn}"


def choose(place: str, title: str, say: str, meanwhile: AnySource | None = None) -> None:
    """Offer a file: at large while there is none, beside its name afterwards.

    ``meanwhile`` is the file that serves until one is chosen.
    """
    there = held(place) or meanwhile
    if there is None:
        with st.container(border=True):
            _ways(place, title, there)
            st.caption(say)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{title}: **{state.escape(there.name)}**", width="content")
        with st.popover("Another file", icon=":material/upload_file:"):
            _ways(place, title, there)


def told(place: str, source: AnySource) -> Recipe:
    """Return what was said of a file: here, or on Data if it is the one worked on."""
    if source is not state.source():
        return reading.told(key_of(place))
    # What a column is for there may be tried out for another segmentation.
    draft = state.draft()
    return draft.with_stage(schema=replace(draft.schema, roles=()))


def ready(used: Kept, source: AnySource, said: Recipe) -> Ready:
    """Go from a file to what a model needs of its customers."""
    if source is state.source():
        return model_cache.ready_shown(used, source, said)
    return model_cache.ready(used, source, said)


def ask(place: str, source: AnySource, file: Ready) -> None:
    """Ask what only the analyst can tell of a file."""
    questions = file.fitted.loaded.questions
    if source is state.source():
        messages.assumed(questions)
    else:
        reading.said(key_of(place))
        reading.ask(questions, key_of(place))


def _ways(place: str, title: str, there: AnySource | None) -> None:
    key = key_of(place)("upload")
    st.file_uploader(
        title,
        type=intake.ENDINGS,
        accept_multiple_files=True,
        key=key,
        on_change=_take_upload,
        args=(place, key),
    )
    source = state.source()
    if source is not None and source is not there:
        st.button(
            f"Use {state.widget_label(source.name)}, the file on Data",
            key=key_of(place)("use-shown"),
            on_click=_take,
            args=(place, source),
        )


def _take_upload(place: str, key: str) -> None:
    uploads: list[Any] = st.session_state.get(key) or []
    files = sorted(
        (Source(name=Path(upload.name).name, data=upload.getvalue()) for upload in uploads),
        key=lambda file: file.name,
    )
    if files:
        _take(place, as_source(files))


def _take(place: str, source: AnySource) -> None:
    st.session_state[f"held-{place}"] = source
    st.session_state[f"turn-{place}"] = st.session_state.get(f"turn-{place}", 0) + 1
