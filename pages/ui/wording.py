"""What this field calls its customers, their orders and their money, on every screen."""

from __future__ import annotations

import re

import streamlit as st

from pages.ui import state
from segmentation.numerals import counted
from segmentation.playbooks import choose_playbook
from segmentation.results import Words
from segmentation.settings import NameSettings

_CUSTOMER = re.compile(r"\b(?:(an?) )?(customers?)\b", re.I)


def words() -> Words:
    """Return the words of the playbook in use, or of the one the columns suggest before a run."""
    if state.source() is None:
        return choose_playbook(()).playbook.words
    recipe = state.ran()
    naming = recipe.naming if recipe is not None else NameSettings()
    taken = state.taken()
    main = [column.name for column in taken.schema.columns]
    columns = dict.fromkeys([*main, *(name for table in taken.tables for name in table.columns)])
    key = (state.generation(), naming.playbook, naming.playbook_text)
    held, found = st.session_state.get("words", (None, None))
    if found is None or held != key:
        chosen = choose_playbook(columns, naming.playbook, naming.playbook_text)
        found = chosen.playbook.words
        st.session_state["words"] = (key, found)
    assert isinstance(found, Words)
    return found


def many() -> str:
    """Return what the field calls its customers."""
    return words().customer.many


def count(number: int) -> str:
    """Write a number of customers."""
    return told(counted(number, "customer", "customers"))


def told(text: str) -> str:
    """Put the field's word for customers into a text of ours; nothing of the file may be in it.

    With students, "No customer passes" becomes "No student passes".
    """
    noun = words().customer

    def word(found: re.Match[str]) -> str:
        article, customer = found.groups()
        # The words are the user's own, and what they are put in is Markdown.
        new = state.widget_label(noun.many if customer.lower().endswith("s") else noun.one)
        new = new[:1].upper() + new[1:] if customer[0].isupper() else new
        if not article:
            return new
        fitting = article[0] + ("n" if new[0].lower() in "aeiou" else "")
        return f"{fitting} {new}"

    return _CUSTOMER.sub(word, text)
