"""Corrections of this session, met again by files with the same columns; nobody else sees them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import state
from segmentation.remembering import Corrections, recall, remember
from segmentation.settings import SchemaSettings


def recalled(columns: Sequence[str]) -> SchemaSettings:
    """Return what was corrected for an earlier file with these columns."""
    return recall(_store(), columns) or SchemaSettings()


def keep(columns: Sequence[str], settings: SchemaSettings) -> None:
    """Keep what the columns are for; how dates and numbers are written is each file's own."""
    plain = SchemaSettings(kind=settings.kind, roles=settings.roles)
    st.session_state["corrections"] = remember(_store(), columns, plain)


def set_met(settings: SchemaSettings) -> None:
    """Note what the file just taken got from an earlier one."""
    st.session_state[state.key("met")] = settings


def met() -> SchemaSettings:
    """Return what the present file got from an earlier one."""
    found: SchemaSettings = st.session_state.get(state.key("met"), SchemaSettings())
    return found


def _store() -> Corrections:
    found: Corrections = st.session_state.get("corrections", Corrections())
    return found
