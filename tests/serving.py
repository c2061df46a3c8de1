"""A real server with the API beside the app, and a plain HTTP client."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 300
PATIENCE_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)

    def is_problem(self, status: int) -> bool:
        """Tell whether it is a problem as RFC 9457 has it, of this status."""
        said = self.said
        return (
            self.status == status == said["status"]
            and self.headers["content-type"] == "application/problem+json"
            and set(said) == {"type", "title", "status", "detail"}
            and len(said["detail"]) > 0
        )


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, dict(headers or {}))
            got = connection.getresponse()
            found = {name.lower(): value for name, value in got.getheaders()}
            return Answered(got.status, found, got.read())
        finally:
            connection.close()

    def score(self, model: str, rows: Any, headers: Mapping[str, str] | None = None) -> Answered:
        said = {"Content-Type": "application/json", **(headers or {})}
        body = rows if isinstance(rows, bytes) else json.dumps({"rows": rows})
        return self.ask(f"/api/v1/models/{model}/score", "POST", body, said)

    def score_csv(self, model: str, data: bytes, query: str = "") -> Answered:
        path = f"/api/v1/models/{model}/score{query}"
        return self.ask(path, "POST", data, {"Content-Type": "text/csv; charset=utf-8"})


@contextmanager
def serving(folder: Path, secrets: str, script: str = "serve.py") -> Iterator[Served]:
    """Start the app, with these secrets, at a port that the system gives."""
    told, log = folder / "secrets.toml", folder / "log.txt"
    told.write_text(secrets, encoding="utf-8")
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", "0"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--secrets.files", str(told)],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Served(_port(process, log), process, log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        told = re.search(r"URL: http://\S+?:(\d+)", log.read_text(encoding="utf-8"))
        # The address is told before the program behind it is read.
        if told and _is_healthy(int(told[1])):
            return int(told[1])
        time.sleep(0.1)
    raise RuntimeError(f"the server didn't start:\n{log.read_text(encoding='utf-8')}")


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
