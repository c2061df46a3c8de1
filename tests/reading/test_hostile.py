"""Hostile, broken and mistaken files are refused in a sentence, and nothing is left behind."""

from __future__ import annotations

import gzip
import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import psutil
import pytest

from segmentation.errors import ReadError, SettingsError
from segmentation.reading.archive import looks_like, unpack
from segmentation.reading.limits import ReadLimits, limits_from
from segmentation.reading.workbook import read_workbook
from tests.reading import books
from tests.reading.books import zipped

CSV = b"id,spend\n1,20\n2,30\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4
LONGEST_SECONDS = 5


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    process = psutil.Process()
    # The servers of browser tests may be running beside.
    children = process.children()
    open_files = process.num_fds() if hasattr(process, "num_fds") else 0
    yield
    assert process.children() == children
    assert not hasattr(process, "num_fds") or process.num_fds() <= open_files


def read(data: bytes, name: str, limits: ReadLimits | None = None) -> object:
    """Go the way of every file: what is it, unpack it, read it."""
    content = looks_like(data, name)
    if content == "archive":
        return unpack(data, name, limits=limits)
    if content == "workbook":
        return read_workbook(data, name, limits=limits)
    return data


def refusal(data: bytes, limits: ReadLimits | None = None) -> str:
    # The processor's time of the child, not the clock: the machine may be busy with other things.
    before = psutil.Process().cpu_times().children_user
    with pytest.raises(ReadError) as caught:
        read(data, "file.bin", limits)
    assert psutil.Process().cpu_times().children_user - before < LONGEST_SECONDS
    assert caught.value.where == "file.bin"
    assert caught.value.what and caught.value.remedy
    return str(caught.value)


def book(rows: int = 200) -> bytes:
    return books.xlsx(("Orders", [["id", "spend"], *[[f"a{i}", i * i] for i in range(rows)]]))


def in_part(part: str, old: bytes, new: bytes) -> bytes:
    def change(xml: bytes) -> bytes:
        assert old in xml
        return xml.replace(old, new, 1)

    return books.with_part(book(), part, change)


def declaring(data: bytes, **fields: int) -> bytes:
    """Change what the index, and the members' own headers, say of every member."""
    changed = bytearray(data)
    for magic, places in (
        (b"PK\x01\x02", {"flags": ("<H", 8), "crc": ("<I", 16), "size": ("<I", 24)}),
        (b"PK\x03\x04", {"flags": ("<H", 6), "crc": ("<I", 14), "size": ("<I", 22)}),
    ):
        at = changed.find(magic)
        while at >= 0:
            for field, value in fields.items():
                form, place = places[field]
                struct.pack_into(form, changed, at + place, value)
            at = changed.find(magic, at + 4)
    return bytes(changed)


def overlapping(members: int = 3) -> bytes:
    """Many entries of the index that stand for the same bytes."""
    one = zipped({"a.csv": CSV})
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    entry = one[start:end]
    index = b"".join(entry.replace(b"a.csv", f"{i:05}".encode()) for i in range(members))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, members, members, len(index), start, 0)
    return one[:start] + index + tail


def many_sheets(count: int) -> bytes:
    one = b'<sheet name="S%d" sheetId="%d" r:id="rId1"/>'
    sheets = b"".join(one % (i, i) for i in range(count))
    return in_part("xl/workbook.xml", b"</sheets>", sheets + b"</sheets>")


def cell_at(place: str) -> bytes:
    wide = openpyxl.Workbook()
    wide.active["A1"] = "id"
    wide.active[place] = 1
    out = io.BytesIO()
    wide.save(out)
    return out.getvalue()


LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (i + 1, b"&l%d;" % i * 10) for i in range(9))
LAUGHS = b'<!DOCTYPE x [<!ENTITY l0 "ha">' + LAUGHS + b"]>"
OUTSIDE = b'<!DOCTYPE x [<!ENTITY o SYSTEM "file:///etc/passwd">]>'


def with_prolog(part: str, prolog: bytes) -> bytes:
    def change(xml: bytes) -> bytes:
        start = xml.index(b"?>") + 2 if xml.startswith(b"<?xml") else 0
        return xml[:start] + prolog + xml[start:]

    return books.with_part(book(), part, change)


