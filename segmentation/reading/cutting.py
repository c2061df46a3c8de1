"""A text of known dialect to cells: by Arrow where every line keeps the rules, else with care."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from segmentation.reading.cells import Dialect
from segmentation.reading.dialect import Guess
from segmentation.reading.grid import Grid, check_extent
from segmentation.reading.quotes import keeps_the_rules
from segmentation.reading.records import OTHER_QUOTE, Record, records
from segmentation.reading.source import Content, let_go
from segmentation.results import Change

BLOCK_BYTES = 16 << 20
CAREFUL_BYTES = 1 << 18
BLOCK_ROWS = 20_000
MOST_LINES_ACROSS = 2_000
EXAMPLES = 3

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Piece:
    """A part of the text that was cut; lines count from 1."""

    cells: pa.Table
    lines: npt.NDArray[np.int64]
    widths: npt.NDArray[np.int32]
    repaired: tuple[Record, ...] = ()


def cut(utf8: Content, guess: Guess, name: str, progress: Progress, lines_before: int = 0) -> Grid:
    """Cut a text into a grid.

    Where the whole text keeps the rules of its dialect, Arrow cuts it at once. Else it is cut block
    by block, and only the blocks that break the rules are read line by line.

    Parameters
    ----------
    utf8 : bytes
        The text; line ends behind it are passed over.
    guess : Guess
        Its dialect, and the shape of its records.
    name : str
        The file's name, for messages.
    progress : callable
        Told the share that is cut.
    lines_before : int
        Lines that stood above the text.

    Raises
    ------
    ReadError
        If the grid would be larger than any table.

    Examples
    --------
    >>> from segmentation.reading.dialect import detect_dialect
    >>> text = "a,b\\n1,2\\n"
    >>> cut(text.encode(), detect_dialect(text)[0], "a.csv", print).lines.tolist()
    1.0
    [1, 2]
    """
    check_extent(1, guess.shape.width, name)
    end = len(utf8)
    while end and utf8[end - 1] in b"\r\n":
        end -= 1

    def done(share: float) -> None:
        let_go(utf8)
        progress(share)

    piece = _by_rule(memoryview(utf8)[:end], guess, done)
    if piece is None:
        piece = _together(list(_pieces(utf8, end, guess, name, done)))
    check_extent(piece.cells.num_rows, piece.cells.num_columns, name)
    piece = _shifted(piece, lines_before) if lines_before else piece
    return Grid(
        cells=piece.cells,
        lines=piece.lines,
        widths=piece.widths,
        changes=_changes(piece.repaired),
    )


def _pieces(
    utf8: Content, end: int, guess: Guess, name: str, progress: Progress
) -> Iterator[_Piece]:
    lines_before = 0
    for start, stop in _spans(utf8, end, guess.dialect, BLOCK_BYTES):
        piece = _by_rule(memoryview(utf8)[start:stop], guess, lambda _: None)
        if piece is not None:
            yield _shifted(piece, lines_before)
            lines_before += _count_lines(utf8[start:stop])
        else:
            parts = []
            for first, last in _spans(utf8, stop, guess.dialect, CAREFUL_BYTES, start):
                text = utf8[first:last]
                part = _with_care(text.decode(), guess, name, from_start=first == 0)
                parts.append(_shifted(part, lines_before))
                lines_before += _count_lines(text)
            piece = _together(parts)
            # In many small parts the memory of what is freed later would not go back.
            yield replace(piece, cells=piece.cells.combine_chunks())
        progress(stop / end)


def _spans(
    utf8: Content, end: int, dialect: Dialect, size: int, start: int = 0
) -> Iterator[tuple[int, int]]:
    """Divide a text at line ends that lie outside of quotes, as far as their number tells."""
    newline, quote = dialect.newline.encode(), dialect.quote.encode()
    while start < end:
        stop = utf8.find(newline, start + size, end)
        inside = utf8[start:stop].count(quote) % 2 if stop >= 0 else 0
        for _ in range(MOST_LINES_ACROSS):
            if not inside or stop < 0:
                break
            further = utf8.find(newline, stop + 1, end)
            inside = (inside + utf8[stop : further if further >= 0 else end].count(quote)) % 2
            stop = further
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop + 1


def _count_lines(text: bytes) -> int:
    return 1 + text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")


def _by_rule(text: memoryview, guess: Guess, progress: Progress) -> _Piece | None:
    """Cut with Arrow; None if a line breaks the rules or has another width."""
    dialect, width = guess.dialect, guess.shape.width
    if len(dialect.delimiter) != 1 or dialect.backslash or width < 2:
        return None
    ends = _line_ends(text, dialect)
    if ends is None:
        return None
    quoted = ord(dialect.quote) in text if len(text) < BLOCK_BYTES else True
    if quoted and not keeps_the_rules(text, dialect):
        return None
    names = [str(i) for i in range(width)]
    batches: list[pa.RecordBatch] = []
    try:
        reader = pa.csv.open_csv(
            pa.BufferReader(pa.py_buffer(text)),
            read_options=pa.csv.ReadOptions(column_names=names, block_size=BLOCK_BYTES),
            parse_options=pa.csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote if quoted else False,
                newlines_in_values=quoted,
                ignore_empty_lines=False,
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
        for batch in reader:
            batches.append(batch)
            progress(min(1.0, len(batches) * BLOCK_BYTES / len(text)))
    except pa.ArrowInvalid:
        return None
    cells = pa.Table.from_batches(batches)
    if width > 2 and _has_dressed_rows(cells, dialect):
        return None
    lines = np.arange(1, cells.num_rows + 1, dtype=np.int64)
    if cells.num_rows != ends + 1:
        within = _ends_within(cells, dialect, width)
        if within is None:
            return None
        lines[1:] += np.cumsum(within)[:-1]
    widths = np.broadcast_to(np.int32(width), (cells.num_rows,))
    return _Piece(cells=cells, lines=lines, widths=widths)


def _has_dressed_rows(cells: pa.Table, dialect: Dialect) -> bool:
    """Tell whether there are rows with all cells in the other quotes, or with a space before."""
    quote = OTHER_QUOTE[dialect.quote]
    first, second = cells.columns[:2]
    dressed = pc.or_(pc.starts_with(first, quote), pc.starts_with(second, quote))
    if dialect.delimiter == ",":
        dressed = pc.or_(dressed, pc.starts_with(second, " "))
    some = cells.filter(dressed)
    spaced = quoted = pa.array([True] * some.num_rows, pa.bool_())
    for i, column in enumerate(some.columns):
        quoted = pc.and_(quoted, pc.match_substring_regex(column, f"^(?s:{quote}.*{quote})?$"))
        if i:
            spaced = pc.and_(spaced, pc.match_substring_regex(column, "^ ([^ ]|$)"))
    return bool(some.num_rows) and bool(pc.any(pc.or_(quoted, spaced)).as_py())


def _line_ends(text: memoryview, dialect: Dialect) -> int | None:
    """Count the line ends; None if there are blank lines or ends of two kinds.

    Arrow takes every kind for a line's end, and a blank line for a row of empty cells.
    """
    count = feeds = returns = pairs = 0
    before = b""
    for start in range(0, len(text), BLOCK_BYTES):
        block = before + bytes(text[start : start + BLOCK_BYTES])
        if b"\n\n" in block:
            return None
        seen = len(before)
        feeds += block.count(b"\n", seen)
        if b"\r" in block:
            if b"\r\r" in block or b"\n\r\n" in block:
                return None
            returns += block.count(b"\r", seen)
            pairs += block.count(b"\r\n", max(0, seen - 1))
        before = block[-2:]
    count = feeds if dialect.newline == "\n" else returns
    mixed = returns != pairs if dialect.newline == "\n" else feeds
    return None if mixed else count


def _ends_within(cells: pa.Table, dialect: Dialect, width: int) -> npt.NDArray[np.int64] | None:
    """Count the line ends in each row's cells; None if a cell looks like swallowed rows."""
    found = np.zeros(cells.num_rows, dtype=np.int64)
    for column in cells.columns:
        counts = pc.count_substring(column, dialect.newline).to_numpy()
        found += counts
        for text in column.filter(pa.array(counts > 0)).to_pylist():
            inner = text.split(dialect.newline)[1:]
            if any(line.count(dialect.delimiter) >= width - 1 for line in inner):
                return None
    return found


