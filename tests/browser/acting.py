"""What a person does in the app, and what they then see: by names on the screen only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.browser.driving import Runs

PATIENCE_SECONDS = 180
QUIET_MS = 150
CHECK_SECONDS = 600
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
)
# As long as for what they press: the first picture of a chart can take more than the usual 5 s.
expect.set_options(timeout=PATIENCE_SECONDS * 1000)

# Keeps what was on the screen only for a moment: progress, and every text a headline figure had.
_WATCH = """
window.__progress = []; window.__figures = {};
const roots = () => [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(r => r);
const look = () => {
  for (const e of document.querySelectorAll('[data-testid="stProgress"]')) {
    const said = e.textContent;
    if (!window.__progress.includes(said)) window.__progress.push(said) }
  for (const root of roots()) for (const box of root.querySelectorAll('dl > div')) {
    const [label, value] = [box.querySelector('dt'), box.querySelector('[aria-hidden]')];
    const seen = window.__figures[label.textContent] ??= [];
    if (seen.at(-1) !== value.textContent) seen.push(value.textContent) }
  setTimeout(look, 50) };
setTimeout(look, 50);
"""


@dataclass
class Person:
    """One visitor with a browser of their own; the actions wait until the page has settled."""

    context: BrowserContext
    page: Page
    runs: Runs
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def arrive(cls, context: BrowserContext, address: str) -> Person:
        """Open an empty page in the context; nothing is loaded yet."""
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        context.add_init_script(_WATCH)
        page = context.new_page()
        person = cls(context=context, page=page, runs=Runs(page, QUIET_MS), address=address)
        page.on("console", person._heard)
        page.on("pageerror", lambda error: person.complaints.append(f"page error: {error}"))
        context.on("request", person._asked)
        return person

    def _heard(self, message: ConsoleMessage) -> None:
        # At a deep link Streamlit tries its own service below that path first, by design.
        probing = re.search(r"/\w+/_stcore/", message.location.get("url", ""))
        if message.type == "error" and not probing:
            self.complaints.append(f"console: {message.text} ({message.location})")

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"request elsewhere: {request.url}")

    # --- doing

    def open(self, path: str = "/") -> None:
        after = self.runs.begun
        self.page.goto(self.address + path)
        self.runs.settled(after, PATIENCE_SECONDS)

    def doing(self, act: Callable[[], Any]) -> None:
        """Do something that makes the page run again."""
        with self.runs.rerun(PATIENCE_SECONDS):
            act()

    def upload(self, *paths: Path) -> None:
        """Choose files; beside data there already is, under "Change data"."""
        beside = self.page.get_by_role("button", name="Change data", exact=True).count() > 0
        if beside:
            self.open_popover("Change data")
        # In two steps: replacing makes two runs, and what is done between them can undo it.
        old = self.page.get_by_test_id("stFileChipDeleteBtn").get_by_role("button")
        if old.count():
            self.doing(old.first.click)
        if beside:
            self.open_popover("Change data")
        chooser = self.page.get_by_test_id("stFileUploaderDropzoneInput").last
        self.doing(lambda: chooser.set_input_files(paths))
        self.close_popovers()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True).filter(visible=True).first

    def press(self, name: str) -> None:
        self.doing(self.button(name).click)

    def give(self, path: Path) -> None:
        """Choose a file beside the one worked on; beside another, under "Another file"."""
        if self.page.get_by_role("button", name="Another file", exact=True).count():
            self.open_popover("Another file")
        chooser = self.page.get_by_test_id("stFileUploaderDropzoneInput").last
        self.doing(lambda: chooser.set_input_files([path]))
        self.close_popovers()

    def run(self) -> None:
        with self.runs.rerun(CHECK_SECONDS):
            self.button("Run").click()

    def run_unchecked(self) -> None:
        """Run, and do without knowing how far the segments can be trusted."""
        self.button("Run").click()
        skip = self.button("Skip the check")
        skip.wait_for()
        self.doing(skip.click)

    def run_and_check(self) -> None:
        """Run, and wait until it is known how far the segments can be trusted."""
        self.run()
        judged = self.page.get_by_role("heading", name=re.compile("structure|no natural groups"))
        expect(judged.first).to_be_visible(timeout=CHECK_SECONDS * 1000)

    def view(self, name: str) -> None:
        control = self.page.get_by_role("radio", name=name, exact=True)
        if control.get_attribute("aria-checked") != "true":
            self.doing(control.click)

    def go(self, screen: str) -> None:
        """Go to a screen by the navigation at the side, which a phone hides behind a button."""
        link = self.page.get_by_test_id("stSidebarNavLink").filter(has_text=screen)
        opener = self.page.get_by_test_id("stExpandSidebarButton")
        if opener.count() and opener.is_visible():
            opener.click()
        self.doing(link.click)
        expect(self.page.get_by_role("heading", level=1).first).to_be_visible()

    def open_popover(self, name: str) -> None:
        if not self.page.get_by_role("dialog", name=name).count():
            self.button(name).click()
        expect(self.page.get_by_role("dialog", name=name)).to_be_visible()

    def close_popovers(self) -> None:
        for _ in range(3):
            if not self.page.get_by_test_id("stPopoverBody").filter(visible=True).count():
                return
            self.page.keyboard.press("Escape")
            self.page.wait_for_timeout(150)

    def box(self, label: str) -> Locator:
        return self.page.get_by_role("combobox", name=label, exact=True).filter(visible=True).first

    def choose(self, label: str, option: str) -> None:
        """Choose in a list by typing and clicking."""
        box = self.box(label)
        if box.input_value() == option:
            return
        box.click()
        box.fill(option)
        found = self.page.get_by_role("option", name=option, exact=True).first
        self.doing(found.click)
        if self.page.get_by_role("listbox").count():
            self.page.keyboard.press("Escape")

    def remove(self, value: str) -> None:
        self.press(f"Remove {value}")

    def slide(self, label: str, keys: str, thumb: int = 0) -> float:
        """Move a slider by the keyboard and return where it stands."""
        found = self.page.get_by_test_id("stSlider").filter(has_text=label).first
        slider = found.get_by_role("slider").nth(thumb)
        slider.focus()
        for key in keys.split():
            self.doing(lambda key=key: slider.press(key))
        return float(slider.input_value())

    def type(self, label: str, text: str) -> None:
        box = self.page.get_by_label(label, exact=True).and_(self.page.locator("input"))
        box.fill(text)
        self.doing(lambda: box.press("Enter"))

    def download(self, name: str) -> bytes:
        with self.page.expect_download() as coming:
            self.button(name).click()
        return Path(coming.value.path()).read_bytes()

    # --- seeing

    def text(self) -> str:
        return self.page.get_by_test_id("stMain").inner_text()

    def sees(self, text: str | re.Pattern[str]) -> None:
        found = self.page.get_by_test_id("stApp").get_by_text(text).filter(visible=True).first
        expect(found).to_be_visible()

    def does_not_see(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).filter(visible=True)).to_have_count(0)

    def figures(self) -> dict[str, str]:
        """Return the headline figures as they are read, once they stand still."""
        boxes = self.page.locator("dl > div")
        expect(boxes.first).to_be_visible()
        self.page.wait_for_function(
            """() => [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(r => r)
            .flatMap(r => [...r.querySelectorAll('dd')])
            .every(d => d.children[0].textContent === d.children[1].textContent)"""
        )
        return {
            box.locator("dt").inner_text(): box.locator("[aria-hidden]").inner_text()
            for box in boxes.all()
        }

    def shown(self) -> tuple[int, int]:
        """Return how many customers pass the filter, of how many."""
        found = re.search(r"([\d,]+) of ([\d,]+) customers shown", self.text())
        assert found, "the screen doesn't say how many customers are shown"
        return number(found[1]), number(found[2])

    def segments(self) -> dict[str, int]:
        """Return name and size of each segment, from the verdict of the Segments screen."""
        chips = self.page.get_by_test_id("stHtml").locator("div > div > span")
        expect(chips.first).to_be_visible()
        pairs = [chip.locator("> span").nth(1).inner_text() for chip in chips.all()]
        cut = [text.rsplit(" ", 1) for text in pairs]
        return {name: number(size) for name, size in cut}

    def charts(self) -> Locator:
        return self.page.locator(".chart")

    def plot(self) -> Locator:
        """Return the first chart as Plotly knows it."""
        return self.charts().first.locator(".js-plotly-plot")

    def sees_chart(self) -> None:
        self._sees(self.charts().first)

    def sees_charts(self, count: int) -> None:
        expect(self.charts()).to_have_count(count)
        for chart in self.charts().all():
            self._sees(chart)

    def _sees(self, chart: Locator) -> None:
        chart.scroll_into_view_if_needed()
        expect(chart.locator(".main-svg").first).to_be_visible()

    def sideways(self) -> int:
        """Return how wide the page is, beyond what fits too."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth")
        return width


def number(text: str) -> int:
    return int(text.replace(",", ""))
