"""The methods side by side are what each would give as a run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentation.methods import DENSITY, METHODS
from segmentation.pipeline import methods_compared, run
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.settings import ChooseSettings, FitSettings, Method, Recipe


def crowd() -> str:
    rng = np.random.default_rng(2)
    points = np.concatenate(
        [rng.normal((15 * i, 15 * (i % 2)), 2.5, (50, 2)) for i in range(3)]
        + [rng.uniform(-40, 80, (12, 2))]
    )
    return "\n".join(["id,age,spend", *(f"{i},{x:.2f},{y:.2f}" for i, (x, y) in enumerate(points))])


def done_by(source_of: Callable[..., Source], method: Method, k: int = 3) -> Run:
    recipe = Recipe(choose=ChooseSettings(k=k), fit=FitSettings(seed=4, method=method))
    return run(source_of(crowd()), recipe)


def by_row(done: Run) -> np.ndarray:
    labels = np.zeros(len(done.loaded.customers.frame), dtype=int)
    labels[done.profiles.customers] = done.profiles.labels
    return labels


@pytest.mark.parametrize("present", ["kmeans", "hdbscan"])
def test_each_method_is_what_its_own_run_gives(
    source_of: Callable[..., Source], present: Method
) -> None:
    shown = done_by(source_of, present)
    shares: list[float] = []
    table = methods_compared(shown, progress=lambda share, _: shares.append(share))
    assert shares == [i / 6 for i in range(1, 7)]
    assert table.customers == 162 and table.present == present and table.k == shown.segmentation.k
    runs = {method: done_by(source_of, method, table.k) for method in METHODS}
    for found in table.found:
        own = runs[found.method].segmentation
        assert found.k == own.k and found.problem is None
        assert list(found.sizes) == sorted(own.sizes(), reverse=True)
        assert found.silhouette == pytest.approx(own.silhouette)
        assert found.noise == 162 - len(own.labels)
        assert (found.noise > 0) == (found.method in DENSITY)
    for i, one in enumerate(METHODS):
        for j, other in enumerate(METHODS):
            first, second = by_row(runs[one]), by_row(runs[other])
            both = (first > 0) & (second > 0)
            index = adjusted_rand_score(first[both], second[both])
            assert table.agreement[i, j] == pytest.approx(index)
    assert table.with_present(present) == 1


def test_a_method_without_groups_says_so_and_agrees_with_none(
    source_of: Callable[..., Source],
) -> None:
    points = np.random.default_rng(0).normal(size=(600, 5))
    text = "\n".join(
        ["id,a,b,c,d,e", *(",".join(map(str, (i, *row))) for i, row in enumerate(points))]
    )
    table = methods_compared(run(source_of(text), Recipe(choose=ChooseSettings(k=3))))
    for found in table.found:
        if found.method in DENSITY:
            assert found.k == 0 and found.silhouette is None
            assert found.problem is not None
            assert "finds no groups" in found.problem and found.problem.endswith(".")
            assert table.with_present(found.method) is None
        else:
            assert found.k == 3


def test_a_method_that_can_not_make_so_many_is_told_apart(source_of: Callable[..., Source]) -> None:
    text = "\n".join(["id,age,spend", *(f"{i},{i % 3},{i % 3}" for i in range(60))])
    done = run(source_of(text), Recipe(choose=ChooseSettings(k=3)))
    table = methods_compared(done)
    assert [found.k for found in table.found] == [3] * 6
    assert np.allclose(table.agreement, 1)
