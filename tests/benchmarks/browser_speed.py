"""How quick the app is in a real browser, beside an empty Streamlit app in the same run.

Run ``python tests/benchmarks/browser_speed.py [ROUNDS]`` on a quiet machine; it prints medians and
ratios.
Motion is reduced, so that a figure that counts up is not taken for a page that is still settling.
"""

from __future__ import annotations

import csv
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from segmentation.reading import read_table  # noqa: E402
from tests.browser.driving import CHROMIUM_FLAGS, Runs  # noqa: E402

SHARED = ROOT.parent / "shared" / "data"
MALL = SHARED / "mall-customers.csv"
RETAIL = SHARED / "online-retail-rebuilt.xlsx"
ROUNDS = int(sys.argv[1]) if sys.argv[1:] else 5
EMPTY = 'import streamlit as st\nst.title("Empty")\nst.button("go")\n'
FLAGS = ["--server.headless", "true", "--browser.gatherUsageStats", "false"]


class Server:
    """A Streamlit server and the peak memory of it and its children."""

    def __init__(self, script: Path) -> None:
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "streamlit", "run", str(script), *FLAGS]
        self.process = psutil.Popen(
            [*command, "--server.port", str(self.port)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.address = f"http://localhost:{self.port}"
        self.peak_bytes = 0
        self._watching = True
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while self._watching:
            total = 0
            for process in [self.process, *self.process.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.peak_bytes = max(self.peak_bytes, total)
            time.sleep(0.02)

    def wait(self) -> None:
        """Wait until it answers."""
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=1)
            except OSError:
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """End it."""
        self._watching = False
        self.process.terminate()
        self.process.wait()


@contextmanager
def serving(script: Path) -> Iterator[Server]:
    """Serve a script for a while."""
    server = Server(script)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def start_seconds(browser: Browser, script: Path) -> float:
    """Time from starting the server to a usable page."""
    began = time.perf_counter()
    with serving(script) as server:
        _session(browser, server)[0].close()
        return time.perf_counter() - began


def session_seconds(browser: Browser, server: Server) -> float:
    """Time a new session on a warm server."""
    began = time.perf_counter()
    page = _session(browser, server)[0]
    seconds = time.perf_counter() - began
    page.context.close()
    return seconds


def _session(browser: Browser, server: Server) -> tuple[Page, Runs]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    runs = Runs(page)
    page.goto(server.address)
    runs.settled()
    return page, runs


def _timed(runs: Runs, act: Callable[[], None]) -> float:
    began = time.perf_counter()
    with runs.rerun():
        act()
    return time.perf_counter() - began


def _drawn(page: Page) -> None:
    page.locator(".js-plotly-plot .main-svg").first.wait_for()


def rerun_seconds(browser: Browser, server: Server) -> float:
    """Time a click in the empty app."""
    page, runs = _session(browser, server)
    times = [_timed(runs, page.get_by_role("button", name="go").click) for _ in range(2 * ROUNDS)]
    page.context.close()
    return statistics.median(times)


def journey(browser: Browser, server: Server, file: Path) -> dict[str, float]:
    """Upload, run, and change a widget on every screen; seconds for each."""
    page, runs = _session(browser, server)
    seconds: dict[str, float] = {}

    def change(name: str, act: Callable[[], None]) -> None:
        page.wait_for_timeout(300)
        seconds[name] = _timed(runs, act)

    def view(screen: str, *names: str) -> None:
        for name in names:
            target = page.get_by_text(name, exact=True).first
            change(f"{screen}: {name}", target.click)

    def screen(name: str) -> None:
        page.wait_for_timeout(300)
        link = page.locator("[data-testid=stSidebarNavLink]").filter(has_text=name)
        seconds[f"to {name}"] = _timed(runs, link.click)

    uploader = page.locator("[data-testid=stFileUploaderDropzoneInput]")
    # Choosing a file takes a person longer than this.
    page.wait_for_timeout(2_000)
    seconds["upload to data page"] = _timed(runs, lambda: uploader.set_input_files(file))
    view("Data", "Set aside", "Table", "How it was read", "Columns")
    screen("Segments")
    _drawn(page)
    page.wait_for_timeout(500)
    began = time.perf_counter()
    with runs.rerun():
        page.get_by_role("button", name="Run", exact=True).click()
        page.locator(".st-key-map-2d .point").first.wait_for()
        seconds["Run to charts"] = time.perf_counter() - began
    seconds["Run to all checked"] = time.perf_counter() - began
    view("Segments", "3-D map", "All features (PCA)", "Evidence for k", "Map", "Choose")
    screen("Explore")
    _drawn(page)
    view("Explore", "Two columns", "Correlations", "One column")
    screen("Profiles")
    view("Profiles", "Sizes", "Side by side", "One segment")
    screen("Compare")
    screen("Export")
    view("Export", "Show the first rows")
    page.context.close()
    return seconds


def main() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY, encoding="utf-8")
        retail_csv = Path(folder) / "online-retail.csv"
        table = read_table(RETAIL, as_text=True).frame
        with retail_csv.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(table.columns)
            writer.writerows(zip(*(table[name] for name in table.columns), strict=True))
        del table
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS
        )
        app = ROOT / "app.py"
        _compare("start to usable page", lambda s: start_seconds(browser, s), empty, app)
        with serving(empty) as base_server, serving(app) as app_server:
            servers = {empty: base_server, app: app_server}
            session_seconds(browser, app_server)
            time.sleep(5)
            _compare(
                "new session, warm server",
                lambda s: session_seconds(browser, servers[s]),
                empty,
                app,
            )
            base = rerun_seconds(browser, base_server)
            print(f"rerun of the empty app: {base:.3f} s")
        for file in (MALL, retail_csv, RETAIL):
            rounds = []
            peaks = []
            for _ in range(ROUNDS):
                # A server of its own for each: it keeps a closed session for two minutes.
                with serving(app) as server:
                    _session(browser, server)[0].context.close()
                    time.sleep(5)
                    rounds.append(journey(browser, server, file))
                    peaks.append(server.peak_bytes / 1e9)
            print(f"\n{file.name}; peak memory {statistics.median(peaks):.2f} GB")
            for name in rounds[0]:
                middle = statistics.median(found[name] for found in rounds)
                print(f"  {name:32} {middle:6.3f} s  {middle / base:5.1f} x empty rerun")
        browser.close()


def _compare(name: str, measure: Callable[[Path], float], empty: Path, app: Path) -> None:
    pairs = [(measure(empty), measure(app)) for _ in range(ROUNDS)]
    base, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"{name}: empty {base:.2f} s, ours {ours:.2f} s, ratio {ours / base:.2f}")


if __name__ == "__main__":
    main()
