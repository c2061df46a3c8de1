"""A running app, a browser, and people who use it; whatever goes wrong behind them is an error."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.acting import Person

ROOT = Path(__file__).resolve().parents[2]
# The shell is the same engine without windows of its own, and opens a page in a fifth of the time.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PORTS = range(8700, 8800)
START_SECONDS = 300

# These need playwright to be imported, and the doctest run would import them.
collect_ignore = [] if find_spec("playwright") else ["acting.py", "driving.py"]


def do_without(reason: str) -> NoReturn:
    """Skip what can't be tested here; where everything is to be tested, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@dataclass(frozen=True, slots=True)
class Server:
    """The app under test."""

    address: str
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


def _free_port() -> int:
    # In any order, so that two test runs at once seldom want the same one.
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as tried:
            if tried.connect_ex(("localhost", port)):
                return port
    raise RuntimeError(f"no free port in {PORTS}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = _free_port()
    log = tmp_path_factory.mktemp("server") / "log.txt"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    # Never the repository's own folder.
    models = tmp_path_factory.mktemp("models")
    setting = {**os.environ, "SEGMENTATION_MODELS_FOLDER": str(models)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=setting, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        running = Server(address=f"http://localhost:{port}", log=log)
        end = time.monotonic() + START_SECONDS
        while not _healthy(running.address):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"the app didn't start:\n{running.said()}")
            time.sleep(0.1)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not find_spec("playwright"):
        do_without("needs playwright: pip install -r requirements-dev.txt")
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if chromium is None:
        do_without(f"needs a browser: none of {', '.join(CHROMIUM_NAMES)} is installed")
    from playwright.sync_api import sync_playwright

    from tests.browser.driving import CHROMIUM_FLAGS

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield running
        running.close()


@pytest.fixture
def meet(browser: Browser, server: Server) -> Iterator[Callable[..., Person]]:
    """Bring in one person after another, each with a browser context of their own.

    At the end of the test: nothing was asked of another host, no script complained, and there was
    no traceback on a page or in the server's log.
    """
    from tests.browser.acting import Person

    before = len(server.said())
    people: list[Person] = []

    def arrive(**look: Any) -> Person:
        look = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **look}
        person = Person.arrive(browser.new_context(**look), server.address)
        people.append(person)
        return person

    yield arrive
    problems: list[str] = []
    for person in people:
        problems += person.complaints
        if (
            person.page.get_by_test_id("stException").count()
            or "Traceback" in person.page.content()
        ):
            problems.append(f"an exception on the page:\n{person.text()}")
        person.context.close()
    said = server.said()[before:]
    if "Traceback" in said:
        problems.append(f"the server's log:\n{said}")
    assert not problems, "\n".join(problems)


@pytest.fixture
def person(meet: Callable[..., Person]) -> Person:
    """Someone at a desk who has just opened the app."""
    arrived = meet()
    arrived.open()
    return arrived


@pytest.fixture
def command_line(tmp_path: Path) -> Callable[..., bytes]:
    """Run ``python -m segmentation run`` and return the bytes of its customers."""

    def run(source: Path, *options: str) -> bytes:
        out = tmp_path / "from-the-command-line.csv"
        subprocess.run(
            [sys.executable, "-m", "segmentation", "run", source, "--out", out, *options],
            cwd=ROOT,
            check=True,
        )
        return out.read_bytes()

    return run
