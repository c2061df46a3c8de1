"""The report of reading, whole: the same in the browser, on the command line and in the export."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from segmentation.results import LINE_REASONS, Schema, Table


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
        "lines": {
            "header": sum(file.header_rows for file in table.report.files),
            "records": table.report.rows,
            "set_aside": len(table.report.set_aside),
        },
        "set_aside": [{**line, "why": LINE_REASONS[line["reason"]]} for line in plain["set_aside"]],
        "questions": [
            {**asdict(question), "option": question.option}
            for question in (*table.report.questions, *schema.questions)
        ],
        "kind": schema.kind,
        "column_details": [asdict(column) for column in schema.columns],
        "doubts": list(schema.doubts),
    }
