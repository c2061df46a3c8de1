"""Delimited text to a grid of text cells, told nothing but the bytes."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from segmentation.errors import ReadError
from segmentation.reading.dialect import SAMPLE_CHARACTERS, Guess, detect_dialect
from segmentation.reading.encoding import Encoding, detect_encoding, is_utf8
from segmentation.reading.grid import Grid, check_extent
from segmentation.reading.quotes import keeps_the_rules
from segmentation.reading.records import Dialect, Record, records
from segmentation.results import Change, Question, Reading, SetAsideLine
from segmentation.settings import ReadSettings

BLOCK_BYTES = 4 << 20
BLOCK_ROWS = 20_000
NEARLY_AS_GOOD = 0.97
EXAMPLES = 3
FEWEST_ODD = 8
MOST_ODD = 0.08
DELIMITER_NAMES = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "pipe",
    " ": "space",
    ", ": "comma and space",
}

Progress = Callable[[float], None]


def read_delimited(
    data: bytes, name: str, settings: ReadSettings, progress: Progress | None = None
) -> Grid:
    """Read delimited text into a grid.

    Parameters
    ----------
    data : bytes
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
        If the bytes are no text, or not in the encoding told.

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
            widths=np.empty(0, dtype=np.int64),
            encoding=_plain_name(encoding.name),
        )
    guesses = detect_dialect(sample, settings.delimiter)
    best = guesses[0]
    grid = _cut(utf8, best, name, progress or (lambda _: None))
    questions = [encoding.question] if encoding.question else []
    questions += _delimiter_question(guesses, sample, name)
    return Grid(
        cells=grid.cells,
        lines=grid.lines,
        widths=grid.widths,
        width=best.shape.width,
        encoding=_plain_name(encoding.name),
        delimiter=best.dialect.delimiter or settings.delimiter,
        set_aside=_excel_line(utf8, best.dialect),
        changes=(*changes, *grid.changes),
        questions=tuple(questions),
    )


def _utf8(data: bytes, encoding: str, told: bool, name: str) -> tuple[bytes, list[Change]]:
    changes: list[Change] = []
    if encoding not in ("utf-8", "utf-8-sig") or not is_utf8(data):
        try:
            data = b"".join(_transcoded(data, encoding, "strict"))
        except UnicodeError:
            if told:
                raise ReadError(
                    f"The text is not in the encoding {encoding}",
                    where=name,
                    remedy="Leave the encoding out, or name another",
                ) from None
            data = b"".join(_transcoded(data, encoding, "replace"))
            count = data.count("\ufffd".encode())
            changes.append(Change(kind="bytes that are no text replaced", count=count, examples=()))
    nulls = data.count(b"\x00")
    if nulls:
        data = data.replace(b"\x00", b"")
        changes.append(Change(kind="zero bytes taken out", count=nulls, examples=()))
    if not told and _is_binary(data):
        raise ReadError(
            "The file is not text", where=name, remedy="Export the table as CSV or XLSX"
        )
    return data.removeprefix(b"\xef\xbb\xbf"), changes


def _transcoded(data: bytes, encoding: str, errors: str) -> Iterator[bytes]:
    reader = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors=errors, newline="")
    while text := reader.read(BLOCK_BYTES):
        yield text.encode()


def _is_binary(data: bytes) -> bool:
    head = data[:8192]
    odd = sum(head.count(bytes([code])) for code in range(1, 32) if code not in (9, 10, 12, 13, 26))
    return odd > FEWEST_ODD + MOST_ODD * len(head)


def _plain_name(encoding: str) -> str:
    return {"utf-8-sig": "utf-8"}.get(encoding, encoding)


def _sample(utf8: bytes) -> str:
    start = len(utf8) - len(utf8.lstrip(b"\r\n")) if utf8[:1] in (b"\r", b"\n") else 0
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


def _cut(utf8: bytes, guess: Guess, name: str, progress: Progress) -> Grid:
    """Cut with Arrow where every line keeps the rules; else with care, line by line."""
    check_extent(1, guess.shape.width, name)
    dialect = guess.dialect
    start = _first_line(utf8, dialect)
    end = len(utf8)
    while end > start and utf8[end - 1] in b"\r\n":
        end -= 1
    body = memoryview(utf8)[start:end]
    skipped = utf8.count(dialect.newline.encode(), 0, start)
    plain = len(dialect.delimiter) == 1 and not dialect.backslash and guess.shape.width > 1
    if plain:
        grid = _by_rule(body, utf8, (start, end), guess, skipped, progress)
        if grid is not None:
            check_extent(grid.cells.num_rows, guess.shape.width, name)
            return grid
    return _with_care(body, guess, skipped, name, progress)


def _first_line(utf8: bytes, dialect: Dialect) -> int:
    """Pass over the line that tells Excel the delimiter."""
    head = utf8[:8].lower()
    if head.startswith(b"sep=" + dialect.delimiter.encode()) and dialect.delimiter:
        end = utf8.find(dialect.newline.encode())
        if 0 < end <= 8:
            return end + 1
    return 0


