"""The scikit-learn pipeline gives the model's segments, and needs nothing of this program."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest

from segmentation.models.making import make_model
from segmentation.models.pipeline_out import WARNING, pipeline_joblib
from segmentation.models.scoring import score_rows
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe
from tests.models.modelling import DATA, run_of

LOG = ("recency_days", "monetary_total", "country")


@pytest.mark.parametrize(
    ("file", "prepare"),
    [
        ("mall.csv", PrepareSettings()),
        ("shop.csv", PrepareSettings(outliers="cap", transform="rank", scaler="none")),
        ("shop.csv", PrepareSettings(missing="mean", scaler="minmax")),
        ("orders.csv", PrepareSettings(features=LOG, category_weight=0.7)),
        ("wholesale.csv", PrepareSettings(transform="yeo-johnson", scaler="robust")),
    ],
)
def test_it_predicts_the_segments(file: str, prepare: PrepareSettings) -> None:
    run = run_of(DATA / file, Recipe(prepare=prepare, choose=ChooseSettings(k=4)))
    pipeline = joblib.load(io.BytesIO(pipeline_joblib(make_model(run))))
    frame = run.loaded.customers.frame.iloc[run.profiles.customers]
    assert np.array_equal(pipeline.predict(frame) + 1, run.profiles.labels)


def test_new_categories_and_gaps_go_where_the_model_puts_them() -> None:
    recipe = Recipe(prepare=PrepareSettings(features=LOG), choose=ChooseSettings(k=4))
    run = run_of(DATA / "orders.csv", recipe)
    model = make_model(run)
    pipeline = joblib.load(io.BytesIO(pipeline_joblib(model)))
    frame = run.loaded.customers.frame[list(LOG)].iloc[:50].copy()
    frame["country"] = "Atlantis"
    frame.loc[::3, "monetary_total"] = np.nan
    rows = [
        {name: None if cell != cell else cell for name, cell in row.items()}
        for row in frame.to_dict("records")
    ]
    expected = score_rows(model, rows).segment_ids  # type: ignore[arg-type]
    assert np.array_equal(pipeline.predict(frame) + 1, expected)


def test_a_notebook_needs_nothing_of_this_program(tmp_path: Path) -> None:
    run = run_of(DATA / "mall.csv", Recipe(choose=ChooseSettings(k=4)))
    (tmp_path / "p.joblib").write_bytes(pipeline_joblib(make_model(run)))
    frame = run.loaded.customers.frame.iloc[run.profiles.customers]
    frame.to_csv(tmp_path / "rows.csv", index=False)
    code = (
        "import joblib, pandas, sys\n"
        "p = joblib.load('p.joblib')\n"
        "print((p.predict(pandas.read_csv('rows.csv')) + 1).tolist())\n"
        "assert 'segmentation' not in sys.modules\n"
    )
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == str(run.profiles.labels.tolist())


def test_the_warning_says_what_such_a_file_can_do() -> None:
    assert "runs what is written in it" in WARNING and "never opens one" in WARNING
