"""The process that opens a workbook: reads it from stdin, writes its sheet as Arrow to stdout.

Run as a script, alone: a hostile workbook can abort calamine or eat memory, and then this process
ends and no other. It imports nothing of the package, so that it starts fast.
"""

from __future__ import annotations

import json
import sys

LARGEST_MEMORY_BYTES = 3 << 30
LONGEST_CPU_SECONDS = 120


def limit_resources() -> None:
    """Bound memory and processor time where the system can."""
    try:
        import resource
    except ImportError:
        return
    for kind, limit in (
        (resource.RLIMIT_AS, LARGEST_MEMORY_BYTES),
        (resource.RLIMIT_CPU, LONGEST_CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, ceiling = resource.getrlimit(kind)
        # Raising a ceiling set from outside is refused, and would end every workbook here.
        if ceiling == resource.RLIM_INFINITY or ceiling > limit:
            resource.setrlimit(kind, (limit, ceiling))


def main() -> int:
    """Answer with one line of JSON and, when it says ok, an Arrow stream."""
    limit_resources()
    import fastexcel
    import pyarrow as pa

    wanted = sys.argv[1] if len(sys.argv) > 1 else None
    out = sys.stdout.buffer

    def answer(**fields: object) -> None:
        out.write(json.dumps(fields).encode() + b"\n")
        out.flush()

    try:
        reader = fastexcel.read_excel(sys.stdin.buffer.read())
    except fastexcel.FastExcelError as error:
        answer(status="unreadable", detail=str(error).splitlines()[0][:200])
        return 0
    sheets = reader.sheet_names
    if wanted is not None and wanted not in sheets:
        answer(status="no such sheet", sheets=sheets)
        return 0
    for sheet in [wanted] if wanted is not None else sheets:
        try:
            loaded = reader.load_sheet(sheet, header_row=None, dtypes="string")
            batch = pa.record_batch(loaded)
        except fastexcel.FastExcelError as error:
            if wanted is None:
                continue
            answer(status="unreadable", detail=str(error).splitlines()[0][:200])
            return 0
        if batch.num_rows and batch.num_columns:
            answer(status="ok", sheet=sheet, sheets=sheets)
            with pa.ipc.new_stream(out, batch.schema) as stream:
                stream.write_table(pa.Table.from_batches([batch]), max_chunksize=65_536)
            return 0
    answer(status="empty", sheets=sheets)
    return 0


if __name__ == "__main__":
    sys.exit(main())
