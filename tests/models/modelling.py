"""Models made of small tables, and what tests hold them against."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from segmentation.models.files import dump_model
from segmentation.models.making import make_model
from segmentation.pipeline import load, segment
from segmentation.reading import Source
from segmentation.results import Model, Run
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe

DATA = Path(__file__).parents[2] / "data"
MALL = ("Annual Income (k$)", "Spending Score (1-100)")


def run_of(source: Path | Source, recipe: Recipe) -> Run:
    """A run without its trust, which takes longer than all the rest."""
    return segment(load(source, recipe), recipe, trust=False)


def mall_run(k: int = 5) -> Run:
    recipe = Recipe(prepare=PrepareSettings(features=MALL), choose=ChooseSettings(k=k))
    return run_of(DATA / "mall.csv", recipe)


def mall_model(k: int = 5) -> Model:
    return make_model(mall_run(k), by="Ada", note="first\nline")


def table(columns: dict[str, Any], name: str = "table.csv") -> Source:
    """A CSV file of columns."""
    rows = [",".join(map(str, row)) for row in zip(*columns.values(), strict=True)]
    return Source(name=name, data="\n".join([",".join(columns), *rows]).encode())


def spread_table(rows: int, seed: int, columns: int = 4) -> dict[str, Any]:
    """Customers in three clouds, with independent features within."""
    rng = np.random.default_rng(seed)
    cloud = rng.integers(3, size=rows)
    values = {f"f{i}": rng.normal(5.0 * ((cloud + i) % 3), 1.0).tolist() for i in range(columns)}
    return {"id": list(range(1, rows + 1)), **values}


def forged(model: Model, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A model's file with something changed and a digest that fits."""
    raw = json.loads(dump_model(model))["model"]
    change(raw)
    version = 2 if "turns" in raw else 1
    return sealed(
        "{" + ",\n".join(f"{json.dumps(k)}:{json.dumps(v)}" for k, v in raw.items()) + "}", version
    )


def sealed(model: str, version: int = 1) -> bytes:
    """Any text as the model within a file whose digest fits."""
    body = model.removeprefix("{").removesuffix("}").encode() + b"\n}}\n"
    digest = hashlib.sha256(body).hexdigest()
    header = '{"format":"customer-segmentation-model",'
    header += f'"format_version":{version},"sha256":"{digest}",\n"model":{{\n'
    return header.encode() + body
