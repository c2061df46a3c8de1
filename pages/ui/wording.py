"""What this field calls its customers, their orders and their money, on every screen."""

from __future__ import annotations

import re

import streamlit as st

from pages.ui import state
from segmentation.numerals import counted
from segmentation.playbooks import choose_playbook
from segmentation.results import Run, Words
from segmentation.settings import NameSettings
from segmentation.vocabulary import label
from segmentation.words import sentence

_CUSTOMER = r"\b(?:(an?) )?(customers?)\b"


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


def people() -> str:
    """Return the same to begin a sentence or a title with."""
    return sentence(many())


def count(number: int) -> str:
    """Write a number of customers."""
    return told(counted(number, "customer", "customers"))


def told(text: str, *kept: str) -> str:
    """Put the field's word for customers into a text of ours.

    With students, "No customer passes" becomes "No student passes". What of the file stands in the
    text must be named in ``kept``, so that it stays as it is.
    """
    noun = words().customer

    def word(found: re.Match[str]) -> str:
        article, customer = found.groups()
        if customer is None:
            return found[0]
        # The words are the user's own, and what they are put in is Markdown.
        new = state.widget_label(noun.many if customer.lower().endswith("s") else noun.one)
        new = new[:1].upper() + new[1:] if customer[0].isupper() else new
        if not article:
            return new
        fitting = article[0] + ("n" if new[0].lower() in "aeiou" else "")
        return f"{fitting} {new}"

    own = [re.escape(name) for name in sorted(kept, key=len, reverse=True) if name]
    return re.sub("|".join([*own, _CUSTOMER]), word, text, flags=re.I)


def told_of(run: Run, text: str) -> str:
    """Do the same to a text of ours that speaks of a run's columns."""
    return told(text, *(label(str(name)) for name in run.loaded.customers.frame.columns))
