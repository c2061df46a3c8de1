"""Lines that hold a table in another form: quoted whole, or with columns cut by position."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from segmentation.reading.cells import parse
from segmentation.reading.dialect import Guess, detect_dialect, lines_of
from segmentation.reading.source import Content, gathered
from segmentation.results import Change

BLOCK_BYTES = 4 << 20
FEWEST_LINES = 3
# So few lines, titles and notes, may cross a gap between columns.
MOST_ACROSS = 0.02
COMMONLY = 0.5

_WHOLE = re.compile(r'"((?:[^"]|"")*)"')

Rewrite = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """A way to write every line anew, and how well what comes of it is cut.

    Parameters
    ----------
    kind : str
        What is done, in words.
    line : callable
        Writes one line, given without its end.
    guess : Guess
        The dialect of what it writes.
    delimited : bool
        Whether its delimiter stands in the file.
    """

    kind: str
    line: Rewrite
    guess: Guess
    delimited: bool


def find_rewriting(sample: str, best: Guess, delimiter: str | None) -> Rewriting | None:
    """Find out whether a text is cut better when its lines are written anew.

    Parameters
    ----------
    sample : str
        The start of the text.
    best : Guess
        Its dialect as it stands.
    delimiter : str or None
        The delimiter if it is known.

    Examples
    --------
    >>> sample = '"id,spend"\\n"1,20"\\n"2,30"\\n'
    >>> found = find_rewriting(sample, detect_dialect(sample)[0], None)
    >>> found.kind, found.guess.dialect.delimiter
    ('quotes around a whole line taken off', ',')
    """
    lines = [line.removesuffix("\r") for line in lines_of(sample, best.dialect.newline)]
    lines = [line for line in lines if line.strip()]
    ways: list[tuple[str, Rewrite, str | None]] = []
    if sum(bool(_WHOLE.fullmatch(line)) for line in lines) > COMMONLY * len(lines):
        ways.append(("quotes around a whole line taken off", _unwrapped, delimiter))
    if delimiter is None and (starts := _starts(lines)):
        ways.append(("columns cut by their places in the line", _cutter(starts), "\t"))
    found = []
    for kind, rewrite, told in ways:
        written = [rewrite(line) for line in lines]
        guess = detect_dialect("\n".join(written), told)[0]
        mark = guess.dialect.delimiter
        # Words and names are cut evenly by chance, cells without a space behind the mark are not.
        even = mark != ", " and len({len(parse(line, guess.dialect)[0]) for line in written}) == 1
        delimited = rewrite is _unwrapped
        if guess.score > best.score and ((even and mark.strip(" ")) or not delimited):
            found.append(Rewriting(kind=kind, line=rewrite, guess=guess, delimited=delimited))
    return max(found, key=lambda way: way.guess.score, default=None)


def rewritten(utf8: Content, way: Rewriting) -> tuple[Content, Change]:
    """Write a text anew, with as many lines, and say for how many that changed them."""
    newline = way.guess.dialect.newline.encode()
    count = 0
    examples: list[tuple[str, str]] = []

    def blocks() -> Iterator[bytes]:
        nonlocal count
        for block in _blocks(utf8, newline):
            lines = block.decode().split(newline.decode())
            for i, line in enumerate(lines):
                text = line.removesuffix("\r")
                anew = way.line(text) if text.strip() else text
                if anew != text:
                    count += 1
                    if len(examples) < FEWEST_LINES:
                        examples.append((text[:120], anew[:120].replace("\t", " | ")))
                    lines[i] = anew + line[len(text) :]
            yield newline.decode().join(lines).encode()

    text = gathered(blocks(), len(utf8))
    return text, Change(kind=way.kind, count=count, examples=tuple(examples))


def _blocks(utf8: Content, newline: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(utf8):
        end = utf8.find(newline, start + BLOCK_BYTES)
        end = len(utf8) if end < 0 else end + 1
        yield bytes(utf8[start:end])
        start = end


def _unwrapped(line: str) -> str:
    whole = _WHOLE.fullmatch(line)
    return whole[1].replace('""', '"') if whole else line


def _starts(lines: list[str]) -> list[int]:
    """Find where columns start that have nothing but spaces before them in every line."""
    aligned = sum("  " in line.strip() for line in lines)
    if len(lines) < FEWEST_LINES or aligned < COMMONLY * len(lines) or "\t" in "".join(lines):
        return []
    length = max(map(len, lines))
    filled = [0] * (length + 1)
    for line in lines:
        for i, char in enumerate(line):
            filled[i] += char != " "
    blank = [count <= MOST_ACROSS * len(lines) for count in filled]
    first = next((i for i in range(length) if not blank[i]), length)
    starts = []
    for i in range(first + 1, length):
        if blank[i - 1] and not blank[i]:
            # A single space may be one within names, if no name of a column starts behind it.
            named = lines[0][i - 1 : i] == " " and lines[0][i : i + 1].strip()
            if blank[i - 2] or named:
                starts.append(i)
    return starts


def _cutter(starts: list[int]) -> Rewrite:
    edges: list[int | None] = [0, *starts, None]

    def cut(line: str) -> str:
        cells = (line[a:b].strip() for a, b in itertools.pairwise(edges))
        return "\t".join(cells)

    return cut
