"""The process that opens workbooks and archives: its file on stdin, its answer to stdout.

Run as a script, alone: a hostile file can abort calamine or eat memory, and then this process ends
and no other. It answers with one line of JSON; after it comes the sheet as an Arrow stream, or the
unpacked bytes.
"""

from __future__ import annotations

import json
import mmap
import os
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import IO


def limit_resources(memory_bytes: int, seconds: int) -> None:
    """Bound memory, processor time and written bytes where the system can."""
    try:
        import resource
    except ImportError:
        return
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _, ceiling = resource.getrlimit(kind)
        # Raising a ceiling set from outside is refused, and would end every child here.
        if ceiling == resource.RLIM_INFINITY or ceiling > limit:
            resource.setrlimit(kind, (limit, ceiling))


class NoPandas(MetaPathFinder):
    """Keeps out what Arrow would import at its first scalar, to see whether it is of that kind."""

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse that one."""
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def import_lightly() -> None:
    """Let modules be imported without what their packages import, so that this starts fast."""
    reading = Path(__file__).parents[1]
    for name, folder in (("segmentation", reading.parent), ("segmentation.reading", reading)):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    sys.meta_path.insert(0, NoPandas())


def write_answer(out: IO[bytes], **fields: object) -> None:
    """Write the line of JSON, padded so that what follows is aligned for Arrow."""
    line = json.dumps(fields).encode()
    out.write(line + b" " * (-(len(line) + 1) % 64) + b"\n")


def main() -> None:
    """Do what is asked within limits."""
    asked = json.loads(sys.argv[1])
    limit_resources(asked["limits"]["memory_bytes"], asked["limits"]["seconds"])
    import_lightly()
    from segmentation.errors import ReadError
    from segmentation.reading.child.sheets import read_workbook
    from segmentation.reading.child.unpacking import unpack
    from segmentation.reading.limits import ReadLimits

    limits = ReadLimits(**asked["limits"])
    content = memoryview(mmap.mmap(sys.stdin.fileno(), 0, access=mmap.ACCESS_READ))
    out = sys.stdout.buffer

    def refuse(error: ReadError) -> None:
        """Answer with the refusal instead of what was said, and end, whatever else is running."""
        out.seek(0)
        out.truncate()
        write_answer(out, refused=[error.what, error.remedy])
        out.flush()
        os._exit(0)

    try:
        if asked["job"] == "unpack":
            name, pieces = unpack(content, limits)
            write_answer(out, name=name)
            for piece in pieces:
                out.write(piece)
        else:
            said, table = read_workbook(content, limits, asked["sheet"], refuse)
            write_answer(out, **said)
            import pyarrow as pa

            with pa.ipc.new_stream(out, table.schema) as stream:
                stream.write_table(table, max_chunksize=65_536)
    except ReadError as error:
        refuse(error)
    out.flush()
    # Giving back each cell's memory one by one takes longer than ending.
    os._exit(0)


if __name__ == "__main__":
    main()
