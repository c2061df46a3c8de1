"""The one door for data: a source becomes a table of text and a report of how it was read."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.errors import ReadError
from segmentation.reading.delimited import read_delimited
from segmentation.reading.grid import Grid
from segmentation.reading.source import Source
from segmentation.reading.workbook import read_workbook
from segmentation.results import ReadReport, Table
from segmentation.settings import ReadSettings
from segmentation.values import typed_frame

WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
TEXT_ENDINGS = (".csv", ".tsv", ".txt")


def read_table(
    source: str | os.PathLike[str] | Source,
    settings: ReadSettings | None = None,
    *,
    as_text: bool = False,
) -> Table:
    """Read a CSV file or a workbook.

    Parameters
    ----------
    source : path or Source
        What to read.
    settings : ReadSettings, optional
        The sheet of a workbook.
    as_text : bool
        True keeps every cell as the text it was read as; False turns columns that hold nothing
        but numbers, or nothing but dates, into numbers and dates.

    Returns
    -------
    Table
        The frame, and the report of how it was read.

    Raises
    ------
    ReadError
        If the source is empty, damaged, not a table, or has a header and nothing below it.

    Examples
    --------
    >>> table = read_table(Source(name="a.csv", data=b"id,spend\\n007,20\\n"), as_text=True)
    >>> table.frame.loc[0, "id"], table.report.rows
    ('007', 1)
    """
    settings = settings or ReadSettings()
    if not isinstance(source, Source):
        source = Source.from_path(source)
    if not source.data:
        raise ReadError(
            "The file is empty", where=source.name, remedy="Choose a file with a header row"
        )
    table = _with_header(_read_grid(source, settings), source)
    if as_text:
        return table
    return replace(table, frame=typed_frame(table.frame))


def _read_grid(source: Source, settings: ReadSettings) -> Grid:
    if source.name.lower().endswith(WORKBOOK_ENDINGS):
        return read_workbook(source.data, source.name, settings.sheet)
    if settings.sheet is not None:
        raise ReadError(
            "A text file has no sheets", where=source.name, remedy="Leave the sheet out"
        )
    return read_delimited(source.data, source.name)


def _with_header(grid: Grid, source: Source) -> Table:
    where = source.name if grid.sheet is None else f"{source.name}, sheet {grid.sheet!r}"
    header = [str(column[0].as_py()).strip() for column in grid.cells.columns]
    body = grid.cells.slice(1)
    if body.num_rows == 0:
        raise ReadError(
            "There is a header but no row below it",
            where=where,
            remedy="Choose a file with one row a customer or an order line",
        )
    header_width = len(header) - grid.overflow_columns
    header, body = _without_empty_edge(header, body)
    overflow_columns = max(0, len(header) - header_width)
    names, notes = _unique_names(header)
    if grid.short_rows:
        rows = "1 row has" if grid.short_rows == 1 else f"{grid.short_rows:,} rows have"
        notes.append(f"{rows} fewer cells than the header; the missing ones are empty.")
    if overflow_columns:
        notes.append(
            f"Some rows have up to {overflow_columns} cells more than the header has names."
        )
    frame = body.rename_columns(names).to_pandas()
    return Table(
        frame=frame.astype("str"),
        report=ReadReport(
            name=source.name,
            sha256=source.sha256,
            rows=len(frame),
            columns=len(names),
            encoding=grid.encoding,
            delimiter=grid.delimiter,
            sheet=grid.sheet,
            sheets=grid.sheets,
            header_rows=1,
            header_line=1,
            overflow_columns=overflow_columns,
            notes=tuple(notes),
        ),
        lines=np.arange(2, len(frame) + 2),
    )


def _without_empty_edge(header: list[str], body: pa.Table) -> tuple[list[str], pa.Table]:
    """Cut nameless, empty columns off the right."""
    while len(header) > 1 and not header[-1] and _is_blank(body.column(len(header) - 1)):
        header, body = header[:-1], body.remove_column(len(header) - 1)
    return header, body


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
