"""What reading did and could not know: asked, answered, told, and remembered for the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import cache
from segmentation.pipeline import read
from segmentation.reading import Bundle, Source
from segmentation.results import Table
from segmentation.results.reports import Question, Reading, Sheet
from segmentation.settings import Recipe
from tests.pages.visiting import choose, go, healthy, press, run, said, take, widget


def of(*rows: str, name: str = "table.csv") -> Source:
    return Source(name=name, data="\n".join(rows).encode())


def orders(date: str = "{day:02}/{month:02}/2025", name: str = "orders.csv") -> Source:
    """Order lines whose days are all 12 or less."""
    rows = (
        f"C{i * 7 % 40},{i},{date.format(day=i % 12 + 1, month=i * 5 % 12 + 1)},{1 + i % 9}"
        for i in range(200)
    )
    return of("customer_id,order_id,order_date,amount", *rows, name=name)


def plain(app: AppTest) -> str:
    return said(app).replace("\\", "").replace("\u200b", "")


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.main.button]


TITLED = of(
    "Sales of the year",
    "",
    "id;spend;visits",
    *(f"C{i};{1 + i},5;{i % 9}" for i in range(30)),
    "Total;480,0;111",
)


def test_a_doubt_is_asked_answered_and_taken_back(app: AppTest) -> None:
    take(app, orders())
    assert "Does the day or the month come first in 'order_date'?" in plain(app)
    assert "Until you say, this is assumed: Day first." in plain(app)
    shown = [table.value.iloc[0].tolist() for table in app.table[:2]]
    assert shown == [["02/06/2025", "2 June 2025"], ["02/06/2025", "6 February 2025"]]
    press(app, "Month first")
    assert "Does the day" not in plain(app) and "Month first" not in labels(app)
    assert "Dates: month first (you said so)" in plain(app)
    assert widget(app, "dates").value == "mdy"
    press(app, "Change")
    assert "Does the day or the month come first" in plain(app)
    assert "you said so" not in plain(app)


def test_orders_whose_date_can_not_be_read_are_asked_about(app: AppTest) -> None:
    take(app, orders("day {day} of {month}"))
    assert "'order_date' can't be read as dates" in plain(app)
    press(app, "One row a customer")
    assert widget(app, "kind").value == "customers"
    assert "Is a row a customer" not in plain(app)
    assert "order_date: its name says that it holds dates" in plain(app)


def test_a_doubt_names_the_file_it_is_about(app: AppTest) -> None:
    files = (orders("25/{month:02}/2025"), orders(name="late.csv"))
    app.session_state["candidate"] = Bundle(sources=files)
    healthy(app.run())
    assert "Does the day or the month come first in 'order_date' of late.csv?" in plain(app)
    press(app, "Month first")
    assert "Does the day" not in plain(app)


def test_an_answer_holds_on_every_screen_and_in_the_run(app: AppTest) -> None:
    take(app, orders())
    press(app, "Month first")
    run(app, k=3)
    assert "Answer it on Data" not in plain(app)
    assert app.session_state["ran"].schema.dates == "mdy"
    go(app, "data")
    assert "Dates: month first (you said so)" in plain(app)
    assert app.session_state["draft"].schema.dates == "mdy"


def test_an_open_question_is_met_before_a_run_and_does_not_prevent_it(app: AppTest) -> None:
    run(take(app, orders()), k=3)
    assert "Does the day or the month come first in 'order_date'? Assumed: Day first." in plain(app)
    assert app.get("page_link")
    assert "3 segments" in plain(app)


def test_an_answer_is_not_remembered_for_another_file(app: AppTest) -> None:
    take(app, orders())
    press(app, "Month first")
    take(app, orders(name="more.csv"))
    assert "Does the day or the month come first" in plain(app)


def test_what_is_told_of_the_file_is_used_and_can_be_taken_back(app: AppTest) -> None:
    take(app, of("id;spend", *(f"C{i};{i},5" for i in range(30))))
    assert widget(app, "delimiter").options[0] == "Work it out (found: semicolon)"
    assert widget(app, "decimal").options[0] == "Work it out (found: comma)"
    choose(app, "header", "0")
    assert "Header rows: 0 (you said so)" in plain(app)
    assert app.session_state["draft"].read.header_rows == 0
    choose(app, "delimiter", ",")
    assert app.session_state["draft"].read.delimiter == ","
    choose(app, "delimiter", "")
    choose(app, "header", "")
    assert app.session_state["draft"] == Recipe()
    assert "you said so" not in plain(app)


def test_an_encoding_is_followed_and_can_be_taken_back(app: AppTest) -> None:
    take(app, Source(name="a.csv", data="id;town\n1;Köln\n2;Zürich\n".encode("cp1252")))
    choose(app, "encoding", "utf-8")
    assert not app.error
    assert "2 changes to cells" in " ".join(labels(app))
    choose(app, "encoding", "")
    assert "2 changes to cells" not in " ".join(labels(app))


def test_the_account_of_lines_adds_up_everywhere(app: AppTest) -> None:
    take(app, TITLED)
    (headline,) = [label for label in labels(app) if "rows read" in label]
    assert headline.startswith("30 rows read; 1 header line; 2 lines set aside while reading; ")
    press(app, headline)
    assert widget(app, "data-view").value == "How it was read"
    facts = dict(app.table[0].value.to_numpy().tolist())
    lines = facts["Lines"].replace("\\", "")
    assert lines == "1 header + 30 rows + 2 set aside = 33 in all"
    assert facts["Delimiter"] == "semicolon" and "line 3" in facts["Header"]
    assert app.dataframe[0].value["line"].tolist() == [1, 34]
    assert app.dataframe[0].value["id"].tolist() == ["Sales of the year", "Total"]
    changes = app.table[1].value
    assert changes["Column"].tolist() == ["spend"] and changes["Cells"].tolist() == ["30"]
    choose(app, "data-view", "Set aside")
    steps = app.table[0].value
    assert steps["Rows in"].tolist()[:2] == [32, 31]
    assert sum(steps["Set aside"]) == 2
    rules = widget(app, "set-aside-rule")
    assert rules.options == ["it stands above the table (1)", "it adds up the rows above it (1)"]
    choose(app, "set-aside-rule", "total")
    assert app.dataframe[0].value["id"].tolist() == ["Total"]


def test_text_of_lines_set_aside_is_not_read_as_markdown(app: AppTest) -> None:
    rows = [f"C{i};{i},5 **€**" for i in range(30)]
    take(app, of("**bold** :red[x]", "", "id;spend _x_", *rows, name="*a*.csv"))
    choose(app, "data-view", "How it was read")
    assert "\\*a\\*" in str(app.table[0].value)


def test_several_files_have_a_line_each(app: AppTest) -> None:
    files = (orders(name="a.csv"), orders("2026-{month:02}-{day:02}", name="b.csv"))
    app.session_state["candidate"] = Bundle(sources=files)
    healthy(app.run())
    choose(app, "data-view", "How it was read")
    shown = app.dataframe[0].value
    assert shown["File"].tolist() == ["a.csv", "b.csv"]
    assert shown["All lines"].tolist() == [201, 201]


def test_a_correction_is_met_again_and_forgotten(app: AppTest) -> None:
    take(app, orders(name="first.csv"))
    choose(app, "role-order_id", "(none)")
    take(app, orders(name="second.csv"))
    assert "As you corrected it for an earlier file with the same columns" in plain(app)
    assert widget(app, "role-order_id").value == "(none)"
    assert app.session_state["draft"].schema.roles == (("order_id", ""),)
    press(app, "Forget")
    assert widget(app, "role-order_id").value == "order_id"
    assert "As you corrected it" not in plain(app)
    take(app, orders(name="third.csv"))
    assert "As you corrected it" not in plain(app)
    assert widget(app, "role-order_id").value == "order_id"


def test_a_corrected_kind_is_met_again_but_not_by_other_columns(app: AppTest) -> None:
    take(app, orders())
    choose(app, "kind", "customers")
    take(app, of("id,spend", *(f"C{i},{i}" for i in range(30))))
    assert widget(app, "kind").value == "auto"
    take(app, orders(name="again.csv"))
    assert widget(app, "kind").value == "customers"


def test_corrections_are_one_sessions_own(fresh: Callable[[], AppTest], app: AppTest) -> None:
    take(app, orders())
    choose(app, "kind", "customers")
    other = take(fresh().run(), orders())
    assert widget(other, "kind").value == "auto"


def test_which_file_leads_and_how_the_others_meet_it_is_chosen(app: AppTest) -> None:
    crm = of("id,friend,age", *(f"C{i},C{59 - i},{20 + i}" for i in range(60)), name="crm.csv")
    visits = of(
        "id,pages,seen",
        *(f"C{i % 30},{i % 5},C{i % 60}" for i in range(200)),
        name="visits.csv",
    )
    app.session_state["candidate"] = Bundle(sources=(crm, visits))
    healthy(app.run())
    choose(app, "data-view", "Joined files")
    assert "30 of 60 customers are in visits.csv" in plain(app)
    choose(app, "joined-by-visits.csv", "seen")
    assert "60 of 60 customers are in visits.csv" in plain(app)
    choose(app, "joined-by-visits.csv", "pages")
    assert app.error
    choose(app, "joined-by-visits.csv", "")
    assert not app.error
    choose(app, "main", "visits.csv")
    assert not app.error
    assert "crm.csv" in plain(app)
    assert app.session_state["draft"].combine.main == "visits.csv"


def test_reading_several_files_tells_a_share_that_only_rises() -> None:
    shares: list[float] = []
    many = of("id,spend", *(f"C{i},{i}" for i in range(200_000)), name="many.csv")
    read(Bundle(sources=(many, orders())), Recipe(), shares.append)
    assert len(shares) > 1 and shares == sorted(shares)
    assert shares[0] > 0 and shares[-1] == pytest.approx(1.0)


def test_the_report_can_be_taken_away(app: AppTest) -> None:
    take(app, TITLED)
    choose(app, "data-view", "How it was read")
    assert [b.label for b in app.get("download_button")] == ["Download the report (JSON)"]


def test_where_the_data_can_not_be_used_its_questions_are_still_asked(app: AppTest) -> None:
    take(app, orders())
    choose(app, "kind", "transactions")
    choose(app, "role-amount", "(none)")
    assert app.error
    press(app, "Month first")
    assert app.session_state["draft"].schema.dates == "mdy"


def test_sheets_are_offered_with_their_sizes(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    sheets = (
        Sheet(name="Orders", rows=1200, columns=4, hidden=False),
        Sheet(name="*Old*", rows=1, columns=1, hidden=True),
    )
    ways = (
        Reading(value="Orders", label="Orders", examples=(("id", "C1"),)),
        Reading(value="*Old*", label="*Old*", examples=(("a", "b"),)),
    )
    question = Question(
        setting="sheet", text="Which sheet is the table?", where="a.csv", readings=ways
    )

    def read_as_a_workbook(*given: Any) -> tuple[Table, ...]:
        recipe = given[1]
        (table,) = read(given[0], Recipe())
        told = recipe.read.sheet
        open_ones = () if told else (question,)
        report = replace(
            table.report, sheet=told or "Orders", sheets=sheets, questions=open_ones, encoding=None
        )
        return (replace(table, report=report),)

    monkeypatch.setattr(cache, "read", read_as_a_workbook)
    take(app, orders("2025-{month:02}-{day:02}"))
    assert widget(app, "sheet").options == [
        "Work it out (found: Orders)",
        "Orders, 1,200 rows by 4 columns",
        "*Old*, 1 row by 1 column (hidden)",
    ]
    assert not [one for one in app.selectbox if one.label == "Encoding"]
    press(app, "*Old*")
    assert "Which sheet" not in plain(app)
    assert app.session_state["draft"].read.sheet == "*Old*"
    press(app, "Change")
    assert app.session_state["draft"].read.sheet is None
