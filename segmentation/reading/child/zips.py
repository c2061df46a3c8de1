"""ZIP and gzip files unpacked without trust, within limits."""

from __future__ import annotations

import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator

from segmentation.errors import ReadError
from segmentation.reading.limits import ReadLimits

BLOCK_BYTES = 1 << 16
PIECE_BYTES = 1 << 18
GZIP = b"\x1f\x8b"
# A little file may pack as well as it likes.
FREE_BYTES = 1 << 20
SAVE_AGAIN = "Open it in the program it is for, save it again, and retry"


def damaged(kind: str = "workbook") -> ReadError:
    """Say that the bytes are not what they seem."""
    if kind == "workbook":
        return ReadError("The workbook is damaged or not a workbook", remedy=SAVE_AGAIN)
    return ReadError("The archive is damaged", remedy="Pack it again, or choose the table itself")


def protected(kind: str = "workbook") -> ReadError:
    """Say that it can't be read without its password."""
    return ReadError(
        f"The {kind} is protected by a password",
        remedy="Open it, save it without one, and choose it again",
    )


def check_size(unpacked: int, packed: int, limits: ReadLimits) -> None:
    """Refuse what unpacks to too much."""
    if unpacked > limits.unpacked_bytes:
        raise ReadError(
            f"It unpacks to more than {limits.unpacked_bytes:,} bytes",
            remedy="Split the table into smaller files",
        )
    if unpacked > max(FREE_BYTES, packed * limits.ratio):
        raise ReadError(
            f"It unpacks to more than {limits.ratio:,} times its size",
            remedy="If you trust it, unpack it or save it as CSV, and choose that",
        )


def inflated(packed: memoryview, wbits: int) -> Iterator[bytes]:
    """Inflate piece by piece, so that no piece can be huge; members of a gzip file follow on."""
    start = 0
    waiting: bytes | memoryview = b""
    inflater = zlib.decompressobj(wbits)
    while True:
        if not waiting:
            waiting = packed[start : start + BLOCK_BYTES]
            start += len(waiting)
        # Without any input left there may still be output that the last piece had no room for.
        piece = inflater.decompress(waiting, PIECE_BYTES)
        if piece:
            yield piece
        if inflater.eof:
            start -= len(inflater.unused_data)
            if wbits <= zlib.MAX_WBITS or packed[start : start + len(GZIP)] != GZIP:
                return
            waiting = b""
            inflater = zlib.decompressobj(wbits)
        elif not (piece or waiting):
            raise zlib.error("the end is missing")
        else:
            waiting = inflater.unconsumed_tail


class Zip:
    """A ZIP file looked at without trust: its index first, then each member by its real content."""

    def __init__(self, content: memoryview, limits: ReadLimits, kind: str) -> None:
        self.content = content
        self.kind = kind
        # Reading the index makes an object of each entry, so they are counted before.
        entries = sum(1 for _ in re.finditer(rb"PK\x01\x02", content))
        if entries > limits.members:
            raise ReadError(
                f"The {kind} has more than {limits.members:,} parts",
                remedy="Choose one with nothing but the table in it",
            )
        try:
            with zipfile.ZipFile(sys.stdin.buffer) as archive:
                self.members = archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
            raise damaged(kind) from None
        check_size(sum(member.file_size for member in self.members), len(content), limits)
        if any(member.flag_bits & 1 for member in self.members):
            raise protected(kind)
        end = 0
        for member in sorted(self.members, key=lambda member: member.header_offset):
            if member.header_offset < end:
                raise ReadError(
                    f"Parts of the {kind} overlap, as no program packs", remedy=SAVE_AGAIN
                )
            end = member.header_offset + 30 + member.compress_size

    def pieces(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """Unpack a member, and refuse one that is not what the index says."""
        header = bytes(self.content[member.header_offset :][:30])
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise damaged(self.kind)
        start = member.header_offset + 30 + sum(struct.unpack("<HH", header[26:]))
        packed = self.content[start : start + member.compress_size]
        if member.compress_type == zipfile.ZIP_STORED:
            pieces: Iterator[bytes] = (
                bytes(packed[at : at + PIECE_BYTES]) for at in range(0, len(packed), PIECE_BYTES)
            )
        elif member.compress_type == zipfile.ZIP_DEFLATED:
            pieces = inflated(packed, -15)
        else:
            raise ReadError(
                f"The {self.kind} is packed in a way that is not read",
                remedy="Pack it again as an ordinary ZIP file",
            )
        size, checksum = 0, 0
        try:
            for piece in pieces:
                size += len(piece)
                checksum = zlib.crc32(piece, checksum)
                if size > member.file_size:
                    raise ReadError(
                        f"A part of the {self.kind} unpacks to more than it declares",
                        remedy=SAVE_AGAIN,
                    )
                yield piece
        except zlib.error:
            raise damaged(self.kind) from None
        if size != member.file_size or checksum != member.CRC:
            raise damaged(self.kind)
