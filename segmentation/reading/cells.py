"""One record to its cells: by the rules of its dialect, or against them into a known number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WIDEST_REGROUPED = 500

Form = Literal["right", "odd", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How lines are cut into cells.

    Parameters
    ----------
    delimiter : str
        One of `DELIMITERS`; empty if a line is one cell.
    quote : {'"', "'"}
        What cells may be wrapped in.
    backslash : bool
        Whether a backslash, and not a second quote, comes before a quote within a cell.
    newline : {"\\n", "\\r"}
        What ends a line; a carriage return before a line feed belongs to the line's end.
    """

    delimiter: str
    quote: str = '"'
    backslash: bool = False
    newline: str = "\n"


def parse(text: str, dialect: Dialect) -> tuple[list[str], Form]:
    """Cut one record by the rules of RFC 4180, and say whether it keeps them.

    Returns
    -------
    cells, form
        ``odd`` if text follows a closing quote; ``open`` if a quote never closes.

    Examples
    --------
    >>> parse('a,"b ""c"", d"', Dialect(delimiter=","))
    (['a', 'b "c", d'], 'right')
    """
    delimiter, quote = dialect.delimiter, dialect.quote
    if quote not in text and not (dialect.backslash and "\\" in text):
        return (text.split(delimiter) if delimiter else [text]), "right"
    cells: list[str] = []
    form: Form = "right"
    start = 0
    while True:
        opening = start
        while text.startswith(" ", opening) and delimiter != " ":
            opening += 1
        if text.startswith(quote, opening):
            cell, end = _quoted(text, opening + 1, dialect)
            if end < 0:
                return [*cells, cell], "open"
            behind = end
            while text.startswith(" ", behind) and delimiter != " ":
                behind += 1
            if behind == len(text):
                return [*cells, cell], form
            if delimiter and text.startswith(delimiter, behind):
                cells.append(cell)
                start = behind + len(delimiter)
                continue
            form = "odd"
        end = text.find(delimiter, start) if delimiter else -1
        cell = text[start:] if end < 0 else text[start:end]
        cells.append(_unescaped(cell, dialect))
        if end < 0:
            return cells, form
        start = end + len(delimiter)


def _quoted(text: str, start: int, dialect: Dialect) -> tuple[str, int]:
    """Take a cell from behind its opening quote to behind its closing one, -1 if there is none."""
    quote = dialect.quote
    i = start
    while True:
        i = text.find(quote, i)
        if i < 0:
            return text[start:], -1
        if dialect.backslash and _is_escaped(text, i, start):
            i += 1
        elif text.startswith(quote, i + 1) and not dialect.backslash:
            i += 2
        else:
            return _inner(text[start:i], dialect), i + 1


def _is_escaped(text: str, i: int, start: int) -> bool:
    slashes = 0
    while i - slashes > start and text[i - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1


def _inner(text: str, dialect: Dialect) -> str:
    """Undo what a writer does to the text within quotes."""
    if dialect.backslash:
        return _unescaped(text, dialect)
    return text.replace(dialect.quote * 2, dialect.quote)


def _unescaped(text: str, dialect: Dialect) -> str:
    if not dialect.backslash or "\\" not in text:
        return text
    out: list[str] = []
    marks = {"\\", dialect.quote, dialect.delimiter}
    i = 0
    while i < len(text):
        if text[i] == "\\" and i + 1 < len(text) and text[i + 1] in marks:
            i += 1
        out.append(text[i])
        i += 1
    return "".join(out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """Cells that were cut against the rules, and in how many of them loose quotes are left."""

    cells: list[str]
    loose: int


def regroup(text: str, dialect: Dialect, width: int) -> Regrouped | None:
    """Cut a line into exactly so many cells although its quotes break the rules.

    The line is cut at every delimiter; neighbouring pieces are joined again where the first begins
    and the last ends with a quote. Of the ways that give the width, the one that leaves the fewest
    loose quotes is taken; loose quotes are text.

    Examples
    --------
    >>> regroup('1,"a "b", c",x', Dialect(delimiter=","), 3).cells
    ['1', 'a "b", c', 'x']
    >>> regroup('1,"ab,x', Dialect(delimiter=","), 3).cells
    ['1', '"ab', 'x']
    """
    delimiter, quote = dialect.delimiter, dialect.quote
    pieces = text.split(delimiter) if delimiter else [text]
    if len(pieces) < width or len(pieces) > WIDEST_REGROUPED:
        return None
    opens = [piece.lstrip(" ").startswith(quote) for piece in pieces]
    closes = [piece.rstrip(" ").endswith(quote) and piece.strip(" ") != quote for piece in pieces]
    lone = [piece.strip(" ") == quote for piece in pieces]
    slack = len(pieces) - width
    # best[cells][pieces used] = (loose quotes, where the last cell starts); only near the diagonal.
    best: list[dict[int, tuple[int, int]]] = [{0: (0, 0)}]
    for cells in range(1, width + 1):
        reached: dict[int, tuple[int, int]] = {}
        for start, (loose, _) in best[-1].items():
            for end in range(start + 1, min(start + 2 + slack, len(pieces) - width + cells + 1)):
                wrapped = (
                    opens[start] and closes[end - 1]
                    if end == start + 1
                    else (opens[start] and (closes[end - 1] or lone[end - 1]))
                )
                if not wrapped and end > start + 1:
                    continue
                cell = delimiter.join(pieces[start:end]).strip(" ")
                bad = _loose(cell[1:-1], quote) if wrapped else int(quote in cell)
                if end not in reached or loose + bad < reached[end][0]:
                    reached[end] = (loose + bad, start)
        best.append(reached)
    if len(pieces) not in best[width]:
        return None
    found: list[str] = []
    end = len(pieces)
    for cells in range(width, 0, -1):
        start = best[cells][end][1]
        found.append(unwrapped(delimiter.join(pieces[start:end]), dialect))
        end = start
    return Regrouped(cells=found[::-1], loose=best[width][len(pieces)][0])


def _loose(text: str, quote: str) -> int:
    """Count the quotes that are not doubled."""
    return text.replace(quote * 2, "").count(quote)


def unwrapped(text: str, dialect: Dialect) -> str:
    inside = text.strip(" ")
    if len(inside) >= 2 and inside.startswith(dialect.quote) and inside.endswith(dialect.quote):
        return _inner(inside[1:-1], dialect)
    return text