SHEET = "xl/worksheets/sheet1.xml"
FAR_OFF = b'<dimension ref="A1:XFD1048576"/>'

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (lambda: zipped({"a.csv": bytes(50_000_000)}), "more than 200 times its size"),
    "zip bomb of a workbook": (
        lambda: books.with_part(book(), SHEET, lambda xml: xml + b" " * 50_000_000),
        "more than 200 times its size",
    ),
    "zip that declares a gigabyte": (
        lambda: declaring(zipped({"a.csv": CSV}), size=(1 << 30) + 1),
        "more than 1,073,741,824 bytes",
    ),
    "zip bomb that declares little": (
        lambda: declaring(zipped({"a.csv": bytes(50_000_000)}), size=1_000),
        "unpacks to more than it declares",
    ),
    "zip bomb that declares little, with its checksum": (
        lambda: declaring(
            zipped({"a.csv": bytes(50_000_000)}), size=1_000, crc=zlib.crc32(bytes(1_000))
        ),
        "unpacks to more than it declares",
    ),
    "workbook that declares little": (
        lambda: declaring(
            books.with_part(book(), "xl/styles.xml", lambda xml: xml + b" " * 50_000_000),
            size=1_000,
        ),
        "unpacks to more than it declares|damaged",
    ),
    "zip of overlapping members": (overlapping, "overlap"),
    "zip of too many members": (
        lambda: zipped({f"{i}.csv": b"" for i in range(20_000)}),
        "more than 10,000 parts",
    ),
    "billion laughs in the strings": (
        lambda: with_prolog("xl/sharedStrings.xml", LAUGHS),
        "entities",
    ),
    "billion laughs in the workbook": (lambda: with_prolog("xl/workbook.xml", LAUGHS), "entities"),
    "an external entity": (lambda: with_prolog(SHEET, OUTSIDE), "entities"),
    "one value in the last cell": (lambda: cell_at("XFD1048576"), "as far as cell XFD1048576"),
    "one value in the last column": (lambda: cell_at("XFD1"), "as far as cell XFD1"),
    "a large sheet that declares a far cell": (
        lambda: books.with_part(
            book(),
            SHEET,
            lambda _: (
                b"<worksheet>"
                + FAR_OFF
                + b"<sheetData>"
                + random.Random(1).randbytes(3_000_000).hex().encode()
                + b"</sheetData></worksheet>"
            ),
        ),
        "as far as cell XFD1048576",
    ),
    "100,000 sheets": (lambda: many_sheets(100_000), "100,001 sheets"),
    "100,000 sheets of an ODS": (
        lambda: books.ods(*[(f"S{i}", [["a"]]) for i in range(100_000)]),
        "sheets, more than is read",
    ),
    "a protected workbook": (
        lambda: books.ole({"EncryptionInfo": b"x", "EncryptedPackage": b"y" * 5_000}),
        "protected by a password.*save it without one",
    ),
    "a protected XLS": (
        lambda: books.xls(("A", [["id"], ["b"]]), locked=True),
        "protected by a password.*save it without one",
    ),
    "a protected ODS": (
        lambda: books.ods(("A", [["id"]]), manifest="<manifest:encryption-data/>"),
        "protected by a password",
    ),
    "a protected zip": (
        lambda: declaring(zipped({"a.csv": CSV}), flags=1),
        "archive is protected by a password",
    ),
    "a compound file of nothing": (lambda: books.ole({"WordDocument": b"x"}), "damaged or not"),
    "a Word document": (
        lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        "damaged or not a workbook",
    ),
    "a picture": (lambda: PNG, "PNG picture"),
    "a program": (lambda: b"MZ\x90\x00" + bytes(300), "a program"),
    "a program of Linux": (lambda: b"\x7fELF\x02\x01" + bytes(300), "a program"),
    "a 7z archive": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(300), "a 7z archive"),
    "zip in zip": (lambda: zipped({"a.csv": zipped({"b.csv": CSV})}), "archive within"),
    "zip in zip, by name": (lambda: zipped({"a.zip": zipped({"b.csv": CSV})}), "archive within"),
    "gz in zip": (lambda: zipped({"a.csv.gz": gzip.compress(CSV)}), "archive within"),
    "gz in gz": (lambda: gzip.compress(gzip.compress(CSV)), "archive within"),
    "zip in gz": (lambda: gzip.compress(zipped({"b.csv": CSV})), "archive within"),
    "gz bomb": (lambda: gzip.compress(bytes(60_000_000)), "more than 200 times its size"),
    "gz bomb in many members": (
        lambda: gzip.compress(bytes(1_000_000)) * 20,
        "more than 200 times its size",
    ),
    "half a gz": (lambda: gzip.compress(CSV * 99)[:-20], "archive is damaged"),
    "a gz with a wrong checksum": (
        lambda: gzip.compress(CSV)[:-8] + bytes(8),
        "archive is damaged",
    ),
    "a name that leads outside": (lambda: zipped({"../../a.csv": CSV}), "unpack elsewhere"),
    "a name that leads outside on Windows": (
        lambda: zipped({"..\\a.csv": CSV}),
        "unpack elsewhere",
    ),
    "an absolute name": (lambda: zipped({"/etc/a.csv": CSV}), "unpack elsewhere"),
    "zip of nothing": (lambda: zipped({}), "no table in it"),
    "zip of no table": (lambda: zipped({"a.png": PNG, "b.html": b"<p>"}), "no table in it"),
    "zip of an empty table": (lambda: zipped({"a.csv": b""}), "no table in it"),
    "zip of two tables": (
        lambda: zipped({"a.csv": CSV, "b/c.xlsx": book()}),
        r"2 tables in it: 'a\.csv', 'b/c\.xlsx'",
    ),
    "a zip whose index lies": (
        lambda: (z := zipped({"a.csv": CSV}))[:-10] + b"\xff\xff\xff\x7f" + z[-6:],
        "archive is damaged",
    ),
    "a zip64 end without its record": (
        lambda: (
            zipped({"a.csv": CSV})[:-22]
            + struct.pack("<4sLQL", b"PK\x06\x07", 0, 1 << 60, 1)
            + struct.pack("<4s4H2LH", b"PK\x05\x06", *[0xFFFF] * 4, 0xFFFFFFFF, 0xFFFFFFFF, 0)
        ),
        "archive is damaged",
    ),
    "a zip with a wrong checksum": (
        lambda: declaring(zipped({"a.csv": CSV}), crc=7),
        "archive is damaged",
    ),
    "a zip packed in a rare way": (
        lambda: zipped({"a.csv": CSV}, zipfile.ZIP_LZMA),
        "packed in a way that is not read",
    ),
    "rubbish after a zip's magic": (lambda: b"PK\x03\x04" + bytes(2_000), "archive is damaged"),
    "rubbish after an old Office magic": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40,
        "damaged or not a workbook",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(case: str) -> None:
    make, said = HOSTILE[case]
    assert_matches(refusal(make()), said)


