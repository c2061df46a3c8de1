"""A child process that opens what may be hostile, under limits; its end hurts nobody."""

from __future__ import annotations

import json
import math
import mmap
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from segmentation.errors import ReadError
from segmentation.reading.limits import ReadLimits

TICK_SECONDS = 0.1
LONGEST_LINE_BYTES = 1 << 24
# Only the pace of the progress bar hangs on it: the bar never reaches its end by itself.
USUAL_BYTES_A_SECOND = 10_000_000
_CHILD = Path(__file__).with_name("child") / "__main__.py"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What the child said.

    Parameters
    ----------
    fields : dict
        Its line of JSON.
    payload : memoryview
        What follows the line, mapped from a file without a name that goes when nobody uses it.
    """

    fields: dict[str, Any]
    payload: memoryview


def ask_child(
    job: str,
    data: bytes,
    name: str,
    *,
    limits: ReadLimits | None = None,
    progress: Callable[[float], None] | None = None,
    **request: Any,
) -> Answer:
    """Have a child process do a job on the bytes.

    Parameters
    ----------
    job : {"workbook", "unpack"}
        What to do.
    data : bytes
        The whole file.
    name : str
        The file's name, for messages.
    limits : ReadLimits, optional
        What the child may use.
    progress : callable, optional
        Called with an estimated share done, 0 to 1, every tenth of a second; if it raises, the
        child is ended and the exception passes on.
    **request
        What else the job needs; JSON values.

    Raises
    ------
    ReadError
        If the child refuses the file, dies of it, or takes too long.
    """
    limits = limits or ReadLimits()
    asked = json.dumps({"job": job, **request, "limits": asdict(limits)})
    # Files, not pipes: the child can look at any place of its input, neither waits for the other,
    # and the answer is mapped instead of copied.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered:
        given.write(data)
        given.seek(0)
        with subprocess.Popen(
            [sys.executable, "-I", str(_CHILD), asked],
            stdin=given,
            stdout=answered,
            stderr=subprocess.DEVNULL,
        ) as child:
            try:
                _wait(child, len(data), limits, name, progress)
            finally:
                child.kill()
        if child.returncode != 0:
            raise child_died(name)
        return _read(answered, name)


def child_died(name: str) -> ReadError:
    """Say that there is no answer, or half of one."""
    return ReadError(
        "The file needs more memory or time than it is given, or is damaged",
        where=name,
        remedy="Save the sheet as CSV and choose that",
    )


def _wait(
    child: subprocess.Popen[bytes],
    size: int,
    limits: ReadLimits,
    name: str,
    progress: Callable[[float], None] | None,
) -> None:
    usual_ticks = size / USUAL_BYTES_A_SECOND / TICK_SECONDS + 1
    for tick in range(math.ceil(limits.seconds / TICK_SECONDS)):
        try:
            child.wait(TICK_SECONDS)
        except subprocess.TimeoutExpired:
            if progress is not None:
                progress(1 - math.exp(-tick / usual_ticks))
        else:
            return
    raise ReadError(
        f"Reading the file takes longer than the {limits.seconds:,} seconds it is given",
        where=name,
        remedy="Save the sheet as CSV and choose that",
    )


def _read(answered: IO[bytes], name: str) -> Answer:
    answered.seek(0)
    try:
        fields = json.loads(answered.readline(LONGEST_LINE_BYTES))
    except ValueError:
        raise child_died(name) from None
    if not isinstance(fields, dict):
        raise child_died(name)
    if "refused" in fields:
        what, remedy = fields["refused"]
        raise ReadError(what, where=name, remedy=remedy)
    mapped = mmap.mmap(answered.fileno(), 0, access=mmap.ACCESS_READ)
    return Answer(fields=fields, payload=memoryview(mapped)[answered.tell() :])
