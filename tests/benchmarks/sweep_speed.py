"""How quick the sweep over k is beside the loop everyone writes, and how much memory it takes.

Run ``python tests/benchmarks/sweep_speed.py [ROUNDS]``; it prints medians of interleaved rounds and
their ratios, so that a machine that is busy meanwhile slows both. The loop is scikit-learn's KMeans
and silhouette_score for each k from 2 to 10.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from segmentation.choosing import shake, sweep
from segmentation.pipeline import load
from segmentation.preparing import prepare
from segmentation.results import Prepared, PreparedColumn
from segmentation.settings import CleanSettings, PrepareSettings, Recipe

ROOT = Path(__file__).resolve().parents[2]
RETAIL = ROOT.parent / "shared" / "data" / "online-retail-rebuilt.xlsx"
FEATURES = ("recency_days", "frequency_orders", "monetary_total")
ROUNDS = int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else 3
KS = range(2, 11)
LARGE_ROWS = 1_000_000


def prepared(matrix: np.ndarray) -> Prepared:
    """Put rows in canonical order, as `prepare` does."""
    matrix = matrix[np.lexsort(matrix.T[::-1])]
    names = tuple(f"x{i}" for i in range(matrix.shape[1]))
    return Prepared(
        matrix=matrix,
        original=matrix,
        customers=np.arange(len(matrix)),
        columns=tuple(PreparedColumn(name=x, feature=x, transform="none") for x in names),
        features=names,
        ledger=(),
        set_aside={},
        notes=(),
    )


def recency_frequency_monetary() -> tuple[str, Prepared]:
    """The customers of Online Retail, or such as could be."""
    if RETAIL.exists():
        recipe = Recipe(
            clean=CleanSettings(drop_zero_price=True),
            prepare=PrepareSettings(features=FEATURES, transform="log", scaler="standard"),
        )
        return "Online Retail", prepare(load(RETAIL, recipe).customers, recipe.prepare)
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(4_338, 1))
    return f"without {RETAIL.name}, log-normal", prepared(shared + rng.normal(size=(4_338, 3)))


def mixture(rows: int) -> Prepared:
    """Five Gaussians in six columns."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(5, 6)) * 2
    return prepared(centres[rng.integers(0, 5, rows)] + rng.normal(size=(rows, 6)))


def loop(matrix: np.ndarray, starts: int, *, silhouettes: bool = True) -> list[float]:
    """Fit each k, and compute its silhouette; return the inertias."""
    inertias = []
    for k in KS:
        model = KMeans(k, n_init=starts, random_state=0).fit(matrix)
        if silhouettes:
            silhouette_score(matrix, model.labels_)
        inertias.append(float(model.inertia_))
    return inertias


def seconds(work: Callable[[], object]) -> float:
    """Time once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare(name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> float:
    """Print the medians of both, in turns; return ours over theirs."""
    ours()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{name}: {mine:.2f} s, scikit-learn {other:.2f} s", end="; ")
    return mine / other


def worst(ours: tuple[float, ...], theirs: list[float]) -> str:
    """How far the worst of our inertias is above theirs."""
    above = max(mine / other - 1 for mine, other in zip(ours, theirs, strict=True))
    return f"inertia at most {above:+.1e} of theirs"


def peak_in_matrices() -> float:
    """Memory that a sweep adds at its peak, in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "peak"], stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout)


def print_peak() -> None:
    """Print what a sweep adds to what imports, and the matrix, take."""
    table = mixture(LARGE_ROWS)
    sweep(prepared(table.matrix[:2_000]))
    # The highest so far, making the matrix included, would hide the first of what is added.
    Path("/proc/self/clear_refs").write_text("5")
    before = _peak_kilobytes()
    sweep(table)
    print((_peak_kilobytes() - before) * 1024 / table.matrix.nbytes)


def _peak_kilobytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Compare on a small, a middling and a large table."""
    name, small = recency_frequency_monetary()
    for title, table in ((name, small), ("a mixture", mixture(20_000))):
        rows, columns = table.matrix.shape
        ratio = compare(
            f"{title}, {rows:,} x {columns}",
            lambda table=table: sweep(table),
            lambda table=table: loop(table.matrix, 10),
        )
        inertias = worst(sweep(table).inertias, loop(table.matrix, 10, silhouettes=False))
        print(f"{1 / ratio:.1f} times faster (>= 8); {inertias}")
    rows, columns = small.matrix.shape
    ratio = compare(
        f"{name}, {rows:,} x {columns}, council with 100 bootstraps",
        lambda: shake(small, sweep(small)),
        lambda: loop(small.matrix, 10),
    )
    print(f"ratio {ratio:.2f} (< 3)")
    large = mixture(LARGE_ROWS)
    ratio = compare(
        f"a mixture, {LARGE_ROWS:,} x 6, sampled silhouettes",
        lambda: sweep(large),
        lambda: loop(large.matrix, 1, silhouettes=False),
    )
    inertias = worst(sweep(large).inertias, loop(large.matrix, 1, silhouettes=False))
    print(f"ratio {ratio:.2f} (<= 1.5); {inertias}")
    print(f"its peak memory: {peak_in_matrices():.1f} times the matrix (< 4)")


if __name__ == "__main__":
    if sys.argv[1:] == ["peak"]:
        print_peak()
    else:
        main()
