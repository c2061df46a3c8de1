"""Files that can't be used, text that must stay text, and visitors who must stay apart."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from tests.browser.acting import Person

pytestmark = pytest.mark.browser

Meet = Callable[..., "Person"]

ROOT = Path(__file__).resolve().parents[2]
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4


def workbook(rows: int) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for i in range(rows):
        book.active.append([i, i * i])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bad_files(folder: Path) -> dict[Path, str]:
    """Write files that can't be read; return what is said about each."""
    whole = workbook(200)
    made = {
        "empty.csv": (b"", "The file is empty"),
        "header.csv": (b"id,spend\n", "header but no row"),
        "picture.csv": (PNG, "PNG picture"),
        "torn.xlsx": (whole[: len(whole) * 2 // 3], "damaged"),
    }
    for name, (data, _) in made.items():
        (folder / name).write_bytes(data)
    return {folder / name: said for name, (_, said) in made.items()}


def test_bad_files_on_the_first_screen_get_a_sentence_each(person: Person, tmp_path: Path) -> None:
    for file, said in bad_files(tmp_path).items():
        person.upload(file)
        person.sees(said)
        person.sees(file.name)
        person.sees("Who are your customers?")
    person.press("Use this sample")
    assert person.figures()["Customers"] == "200"
    assert person.page.get_by_test_id("stAlert").count() == 0


def test_a_bad_file_leaves_the_work_of_before(person: Person, tmp_path: Path) -> None:
    person.press("Use this sample")
    person.press("Find segments")
    person.remove("Age")
    person.run_unchecked()
    found = person.segments()
    person.go("Data")
    for file, said in bad_files(tmp_path).items():
        person.upload(file)
        person.sees(said)
        person.sees("The data you had before is still here.")
        assert person.figures()["Customers"] == "200"
    person.go("Segments")
    assert person.segments() == found
    assert person.button("Remove Age").count() == 0
    person.does_not_see("The settings have changed since this run")


@pytest.mark.parametrize(
    "text",
    [
        "id,spend,age\n1,2,3\n",
        "id,spend,age\n" + "".join(f"{i},5,3\n" for i in range(30)),
    ],
    ids=["one row", "all constant"],
)
def test_a_table_without_a_feature_says_so_and_lets_go(
    person: Person, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "flat.csv"
    file.write_text(text, encoding="utf-8")
    person.upload(file)
    person.go("Segments")
    person.sees(re.compile("same value|no column|at least one feature", re.I))
    run = person.button("Run")
    if run.count() and run.is_enabled():
        person.run()
        person.sees("same value")
    person.go("Data")
    person.open_popover("Change data")
    person.press("Mall visitors")
    assert person.figures()["Customers"] == "200"


def test_too_few_customers_for_k_keeps_the_settings(person: Person, tmp_path: Path) -> None:
    file = tmp_path / "few.csv"
    file.write_text("id,spend,age\n1,2,3\n2,7,5\n3,9,1\n", encoding="utf-8")
    person.upload(file)
    person.go("Segments")
    person.view("Choose")
    person.run()
    person.sees("too few for 4 segments")
    person.slide("k", "ArrowLeft ArrowLeft")
    person.run()
    assert sum(person.segments().values()) == 3


def test_a_role_is_corrected_and_an_impossible_one_refused(person: Person) -> None:
    card = person.page.get_by_test_id("stVerticalBlock").filter(has_text="Online orders").last
    person.doing(card.get_by_role("button", name="Use this sample").click)
    customers = person.figures()["Customers"]
    assert customers == "900"
    person.choose("Customer id", "Country")
    by_country = person.figures()["Customers"]
    assert by_country != customers
    person.sees("chosen by you")

    person.choose("Order date", "Description")
    person.sees(re.compile("Order.date|order_date|date", re.I))
    alert = person.page.get_by_test_id("stAlert").first
    assert "Description" in alert.inner_text()
    assert person.box("Customer id").input_value() == "Country"
    assert person.box("Order date").input_value() == "Description"
    person.go("Explore")
    person.press("Mend it")
    assert person.box("Order date").input_value() == "Description"
    person.choose("Order date", "InvoiceDate")
    assert person.figures()["Customers"] == by_country
    person.choose("Customer id", "CustomerID")
    assert person.figures()["Customers"] == customers


def test_another_visitor_sees_nothing_of_the_first(meet: Meet, tmp_path: Path) -> None:
    file = tmp_path / "confidential-clients.csv"
    rows = [f"secret{i},{i * 7 % 50},{i * i % 40},Zone{i % 3}" for i in range(60)]
    file.write_text("client_id,spend,visits,zone\n" + "\n".join(rows) + "\n", encoding="utf-8")
    first = meet()
    first.open()
    first.upload(file)
    first.press("Find segments")
    first.run()
    assert sum(first.segments().values()) == 60
    first.go("Profiles")
    first.view("One segment")
    first.type("Rename", "Our secret segment")

    second = meet()
    for path in ("/", "/segments", "/export"):
        second.open(path)
        page = second.page.content()
        for secret in ("confidential", "secret", "Zone1", "visits"):
            assert secret not in page
    second.sees("Nothing to show yet")
    second.open()
    second.press("Use this sample")
    second.press("Find segments")
    second.run()
    assert sum(second.segments().values()) == 200
    first.go("Segments")
    assert sum(first.segments().values()) == 60
    assert "Our secret segment" in first.segments()


IMAGE = "<img src=x onerror=window.hit=1>"
BOLD = "**bold**"
LINK = "[a](http://evil.example)"
MATHS = "$x^2$ :smile:"
TEMPLATE = "%{x} <b>t</b>"
BARE = "https://evil.example &lt;i&gt;"
NASTY = (IMAGE, BOLD, LINK, MATHS, TEMPLATE, BARE)


def nasty_file(folder: Path) -> Path:
    """Write a table whose name, columns, ids and categories all look like code."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["customer_id", IMAGE, BOLD, LINK, TEMPLATE, f"group {MATHS}", BARE])
    for i in range(60):
        ident = f"{NASTY[i % len(NASTY)]} {i}"
        group = NASTY[i // 2 % len(NASTY)]
        writer.writerow([ident, i * 7 % 50, i * i % 40, i % 11, i * 3 % 23, group, i * 5 % 17])
    file = folder / "**bold** [a](x) $x$.csv"
    file.write_text(out.getvalue(), encoding="utf-8")
    return file


def nothing_ran(person: Person) -> None:
    page = person.page
    assert page.evaluate("window.hit") is None
    assert page.locator("img[onerror], img[src='x'], .katex").count() == 0
    assert page.locator("a[href*=evil]").count() == 0
    # Neither Markdown nor a chart's own markup made anything of the file's text.
    for tag in ("strong", "b", "em", "i", "tspan[style*=bold]"):
        texts = page.get_by_test_id("stApp").locator(tag).all_text_contents()
        assert not [text for text in texts if text.strip() in ("bold", "t", "a")]
    paths = {urlsplit(url).path for url in person.requests}
    assert not [path for path in paths if path.endswith("/x")]


def plain(text: str) -> str:
    """Return text as it is read, without marks of no width."""
    return text.replace("\u200b", "")


def hover_points(person: Person, most: int = 12) -> str:
    """Point at some points of the chart shown; return all that the labels said."""
    said = []
    chart = person.page.locator(".js-plotly-plot:has(.scatterlayer .point)").first
    chart.scroll_into_view_if_needed()
    dots = chart.evaluate("""e => { const { x, y } = e.getBoundingClientRect();
      const { xaxis, yaxis } = e._fullLayout;
      return e.calcdata.flat().map(one =>
        [x + xaxis._offset + xaxis.c2p(one.x), y + yaxis._offset + yaxis.c2p(one.y)]) }""")
    for x, y in dots[:: max(1, len(dots) // most)][:most]:
        person.page.mouse.move(x, y)
        person.page.wait_for_timeout(80)
        said += person.page.locator(".hoverlayer").all_text_contents()
        nothing_ran(person)
    return "\n".join(said)


def test_text_that_looks_like_code_stays_text(person: Person, tmp_path: Path) -> None:
    person.upload(nasty_file(tmp_path))
    assert "**bold** [a](x) $x$.csv" in plain(person.text())
    for name in NASTY[:3]:
        assert name in plain(person.text())
    nothing_ran(person)
    for view in ("Set aside", "Table", "How it was read"):
        person.view(view)
        nothing_ran(person)

    person.go("Explore")
    options = [IMAGE, BOLD, LINK, TEMPLATE, BARE, f"group {MATHS}"]
    for name in options:
        person.choose("Column", name)
        nothing_ran(person)
    said = "\n".join(person.page.locator(".js-plotly-plot").all_text_contents())
    for name in NASTY:
        assert name in plain(said)
    person.view("Two columns")
    person.choose("Colour", f"group {MATHS}")
    nothing_ran(person)
    hover_points(person)
    person.choose("Across", TEMPLATE)
    person.choose("Up", LINK)
    hover_points(person)
    person.view("Correlations")
    nothing_ran(person)

    person.go("Segments")
    nothing_ran(person)
    person.view("Choose")
    person.slide("k", "ArrowLeft")
    person.run_and_check()
    nothing_ran(person)
    found_segments = person.segments()
    labels = plain(hover_points(person, 20))
    for name in NASTY:
        assert name in labels
    person.view("3-D map")
    nothing_ran(person)
    person.view("All features (PCA)")
    nothing_ran(person)
    hover_points(person)
    person.open_popover("Filter")
    dialog = person.page.get_by_role("dialog", name="Filter")
    assert f"group {MATHS}" in plain(dialog.inner_text())
    person.choose("Number ranges", LINK)
    person.open_popover("Filter")
    assert f"{LINK}, from" in plain(dialog.inner_text())
    nothing_ran(person)
    least = dialog.get_by_test_id("stNumberInputField").first
    least.fill("3.5")
    person.doing(lambda: least.press("Enter"))
    person.close_popovers()
    assert f"{LINK} " in plain(person.text())
    nothing_ran(person)

    person.go("Profiles")
    nothing_ran(person)
    person.view("One segment")
    names = (f"{IMAGE} {BOLD}", f"{TEMPLATE} {LINK}", f"{MATHS} {BARE}")
    for name, found in zip(names, list(found_segments), strict=True):
        person.choose("Segment", found)
        person.type("Rename", name)
        nothing_ran(person)
        assert name in person.page.get_by_test_id("stHtml").first.inner_text()
    for view in ("Sizes", "Cards", "Side by side", "Distributions", "Rules", "What to do"):
        person.view(view)
        nothing_ran(person)
    person.go("Segments")
    assert set(person.segments()) == set(names)
    nothing_ran(person)
    person.view("Map")
    legend = "".join(person.page.locator(".legendtext").all_text_contents())
    for name in names:
        assert "".join(name.split()) in "".join(plain(legend).split())
    hover_points(person)
    for screen in ("Compare", "Export"):
        person.go(screen)
        nothing_ran(person)
