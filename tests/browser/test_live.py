"""New customers in a real browser as they come: into a folder, and over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segmentation.models.making import make_model
from segmentation.models.store import save_model
from segmentation.pipeline import run
from segmentation.settings import ChooseSettings, Recipe
from tests.serving import ROOT, Served, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
HEADER = "CustomerID,Age,Annual Income (k$),Spending Score (1-100)\n"


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    (tmp_path / "incoming").mkdir()
    return tmp_path / "incoming"


@pytest.fixture
def served(tmp_path: Path, incoming: Path) -> Iterator[Served]:
    model = make_model(run(ROOT / "data/mall.csv", Recipe(choose=ChooseSettings(k=4))))
    save_model(tmp_path / "models", "spring", model)
    told = f'models_folder = "{tmp_path}/models"\n[live]\nfolder = "{incoming}"\n'
    with serving(tmp_path, told) as running:
        yield running


def test_customers_appear_by_themselves(browser: Browser, served: Served, incoming: Path) -> None:
    from playwright.sync_api import expect

    from tests.browser.acting import Person

    def arrive() -> Person:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        person = Person.arrive(context, served.address)
        person.open("/live")
        return person

    def sees_new(person: Person, count: int) -> None:
        shown = person.page.locator("dl > div").first.locator("[aria-hidden]")
        expect(shown).to_have_text(str(count))

    day = incoming / "day.csv"
    day.write_text(HEADER + "a,30,80,90\nb,31,82,88\n")
    one = arrive()
    one.button("Start").click()
    one.sees("Nobody new yet")
    with day.open("a") as file:
        file.write("c,30,81,91\nd,45,85,15\ne,20,20,80\n")
    sees_new(one, 3)
    one.sees_charts(2)

    other = arrive()
    other.doing(other.page.get_by_role("radio", name="The API").click)
    other.button("Start").click()
    other.sees("Nobody new yet")
    assert served.score("spring", [{"Age": 30}, {"Age": 60}]).status == 200
    sees_new(other, 2)
    sees_new(one, 3)
    for person in (one, other):
        assert not person.complaints
        assert not person.page.get_by_test_id("stException").count()
        person.context.close()
    assert "Traceback" not in served.logged()
