"""What calamine doesn't tell of a zipped workbook, seen in its XML."""

from __future__ import annotations

import re
import threading
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping

from segmentation.errors import ReadError
from segmentation.reading.child.shown import Styled, cells_of_styles, styles_that_show_more
from segmentation.reading.child.zips import SAVE_AGAIN, Zip, damaged, protected
from segmentation.reading.limits import ReadLimits

# Parts up to this size are looked through before calamine opens the workbook, others beside it.
SMALL_PART_BYTES = 4 << 20
LARGEST_INDEX_BYTES = 16 << 20
LONGEST_TAG_BYTES = 1024
MOST_MERGES = 100_000

SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*>")
SHEET_ID = re.compile(rb':id="([^"]*)"')
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
ATTRIBUTE = re.compile(rb'\b(Id|Target)="([^"]*)"')
DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s+ref="[A-Z]+\d+:([A-Z]{1,3})(\d{1,7})"')
FILLED_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*\s)?r="([A-Z]{1,3})(\d{1,7})"[^<>]*(?<!/)>')
HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s[^<>]*\bhidden="(?:1|true)"')
MERGE = re.compile(rb'mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
UNCOMPUTED = re.compile(rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f/>)(?:<v\s*/>|<v></v>)?</(?:\w+:)?c>")


def column_number(letters: bytes) -> int:
    """Turn a column's letters into its number, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def has(word: bytes, rare: bytes, xml: bytes, end: int) -> bool:
    """Look for a word; first for a byte of it that most cells don't have, as that is quicker."""
    return xml.find(rare, 0, end) >= 0 and xml.find(word, 0, end) >= 0


class Marks:
    """What one sheet's XML says besides its values."""

    def __init__(self, limits: ReadLimits, styles: Mapping[bytes, int] | None = None) -> None:
        self.limits = limits
        self.styles = dict(styles or {})
        self.styled_cells = cells_of_styles(self.styles)
        self.styled: dict[int, Styled] = defaultdict(Styled)
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows = 0
        self.uncomputed = 0

    def see(self, xml: bytes, end: int, *, start: bool, small: bool) -> None:
        """Look through the whole tags before `end`; a plain search first, as that is quick."""
        if small or start:
            for found in (FILLED_CELL if small else DIMENSION).finditer(xml, 0, end):
                self.check_extent(found[1], found[2])
        for found in self.styled_cells.finditer(xml, 0, end) if self.styled_cells else ():
            column = self.styled[column_number(found[1])]
            column.rows.append(int(found[2]))
            column.digits.append(self.styles[found[3]])
        if has(b"hidden=", b"h", xml, end):
            self.hidden_rows += sum(1 for _ in HIDDEN_ROW.finditer(xml, 0, end))
        if has(b"</f>", b"f", xml, end):
            self.uncomputed += sum(1 for _ in UNCOMPUTED.finditer(xml, 0, end))
        if len(self.merges) < MOST_MERGES and has(b"mergeCell ", b"g", xml, end):
            for left, top, right, bottom in MERGE.findall(xml, 0, end):
                area = (int(top), column_number(left), int(bottom), column_number(right))
                self.merges.append(area)

    def check_extent(self, letters: bytes, digits: bytes) -> None:
        rows, columns = int(digits), column_number(letters)
        limits = self.limits
        if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
            raise ReadError(
                f"A sheet reaches as far as cell {letters.decode()}{rows}, farther than is read",
                remedy=f"Keep to {limits.columns:,} columns and {limits.cells:,} cells: delete the "
                "cells far off, or save the sheet as CSV and choose that",
            )


class Look:
    """A look through all parts of a zipped workbook: the small before, the large beside calamine.

    Inflating releases the interpreter's lock, as calamine does, so the look costs a second core
    and hardly any time.
    """

    def __init__(
        self, content: memoryview, limits: ReadLimits, refuse: Callable[[ReadError], None]
    ) -> None:
        self.limits = limits
        self.refuse = refuse
        self.ods_sheets = 0
        self.zip = Zip(content, limits, "workbook")
        members = {member.filename: member for member in self.zip.members}
        if any(name == "EncryptedPackage" for name in members) or b"encryption-data" in (
            self.index(members.get("META-INF/manifest.xml"))
        ):
            raise protected()
        index = self.index(members.get("xl/workbook.xml"))
        sheets = SHEET.findall(index)
        check_sheets(len(sheets), limits)
        targets: dict[bytes, bytes] = {}
        for relation in RELATION.findall(self.index(members.get("xl/_rels/workbook.xml.rels"))):
            attributes = dict(ATTRIBUTE.findall(relation))
            if attributes.keys() >= {b"Id", b"Target"}:
                targets[attributes[b"Id"]] = attributes[b"Target"]
        part = members.get("xl/styles.xml")
        small = part is not None and part.file_size <= LARGEST_INDEX_BYTES
        styles = styles_that_show_more(self.index(part) if small else b"")
        self.marks: list[Marks] = []
        self.of_part: dict[str, Marks] = {}
        for sheet in sheets:
            found = SHEET_ID.search(sheet)
            target = targets.get(found[1] if found else b"", b"").decode(errors="replace")
            target_part = target[1:] if target.startswith("/") else f"xl/{target}"
            self.marks.append(self.of_part.setdefault(target_part, Marks(limits, styles)))
        self.large = [m for m in self.zip.members if m.file_size > SMALL_PART_BYTES]
        for member in self.zip.members:
            if member.file_size <= SMALL_PART_BYTES:
                self.through(member)
        self.thread = threading.Thread(target=self.through_the_large, daemon=True)
        self.thread.start()

    def index(self, member: zipfile.ZipInfo | None) -> bytes:
        """Unpack a part that lists other parts."""
        if member is None:
            return b""
        if member.file_size > LARGEST_INDEX_BYTES:
            raise damaged()
        return b"".join(self.zip.pieces(member))

    def through_the_large(self) -> None:
        try:
            for part in self.large:
                self.through(part)
        except ReadError as error:
            self.refuse(error)

    def through(self, part: zipfile.ZipInfo) -> None:
        """Unpack a part for its real size, and look for what it says."""
        marks = self.of_part.get(part.filename)
        if not part.filename.endswith((".xml", ".rels")):
            for _ in self.zip.pieces(part):
                pass
            return
        small = part.file_size <= SMALL_PART_BYTES
        xml, end = b"", 0
        for number, piece in enumerate(self.zip.pieces(part)):
            xml = xml[end:] + piece
            self.look_for_tricks(xml, part, start=number == 0)
            # A piece may end within a cell or a tag, which then waits for the next piece.
            end = xml.rfind(b"</c>") + 4
            if end < 4:
                end = xml.rfind(b">") + 1 or max(0, len(xml) - LONGEST_TAG_BYTES)
            if marks is not None:
                marks.see(xml, end, start=number == 0, small=small)
        if marks is not None:
            marks.see(xml[end:], len(xml) - end, start=False, small=small)

    def look_for_tricks(self, xml: bytes, part: zipfile.ZipInfo, *, start: bool) -> None:
        # Entities are declared before anything else.
        if start and b"<!ENTITY" in xml:
            raise ReadError(
                "The workbook declares entities of its own, as no spreadsheet program does",
                remedy=SAVE_AGAIN,
            )
        if part.filename == "content.xml":
            self.ods_sheets += xml.count(b"<table:table ")
            check_sheets(self.ods_sheets, self.limits)


def check_sheets(count: int, limits: ReadLimits) -> None:
    """Refuse a workbook of too many sheets."""
    if count > limits.sheets:
        raise ReadError(
            f"The workbook has {count:,} sheets, more than is read",
            remedy=f"Keep to {limits.sheets:,} sheets, or save the one you need as CSV",
        )
