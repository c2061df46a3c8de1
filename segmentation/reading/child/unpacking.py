"""The one table of an archive."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator

from segmentation.errors import ReadError
from segmentation.reading.child.zips import GZIP, Zip, check_size, damaged, inflated
from segmentation.reading.limits import ReadLimits

TABLE_ENDINGS = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
TEXT_ENDINGS = (".txt", ".dat")


def unpack(content: memoryview, limits: ReadLimits) -> tuple[str | None, Iterator[bytes]]:
    """Give the one table of an archive: its name, if it has one there, and its content."""
    if content[: len(GZIP)] == GZIP:
        return None, gunzipped(content, limits)
    archive = Zip(content, limits, "archive")
    member = the_table(archive.members)
    return member.filename.rsplit("/", 1)[-1], archive.pieces(member)


def gunzipped(content: memoryview, limits: ReadLimits) -> Iterator[bytes]:
    """Inflate a gzip file as far as it may go."""
    size = 0
    try:
        for piece in inflated(content, 31):
            size += len(piece)
            check_size(size, len(content), limits)
            yield piece
    except zlib.error:
        raise damaged("archive") from None


def the_table(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """Find the one member that is a table, by its ending, or because it is the only one."""
    for member in members:
        parts = re.split(r"[/\\]", member.filename)
        if ".." in parts or not parts[0] or ":" in parts[0]:
            raise ReadError(
                f"The archive has a file that would unpack elsewhere: {member.filename[:80]!r}",
                remedy="Unpack it and choose the table in it",
            )
    files = [
        member
        for member in members
        if member.file_size
        and not member.is_dir()
        and not member.filename.startswith("__MACOSX/")
        and not member.filename.rsplit("/", 1)[-1].startswith(".")
    ]
    by_ending = [
        [member for member in files if member.filename.lower().endswith(endings)]
        for endings in (TABLE_ENDINGS, TEXT_ENDINGS)
    ]
    found = next(filter(None, by_ending), files if len(files) == 1 else [])
    if not found:
        raise ReadError(
            "The archive has no table in it", remedy="Choose one with a CSV or XLSX in it"
        )
    if len(found) > 1:
        names = ", ".join(repr(member.filename[:80]) for member in found[:5])
        more = f" and {len(found) - 5:,} more" if len(found) > 5 else ""
        raise ReadError(
            f"The archive has {len(found):,} tables in it: {names}{more}",
            remedy="Unpack it and choose one",
        )
    return found[0]
