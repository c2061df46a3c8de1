"""The filter on all screens, in the address and by drawing in a map; segments turned by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.acting import Person

pytestmark = pytest.mark.browser

Meet = Callable[..., "Person"]


def sample(person: Person, title: str) -> None:
    card = person.page.get_by_test_id("stVerticalBlock").filter(has_text=title).last
    person.doing(card.get_by_role("button", name="Use this sample").click)


def found(person: Person, title: str) -> None:
    sample(person, title)
    person.press("Find segments")
    person.view("Choose")
    person.run_unchecked()


def asked(person: Person) -> str:
    """What stands in the address for the filter."""
    return "".join(parse_qs(urlsplit(person.page.url).query).get("filter", []))


def chips(person: Person) -> list[str]:
    found = person.page.locator("[class*=st-key-filter-chip-]").get_by_role("button")
    return [str(one.inner_text()).split("\n")[0] for one in found.all()]


def test_a_filter_goes_with_the_reader_and_with_the_address(person: Person, meet: Meet) -> None:
    found(person, "Online orders")
    person.open_popover("Filter")
    person.choose("country", "Germany")
    person.open_popover("Filter")
    person.choose("Number ranges", "orders")
    person.open_popover("Filter")
    person.type("orders, from", "2")
    person.close_popovers()
    wanted, shown, text = chips(person), person.shown(), asked(person)
    assert wanted[0] == "country: Germany" and len(wanted) == 2
    assert re.fullmatch(r"[0-9a-f]{8}_c0~\d+_n\d~2~\d+", text)
    for screen in ("Explore", "Profiles", "Compare", "Export"):
        person.go(screen)
        assert chips(person) == wanted and person.shown() == shown and asked(person) == text

    # Opened after more than one run, the controls show what is held, and a change is of one alone.
    person.go("Profiles")
    for view in ("Sizes", "Rules"):
        person.view(view)
    person.open_popover("Filter")
    person.type("orders, from", "3")
    person.close_popovers()
    wanted[1] = wanted[1].replace(" 2 ", " 3 ")
    assert chips(person) == wanted
    shown, text = person.shown(), asked(person)

    other = meet()
    other.open(f"/profiles?filter={text}")
    other.go("Data")
    sample(other, "Online orders")
    other.go("Explore")
    assert chips(other) == wanted and other.shown() == shown and asked(other) == text
    stranger = meet()
    stranger.open(f"/?filter={text}")
    sample(stranger, "Mall visitors")
    stranger.go("Explore")
    stranger.sees("The address holds a filter of another file")
    assert chips(stranger) == []

    person.press("country: Germany")
    assert chips(person) == wanted[1:] and person.shown()[0] > shown[0]
    person.press("Clear filter")
    person.sees(re.compile(r"Filter cleared: all [\d,]+ customers are shown"))
    assert chips(person) == [] and asked(person) == ""


def drawn(person: Person) -> Locator:
    return person.page.locator(".js-plotly-plot").first


def draw(person: Person) -> None:
    person.doing(person.page.get_by_text("Choose customers by drawing").click)
    box = drawn(person).locator(".nsewdrag").first.bounding_box()
    assert box is not None
    mouse = person.page.mouse
    mouse.move(box["x"] + 4, box["y"] + 4)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
    person.doing(mouse.up)


@pytest.mark.exhaustive
def test_going_back_keeps_the_customers_drawn_around(person: Person) -> None:
    found(person, "Mall visitors")
    person.open_popover("Filter")
    person.choose("Gender", "Female")
    person.close_popovers()
    text = asked(person)
    draw(person)
    wanted, shown = chips(person), person.shown()
    assert len(wanted) == 2 and asked(person) == text != ""
    person.go("Profiles")
    # The screen and its filter can be two steps in the browser's history.
    drawing = person.page.get_by_text("Choose customers by drawing")
    for _ in range(2):
        if not drawing.count():
            person.doing(person.page.go_back)
    person.sees("Choose customers by drawing")
    assert chips(person) == wanted and person.shown() == shown and asked(person) == text
    person.doing(person.page.go_forward)
    person.does_not_see("Choose customers by drawing")
    assert chips(person) == wanted and person.shown() == shown


def test_customers_drawn_around_in_a_map_are_chosen_on_all_screens(person: Person) -> None:
    found(person, "Mall visitors")
    draw(person)
    (chip,) = chips(person)
    shown, of = person.shown()
    assert chip == f"{shown} customers chosen in the map" and 0 < shown < of == 200
    points = drawn(person).evaluate(
        "e => e.data.slice(0, -1).reduce((all, trace) => all + trace.text.length, 0)"
    )
    assert points == shown and asked(person) == ""
    person.go("Profiles")
    assert chips(person) == [chip] and person.figures()["Customers"] == str(shown)
    person.go("Export")
    assert len(person.download(f"The {shown} customers shown").splitlines()) == shown + 1
    person.press(chip)
    assert chips(person) == []


@pytest.mark.exhaustive
def test_segments_are_merged_by_hand_and_parted_again(person: Person) -> None:
    found(person, "Mall visitors")
    before = person.segments()
    names = list(before)
    person.go("Profiles")
    person.open_popover("Merge or split")
    person.choose("Segment merged into it", names[2])
    person.press("Merge")
    person.sees("4 segments found, changed by hand")
    person.go("Segments")
    now = person.segments()
    assert list(now) == [names[0], names[1], names[3]]
    assert now[names[0]] == before[names[0]] + before[names[2]]
    person.sees("Changed by hand after 4 segments were found")
    person.go("Profiles")
    person.open_popover("Merge or split")
    person.press("Undo last")
    person.go("Segments")
    assert person.segments() == before
