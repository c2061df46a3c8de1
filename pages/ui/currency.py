"""The currency of the sales report: as the file writes it, or as chosen."""

from __future__ import annotations

import streamlit as st

from pages.ui import state
from segmentation.money import Currency, written_currency
from segmentation.results import Loaded

SIGNS = ("£", "$", "€", "¥", "₹", "CHF", "kr", "zł")
NONE = "No sign"


def choice(loaded: Loaded) -> Currency:
    """Draw the choice and return the currency."""
    found = written_currency(loaded.schema).sign
    signs = [NONE, *SIGNS]
    if found and found not in signs:
        signs.append(found)
    chosen = st.selectbox(
        "Currency",
        signs,
        index=signs.index(found) if found else 0,
        key=state.key("currency"),
        persist_state="session",
        label_visibility="collapsed",
        width=110,
    )
    return Currency(sign="" if chosen == NONE else chosen)
