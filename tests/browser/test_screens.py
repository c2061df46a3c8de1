"""What lasts and what follows: state over the screens, the theme, deep links, a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.acting import Person

pytestmark = pytest.mark.browser

STALE = "The settings have changed since this run"
SCREENS = (
    "Data",
    "Explore",
    "Sales",
    "Segments",
    "Profiles",
    "RFM",
    "Compare",
    "One customer",
    "Export",
    "Models",
    "Score",
    "Movement",
    "Live",
)

Meet = Callable[..., "Person"]


def sample(person: Person, title: str) -> None:
    card = person.page.get_by_test_id("stVerticalBlock").filter(has_text=title).last
    person.doing(card.get_by_role("button", name="Use this sample").click)


def features(person: Person) -> list[str]:
    tags = person.page.get_by_test_id("stMultiSelect").first.locator("[data-tag]:visible")
    return [str(tag.get_attribute("aria-label")) for tag in tags.all()]


def test_what_was_chosen_survives_a_walk_through_all_screens(person: Person) -> None:
    sample(person, "Mall visitors")
    person.press("Find segments")
    person.remove("Age")
    person.view("Choose")
    assert person.slide("k", "ArrowRight ArrowRight") == 6
    person.run()
    person.view("Evidence for k")
    person.go("Profiles")
    person.view("One segment")
    person.type("Rename", "Regulars of ours")
    person.open_popover("Filter")
    person.choose("Gender", "Female")
    person.close_popovers()
    shown = person.shown()

    for screen in ("Data", "Explore", "Compare", "Export", "Profiles", "Segments"):
        person.go(screen)
        person.does_not_see(STALE)
    for _ in range(2):
        assert features(person) == ["Annual Income (k$)", "Spending Score (1-100)"]
        assert person.page.get_by_role("slider").input_value() == "6"
        evidence = person.page.get_by_role("radio", name="Evidence for k")
        assert evidence.get_attribute("aria-checked") == "true"
        assert len(person.segments()) == 6 and "Regulars of ours" in person.segments()
        assert person.shown() == shown
        person.go("Profiles")
        assert person.shown() == shown
        assert "Regulars of ours" in person.page.get_by_test_id("stHtml").first.inner_text()
        person.go("Segments")


@pytest.mark.exhaustive
def test_a_change_of_features_warns_on_every_screen_until_run_again(person: Person) -> None:
    sample(person, "Mall visitors")
    person.press("Find segments")
    person.run()
    before = person.segments()
    person.remove("Age")
    person.sees(STALE)
    assert person.segments() == before
    for screen in ("Profiles", "Compare", "Export"):
        person.go(screen)
        person.sees(STALE)
    person.go("Segments")
    person.run()
    person.does_not_see(STALE)
    assert person.segments() != before


@pytest.mark.exhaustive
def test_a_change_of_cleaning_warns_until_run_again_or_put_back(person: Person) -> None:
    sample(person, "Online orders")
    used = person.figures()["Rows used"]
    person.press("Find segments")
    person.run()
    before = person.segments()
    person.go("Data")
    box = person.page.get_by_text("Set aside lines with a unit price of 0 or less")
    person.doing(box.click)
    assert person.figures()["Rows used"] != used
    for screen in ("Profiles", "Compare", "Export", "Segments"):
        person.go(screen)
        person.sees(STALE)
    assert person.segments() == before
    person.go("Data")
    person.doing(box.click)
    person.go("Segments")
    person.does_not_see(STALE)
    person.go("Data")
    person.doing(box.click)
    assert person.page.get_by_role("checkbox").nth(1).is_checked()
    person.press("Find segments")
    person.run()
    person.does_not_see(STALE)
    person.sees_chart()


def background(page: Page) -> str:
    colour: str = page.get_by_test_id("stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    return colour


def lightness(page: Page) -> float:
    """Return the lightness of the charts' axis text, 0 to 255."""
    text = page.locator(".js-plotly-plot .xtick text").first
    channels: list[int] = text.evaluate(
        "e => getComputedStyle(e).fill.match(/[0-9.]+/g).slice(0, 3).map(Number)"
    )
    return sum(channels) / 3


WHITE, NIGHT = "rgb(255, 255, 255)", "rgb(16, 23, 29)"


def switch(person: Person, to: str) -> None:
    person.page.get_by_role("switch", name="mode").click()
    person.page.wait_for_function(
        "wanted => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
        " === wanted",
        arg=to,
    )


def test_light_and_dark_are_one_click_apart_and_charts_follow(person: Person) -> None:
    sample(person, "Mall visitors")
    person.press("Find segments")
    person.run_and_check()
    person.sees_chart()
    found = person.segments()
    assert background(person.page) == WHITE
    assert lightness(person.page) < 140

    switch(person, NIGHT)
    person.page.wait_for_function(
        "Number(getComputedStyle(document.querySelector('.js-plotly-plot .xtick text'))"
        ".fill.match(/[0-9.]+/)[0]) > 140"
    )
    assert person.segments() == found
    person.go("Profiles")
    assert background(person.page) == NIGHT
    person.view("Sizes")
    person.sees_chart()
    assert lightness(person.page) > 140
    switch(person, WHITE)
    person.go("Segments")
    assert background(person.page) == WHITE
    assert person.segments() == found


def test_what_is_chosen_is_written_as_strongly_as_the_rest(person: Person) -> None:
    sample(person, "Mall visitors")
    switch(person, NIGHT)
    colours = [
        person.page.get_by_role("radio", checked=chosen).first.evaluate(
            "e => getComputedStyle(e).color"
        )
        for chosen in (True, False)
    ]
    assert colours[0] == colours[1]


