"""What reading and schema come to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results.reports import Change, Question, SetAsideLine, Sheet
from segmentation.settings import ROLES, DateOrder, DecimalMark, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """How a table was read.

    Parameters
    ----------
    name, sha256 : str
        The file and the digest of its bytes.
    rows, columns : int
        Records below the header, and columns.
    encoding, delimiter, sheet : str or None
        What was found; None where it does not apply.
    sheets : tuple of Sheet
        All worksheets of a workbook.
    header_rows : int
        Rows taken as the header; 0 if the names are made up.
    header_line : int or None
        Line of the first of them, from 1.
    overflow_columns : int
        Columns at the right that the header has no name for; they hold the cells of rows that are
        longer than the header.
    set_aside : tuple of SetAsideLine
        Lines that are neither header nor record.
    changes : tuple of Change
        Repairs of the text: stray quotes, rows with another delimiter and the like.
    questions : tuple of Question
        What the bytes alone don't tell.
    notes : tuple of str
        What a careful reader would want to be told, in sentences.
    doubts : tuple of str
        What may have gone wrong before the file was written, in sentences.
    parts : tuple of ReadReport
        The reports of the files a table is stacked from, in its order; empty for one file.
    source_column : str or None
        The column that tells each row's file; None for one file.
    """

    name: str
    sha256: str
    rows: int
    columns: int
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[Sheet, ...]
    header_rows: int
    header_line: int | None
    overflow_columns: int
    set_aside: tuple[SetAsideLine, ...] = ()
    changes: tuple[Change, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    parts: tuple[ReadReport, ...] = ()
    source_column: str | None = None

    @property
    def files(self) -> tuple[ReadReport, ...]:
        """The report of each file; its own where there is one."""
        return self.parts or (self,)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """A table as read.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a record, numbered from 0; column names are unique.
    report : ReadReport
        How it was read; ``report.rows`` and ``report.columns`` are the frame's shape.
    lines : ndarray of int, shape (rows,)
        Line of the text file, or row of the sheet, each record begins on, from 1; of its own
        file, where there are several.
    texts : dict of column to ndarray of bool, shape (rows,)
        Of a workbook's columns with cells such as 1.234, those that are text; in other columns a
        number such as 1234.5 is stored as one.
    """

    frame: pd.DataFrame
    report: ReadReport
    lines: npt.NDArray[np.int64]
    texts: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.frame.shape == (self.report.rows, self.report.columns)
        assert self.lines.shape == (self.report.rows,)
        assert self.frame.columns.is_unique


ColumnType = Literal["id", "number", "date", "category", "label", "constant", "empty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column and what it is taken for.

    Parameters
    ----------
    name : str
        The column's name in the table.
    type : str
        What its cells hold.
    role : str or None
        What it is for; None for a plain feature, category or label.
    reason : str
        Why, in words.
    decimal : {"point", "comma"}
        How its numbers are written.
    dates : {"dmy", "mdy", "ymd"}
        How its dates are written where no year of four digits comes first.
    apart : tuple of (file, str)
        Files in which they are written otherwise than in the first.
    changes : tuple of Change
        What reading its cells as numbers, dates or ids changes.
    """

    name: str
    type: ColumnType
    role: Role | None
    reason: str
    decimal: DecimalMark = "point"
    dates: DateOrder = "dmy"
    apart: tuple[tuple[str, DecimalMark | DateOrder], ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What a table is.

    Parameters
    ----------
    kind : {"customers", "transactions"}
        What a row is.
    columns : tuple of Column
        Every column of the table, in its order.
    doubts : tuple of str
        What the user should look at, in sentences.
    questions : tuple of Question
        What only the user can tell.
    """

    kind: Literal["customers", "transactions"]
    columns: tuple[Column, ...]
    doubts: tuple[str, ...]
    questions: tuple[Question, ...] = ()

    @property
    def roles(self) -> dict[Role, str]:
        """Map each role that is filled to its column, in the order of `ROLES`."""
        found = {column.role: column.name for column in self.columns if column.role is not None}
        return {role: found[role] for role in ROLES if role in found}

    def of_type(self, *types: ColumnType) -> tuple[str, ...]:
        """Return the names of the columns of the given types."""
        return tuple(column.name for column in self.columns if column.type in types)
