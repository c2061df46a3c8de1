"""Delimited text to a grid of text cells, told nothing but the bytes."""

from __future__ import annotations

from codecs import BOM_UTF8

import numpy as np
import pyarrow as pa

from segmentation.errors import ReadError
from segmentation.reading.cells import Dialect
from segmentation.reading.cutting import Progress, cut
from segmentation.reading.dialect import SAMPLE_CHARACTERS, Guess, detect_dialect
from segmentation.reading.encoding import Encoding, detect_encoding, is_utf8
from segmentation.reading.grid import Grid
from segmentation.reading.rewriting import find_rewriting, rewritten
from segmentation.reading.source import Content
from segmentation.reading.transcoding import to_utf8
from segmentation.results import Change, Question, Reading, SetAsideLine
from segmentation.settings import DELIMITER_NAMES, ReadSettings

NEARLY_AS_GOOD = 0.97
FEWEST_ODD = 8
MOST_ODD = 0.08


def read_delimited(
    data: Content, name: str, settings: ReadSettings, progress: Progress | None = None
) -> Grid:
    """Read delimited text into a grid.

    Parameters
    ----------
    data : bytes or mmap
        The whole file.
    name : str
        The file's name, for messages.
    settings : ReadSettings
        The encoding and delimiter, where they are known.
    progress : callable, optional
        Told the share that is read, now and then; what it raises ends the reading.

    Raises
    ------
    ReadError
        If the bytes are no text, or next to nothing is in the encoding told.

    Examples
    --------
    >>> grid = read_delimited(b"id;spend\\n1;20\\n", "a.csv", ReadSettings())
    >>> grid.delimiter, grid.cells.num_rows
    (';', 2)
    """
    encoding = (
        detect_encoding(data, name)
        if settings.encoding is None
        else Encoding(name=settings.encoding)
    )
    utf8, changes = _utf8(data, encoding.name, settings.encoding is not None, name)
    sample = _sample(utf8)
    if not sample.strip():
        return Grid(
            cells=pa.table({}),
            lines=np.empty(0, dtype=np.int64),
            widths=np.empty(0, dtype=np.int32),
            encoding=_plain_name(encoding.name),
        )
    guesses = detect_dialect(sample, settings.delimiter)
    best = guesses[0]
    way = find_rewriting(sample, best, settings.delimiter)
    if way is not None:
        utf8, change = rewritten(utf8, way)
        changes += (change,)
        best, guesses = way.guess, [way.guess]
    first = _excel_line(utf8, best.dialect)
    told = progress or (lambda _: None)
    grid = cut(utf8[first:] if first else utf8, best, name, told, lines_before=bool(first))
    questions = [encoding.question] if encoding.question else []
    questions += _delimiter_question(guesses, sample, name)
    return Grid(
        cells=grid.cells,
        lines=grid.lines,
        widths=grid.widths,
        width=best.shape.width,
        encoding=_plain_name(encoding.name),
        delimiter=(best.dialect.delimiter if way is None or way.delimited else None)
        or settings.delimiter,
        set_aside=_told_excel(utf8[:first].decode()) if first else (),
        changes=(*changes, *grid.changes),
        questions=tuple(questions),
    )


def _utf8(
    data: Content, encoding: str, told: bool, name: str
) -> tuple[Content, tuple[Change, ...]]:
    if not told and not encoding.startswith(("utf-16", "utf-32")) and _is_binary(data):
        raise ReadError(
            "The file is not text", where=name, remedy="Export the table as CSV or XLSX"
        )
    changes: tuple[Change, ...] = ()
    if encoding not in ("utf-8", "utf-8-sig") or not is_utf8(data):
        data, changes = to_utf8(data, encoding, name)
    if data.find(b"\x00") >= 0:
        data = bytes(data)
        nulls = data.count(b"\x00")
        data = data.replace(b"\x00", b"")
        changes += (Change(kind="zero bytes taken out", count=nulls, examples=()),)
    return data[len(BOM_UTF8) :] if data[: len(BOM_UTF8)] == BOM_UTF8 else data, changes


def _is_binary(data: Content) -> bool:
    head = data[:8192]
    odd = sum(head.count(bytes([code])) for code in range(1, 32) if code not in (9, 10, 12, 13, 26))
    return odd > FEWEST_ODD + MOST_ODD * len(head)


def _plain_name(encoding: str) -> str:
    return {"utf-8-sig": "utf-8"}.get(encoding, encoding)


def _sample(utf8: Content) -> str:
    start = 0
    while start < len(utf8) and utf8[start] in b"\r\n":
        start += 1
    return utf8[start : start + SAMPLE_CHARACTERS].decode("utf-8", "ignore")


def _delimiter_question(guesses: list[Guess], sample: str, name: str) -> list[Question]:
    rivals = [g for g in guesses[:2] if g.score >= NEARLY_AS_GOOD * guesses[0].score > 0]
    if len(rivals) < 2 or not rivals[0].dialect.delimiter or not rivals[1].dialect.delimiter:
        return []
    line = next(line for line in sample.splitlines() if line.strip())
    return [
        Question(
            setting="delimiter",
            text="What stands between two cells?",
            where=name,
            readings=tuple(
                Reading(
                    value=guess.dialect.delimiter,
                    label=DELIMITER_NAMES[guess.dialect.delimiter],
                    examples=((line, " | ".join(line.split(guess.dialect.delimiter))),),
                )
                for guess in rivals
            ),
        )
    ]


def _excel_line(utf8: Content, dialect: Dialect) -> int:
    """Measure the line that tells Excel the delimiter, with its end; 0 if there is none."""
    end = utf8.find(dialect.newline.encode())
    told = b"sep=" + dialect.delimiter.encode()
    if end < 0 or not dialect.delimiter or utf8[:end].lower().rstrip(b"\r") != told:
        return 0
    return end + 1


def _told_excel(text: str) -> tuple[SetAsideLine, ...]:
    return (SetAsideLine(line=1, reason="preamble", cells=(text.strip("\r\n"),)),)
