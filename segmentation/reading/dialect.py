"""The dialect of a text: a short list of candidates, scored by one function."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass

from segmentation.reading.kinds import column_kinds, kind
from segmentation.reading.records import Dialect, Shape, parse
from segmentation.settings import DELIMITERS

SAMPLE_CHARACTERS = 100_000
SAMPLE_LINES = 400
SAMPLE_CELLS = 20_000
# A space is in every text: it must cut much better than the others to be a delimiter.
PRIOR = {" ": 0.6, "": 0.35}
# A tie is decided by the order of the candidates.
CLOSE = 1e-9

_EXCEL_LINE = re.compile(r"\ufeff?sep=(,|;|\t|\||,\s)\r?\n?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A dialect, and how well it cuts the sample.

    Parameters
    ----------
    dialect : Dialect
        The candidate.
    score : float
        Between 0 and 1; see `score`.
    shape : Shape
        What the records of the sample look like when cut so.
    """

    dialect: Dialect
    score: float
    shape: Shape


def detect_dialect(sample: str, delimiter: str | None = None) -> list[Guess]:
    """Rank the candidates by how well they cut a sample.

    Parameters
    ----------
    sample : str
        The start of the text, at least one line.
    delimiter : str, optional
        The delimiter if it is known.

    Returns
    -------
    list of Guess
        The best first, one for each delimiter.

    Examples
    --------
    >>> detect_dialect("name;note\\nA;'x; y'\\nB;'z'\\n")[0].dialect
    Dialect(delimiter=';', quote="'", backslash=False, newline='\\n')
    """
    told = _EXCEL_LINE.match(sample)
    if told:
        delimiter = delimiter or told[1]
        sample = sample[told.end() :]
    delimiters = DELIMITERS if delimiter is None else (delimiter,)
    quotes = [q for q in ('"', "'") if _wraps(q, sample)] or ['"']
    slashes = [False, True] if any("\\" + q in sample for q in quotes) else [False]
    newlines = _newlines(sample)
    candidates = [
        Dialect(delimiter=d, quote=q, backslash=b, newline=n)
        for d, q, b, n in itertools.product(delimiters, quotes, slashes, newlines)
        if d in sample
    ]
    if delimiter is None or not candidates:
        candidates += [
            Dialect(delimiter="", quote=q, newline=n)
            for q, n in itertools.product(quotes, newlines)
        ]
    lines = {newline: _lines(sample, newline) for newline in newlines}
    best: dict[str, Guess] = {}
    for candidate in candidates:
        guess = score(lines[candidate.newline], candidate)
        held = best.get(candidate.delimiter)
        if held is None or guess.score > held.score + CLOSE:
            best[candidate.delimiter] = guess
    return sorted(best.values(), key=lambda guess: -guess.score)


def _newlines(sample: str) -> list[str]:
    """Line feeds end lines, unless there are none, or carriage returns without them too."""
    feeds, returns = sample.count("\n"), sample.count("\r") - sample.count("\r\n")
    if not returns:
        return ["\n"]
    return ["\n", "\r"] if feeds else ["\r"]


def _lines(sample: str, newline: str) -> list[str]:
    lines = sample.split(newline)
    # The sample ends within a line, unless it is all there is.
    cut_off = len(sample) >= SAMPLE_CHARACTERS and 1 < len(lines) <= SAMPLE_LINES
    return lines[:-1] if cut_off else lines[:SAMPLE_LINES]


def score(lines: list[str], dialect: Dialect) -> Guess:
    """Score how well a dialect cuts lines: evenly, into many cells, each of them whole.

    The score is evenness × wholeness × (w - 1)/w, with w the most frequent number of cells above 1
    in a record; evenness is the share of records with w cells, and wholeness the share of their
    cells that look like something (`kind`) and not like the remains of a wrong cut. It follows van
    den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type patterns",
    2019, with numbers of cells for their row patterns.

    Examples
    --------
    >>> lines = ["a,b c", "1,2 3"]
    >>> score(lines, Dialect(delimiter=",")).score > score(lines, Dialect(delimiter=" ")).score
    True
    """
    rows = _rows(lines, dialect)
    widths = Counter(len(row) for row in rows)
    if not dialect.delimiter:
        width = 1
    else:
        wide = {w: n * (w - 1) / w for w, n in widths.items() if w > 1}
        width = max(wide, key=lambda w: (wide[w], w), default=1)
    fitting = [row for row in rows if len(row) == width]
    if not fitting or (width == 1 and dialect.delimiter):
        return Guess(dialect=dialect, score=0.0, shape=Shape(width=width, kinds=["text"] * width))
    few = fitting[: max(1, SAMPLE_CELLS // width)]
    cells = [cell for row in few for cell in row]
    whole = sum(kind(cell) != "torn" for cell in cells) / len(cells)
    # Empty cells prove nothing: delimiters side by side cut any line into them.
    filled = sum(bool(cell) for cell in cells) / len(cells)
    evenness = len(fitting) / len(rows)
    many = (width - 1) / width if dialect.delimiter else 1.0
    value = evenness * whole * many * (0.5 + 0.5 * filled) * PRIOR.get(dialect.delimiter, 1.0)
    body = fitting[1:] or fitting
    return Guess(
        dialect=dialect,
        score=value,
        shape=Shape(width=width, kinds=column_kinds(body, width)),
    )


def _rows(lines: list[str], dialect: Dialect) -> list[list[str]]:
    """Cut without knowing the width: a cell of several lines goes on until its quote closes."""
    rows: list[list[str]] = []
    i = 0
    while i < len(lines):
        line = lines[i].removesuffix("\r")
        i += 1
        if not line.strip(" "):
            continue
        cells, form = parse(line, dialect)
        if form == "open":
            for end in range(i, min(i + 50, len(lines))):
                if dialect.quote in lines[end]:
                    text = dialect.newline.join(lines[i - 1 : end + 1]).removesuffix("\r")
                    longer, form = parse(text, dialect)
                    if form == "right":
                        cells, i = longer, end + 1
                        break
                    if form == "odd":
                        break
        rows.append(cells)
    return rows


def _wraps(quote: str, sample: str) -> bool:
    """Tell whether a mark stands around a cell somewhere."""
    edge = "[,;\\t| \\r\\n]"
    return bool(
        re.search(rf"(?:^|{edge}){quote}(?:[^{quote}]|{quote}{quote})*?{quote}(?:{edge}|$)", sample)
    )
