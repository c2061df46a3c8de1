"""Charts change in place, keep what the reader did to them, fill the window, and send nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_filters import found
from tests.browser.test_taking_away import picture

if TYPE_CHECKING:
    from tests.browser.acting import Person

pytestmark = pytest.mark.browser

ACROSS = "e => e._fullLayout.xaxis.range"
SHOWN = "e => e._fullData.map(trace => trace.visible)"
AGES = "e => e._fullData.filter(one => one.visible === true).flatMap(one => [...one.x])"
SIZES = "e => [e.clientWidth, e._fullLayout.width, e.clientHeight, e._fullLayout.height]"


@pytest.fixture
def mapped(person: Person) -> Person:
    found(person, "Mall visitors")
    person.sees_chart()
    return person


def only_women(person: Person) -> None:
    person.open_popover("Filter")
    person.choose("Gender", "Female")
    person.close_popovers()


def tool(person: Person, title: str) -> None:
    chart = person.charts().first
    chart.hover()
    chart.locator(f'[data-title="{title}"]').click()


def test_a_change_keeps_the_plot_and_what_was_zoomed_and_hidden(mapped: Person) -> None:
    chart = mapped.plot()
    chart.evaluate("e => { e.seenBefore = true }")
    tool(mapped, "Zoom in")
    mapped.page.wait_for_timeout(600)
    chart.locator(".legendtoggle").first.click()
    expect(chart.locator(".traces").first).to_have_css("opacity", "0.5")
    across, shown = chart.evaluate(ACROSS), chart.evaluate(SHOWN)
    assert shown[0] == "legendonly" and set(shown[1:]) == {True}

    only_women(mapped)
    women, everybody = mapped.shown()
    assert 0 < women < everybody == 200
    drawn = "e => e.data.slice(0, -1).reduce((all, trace) => all + trace.text.length, 0)"
    assert chart.evaluate("e => e.seenBefore") and chart.evaluate(drawn) == women
    assert chart.evaluate(ACROSS) == across and chart.evaluate(SHOWN) == shown

    mapped.choose("Across", "Age")
    assert chart.evaluate("e => e.seenBefore")
    (low, high), ages = chart.evaluate(ACROSS), chart.evaluate(AGES)
    assert low < min(ages) and max(ages) < high


def test_a_chart_is_as_wide_as_its_place_and_as_the_window(mapped: Person) -> None:
    chart = mapped.plot()
    width, drawn, height, drawn_high = chart.evaluate(SIZES)
    assert width == drawn and height == drawn_high
    tool(mapped, "Fullscreen")
    window = mapped.page.viewport_size
    assert window
    assert chart.evaluate(SIZES) == [window["width"]] * 2 + [window["height"]] * 2
    mapped.page.keyboard.press("Escape")
    assert chart.evaluate(SIZES) == [width, drawn, height, drawn_high]
    mapped.page.set_viewport_size({"width": 1100, "height": 900})
    mapped.page.wait_for_function(
        "([e, width]) => e.clientWidth < width && e._fullLayout.width === e.clientWidth",
        arg=[chart.element_handle(), width],
    )


def test_nothing_offers_to_send_a_chart_away(mapped: Person) -> None:
    for view in ("Map", "3-D map"):
        mapped.view(view)
        mapped.sees_chart()
        chart = mapped.charts().first
        chart.hover()
        titles = chart.locator("[data-title]").evaluate_all("all => all.map(e => e.dataset.title)")
        assert "Fullscreen" in titles
        assert [one for one in titles if "hare" in one or "loud" in one] == []


def test_a_chart_out_of_sight_is_drawn_when_it_comes_near(mapped: Person) -> None:
    mapped.page.set_viewport_size({"width": 1440, "height": 400})
    mapped.view("Evidence for k")
    drawn, all_charts = mapped.charts().locator(".js-plotly-plot"), mapped.charts().count()
    assert drawn.count() < all_charts
    mapped.sees_charts(all_charts)
    assert drawn.count() == all_charts


def test_three_dimensions_are_set_up_once_and_before_they_are_asked_for(person: Person) -> None:
    person.page.evaluate("""() => { window.scenes = new Set(); window.sized = 0;
      const its = HTMLCanvasElement.prototype, plain = its.getContext;
      its.getContext = function (kind, ...more) {
        if (kind.includes("webgl")) window.scenes.add(this);
        return plain.call(this, kind, ...more) };
      const height = Object.getOwnPropertyDescriptor(its, "height");
      Object.defineProperty(its, "height", { ...height, set(to) {
        window.sized += window.scenes.has(this); height.set.call(this, to) } }) }""")
    found(person, "Mall visitors")
    person.sees_chart()
    segments = person.plot().evaluate("e => e.data.length - 1")
    person.page.wait_for_function(
        """segments => [...window.scenes].some(one => { const plot = one.closest(".js-plotly-plot");
          return !plot.isConnected && plot.data.length === segments })""",
        arg=segments,
    )
    made = "[window.scenes.size, window.sized]"
    before = person.page.evaluate(made)
    for view in ("3-D map", "Map", "3-D map"):
        person.view(view)
        person.sees_chart()
        assert person.page.evaluate(made) == before


def test_three_dimensions_turn_where_they_are_seen_and_rest_where_not(mapped: Person) -> None:
    frames = """async () => { let count = 0; const plain = window.requestAnimationFrame;
      window.requestAnimationFrame = tick => { count += 1; return plain(tick) };
      await new Promise(done => setTimeout(done, 500));
      window.requestAnimationFrame = plain; return count }"""
    seen_from = "e => e._fullLayout.scene._scene.getCamera().eye.x"
    for _ in range(2):
        mapped.view("3-D map")
        mapped.sees_chart()
        assert mapped.page.evaluate(frames)
        before = mapped.plot().evaluate(seen_from)
        mapped.plot().hover()
        mapped.page.mouse.down()
        mapped.page.mouse.move(700, 700, steps=5)
        mapped.page.mouse.up()
        assert mapped.plot().evaluate(seen_from) != before
        mapped.view("Map")
        mapped.sees_chart()
        end = time.monotonic() + 10
        while mapped.page.evaluate(frames) and time.monotonic() < end:
            pass
        assert not mapped.page.evaluate(frames)


def test_a_chart_in_three_dimensions_shows_nothing_of_the_one_before(mapped: Person) -> None:
    axes = "e => ['x', 'y', 'z'].map(one => e._fullLayout.scene[`${one}axis`].title.text)"
    drawn = "e => e._fullData.reduce((all, trace) => all + trace.x.length, 0)"
    mapped.view("3-D map")
    mapped.sees_chart()
    before, everybody = mapped.plot().evaluate(axes), mapped.plot().evaluate(drawn)
    mapped.view("Map")
    only_women(mapped)
    mapped.view("3-D map")
    mapped.sees_chart()
    women, all_customers = mapped.shown()
    assert (mapped.plot().evaluate(drawn), everybody) == (women, all_customers)
    mapped.choose("Across", before[2])
    assert mapped.plot().evaluate(axes)[0] == before[2]


def test_labels_are_never_cut_off_whichever_chart_went_before(mapped: Person) -> None:
    mapped.go("Explore")
    mapped.view("Two columns")
    cut = """e => [...e.querySelectorAll('.xtick text, .ytick text, .xtitle, .ytitle, .legendtext')]
      .filter(one => { const [a, b] = [one, e].map(x => x.getBoundingClientRect());
        return a.left < b.left - 1 || a.right > b.right + 1 || a.bottom > b.bottom + 1 })
      .map(one => one.textContent)"""
    for up in ("Age", "Spending Score (1-100)", "Annual Income (k$)", "Age"):
        mapped.choose("Up", up)
        mapped.sees_chart()
        assert mapped.plot().evaluate(cut) == []
    for view in ("Correlations", "One column"):
        mapped.view(view)
        mapped.sees_chart()
        assert mapped.plot().evaluate(cut) == []


def test_many_names_leave_three_dimensions_their_room_on_a_phone(mapped: Person) -> None:
    mapped.slide("k", "ArrowRight ArrowRight")
    mapped.run_unchecked()
    mapped.page.set_viewport_size({"width": 390, "height": 844})
    mapped.view("3-D map")
    mapped.sees_chart()
    mapped.page.wait_for_function(
        """() => { const { width, height } =
            document.querySelector(".gl-container canvas").getBoundingClientRect();
          return width > 300 && height > 0.75 * width }"""
    )


def test_room_for_names_is_foreseen(mapped: Person) -> None:
    """Else such a chart is drawn twice: it begins with what Plotly asks for, or just more."""
    needed = """async e => {
      const again = document.createElement("div");
      document.body.append(again);
      const { margin, ...layout } = e.layout;
      const given = { ...layout, margin: { ...margin, l: 12, b: 12 } };
      await Plotly.newPlot(again, e.data, given);
      const { l, b } = again._fullLayout._size;
      again.remove();
      return [l, b];
    }"""
    screens = {"Explore": ["Correlations"], "Profiles": ["Sizes", "Side by side", "One segment"]}
    for screen, views in screens.items():
        mapped.go(screen)
        for view in views:
            mapped.view(view)
            mapped.sees_chart()
            chart = mapped.plot()
            begun = chart.evaluate("e => [e.layout.margin.l, e.layout.margin.b]")
            assert chart.evaluate("e => [e._fullLayout._size.l, e._fullLayout._size.b]") == begun
            for room, least in zip(begun, chart.evaluate(needed), strict=True):
                assert least <= room <= least + 4, (view, begun)


CROWDED = """e => { const { xaxis, yaxis } = e._fullLayout;
  return e.calcdata.map(points => {
    const { trace } = points[0], place = e.querySelector(`.trace${trace.uid} .points`);
    const all = query => place ? [...place.querySelectorAll(query)] : [];
    const corners = all(".crowd > path").flatMap(one => one.getAttribute("d").slice(1).split("L"));
    const own = all(".point").map(one => /\\((.*?)\\)/.exec(one.getAttribute("transform"))[1]);
    return [trace.name, own.length, corners.concat(own).map(at => at.split(",").map(Number)),
      points.map(one => [xaxis.c2p(one.x), yaxis.c2p(one.y)])] }) }"""


def drawn_where_plotly_would(person: Person) -> dict[str, int]:
    """Look at where the points of a map are; return how many each segment has."""
    counts = {}
    *segments, _centres = person.plot().evaluate(CROWDED)
    for name, elements, seen, wanted in segments:
        counts[name] = len(seen)
        if seen:
            assert elements == 1 or elements == len(wanted) < 100
            assert len(seen) == len(wanted)
            for found, right in zip(sorted(seen), sorted(wanted), strict=True):
                assert found == pytest.approx(right, abs=0.01)
    return counts


def test_many_points_are_where_plotly_would_draw_them(meet: Callable[..., Person]) -> None:
    person = meet(viewport={"width": 1440, "height": 1200})
    person.open()
    found(person, "Shop members")
    person.go("Export")
    person.view("SVG")
    person.go("Segments")
    person.sees_chart()
    before = drawn_where_plotly_would(person)
    assert sum(before.values()) == 1000
    tool(person, "Zoom out")
    person.page.wait_for_timeout(600)
    assert drawn_where_plotly_would(person) == before
    pictured = picture(person).decode("utf-8")
    assert pictured.startswith("<svg")
    assert pictured.count('class="point plotly-customdata"') == 1000

    hidden = next(iter(before))
    person.plot().locator(".legendtoggle").first.click()
    expect(person.plot().locator(".traces").first).to_have_css("opacity", "0.5")
    assert drawn_where_plotly_would(person) == {**before, hidden: 0}
    person.open_popover("Filter")
    person.choose("preferred category", "Garden")
    person.close_popovers()
    after = drawn_where_plotly_would(person)
    assert all(count < 100 for count in after.values()) and sum(after.values()) > 100


def test_many_open_points_are_open(person: Person, tmp_path: Path) -> None:
    rows = [f"{i},{i % 37},{i * 7 % 41},town {min(i % 40, 24)}" for i in range(600)]
    file = tmp_path / "towns.csv"
    file.write_text("\n".join(["id,visits,spend,town", *rows]), encoding="utf-8")
    person.upload(file)
    person.go("Explore")
    person.view("Two columns")
    person.choose("Colour", "town")
    person.sees_chart()
    looks = person.plot().evaluate(
        """e => [...e.querySelectorAll(".crowd marker path")].map(one => getComputedStyle(one))
          .map(look => [look.fill === "none", parseFloat(look.strokeWidth) === 0])"""
    )
    assert [False, True] in looks and looks[-1] == [True, False]
