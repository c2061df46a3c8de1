"""Delimited text: encoding and delimiter from the bytes alone, then a grid of text cells."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv

from segmentation.errors import ReadError
from segmentation.reading.grid import Grid, check_extent

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_CHARACTERS = 64_000
SAMPLE_ROWS = 200
LONGEST_CELL = 10_000_000
BLOCK_ROWS = 20_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a workbook or an archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)


def read_delimited(data: bytes, name: str) -> Grid:
    """Read delimited text into a grid.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        The file's name, for messages.

    Raises
    ------
    ReadError
        If the file is empty, is not text, or has a quote that never ends.

    Examples
    --------
    >>> grid = read_delimited(b"id;spend\\n1;20\\n", "a.csv")
    >>> grid.delimiter, grid.cells.num_rows
    (';', 2)
    """
    _refuse_binary(data, name)
    encoding = detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"The text is not valid {error.encoding} at byte {error.start:,}",
            where=name,
            remedy="Save it as CSV UTF-8 and choose it again",
        ) from None
    if not text.strip():
        raise ReadError("The file is empty", where=name, remedy="Choose a file with a header row")
    if "\x00" in text[:SAMPLE_CHARACTERS]:
        raise ReadError(
            "The file is not text", where=name, remedy="Export the table as CSV or XLSX"
        )
    delimiter = detect_delimiter(text)
    utf8 = data if encoding == "utf-8" else text.encode("utf-8")
    cells, short_rows, overflow_columns = _parse(utf8, text, delimiter, name)
    _refuse_open_quote(cells, text, delimiter, name)
    return Grid(
        cells=cells,
        encoding="utf-8" if encoding == "utf-8-sig" else encoding,
        delimiter=delimiter,
        short_rows=short_rows,
        overflow_columns=overflow_columns,
    )


def detect_encoding(data: bytes) -> str:
    """Name the encoding: by its mark, else UTF-8 if the bytes allow it, else Windows Western.

    Examples
    --------
    >>> detect_encoding("Zoë".encode("cp1252")), detect_encoding("Zoë".encode())
    ('cp1252', 'utf-8')
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def detect_delimiter(text: str) -> str:
    """Choose the delimiter that cuts the first rows most evenly, then into most cells.

    Examples
    --------
    >>> detect_delimiter("name;city\\nA, B;Rome\\n")
    ';'
    """
    sample = text[:SAMPLE_CHARACTERS]
    if len(text) > SAMPLE_CHARACTERS:
        sample = sample[: sample.rfind("\n") + 1] or sample

    def evenness(delimiter: str) -> tuple[float, int]:
        try:
            rows = list(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))
        except csv.Error:
            return (0.0, 0)
        widths = Counter(len(row) for row in rows[:SAMPLE_ROWS] if row)
        if not widths:
            return (0.0, 0)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        return (0.0, 0) if width < 2 else (count / widths.total(), width)

    scores = {delimiter: evenness(delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


def _refuse_binary(data: bytes, name: str) -> None:
    for magic, what in _BINARY:
        if data.startswith(magic) and (len(magic) > 2 or b"\x00" in data[:512]):
            raise ReadError(
                f"The file is {what}, not a table of text",
                where=name,
                remedy="Export the table as CSV, or as XLSX with that ending, and choose it again",
            )


def _refuse_open_quote(cells: pa.Table, text: str, delimiter: str, name: str) -> None:
    """Every parser takes a quote that never ends for one that ends with the file."""
    last_row = [str(column[-1].as_py()) for column in cells.columns]
    last = next((cell for cell in reversed(last_row) if cell), "")
    tail = '"' + last.replace('"', '""')
    if not last or not text.endswith(tail):
        return
    # A cell of nothing but quotes looks the same, so a row is added: does it stay a row?
    lines = io.StringIO(f"{text}\nend", newline="")
    *_, added = csv.reader(lines, delimiter=delimiter)
    if added != ["end"]:
        line = len(text[: -len(tail)].splitlines() or [""])
        raise ReadError(
            "A quote is opened and never closed, and swallows the rest of the file",
            where=f"{name}, line {line:,}",
            remedy="Close or remove the quote there",
        )


def _parse(utf8: bytes, text: str, delimiter: str, name: str) -> tuple[pa.Table, int, int]:
    """Parse with Arrow; a file whose rows differ in length goes to the patient reader."""
    try:
        start = io.StringIO(text[:LONGEST_CELL].lstrip("\r\n"), newline="")
        width = len(next(row for row in csv.reader(start, delimiter=delimiter) if row))
    except csv.Error:
        return _parse_ragged(text, delimiter, name)
    check_extent(1, width, name)
    names = [str(i) for i in range(width)]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(utf8),
            read_options=pa.csv.ReadOptions(column_names=names, block_size=4 << 20),
            parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return _parse_ragged(text, delimiter, name)
    return table, 0, 0


def _parse_ragged(text: str, delimiter: str, name: str) -> tuple[pa.Table, int, int]:
    """Fill short rows with empty cells and widen the table to its longest row."""
    header_width = width = rows = short_rows = 0
    for row in _rows(text, delimiter, name):
        header_width = header_width or len(row)
        width = max(width, len(row))
        rows += 1
        short_rows += len(row) < header_width
    check_extent(rows, width, name)
    names = [str(i) for i in range(width)]
    blocks = []
    reader = _rows(text, delimiter, name)
    # Cells as Python objects weigh ten times their text, so only a block of rows is held so.
    while block := list(itertools.islice(reader, BLOCK_ROWS)):
        columns = [[row[i] if i < len(row) else "" for row in block] for i in range(width)]
        blocks.append(pa.table([pa.array(cells, pa.string()) for cells in columns], names=names))
    return pa.concat_tables(blocks), short_rows, width - header_width


def _rows(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from (row for row in reader if row)
    except csv.Error as error:
        raise ReadError(
            f"The text can't be cut into cells: {error}",
            where=f"{name}, line {reader.line_num:,}",
            remedy="Look for a quote that is opened and never closed",
        ) from None
