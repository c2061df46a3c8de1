"""How quick the reader is beside the libraries that only parse, and how much memory it takes.

Run ``python tests/benchmarks/reading_speed.py [ROUNDS]`` on a quiet machine; it prints medians and
ratios. Every reading has a process of its own, which times itself from after its imports; fastexcel
reads the sheet as it likes, and pandas is told everything.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import fastexcel
import psutil

ROOT = Path(__file__).resolve().parents[2]
RETAIL = ROOT.parent / "shared" / "data" / "online-retail-rebuilt.xlsx"
ROUNDS = int(sys.argv[1]) if sys.argv[1:] else 5
BIG_BYTES = 500_000_000
SAMPLE_SECONDS = 0.01

TIMED = """
import sys, time
{imports}
path = sys.argv[1]
began = time.perf_counter()
{read}
print(time.perf_counter() - began, rows)
"""
OURS = TIMED.format(
    imports="from segmentation.reading import read_table",
    read="rows = len(read_table(path, as_text=True).frame)",
)
FASTEXCEL = TIMED.format(
    imports="import fastexcel",
    read="rows = fastexcel.read_excel(path).load_sheet(0).to_arrow().num_rows",
)
PANDAS = TIMED.format(
    imports="import pandas as pd",
    read="rows = len(pd.read_csv(path, sep=',', encoding='utf-8', dtype=str,"
    " keep_default_na=False))",
)


def reading(code: str, path: Path) -> tuple[float, int, int]:
    """Read a file in a process of its own; return seconds, rows and peak bytes with children."""
    process = psutil.Popen(
        [sys.executable, "-c", code, path], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    peak = 0
    while process.poll() is None:
        total = 0
        for each in [process, *_children(process)]:
            try:
                total += each.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        peak = max(peak, total)
        time.sleep(SAMPLE_SECONDS)
    assert process.stdout is not None
    if process.returncode:
        raise SystemExit(f"Reading {path.name} ended with {process.returncode}")
    seconds, rows = process.stdout.read().split()
    return float(seconds), int(rows), peak


def _children(process: psutil.Popen) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def compare(name: str, code: str, path: Path, target: float) -> None:
    """Print the medians of our reader and of another, in turns, and their ratio."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        seconds, rows, _ = reading(OURS, path)
        other_seconds, other_rows, _ = reading(code, path)
        assert rows == other_rows, f"{rows:,} rows, {other_rows:,} by {name}"
        ours.append(seconds)
        theirs.append(other_seconds)
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"{path.name}: {mine:.2f} s, {name} {other:.2f} s, ratio {mine / other:.2f} (≤ {target})")


def main() -> None:
    """Compare on the workbook and its CSV, then read a CSV of 500 MB."""
    with tempfile.TemporaryDirectory() as folder:
        small, big = Path(folder, "retail.csv"), Path(folder, "big.csv")
        fastexcel.read_excel(RETAIL).load_sheet(0).to_pandas().to_csv(small, index=False)
        compare("fastexcel", FASTEXCEL, RETAIL, 1.5)
        compare("pandas", PANDAS, small, 2.0)
        header, body = small.read_bytes().split(b"\n", 1)
        with big.open("wb") as out:
            out.write(header + b"\n")
            while out.tell() < BIG_BYTES:
                out.write(body)
        size = big.stat().st_size
        seconds, rows, peak = reading(OURS, big)
        print(
            f"{size / 1e6:,.0f} MB, {rows:,} rows: {seconds:.1f} s, peak {peak / size:.2f} times"
            " the file with children (< 3)"
        )


if __name__ == "__main__":
    main()
