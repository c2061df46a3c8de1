"""Workbooks, read by calamine in a child process whose end hurts nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from segmentation.numerals import counted
from segmentation.reading.grid import Grid, check_extent
from segmentation.reading.limits import ReadLimits
from segmentation.reading.merging import Area, with_merged_cells
from segmentation.reading.sandbox import ask_child, child_died
from segmentation.results import Question, Reading, Sheet


def read_workbook(
    data: bytes,
    name: str,
    sheet: str | None = None,
    *,
    limits: ReadLimits | None = None,
    progress: Callable[[float], None] | None = None,
) -> Grid:
    """Read one worksheet into a grid of text.

    Dates come as ISO text, times only where a column has any; formulas as the values stored with
    them; error cells as empty ones, counted in a note; a merged area as `with_merged_cells` says.
    Numbers come with all their digits and without an exponent, except that in a column where no
    number shows nine decimals, what is beyond the ninth is not looked for.

    Parameters
    ----------
    data : bytes
        The whole file: XLSX, XLSM, XLSB, XLS or ODS, whatever its ending says.
    name : str
        The file's name, for messages.
    sheet : str or None
        The worksheet; None takes the one that looks most like a table: visible, with a header,
        most cells filled. Another that does as well is asked about in ``questions``.
    limits : ReadLimits, optional
        What reading may cost.
    progress : callable, optional
        Called with the share done, 0 to 1, while it lasts; may raise to cancel.

    Raises
    ------
    ReadError
        If the workbook is damaged, hostile, protected by a password, too large for the limits,
        empty, or lacks the sheet.
    """
    answer = ask_child("workbook", data, name, limits=limits, progress=progress, sheet=sheet)
    said = answer.fields
    try:
        with pa.ipc.open_stream(pa.py_buffer(answer.payload)) as stream:
            cells = stream.read_all()
    except (pa.ArrowInvalid, OSError):
        raise child_died(name) from None
    # Behind the columns come those that tell the text cells of some of them.
    width = cells.num_columns - len(said["texts"])
    texts = {
        place: np.asarray(cells.column(width + i), dtype=bool)
        for i, place in enumerate(said["texts"])
    }
    cells = cells.select(range(width))
    check_extent(cells.num_rows, cells.num_columns, name)
    areas = [
        Area(
            top=top - said["first_row"],
            left=left - said["first_column"],
            bottom=bottom - said["first_row"],
            right=right - said["first_column"],
        )
        for top, left, bottom, right in said["merges"]
    ]
    cells, filled = with_merged_cells(cells, areas)
    rows = cells.num_rows
    return Grid(
        cells=cells,
        lines=np.arange(rows, dtype=np.int64) + said["first_row"],
        widths=np.broadcast_to(np.int32(cells.num_columns), (rows,)),
        sheet=said["sheet"],
        sheets=tuple(
            Sheet(**{key: about[key] for key in ("name", "rows", "columns", "hidden")})
            for about in said["sheets"]
        ),
        texts=texts,
        questions=_which_sheet(said, name),
        notes=_notes(said, filled),
        doubts=tuple(_lost_digits(*about) for about in said["long"]),
    )


def _which_sheet(said: dict[str, Any], name: str) -> tuple[Question, ...]:
    """Ask, where several sheets look equally like what is wanted."""
    taken = said["sheet"]
    alike = [about for about in said["sheets"] if about["name"] in said["alike"]]
    if len(alike) < 2:
        return ()
    alike.sort(key=lambda about: about["name"] != taken)
    return (
        Question(
            setting="sheet",
            text="Which sheet is the table?",
            where=name,
            readings=tuple(
                Reading(
                    value=about["name"],
                    label=f"{about['name']}: {about['rows']:,} rows, {about['columns']:,} columns",
                    examples=tuple(zip(about["header"], about["first"], strict=True)),
                )
                for about in alike
            ),
        ),
    )


def _lost_digits(column: int, count: int, alike: int) -> str:
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    numbers = counted(count, "number has", "numbers have")
    are = "is" if alike == 1 else "are"
    return (
        f"Column {letters} of the sheet: {numbers} more digits than a workbook keeps, so digits "
        f"may be lost; {alike:,} of them {are} equal to another. If they are ids, export them as "
        "text or as CSV."
    )


def _notes(said: dict[str, Any], filled: int) -> tuple[str, ...]:
    notes = []
    if filled:
        notes.append(f"{counted(filled, 'cell', 'cells')} below a merged cell got its text.")
    if rows := said["hidden_rows"]:
        are, were = ("is", "it was") if rows == 1 else ("are", "they were")
        notes.append(f"{counted(rows, 'row', 'rows')} {are} hidden in the workbook; {were} read.")
    if zeros := said["zeros"]:
        notes.append(
            f"{counted(zeros, 'number', 'numbers')} got the leading zeros that the format shows."
        )
    if spans := said["spans"]:
        is_one, is_many = "length of time is", "lengths of time are"
        notes.append(f"{counted(spans, is_one, is_many)} written as hours:minutes:seconds.")
    if errors := said["errors"]:
        kinds = ", ".join(f"{count:,} × {text}" for text, count in sorted(errors.items()))
        notes.append(f"Error cells of the workbook were read as empty: {kinds}.")
    if formulas := said["uncomputed"]:
        have = "has" if formulas == 1 else "have"
        notes.append(
            f"{counted(formulas, 'formula', 'formulas')} {have} no stored value and came out "
            "empty; to have it, open the workbook in your spreadsheet program and save it."
        )
    if said["sheet"] in {about["name"] for about in said["sheets"] if about["hidden"]}:
        notes.append(f"The sheet {said['sheet']!r} is hidden in the workbook.")
    return tuple(notes)
