"""How a CSV is to be written: for whom, or by hand."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from pages.ui import state
from segmentation.exporting import EXCEL, EXCEL_COMMA, PLAIN, CsvStyle
from segmentation.exporting.delimited import DecimalSign, Separator

READERS = {
    "Other programs": PLAIN,
    "Excel, 1,234.50": EXCEL,
    "Excel, 1.234,50": EXCEL_COMMA,
}
BY_HAND = "My own choice"
SEPARATORS: dict[Separator, str] = {",": "Comma", ";": "Semicolon", "\t": "Tab"}
SIGNS: dict[DecimalSign, str] = {".": "Point", ",": "Comma"}


def choose() -> CsvStyle:
    """Let the reader choose who opens the file, or every mark."""
    reader = st.selectbox(
        "CSV for",
        [*READERS, BY_HAND],
        key=state.key("csv-reader"),
        persist_state="session",
        help="Excel takes the decimal sign and the separator of the country it is set to, and "
        "reads accents rightly only if the file begins with a mark.",
    )
    if reader != BY_HAND:
        return READERS[reader]
    with st.container(horizontal=True):
        separator = st.selectbox(
            "Separator",
            list(SEPARATORS),
            format_func=lambda mark: SEPARATORS[mark],
            key=state.key("csv-separator"),
            persist_state="session",
        )
        # A comma can't part both cells and decimals.
        signs = [sign for sign in get_args(DecimalSign) if sign != separator]
        decimal = st.selectbox(
            "Decimal sign",
            signs,
            format_func=lambda sign: SIGNS[sign],
            key=state.key(f"csv-decimal-{len(signs)}"),
            persist_state="session",
        )
    mark = st.toggle(
        "Begin with the mark that Excel needs",
        key=state.key("csv-mark"),
        persist_state="session",
    )
    return CsvStyle(separator=separator, decimal=decimal, byte_order_mark=mark, rewritten=True)
