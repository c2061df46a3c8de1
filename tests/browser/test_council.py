"""Deciding on k in a real browser: the verdict, the council, another preparation and method."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.acting import Person

pytestmark = pytest.mark.browser

Meet = Callable[..., "Person"]
VIEWS = ("Evidence for k", "Silhouettes", "Preparations", "Other methods")
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "color_scheme": "dark",
}
STALE = "The settings have changed since this run"


def mall(person: Person, shared: Path) -> None:
    person.upload(shared / "data" / "mall-customers.csv")
    person.press("Find segments")
    person.remove("Age")


def votes(person: Person) -> dict[str, tuple[str, str]]:
    """What each criterion says, and whether it agrees."""
    rows = person.page.locator("table.council tbody tr")
    expect(rows.first).to_be_visible()
    found = {}
    for row in rows.all():
        name = row.locator("th").inner_text().split("\n")[0]
        found[name] = (row.locator("td b").inner_text(), row.locator("td span").inner_text())
    return found


def test_the_council_on_the_mall(person: Person, shared: Path) -> None:
    mall(person, shared)
    person.button("Run").click()
    person.sees("5 segments, being checked")
    person.sees("Checking how far this can be trusted")
    person.runs.settled()
    person.sees("5 segments, reasonable structure")
    person.does_not_see("Checking how far this can be trusted")
    assert sorted(person.segments().values()) == [22, 23, 35, 39, 81]
    expect(person.page.locator(".trust-sure")).to_have_count(5)
    progress = " | ".join(person.page.evaluate("window.__progress"))
    assert re.search(r"\d+ segments: (one half foretells|the weakest comes back)", progress)

    person.view("Evidence for k")
    said = votes(person)
    assert len(said) == 7
    dissent = {name: k for name, (k, mark) in said.items() if not mark.endswith("agrees")}
    assert dissent == {"Calinski-Harabasz": "9", "Gap statistic": "1"}
    assert {k for k, mark in said.values() if mark.endswith("agrees")} == {"5"}
    person.sees_charts(7)
    ticks = person.charts().last.locator(".xtick text").all_text_contents()
    assert ticks == [str(k) for k in range(2, 11)]
    exact = person.page.get_by_test_id("stDataFrame")
    expect(exact).to_have_count(0)
    person.doing(person.page.get_by_text("The exact figures", exact=True).click)
    expect(exact).to_be_visible()
    person.sees("Gap at one segment")


def test_what_is_pressed_ends_the_check_and_it_goes_on(person: Person, shared: Path) -> None:
    mall(person, shared)
    person.button("Run").click()
    person.sees("Checking how far this can be trusted")
    # Another view is there at once, and the check goes on below the verdict.
    person.page.get_by_role("radio", name="Silhouettes", exact=True).click()
    person.sees("Nearer to another")
    person.sees("Checking how far this can be trusted")
    person.button("Skip the check").click()
    person.sees("5 segments, not checked yet")
    person.runs.settled()
    person.go("Profiles")
    person.sees("is not checked yet")
    person.go("Segments")
    person.press("Check how far this can be trusted")
    person.sees("5 segments, reasonable structure")


@pytest.mark.exhaustive
def test_another_preparation_and_another_method_by_one_press(person: Person, shared: Path) -> None:
    mall(person, shared)
    person.run()
    person.view("Preparations")
    person.sees("How far they agree with columns held out")
    person.press("Use Robust")
    person.does_not_see(STALE)
    person.open_popover("Preparation and seed")
    assert person.box("Scale").input_value().startswith("Robust")
    person.close_popovers()
    assert sum(person.segments().values()) == 200

    person.view("Other methods")
    person.press("Use Ward")
    person.does_not_see(STALE)
    person.open_popover("Preparation and seed")
    assert person.box("Method").input_value() == "Ward"
    person.close_popovers()
    assert len(person.segments()) == 5
    expect(person.page.locator(".trust")).to_have_count(5)


@pytest.mark.exhaustive
def test_a_phone_in_the_dark_shows_it_all(meet: Meet, shared: Path) -> None:
    person = meet(**PHONE)
    person.open()
    mall(person, shared)
    person.button("Run").click()
    person.sees("Checking how far this can be trusted")
    widths = {"checking": person.sideways()}
    person.runs.settled()
    for view in VIEWS:
        person.view(view)
        person.sees_chart()
        widths[view] = person.sideways()
    for popover in ("Can each segment be trusted?", "How we know"):
        person.open_popover(popover)
        widths[popover] = person.sideways()
        person.close_popovers()
    assert {place: width for place, width in widths.items() if width > 390} == {}
