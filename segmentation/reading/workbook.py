"""Workbooks, read by calamine in a child process whose end hurts nobody."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.errors import ReadError
from segmentation.reading.grid import Grid, check_extent
from segmentation.results import Sheet

LONGEST_WALL_SECONDS = 120
_CHILD = Path(__file__).with_name("workbook_child.py")


def read_workbook(data: bytes, name: str, sheet: str | None = None) -> Grid:
    """Read one worksheet into a grid of text.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        The file's name, for messages.
    sheet : str or None
        The worksheet; None takes the first that is not empty.

    Raises
    ------
    ReadError
        If the workbook is damaged, too large for the child's limits, empty, or lacks the sheet.
    """
    command = [sys.executable, "-I", str(_CHILD), *([sheet] if sheet is not None else [])]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdin is not None and child.stdout is not None
        killer = threading.Timer(LONGEST_WALL_SECONDS, child.kill)
        killer.start()
        try:
            _feed(child, data)
            answer = _answer(child.stdout.readline())
            cells = None
            if answer.get("status") == "ok":
                with pa.ipc.open_stream(child.stdout) as stream:
                    cells = stream.read_all()
        except (OSError, ValueError):
            child.kill()
            answer, cells = {}, None
        finally:
            killer.cancel()
    if cells is None:
        raise _refusal(answer, name, sheet)
    check_extent(cells.num_rows, cells.num_columns, name)
    filled = [pc.fill_null(column, "") for column in cells.columns]
    rows = cells.num_rows
    return Grid(
        cells=pa.table(filled, names=[str(i) for i in range(len(filled))]),
        lines=np.arange(1, rows + 1, dtype=np.int64),
        widths=np.full(rows, len(filled), dtype=np.int64),
        sheet=answer["sheet"],
        sheets=tuple(
            Sheet(name=found, rows=0, columns=0, hidden=False) for found in answer["sheets"]
        ),
    )


def _feed(child: subprocess.Popen[bytes], data: bytes) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(data)
        child.stdin.close()
    except BrokenPipeError:
        # The child has ended; what it answered, or that it didn't, says why.
        return


def _answer(line: bytes) -> dict[str, Any]:
    if not line:
        return {}
    answer: dict[str, Any] = json.loads(line)
    return answer


def _refusal(answer: dict[str, Any], name: str, sheet: str | None) -> ReadError:
    match answer.get("status"):
        case "no such sheet":
            listed = ", ".join(repr(sheet) for sheet in answer["sheets"])
            return ReadError(
                f"There is no sheet {sheet!r}", where=name, remedy=f"Choose one of {listed}"
            )
        case "empty":
            return ReadError(
                "No sheet of the workbook has a table",
                where=name,
                remedy="Choose a workbook with a header row and data",
            )
        case "unreadable":
            return ReadError(
                f"The workbook is damaged or not a workbook: {answer['detail']}",
                where=name,
                remedy="Open it in your spreadsheet program, save it again as XLSX, and retry",
            )
        case _:
            return ReadError(
                "The workbook needs more memory or time than it is given, or is damaged",
                where=name,
                remedy="Save the sheet as CSV and choose that",
            )