def _excel_line(utf8: bytes, dialect: Dialect) -> tuple[SetAsideLine, ...]:
    end = _first_line(utf8, dialect)
    if not end:
        return ()
    return (SetAsideLine(line=1, reason="preamble", cells=(utf8[:end].decode().strip("\r\n"),)),)


def _by_rule(
    body: memoryview,
    utf8: bytes,
    span: tuple[int, int],
    guess: Guess,
    skipped: int,
    progress: Progress,
) -> Grid | None:
    dialect, width = guess.dialect, guess.shape.width
    newline = dialect.newline.encode()
    quoted = utf8.find(dialect.quote.encode()) >= 0
    other = b"\r" if newline == b"\n" else b"\n"
    if other in utf8 and utf8.count(other) != utf8.count(b"\r\n"):
        return None
    # Arrow takes a blank line for a row of empty cells.
    if any(utf8.find(two, *span) >= 0 for two in (newline * 2, b"\n\r\n")):
        return None
    if quoted and not keeps_the_rules(body, dialect):
        return None
    names = [str(i) for i in range(width)]
    batches: list[pa.RecordBatch] = []
    try:
        reader = pa.csv.open_csv(
            pa.BufferReader(pa.py_buffer(body)),
            read_options=pa.csv.ReadOptions(column_names=names, block_size=BLOCK_BYTES),
            parse_options=pa.csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote if quoted else False,
                newlines_in_values=quoted,
                ignore_empty_lines=False,
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
        for batch in reader:
            batches.append(batch)
            progress(min(1.0, len(batches) * BLOCK_BYTES / max(len(body), 1)))
    except pa.ArrowInvalid:
        return None
    cells = pa.Table.from_batches(batches)
    ends = utf8.count(newline, *span)
    lines = np.arange(cells.num_rows, dtype=np.int64)
    if quoted and cells.num_rows != ends + 1:
        within = _newlines_within(cells, dialect, width)
        if within is None:
            return None
        lines[1:] += np.cumsum(within)[:-1]
    return Grid(
        cells=cells,
        lines=lines + skipped + 1,
        widths=np.full(cells.num_rows, width, dtype=np.int64),
    )


def _newlines_within(cells: pa.Table, dialect: Dialect, width: int) -> npt.NDArray[np.int64] | None:
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


def _with_care(body: memoryview, guess: Guess, skipped: int, name: str, progress: Progress) -> Grid:
    dialect, shape = guess.dialect, guess.shape
    lines: list[npt.NDArray[np.int64]] = []
    widths: list[npt.NDArray[np.int64]] = []
    blocks: list[list[pa.Array]] = []
    repairs: Counter[str] = Counter()
    examples: dict[str, list[tuple[str, str]]] = {}
    cut = records(_lines(body, dialect.newline, progress), dialect, shape)
    # Cells as Python objects weigh ten times their text, so only a block of rows is held so.
    while block := list(itertools.islice(cut, BLOCK_ROWS)):
        lines.append(np.array([record.line for record in block], dtype=np.int64))
        widths.append(np.array([len(record.cells) for record in block], dtype=np.int64))
        check_extent(len(lines) * BLOCK_ROWS, int(widths[-1].max()), name)
        blocks.append(_columns(block, int(widths[-1].max())))
        for record in block:
            if record.repair is not None:
                repairs[record.repair] += 1
                held = examples.setdefault(record.repair, [])
                if len(held) < EXAMPLES:
                    held.append(_example(record))
    width = max((len(columns) for columns in blocks), default=0)
    names = [str(i) for i in range(width)]
    cells = pa.concat_tables(
        pa.table(_widened(columns, width, len(rows)), names=names)
        for columns, rows in zip(blocks, lines, strict=True)
    )
    return Grid(
        cells=cells,
        lines=np.concatenate(lines) + skipped,
        widths=np.concatenate(widths),
        changes=tuple(
            Change(kind=kind, count=count, examples=tuple(examples[kind]))
            for kind, count in repairs.items()
        ),
    )


def _lines(body: memoryview, newline: str, progress: Progress) -> Iterator[str]:
    """Give lines as text, decoding a block at a time."""
    end, start = newline.encode(), 0
    while start < len(body):
        block = bytes(body[start : start + BLOCK_BYTES])
        if start + BLOCK_BYTES < len(body):
            cut = block.rfind(end)
            while cut < 0:
                block = bytes(body[start : start + 2 * len(block)])
                cut = block.rfind(end) if start + len(block) < len(body) else len(block)
            block = block[:cut]
        yield from block.decode().split(newline)
        start += len(block) + 1
        progress(min(1.0, start / len(body)))


def _columns(block: list[Record], width: int) -> list[pa.Array]:
    rows = [
        record.cells
        if len(record.cells) == width
        else record.cells + [""] * (width - len(record.cells))
        for record in block
    ]
    return [pa.array(cells, pa.large_string()) for cells in zip(*rows, strict=True)]


def _widened(columns: list[pa.Array], width: int, rows: int) -> list[pa.Array]:
    if len(columns) == width:
        return columns
    blank = pa.array([""] * rows, pa.large_string())
    return columns + [blank] * (width - len(columns))


def _example(record: Record) -> tuple[str, str]:
    return f"line {record.line}: {record.written[:120]}", " | ".join(record.cells)[:120]
