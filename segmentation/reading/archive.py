"""What a file is, by its content alone, and the one table of an archive."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import Literal

from segmentation.errors import ReadError
from segmentation.reading.limits import ReadLimits
from segmentation.reading.sandbox import ask_child

Content = Literal["workbook", "archive", "text"]

_OLE = b"\xd0\xcf\x11\xe0"
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_NO_TABLE = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "a database"),
    (b"PAR1", "a Parquet file"),
    (b"BZh91AY&SY", "packed with bzip2"),
    (b"\xfd7zXZ\x00", "packed with xz"),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"ARROW1\x00\x00", "an Arrow file"),
    (b"{\\rtf", "a text document"),
)
_WORKBOOK_PARTS = (
    b"xl/workbook.",
    b"[Content_Types].xml",
    b"docProps/app.xml",
    b"META-INF/manifest.xml",
)
_TAG = re.compile(rb"<(?:[?!]?([a-z][\w:.-]*)|!--)")
_OF_A_PAGE = re.compile(rb"<(?:!doctype html|(?:html|head|body|meta|style|script|table|tr|div)\b)")
# Excel itself packs a page with its pictures like a mail.
_MAILED = b"mime-version:"
_JSON = re.compile(
    rb"""(?:\{\s*"[^"\n]*"\s*:|\[\s*(?:\{\s*"[^"\n]*"\s*:|\[[^\]]*\]\s*[,\]]|"[^"\n]*"\s*[,\]]))"""
)
HEAD_BYTES = 4096
_TAR = slice(257, 262)
_DIRECTORY_END = struct.Struct("<4s4H2LH")
# Where the directory can't be found, its place is near the end.
_TAIL_BYTES = 1 << 20


def looks_like(data: bytes, name: str) -> Content:
    """Tell what a file is by its content; its ending doesn't matter.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        The file's name, for messages.

    Raises
    ------
    ReadError
        If it is known to be something without a table.

    Examples
    --------
    >>> looks_like(b"id,spend\\n1,2\\n", "a.xlsx")
    'text'
    """
    if data.startswith(_ZIP):
        return "workbook" if _has_workbook_parts(data) else "archive"
    if data.startswith(_OLE):
        return "workbook"
    if data.startswith(_GZIP):
        return "archive"
    if data[_TAR] == b"ustar":
        raise ReadError(
            "The file is a tar archive, not a table of text",
            where=name,
            remedy="Unpack it and choose the table in it",
        )
    for magic, what in _NO_TABLE:
        # Two letters may begin a text as well.
        if data.startswith(magic) and (len(magic) > 2 or b"\x00" in data[:512]):
            raise ReadError(
                f"The file is {what}, not a table of text",
                where=name,
                remedy="Export the table as CSV or XLSX, and choose that",
            )
    # In whatever encoding, the signs of a form of text are ASCII.
    head = data[:HEAD_BYTES].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    marked_up = _marked_up(head.lower(), data[-HEAD_BYTES:].replace(b"\x00", b"").lower())
    if marked_up is not None:
        raise ReadError(marked_up, where=name, remedy="Open it in Excel and save it as XLSX")
    if _JSON.match(head):
        raise ReadError(
            "The file is JSON, not a table of text",
            where=name,
            remedy="Export the table as CSV or XLSX, and choose that",
        )
    return "text"


def _marked_up(head: bytes, tail: bytes) -> str | None:
    """Name a web page or another text of tags by how it begins and ends."""
    if head.startswith(_MAILED):
        return "This is a web page, not a workbook"
    first = _TAG.match(head)
    if first is None:
        return None
    if b"office:spreadsheet" in head:
        return "This is a workbook in the XML form of 2003, which is not read"
    if _OF_A_PAGE.search(head):
        return "This is a web page, not a workbook"
    # Cells of a table may hold tags, but none that stands around all others.
    if head.startswith(b"<?xml") or tail.rstrip().endswith(b"</%s>" % (first[1] or b"")):
        return "This is an XML file, not a table"
    return None


def unpack(
    data: bytes,
    name: str,
    *,
    limits: ReadLimits | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[bytes, str]:
    """Take the one table out of a ``.gz`` or ``.zip``.

    Parameters
    ----------
    data : bytes
        The whole archive.
    name : str
        Its name.
    limits : ReadLimits, optional
        What unpacking may cost.
    progress : callable, optional
        Called with the share done, 0 to 1, while it lasts; may raise to cancel.

    Returns
    -------
    data, name
        The table's bytes, which are text or a workbook, and its name without folders.

    Raises
    ------
    ReadError
        If the archive is damaged, hostile, protected, or has no table or several, or an archive
        in it.

    Examples
    --------
    >>> import gzip
    >>> unpack(gzip.compress(b"id,spend\\n1,2\\n"), "orders.csv.gz")
    (b'id,spend\\n1,2\\n', 'orders.csv')
    """
    answer = ask_child("unpack", data, name, limits=limits, progress=progress)
    inner_name = answer.fields["name"] or (name[:-3] if name.lower().endswith(".gz") else name)
    with answer.payload as payload:
        inner = bytes(payload)
    if looks_like(inner, f"{inner_name} in {name}") == "archive":
        raise ReadError(
            "There is an archive within the archive",
            where=name,
            remedy="Unpack it and choose the table in it",
        )
    return inner, inner_name


def _has_workbook_parts(data: bytes) -> bool:
    """Whether the directory names a workbook's parts; a workbook packed in a ZIP is no such."""
    end = data.rfind(b"PK\x05\x06")
    if not 0 <= end <= len(data) - _DIRECTORY_END.size:
        # Cut short: the parts that are left have their names before them.
        return any(part in data for part in _WORKBOOK_PARTS)
    size = _DIRECTORY_END.unpack_from(data, end)[5]
    directory = data[end - size : end] if size <= end else data[-_TAIL_BYTES:]
    return any(part in directory for part in _WORKBOOK_PARTS)
