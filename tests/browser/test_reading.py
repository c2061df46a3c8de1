"""Reading in a real browser: a doubt answered, lines accounted for, a long reading cancelled."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.acting import Person

pytestmark = pytest.mark.browser
Meet = Callable[..., "Person"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark"}


def written(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join(rows) + "\n")
    return path


def test_a_doubt_about_dates_is_answered_and_the_run_uses_the_answer(
    person: Person, tmp_path: Path
) -> None:
    orders = [(f"C{i % 48:02}", i % 12 + 1, i * 5 % 11 + 1) for i in range(96)]
    rows = (f"{who},{a:02}/{b:02}/2025,{5 + a * b}" for who, a, b in orders)
    person.upload(written(tmp_path, "orders.csv", "customer_id,order_date,amount", *rows))
    person.sees("Does the day or the month come first in 'order_date'?")
    person.press("Month first")
    person.sees("Dates: month first (you said so)")
    person.does_not_see("Does the day or the month come first")
    person.press("Find segments")
    person.run_unchecked()
    person.does_not_see("Answer it on Data")
    person.go("Export")
    out = csv.DictReader(io.StringIO(person.download("All 48 customers").decode()))
    latest: dict[str, date] = {}
    for who, month, day in orders:
        latest[who] = max(date(2025, month, day), latest.get(who, date.min))
    end = max(latest.values())
    assert {row["customer_id"]: int(float(row["recency_days"])) for row in out} == {
        who: (end - day).days + 1 for who, day in latest.items()
    }


def test_titles_and_totals_are_accounted_for(person: Person, tmp_path: Path) -> None:
    rows = [f"C{i};{1 + i},50;{i % 9}" for i in range(30)]
    total = f"Total;480,00;{sum(i % 9 for i in range(30))}"
    path = written(tmp_path, "titles.csv", "Sales of 2025", "", "id;spend;visits", *rows, total)
    person.upload(path)
    assert person.figures()["Rows in all"] == "32"
    assert person.figures()["Rows set aside"] == "2"
    headline = "30 rows read; 1 header line; 2 lines set aside while reading; 30 changes to cells"
    person.press(headline)
    person.sees("1 header + 30 rows + 2 set aside = 33 in all")
    report = json.loads(person.download("Download the report (JSON)"))
    assert [(line["line"], line["reason"]) for line in report["set_aside"]] == [
        (1, "preamble"),
        (34, "total"),
    ]
    person.view("Set aside")
    person.sees("it adds up the rows above it")
    aside = list(csv.reader(io.StringIO(person.download("Download all rows set aside").decode())))
    assert [row[2] for row in aside[1:]] == ["Sales of 2025", "Total"]


def test_a_question_and_the_report_fit_a_phone(meet: Meet, tmp_path: Path) -> None:
    rows = (f"C{i},{i % 12 + 1:02}/{i * 5 % 12 + 1:02}/2025,{i}" for i in range(40))
    person = meet(**PHONE)
    person.open()
    person.upload(written(tmp_path, "orders.csv", "id,signup,spend", *rows))
    person.sees("Month first")
    person.view("How it was read")
    person.sees("Changes to cells")
    assert person.sideways() <= 390


@pytest.mark.parametrize("screen", [PHONE, {"viewport": {"width": 1440, "height": 900}}])
def test_a_refusal_stands_right_under_the_uploader(
    meet: Meet, tmp_path: Path, screen: dict[str, object]
) -> None:
    person = meet(**screen)
    person.open()
    person.upload(
        written(tmp_path, "report.xls", "<html><table><tr><td>1</td></tr></table></html>")
    )
    person.sees("This is a web page, not a workbook")
    uploader = person.page.get_by_test_id("stFileUploader").bounding_box()
    refusal = person.page.get_by_test_id("stAlert").bounding_box()
    assert uploader is not None and refusal is not None
    gap = refusal["y"] - uploader["y"] - uploader["height"]
    assert 0 <= gap < 60
    assert refusal["y"] + refusal["height"] < person.page.viewport_size["height"]


def test_a_long_reading_can_be_cancelled_and_leaves_what_was_there(
    person: Person, tmp_path: Path
) -> None:
    person.press("Use this sample")
    before = person.figures()
    rows = (f'C{i},"a long text, to read",{i % 997},{i % 13}' for i in range(2_500_000))
    path = written(tmp_path, "large.csv", "id,text,spend,visits", *rows)
    person.open_popover("Change data")
    chooser = person.page.get_by_test_id("stFileUploaderDropzoneInput").last
    after = person.runs.begun
    chooser.set_input_files(path)
    person.page.get_by_role("button", name="Cancel", exact=True).click()
    person.runs.settled(after + 1, 60)
    person.close_popovers()
    assert person.figures() == before
    person.does_not_see("large.csv")
    said = person.page.evaluate("window.__progress")
    assert any("Reading large.csv" in one for one in said)
