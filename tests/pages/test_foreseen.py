"""What Run will ask for is begun before, once, where it is soon done."""

from __future__ import annotations

import string
import threading
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import cache
from segmentation import Recipe, Source, pipeline
from segmentation.errors import DataError
from tests.pages.visiting import choose, go, press, run, said, segment_names, take_sample


@pytest.fixture
def segmented(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of customers that were segmented, one for each time."""
    made: list[int] = []
    segment = cache.segment

    def counted(loaded: Any, *given: Any, **named: Any) -> Any:
        made.append(len(loaded.customers.ids))
        return segment(loaded, *given, **named)

    monkeypatch.setattr(cache, "segment", counted)
    return made


def ended() -> None:
    for thread in threading.enumerate():
        if thread.name == cache.FORESEEING:
            thread.join(60)


def test_run_takes_what_was_begun_before(app: AppTest, segmented: list[int]) -> None:
    go(take_sample(app, "mall"), "segments")
    ended()
    assert segmented == [200] and "no segments yet" in said(app)
    press(app, "Run")
    assert segmented == [200] and len(segment_names(app)) > 1
    choose(app, "k-how", "Choose")
    run(app, k=3)
    assert segmented == [200] and len(segment_names(app)) == 3


def test_run_waits_for_what_is_being_made(
    app: AppTest, segmented: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    segment = cache.segment

    def slow(*given: Any, **named: Any) -> Any:
        begun.set()
        assert go_on.wait(60)
        return segment(*given, **named)

    monkeypatch.setattr(cache, "segment", slow)
    go(take_sample(app, "mall"), "segments")
    assert begun.wait(60)
    threading.Timer(0.5, go_on.set).start()
    press(app, "Run")
    assert segmented == [200] and len(segment_names(app)) > 1


def test_many_customers_wait_for_run(
    app: AppTest, segmented: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "SOON_CELLS", 600 * pipeline.SEARCHED_WEIGHT - 1)
    go(take_sample(app, "mall"), "segments")
    ended()
    assert segmented == []
    press(app, "Run")
    assert segmented == [200]


@pytest.mark.parametrize(
    ("rows", "columns", "soon"),
    [(200, 3, True), (440, 6, True), (1_000, 3, False), (1_001, 19, True), (5_001, 4, False)],
)
def test_tables_searched_row_by_row_are_soon_done_only_where_small(
    rows: int, columns: int, soon: bool
) -> None:
    names = [f"score {letter}" for letter in string.ascii_lowercase[:columns]]
    numbers = np.random.default_rng(0).lognormal(size=(rows, columns))
    data = pd.DataFrame(numbers, columns=names).to_csv(index=False).encode()
    recipe = Recipe()
    loaded = pipeline.load(Source(name="noise.csv", data=data), recipe)
    assert len(loaded.customers.default_features) == columns
    assert pipeline.is_soon_segmented(loaded, recipe) == soon


def test_other_methods_and_categories_wait_for_run(app: AppTest, segmented: list[int]) -> None:
    go(take_sample(app, "mall"), "segments")
    ended()
    choose(app, "method", "ward")
    choose(choose(app, "method", "kmeans"), "features", ["Gender", "Age"])
    ended()
    assert segmented == [200]


def test_what_can_not_be_run_is_said_by_run(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_given: Any, **_named: Any) -> Any:
        raise DataError("These can't be segmented", remedy="Try others")

    monkeypatch.setattr(cache, "segment", refuse)
    go(take_sample(app, "mall"), "segments")
    ended()
    assert "can't be segmented" not in said(app)
    assert "Traceback" not in capfd.readouterr().err
    press(app, "Run")
    assert "These can't be segmented" in said(app).replace("\\", "")
