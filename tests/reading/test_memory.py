"""A large file is read in less than three times its size, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
THINGS = ("Köln", '"BOX, SMALL"', "MUG")
MEASURED = """
import sys
from segmentation.__main__ import main
from segmentation.reading import read_table

def peak():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024

if sys.argv[3:]:
    assert main(["read", sys.argv[1], "--out", sys.argv[3]]) == 0
else:
    assert read_table(sys.argv[1], as_text=sys.argv[2] == "text").report.changes == ()
print(peak())
"""


def orders(rows: int) -> Iterator[str]:
    """Write order lines with columns of every kind, ids of sixteen digits among them."""
    for start in range(0, rows, 10_000):
        yield "".join(
            f"{536365 + i // 20},{85000 + i % 3000},{THINGS[i % 3]},"
            f"{i % 60 - 5},2011-0{i % 9 + 1}-1{i % 10} 0{i % 10}:26,{i % 2000 / 100},"
            f"{9_000_000_000_000_000 + i // 7},UK\n"
            for i in range(start, min(rows, start + 10_000))
        )


def peak_of(path: Path, *more: str) -> int:
    """Read a file in a process of its own; return its peak in bytes."""
    told = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path), *more],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return int(told.stdout)


def written(path: Path, rows: int, encoding: str) -> int:
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(HEADER)
        file.writelines(orders(rows))
    return path.stat().st_size


needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")


@needs_proc
@pytest.mark.parametrize(
    ("encoding", "how"),
    [
        pytest.param("utf-8", "text", marks=pytest.mark.exhaustive),
        ("cp1252", "text"),
        ("utf-8", "typed"),
    ],
)
def test_reading_takes_less_than_three_times_the_file(
    tmp_path: Path, encoding: str, how: str
) -> None:
    path = tmp_path / "orders.csv"
    measured = []
    for rows in (1_200_000, 2_400_000):
        size = written(path, rows, encoding)
        assert size > 64_000_000, "smaller files are held in memory whole"
        measured.append((size, peak_of(path, how)))
    # What every reading takes, however small the file, doesn't count here.
    (size, peak), (larger, higher) = measured
    assert (higher - peak) / (larger - size) < 2.75


@needs_proc
@pytest.mark.exhaustive
@pytest.mark.parametrize("how", ["text", "typed", "command line"])
def test_half_a_gigabyte_takes_less_than_three_times_as_much(tmp_path: Path, how: str) -> None:
    path = tmp_path / "orders.csv"
    size = written(path, 8_200_000, "utf-8")
    assert size > 500_000_000
    out = [str(tmp_path / "out.csv")] if how == "command line" else []
    peak = peak_of(path, how, *out)
    assert peak / size < 3
