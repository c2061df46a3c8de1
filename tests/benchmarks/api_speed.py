"""Ask a real server for scores, alone and beside hostile clients.

Run as ``python tests/benchmarks/api_speed.py``; it prints medians and ratios. The target: 1,000
rows in under 100 ms at the median.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from segmentation.models.making import make_model
from segmentation.models.scoring import score_rows
from segmentation.models.store import save_model
from segmentation.pipeline import run
from segmentation.settings import ChooseSettings, Recipe
from tests.serving import ROOT, Served, serving

ROWS, REPEATS = 1_000, 60
NAMES = ("Age", "Annual Income (k$)", "Spending Score (1-100)")
SCORE = "/api/v1/models/mall/score"


def median_ms(act: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        before = time.perf_counter()
        act()
        times.append(time.perf_counter() - before)
    return 1_000 * statistics.median(times)


def client(served: Served) -> Callable[[str, str, bytes | None, str], bytes]:
    connection = http.client.HTTPConnection("localhost", served.port, timeout=120)

    def ask(method: str, path: str, body: bytes | None, kind: str) -> bytes:
        connection.request(method, path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 200, said[:300]
        return said

    return ask


@contextmanager
def slow_clients(served: Served, count: int) -> Iterator[None]:
    head = f"POST {SCORE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
    idle = [socket.create_connection(("localhost", served.port)) for _ in range(count)]
    for i, connection in enumerate(idle):
        connection.sendall((head + ("Content-Length: 9\r\n\r\n1" if i % 2 else "")).encode())
    yield
    for connection in idle:
        connection.close()


@contextmanager
def greedy_clients(served: Served, count: int, body: bytes) -> Iterator[None]:
    done = threading.Event()

    def greedy() -> None:
        while not done.is_set():
            served.ask(SCORE, "POST", body, {"Content-Type": "text/csv"})

    threads = [threading.Thread(target=greedy) for _ in range(count)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    yield
    done.set()
    for thread in threads:
        thread.join()


def main() -> None:
    rng = np.random.default_rng(0)
    cells = rng.integers(1, 150, (50_000, 3)).tolist()
    rows = [dict(zip(NAMES, row, strict=True)) for row in cells[:ROWS]]
    as_json = json.dumps({"rows": rows}).encode()
    lines = [f"{i},{','.join(map(str, row))}" for i, row in enumerate(cells)]
    head = f"CustomerID,{','.join(NAMES)}\n"
    as_csv = (head + "\n".join(lines[:ROWS]) + "\n").encode()
    large = (head + "\n".join(lines[:49_000]) + "\n").encode()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        model = make_model(run(ROOT / "data/mall.csv", Recipe(choose=ChooseSettings(k=4))))
        save_model(folder / "models", "mall", model)
        engine = median_ms(lambda: score_rows(model, rows))
        told = "requests_per_minute = 6000000\nburst = 100000"
        with serving(folder, f'models_folder = "{folder}/models"\n[api]\n{told}') as served:
            ask = client(served)

            def json_rows() -> object:
                return ask("POST", SCORE, as_json, "application/json")

            def csv_rows() -> object:
                return ask("POST", SCORE, as_csv, "text/csv")

            def app() -> object:
                # By the app's own part of the server, on the loop that serves browsers. On a new
                # connection, since on an old one small answers wait 40 ms for the client's ACK.
                return served.ask("/_stcore/health")

            json_rows(), csv_rows(), app()
            print(f"load average {os.getloadavg()[0]:.1f}")
            print(f"{ROWS:,} rows in the engine alone    {engine:8.1f} ms")
            json_ms, csv_ms, app_ms = median_ms(json_rows), median_ms(csv_rows), median_ms(app)
            print(f"{ROWS:,} rows as JSON over HTTP      {json_ms:8.1f} ms")
            print(f"{ROWS:,} rows as CSV over HTTP       {csv_ms:8.1f} ms")
            print(f"the app beside it              {app_ms:8.1f} ms")
            with slow_clients(served, 200):
                print(f"app beside 200 slow clients    {median_ms(app) / app_ms:8.2f} x")
            with greedy_clients(served, 6, large):
                print(f"app beside 6 greedy clients    {median_ms(app) / app_ms:8.2f} x")


if __name__ == "__main__":
    main()
