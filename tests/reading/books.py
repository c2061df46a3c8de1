"""Workbooks for the tests, made in code: XLSX by openpyxl, the other formats byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

Cell = str | float | None
Rows = Sequence[Sequence[Cell]]


def xlsx(
    *sheets: tuple[str, Sequence[Sequence[Any]]], change: Callable[[Any], None] | None = None
) -> bytes:
    """Write sheets with openpyxl; `change` gets the workbook before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(members: Mapping[str, bytes] | Iterable[tuple[str, bytes]], method: int = 8) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in dict(members).items():
            archive.writestr(name, data)
    return out.getvalue()


def with_part(book: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Change one part of a zipped workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    return zipped(parts)


def ods(*sheets: tuple[str, Rows], manifest: str = "") -> bytes:
    def cell(value: Cell) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, str):
            text = f"<text:p>{escape(value)}</text:p>"
            return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'

    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>".encode(),
            "content.xml": content.encode(),
        },
        method=0,
    )


def xlsb(*sheets: tuple[str, Rows]) -> bytes:
    def record(kind: int, data: bytes = b"") -> bytes:
        number = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        assert len(data) < 128
        return number + bytes([len(data)]) + data

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def sheet(rows: Rows) -> bytes:
        out = record(129)
        out += record(148, struct.pack("<4I", 0, len(rows) - 1, 0, max(map(len, rows)) - 1))
        out += record(145)
        for y, row in enumerate(rows):
            out += record(0, struct.pack("<I", y) + bytes(21))
            for x, value in enumerate(row):
                place = struct.pack("<II", x, 0)
                if isinstance(value, str):
                    out += record(6, place + wide(value))
                elif value is not None:
                    out += record(5, place + struct.pack("<d", value))
        return out + record(146) + record(130)

    bundle = b"".join(
        record(156, struct.pack("<II", 0, i) + wide(f"rId{i}") + wide(name))
        for i, (name, _) in enumerate(sheets, start=1)
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{kind}" Target="worksheets/sheet{i}.bin"/>'
        for i in range(1, len(sheets) + 1)
    )
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.bin": record(131) + record(143) + bundle + record(144) + record(132),
            "xl/_rels/workbook.bin.rels": f"<Relationships>{relations}</Relationships>".encode(),
            **{
                f"xl/worksheets/sheet{i}.bin": sheet(rows)
                for i, (_, rows) in enumerate(sheets, start=1)
            },
        }
    )


def xls(*sheets: tuple[str, Rows], locked: bool = False) -> bytes:
    def record(kind: int, data: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def sheet(rows: Rows) -> bytes:
        out = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
        extent = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
        out += record(0x200, extent)
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                place = struct.pack("<HHH", y, x, 0)
                if isinstance(value, str):
                    text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                    out += record(0x204, place + text)
                elif value is not None:
                    out += record(0x203, place + struct.pack("<d", value))
        return out + record(0x0A)

    bodies = [sheet(rows) for _, rows in sheets]
    head = record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0))
    if locked:
        head += record(0x2F, struct.pack("<HHH", 0, 1, 2))
    head += record(0x42, struct.pack("<H", 1200))
    bound = [struct.pack("<BBBB", 0, 0, len(name), 0) + name.encode() for name, _ in sheets]
    start = len(head) + sum(8 + len(data) for data in bound) + 4
    for data, body in zip(bound, bodies, strict=True):
        head += record(0x85, struct.pack("<I", start) + data)
        start += len(body)
    return ole({"Workbook": head + record(0x0A) + b"".join(bodies)})


def ole(streams: Mapping[str, bytes]) -> bytes:
    """Write a compound file; streams are padded past the size that is stored differently."""
    sector, last, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    bodies = [data.ljust(4096, b"\0") for data in streams.values()]
    bodies = [data + bytes(-len(data) % sector) for data in bodies]
    fat = [0xFFFFFFFD]
    entries = [("Root Entry", 5, last, 0)]
    # Sector 0 holds the table of sectors, the directory follows, then the streams.
    directory = -(-(len(streams) + 1) // 4)
    fat += [*range(2, directory + 1), last]
    for name, body in zip(streams, bodies, strict=True):
        first, count = len(fat), len(body) // sector
        entries.append((name, 2, first, len(body)))
        fat += [*range(first + 1, first + count), last]
    assert len(fat) <= sector // 4
    fat += [free] * (sector // 4 - len(fat))
    listing = b""
    for i, (name, kind, first, size) in enumerate(entries):
        wide = name.encode("utf-16-le")
        right = i + 1 if 0 < i < len(streams) else free
        child = 1 if i == 0 else free
        listing += wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide) + 2, kind, 1)
        listing += struct.pack("<III", free, right, child) + bytes(36)
        listing += struct.pack("<IQ", first, size)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1)
    header += struct.pack("<IIIIII", 0, 4096, last, 0, last, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    return (
        header
        + struct.pack(f"<{len(fat)}I", *fat)
        + listing.ljust(directory * sector, b"\0")
        + b"".join(bodies)
    )
