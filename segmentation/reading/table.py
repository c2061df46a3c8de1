"""The one door for data: a source becomes a table of text and a report of how it was read."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.errors import ReadError
from segmentation.reading.archive import looks_like, unpack
from segmentation.reading.cutting import Progress
from segmentation.reading.delimited import read_delimited
from segmentation.reading.grid import Grid
from segmentation.reading.guards import without_guards
from segmentation.reading.layout import Layout, find_layout
from segmentation.reading.limits import ReadLimits
from segmentation.reading.source import Content, Source
from segmentation.reading.workbook import read_workbook
from segmentation.results import Change, ReadReport, SetAsideLine, Table
from segmentation.settings import ReadSettings
from segmentation.values import make_typed
from segmentation.words import words

HEAD_BYTES = 4096
ID_WORDS = frozenset({"id", "no", "nr", "num", "number", "nummer", "numero", "número", "numéro"})
TEXT = pd.StringDtype(na_value=np.nan)


def read_table(
    source: str | os.PathLike[str] | Source,
    settings: ReadSettings | None = None,
    *,
    as_text: bool = False,
    limits: ReadLimits | None = None,
    progress: Progress | None = None,
) -> Table:
    """Read a CSV file or a workbook.

    Parameters
    ----------
    source : path or Source
        What to read.
    settings : ReadSettings, optional
        What is known of sheet, encoding, delimiter and header; the rest is found out.
    as_text : bool
        True keeps every cell as the text it was read as; False turns columns that hold nothing
        but numbers, or nothing but dates, into numbers and dates.
    limits : ReadLimits, optional
        What opening a workbook or an archive may cost.
    progress : callable, optional
        Told the share that is read, now and then; what it raises ends the reading.

    Returns
    -------
    Table
        The frame, and the report of how it was read. A file with nothing but a header has no
        rows, an empty one no columns either.

    Raises
    ------
    ReadError
        If the source is damaged or not a table.

    Examples
    --------
    >>> table = read_table(Source(name="a.csv", data=b"id,spend\\n007,20\\n"), as_text=True)
    >>> table.frame.loc[0, "id"], table.report.rows
    ('007', 1)
    """
    settings = settings or ReadSettings()
    if not isinstance(source, Source):
        source = Source.from_path(source)
    grid = _read_grid(source, settings, limits or ReadLimits(), progress)
    layout = find_layout(grid, settings.header_rows)
    report, body = _described(grid, layout, source)
    window = _window(layout.records)
    lines = grid.lines[window]
    of_grid = {place: is_text[window] for place, is_text in grid.texts.items()}
    if body.kept is not None:
        lines = lines[body.kept]
        of_grid = {place: is_text[body.kept] for place, is_text in of_grid.items()}
    # Of a large file neither bytes nor grid are to be held while the frame is made of the cells.
    del source, grid, layout
    frame = _frame(body)
    names = dict(enumerate(frame.columns))
    texts = {names[place]: is_text for place, is_text in of_grid.items() if place in names}
    table = Table(frame=frame, report=report, lines=lines, texts=texts)
    if as_text:
        return table
    table = without_guards(table)
    report, texts, index = table.report, table.texts, table.frame.index
    columns = dict(table.frame.items())
    # Nothing else is to hold the texts while numbers and dates are made of them.
    del table, frame, body
    make_typed(columns)
    frame = pd.DataFrame(columns, index=index, copy=False)
    return Table(frame=frame, report=report, lines=lines, texts=texts)


def _read_grid(
    source: Source, settings: ReadSettings, limits: ReadLimits, progress: Progress | None
) -> Grid:
    data, name, note = source.data, source.name, ""
    content = looks_like(_head(data), name)
    if content != "text":
        data = bytes(data)
        content = looks_like(data, name)
    if content == "archive":
        data, name = unpack(bytes(data), name, limits=limits, progress=progress)
        content, note = looks_like(data, name), f"The table is {name!r} in the archive."
    if content == "workbook":
        grid = read_workbook(bytes(data), name, settings.sheet, limits=limits, progress=progress)
    elif settings.sheet is not None:
        raise ReadError("A text file has no sheets", where=name, remedy="Leave the sheet out")
    else:
        grid = read_delimited(data, name, settings, progress)
    return replace(grid, notes=(note, *grid.notes)) if note else grid


def _head(data: Content) -> bytes:
    return data if isinstance(data, bytes) else data[:HEAD_BYTES]


@dataclass(slots=True, kw_only=True, eq=False)
class _Body:
    """The records' cells, given up column by column.

    Parameters
    ----------
    cells : pyarrow.Table
        The rows from the first record to the last.
    kept : ndarray of bool or None
        Which of them are records; None if all are.
    """

    cells: pa.Table
    kept: npt.NDArray[np.bool_] | None

    @classmethod
    def of(cls, cells: pa.Table, records: npt.NDArray[np.int64]) -> _Body:
        span = _window(records)
        part = cells.slice(span.start, span.stop - span.start)
        if part.num_rows == len(records):
            return cls(cells=part, kept=None)
        kept = np.zeros(part.num_rows, dtype=bool)
        kept[records - span.start] = True
        return cls(cells=part, kept=kept)

    def column(self, i: int) -> pa.ChunkedArray:
        column = self.cells.column(i)
        return column if self.kept is None else column.filter(pa.array(self.kept))


def _window(records: npt.NDArray[np.int64]) -> slice:
    return slice(int(records[0]), int(records[-1]) + 1) if len(records) else slice(0, 0)


def _described(grid: Grid, layout: Layout, source: Source) -> tuple[ReadReport, _Body]:
    header = _joined(grid.rows(layout.header), grid.cells.num_columns)
    body = _Body.of(grid.cells, layout.records)
    widest = int(grid.widths[layout.records].max(initial=layout.width))
    header = _within(header, body, max(widest, layout.width))
    changes, doubts = grid.changes, grid.doubts
    if (
        grid.delimiter == ","
        and layout.header
        and len(header) == layout.width + 1 > 2
        and (grid.widths[layout.records] == len(header)).all()
    ):
        put_together, doubt = _with_decimals(header, body)
        changes, doubts = (*changes, *put_together), (*doubts, *doubt)
    overflow_columns = max(0, len(header) - layout.width) if layout.header else 0
    names, notes = _unique_names(header)
    rows = len(layout.records)
    blank = grid.cells.num_rows - len(layout.header) - len(layout.set_aside) - rows
    if blank:
        passed = "1 line is" if blank == 1 else f"{blank:,} lines are"
        notes.append(f"{passed} blank and passed over.")
    short_rows = int((grid.widths[layout.records] < layout.width).sum())
    if short_rows:
        have = "1 row has" if short_rows == 1 else f"{short_rows:,} rows have"
        notes.append(f"{have} fewer cells than the header; the missing ones are empty.")
    if overflow_columns:
        more = "1 cell" if overflow_columns == 1 else f"up to {overflow_columns} cells"
        notes.append(f"Some rows have {more} more than the header has names.")
    report = ReadReport(
        name=source.name,
        sha256=source.sha256,
        rows=rows,
        columns=len(names),
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        sheet=grid.sheet,
        sheets=grid.sheets,
        header_rows=len(layout.header),
        header_line=int(grid.lines[layout.header[0]]) if layout.header else None,
        overflow_columns=overflow_columns,
        set_aside=(*grid.set_aside, *_set_aside(grid, layout)),
        changes=changes,
        questions=grid.questions,
        notes=(*grid.notes, *notes),
        doubts=doubts,
    )
    body.cells = body.cells.rename_columns(names)
    return report, body


def _frame(body: _Body) -> pd.DataFrame:
    """Make a frame of text, giving up each column of the cells as it is taken over."""
    rows = body.cells.num_rows if body.kept is None else int(body.kept.sum())
    columns = {}
    for name in body.cells.column_names:
        columns[name] = TEXT.__from_arrow__(body.column(0))  # type: ignore[attr-defined]
        body.cells = body.cells.remove_column(0)
        pa.default_memory_pool().release_unused()
    return pd.DataFrame(columns, index=range(rows), copy=False)


def _joined(rows: list[list[str]], width: int) -> list[str]:
    """Join header rows by a space; a name in an upper row goes on over the blanks behind it."""
    names = [""] * width
    for level, row in enumerate(rows):
        above = ""
        for i in range(width):
            cell = " ".join(row[i].split())
            above = cell or above
            spread = level < len(rows) - 1 and bool(rows[-1][i].strip())
            names[i] = f"{names[i]} {above if spread else cell}".strip()
    return names


def _set_aside(grid: Grid, layout: Layout) -> tuple[SetAsideLine, ...]:
    rows = grid.rows([row for row, _ in layout.set_aside])
    return tuple(
        SetAsideLine(
            line=int(grid.lines[row]), reason=reason, cells=tuple(cells[: grid.widths[row]])
        )
        for (row, reason), cells in zip(layout.set_aside, rows, strict=True)
    )


def _within(header: list[str], body: _Body, width: int) -> list[str]:
    """Cut off what no row of the table fills, and nameless, empty columns at the right."""
    header = header[:width]
    while len(header) > 1 and not header[-1] and _is_blank(body.column(len(header) - 1)):
        header.pop()
    body.cells = body.cells.select(range(min(len(header), body.cells.num_columns)))
    return header


def _with_decimals(header: list[str], body: _Body) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Put numbers together that were cut at their decimal comma, in the last two columns.

    Row numbers without a name in the header shift all cells as well; they count up from 0 or 1, and
    then the last column holds numbers of its own, which don't begin with 0, and the first name is
    not theirs.
    """
    whole, cents = (body.column(len(header) - back) for back in (2, 1))
    if not len(cents) or not (
        pc.all(pc.match_substring_regex(whole, r"^\s*-?\d+$")).as_py()
        and pc.all(pc.match_substring_regex(cents, r"^\d\d$")).as_py()
    ):
        return (), ()
    first = body.column(0).slice(0, 2).to_pylist()
    numbered = first in (["0", "1"], ["1", "2"]) and not ID_WORDS.intersection(words(header[0]))
    if numbered and not pc.any(pc.starts_with(cents, "0")).as_py():
        return (), (
            "Every row has one cell more than the header has names, and the last two look like one "
            "number that was split at its decimal comma. If so, export the table with semicolons "
            "between the cells, or with quotes around the numbers.",
        )
    left, right = body.cells.columns[-2:]
    joined = pc.binary_join_element_wise(left, right, ",")
    cells = body.cells.remove_column(len(header) - 1)
    body.cells = cells.set_column(len(header) - 2, cells.field(len(header) - 2), joined)
    header.pop()
    examples = zip(whole[:3].to_pylist(), cents[:3].to_pylist(), strict=True)
    return (
        Change(
            kind="numbers that were split at their decimal comma put together",
            count=len(cents),
            examples=tuple((f"{a} | {b}", f"{a},{b}") for a, b in examples),
        ),
    ), ()


def _is_blank(column: pa.ChunkedArray) -> bool:
    return bool(pc.all(pc.equal(pc.utf8_trim_whitespace(column), "")).as_py())


def _unique_names(header: list[str]) -> tuple[list[str], list[str]]:
    """Name the nameless ``column_N`` and number the repeated."""
    names: list[str] = []
    notes: list[str] = []
    for position, name in enumerate(header, start=1):
        unique = name or f"column_{position}"
        if not name:
            notes.append(f"Column {position} has no name; it is called {unique!r}.")
        number = 2
        while unique in names or (unique != name and unique in header):
            unique = f"{name or f'column_{position}'}_{number}"
            number += 1
        if name and unique != name:
            notes.append(
                f"The name {name!r} stands more than once; column {position} is called {unique!r}."
            )
        names.append(unique)
    return names, notes
