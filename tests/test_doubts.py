"""What can be read in two ways is asked, what contradicts itself is said, nothing is dropped."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from segmentation.__main__ import main
from segmentation.pipeline import load
from segmentation.reading import Bundle, Source, read_table
from segmentation.results import Column, Loaded, Schema
from segmentation.schema import suggest_schema
from segmentation.settings import Recipe, SchemaSettings
from segmentation.values import is_missing
from tests.reading import books


def csv(name: str, header: str, *rows: str) -> Source:
    return Source(name=name, data="\n".join([header, *rows]).encode())


def book(name: str, *rows: tuple[Any, ...]) -> Source:
    out = io.BytesIO()
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(out)
    return Source(name=name, data=out.getvalue())


def loaded(*files: Source, **settings: Any) -> Loaded:
    recipe = Recipe(schema=SchemaSettings(**settings))
    return load(files[0] if len(files) == 1 else Bundle(sources=files), recipe)


def schema_of(file: Source, **settings: Any) -> Schema:
    return suggest_schema(read_table(file, as_text=True), SchemaSettings(**settings))


def column(schema: Schema, name: str) -> Column:
    (found,) = [column for column in schema.columns if column.name == name]
    return found


def days(found: Loaded) -> list[date]:
    return found.clean.frame["order_date"].to_numpy(dtype="datetime64[D]").tolist()


HEADER = "customer_id;order_id;order_date;amount"


def orders(name: str, *dates: str, amount: str = "5,50") -> Source:
    rows = (f"C{i % 3};{name}{i};{day};{amount}" for i, day in enumerate(dates))
    return csv(name, HEADER, *rows)


DAY_FIRST = orders("a.csv", "28/03/2026", "03/04/2026", "04/03/2026")
OPEN = orders("b.csv", *(f"04/{month:02}/2026" for month in range(1, 13)))


def test_only_the_file_in_doubt_is_asked_about() -> None:
    (question,) = loaded(DAY_FIRST, OPEN).questions
    assert (question.option, question.where) == ("--dates", "order_date (b.csv)")
    assert "of b.csv" in question.text
    assert [r.examples[0] for r in question.readings] == [
        ("04/01/2026", "4 January 2026"),
        ("04/01/2026", "1 April 2026"),
    ]


@pytest.mark.parametrize("files", [(DAY_FIRST, OPEN), (OPEN, DAY_FIRST)])
def test_an_answer_settles_the_file_in_doubt_and_no_other(files: tuple[Source, ...]) -> None:
    found = loaded(*files, dates="mdy")
    assert found.questions == ()
    own = {date(2026, 3, 28), date(2026, 4, 3), date(2026, 3, 4)}
    assert set(days(found)) == own | {date(2026, 4, day) for day in range(1, 13)}
    told = column(found.schema, "order_date").reason
    assert "“day first” in a.csv" in told and "“month first” in b.csv" in told


def test_each_file_is_read_in_its_own_notation() -> None:
    files, truth = [], []
    for month in range(1, 13):
        rows = []
        for i in range(30):
            day = date(2026, month, 1) + timedelta(days=i % 28)
            cents = 100_000 + month * 1_000 + i * 37
            written = f"{cents / 100:.2f}".replace(".", "," if month not in (5, 9) else ".")
            form = "%m/%d/%Y" if month == 5 else "%d/%m/%Y"
            rows.append(f"C{i % 7};{month}-{i};{day.strftime(form)};{written}")
            truth.append((day, cents / 100))
        files.append(csv(f"{month:02}.csv", HEADER, *rows))
    found = loaded(*files)
    assert found.questions == ()
    assert found.clean.set_aside == {}
    assert days(found) == [day for day, _ in truth]
    assert found.clean.frame["amount"].tolist() == [amount for _, amount in truth]


def test_a_number_feature_and_a_joined_date_keep_their_files_notation() -> None:
    customers = [csv("one.csv", "customer_id;income", *(f"A{i};1.{i}50,5" for i in range(1, 9)))]
    customers += [csv("two.csv", "customer_id;income", *(f"B{i};2,{i}50.5" for i in range(1, 9)))]
    header = "customer_id;seen;pages;page"
    visits = [csv("v1.csv", header, *(f"A{i};{12 + i}/02/2026;3;x" for i in range(1, 9)))]
    visits += [csv("v2.csv", header, *(f"B{i};02/{12 + i}/2026;3;x" for i in range(1, 9)))]
    visits += [csv("v3.csv", header, *(f"B{i};02/{12 + i}/2026;4;y" for i in range(1, 9)))]
    found = loaded(*customers, *visits)
    assert found.customers.frame["income"].tolist() == [
        *(1000 + i * 100 + 50.5 for i in range(1, 9)),
        *(2000 + i * 100 + 50.5 for i in range(1, 9)),
    ]
    last = next(n for n in found.customers.frame if n.endswith("days_since_last"))
    assert found.customers.frame[last].tolist() == [9 - i for i in range(1, 9)] * 2


# --- contradictions


def test_a_contradiction_is_asked_with_its_counts() -> None:
    clear_day = [f"{13 + i % 15}/04/2026" for i in range(50)]
    either = [f"{1 + i % 10:02}/11/2026" for i in range(30)]
    clear_month = [f"04/{13 + i}/2026" for i in range(6)]
    found = loaded(orders("a.csv", *clear_day, *either, *clear_month))
    (question,) = found.questions
    assert "50 cells can only be day first (13/04/2026)" in question.text
    assert "6 cells can only be month first (04/13/2026)" in question.text
    assert "30 cells can be either" in question.text
    assert found.clean.set_aside == {}
    answered = loaded(orders("a.csv", *clear_day, *either, *clear_month), dates="mdy")
    assert answered.questions == ()
    read = days(answered)
    assert read[:50] == [date(2026, 4, 13 + i % 15) for i in range(50)]
    assert read[50:80] == [date(2026, 1 + i % 10, 11) for i in range(30)]
    assert read[80:] == [date(2026, 4, 13 + i) for i in range(6)]
    assert [doubt for doubt in answered.schema.doubts if "50 cells can't be read" in doubt]


def test_a_majority_of_one_decides_nothing() -> None:
    either = [f"{1 + i % 12:02}/{1 + i // 12:02}/2026" for i in range(90)]
    found = loaded(orders("a.csv", *either, "13/04/2026", "04/13/2026", "05/14/2026"))
    (question,) = found.questions
    assert question.option == "--dates"
    assert found.clean.set_aside == {}


def test_a_slip_is_said_and_read_as_it_only_can_be() -> None:
    days_first = [f"{13 + i % 15}/{1 + i // 15:02}/2026" for i in range(60)]
    found = loaded(orders("a.csv", *days_first, "04/16/2026"))
    assert found.questions == ()
    assert days(found)[-1] == date(2026, 4, 16)
    (doubt,) = found.schema.doubts
    assert "1 cell can't be read with “day first”" in doubt and "'04/16/2026'" in doubt


def test_decimal_marks_that_contradict_each_other_are_asked_about() -> None:
    cells = ["12.50", "7.25", "3,75", "1,5", "1.234", "2.345"]
    rows = [f"{i};{cell}" for i, cell in enumerate(cells)]
    (question,) = schema_of(csv("a.csv", "id;spend", *rows)).questions
    assert question.option == "--decimal"
    assert "2 cells can be either" in question.text


@pytest.mark.parametrize("kind", ["customers", "transactions"])
def test_dates_that_can_not_be_read_are_doubted(kind: str) -> None:
    dates = [f"{13 + i % 15}/04/2026" for i in range(20)]
    found = loaded(orders("a.csv", *dates, "31/02/2026"), kind=kind)
    (doubt,) = [doubt for doubt in found.schema.doubts if doubt.startswith("order_date")]
    assert "1 cell is not a date (first in line 22: '31/02/2026')" in doubt


# --- texts in workbooks


TEXTS = (("id", "spend"), *((f"K{i}", f"1.{i}34") for i in range(1, 8)))


def test_texts_of_a_workbook_are_as_doubtful_as_those_of_a_csv() -> None:
    (question,) = schema_of(book("a.xlsx", *TEXTS)).questions
    assert question.option == "--decimal"
    assert [r.examples[0] for r in question.readings] == [("1.134", "1.134"), ("1.134", "1134")]


@pytest.mark.parametrize("write", [books.xlsx, books.ods, books.xlsb, books.xls])
def test_texts_are_told_from_numbers_in_every_format(write: Callable[..., bytes]) -> None:
    rows = [["id", "spend", "rate"], ["K1", "1.235", 1.235], ["K2", 1.235, 2.5], ["K3", 4, 1.5]]
    table = read_table(Source(name="a", data=write(("S", rows))), as_text=True)
    assert {name: told.tolist() for name, told in table.texts.items()} == {
        "spend": [True, False, False],
        "rate": [False, False, False],
    }


@pytest.mark.parametrize("mark", ["point", "comma"])
def test_what_the_analyst_says_of_a_workbooks_texts_is_done(mark: str) -> None:
    found = loaded(book("a.xlsx", *TEXTS), decimal=mark)
    scale = 1 if mark == "point" else 1000
    assert found.customers.frame["spend"].tolist() == pytest.approx(
        [scale * (1 + (i * 100 + 34) / 1000) for i in range(1, 8)]
    )
    assert (found.questions, found.schema.doubts) == ((), ())


def test_texts_beside_stored_numbers_are_asked_about_and_the_numbers_are_not() -> None:
    rows = [("id", "spend"), ("K1", "1.235"), ("K2", 1234.5), ("K3", 1.5), ("K4", 1.235)]
    (question,) = schema_of(book("a.xlsx", *rows)).questions
    assert [r.examples for r in question.readings] == [
        (("1.235", "1.235"),),
        (("1.235", "1235"),),
    ]
    found = loaded(book("a.xlsx", *rows), decimal="comma")
    assert found.customers.frame["spend"].tolist() == [1235.0, 1234.5, 1.5, 1.235]


def test_texts_of_a_workbook_stay_in_doubt_in_a_stack() -> None:
    months = [book(f"{n}.xlsx", *TEXTS[:1], *((f"{n}{k}", cell) for k, cell in TEXTS[1:]))
              for n in "ab"]  # fmt: skip
    numbers = csv("c.csv", "id;spend", *(f"c{i};{i}.5" for i in range(8)))
    (question,) = loaded(*months, numbers).questions
    assert question.where == "spend (a.xlsx and b.xlsx)"


# --- neighbours


def test_a_neighbour_of_another_size_settles_nothing() -> None:
    (question,) = schema_of(csv("a.csv", "Kunde;Umsatz;lat", "K1;6.795;52.6089")).questions
    assert (question.option, question.where) == ("--decimal", "Umsatz")


@pytest.mark.parametrize("neighbour", ["2.50", "0,5"])
def test_what_a_neighbour_settles_is_said(neighbour: str) -> None:
    rows = [f"{i};1.{i}34;{neighbour};{i}" for i in range(1, 6)]
    schema = schema_of(csv("a.csv", "id;spend;rate;n", *rows, "6;1.734;0;6"))
    assert schema.questions == ()
    assert "like the column 'rate'" in column(schema, "spend").reason


def test_a_neighbours_order_of_dates_is_said_and_must_be_written_alike() -> None:
    rows = [f"{i};0{i}/02/2026;2{i}{{0}}01{{0}}2026" for i in range(1, 6)]
    alike = schema_of(csv("a.csv", "id;joined;left", *(row.format("/") for row in rows)))
    assert alike.questions == ()
    assert "“day first” like the column 'left'" in column(alike, "joined").reason
    unlike = schema_of(csv("a.csv", "id;joined;left", *(row.format(".") for row in rows)))
    assert [question.where for question in unlike.questions] == ["joined"]


# --- dates


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["13042026", "28042026", "01052026"], date(2026, 4, 13)),
        (["04132026", "04282026", "05012026"], date(2026, 4, 13)),
        (["20260413", "20260428", "20260501"], date(2026, 4, 13)),
        (["5102026", "13102026", "28102026"], date(2026, 10, 5)),
    ],
)
def test_dates_without_separators_are_read(cells: list[str], first: date) -> None:
    found = loaded(orders("a.csv", *cells))
    assert (found.schema.kind, found.questions) == ("transactions", ())
    assert days(found)[0] == first


def test_dates_without_separators_are_asked_about() -> None:
    found = loaded(orders("a.csv", "10012026", "11022026", "12032026"))
    (question,) = found.questions
    assert [r.examples[0][1] for r in question.readings] == ["10 January 2026", "1 October 2026"]


def test_a_column_of_eight_digits_that_are_all_days_holds_dates() -> None:
    rows = [f"K{i};{10 + i}012026;{i}" for i in range(8)]
    assert column(schema_of(csv("a.csv", "id;booked;n", *rows)), "booked").type == "date"


UNREAD = csv("a.csv", HEADER, *(f"C{i % 3};o{i};day {i} of 26;{i},50" for i in range(12)))


def test_orders_whose_date_can_not_be_read_are_asked_about() -> None:
    (question,) = loaded(UNREAD).questions
    assert (question.option, question.where) == ("--kind", "order_date")
    assert [(r.value, r.examples[0]) for r in question.readings] == [
        ("customers", ("day 0 of 26", "a text")),
        ("transactions", ("day 0 of 26", "no date")),
    ]
    answered = loaded(UNREAD, kind="customers")
    assert answered.questions == ()
    assert any("order_date: its name says" in doubt for doubt in answered.schema.doubts)


def test_a_date_that_can_not_be_read_is_no_feature() -> None:
    rows = [f"K{i};{i * 7 % 40};{i * 37 % 1000}" for i in range(20)]
    found = loaded(csv("a.csv", "id;spend;last_order_date", *rows))
    assert found.customers.default_features == ("spend",)
    assert any("last_order_date: its name says" in doubt for doubt in found.schema.doubts)


@pytest.mark.parametrize("order", ["dmy", "ymd"])
def test_two_digit_years_are_asked_about_where_they_may_come_first(order: str) -> None:
    file = orders("a.csv", "26-04-13", "26-04-14", "26-05-02")
    (question,) = loaded(file).questions
    assert {r.value: r.examples[0][1] for r in question.readings} == {
        "dmy": "26 April 2013",
        "ymd": "13 April 2026",
    }
    years = {day.year for day in days(loaded(file, dates=order))}
    assert years == ({2026} if order == "ymd" else {2013, 2014, 2002})


@pytest.mark.parametrize("sign", "-/.")
def test_days_of_a_month_are_no_years(sign: str) -> None:
    dates = [sign.join((f"{day:02}", "04", "26")) for day in range(1, 29)]
    found = loaded(orders("a.csv", *dates))
    assert found.questions == ()
    assert set(days(found)) == {date(2026, 4, day) for day in range(1, 29)}


def test_dates_that_a_spreadsheet_of_another_country_took_for_its_own_are_doubted() -> None:
    stored = [datetime(2026, month, 4) for month in range(1, 13)]
    texts = [f"{day}/04/2026" for day in range(13, 29)]
    rows = [(f"C{i % 5}", f"o{i}", day, 5.5) for i, day in enumerate([*stored, *texts])]
    schema = schema_of(book("a.xlsx", tuple(HEADER.split(";")), *rows))
    (doubt,) = schema.doubts
    assert "12 dates such as 2026-01-04" in doubt and "16 are text, such as 13/04/2026" in doubt
    assert "swapped day and month" in doubt
    mixed = [(*row[:2], datetime(2026, 4, 20), 5.5) for row in rows[:1]]
    assert schema_of(book("a.xlsx", tuple(HEADER.split(";")), *rows, *mixed)).doubts == ()


# --- cells


@pytest.mark.parametrize(
    "mark",
    [
        *("#NV", "#WERT!", "#BEZUG!", "#ZAHL!", "#ÜBERLAUF!", "#VALEUR!", "#NOM?", "#NOMBRE!"),
        *("#NUL!", "#N/D", "#¡VALOR!", "#¡REF!", "#¡DIV/0!", "#¿NOMBRE?", "#¡NUM!", "#¡NULO!"),
        *("#VALORE!", "#RIF!", "#NOME?", "#NULLO!", "#VALOR!", "#NÚM!", "#NULO!", "#DESPEJAR!"),
    ],
)
def test_a_spreadsheets_errors_are_missing_in_every_language(mark: str) -> None:
    for content in ("number", "date", "category", "name"):
        assert is_missing(pd.Series([mark, "5"], dtype="str"), content).tolist() == [True, False]


def test_percent_beside_plain_numbers_is_doubted() -> None:
    rows = [f"K{i};{cell}" for i, cell in enumerate(["12%", "20", "8%", "9", "0"])]
    (doubt,) = schema_of(csv("a.csv", "id;discount", *rows)).doubts
    assert "2 cells are percent and others are not: 12% is read as 0.12, and 20 as 20" in doubt
    rows = [f"K{i};{cell}" for i, cell in enumerate(["12%", "20%", "8%", "9%", "0"])]
    assert schema_of(csv("a.csv", "id;discount", *rows)).doubts == ()


@pytest.mark.parametrize(
    "ids", [["12.346", "12.347", "12.348"], ["1.5", "2.25", "3.75"], ["01012026", "02012026", "3"]]
)
@pytest.mark.parametrize("name", ["Kundennr", "customer_id"])
def test_a_customer_id_stays_text_whatever_it_looks_like(name: str, ids: list[str]) -> None:
    rows = [f"{key};{360 + i},59" for i, key in enumerate(ids)]
    found = loaded(csv("a.csv", f"{name};Umsatz", *rows))
    assert found.customers.id_column == name
    assert np.array(found.customers.ids).tolist() == ids
    assert (found.customers.default_features, found.questions) == (("Umsatz",), ())


# --- the command line


def run(out: Path, *arguments: str) -> int:
    return main(["run", *arguments, "--out", str(out), "--k", "2"])


def written(folder: Path, file: Source) -> str:
    (folder / file.name).write_bytes(bytes(file.data))
    return str(folder / file.name)


def test_the_command_line_refuses_and_names_the_file_and_the_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [written(tmp_path, file) for file in (DAY_FIRST, OPEN)]
    assert run(tmp_path / "o.csv", *files) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "'order_date' of b.csv" in line
    assert "--dates dmy (04/01/2026 is 4 January 2026) or --dates mdy" in line
    assert run(tmp_path / "o.csv", *files, "--dates", "mdy") == 0


def test_the_command_line_refuses_orders_without_a_readable_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "o.csv", written(tmp_path, UNREAD)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "--kind customers (day 0 of 26 is a text)" in line


def test_the_command_line_says_what_deserves_a_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"K{i};{i * 7 % 40};{cell}" for i, cell in enumerate(["12%", "20", "8%", "9"] * 5)]
    file = written(tmp_path, csv("a.csv", "id;spend;discount", *rows))
    assert run(tmp_path / "o.csv", file) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert "discount: 10 cells are percent" in line
