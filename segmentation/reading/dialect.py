"""The dialect of a text: a short list of candidates, scored by one function."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.reading.cells import Dialect, Form, parse
from segmentation.reading.kinds import column_kinds, kind
from segmentation.reading.records import Shape, is_in_other_quotes
from segmentation.settings import DELIMITERS

SAMPLE_CHARACTERS = 100_000
SAMPLE_LINES = 400
SAMPLE_CELLS = 20_000
QUOTES = ('"', "'")
# A space is in every text: it must cut much better than the others to be a delimiter.
PRIOR = {" ": 0.6, "": 0.35}
# No sentences have as many words each, line by line; fewer lines do where they have three or more.
FEWEST_LISTED = 4
FEWEST_LISTED_WIDE = 3
LISTED = 0.9
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
    even : bool
        All records have as many cells.
    loose : int
        Records that break the rules of quotes, and cells with a quote that is neither around them
        nor escaped.
    """

    dialect: Dialect
    score: float
    shape: Shape
    even: bool
    loose: int


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
    ends = {quote: _newline(sample, quote) for quote in QUOTES}
    cutting = [d for d in delimiters if d in sample]
    if delimiter is None or not cutting:
        cutting.append("")
    lines = {newline: lines_of(sample, newline) for newline in ends.values()}
    best: dict[str, Guess] = {}
    for d, q in [(mark, quote) for mark in cutting for quote in _quotes(sample, mark)]:
        slashes = [False, True] if f"\\{q}" in sample else [False]
        either = [Dialect(delimiter=d, quote=q, backslash=b, newline=ends[q]) for b in slashes]
        guesses = [score(lines[ends[q]], candidate) for candidate in either]
        # What a wrong escape swallows looks whole; the quote that is left over tells.
        guess = min(guesses, key=lambda guess: (guess.loose, -guess.score))
        if d not in best or guess.score > best[d].score + CLOSE:
            best[d] = guess
    listed = _is_list(best.get(" "))
    return sorted(
        best.values(),
        key=lambda guess: (listed and not guess.even, -guess.score, guess.dialect.delimiter != ""),
    )


def _is_list(guess: Guess | None) -> bool:
    """Tell words in columns, header and all; what doesn't cut every line then cuts the words."""
    return guess is not None and guess.even and guess.score > 0 and guess.shape.width > 2


def _newline(sample: str, quote: str) -> str:
    """Tell old Macintosh line ends, a carriage return alone, by what stands outside of quotes."""
    outside = "".join(sample.replace(f"\\{quote}", "").split(quote)[::2])
    feeds = outside.count("\n")
    returns = outside.count("\r") - outside.count("\r\n")
    return "\r" if returns > feeds else "\n"


def lines_of(sample: str, newline: str) -> list[str]:
    """Cut a sample into its whole lines, not too many."""
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
    cuts = _cuts(lines, dialect)
    rows = [cut for cut in cuts if cut.form == "right"] or cuts
    widths = Counter(len(cut.cells) for cut in rows)
    if not dialect.delimiter:
        width = 1
    else:
        wide = {w: n * (w - 1) / w for w, n in widths.items() if w > 1}
        width = max(wide, key=lambda w: (wide[w], w), default=1)
    fitting = [cut for cut in rows if len(cut.cells) == width]
    if not fitting:
        shape = Shape(width=width, kinds=["text"] * width)
        return Guess(dialect=dialect, score=0.0, shape=shape, even=False, loose=len(cuts))
    few = fitting[: max(1, SAMPLE_CELLS // width)]
    cells = len(few) * width
    torn = [cell for cut in few for cell in _torn(cut, dialect)]
    # Records whose quotes break the rules count as more than torn throughout.
    broken = 2 * cells / len(fitting) * (len(cuts) - len(rows))
    whole = (cells - len(torn)) / (cells + broken)
    # Empty cells prove nothing: delimiters side by side cut any line into them.
    filled = sum(bool(cell) for cut in few for cell in cut.cells) / cells
    evenness = len(fitting) / len(cuts)
    many = (width - 1) / width if width > 1 else 1.0
    prior = PRIOR.get(dialect.delimiter if width > 1 else "", 1.0)
    enough = FEWEST_LISTED if width == 2 else FEWEST_LISTED_WIDE
    if dialect.delimiter == " " and width > 1 and evenness == 1 and len(cuts) >= enough:
        prior = LISTED
    if dialect.delimiter == " " and not all(map(any, zip(*(c.cells for c in few), strict=True))):
        # Spaces at the ends of lines, or that keep columns apart for the eye.
        prior = 0.0
    body = [cut.cells for cut in fitting[1:] or fitting]
    return Guess(
        dialect=dialect,
        score=evenness * whole * many * prior * (0.5 + 0.5 * filled),
        shape=Shape(width=width, kinds=column_kinds(body, width)),
        even=evenness == 1,
        loose=sum(cut.form != "right" for cut in cuts)
        + sum(dialect.quote in cell for cell in torn),
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """A record as a dialect cuts it."""

    text: str
    cells: list[str]
    form: Form


def _cuts(lines: list[str], dialect: Dialect) -> list[_Cut]:
    """Cut without knowing the width: a cell of several lines goes on until its quote closes."""
    found: list[_Cut] = []
    i = 0
    while i < len(lines):
        text = lines[i].removesuffix("\r")
        i += 1
        if not text.strip(" "):
            continue
        cells, form = parse(text, dialect)
        if form == "open":
            for end in range(i, min(i + 50, len(lines))):
                if dialect.quote in lines[end]:
                    longer = dialect.newline.join(lines[i - 1 : end + 1]).removesuffix("\r")
                    longer_cells, longer_form = parse(longer, dialect)
                    if longer_form == "right":
                        text, cells, form, i = longer, longer_cells, longer_form, end + 1
                    if longer_form != "open":
                        break
        found.append(_Cut(text, cells, form))
    return found


def _torn(cut: _Cut, dialect: Dialect) -> list[str]:
    """Return the cells that look torn; a row in other quotes throughout is odd but once."""
    if is_in_other_quotes(cut.cells, dialect):
        return cut.cells[:1]
    return [cell for cell in cut.cells if _is_torn(cell, cut, dialect)]


def _is_torn(cell: str, cut: _Cut, dialect: Dialect) -> bool:
    """Tell the remains of a wrong cut from text that was wrapped in quotes as it stands."""
    if kind(cell) != "torn":
        return False
    quote = dialect.quote
    escaped = cell.replace(quote, f"\\{quote}" if dialect.backslash else quote * 2)
    return f"{quote}{escaped}{quote}" not in cut.text


def _quotes(sample: str, delimiter: str) -> Sequence[str]:
    return [quote for quote in QUOTES if _wraps(quote, sample, delimiter)] or QUOTES[:1]


def _wraps(quote: str, sample: str, delimiter: str) -> bool:
    """Tell whether a mark stands around a cell somewhere."""
    mark = re.escape(delimiter.strip(" ") or delimiter or "\n")
    inside = rf"(?:\\{quote}|[^{quote}]|{quote}{quote})*?"
    wrapped = rf"(?:^|{mark}|[\r\n]) *{quote}{inside}{quote} *(?:{mark}|[\r\n]|$)"
    return bool(re.search(wrapped, sample))
