"""What is a table in another form is read or refused in a sentence, never taken for one column."""

from __future__ import annotations

import gzip
import io
import json
import tarfile

import pytest

from segmentation.errors import DataError, ReadError
from segmentation.pipeline import load
from segmentation.reading import Source, read_table
from segmentation.results import Table

ROWS = [{"id": i, "name": f"N{i}"} for i in range(5)]
PAGE = "<table><tr><th>id</th><th>spend</th></tr><tr><td>1</td><td>2,5</td></tr></table>"
XML_BOOK = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet><Table><Row><Cell/></Row></Table></Worksheet></Workbook>
"""
MAILED = f"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html><body>{PAGE}"


def read(data: bytes | str, name: str = "a.csv") -> Table:
    data = data if isinstance(data, bytes) else data.encode()
    return read_table(Source(name=name, data=data), as_text=True)


def rows(table: Table) -> list[list[str]]:
    return [list(table.frame.columns), *table.frame.to_numpy().tolist()]


def tar() -> bytes:
    out = io.BytesIO()
    data = b"id,spend\n1,2\n"
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("orders/orders.csv")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (tar(), "tar archive.*Unpack it"),
        (gzip.compress(tar()), "tar archive.*Unpack it"),
        (PAGE, "a web page, not a workbook.*save it as XLSX"),
        (f"\n<!DOCTYPE html>\n<html><body>{PAGE}</body></html>", "a web page"),
        (f"<html><head><meta charset=x></head><body>{PAGE}".encode("utf-16"), "a web page"),
        *(
            (f"{before}{PAGE}", "a web page")
            for before in ("<!-- 1 -->", "<p>Sales</p>", "<b>A</b>")
        ),
        (MAILED, "a web page"),
        (XML_BOOK, "XML form of 2003.*save it as XLSX"),
        (XML_BOOK.split("\n", 2)[2], "XML form of 2003"),
        ('<orders>\n<order id="1"/>\n<order id="2"/>\n</orders>\n', "an XML file"),
        ('<?xml version="1.0"?><orders><order/></orders>', "an XML file"),
        (json.dumps(ROWS), "JSON.*CSV or XLSX"),
        (json.dumps({"rows": ROWS}, indent=2), "JSON"),
        (json.dumps([[1, "a"], [2, "b"]]), "JSON"),
        ("\n".join(map(json.dumps, ROWS)), "JSON"),
        (json.dumps(ROWS).encode("utf-16"), "JSON"),
        ('["id", "name"]\n["1", "a"]\n', "JSON"),
    ],
)
def test_what_is_no_table_of_text_is_refused_plainly(data: bytes | str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read(data, "report.xls")


@pytest.mark.parametrize(
    "text",
    ["[id],[name]\n1,a\n2,b\n", "{x},n\n1,2\n3,4\n", "<5,n\n1,2\n", "<b>A</b>,1\n<b>B</b>,2\n"],
)
def test_a_table_that_begins_alike_is_read(text: str) -> None:
    assert read(text).report.columns == 2


# --- lines quoted whole

TABLE = [["id", "name", "amount"], ["1", "A, x", "10"], ["2", 'B "b"', "11"], ["3", "", "12"]]


def whole(line: str) -> str:
    return '"' + line.replace('"', '""') + '"'


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("head", [whole, str])
def test_lines_quoted_whole_are_unquoted_once(end: str, mark: str, head: type[str]) -> None:
    def cell(text: str) -> str:
        return whole(text) if {mark, '"'} & set(text) else text

    lines = [mark.join(map(cell, row)) for row in TABLE]
    table = read(end.join([head(lines[0]), *map(whole, lines[1:])]) + end)
    assert rows(table) == TABLE
    assert table.lines.tolist() == [2, 3, 4] and table.report.delimiter == mark
    (change,) = table.report.changes
    assert change.count == (4 if head is whole else 3)


@pytest.mark.parametrize("text", ['"name"\n"Lee, Ann"\n"Ray, Bob"\n', '"note"\n"a,b"\n"c"\n'])
def test_one_column_of_quoted_text_stays_one(text: str) -> None:
    assert read(text).report.columns == 1


# --- columns by position

PEOPLE = [
    ["id", "name", "city", "amount"],
    *(
        [str(i * 7), n, c, f"{i * 31.5:.2f}"]
        for i, (n, c) in enumerate(
            [("Ann Lee", "Rome"), ("Bob", "Köln"), ("Cy Young", "Aix en P."), ("Dora Maar", "Oslo")]
        )
    ),
]


@pytest.mark.parametrize("wide", [1, 3])
def test_columns_of_fixed_width_are_cut_by_their_places(wide: int) -> None:
    gap = " " * wide
    lines = [gap.join((f"{a:<4}", f"{b:<10}", f"{c:<10}", f"{d:>8}")) for a, b, c, d in PEOPLE]
    table = read("\n".join(lines))
    assert rows(table) == PEOPLE
    assert table.report.delimiter is None and table.report.changes[0].count == len(PEOPLE)


def test_a_column_of_sentences_is_not_cut() -> None:
    text = "note\nhello  there you\nwhat is this\nfine,  I say\nso it is  again\n"
    assert read(text).report.columns == 1


# --- decimal commas that cut a number


@pytest.mark.parametrize("head", ["id,name,amount", "Kunden-Nr,name,amount"])
def test_numbers_cut_at_their_decimal_comma_are_put_together(head: str) -> None:
    table = read(f"{head}\n1,a,10,50\n2,b,11,20\n3,c,9,99\n")
    assert rows(table)[1:] == [["1", "a", "10,50"], ["2", "b", "11,20"], ["3", "c", "9,99"]]
    assert table.report.overflow_columns == 0 and not table.report.doubts
    assert table.report.changes[0].count == 3


def test_what_may_be_row_numbers_is_a_doubt_with_the_way_out() -> None:
    source = Source(name="a.csv", data=b"name,age,visits\n1,Ann,31,50\n2,Bob,42,20\n3,Cy,53,99\n")
    table = read_table(source, as_text=True)
    assert table.report.columns == 4
    (doubt,) = table.report.doubts
    assert "one cell more than the header" in doubt and "semicolons" in doubt
    assert not read("name,age,visits\n1,Ann,31,5\n2,Bob,42,200\n").report.doubts
    with pytest.raises(DataError, match=r"No row is left.*semicolons"):
        load(source)
