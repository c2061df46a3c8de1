"""How well the corpus of polluted files is read, in points of ten, beside Python's usual readers.

Run ``python tests/benchmarks/reading_corpus.py [--full]``; every reader is told nothing. Without
``--full`` only a few hundred of the files are read.
"""

from __future__ import annotations

import csv
import io
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from segmentation.reading import Source, read_table
from tests.reading.corpus import every_case, some_cases
from tests.reading.scoring import Outcome, outcome_of, score

_PLACE = re.compile(r"_?row\d+|_col\d+|_(comma|semicolon|tab|pipe)(?=_|$)|_\d+(_blank)?")


def ours(data: bytes) -> Outcome:
    """Read with the reader under test."""
    return outcome_of(read_table(Source(name="table.csv", data=data), as_text=True))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def sniffer(data: bytes) -> Outcome:
    """Read with the dialect and the header that `csv.Sniffer` finds."""
    text = _decoded(data)
    dialect = csv.Sniffer().sniff(text)
    rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), dialect) if row]
    if csv.Sniffer().has_header(text):
        return Outcome(header=rows[0], records=tuple(rows[1:]))
    return Outcome(header=None, records=tuple(rows))


def pandas_sniffing(data: bytes) -> Outcome:
    """Read with pandas, which finds the delimiter with `sep=None`."""
    frame = pd.read_csv(
        io.StringIO(_decoded(data), newline=""),
        sep=None,
        engine="python",
        dtype=str,
        keep_default_na=False,
    )
    records = frame.fillna("").astype(str).to_numpy().tolist()
    return Outcome(header=tuple(map(str, frame.columns)), records=tuple(map(tuple, records)))


READERS: dict[str, Callable[[bytes], Outcome]] = {
    "ours": ours,
    "csv.Sniffer": sniffer,
    "pandas": pandas_sniffing,
}


def main() -> None:
    """Print mean points by pollution and reader."""
    points: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    perfect: dict[str, int] = defaultdict(int)
    for case in every_case() if "--full" in sys.argv else some_cases():
        pollution = _PLACE.sub("", case.pollution) or case.pollution
        for name, read in READERS.items():
            total = score(read, case).total
            perfect[name] += total > 10 - 1e-9
            for group in (pollution, "all files"):
                points[group][name].append(total)
    everything = points.pop("all files")
    print(f"{'pollution':28}{'files':>6}" + "".join(f"{name:>13}" for name in READERS))
    # Most files are damaged in one place, so each pollution counts the same in a second mean.
    alike = {name: [statistics.fmean(found[name]) for found in points.values()] for name in READERS}
    for group, found in [*points.items(), ("all pollutions", alike), ("all files", everything)]:
        means = "".join(f"{statistics.fmean(found[name]):13.2f}" for name in READERS)
        print(f"{group:28}{len(found['ours']):6}{means}")
    print(f"{'perfect':34}" + "".join(f"{perfect[name]:13}" for name in READERS))


if __name__ == "__main__":
    main()
