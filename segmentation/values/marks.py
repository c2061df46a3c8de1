"""What is written where nothing is known; what may be somebody's name is left alone."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from segmentation.values.cells import Bools, Cells, among, matches

Content = Literal["number", "date", "category", "name"]

# Nobody and nothing is called so; the last are Excel's errors in six languages.
_EMPTY = frozenset(
    {"", "n/a", "#n/a", "nan", "<na>", "<null>", "(null)", "(blank)", "(leer)", "(vide)"}
    | {"#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"}
    | {"#spill!", "#calc!", "#field!", "#busy!", "#blocked!", "#unknown!", "#connect!"}
    | {"#getting_data", "#nv", "#wert!", "#bezug!", "#zahl!", "#überlauf!", "#kalk!"}
    | {"#valeur!", "#nom?", "#nombre!", "#nul!", "#propagation!", "#epars!", "#éparpiller!"}
    | {"#n/d", "#¡valor!", "#¡ref!", "#¡div/0!", "#¿nombre?", "#¡num!", "#¡número!", "#¡nulo!"}
    | {"#¡desbordamiento!", "#¡calc!", "#valore!", "#rif!", "#nome?", "#nullo!", "#espansione!"}
    | {"#valor!", "#núm!", "#número!", "#nulo!", "#despejar!", "#excedente!", "#nombre?"}
)
# Somebody may be called so: Ms Null, the initials NA.
_WORDS = frozenset({"na", "null", "-", "--", "—", ".", "?"})
_NO_DATE = r"^0+[-/.]0+[-/.]0+[0 :.T]*$"


def missing(cells: Cells, content: Content) -> Bools:
    """Tell the distinct texts that stand for nothing.

    Parameters
    ----------
    cells : Cells
        A column.
    content : {"number", "date", "category", "name"}
        What the column holds; ids and labels are names. Beside numbers and dates every mark
        counts, and a category has all but "None". Among names a word such as NA or null counts
        only where all others are whole numbers; NA is Namibia among two-letter codes.

    Examples
    --------
    >>> cells = Cells.of(pd.Series(["Null", "n/a", "Ann"], dtype="str"))
    >>> missing(cells, "name").tolist(), missing(cells, "category").tolist()
    ([False, True, False], [True, True, False])
    """
    empty = among(cells.trimmed, _EMPTY)
    if content == "date":
        empty |= matches(cells.trimmed, _NO_DATE)
    if content in ("number", "date"):
        return empty | among(cells.trimmed, _WORDS | {"none"})
    words = among(cells.trimmed, _WORDS)
    if not words.any():
        return empty
    others = ~(empty | words)
    if content == "name":
        return empty | words if _all(cells, others, r"^[0-9]+([.,]0)?$") else empty
    namibia = among(cells.trimmed, frozenset({"na"})) & others.any()
    return empty | words & ~(namibia & _all(cells, others, r"^(?:[A-Z]{2}|[a-z]{2})$"))


def is_missing(text: pd.Series[Any], content: Content = "category") -> Bools:
    """Tell the cells that stand for nothing; see `missing`.

    Examples
    --------
    >>> is_missing(pd.Series(["", " n/a", "None", "0"], dtype="str")).tolist()
    [True, True, False, False]
    """
    cells = Cells.of(text)
    return np.asarray(cells.rows(missing(cells, content)), dtype=bool)


def _all(cells: Cells, chosen: Bools, pattern: str) -> bool:
    return bool(matches(cells.trimmed, pattern)[chosen].all())
