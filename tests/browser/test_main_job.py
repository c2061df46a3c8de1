"""The main job in a real browser: a file in, named segments and the clustered CSV out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.acting import Person

pytestmark = pytest.mark.browser

CommandLine = Callable[..., bytes]
INCOME, SCORE = "Annual Income (k$)", "Spending Score (1-100)"


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"))))


def test_a_first_visitor_has_named_segments_after_three_clicks(person: Person) -> None:
    person.press("Use this sample")
    person.press("Find segments")
    person.run()
    found = person.segments()
    assert len(found) >= 2
    assert sum(found.values()) == 200
    assert all(re.search(r"income|spending|young|old|high|low", name, re.I) for name in found)
    person.sees(f"{len(found)} segments,")
    person.sees_chart()


def five_of_the_mall(person: Person, file: Path) -> None:
    person.upload(file)
    assert person.figures()["Customers"] == "200"
    person.press("Find segments")
    person.remove("Age")
    person.view("Choose")
    assert person.slide("k", "ArrowRight") == 5
    person.open_popover("Preparation and seed")
    person.choose("Skewed features", "None")
    assert person.box("Scale").input_value().startswith("Standard")
    person.close_popovers()
    person.run()


def test_the_mall_customers_renamed_and_downloaded(
    person: Person, shared: Path, command_line: CommandLine, tmp_path: Path
) -> None:
    file = shared / "data" / "mall-customers.csv"
    five_of_the_mall(person, file)
    assert sorted(person.segments().values()) == [22, 23, 35, 39, 81]

    person.go("Export")
    explicit = ["--feature", INCOME, "--feature", SCORE, "--transform", "none", "--k", "5"]
    plain = person.download("All 200 customers")
    assert plain == command_line(file, *explicit)
    assert list(rows(plain)[0]) == [
        "CustomerID", "Gender", "Age", INCOME, SCORE, "segment_id", "segment",
    ]  # fmt: skip

    person.go("Profiles")
    person.view("One segment")
    first = person.box("Segment").input_value()
    person.type("Rename", "Friends of the house")
    assert person.box("Segment").input_value() == "Friends of the house"
    person.sees(f"It was given by hand. Its figures call it {first}")
    assert person.page.get_by_text(first).filter(visible=True).count() == 1
    for screen in ("Segments", "Compare"):
        person.go(screen)
        person.sees("Friends of the house")
        person.does_not_see(first)

    person.go("Export")
    summary = person.download("Summary")
    renamed = person.download("All 200 customers")
    path = tmp_path / "summary.json"
    path.write_bytes(summary)
    assert renamed == command_line(file, "--recipe", str(path))
    assert {row["segment"] for row in rows(renamed)} ^ {row["segment"] for row in rows(plain)} == {
        "Friends of the house",
        first,
    }
    figures = json.loads(summary)
    assert figures["silhouette"] == pytest.approx(0.5547, abs=1e-4)
    assert figures["inertia"] == pytest.approx(65.5684, abs=1e-3)


def test_the_online_retail_workbook_from_upload_to_filtered_download(
    person: Person, shared: Path
) -> None:
    file = shared / "data" / "online-retail-rebuilt.xlsx"
    person.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    person.page.get_by_test_id("stProgress").first.wait_for()
    # Going elsewhere while it is read does not lose it.
    person.go("Explore")
    person.sees("Half of the customers lie between")
    progress = " | ".join(person.page.evaluate("window.__progress"))
    person.go("Data")
    assert person.figures() == {
        "Rows in all": "541,909",
        "Rows used": "397,924",
        "Rows set aside": "143,985",
        "Customers": "4,339",
    }
    assert "Reading" in progress and "541,909 rows" in progress
    person.view("Set aside")
    person.sees("Look at the rows set aside because")

    person.press("Find segments")
    person.run_and_check()
    suggested = person.segments()
    assert sum(suggested.values()) == 4339
    stale = "The settings have changed since this run"
    person.does_not_see(stale)

    person.view("Choose")
    k = int(person.slide("k", "End ArrowLeft ArrowLeft ArrowLeft ArrowLeft"))
    assert k == 6
    person.sees(stale)
    assert person.segments() == suggested
    person.run()
    person.does_not_see(stale)
    found = person.segments()
    assert len(found) == 6 and sum(found.values()) == 4339

    person.open_popover("Filter")
    person.choose("country", "Germany")
    person.open_popover("Filter")
    person.choose("Number ranges", "days since last order")
    person.open_popover("Filter")
    least = 38
    person.type("days since last order, from", f"{least}")
    person.close_popovers()
    shown, of = person.shown()
    assert of == 4339 and 0 < shown < 200
    person.sees_chart()
    drawn = person.plot().evaluate(
        """e => [...e.querySelectorAll(".points > .point, .crowd > path")].reduce((all, one) =>
          all + (one.matches(".point") ? 1 : one.getAttribute("d").split("L").length), 0)"""
    )
    segments = person.page.locator(".legendtext").count() - 1
    assert drawn == shown + segments  # a centre each

    person.go("Profiles")
    assert person.shown() == (shown, 4339)
    assert person.figures()["Customers"] == f"{shown:,}"
    person.view("Sizes")
    person.sees_chart()

    person.go("Export")
    assert person.shown() == (shown, 4339)
    part = person.download(f"The {shown:,} customers shown")
    whole = person.download("All 4,339 customers")
    wanted = [
        row
        for row in rows(whole)
        if row["country"] == "Germany" and float(row["recency_days"]) >= least
    ]
    assert rows(part) == wanted and len(wanted) == shown
    header = whole.splitlines()[0]
    assert part.splitlines()[0] == header
    assert set(part.splitlines()) <= set(whole.splitlines())

    person.press("Clear filter")
    person.does_not_see("customers shown")


def test_the_online_retail_workbook_seen_compared_and_downloaded(
    person: Person, shared: Path, command_line: CommandLine, tmp_path: Path
) -> None:
    file = shared / "data" / "online-retail-rebuilt.xlsx"
    person.upload(file)
    person.press("Find segments")
    person.view("Choose")
    person.run()
    found = list(person.segments())
    assert len(found) == 4

    person.view("3-D map")
    person.page.locator(".js-plotly-plot canvas").first.wait_for()
    legend = person.page.locator(".legendtext").all_text_contents()
    assert legend == found
    person.view("All features (PCA)")
    person.sees_chart()
    person.sees("First direction")
    person.view("Evidence for k")
    person.sees("Elbow")
    person.sees_chart()
    ticks = person.charts().first.locator(".xtick text").all_text_contents()
    assert ticks == [str(k) for k in range(1, 11)]

    person.go("Compare")
    person.choose("Against", found[2])
    chips = " ".join(person.page.get_by_test_id("stHtml").all_inner_texts())
    assert found[0] in chips and found[2] in chips and found[1] not in chips
    person.sees_charts(1)
    person.view("Distribution")
    person.sees_charts(1)
    bars = person.charts().first.locator(".legendtext").all_text_contents()
    assert len(bars) == 2

    person.go("Export")
    path = tmp_path / "summary.json"
    path.write_bytes(person.download("Summary"))
    mine = person.download("All 4,339 customers")
    assert mine == command_line(file, "--recipe", str(path))
    aside = person.download("Rows set aside")
    assert aside.count(b"\n") >= 143_985
