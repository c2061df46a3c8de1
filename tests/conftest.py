"""What all tests share: the tables beside the repository, and sources made from text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from segmentation.choosing import Draws
from segmentation.pipeline import load
from segmentation.reading import Source
from segmentation.results import Loaded
from tests.counts import full_counts_asked

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("full" if full_counts_asked(config) else "few")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Properties are among the exhaustive tests, too: there with their full counts."""
    if full_counts_asked(config):
        for item in items:
            if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
                item.add_marker("exhaustive")


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resample little: what it finds is looked at in tests/choosing, where runs are made once."""
    few = Draws(bootstraps=6, splits=3, references=4)
    monkeypatch.setattr(Draws, "for_rows", lambda _: few)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder ``../shared`` beside the repository; without it the test skips."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"needs the tables in {SHARED / 'data'}, which are not in the repository")
    return SHARED


@pytest.fixture(scope="session")
def source_of() -> Callable[..., Source]:
    """Make a source of text: ``source_of("id,spend\\n1,2\\n")``, also ``name=``, ``encoding=``."""

    def make(text: str, *, name: str = "table.csv", encoding: str = "utf-8") -> Source:
        return Source(name=name, data=text.encode(encoding))

    return make


@pytest.fixture(scope="session")
def online_retail(shared: Path) -> Loaded:
    """Online Retail, read once; nothing may change it."""
    return load(shared / "data" / "online-retail-rebuilt.xlsx")
