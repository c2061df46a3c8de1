"""The report of reading, whole: the same in the browser, on the command line and in the export."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from segmentation.numerals import counted
from segmentation.results import LINE_REASONS, Change, Schema, Table
from segmentation.settings import DELIMITER_NAMES


def read_report(table: Table, schema: Schema) -> dict[str, Any]:
    """Say how a table was read and what its columns are taken for, as plain JSON values.

    Every line of the file with text in it is accounted for: ``lines.header + lines.records +
    lines.set_aside`` of them.

    Parameters
    ----------
    table : Table
        As read.
    schema : Schema
        What its columns are for.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> from segmentation.schema import suggest_schema
    >>> data = b"Sales\\n\\nid;spend\\n1;2,5\\n2;3,75\\n"
    >>> table = read_table(Source(name="a.csv", data=data), as_text=True)
    >>> report = read_report(table, suggest_schema(table))
    >>> report["lines"], report["set_aside"][0]["why"]
    ({'header': 1, 'records': 2, 'set_aside': 1}, 'it stands above the table')
    """
    plain = table.report.to_dict()
    return {
        **plain,
        "lines": _lines(table),
        "set_aside": [{**line, "why": LINE_REASONS[line["reason"]]} for line in plain["set_aside"]],
        "questions": [
            {**asdict(question), "option": question.option}
            for question in (*table.report.questions, *schema.questions)
        ],
        "kind": schema.kind,
        "column_details": [asdict(column) for column in schema.columns],
        "doubts": list(schema.doubts),
    }


def summary(table: Table, schema: Schema | None = None) -> str:
    """Say in one line what became of the rows and cells of a file.

    Parameters
    ----------
    table : Table
        As read.
    schema : Schema, optional
        What its columns are taken for; without it only reading itself is told.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> from segmentation.schema import suggest_schema
    >>> data = b"Sales\\n\\nid;spend\\n1;2,5\\n2;3,75\\n"
    >>> table = read_table(Source(name="a.csv", data=data), as_text=True)
    >>> summary(table, suggest_schema(table))
    '2 rows read; 1 header line; 1 line set aside while reading; 2 changes to cells'
    """
    lines = _lines(table)
    changed = sum(change.count for _, change in _changes(table, schema))
    return "; ".join(
        (
            counted(lines["records"], "row read", "rows read"),
            counted(lines["header"], "header line", "header lines"),
            f"{counted(lines['set_aside'], 'line', 'lines')} set aside while reading",
            counted(changed, "change to cells", "changes to cells"),
        )
    )


def changes_table(table: Table, schema: Schema | None = None) -> pd.DataFrame:
    """Return what reading changed, by column and kind, each with an example.

    Repairs of the text come first; they have no column.
    """
    rows = [
        (column, change.kind, change.count, *(change.examples or (("", ""),))[0])
        for column, change in _changes(table, schema)
    ]
    names = ["Column", "What was done", "Cells", "Written", "Read as"]
    return pd.DataFrame(rows, columns=names)


def files_table(table: Table) -> pd.DataFrame:
    """Return how each file of a table was read, a row a file."""
    rows = [
        {
            "File": file.name,
            "Sheet": file.sheet or "",
            "Encoding": file.encoding or "",
            "Delimiter": DELIMITER_NAMES.get(file.delimiter or "", ""),
            "First header line": file.header_line or 0,
            "Header lines": file.header_rows,
            "Rows": file.rows,
            "Set aside": len(file.set_aside),
            "All lines": file.header_rows + file.rows + len(file.set_aside),
            "SHA-256": file.sha256,
        }
        for file in table.report.files
    ]
    return pd.DataFrame(rows)


def _lines(table: Table) -> dict[str, int]:
    return {
        "header": sum(file.header_rows for file in table.report.files),
        "records": table.report.rows,
        "set_aside": len(table.report.set_aside),
    }


def _changes(table: Table, schema: Schema | None) -> list[tuple[str, Change]]:
    columns = schema.columns if schema is not None else ()
    of_cells = [(column.name, change) for column in columns for change in column.changes]
    return [*(("", change) for change in table.report.changes), *of_cells]
