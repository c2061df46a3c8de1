"""What a person sees at a glance in a table: its header, its totals, where the next one begins."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl
import pytest

from segmentation.reading import Source, read_table
from segmentation.results import Table


def read(*lines: str, end: str = "\n") -> Table:
    data = (end.join(lines) + end).encode()
    return read_table(Source(name="a.csv", data=data), as_text=True)


def records(table: Table) -> list[list[str]]:
    return table.frame.to_numpy().tolist()


def reasons(table: Table) -> dict[int, str]:
    return {line.line: line.reason for line in table.report.set_aside}


# --- headers


def body(*columns: str, mark: str = ",", rows: int = 8) -> list[str]:
    return [mark.join(columns).replace("#", str(i)) for i in range(1, rows + 1)]


@pytest.mark.parametrize(
    ("head", "rest", "names"),
    [
        (
            ["Customer,,Sales,", "id,name,2025,2026"],
            body("C#", "N#", "#0", "#5"),
            ["Customer id", "Customer name", "Sales 2025", "Sales 2026"],
        ),
        (
            ["Customer,,Sales,", "id,name,2025,2026"],
            ["Meier,Ulm,10,20", "Braun,Bonn,11,19", "Otto,Köln,9,8"],
            ["Customer id", "Customer name", "Sales 2025", "Sales 2026"],
        ),
        (
            ["Customer,,Sales,", "id,name,2025-01-01,2025-02-01"],
            body("#", "N#", "#0", "#5"),
            ["Customer id", "Customer name", "Sales 2025-01-01", "Sales 2025-02-01"],
        ),
        (
            [";Umsatz;;", "Kunde;01.2026;02.2026;03.2026"],
            body("K#", "#,5", "#0,5", "#1", mark=";"),
            ["Kunde", "Umsatz 01.2026", "Umsatz 02.2026", "Umsatz 03.2026"],
        ),
        (
            ["Kunde;01.2026;02.2026"],
            body("K#", "#,5", "#0,5", mark=";"),
            ["Kunde", "01.2026", "02.2026"],
        ),
        (
            ["Lfd.,Nr,Name,2025,2026"],
            body("#", "10#", "N#", "#0", "#5"),
            ["Lfd.", "Nr", "Name", "2025", "2026"],
        ),
        (
            ["Customer,Sales,Sales", "Name,Jan,Feb", ",EUR,EUR"],
            ["A,1,2", "B,3,4", "C,5,6"],
            ["Customer Name", "Sales Jan EUR", "Sales Feb EUR"],
        ),
    ],
    ids=["years", "short", "days", "months", "one row", "numbered", "units"],
)
def test_words_years_and_months_above_ids_and_numbers_are_a_header(
    head: list[str], rest: list[str], names: list[str]
) -> None:
    table = read(*head, *rest)
    assert list(table.frame.columns) == names
    assert table.report.header_rows == len(head) and table.report.rows == len(rest)


def test_a_header_of_merged_groups_is_joined_with_the_years_below() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Kunde", None, None, "Umsatz", None])
    sheet.append(["Lfd.", "Nr", "Name", 2025, 2026])
    for i in range(1, 9):
        sheet.append([i, i + 100, f"N{i}", i * 10, i * 10 + 0.5])
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("D1:E1")
    out = io.BytesIO()
    book.save(out)
    table = read_table(Source(name="a.xlsx", data=out.getvalue()), as_text=True)
    assert list(table.frame.columns) == [
        *("Kunde Lfd.", "Kunde Nr", "Kunde Name"),
        *("Umsatz 2025", "Umsatz 2026"),
    ]


def test_a_record_of_years_is_no_header() -> None:
    assert read("C0,N0,2025,2026", *body("C#", "N#", "#010", "#5")).report.header_rows == 0
    years = read("id,name,from,to", "C0,N0,2025,2026", *body("C#", "N#", "201#", "202#"))
    assert years.report.header_rows == 1


# --- totals


def grouped(label: str, grand: str, *, page: str = "", sign: int = 1) -> tuple[list[str], set[int]]:
    """Write records in groups with a total below each, and say on which lines those stand."""
    lines, aside, everything = ["Kunde;Land;Umsatz"], set(), 0.0
    for size, land in ((5, "DE"), (3, "FR"), (1, "IT")):
        amounts = [round(sign * (len(lines) + j) * 7.25, 2) for j in range(size)]
        lines += [f"K{len(lines)}{j};{land};{amount}" for j, amount in enumerate(amounts)]
        everything += sum(amounts)
        lines.append(label.format(land=land, sum=sum(amounts)))
        aside.add(len(lines))
        if page:
            lines.append(page)
            aside.add(len(lines))
    lines.append(grand.format(sum=everything))
    return [line.replace(".", ",") for line in lines], aside | {len(lines)}


@pytest.mark.parametrize(
    ("label", "grand"),
    [
        ("Summe {land};;{sum}", "Gesamtsumme;;{sum}"),
        ("{land} Total;;{sum}", "Grand Total;;{sum}"),
        ("Sous-total {land};;{sum}", "Total général;;{sum}"),
        ("Subtotal {land};;{sum}", "Suma;;{sum}"),
        ("Totale parziale {land};;{sum}", "Totale;;{sum}"),
        ("Soma {land};;{sum}", "Soma geral;;{sum}"),
        (";{land} Ergebnis;{sum}", ";Gesamtergebnis;{sum}"),
        ("Zwischensumme;{land};{sum}", "Summe;;{sum}"),
    ],
)
@pytest.mark.parametrize("page", ["", "Seite 2;;"])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_total_of_each_group_is_set_aside(label: str, grand: str, page: str, sign: int) -> None:
    lines, aside = grouped(label, grand, page=page, sign=sign)
    table = read(*lines)
    assert set(reasons(table)) == aside
    assert {"total"} <= set(reasons(table).values()) <= {"total", "page_mark"}
    assert table.report.rows == 9


@pytest.mark.parametrize("digits", [1, 0, -1])
def test_the_rounded_total_of_a_named_group_is_set_aside(digits: int) -> None:
    rows, expected = ["id,name,spend"], set()
    for land in ("DE", "FR", "IT"):
        amounts = [100.37 + 7.61 * (len(rows) + j) for j in range(20)]
        rows += [f"{len(rows) + j},N{j},{amount:.2f}" for j, amount in enumerate(amounts)]
        rows.append(f"Subtotal {land},,{round(sum(amounts), digits)}")
        expected.add(len(rows))
    assert set(reasons(read(*rows))) == expected


def test_a_customer_called_so_who_spent_about_as_much_as_others_together_stays() -> None:
    rows = ["name,country,spend", "Ann,DE,500.25", "Bob,DE,499.25", "Total Energies,FR,1000"]
    assert read(*rows, "Cy,DE,7").report.rows == 4


def test_groups_of_groups_add_up_too() -> None:
    rows = ["id,name,spend"]
    for region in ("North", "South"):
        for town in ("A", "B"):
            rows += [f"{region[0]}{town}{i},x,{i}" for i in range(1, 5)]
            rows.append(f"Total {town},y,10")
        rows.append(f"Total {region},y,20")
    table = read(*rows, "Total of all,y,40")
    assert table.report.rows == 16 and set(reasons(table).values()) == {"total"}


def test_a_carried_sum_at_a_page_s_end_is_no_customer() -> None:
    rows, total = ["Kunde;Umsatz;"], 0.0
    for i in range(1, 31):
        total += i + 0.5
        rows.append(f"K{i};{i},5;")
        if i % 10 == 0:
            rows.append(f"Übertrag;{total};".replace(".", ","))
    assert set(reasons(read(*rows))) == {12, 23, 34}


@pytest.mark.parametrize(
    "customer", ["Total Energies;5", "Summe GmbH;3", "Café Total;9", "Total;7", "Page & Co;8"]
)
def test_a_customer_called_so_stays(customer: str) -> None:
    rows = ["Kunde;Umsatz", "A;6", "B;7", customer, "C;8", "D;9"]
    assert read(*rows).report.rows == 5


# --- pages


@pytest.mark.parametrize(
    "page", ["Seite {}", "Page {} of 9,,", ",,Page {}", "Página no. {}", "Printed today: page {}/9"]
)
def test_a_page_s_number_between_rows_is_no_row(page: str) -> None:
    rows = ["id,name,spend"]
    for number in range(1, 4):
        rows += [f"{number}{i},N{i},{i * 3}" for i in range(10)]
        rows.append(page.format(number))
    table = read(*rows)
    assert table.report.rows == 30 and reasons(table) == dict.fromkeys((12, 23, 34), "page_mark")


@pytest.mark.parametrize("head", [["Seite {}"], ["Sales 2026", "", "Page {}"], ["Sales,,Page {}"]])
def test_the_table_goes_on_where_a_page_begins_with_its_header(head: list[str]) -> None:
    rows: list[str] = []
    for number in range(1, 4):
        rows += [line.format(number) for line in head if number > 1]
        rows.append("id,name,spend")
        rows += [f"{number}{i},N{i},{i * 3}" for i in range(10)]
    table = read(*rows)
    assert table.report.rows == 30
    assert set(reasons(table).values()) == {"page_mark", "repeated_header"}


def test_a_record_of_a_page_above_a_repeated_header_stays() -> None:
    visits = ["id,seen,minutes", *(f"{i},Page {i},{i * 2}" for i in range(1, 9))]
    assert read(*visits, *visits).report.rows == 16


# --- further tables

CUSTOMERS = ["id,name,spend", *(f"C{i},N{i},{i * 3}" for i in range(30))]
PRODUCTS = ["sku,price", *(f"X{i},{i}.5" for i in range(10))]


# With padding and no blank line, nothing tells the title from a record that is not filled in.
@pytest.mark.parametrize(
    ("padding", "blank"), [("", [""]), ("", [",,"]), ("", []), (",", [""]), (",", [",,"])]
)
@pytest.mark.parametrize("products", [PRODUCTS, [f"{line},z9" for line in PRODUCTS]])
def test_a_second_table_under_its_own_title_is_cut_off(
    products: Sequence[str], padding: str, blank: list[str]
) -> None:
    narrow = products is PRODUCTS
    below = [line + padding if narrow else line for line in products]
    table = read("Customers", *CUSTOMERS, *blank, "Products" + padding * 2, *below)
    assert list(table.frame.columns) == ["id", "name", "spend"]
    assert table.report.rows == 30
    others = [line for line in table.report.set_aside if line.reason == "other_table"]
    assert [line.cells[0] for line in others][:2] == ["Products", "sku"]
    assert len(others) == 12


# --- lines


@pytest.mark.parametrize(
    "drawn", ["----|----|--", "---|:--:|---", "====|====|====", ":--|:--:|--:"]
)
@pytest.mark.parametrize("rows", [["1|a|2", "2|b|3", "3|c|4"], ["x|a|u", "y|b|v", "z|c|w"]])
def test_a_drawn_line_is_no_row_and_no_name(drawn: str, rows: list[str]) -> None:
    table = read("id|name|x", drawn, *rows, drawn)
    assert list(table.frame.columns) == ["id", "name", "x"]
    assert records(table) == [row.split("|") for row in rows]
    assert reasons(table) == {2: "page_mark", 6: "page_mark"}


def test_two_dashes_and_a_colon_are_no_drawn_line() -> None:
    assert records(read("code", "a", ":__", "b")) == [["a"], [":__"], ["b"]]


def test_a_lone_carriage_return_among_other_line_ends_ends_a_line() -> None:
    table = read("id,n", "1,10", "2,20\r3,30", "4,40", end="\r\n")
    assert records(table) == [["1", "10"], ["2", "20"], ["3", "30"], ["4", "40"]]
    assert table.lines.tolist() == [2, 3, 4, 5]
    (change,) = table.report.changes
    assert change.count == 1 and change.examples[0][0].startswith("line 4")
