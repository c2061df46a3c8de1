"""Files as old systems write them, each with what a careful person would read from it.

A file is put together line by line; every line knows what it is, so the truth is never read back
from the bytes. Where two careful people would differ, there is no case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from segmentation.results.reports import LineReason
from tests.reading.tables import ORIGINALS, Original, Row, second_table, totals

Escape = Literal["double", "backslash", "none"]
LineKind = LineReason | Literal["header", "record", "blank"]

_BREAK = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a table is written down."""

    delimiter: str = ","
    quote: str = '"'
    escape: Escape = "double"
    quote_all: bool = False
    ending: str = "\n"
    encoding: str = "utf-8"

    def cell(self, text: str, *, alone: bool = False) -> str:
        """Write one cell, quoted where it must be."""
        special = {self.delimiter[0], self.quote, "\r", "\n"}
        edges = self.delimiter == ", " and text != text.strip(" ")
        empty = alone and not text
        if not (self.quote_all or edges or empty or special & set(text)):
            return text
        if self.escape == "double":
            text = text.replace(self.quote, self.quote * 2)
        elif self.escape == "backslash":
            text = text.replace("\\", "\\\\").replace(self.quote, f"\\{self.quote}")
        return f"{self.quote}{text}{self.quote}"

    def row(self, cells: Sequence[str]) -> str:
        """Write one row, without its line end."""
        return self.delimiter.join(self.cell(text, alone=len(cells) == 1) for text in cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a file: what is written, what it is, its cells, and its end if not the usual."""

    text: str
    kind: LineKind
    cells: Row = ()
    ending: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a file holds.

    Parameters
    ----------
    header : tuple of (str or None), or None
        None for a file without header; within it, None for a column that has no name.
    header_rows : int
        Rows that the header was joined from.
    records : tuple of rows
        Each as wide as the header, or as the widest record.
    lines : tuple of int
        Line each record begins on, from 1.
    set_aside : tuple of (line, reason)
        Lines with text that are neither header nor record.
    damaged : frozenset of int
        Records of which only the text is sure, not which of their cells is the empty one.
    nul : bool
        Whether the file has NUL bytes; a reader may drop them if it says so.
    """

    header: tuple[str | None, ...] | None
    header_rows: int
    records: tuple[Row, ...]
    lines: tuple[int, ...]
    set_aside: tuple[tuple[int, LineReason], ...] = ()
    damaged: frozenset[int] = frozenset()
    nul: bool = False

    @property
    def width(self) -> int:
        """Number of columns."""
        return max(len(self.header or ()), *(len(record) for record in self.records), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A polluted file and its truth."""

    pollution: str
    source: str
    data: bytes
    truth: Truth

    @property
    def id(self) -> str:
        """The case's name in a test table."""
        return f"{self.pollution}-{self.source}"


Positions = Callable[[int, int], Iterable[tuple[int, int]]]


def everywhere(rows: int, columns: int) -> Iterable[tuple[int, int]]:
    """Every row, the header being row 0, and every column."""
    return ((i, j) for i in range(rows) for j in range(columns))


def here_and_there(rows: int, columns: int) -> Iterable[tuple[int, int]]:
    """A few places: the header, the first record, one in the middle, the last."""
    return dict.fromkeys(
        ((0, columns // 2), (1, 0), (rows // 2, columns // 2), (rows - 1, columns - 1))
    )


# --- putting a file together

PLAIN = Dialect()


def lines_of(original: Original, dialect: Dialect = PLAIN) -> list[Line]:
    """Write a table down: its header, then its records."""
    header, *records = original.rows
    return [
        Line(text=dialect.row(header), kind="header", cells=header),
        *(Line(text=dialect.row(cells), kind="record", cells=cells) for cells in records),
    ]


def aside(kind: LineReason, *texts: str) -> list[Line]:
    """Write lines that are no part of the table; an empty text is a blank line."""
    return [Line(text=text, kind=kind if text else "blank") for text in texts]


def assemble(
    pollution: str,
    original: Original,
    lines: Sequence[Line],
    dialect: Dialect = PLAIN,
    *,
    header: tuple[str | None, ...] | None = (),
    damaged: Iterable[int] = (),
    tail: str | None = None,
    bom: bytes = b"",
    nul: bool = False,
) -> Case:
    """Join lines to a file and tell its truth.

    Parameters
    ----------
    header : tuple, optional
        The names, where they are not simply the cells of the one header line.
    damaged : iterable of int
        See `Truth`.
    tail : str, optional
        What ends the last line; the dialect's line end by default.
    """
    number, records, starts, set_aside, heads = 1, [], [], [], []
    for line in lines:
        if line.kind == "record":
            records.append(line.cells)
            starts.append(number)
        elif line.kind == "header":
            heads.append(line.cells)
        elif line.kind != "blank":
            set_aside.append((number, line.kind))
        number += 1 + len(_BREAK.findall(line.text))
    if header == ():
        assert len(heads) <= 1
        header = heads[0] if heads else None
    width = max([len(header or ()), *map(len, records)])
    ending = dialect.ending
    *above, last = lines
    text = "".join(line.text + (line.ending or ending) for line in above)
    text += last.text + (ending if tail is None else tail)
    truth = Truth(
        header=None if header is None else header + (None,) * (width - len(header)),
        header_rows=len(heads),
        records=tuple(record + ("",) * (width - len(record)) for record in records),
        lines=tuple(starts),
        set_aside=tuple(set_aside),
        damaged=frozenset(damaged),
        nul=nul,
    )
    return Case(
        pollution=pollution,
        source=original.name,
        data=bom + text.encode(dialect.encoding),
        truth=truth,
    )


def _loose_quotes_safe(original: Original, dialect: Dialect) -> bool:
    """Whether quotes may stand bare in cells without touching a cell's edge or a delimiter."""
    quote, mark = re.escape(dialect.quote), re.escape(dialect.delimiter[0])
    touching = re.compile(f"(^|\n){quote}|{quote}($|\n)|{quote}\\s*{mark}|{mark}\\s*{quote}")
    cells = [cell for row in original.rows for cell in row]
    return not any(touching.search(cell) for cell in cells)


# --- pollutions of the whole file

DELIMITERS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "pipe": "|",
    "space": " ",
    "comma_space": ", ",
}
ENDINGS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


def dialects(original: Original) -> Iterator[Case]:
    """Each delimiter, line end, quote, quoting and escape, and each file's end."""
    for name, mark in DELIMITERS.items():
        # Two columns cut by spaces look the same as one column of two words.
        if mark == " " and original.width == 2:
            continue
        dialect = Dialect(delimiter=mark)
        yield assemble(f"delimiter_{name}", original, lines_of(original, dialect), dialect)
        dialect = replace(dialect, quote_all=True)
        yield assemble(f"quote_all_{name}", original, lines_of(original, dialect), dialect)
    for name, ending in ENDINGS.items():
        for mark in (",", ";"):
            dialect = Dialect(delimiter=mark, ending=ending)
            lines = lines_of(original, dialect)
            kind = f"{name}_{'comma' if mark == ',' else 'semicolon'}"
            yield assemble(f"ending_{kind}", original, lines, dialect)
            yield assemble(f"no_last_ending_{kind}", original, lines, dialect, tail="")
            yield assemble(f"double_last_ending_{kind}", original, lines, dialect, tail=ending * 2)
    for name, mark in (("comma", ","), ("semicolon", ";"), ("tab", "\t")):
        for quote_all in (False, True):
            kind = f"{name}{'_all' if quote_all else ''}"
            dialect = Dialect(delimiter=mark, quote="'", quote_all=quote_all)
            yield assemble(f"single_quote_{kind}", original, lines_of(original, dialect), dialect)
            dialect = Dialect(delimiter=mark, escape="backslash", quote_all=quote_all)
            if any('"' in cell for row in original.records for cell in row):
                yield assemble(f"backslash_{kind}", original, lines_of(original, dialect), dialect)
                dialect = replace(dialect, escape="none")
                if _loose_quotes_safe(original, dialect):
                    lines = lines_of(original, dialect)
                    yield assemble(f"no_escape_{kind}", original, lines, dialect)


LEGACY = ("cp1252", "latin-1", "iso-8859-15", "mac_roman", "cp850")


def encodings(original: Original) -> Iterator[Case]:
    """Each encoding that can hold the table and leaves traces of itself in the bytes."""
    for bom in (b"", b"\xef\xbb\xbf"):
        name = "utf-8-sig" if bom else "utf-8"
        yield assemble(f"encoding_{name}", original, lines_of(original), bom=bom)
    for name, mark in (("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff")):
        dialect = Dialect(encoding=name, delimiter="\t", ending="\r\n")
        lines = lines_of(original, dialect)
        yield assemble(f"encoding_{name}", original, lines, dialect, bom=mark.encode(name))
        yield assemble(f"encoding_{name}_unmarked", original, lines, dialect)
    for name in (*LEGACY, "cp1250"):
        # Western letters are common to cp1250 and cp1252, so only Polish text tells them apart.
        if (name == "cp1250") != (original.name == "polish_orders"):
            continue
        try:
            original.text.encode(name)
        except UnicodeEncodeError:
            continue
        if sum(not character.isascii() for character in original.text) >= 10:
            dialect = Dialect(encoding=name, delimiter=";", ending="\r\n")
            yield assemble(f"encoding_{name}", original, lines_of(original, dialect), dialect)


# --- lines above and below

TITLES = (
    "Customer report, spring 2024",
    "Generated by: Marie Dupont",
    "Filter: region = North",
    "Exported on 03.05.2024 14:22",
    "Internal use only",
    "Status: final",
)
FOOTNOTES = ("Source: CRM export of 3 May 2024, night run", "Figures are provisional.")


def _filled(texts: Sequence[str], original: Original, dialect: Dialect, style: str) -> list[str]:
    if style == "plain":
        return [text.replace(dialect.delimiter, "") for text in texts]
    mark, filling = dialect.delimiter, original.width - 1
    if style == "padded":
        return [dialect.cell(text) + mark * filling for text in texts]
    # A label and its value in neighbouring cells, or a sentence that happens to hold delimiters.
    return [
        mark.join(part.strip() for part in re.split("[:,]", text, maxsplit=1)) for text in texts
    ]


def surroundings(original: Original) -> Iterator[Case]:
    """Preambles, footnotes, comments, totals, the `sep=` line, blank lines."""
    for mark in (",", ";", "\t"):
        dialect = Dialect(delimiter=mark)
        table = lines_of(original, dialect)
        kind = {",": "comma", ";": "semicolon", "\t": "tab"}[mark]
        # One column has nothing that tells a title from a cell.
        if original.width == 1:
            yield assemble(f"leading_blank_{kind}", original, [*aside("preamble", "", ""), *table])
            continue
        for count in (2,) if mark == "\t" else (1, 2, 3, 6):
            for style in ("plain", "padded", "parts"):
                # In a narrow table a title with a delimiter has as many cells as a record.
                if style != "plain" and original.width < 5:
                    continue
                texts = _filled(TITLES[:count], original, dialect, style)
                for blank in ((), ("",)):
                    name = f"preamble_{style}_{count}{'_blank' if blank else ''}_{kind}"
                    lines = [*aside("preamble", *texts, *blank), *table]
                    yield assemble(name, original, lines, dialect)
        if original.width >= 3:
            for count in (1, 2):
                for style in ("plain", "padded"):
                    texts = _filled(FOOTNOTES[:count], original, dialect, style)
                    for blank in ((), ("",)):
                        name = f"footnote_{style}_{count}{'_blank' if blank else ''}_{kind}"
                        lines = [*table, *aside("footnote", *blank, *texts)]
                        yield assemble(name, original, lines, dialect)
        if original.width >= 3 and original.typed:
            total = aside("total", dialect.row(totals(original)))
            yield assemble(f"total_{kind}", original, [*table, *total], dialect)
            notes = aside("footnote", "", *_filled(FOOTNOTES[:1], original, dialect, "plain"))
            yield assemble(
                f"total_and_footnote_{kind}", original, [*table, *total, *notes], dialect
            )
        comments = aside("preamble", "# exported by shop 4.2", f"# rows{mark} all", "# ok")
        yield assemble(f"comments_{kind}", original, [*comments, *table], dialect)
        lines = [*aside("preamble", f"sep={mark}"), *table]
        yield assemble(f"sep_line_{kind}", original, lines, dialect)
        yield assemble(
            f"leading_blank_{kind}", original, [*aside("preamble", "", ""), *table], dialect
        )
        half = len(table) // 2
        lines = [*table[:3], *aside("footnote", ""), *table[3:half], *aside("footnote", "", "")]
        yield assemble(f"blank_lines_{kind}", original, [*lines, *table[half:]], dialect)


# --- headers

UNITS = ("as entered", "text", "per unit", "code", "checked")


def headers(original: Original) -> Iterator[Case]:
    """Headers of more rows or none, names blank or double, files with little below the header."""
    head, *body = lines_of(original)
    yield assemble("header_only", original, [head])
    yield assemble("header_only_no_ending", original, [head], tail="")
    yield assemble("one_record", original, [head, body[0]])
    yield assemble("one_record_no_ending", original, [head, body[0]], tail="")
    for count in (2, 3):
        names = tuple(" ".join([name] * count) for name in original.header)
        # In one column of text a name that comes again is only a cell that comes again.
        if original.width > 1:
            lines = [head] * count + body
            yield assemble(f"header_line_{count}_times", original, lines, header=names)
    # Without a number or a date nothing tells names from values.
    if original.typed >= 2:
        groups = tuple("Amounts" if kind == "n" else "Details" for kind in original.kinds)
        units = tuple(UNITS[j % len(UNITS)] for j in range(original.width))
        some = tuple(unit if j % 2 else "" for j, unit in enumerate(units))
        for name, stack in (
            ("two_groups", (groups, original.header)),
            ("two_units", (original.header, units)),
            ("two_some_units", (original.header, some)),
            ("three", (groups, original.header, units)),
        ):
            joined = tuple(
                " ".join(part for part in parts if part) for parts in zip(*stack, strict=True)
            )
            lines = [*(Line(text=PLAIN.row(row), kind="header", cells=row) for row in stack), *body]
            yield assemble(f"header_{name}", original, lines, header=joined)
        yield assemble("no_header", original, body)
        dialect = Dialect(delimiter=";", ending="\r\n")
        lines = lines_of(original, dialect)
        yield assemble("no_header_semicolon", original, lines[1:], dialect)
        for name, step in (("often", 5), ("once", len(body) // 2 + 1)):
            lines = [head]
            for start in range(0, len(body), step):
                again = replace(head, kind="repeated_header")
                lines += [*([again] if start else []), *body[start : start + step]]
            yield assemble(f"header_repeated_{name}", original, lines)
        for name, names in (
            ("double", (*original.header[:-1], original.header[-2])),
            ("blank_first", ("", *original.header[1:])),
            ("blank_within", (*original.header[:2], "", *original.header[3:])),
            ("all_alike", ("value",) * original.width),
        ):
            top = replace(head, text=PLAIN.row(names), cells=names)
            truth = tuple(text or None for text in names)
            yield assemble(f"names_{name}", original, [top, *body], header=truth)


# --- several tables


def second_tables(original: Original) -> Iterator[Case]:
    """Another table below: narrower, wider or as wide, after a blank line or not."""
    # Above a wider table, one or two columns look like its titles.
    if original.width < 3:
        return
    for mark in (",", ";"):
        dialect = Dialect(delimiter=mark)
        kind = "comma" if mark == "," else "semicolon"
        sizes = {
            "narrower": original.width // 2 + 1,
            "wider": original.width + 3,
            "one_wider": original.width + 1,
            "same_width": original.width,
        }
        for name, width in sizes.items():
            if width < 2 or (name == "narrower" and width >= original.width):
                continue
            other = second_table(width)
            below = [replace(line, kind="other_table") for line in lines_of(other, dialect)]
            table = lines_of(original, dialect)
            blank = aside("footnote", "")
            yield assemble(f"two_{name}_blank_{kind}", original, [*table, *blank, *below], dialect)
            # Without a gap, as wide and all text, it could be more records.
            if name != "same_width" or original.typed >= 2:
                yield assemble(f"two_{name}_{kind}", original, [*table, *below], dialect)


# --- damage in one place


def _with(lines: list[Line], i: int, text: str, cells: Row) -> list[Line]:
    return [*lines[:i], replace(lines[i], text=text, cells=cells), *lines[i + 1 :]]


def missing_delimiter(original: Original, at: Positions) -> Iterator[Case]:
    """Two cells stick together; the record is one cell short."""
    if original.width < 4:
        return
    lines, rows = lines_of(original), original.rows
    for i, j in at(len(rows), original.width - 1):
        cells = rows[i]
        left, right = cells[j : j + 2]
        # A quote within the joined text would be one more damage; so would an empty side.
        if PLAIN.cell(left) != left or PLAIN.cell(right) != right or not (left and right):
            continue
        stuck = (*cells[:j], left + right, *cells[j + 2 :])
        yield assemble(
            f"missing_delimiter_row{i}_col{j}",
            original,
            _with(lines, i, PLAIN.row(stuck), stuck),
            header=stuck if i == 0 else rows[0],
            damaged=[i - 1] if i else [],
        )


def extra_delimiter(original: Original, at: Positions) -> Iterator[Case]:
    """One delimiter too many; the record itself is whole."""
    if original.width < 3:
        return
    lines, rows = lines_of(original), original.rows
    for i, j in at(len(rows), original.width):
        cells = rows[i]
        text = PLAIN.row((*cells[: j + 1], "", *cells[j + 1 :]))
        yield assemble(
            f"extra_delimiter_row{i}_col{j}",
            original,
            _with(lines, i, text, cells),
            damaged=[i - 1] if i else [],
        )


def other_delimiter(original: Original, at: Positions) -> Iterator[Case]:
    """One row is written with another delimiter."""
    if original.width < 4:
        return
    lines, rows = lines_of(original), original.rows
    for name, mark in (("space", " "), ("semicolon", ";"), ("tab", "\t")):
        dialect = Dialect(delimiter=mark)
        for i, _ in at(len(rows), 1):
            cells = rows[i]
            text = dialect.row(cells)
            # Cut by commas it must not look right; empty cells between spaces are not seen.
            unseen = mark == " " and "" in cells
            # Among texts alone, words with spaces between them are a sentence.
            unseen = unseen or (mark == " " and original.name == "spanish_products")
            if unseen or text.count(",") == original.width - 1:
                continue
            yield assemble(f"row_with_{name}_row{i}", original, _with(lines, i, text, cells))


def other_writing(original: Original, at: Positions) -> Iterator[Case]:
    """One row has other quotes, another escape, spaces behind its commas, or another end."""
    if original.width < 4:
        return
    lines, rows = lines_of(original), original.rows
    writings = {
        "single_quotes": Dialect(quote="'", quote_all=True),
        "backslashes": Dialect(escape="backslash"),
        "comma_space": Dialect(delimiter=", "),
    }
    for i, _ in at(len(rows), 1):
        cells = rows[i]
        for name, dialect in writings.items():
            text = dialect.row(cells)
            # Single quotes may stand in words too, so they hold no cell of two lines together.
            unseen = name == "single_quotes" and "\n" in text
            if text != PLAIN.row(cells) and not unseen:
                yield assemble(f"row_with_{name}_row{i}", original, _with(lines, i, text, cells))
        if i + 1 < len(rows):
            ended = replace(lines[i], ending="\r")
            yield assemble(
                f"row_with_return_row{i}", original, [*lines[:i], ended, *lines[i + 1 :]]
            )


def stray_quote(original: Original, at: Positions) -> Iterator[Case]:
    """A quote that opens or closes nothing; it belongs to the cell."""
    # Where cells go over several lines, a stray quote can be one more such cell.
    if any("\n" in cell for row in original.rows for cell in row):
        return
    lines, rows = lines_of(original), original.rows
    for i, j in at(len(rows), original.width):
        cell = rows[i][j]
        middle = len(cell) // 2
        quoted = PLAIN.cell(cell) != cell
        places = {"start": '"' + cell, "inside": f'{cell[:middle]}"{cell[middle:]}'}
        for name, stray in places.items():
            # Within a quoted cell a quote at an edge or beside a comma reads as its end.
            unclear = quoted and (
                name == "start" or '"' in cell or "," in cell[middle - 1 : middle + 1]
            )
            if len(cell) < 2 or unclear:
                continue
            written = [PLAIN.cell(text) for text in rows[i]]
            written[j] = f'"{stray}"' if quoted else stray
            cells = (*rows[i][:j], stray, *rows[i][j + 1 :])
            yield assemble(
                f"stray_quote_{name}_row{i}_col{j}",
                original,
                _with(lines, i, ",".join(written), cells),
            )


def short_and_long(original: Original, at: Positions) -> Iterator[Case]:
    """A row without its last cell, or with one more."""
    if original.width < 3:
        return
    lines, rows = lines_of(original), original.rows
    for i, _ in at(len(rows), 1):
        short = rows[i][:-1]
        changed = _with(lines, i, PLAIN.row(short), short)
        header = short if i == 0 else rows[0]
        # Without the name of a column that is empty in the header line, nothing is short.
        yield assemble(f"short_row{i}", original, changed, header=header)
        # In a row with an empty cell, that one may be the one too many.
        if i and all(rows[i]):
            long = (*rows[i], "one more")
            yield assemble(f"long_row{i}", original, _with(lines, i, PLAIN.row(long), long))


# --- bytes that no one typed


def odd_bytes(original: Original) -> Iterator[Case]:
    """NUL bytes, and delimiters at the end of every line."""
    table = lines_of(original)
    head, *body = table
    middle = len(table) // 2
    cells = table[middle].cells
    spoilt = (f"{cells[0][:1]}\x00{cells[0][1:]}", *cells[1:])
    lines = _with(table, middle, PLAIN.row(spoilt), cells)
    yield assemble("nul_in_a_cell", original, lines, nul=True)
    yield assemble("nul_at_the_end", original, table, tail="\n" + "\x00" * 64, nul=True)
    padded = [replace(line, text=line.text + "\x00\x00") for line in table]
    if not any("\n" in line.text or line.text.endswith('"') for line in table):
        yield assemble("nul_after_every_row", original, padded, nul=True)
    for name, mark in (("comma", ","), ("semicolon", ";"), ("tab", "\t")):
        dialect = Dialect(delimiter=mark)
        head, *body = lines_of(original, dialect)
        ended = [replace(line, text=line.text + mark) for line in body]
        top = replace(head, text=head.text + mark)
        if original.width > 1:
            yield assemble(f"trailing_delimiter_{name}", original, [top, *ended], dialect)
            yield assemble(f"trailing_below_header_{name}", original, [head, *ended], dialect)


def exports(original: Original) -> Iterator[Case]:
    """Several things at once, as the usual programs write them."""
    if original.width < 5:
        return
    recipes = {
        "german_excel": Dialect(delimiter=";", ending="\r\n", encoding="cp1252"),
        "old_mac": Dialect(delimiter="\t", ending="\r", encoding="mac_roman"),
        "unicode_text": Dialect(delimiter="\t", ending="\r\n", encoding="utf-16-le"),
        "sql_dump": Dialect(delimiter=",", quote="'", escape="backslash", quote_all=True),
        "dos_list": Dialect(delimiter=";", ending="\r\n", encoding="cp850"),
    }
    for name, dialect in recipes.items():
        table = lines_of(original, dialect)
        above = aside("preamble", *_filled(TITLES[:2], original, dialect, "plain"), "")
        below = aside("footnote", *_filled(FOOTNOTES[:1], original, dialect, "plain"))
        bom = b"\xff\xfe" if name == "unicode_text" else b""
        try:
            yield assemble(f"export_{name}", original, [*above, *table, *below], dialect, bom=bom)
        except UnicodeEncodeError:
            continue


WHOLE: tuple[Callable[[Original], Iterator[Case]], ...] = (
    dialects,
    encodings,
    surroundings,
    headers,
    second_tables,
    odd_bytes,
    exports,
)
IN_ONE_PLACE: tuple[Callable[[Original, Positions], Iterator[Case]], ...] = (
    missing_delimiter,
    extra_delimiter,
    other_delimiter,
    other_writing,
    stray_quote,
    short_and_long,
)

EMPTY = tuple(
    Case(
        pollution=name,
        source="nothing",
        data=data,
        truth=Truth(header=None, header_rows=0, records=(), lines=()),
    )
    for name, data in {
        "empty": b"",
        "empty_line": b"\n",
        "empty_lines_crlf": b"\r\n\r\n",
        "empty_marked": b"\xef\xbb\xbf",
        "empty_utf_16": b"\xff\xfe",
    }.items()
)


def every_case() -> Iterator[Case]:
    """The full product: each pollution of each table, damage in every cell."""
    yield from EMPTY
    for original in ORIGINALS:
        for whole in WHOLE:
            yield from whole(original)
        for local in IN_ONE_PLACE:
            yield from local(original, everywhere)


def some_cases() -> Iterator[Case]:
    """Choose a few hundred: each pollution on a few tables, other ones for the next."""
    yield from EMPTY
    by_pollution: dict[str, list[Case]] = {}
    for original in ORIGINALS:
        for whole in WHOLE:
            for case in whole(original):
                by_pollution.setdefault(case.pollution, []).append(case)
    for k, found in enumerate(by_pollution.values()):
        yield from (case for n, case in enumerate(found) if (n + k) % 5 == 0 or len(found) < 3)
    local_cases = [
        case
        for local in IN_ONE_PLACE
        for original in ORIGINALS
        for case in local(original, here_and_there)
    ]
    yield from local_cases[::2]
