"""How long a million customers take to score, beside scikit-learn's bare predict.

Run it as ``PYTHONPATH=. python tests/benchmarks/scoring_speed.py``. Both have what they need in
memory: predict the prepared matrix, scoring the features in original units.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from sklearn.cluster import KMeans

from segmentation.models.making import make_model
from segmentation.models.placing import place_rows, prepared_rows
from segmentation.pipeline import load, segment
from segmentation.reading import Source
from segmentation.results import Model
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe

ROWS, COLUMNS, SEGMENTS = 1_000_000, 6, 5
ROUNDS = 30


def model_of(transform: str) -> Model:
    """Make a model of 2,000 customers with six features."""
    rng = np.random.default_rng(0)
    groups = rng.integers(SEGMENTS, size=2_000)
    values = np.exp(rng.normal(groups[:, None] % 3, 0.5, size=(2_000, COLUMNS)))
    lines = [",".join(f"f{i}" for i in range(COLUMNS))]
    lines += [",".join(f"{value:.6f}" for value in row) for row in values]
    recipe = Recipe(
        prepare=PrepareSettings(transform=transform),  # type: ignore[arg-type]
        choose=ChooseSettings(k=SEGMENTS),
    )
    source = Source(name="a.csv", data="\n".join(lines).encode())
    return make_model(segment(load(source, recipe), recipe, trust=False))


def taken(*works: Callable[[], object]) -> list[list[float]]:
    """Return the times of each, in milliseconds.

    They take turns, so that what else the machine does falls on each.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, own in zip(works, times, strict=True):
            begun = time.perf_counter()
            work()
            own.append(1e3 * (time.perf_counter() - begun))
    return times


def main() -> int:
    rng = np.random.default_rng(1)
    features = {f"f{i}": np.exp(rng.normal(1, 1, ROWS)) for i in range(COLUMNS)}
    for transform in ("none", "log"):
        model = model_of(transform)
        matrix = np.ascontiguousarray(prepared_rows(model, features))
        bare = KMeans(SEGMENTS, init=np.array(model.points), n_init=1, max_iter=1)
        bare.fit(matrix[:1000])
        bare.cluster_centers_ = np.array(model.points)
        same = np.array_equal(
            bare.predict(matrix) + 1, place_rows(model, features).places.segment_ids
        )
        predict, scored = taken(
            lambda: bare.predict(matrix),  # noqa: B023
            lambda: place_rows(model, features),  # noqa: B023
        )
        for name, of in (("medians", statistics.median), ("fastest", min)):
            print(
                f"{transform}, {name}: predict {of(predict):.1f} ms, scored {of(scored):.1f} ms, "
                f"{of(scored) / of(predict):.2f} times (<= 2); same labels: {same}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
