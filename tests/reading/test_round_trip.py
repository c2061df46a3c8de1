"""What is written down in any dialect, locale and encoding reads back cell for cell.

Where a person couldn't tell either, nothing is promised. These are all such places:

- no other delimiter cuts every line, the header included, into the same two or more cells;
- a lone column has no delimiter outside quotes, else it could be ragged columns;
- between spaces there are three or more columns and no empty cell, else it could be a sentence or
  an aligned list;
- where only some cells are quoted, none begins with the other kind of quote;
- a backslash is not before a quote or at a cell's end; where it escapes, there is no other one;
- no record is blank from end to end, or a drawn line;
- the first record fills the columns of numbers and dates, else it could be a line of units;
- an old one-byte encoding is told, unless ten or more letters, of two or more kinds, of a known
  language show it: of one letter alone, ü in Mac Roman is ź in Polish.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import HealthCheck, assume, event, example, given, settings
from hypothesis import strategies as st

from segmentation.reading import Source, read_table
from segmentation.results import Table
from segmentation.settings import DELIMITERS, ReadSettings
from tests.counts import examples
from tests.reading.corpus import Dialect
from tests.reading.tables import Row

SOME, MANY = 200, 10_000
NAMES = (
    "id", "name", "city", "amount", "Kundennummer", "Umsatz netto", "Ort", "ville", "fecha",
    "cliente", "importe", "order_no", "price", "qty", "comment", "e-mail", "signup date", "Segment",
    "is_active", "loyalty_points", "Vorname", "Straße", "prénom", "país", "Zip code", "last visit",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """How a country writes words, numbers and dates, and what its old systems encode with."""

    words: Row
    thousands: str
    decimal: str
    date: str
    encodings: Row

    def number(self, hundredths: int) -> str:
        """Write hundredths of a unit."""
        plain = f"{hundredths / 100:,.2f}"
        return plain.translate(str.maketrans({",": self.thousands, ".": self.decimal}))


LOCALES = {
    "en": Locale(
        words=("apple pie", "O'Neill", "north", "Smith & Sons", "5 pm", "café"),
        thousands=",",
        decimal=".",
        date="%m/%d/%Y",
        encodings=(),
    ),
    "de": Locale(
        words=("Müller", "Größe", "schön", "Straße", "Äpfel, grün", "Köln", "für Zoë", "Übung"),
        thousands=".",
        decimal=",",
        date="%d.%m.%Y",
        encodings=("cp1252", "iso-8859-15", "mac_roman", "cp850"),
    ),
    "fr": Locale(
        words=("été", "l'hôtel", "à rappeler", "Besançon", "père; mère", "Noël", "déjà"),
        thousands=" ",
        decimal=",",
        date="%d/%m/%Y",
        encodings=("cp1252", "iso-8859-15", "mac_roman", "cp850"),
    ),
    "es": Locale(
        words=("niño", "corazón", "¿qué?", "Málaga", "años", "camión", "línea, fácil"),
        thousands=".",
        decimal=",",
        date="%d/%m/%Y",
        encodings=("cp1252", "iso-8859-15", "mac_roman", "cp850"),
    ),
    "pl": Locale(
        words=("Łódź", "żółty", "Kraków", "gęś", "świeca", "Wałęsa", "ćma, źle"),
        thousands=" ",
        decimal=",",
        date="%d.%m.%Y",
        encodings=("cp1250",),
    ),
}
UNICODE = ("utf-8", "utf-8-sig", "utf-16")
TOLD_ENCODINGS = (*UNICODE, "utf-16-le", "utf-16-be", "cp1252", "mac_roman", "cp850", "latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A table and how it is written down."""

    header: Row
    records: tuple[Row, ...]
    dialect: Dialect

    def rows(self) -> list[str]:
        """Write each row by itself, without its line end."""
        dialect = self.dialect
        rows = [self.header, *self.records]
        if dialect.delimiter == ", " or (dialect.escape == "backslash" and not dialect.quote_all):
            # What `csv.writer` has no setting for.
            return [dialect.row(row) for row in rows]
        written = []
        for row in rows:
            out = io.StringIO(newline="")
            # With this line end both kinds of line break within a cell are quoted.
            csv.writer(
                out,
                delimiter=dialect.delimiter,
                quotechar=dialect.quote,
                doublequote=dialect.escape == "double",
                escapechar="\\" if dialect.escape == "backslash" else None,
                quoting=csv.QUOTE_ALL if dialect.quote_all else csv.QUOTE_MINIMAL,
                lineterminator="\r\n",
            ).writerow(row)
            written.append(out.getvalue().removesuffix("\r\n"))
        return written

    def text(self) -> str:
        """Write the file."""
        return "".join(row + self.dialect.ending for row in self.rows())

    def numbered(self) -> list[tuple[int, Row]]:
        """Number every row, the header first, by the line it begins on."""
        numbered, line = [], 1
        for cells, row in zip([self.header, *self.records], self.rows(), strict=True):
            numbered.append((line, cells))
            line += 1 + len(re.findall("\r\n|\r|\n", row))
        return numbered