def test_the_theme_chosen_is_met_again_at_a_deep_link(person: Person) -> None:
    switch(person, NIGHT)
    person.open("/profiles")
    assert background(person.page) == NIGHT


def test_figures_count_up_to_their_exact_text(meet: Meet) -> None:
    person = meet(reduced_motion="no-preference")
    person.open()
    sample(person, "Online orders")
    first = person.figures()
    person.view("Set aside")
    assert person.figures() == first
    person.press("Find segments")
    person.run_unchecked()
    person.go("Profiles")
    profiles = person.figures()
    assert all(text.strip("0123456789,.") == "" for text in profiles.values())
    seen = person.page.evaluate("window.__figures")
    for label, text in {**first, **profiles}.items():
        assert seen[label][-1] == text
    # How many steps are drawn depends on the machine, but that all jump would be no counting up.
    assert any(len(texts) > 1 for texts in seen.values())


def test_figures_stand_still_where_motion_is_not_wanted(person: Person) -> None:
    sample(person, "Online orders")
    first = person.figures()
    assert first["Customers"] == "900"
    seen = person.page.evaluate("window.__figures")
    assert {label: seen[label] for label in first} == {k: [text] for k, text in first.items()}


@pytest.mark.parametrize("screen", ["segments", "profiles", "export"])
def test_a_deep_link_leads_into_the_frame_and_says_what_to_do(meet: Meet, screen: str) -> None:
    person = meet()
    person.open(f"/{screen}")
    links = person.page.get_by_test_id("stSidebarNavLink").all_inner_texts()
    assert [text.split("\n")[-1] for text in links] == list(SCREENS)
    person.sees("Nothing to show yet")
    person.press("Choose data")
    person.sees("Who are your customers?")
    sample(person, "Mall visitors")
    person.go(screen.capitalize())
    person.sees("no segments yet")


PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 15) Chrome/140.0.0.0 Mobile Safari/537.36",
}


def swipe(person: Person, x: float, y: float, down: int) -> None:
    """Move one finger on the screen."""
    touch = person.context.new_cdp_session(person.page)
    for i in range(11):
        at = [{"x": x, "y": y + down * i / 10}]
        kind = "touchMove" if i else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
        person.page.wait_for_timeout(16)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_on_a_chart_scrolls_the_page(meet: Meet) -> None:
    person = meet(**PHONE)
    person.open()
    sample(person, "Shop members")
    person.go("Segments")
    person.run_unchecked()
    for view in ("Map", "3-D map"):
        person.view(view)
        person.sees_chart()
        chart = person.plot()
        chart.evaluate("e => e.scrollIntoView({ block: 'center' })")
        axes = (
            "e => JSON.stringify([e.layout.xaxis?.range, e._fullLayout.scene?._scene.getCamera()])"
        )
        box, seen = chart.bounding_box(), chart.evaluate(axes)
        assert box
        for across in (box["width"] / 2, 8):
            before = chart.bounding_box()
            assert before
            swipe(person, box["x"] + across, before["y"] + before["height"] / 3, 100)
            person.page.wait_for_function(
                "([e, y]) => e.getBoundingClientRect().y > y + 50",
                arg=[chart.element_handle(), before["y"]],
            )
        assert chart.evaluate(axes) == seen


def test_everything_can_be_reached_on_a_phone(meet: Meet) -> None:
    person = meet(**PHONE)
    person.open()
    widths = {"welcome": person.sideways()}
    sample(person, "Shop members")
    widths["Data"] = person.sideways()
    for view in ("Set aside", "Table", "How it was read", "Columns"):
        person.view(view)
        widths[f"Data, {view}"] = person.sideways()
    person.go("Segments")
    widths["Segments, before"] = person.sideways()
    run = person.button("Run")
    run.scroll_into_view_if_needed()
    box = run.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    person.run()
    for view in ("3-D map", "All features (PCA)", "Evidence for k", "Map"):
        person.view(view)
        person.sees_chart()
        widths[f"Segments, {view}"] = person.sideways()
    person.go("Explore")
    for view in ("Two columns", "Correlations", "One column"):
        person.view(view)
        widths[f"Explore, {view}"] = person.sideways()
    person.go("Profiles")
    for view in (
        *("One segment", "Sizes", "Side by side", "Distributions", "Rules", "What to do"),
        "Cards",
    ):
        person.view(view)
        widths[f"Profiles, {view}"] = person.sideways()
    for screen in ("RFM", "Compare", "One customer", "Export"):
        person.go(screen)
        widths[screen] = person.sideways()
    assert {place: width for place, width in widths.items() if width > 390} == {}


def test_the_menu_of_a_narrow_window_makes_room_for_the_screen_chosen(meet: Meet) -> None:
    person = meet(viewport=PHONE["viewport"])
    person.open()
    sample(person, "Mall visitors")
    person.go("Explore")
    person.view("Correlations")
    person.sees_chart()


def test_the_first_chart_does_not_wait_for_its_script(person: Person) -> None:
    loaded = "performance.getEntriesByType('resource').filter(e => /plotly.min/.test(e.name))"
    person.page.wait_for_function(f"{loaded}.length > 0")
    sample(person, "Mall visitors")
    person.go("Explore")
    person.sees_chart()
    assert person.page.evaluate(f"{loaded}.length") == 1


def test_charts_of_another_view_go_at_once(person: Person) -> None:
    sample(person, "Mall visitors")
    person.press("Find segments")
    person.run()
    person.view("Evidence for k")
    person.sees_charts(7)
    person.view("Map")
    person.sees_charts(1)
    person.open_popover("Filter")
    person.choose("Gender", "Female")
    person.close_popovers()
    person.press("Clear filter")
    person.does_not_see("customers shown")
