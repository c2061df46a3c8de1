"""What is taken away, from the button to the file in the hand of who gets it."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.acting import Person

pytestmark = pytest.mark.browser

FILE = Path(__file__).parents[2] / "data" / "mall.csv"
LOOKS: list[dict[str, Any]] = [
    {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
]


def picture(person: Person, chart: int = 0) -> bytes:
    """Press the camera of a chart."""
    person.charts().nth(chart).hover()
    camera = person.charts().nth(chart).locator('[data-title^="Download plot"]')
    with person.page.expect_download() as coming:
        camera.click()
    return Path(coming.value.path()).read_bytes()


def first_pixel(png: bytes) -> tuple[int, ...]:
    """The colour at the top left, whose row is coded without regard to others."""
    assert png.startswith(b"\x89PNG")
    at, data = 8, b""
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += 12 + size
    return tuple(zlib.decompressobj().decompress(data, 5)[1:])


def luminance(pixel: tuple[int, ...]) -> float:
    return sum(pixel[:3]) / 3


def test_every_file_reaches_the_hand(person: Person) -> None:
    person.upload(FILE)
    person.press("Find segments")
    person.run_and_check()
    person.go("Export")

    table = pd.read_csv(io.BytesIO(person.download("All 200 customers")))
    person.choose("CSV for", "Excel, 1.234,50")
    plain = person.download("All 200 customers")
    assert plain.startswith(b"\xef\xbb\xbf")
    excel = pd.read_csv(io.BytesIO(plain), sep=";", decimal=",")
    pd.testing.assert_frame_equal(excel, table)

    with zipfile.ZipFile(io.BytesIO(person.download("One file a segment"))) as archive:
        parts = [
            pd.read_csv(archive.open(name), sep=";", decimal=",") for name in archive.namelist()
        ]
    assert [set(part["segment_id"]) for part in parts] == [{i + 1} for i in range(len(parts))]
    assert sum(map(len, parts)) == len(table)

    book = openpyxl.load_workbook(io.BytesIO(person.download("Excel workbook")))
    header, *rows = book["Customers"].iter_rows(values_only=True)
    pd.testing.assert_frame_equal(pd.DataFrame(rows, columns=header), table, check_dtype=False)

    report = person.download("Report").decode("utf-8")
    for name in set(table["segment"]):
        assert name in report
    assert b'"sql"' in person.download("Rules")


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.exhaustive), "dark"])
def test_a_chart_is_a_picture_in_the_format_chosen(
    meet: Callable[..., Person], scheme: str
) -> None:
    person = meet(color_scheme=scheme)
    person.open()
    person.upload(FILE)
    person.press("Find segments")
    person.run_unchecked()
    person.go("Profiles")
    person.view("Sizes")
    pixel = first_pixel(picture(person))
    assert len(pixel) == 4 and pixel[3] == 255
    assert (luminance(pixel) > 200) == (scheme == "light")
    person.go("Export")
    person.view("SVG")
    person.go("Profiles")
    person.view("Sizes")
    drawn = picture(person).decode("utf-8")
    assert drawn.startswith("<svg")
    (red,) = re.search(r'<rect x="0" y="0"[^>]*fill: rgb\((\d+)', drawn).groups()  # type: ignore[union-attr]
    assert (int(red) > 200) == (scheme == "light")
    assert not re.findall(r"https?://(?!www\.w3\.org)", drawn)


def read_offline(browser: Browser, file: Path, **look: Any) -> tuple[Page, list[str]]:
    """Open a file with no network, and keep all complaints."""
    context = browser.new_context(offline=True, **look)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url == file.as_uri() else complaints.append(request.url),
    )
    page.goto(file.as_uri())
    return page, complaints


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from segmentation.__main__ import main

    folder = tmp_path_factory.mktemp("report")
    names = [str(folder / name) for name in ("customers.csv", "report.html")]
    assert main(["run", str(FILE), "--k", "5", "--out", names[0], "--report", names[1]]) == 0
    return Path(names[1])


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_the_report_is_whole_without_a_network(
    browser: Browser, report: Path, look: dict[str, Any]
) -> None:
    page, complaints = read_offline(browser, report, **look)
    assert complaints == []
    width = look["viewport"]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("article").count() == 5
    assert page.get_by_role("img").count() == 1
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (luminance(tuple(map(int, re.findall(r"\d+", paper)))) > 128) == (
        look["color_scheme"] == "light"
    )
    # The style sheet passed its own policy, or bars and dots would have no colour.
    fills = page.locator(".card .fill").evaluate_all(
        "all => [...new Set(all.map(e => getComputedStyle(e).fill))]"
    )
    assert len(fills) == 5
    page.context.close()


def test_the_report_prints_in_ink_on_paper(browser: Browser, report: Path) -> None:
    page, _ = read_offline(browser, report, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.pdf(format="A4").count(b"/Type /Page\n") >= 3
    page.context.close()
