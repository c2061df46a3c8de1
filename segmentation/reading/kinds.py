"""What a cell looks like on its own: the common measure of dialects and of headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

Kind = Literal["empty", "number", "date", "address", "text", "torn"]

_SIGNS = r"(?:[€$£¥₹%]|[A-Z]{3}\s)"
_NUMBER = re.compile(
    rf"""[-+(\u2212]?\s?{_SIGNS}?\s?[-+]?
    (?:\d+(?:[.,]\d+)?|[.,]\d+
    |\d{{1,3}}([.,'’\u00a0\u202f\x20])\d{{3}}(?:\1\d{{3}})*(?:[.,]\d+)?
    |\d{{1,2}}(?:,\d{{2}})+,\d{{3}}(?:\.\d+)?)
    (?:[eE][-+]?\d+)?\s?(?:[-)%€$£¥₹]|[A-Z]{{3}})?\)?""",
    re.VERBOSE,
)
_DATE = re.compile(
    r"""(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\.?|\d{1,2}[-\s.][^\W\d]{3,9}\.?[-\s,]\s?\d{2,4}
    |[^\W\d]{3,9}\.?\s\d{1,2},?\s\d{4})?
    (?:[T\s,]{0,2}\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?
    (?:\s?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?""",
    re.VERBOSE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# A mark between two cells that were not cut apart: delimiters with no space behind, loose quotes,
# the end of a line.
_TORN = re.compile(r"""[;|\t]|\r(?!\n)|,(?=\S|$)|^,|^\s|\s$|^["']|["']$|\\["']|""|''""")
MARKS = frozenset({"na", "n/a", "#n/a", "nan", "null", "-", "--", "?", "."})


def kind(cell: str) -> Kind:
    """Say what a cell looks like.

    Returns
    -------
    str
        ``torn`` is text with what looks like the remains of a wrong cut: a delimiter without a
        space behind, quotes at an end, doubled or escaped quotes, spaces at an end.

    Examples
    --------
    >>> [kind(cell) for cell in ("1.234,5", "3 Mar 2011", "n/a", "Rome", 'b"', "a;b")]
    ['number', 'date', 'empty', 'text', 'torn', 'torn']
    """
    if not cell or cell.casefold() in MARKS:
        return "empty"
    if len(cell) <= 40 and any(map(str.isdigit, cell)):
        if _NUMBER.fullmatch(cell):
            return "number"
        if _DATE.fullmatch(cell):
            return "date"
    if _TORN.search(cell) and not _ADDRESS.fullmatch(cell):
        return "torn"
    return "address" if _ADDRESS.fullmatch(cell) else "text"


def column_kinds(rows: Sequence[Sequence[str]], width: int) -> list[Kind]:
    """Say what each column holds: the kind of at least three quarters of its filled cells.

    A column without such a kind is ``text``; one without filled cells is ``empty``.

    Examples
    --------
    >>> column_kinds([["1", "a", ""], ["2", "b"]], 3)
    ['number', 'text', 'empty']
    """
    found: list[Kind] = []
    for i in range(width):
        counts = Counter(kind(row[i].strip()) for row in rows if i < len(row))
        del counts["empty"]
        common = counts.most_common(1)
        fits = common and common[0][1] >= 0.75 * counts.total()
        found.append((common[0][0] if fits else "text") if common else "empty")
    return ["text" if k == "torn" else k for k in found]


def agreement(cells: Iterable[str], kinds: Sequence[Kind]) -> float:
    """Give the share of a row's cells, in columns that are no text, that are of the column's kind.

    Empty cells agree by half: they are at home in every column, but prove nothing.

    Examples
    --------
    >>> agreement(["x", "2"], ["number", "number"])
    0.5
    """
    points = []
    for cell, wanted in zip(cells, kinds, strict=False):
        if wanted in ("text", "empty"):
            continue
        found = kind(cell.strip())
        points.append(1.0 if found == wanted else 0.5 if found == "empty" else 0.0)
    return sum(points) / len(points) if points else 1.0