def text_cells(encoding: str) -> st.SearchStrategy[str]:
    known = encoding.removesuffix("-sig")
    alphabet = st.characters(codec=known, exclude_categories=("Cs",), exclude_characters="\x00")
    awkward = st.sampled_from(
        ",;\t| \"'\n\r\\aé1\u00a0\u2003\u2028\x85".encode(known, "ignore").decode(known)
    )
    return st.one_of(st.text(alphabet, max_size=12), st.text(awkward, max_size=8))


@st.composite
def tables(draw: st.DrawFn, *, told: bool) -> Written:
    delimiter = draw(st.sampled_from(DELIMITERS))
    width = draw(st.integers(3 if delimiter == " " and not told else 1, 8))
    height = draw(st.integers(1, 30))
    locale = LOCALES[draw(st.sampled_from(list(LOCALES)))]
    encoding = draw(st.sampled_from(TOLD_ENCODINGS if told else (*UNICODE, *locale.encodings)))
    one_byte = not encoding.startswith("utf")
    words = tuple(word for word in locale.words if _encodes(word, encoding))
    makers = {
        "words": st.sampled_from((*words, "")),
        "number": st.integers(-(10**7), 10**7).map(locale.number),
        "date": st.dates(date(1990, 1, 1), date(2030, 1, 1)).map(
            lambda day: day.strftime(locale.date)
        ),
        "id": st.integers(0, 99_999).map("{:06}".format),
    }
    if told or not one_byte:
        # Letters at random belong to no language, and no encoding can be known from them.
        makers["text"] = text_cells(encoding)
    kinds = draw(st.lists(st.sampled_from(list(makers)), min_size=width, max_size=width))
    names = [name for name in NAMES if _encodes(name, encoding)]
    header = draw(st.lists(st.sampled_from(names), min_size=width, max_size=width, unique=True))
    sometimes_empty = {kind: st.one_of(maker, maker, st.just("")) for kind, maker in makers.items()}
    records = []
    for i in range(height):
        # A number that is missing between spaces would have to be a word.
        full = i == 0 or (delimiter == " " and not told) or draw(st.booleans())
        cells = [
            draw(makers[kind] if full or kind == "text" else sometimes_empty[kind])
            for kind in kinds
        ]
        records.append(cells)
    dialect = Dialect(
        delimiter=delimiter,
        quote=draw(st.sampled_from("\"'")),
        escape=draw(st.sampled_from(["double", "backslash"])),
        quote_all=draw(st.booleans()),
        ending=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        encoding=encoding,
    )
    return Written(
        header=tuple(header),
        records=tuple(
            _not_blank([_clear(cell, dialect, told, width) for cell in row]) for row in records
        ),
        dialect=dialect,
    )


def _not_blank(cells: Sequence[str]) -> Row:
    return tuple(cells) if any(cell.strip() for cell in cells) else ("0", *cells[1:])


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _clear(cell: str, dialect: Dialect, told: bool, width: int) -> str:
    """Take out of a cell what its place in the file makes doubtful."""
    if dialect.escape == "backslash":
        cell = cell.replace("\\", "")
    cell = re.sub(r"\\+(?=[\"']|$)", "", cell)
    if not dialect.quote_all:
        cell = cell.lstrip("'" if dialect.quote == '"' else '"')
    if told:
        return cell
    if dialect.delimiter == " " and not cell.strip():
        return "none"
    if width == 1 and not dialect.quote_all:
        cell = re.sub("[,;\t|]", "~", cell)
    return cell


def _cut(text: str, delimiter: str, quote: str) -> set[int]:
    """Tell how many cells the lines have if cut in this way."""
    lines = io.StringIO(text, newline="")
    try:
        return {len(row) for row in csv.reader(lines, delimiter=delimiter, quotechar=quote) if row}
    except csv.Error:
        return set()


