"""Cells stand for rows that are close together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.condensing import condense
from segmentation.indices import means, squares


def within(rows: np.ndarray, cells: np.ndarray) -> float:
    return squares(rows, cells, means(rows, np.ones(len(rows)), cells, int(cells.max()) + 1)).sum()


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 80), st.booleans())
def test_no_cell_is_empty_and_there_are_no_more_than_asked_for(
    seed: int, count: int, most: int, repeated: bool
) -> None:
    rows = np.random.default_rng(seed).normal(size=(count, 2))
    rows = np.round(rows) if repeated else rows
    cells = condense(rows, np.ones(count), most)
    used = np.unique(cells)
    assert used.tolist() == list(range(len(used)))
    assert len(used) == min(most, len(np.unique(rows, axis=0)))


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_much_smaller_than_cells_drawn_blindly(columns: int) -> None:
    rng = np.random.default_rng(columns)
    rows = rng.lognormal(size=(2_000, columns))
    nearest = rows[rng.choice(2_000, 100, replace=False)]
    blind = ((rows[:, None] - nearest[None]) ** 2).sum(axis=2).argmin(axis=1)
    blind = np.unique(blind, return_inverse=True)[1]
    assert within(rows, condense(rows, np.ones(2_000), 100)) < 0.6 * within(rows, blind)


def test_an_outlier_has_a_cell_of_its_own() -> None:
    rows = np.append(np.random.default_rng(0).normal(size=500), 1e6)[:, None]
    cells = condense(rows, np.ones(501), 10)
    assert (cells == cells[-1]).sum() == 1


def test_weights_say_where_cells_are_needed() -> None:
    rows = np.arange(100.0)[:, None]
    weights = np.where(rows[:, 0] < 20, 1_000.0, 1.0)
    cells = condense(rows, weights, 20)
    assert len(np.unique(cells[:20])) > len(np.unique(cells[20:]))


def test_rows_that_differ_by_rounding_alone_end_the_cutting() -> None:
    rows = np.full((30, 1), 0.1)
    rows[15:] = np.nextafter(0.1, 1)
    cells = condense(rows, np.ones(30), 10)
    assert len(np.unique(cells)) == int(cells.max()) + 1 <= 2