def _with_care(text: str, guess: Guess, name: str, *, from_start: bool) -> _Piece:
    lines = text.split(guess.dialect.newline)
    cut_records = records(lines, guess.dialect, guess.shape, from_start=from_start)
    pieces: list[_Piece] = []
    # Cells as Python objects weigh ten times their text, so only a block of rows is held so.
    while block := list(itertools.islice(cut_records, BLOCK_ROWS)):
        widths = np.array([len(record.cells) for record in block], dtype=np.int32)
        check_extent(len(block), int(widths.max()), name)
        pieces.append(
            _Piece(
                cells=_table(block, int(widths.max())),
                lines=np.array([record.line for record in block], dtype=np.int64),
                widths=widths,
                repaired=tuple(record for record in block if record.repair is not None),
            )
        )
    return _together(pieces)


def _table(block: list[Record], width: int) -> pa.Table:
    rows = (
        record.cells
        if len(record.cells) == width
        else record.cells + [""] * (width - len(record.cells))
        for record in block
    )
    columns = [pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)]
    return pa.table(columns, names=[str(i) for i in range(width)])


def _together(pieces: list[_Piece]) -> _Piece:
    """Put pieces below each other, each widened to the widest."""
    width = max(piece.cells.num_columns for piece in pieces)
    if len(pieces) == 1:
        return pieces[0]
    return _Piece(
        cells=pa.concat_tables(_widened(piece, width) for piece in pieces),
        lines=np.concatenate([piece.lines for piece in pieces]),
        widths=np.concatenate([piece.widths for piece in pieces]),
        repaired=tuple(record for piece in pieces for record in piece.repaired),
    )


def _shifted(piece: _Piece, lines_before: int) -> _Piece:
    """Count a piece's lines from the start of the text."""
    repaired = (replace(record, line=record.line + lines_before) for record in piece.repaired)
    return replace(piece, lines=piece.lines + lines_before, repaired=tuple(repaired))


def _widened(piece: _Piece, width: int) -> pa.Table:
    cells = piece.cells
    blank = pa.array([""] * len(piece.lines), pa.string())
    for i in range(cells.num_columns, width):
        cells = cells.append_column(str(i), blank)
    return cells


def _changes(repaired: tuple[Record, ...]) -> tuple[Change, ...]:
    counts = Counter(record.repair for record in repaired)
    return tuple(
        Change(
            kind=kind,
            count=count,
            examples=tuple(
                (f"line {record.line:,}: {record.written[:120]}", " | ".join(record.cells)[:120])
                for record in itertools.islice(
                    (record for record in repaired if record.repair == kind), EXAMPLES
                )
            ),
        )
        for kind, count in counts.items()
        if kind is not None
    )
