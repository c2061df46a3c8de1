"""How soon a change of the filter has settled in a real browser, screen by screen.

Run ``python tests/benchmarks/filter_speed.py [CHANGES] [CUSTOMERS]`` on a quiet machine: with the
customers of Online Retail, or with so many made up. Each figure is the median over the changes,
from the key to 50 ms of silence after the last change of the page, which are counted. Beside it, a
click in an empty app, before and after: on a busy machine it takes longer, too. What server and
browser computed meanwhile does not wait for others.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.browser_speed import (  # noqa: E402
    EMPTY,
    RETAIL,
    Server,
    _session,
    _timed,
    rerun_seconds,
    serving,
)
from tests.browser.driving import CHROMIUM_FLAGS, Runs  # noqa: E402

CHANGES = int(sys.argv[1]) if sys.argv[1:] else 9
CUSTOMERS = int(sys.argv[2]) if sys.argv[2:] else 0
PATIENCE_SECONDS = 120
BOUNDS = cycle(range(2, 40))
VIEWS = {
    "Segments": ("Map", "3-D map", "All features (PCA)"),
    "Explore": ("One column", "Two columns", "Correlations"),
    "Profiles": ("One segment", "Sizes", "Side by side"),
    "Compare": (),
    "Export": (),
}


def made_up(folder: Path) -> Path:
    """Write a file of so many customers."""
    drawn = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "customer_id": np.arange(CUSTOMERS),
            "recency_days": drawn.integers(0, 400, CUSTOMERS),
            "orders": drawn.poisson(4, CUSTOMERS) + 1,
            "spend": np.round(drawn.gamma(1, 300, CUSTOMERS), 2),
            "age": drawn.integers(18, 90, CUSTOMERS),
            "country": drawn.choice([f"Country {i}" for i in range(38)], CUSTOMERS),
            "channel": drawn.choice(["web", "shop", "app"], CUSTOMERS),
        }
    )
    frame.to_csv(folder / "customers.csv", index=False)
    return folder / "customers.csv"


def computed_seconds(server: Server) -> tuple[float, float]:
    """Return what the server and the browser's page have computed so far."""
    own = psutil.Process().children(recursive=True)
    pages = [process for process in own if "--type=renderer" in " ".join(process.cmdline())]
    used = sum(sum(process.cpu_times()[:2]) for process in pages)
    return sum(server.process.cpu_times()[:2]), used


def changes(page: Page, runs: Runs, server: Server, column: str) -> str:
    """Type one bound after another and return the medians."""
    field = page.get_by_label(f"{column}, from", exact=True).and_(page.locator("input"))
    if not field.is_visible():
        page.get_by_role("button", name="Filter", exact=True).filter(visible=True).first.click()
        field.wait_for(state="visible")
        page.wait_for_timeout(400)
    seconds = []
    for _ in range(CHANGES + 1):
        field.fill(str(next(BOUNDS)))
        page.wait_for_timeout(250)
        before = computed_seconds(server)
        wall = _timed(runs, lambda: field.press("Enter"))
        after = computed_seconds(server)
        seconds.append((wall, after[0] - before[0], after[1] - before[1]))
    page.keyboard.press("Escape")
    middle = [1000 * statistics.median(one) for one in zip(*seconds[1:], strict=True)]
    return f"{middle[0]:6.0f} ms; server {middle[1]:4.0f}, page {middle[2]:4.0f} ms"


def main() -> None:
    """Print the median of each view."""
    column = "days since last order"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = made_up(Path(folder)) if CUSTOMERS else RETAIL
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS
        )
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY, encoding="utf-8")
        with serving(empty) as base:
            print(f"empty app  {1000 * rerun_seconds(browser, base):29.0f} ms")
        server = Server(ROOT / "app.py")
        server.wait()
        page, runs = _session(browser, server)
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
        page.get_by_role("button", name="Find segments", exact=True).first.click()
        page.get_by_text("Choose", exact=True).first.click()
        page.wait_for_timeout(3_000)
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_role("button", name="Skip the check").click()
        runs.settled(0, PATIENCE_SECONDS)
        time.sleep(2)
        first = True
        for screen, views in VIEWS.items():
            link = page.get_by_test_id("stSidebarNavLink").filter(has_text=screen)
            with runs.rerun(PATIENCE_SECONDS):
                link.click()
            for view in views or ("",):
                control = page.get_by_role("radio", name=view, exact=True)
                if view and control.get_attribute("aria-checked") != "true":
                    with runs.rerun(PATIENCE_SECONDS):
                        control.click()
                if first:
                    page.get_by_role("button", name="Filter", exact=True).first.click()
                    box = page.get_by_role("combobox", name="Number ranges", exact=True)
                    box.fill(column)
                    with runs.rerun(PATIENCE_SECONDS):
                        page.get_by_role("option", name=column, exact=True).first.click()
                    page.keyboard.press("Escape")
                    page.keyboard.press("Escape")
                    first = False
                print(f"{screen:10} {view:22} {changes(page, runs, server, column)}")
                page.wait_for_timeout(300)
        server.stop()
        with serving(empty) as base:
            print(f"empty app  {1000 * rerun_seconds(browser, base):29.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
