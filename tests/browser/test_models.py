"""Segments that outlast a session: saved, used by another browser, watched, stepped through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from segmentation.models.files import parse_model
from segmentation.models.reports import scored_csv
from segmentation.models.scoring import score

if TYPE_CHECKING:
    from tests.browser.acting import Person

pytestmark = pytest.mark.browser

DATA = Path(__file__).parents[2] / "data"


def halves(folder: Path) -> tuple[Path, Path, Path]:
    """Write one half of a table, the half held back, and that with everybody much older."""
    table = pd.read_csv(DATA / "mall.csv")
    held = table.iloc[1::2]
    files = (table.iloc[::2], held, held.assign(Age=held["Age"] + 30))
    paths = (folder / "first.csv", folder / "held.csv", folder / "older.csv")
    for path, rows in zip(paths, files, strict=True):
        rows.to_csv(path, index=False)
    return paths


def save(person: Person, name: str) -> None:
    person.go("Models")
    person.page.get_by_role("textbox", name="Name", exact=True).first.fill(name)
    person.page.get_by_role("textbox", name="Your name").fill("Ann")
    person.press("Save")
    person.sees(f"Saved as {name}.")


def test_segments_outlast_the_browser(meet: Callable[..., Person], tmp_path: Path) -> None:
    first, held, older = halves(tmp_path)
    ann = meet()
    ann.open()
    ann.upload(first)
    ann.press("Find segments")
    ann.run_and_check()
    save(ann, "Spring")
    ann.page.goto("about:blank")

    ben = meet()
    ben.open("/models")
    ben.sees("Saved by Ann")
    model = parse_model(ben.download("Download"))
    ben.press("Score customers with it")
    ben.sees("Customers to score")
    ben.give(held)
    assert ben.figures()["Scored"] == "100"
    ben.sees("Keep the model")
    assert ben.download("100 customers with their segment") == scored_csv(score(model, held))
    ben.give(older)
    ben.sees("Time for new segments")
    ben.view("What has changed")
    ben.sees("Age: the middle value is")
    ben.sees_charts(2)
    ben.view("One customer by hand")
    ben.press("Which segment?")
    ben.sees("Runner-up:")


def test_a_year_is_stepped_through(person: Person) -> None:
    person.page.get_by_role("button", name="Use this sample").nth(3).click()
    person.sees("Find segments")
    person.press("Find segments")
    person.run_unchecked()
    person.go("Movement")
    figures = {name: int(value.replace(",", "")) for name, value in person.figures().items()}
    assert sum(figures.values()) == 900
    person.sees_chart()
    person.view("Month by month")
    person.sees_charts(4)
    for date in ("2025-12-01", "2025-11-01", "2025-10-01"):
        person.press("Back")
        person.sees(date)
    person.press("Next")
    person.sees("2025-11-01")
    person.view("Lists of movers")
    assert person.download("Everybody").count(b"\n") == 901
