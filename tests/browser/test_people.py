"""Profiles, RFM and one customer in a real browser, on Online Retail and the mall's visitors."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.acting import Person

pytestmark = pytest.mark.browser

INCOME, SCORE = "Annual Income (k$)", "Spending Score (1-100)"


def test_from_cards_to_rules_that_a_database_follows(person: Person, shared: Path) -> None:
    file = shared / "data" / "mall-customers.csv"
    person.upload(file)
    person.press("Find segments")
    person.remove("Age")
    person.view("Choose")
    assert person.slide("k", "ArrowRight") == 5
    person.run_unchecked()
    person.go("Profiles")
    expect(person.page.locator(".segment-name")).to_have_count(5)
    person.sees("No column says what customers bring in")
    person.view("Side by side")
    person.view("Snake plot")
    person.sees_charts(1)
    person.view("Distributions")
    person.sees_charts(4)

    person.view("Rules")
    person.sees(re.compile("% of all customers"))
    slider = person.page.get_by_test_id("stSlider").get_by_role("slider")
    slider.focus()
    for _ in range(6):
        person.page.keyboard.press("ArrowLeft")
    person.runs.settled()
    person.sees(re.compile(r"97\.5% of all customers"))
    person.view("SQL")
    code = person.page.get_by_test_id("stCode")
    expect(code).to_have_count(5)
    database = sqlite3.connect(":memory:")
    pd.read_csv(file).to_sql("customers", database, index=False)
    found = []
    for i in range(5):
        sql = " ".join(code.nth(i).inner_text().split())
        found.append(database.execute(f"SELECT count(*) FROM customers {sql}").fetchone()[0])
    told = person.page.get_by_text(re.compile(r"^Finds \d+ customers"))
    said = [re.findall(r"\d+", text)[0] for text in told.all_inner_texts()]
    assert [str(count) for count in found] == said and sum(found) == 200
    person.press("Find the segment")
    person.sees(re.compile("By the rules: "))

    person.open_popover("Playbook: Retail")
    person.choose("Field", "Donors")
    person.close_popovers()
    person.sees(re.compile(r"of all donors"))
    person.go("Segments")
    assert "customers" not in person.text()


def test_actions_are_costed_and_rfm_is_taken_away(person: Person, shared: Path) -> None:
    person.upload(shared / "data" / "online-retail-rebuilt.xlsx")
    person.go("RFM")
    person.sees_chart()
    rows = list(csv.DictReader(io.StringIO(person.download("All 4,339 scores").decode())))
    assert len(rows) == 4339 and {row["f_score"] for row in rows} == set("12345")
    person.view("Scores")
    person.sees_charts(3)
    person.view("Names")
    person.sees("Potential Loyalist")
    person.go("Segments")
    person.run_and_check()
    person.go("RFM")
    person.view("Against the segments")
    person.sees("adjusted Rand index")

    person.go("Profiles")
    person.view("What to do")
    person.sees_chart()
    person.type("Cost per customer contacted", "150")
    person.sees("500 more revenue per customer")
    person.open_popover("Filter")
    person.choose("country", "Germany")
    person.close_popovers()
    person.sees("500 more revenue per customer")

    person.go("One customer")
    person.type("Id, or how it begins", "12346")
    person.sees("77,184")
    person.sees("1 order")
    person.sees_chart()
    assert "12346" not in person.page.url
    person.type("Id, or how it begins", "1234")
    person.sees("Found 4 customers")
