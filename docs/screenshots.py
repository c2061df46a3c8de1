"""Take the README's screenshots: ``python docs/screenshots.py`` (needs Chromium)."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.acting import Person  # noqa: E402
from tests.browser.driving import CHROMIUM_FLAGS  # noqa: E402
from tests.serving import serving  # noqa: E402

OUT = ROOT / "docs" / "screens"
DESK = {"width": 1440, "height": 900}
# So that the map is whole.
TALL = {"width": 1440, "height": 1240}
PHONE = {"width": 390, "height": 844}
DRAW_MS = 1_500

# An export as old systems write it: a title, dates that could be American, a total, a remark.
DOUBTFUL = "\n".join(
    [
        "Orders of the spring;;;",
        ";;;",
        "Customer no;Order no;Order date;Amount",
        *(
            f"{10_001 + i * 7 % 60};B{2_000 + i};{i % 12 + 1:02}/{i * 5 % 12 + 1:02}/2026;"
            f"{1_000 + i * 731 % 9_000:,d},{i % 9}0".replace(",", ".", 1)
            for i in range(240)
        ),
        "Source: cash desk, night run;;;",
    ]
)


class Photographer:
    """Visits the app and takes pictures of it, all in one theme."""

    def __init__(self, browser: Browser, address: str, scheme: str, folder: Path) -> None:
        self.browser = browser
        self.address = address
        self.scheme = scheme
        self.folder = folder

    def arrive(self, size: dict[str, int] = DESK) -> Person:
        """Open the app in a browser of its own."""
        context = self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            color_scheme=self.scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        person = Person.arrive(context, self.address)
        person.open()
        return person

    def take(self, person: Person, name: str) -> None:
        """Take what is on the screen, once charts have been drawn."""
        person.page.mouse.move(5, 5)
        if name == "segments":
            person.page.set_viewport_size(TALL)  # type: ignore[arg-type]
        person.page.wait_for_timeout(DRAW_MS)
        person.page.screenshot(path=OUT / f"{name}-{self.scheme}.png")
        if name == "segments":
            person.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def customers(self) -> None:
        """Take the way from a table of customers to saved segments, and who comes later."""
        person = self.arrive()
        self.take(person, "start")
        person.doing(person.page.get_by_role("button", name="Use this sample").first.click)
        person.press("Find segments")
        person.remove("Age")
        person.run_and_check()
        for screen in ("Data", "Explore", "Segments", "Profiles", "Compare", "Export", "Models"):
            person.go(screen)
            if screen == "Models":
                person.page.get_by_role("textbox", name="Name", exact=True).first.fill("Visitors")
                person.press("Save")
            self.take(person, screen.lower())
        person.go("Score")
        person.give(ROOT / "data" / "mall.csv")
        self.take(person, "score")
        self.live(person)
        person.context.close()

    def live(self, person: Person) -> None:
        """Take customers who come while somebody looks."""
        header, *rows = (ROOT / "data" / "mall.csv").read_text(encoding="utf-8").splitlines()
        day = self.folder / f"{self.scheme}.csv"
        day.write_text("\n".join([header, *rows[:20], ""]), encoding="utf-8")
        person.go("Live")
        person.button("Start").click()
        for end in range(30, 110, 10):
            person.page.wait_for_timeout(2_500)
            day.write_text("\n".join([header, *rows[:end], ""]), encoding="utf-8")
        person.page.wait_for_timeout(5_000)
        self.take(person, "live")

    def orders(self) -> None:
        """Take what only order lines show."""
        person = self.arrive()
        person.doing(person.page.get_by_role("button", name="Use this sample").nth(3).click)
        person.press("Find segments")
        person.run_and_check()
        for screen in ("Sales", "RFM", "Movement"):
            person.go(screen)
            self.take(person, screen.lower())
        person.go("One customer")
        person.type("Id, or how it begins", "20834")
        self.take(person, "customer")
        person.context.close()

    def reading(self) -> None:
        """Take a question and the account of reading."""
        person = self.arrive()
        chooser = person.page.get_by_test_id("stFileUploaderDropzoneInput").last
        spring = {"name": "spring.csv", "mimeType": "text/csv", "buffer": DOUBTFUL.encode()}
        person.doing(lambda: chooser.set_input_files(files=[spring]))  # type: ignore[list-item]
        self.take(person, "question")
        person.press("Day first")
        person.view("How it was read")
        self.take(person, "reading")
        person.context.close()

    def phone(self) -> None:
        """Take what a phone shows."""
        person = self.arrive(PHONE)
        person.doing(person.page.get_by_role("button", name="Use this sample").nth(3).click)
        person.press("Find segments")
        person.run_and_check()
        person.go("Profiles")
        self.take(person, "phone-profiles")
        person.context.close()


def main() -> None:
    """Serve the app, visit it in light and in dark, and take each screen."""
    OUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS
        )
        for scheme in ("light", "dark"):
            photograph(browser, scheme)
        browser.close()


def photograph(browser: Browser, scheme: str) -> None:
    """Take each screen of a server that nobody has used."""
    with TemporaryDirectory() as folder:
        incoming = Path(folder, "incoming")
        incoming.mkdir()
        told = f'models_folder = "{folder}/models"\n[live]\nfolder = "{incoming}"\n'
        with serving(Path(folder), told) as served:
            photographer = Photographer(browser, served.address, scheme, incoming)
            photographer.customers()
            photographer.orders()
            photographer.reading()
            photographer.phone()


if __name__ == "__main__":
    main()
