"""Models in a folder, and servers that score by them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segmentation.choosing import Draws
from segmentation.models.making import make_model
from segmentation.models.store import load_model, save_model
from segmentation.pipeline import run
from segmentation.results import Model
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe
from tests.serving import ROOT, Served, serving

MADE_AT = "2026-11-21T09:30:00+00:00"
SMALL = """
body_bytes = 300000
body_seconds = 2
rows = 3000
requests_per_minute = 600000
burst = 100000
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three models, and a file that is none."""
    made = tmp_path_factory.mktemp("models")
    few = Draws(bootstraps=2, splits=2, references=2)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Draws, "for_rows", lambda _: few)
        for name, features in (
            ("mall", ()),
            ("mixed", ("Gender", "Age", "Annual Income (k$)")),
            ("orders", ()),
        ):
            data = ROOT / "data" / f"{name if name == 'orders' else 'mall'}.csv"
            recipe = Recipe(prepare=PrepareSettings(features=features), choose=ChooseSettings(k=4))
            save_model(made, name, make_model(run(data, recipe), at=MADE_AT))
    (made / "damaged.json").write_text("{}")
    return made


@pytest.fixture(scope="session")
def model(folder: Path) -> Model:
    return load_model(folder, "mall")


@pytest.fixture(scope="session")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server without tokens, and with narrow limits."""
    secrets = f'models_folder = "{folder}"\n[api]\n{SMALL}'
    with serving(tmp_path_factory.mktemp("served"), secrets) as running:
        yield running