def assert_matches(text: str, pattern: str) -> None:
    assert re.search(pattern, text), text
    assert text.endswith(".") and "\n" not in text and "Error" not in text


@pytest.mark.parametrize("write", [books.xlsx, books.ods, books.xlsb, books.xls])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99, 0.999])
def test_a_workbook_cut_short_is_refused(write: Callable[..., bytes], share: float) -> None:
    whole = write(("Orders", [["id", "spend"], *[[f"a{i}", float(i)] for i in range(300)]]))
    # An old workbook may end with padding, which nobody misses.
    whole = whole.rstrip(b"\0")
    assert "damaged" in refusal(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_an_archive_cut_short_is_refused(share: float) -> None:
    for whole in (zipped({"a.csv": CSV * 50}), gzip.compress(CSV * 50)):
        assert "damaged" in refusal(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("seed", range(12))
def test_a_workbook_with_wrong_bytes_is_read_or_refused(seed: int) -> None:
    wrong = random.Random(seed)
    write = [books.xlsx, books.ods, books.xlsb, books.xls][seed % 4]
    data = bytearray(write(("Orders", [["id", "spend"], *[[f"a{i}", i / 7] for i in range(50)]])))
    for _ in range(20):
        data[wrong.randrange(8, len(data))] = wrong.randrange(256)
    try:
        read(bytes(data), "file.bin")
    except ReadError as error:
        assert str(error).endswith(".")  # noqa: PT017


# --- what is fine is not refused


def test_content_decides_and_not_the_ending() -> None:
    assert looks_like(CSV, "a.xlsx") == "text"
    assert looks_like(b"MZ,KG\n1,2\n", "a.csv") == "text"
    assert looks_like(b"", "a.csv") == "text"
    for write in (books.xlsx, books.ods, books.xlsb, books.xls):
        assert looks_like(write(("A", [["id"]])), "a.csv") == "workbook"
    assert looks_like(zipped({"a.csv": CSV}), "a.xlsx") == "archive"
    assert looks_like(zipped({"book.xlsx": book()}, method=0), "a.zip") == "archive"
    assert looks_like(gzip.compress(CSV), "a.csv") == "archive"
    assert looks_like(book()[:3_000], "a.csv") == "workbook"


@pytest.mark.parametrize(
    ("members", "name"),
    [
        ({"orders.csv": CSV}, "orders.csv"),
        ({"2024/": b"", "2024/orders.CSV": CSV, "readme.txt": b"hello"}, "orders.CSV"),
        (
            {"orders.csv": CSV, "__MACOSX/._orders.csv": b"x", ".hidden.csv": b"y", "b.png": PNG},
            "orders.csv",
        ),
        ({"orders.txt": CSV}, "orders.txt"),
        ({"orders": CSV}, "orders"),
    ],
)
def test_the_one_table_of_a_zip_is_found(members: dict[str, bytes], name: str) -> None:
    assert unpack(zipped(members), "export.zip") == (CSV, name)
    assert unpack(zipped(members, method=0), "export.zip") == (CSV, name)


def test_a_workbook_in_a_zip_is_a_table() -> None:
    data, name = unpack(zipped({"book.xlsx": book()}), "export.zip")
    assert (looks_like(data, name), name) == ("workbook", "book.xlsx")
    assert read_workbook(data, name).cells.num_rows == 201


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 5_000_000])
def test_what_is_unpacked_is_what_was_packed(size: int) -> None:
    table = random.Random(size).randbytes(size // 2).hex().encode() + b"x" * (size % 2)
    parts = gzip.compress(table[: size // 3]) + gzip.compress(table[size // 3 :])
    assert unpack(gzip.compress(table), "a.csv.gz") == (table, "a.csv")
    assert unpack(parts + bytes(512), "a") == (table, "a")
    if size:
        assert unpack(zipped({"a.csv": table}), "a.zip") == (table, "a.csv")


@pytest.mark.parametrize("size", [(1 << 18) - 1, 1 << 18, (1 << 18) + 1, 1 << 20])
def test_a_little_file_may_pack_well(size: int) -> None:
    assert unpack(gzip.compress(bytes(size)), "a.gz")[0] == bytes(size)
    three = gzip.compress(bytes(size // 3)) * 3
    assert unpack(three, "a.gz")[0] == bytes(size // 3 * 3)


# --- limits


@pytest.mark.parametrize(
    ("limits", "data", "said"),
    [
        (ReadLimits(unpacked_bytes=10), gzip.compress(CSV), "more than 10 bytes"),
        (ReadLimits(unpacked_bytes=10), zipped({"a.csv": CSV}), "more than 10 bytes"),
        (ReadLimits(ratio=2), gzip.compress(b"ab" * 999_999), "more than 2 times"),
        (ReadLimits(members=2), zipped({"a": CSV, "b": b"", "c": b""}), "more than 2 parts"),
        (ReadLimits(sheets=1), books.xls(("A", [["a"]]), ("B", [["b"]])), "2 sheets"),
        (ReadLimits(rows=100), book(), "as far as cell A101"),
        (ReadLimits(columns=1), book(), "as far as cell B"),
        (ReadLimits(cells=300), book(), "as far as cell B"),
        (ReadLimits(memory_bytes=300_000_000), cell_at("ALL100000"), "memory or time"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_limit_can_be_set(limits: ReadLimits, data: bytes, said: str) -> None:
    assert_matches(refusal(data, limits), said)


def test_a_limit_raised_lets_the_file_in() -> None:
    data = gzip.compress(bytes(20_000_000))
    assert len(unpack(data, "a.gz", limits=ReadLimits(ratio=2_000))[0]) == 20_000_000


def test_the_environment_sets_limits() -> None:
    assert limits_from({}) == ReadLimits()
    given = {"SEGMENTATION_READ_MEMORY_BYTES": " 5000 ", "SEGMENTATION_READ_SHEETS": ""}
    assert limits_from(given) == ReadLimits(memory_bytes=5_000)
    for wrong in ("-1", "0", "many", "1.5", "9" * 30):
        with pytest.raises(SettingsError, match="SEGMENTATION_READ_RATIO"):
            limits_from({"SEGMENTATION_READ_RATIO": wrong})
    with pytest.raises(SettingsError, match="'rows' is 0"):
        ReadLimits(rows=0)


def test_real_workbooks_are_well_within_the_limits(shared: Path) -> None:
    path = shared / "data" / "online-retail-rebuilt.xlsx"
    grid = read_workbook(path.read_bytes(), path.name)
    assert (grid.cells.num_rows, grid.cells.num_columns) == (541_910, 8)
    assert (grid.notes, grid.questions) == ((), ())