def is_clear(written: Written) -> bool:
    """Whether a person who is told nothing could read the file."""
    text, delimiter = written.text(), written.dialect.delimiter
    for other in {",", ";", "\t", "|", " "} - set(delimiter):
        for quote in "\"'":
            widths = _cut(text, other, quote)
            if len(widths) == 1 and max(widths) > 1:
                return False
    if written.dialect.encoding.startswith("utf"):
        return True
    letters = [character.lower() for character in text if not character.isascii()]
    return len(letters) >= 10 and len(set(letters)) >= 2


def read_back(written: Written, settings: ReadSettings | None = None) -> Table:
    data = written.text().encode(written.dialect.encoding)
    return read_table(Source(name="table.csv", data=data), settings, as_text=True)


def trimmed(cells: Sequence[str]) -> Row:
    filled = [j for j, cell in enumerate(cells) if cell]
    return tuple(cells[: filled[-1] + 1]) if filled else ()


def assert_every_row_is_there(table: Table, rows: list[tuple[int, Row]]) -> None:
    """Every row is a record or set aside, with its line, and no cell is changed."""
    records = zip(table.lines.tolist(), table.frame.to_numpy().tolist(), strict=True)
    aside = ((line.line, line.cells) for line in table.report.set_aside)
    found = sorted([*records, *aside], key=lambda row: row[0])
    assert [(line, trimmed(cells)) for line, cells in found] == [
        (line, trimmed(cells)) for line, cells in rows
    ]


def check_untold(written: Written) -> None:
    assume(is_clear(written))
    event(f"delimiter {written.dialect.delimiter!r}")
    event(f"encoding {written.dialect.encoding}")
    table = read_back(written)
    assert table.report.header_rows == 1
    assert tuple(table.frame.columns) == written.header
    assert_every_row_is_there(table, written.numbered()[1:])
    if all(cell.strip() for record in written.records for cell in record):
        aside = [line for line in table.report.set_aside if not _marked(line.cells)]
        assert not aside, "a table without a blank cell is all records"


def _marked(cells: Sequence[str]) -> bool:
    return cells[0].startswith("#")


def check_told(written: Written, header_rows: int) -> None:
    settings = ReadSettings(
        delimiter=written.dialect.delimiter,
        encoding=written.dialect.encoding,
        header_rows=header_rows,
    )
    table = read_back(written, settings)
    assert table.report.header_rows == header_rows
    assert table.report.delimiter == written.dialect.delimiter
    if header_rows:
        assert tuple(table.frame.columns) == written.header
    assert_every_row_is_there(table, written.numbered()[header_rows:])


untold_tables, told_tables = tables(told=False), tables(told=True)
unhurried = settings(report_multiple_bugs=False, suppress_health_check=list(HealthCheck))
some, many = (
    settings(unhurried, max_examples=examples(SOME)),
    settings(unhurried, max_examples=MANY),
)


def plain(*rows: Row, **dialect: str | bool) -> Written:
    return Written(header=rows[0], records=rows[1:], dialect=Dialect(**dialect))


@some
@given(untold_tables)
@example(plain(("id", "name"), ("1", "a\rb"), ending="\r\n"))
@example(plain(("id", "name"), ("x", '""\n"'), ending="\r"))
@example(plain(("name",), ("\ufeff x",), ending="\n"))
@example(plain(("id", "city"), ("1", "\u2003Rome\u00a0"), delimiter=";", ending="\r\n"))
@example(plain(("id", "comment"), ("1", "it's, well"), ("2", "'s"), quote="'", quote_all=True))
def test_told_nothing_every_row_and_every_cell_comes_back(written: Written) -> None:
    check_untold(written)


@some
@given(told_tables, st.integers(0, 1))
@example(plain(("id", "name"), *[("apple", "")] * 4, ("apple", "\n|"), delimiter="|"), 0)
@example(
    plain(
        ("id",), *[("0",)] * 20, ("'",), ('0"',), (":\x0c",), ("\r0",),
        quote="'", escape="backslash", ending="\r",
    ),
    0,
)  # fmt: skip
def test_told_the_dialect_every_row_and_every_cell_comes_back(
    written: Written, header_rows: int
) -> None:
    check_told(written, header_rows)


@pytest.mark.exhaustive
@many
@given(untold_tables)
def test_told_nothing_ten_thousand_tables_come_back(written: Written) -> None:
    check_untold(written)


@pytest.mark.exhaustive
@many
@given(told_tables, st.integers(0, 1))
def test_told_the_dialect_ten_thousand_tables_come_back(written: Written, header_rows: int) -> None:
    check_told(written, header_rows)
