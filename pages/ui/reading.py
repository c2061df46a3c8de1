"""How the file is read: what is asked, what was told, and all that can be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

import pandas as pd
import streamlit as st

from pages.ui import state
from segmentation.notation import orders_found
from segmentation.numerals import counted
from segmentation.results import Question, Reading, Sheet
from segmentation.settings import DELIMITER_NAMES, MOST_HEADER_ROWS, Recipe

TITLES = {
    "sheet": "Sheet",
    "encoding": "Encoding",
    "delimiter": "Delimiter",
    "header": "Header rows",
    "dates": "Dates",
    "decimal": "Decimal mark",
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Western, Windows (cp1252)",
    "iso8859_15": "Western, ISO 8859-15",
    "mac_roman": "Western, Mac Roman",
    "cp850": "Western, DOS (cp850)",
    "cp1250": "Central European, Windows (cp1250)",
    "iso8859_2": "Central European, ISO 8859-2",
    "cp1251": "Cyrillic, Windows (cp1251)",
    "cp1253": "Greek, Windows (cp1253)",
    "cp1254": "Turkish, Windows (cp1254)",
}
WORDS = {
    "encoding": ENCODINGS,
    "delimiter": DELIMITER_NAMES,
    "header": {str(rows): str(rows) for rows in range(MOST_HEADER_ROWS + 1)},
    "dates": {"dmy": "day first", "mdy": "month first", "ymd": "year first"},
    "decimal": {"point": "point", "comma": "comma"},
}
MOST_EXAMPLES = 6
# No value of a list: a list that is shown again takes None for nothing chosen yet.
WORK_IT_OUT = ""

# Where what is said of a file is kept: by the name of the setting.
KeyOf = Callable[[str], str]


def told(key_of: KeyOf = state.key) -> Recipe:
    """Return what the analyst said of the file, as the widgets stand."""
    recipe = Recipe()
    for setting in TITLES:
        value = st.session_state.get(key_of(setting)) or WORK_IT_OUT
        if value != WORK_IT_OUT:
            recipe = recipe.answered(setting, value)
    return recipe


def ask(questions: Sequence[Question], key_of: KeyOf = state.key) -> None:
    """Draw a box for each open question, both readings on the analyst's own values."""
    for question in {one.setting: one for one in reversed(questions)}.values():
        with st.container(border=True, key=f"question-{key_of(question.setting)}"):
            st.markdown(f":material/help: **{state.escape(question.text)}**")
            readings = question.readings
            for start in range(0, len(readings), 2):
                pair = readings[start : start + 2]
                for place, reading in zip(st.columns(2, gap="medium"), pair, strict=False):
                    with place:
                        _reading(question, reading, key_of)
            first = question.readings[0].label
            st.caption(state.escape(f"Until you say, this is assumed: {first}."))


def said(key_of: KeyOf = state.key) -> None:
    """Say quietly what was told of the file, each with the way to take it back."""
    for setting, title in TITLES.items():
        value = st.session_state.get(key_of(setting)) or WORK_IT_OUT
        if value == WORK_IT_OUT:
            continue
        word = WORDS.get(setting, {}).get(value, value)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"{title}: {state.escape(word)} (you said so)", width="content")
            st.button(
                "Change",
                key=f"change-{key_of(setting)}",
                type="tertiary",
                on_click=_tell,
                args=(key_of(setting), WORK_IT_OUT),
                help=f"Take back what you said about this: {title.lower()}",
            )


def choices() -> None:
    """Offer all that can be told of a file, and say what is found without."""
    report, schema = state.taken().report, state.taken().schema
    asked = {question.setting for question in (*report.questions, *schema.questions)}
    marks = {column.decimal for column in schema.columns if column.type == "number"}
    found: dict[str, Set[str]] = {
        "header": {str(file.header_rows) for file in report.files},
        "dates": set(orders_found(schema)),
        "decimal": marks,
    }
    if report.sheet is None:
        found = {
            "encoding": {file.encoding or "" for file in report.files},
            "delimiter": {file.delimiter or "" for file in report.files},
            **found,
        }
    with st.popover("How the file is read", icon=":material/tune:"):
        for setting, values in found.items():
            words = [WORDS[setting].get(value, value) for value in sorted(values) if value]
            answer = "only you can tell" if setting in asked else f"found: {' and '.join(words)}"
            nothing = f"Work it out ({answer})" if words else "Work it out"
            _select(setting, WORDS[setting], nothing)


def sheet_choice() -> None:
    """Offer the sheets of a workbook that has several, with their sizes."""
    report = state.taken().report
    if len(report.sheets) > 1:
        labels = {sheet.name: _sheet(sheet) for sheet in report.sheets}
        _select("sheet", labels, f"Work it out (found: {report.sheet})")


def _reading(question: Question, reading: Reading, key_of: KeyOf) -> None:
    names = ["Column", "First row"] if question.setting == "sheet" else ["Written", "Read as"]
    rows = pd.DataFrame(reading.examples[:MOST_EXAMPLES], columns=names, dtype="str")
    st.table(rows.map(state.escape), border="horizontal", hide_index=True)
    st.button(
        state.widget_label(reading.label),
        key=key_of(f"answer-{question.setting}-{reading.value}"),
        on_click=_tell,
        args=(key_of(question.setting), reading.value),
        width="stretch",
    )


def _select(setting: str, words: dict[str, str], nothing: str) -> None:
    labels = {WORK_IT_OUT: nothing, **words}
    st.selectbox(
        TITLES[setting],
        list(labels),
        format_func=lambda value: labels.get(value, value),
        key=state.key(setting),
        persist_state="session",
    )


def _sheet(sheet: Sheet) -> str:
    size = ""
    if sheet.rows:
        rows = counted(sheet.rows, "row", "rows")
        size = f", {rows} by {counted(sheet.columns, 'column', 'columns')}"
    return f"{sheet.name}{size}{' (hidden)' if sheet.hidden else ''}"


def _tell(key: str, value: str) -> None:
    st.session_state[key] = value
