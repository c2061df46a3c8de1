"""A fuzzer on the reader: whatever the bytes, it reads them or says in a sentence why not.

Run ``python -m tests.reading.fuzz --minutes 10``; what it finds is kept in a folder, one file each.
"""

from __future__ import annotations

import argparse
import gzip
import io
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from segmentation.errors import SegmentationError
from segmentation.reading import Source, read_table
from tests.reading.corpus import some_cases

LONGEST_SEED = 6_000
TOKENS = (
    b'"', b"'", b'""', b'","', b",", b";", b"\t", b"|", b", ", b" ", b"\\", b'\\"', b"\n", b"\r",
    b"\r\n", b"\n\n", b"\x00", b"\x1a", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff", b"\x85",
    b"\xe2\x80\xa8", b"\xed\xa0\x80", b"sep=;\n", b"#", b"Total,", b"PK\x03\x04", b"\x1f\x8b",
    b"%PDF", b"\xd0\xcf\x11\xe0", b"<!DOCTYPE", b"&x;", b"../", b"9" * 400, b"," * 300,
    b'"' * 300, b"\xff\xff\xff\xff", b"\x00\x00\x00\x00",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Bytes that mean something, and the name they come under."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """Bytes that made the reader fail, and how it failed."""

    seed: Seed
    failure: str


def text_seeds() -> list[Seed]:
    """Small files of the corpus."""
    data = {case.data for case in some_cases() if len(case.data) <= LONGEST_SEED}
    return [Seed(name="table.csv", data=each) for each in sorted(data)]


def container_seeds() -> list[Seed]:
    """A small workbook, and text in archives."""
    book = openpyxl.Workbook()
    for row in (["id", "spend", "note"], ["007", 12.5, "a"], ["008", None, "=1+1"], [9, True, "é"]):
        book.active.append(row)
    book.create_sheet("other").append(["x"])
    workbook, archive = io.BytesIO(), io.BytesIO()
    book.save(workbook)
    text = b"id;spend\n007;12,5\n008;3\n"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("table.csv", text)
    return [
        Seed(name="book.xlsx", data=workbook.getvalue()),
        Seed(name="book.xlsx", data=_repacked(workbook.getvalue())),
        Seed(name="table.zip", data=archive.getvalue()),
        Seed(name="table.csv.gz", data=gzip.compress(text, mtime=0)),
        Seed(name="book.xls", data=workbook.getvalue()),
        Seed(name="table.csv", data=workbook.getvalue()),
    ]


def _repacked(data: bytes) -> bytes:
    """Store a workbook's members as they are, so that a change of a byte reaches their XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w") as stored:
        for name in given.namelist():
            stored.writestr(zipfile.ZipInfo(name), given.read(name))
    return out.getvalue()


def mutated(draw: random.Random, seed: Seed, other: Seed) -> Seed:
    """Change a seed in one to six places, sometimes with a piece of another."""
    data = bytearray(seed.data)
    for _ in range(draw.randint(1, 6)):
        start = draw.randint(0, len(data))
        end = min(len(data), start + int(draw.expovariate(1 / 12)))
        match draw.randrange(7):
            case 0:
                data[start:start] = draw.choice(TOKENS)
            case 1:
                data[start:end] = draw.choice(TOKENS)
            case 2:
                del data[start:end]
            case 3:
                data[start:end] = bytes(draw.randrange(256) for _ in range(end - start))
            case 4:
                data[start:start] = data[start:end] * draw.randint(1, 40)
            case 5:
                piece = draw.randint(0, len(other.data))
                data[start:end] = other.data[piece : piece + draw.randint(1, 400)]
            case 6 if data and start < len(data):
                data[start] ^= 1 << draw.randrange(8)
            case _:
                del data[start:]
    return Seed(name=seed.name, data=bytes(data))


def failure_of(seed: Seed) -> str | None:
    """Read the bytes; return the traceback of anything but an error made for the user."""
    try:
        table = read_table(Source(name=seed.name, data=seed.data), as_text=True)
        records = table.frame.to_numpy().tolist()
        assert len(records) == len(table.lines) == table.report.rows
        assert all(isinstance(cell, str) for record in records for cell in record)
        assert (table.lines[1:] > table.lines[:-1]).all(), "lines must rise"
        table.report.to_dict()
    except SegmentationError as error:
        return None if error.what and error.remedy else "an error without its sentence"
    except Exception:  # noqa: BLE001 - any exception is a find
        return traceback.format_exc()
    return None


def mutants(number: int, *, containers: bool) -> Iterator[Seed]:
    """Make mutants without end; the same number makes the same ones."""
    draw = random.Random(number)
    seeds = container_seeds() if containers else text_seeds()
    while True:
        yield mutated(draw, draw.choice(seeds), draw.choice(seeds))


def finds(minutes: float, number: int) -> Iterator[Find | int]:
    """Read mutants until the time is up; yield what fails, and at the end how many were read."""
    end = time.monotonic() + 60 * minutes
    texts, containers = mutants(number, containers=False), mutants(number, containers=True)
    count = 0
    while time.monotonic() < end:
        # A container is opened in a process of its own, which takes as long as fifty texts.
        seed = next(containers if count % 50 == 49 else texts)
        count += 1
        if failure := failure_of(seed):
            yield Find(seed=seed, failure=failure)
    yield count


def main() -> None:
    """Fuzz for some minutes, and keep and count the finds."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--number", type=int, default=0, help="which sequence of mutants")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="finds-"))
    kinds: dict[str, Path] = {}
    for found in finds(chosen.minutes, chosen.number):
        if isinstance(found, int):
            sys.stdout.write(f"{found:,} files read, {len(kinds)} kinds of failure in {folder}\n")
            break
        # Failures that end in the same place are one find; the shortest file shows it best.
        kind = "\n".join(found.failure.strip().splitlines()[-4:])
        if kind not in kinds:
            sys.stdout.write(f"{kind}\n\n")
            kinds[kind] = folder / f"{len(kinds):03}-{found.seed.name}"
        path = kinds[kind]
        if not path.exists() or len(found.seed.data) < path.stat().st_size:
            path.write_bytes(found.seed.data)
    sys.exit(1 if kinds else 0)


if __name__ == "__main__":
    main()
