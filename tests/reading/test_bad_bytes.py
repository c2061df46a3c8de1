"""A byte that is no text costs its own cell and nothing else, and is told with its line."""

from __future__ import annotations

import pytest

from segmentation.errors import ReadError
from segmentation.reading import Source, read_table
from segmentation.results import Table
from segmentation.settings import ReadSettings

BODY = "Kunde;Ort;Umsatz\n" + "".join(f"Müller{i};Köln;{i},5\n" for i in range(200))


def read(data: bytes, encoding: str | None = None) -> Table:
    source = Source(name="a.csv", data=data)
    return read_table(source, ReadSettings(encoding=encoding), as_text=True)


@pytest.mark.parametrize("encoding", [None, "utf-8"])
@pytest.mark.parametrize(
    ("tail", "last"),
    [
        (b"M\xfcller;Bonn;1,5\n", ["Müller", "Bonn", "1,5"]),
        (b"M\x81ller;Bonn;1,5\n", ["M\ufffdller", "Bonn", "1,5"]),
        ("Xaver;Bonn;1,5 €".encode()[:-1], ["Xaver", "Bonn", "1,5 \ufffd\ufffd"]),
    ],
    ids=["a letter of cp1252", "nothing", "a character cut in half"],
)
def test_a_bad_byte_leaves_the_rest_as_it_is(
    tail: bytes, last: list[str], encoding: str | None
) -> None:
    table = read(BODY.encode() + tail, encoding)
    assert table.report.encoding == "utf-8"
    assert table.frame.iloc[7].tolist() == ["Müller7", "Köln", "7,5"]
    assert table.frame.iloc[-1].tolist() == last
    (change,) = table.report.changes
    assert change.count == (2 if "\ufffd\ufffd" in last[2] else 1)
    assert all(written.startswith("line 202: ") for written, _ in change.examples)


def test_lines_are_counted_across_blocks_and_line_ends() -> None:
    rows = [f"{i};Müller;x" for i in range(600_000)]
    at = [0, 299_999, 599_999]
    for i in at:
        rows[i] = f"{i};M\udcfcller;x"
    data = "\r\n".join(["a;b;c", *rows]).encode("utf-8", "surrogateescape")
    (change,) = read(data).report.changes
    assert change.count == len(at)
    assert [written.split(":")[0] for written, _ in change.examples] == [
        f"line {i + 2:,}" for i in at
    ]


def test_a_named_encoding_is_followed_and_what_it_can_not_say_is_counted() -> None:
    table = read(BODY.encode("cp1252"), "utf-8")
    assert table.report.encoding == "utf-8" and table.report.rows == 200
    assert sum(change.count for change in table.report.changes) == 400


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "cp1250", "utf-8"])
def test_text_without_bad_bytes_is_not_taken_for_another_encoding(encoding: str) -> None:
    assert read(BODY.encode(encoding)).report.encoding == encoding or encoding == "cp1250"
    assert not read(BODY.encode(encoding)).report.changes


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_read_where_only_utf_16_is_told(encoding: str) -> None:
    table = read(BODY.encode(encoding), "utf-16")
    assert table.frame.iloc[7].tolist() == ["Müller7", "Köln", "7,5"]


def test_an_encoding_in_which_nothing_can_be_read_is_refused() -> None:
    with pytest.raises(
        ReadError, match=r"Nothing can be read in the encoding utf-32.*name another"
    ):
        read(BODY.encode("cp1252"), "utf-32")
