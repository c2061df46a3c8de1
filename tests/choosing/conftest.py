"""Runs that several tests look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmentation.pipeline import load, segment
from segmentation.results import Loaded, Run
from segmentation.settings import CleanSettings, PrepareSettings, Recipe

INCOME_AND_SCORE = ("Annual Income (k$)", "Spending Score (1-100)")
SPENDING = ("Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen")


def weighed(path: Path, prepare: PrepareSettings) -> Run:
    recipe = Recipe(prepare=prepare)
    return segment(load(path, recipe), recipe)


@pytest.fixture(scope="session")
def mall_raw(shared: Path) -> Run:
    prepare = PrepareSettings(features=INCOME_AND_SCORE, transform="none", scaler="none")
    return weighed(shared / "data/mall-customers.csv", prepare)


@pytest.fixture(scope="session")
def wholesale(shared: Path) -> Run:
    prepare = PrepareSettings(features=SPENDING, transform="none")
    return weighed(shared / "data/wholesale-customers.csv", prepare)


@pytest.fixture(scope="session")
def thousand(shared: Path) -> Run:
    return weighed(shared / "data/customer-segmentation-1000.csv", PrepareSettings())


@pytest.fixture(scope="session")
def paid_orders(shared: Path) -> Loaded:
    recipe = Recipe(clean=CleanSettings(drop_zero_price=True))
    return load(shared / "data/online-retail-rebuilt.xlsx", recipe)
