"""Driving the app in a real browser: when has it settled, how is a thing reached."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

LOOKED_CLOSELY_SECONDS = 2.0

_QUIET = """([quiet, sent]) => new Promise(done => {
  const app = document.querySelector('[data-testid="stApp"]');
  let timer; const watch = new MutationObserver(() => look());
  const look = () => { clearTimeout(timer); timer = setTimeout(() => {
    const busy = window.__received < sent || app.dataset.testScriptState !== "notRunning"
      || document.querySelector(
        '[data-testid="stSkeleton"], [data-testid="stSpinner"], [data-stale="true"]');
    if (busy) look(); else { watch.disconnect(); done() } }, quiet) };
  watch.observe(document.body,
    {subtree: true, childList: true, characterData: true, attributes: true}); look() })"""


# A message is known here before a busy page has got to it.
_COUNTING = """
window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); window.__received = 0;
    this.addEventListener("message", () => { window.__received += 1 }) } };
"""


class Runs:
    """Counts the script runs of a page by its web socket; make it before the first address.

    The state shown in the page can pass through "running" too quickly to be seen, so only the
    messages tell reliably that a run has begun and ended.
    """

    def __init__(self, page: Page, quiet_ms: int = 50) -> None:
        self.page = page
        self.quiet_ms = quiet_ms
        self.begun = 0
        self.ended = 0
        self._received = 0
        page.add_init_script(_COUNTING)
        page.on("websocket", self._connected)

    def _connected(self, socket: WebSocket) -> None:
        self._received = 0
        socket.on("framereceived", self._message)

    def _message(self, data: str | bytes) -> None:
        self._received += 1
        if isinstance(data, bytes):
            kind = ForwardMsg.FromString(data).WhichOneof("type")
            self.begun += kind == "new_session"
            # Not counted one by one: Streamlit drops the end of a run when the next begins at once.
            if kind == "script_finished":
                self.ended = self.begun

    def settled(self, after: int = 0, timeout_seconds: float = 180.0) -> None:
        """Wait until a run after the given one has ended and the page has stopped changing."""
        start = time.monotonic()
        end = start + timeout_seconds
        while self.begun <= after or self.ended < self.begun:
            if time.monotonic() > end:
                raise TimeoutError(f"{self.begun} runs begun, {self.ended} ended")
            # Looking every 5 ms takes a core from what is waited for, so not for long.
            closely = time.monotonic() < start + LOOKED_CLOSELY_SECONDS
            self.page.wait_for_timeout(5 if closely else 50)
        self.page.evaluate(_QUIET, [self.quiet_ms, self._received])
        if self.ended < self.begun:
            self.settled(after, end - time.monotonic())

    @contextmanager
    def rerun(self, timeout_seconds: float = 180.0) -> Iterator[None]:
        """Do something that makes the page run again, and wait until it has settled."""
        after = self.begun
        yield
        self.settled(after, timeout_seconds)
