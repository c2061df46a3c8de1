"""The playbook in use: why it is, another one, or one's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from pages.ui import messages, state, widgets
from segmentation.errors import SettingsError
from segmentation.pipeline import column_names
from segmentation.playbooks import PLAYBOOK, books_of, choose_playbook
from segmentation.results import Run
from segmentation.settings import NameSettings

SUGGESTED = "(suggested)"


def choice(run: Run) -> None:
    """Let the reader choose whose words and names are used."""
    naming = run.recipe.naming
    with st.popover(
        f"Playbook: {state.widget_label(run.playbook.playbook.title)}",
        icon=":material/menu_book:",
    ):
        st.caption("Where names, actions and words such as customers or patients come from.")
        suggested = choose_playbook(column_names(run.loaded), _file(naming), naming.playbook_text)
        titles = {book.name: book.title for book in books_of(naming.playbook_text)}
        titles = {SUGGESTED: f"{suggested.playbook.title} (suggested)", **titles}
        key = state.key(f"playbook-{state.runs()}-{state.renamings()}")
        st.selectbox(
            "Field",
            list(titles),
            index=list(titles).index(_chosen(naming, titles)),
            format_func=lambda name: titles[name],
            key=key,
            on_change=_take_field,
            args=(naming, key),
        )
        st.caption(state.escape(f"{run.playbook.reason}."))
        widgets.download(
            "Download to edit",
            lambda: (naming.playbook_text or PLAYBOOK.read_text(encoding="utf-8")).encode(),
            "playbook.toml",
            "playbook-download",
        )
        upload = state.key(f"playbook-file-{state.runs()}-{state.renamings()}")
        st.file_uploader(
            "Use your own (TOML)", type="toml", key=upload, on_change=_take_file,
            args=(naming, upload),
        )  # fmt: skip
        if naming.playbook_text is not None and st.button("Back to the built-in playbooks"):
            state.set_names(replace(naming, playbook=None, playbook_text=None))
            st.rerun()


def note(run: Run) -> None:
    """Say what is wrong with the playbook that should be used."""
    if run.playbook.note:
        st.warning(state.escape(run.playbook.note), icon=":material/menu_book:")
    problem = st.session_state.pop("playbook_problem", None)
    if problem is not None:
        messages.problem(problem)


def _file(naming: NameSettings) -> str | None:
    """Return the file of the playbooks, for messages."""
    told = naming.playbook
    return told if told is not None and told.endswith(".toml") else None


def _chosen(naming: NameSettings, titles: dict[str, str]) -> str:
    return naming.playbook if naming.playbook in titles else SUGGESTED


def _take_field(naming: NameSettings, key: str) -> None:
    name = str(st.session_state[key])
    state.set_names(replace(naming, playbook=None if name == SUGGESTED else name))


def _take_file(naming: NameSettings, key: str) -> None:
    given = st.session_state[key]
    if given is None:
        return
    try:
        text = given.getvalue().decode("utf-8-sig")
    except UnicodeDecodeError:
        st.session_state["playbook_problem"] = SettingsError(
            "The playbook is not in UTF-8", where=given.name, remedy="Save it as UTF-8"
        )
        return
    file = f"{Path(given.name).stem}.toml"
    name = file if file.isprintable() else PLAYBOOK.name
    state.set_names(replace(naming, playbook=name, playbook_text=text))
