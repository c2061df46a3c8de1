"""Take the README's screenshots: ``python docs/screenshots.py`` (needs Chromium)."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.driving import CHROMIUM_FLAGS, Runs  # noqa: E402

OUT = ROOT / "docs" / "screens"
SIZE = {"width": 1440, "height": 900}
SCREENS = ("Data", "Explore", "Sales", "Segments", "Profiles", "Compare", "Export")
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


def main() -> None:
    """Start the app, use a sample, and take each screen in light and dark."""
    OUT.mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://localhost:{port}/_stcore/health")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS
            )
            for scheme in ("light", "dark"):
                _take_all(browser, f"http://localhost:{port}", scheme)
            browser.close()
    finally:
        server.terminate()
        server.wait()


def _wait(address: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address, timeout=1)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the app did not start")


def _take_all(browser: Browser, address: str, scheme: str) -> None:
    page = browser.new_page(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    runs = Runs(page)
    page.goto(address)
    runs.settled()
    _take(page, f"start-{scheme}")
    with runs.rerun():
        page.get_by_role("button", name="Use this sample").nth(2).click()
    with runs.rerun():
        page.get_by_role("button", name="Find segments").click()
    with runs.rerun():
        page.get_by_role("button", name="Run", exact=True).click()
    for screen in SCREENS:
        with runs.rerun():
            page.locator("[data-testid=stSidebarNavLink]").filter(has_text=screen).click()
        _take(page, f"{screen.lower()}-{scheme}")
    page.close()
    _take_reading(browser, address, scheme)


def _take_reading(browser: Browser, address: str, scheme: str) -> None:
    """Take a question and the account of reading."""
    page = browser.new_page(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    runs = Runs(page)
    page.goto(address)
    runs.settled()
    with runs.rerun():
        page.get_by_test_id("stFileUploaderDropzoneInput").last.set_input_files(
            files=[{"name": "spring.csv", "mimeType": "text/csv", "buffer": DOUBTFUL.encode()}]
        )
    _take(page, f"question-{scheme}")
    with runs.rerun():
        page.get_by_role("button", name="Day first").click()
    with runs.rerun():
        page.get_by_role("radio", name="How it was read").click()
    _take(page, f"reading-{scheme}")
    page.close()


def _take(page: Page, name: str) -> None:
    page.mouse.move(5, 5)
    page.wait_for_timeout(DRAW_MS)
    page.screenshot(path=OUT / f"{name}.png")


if __name__ == "__main__":
    main()
