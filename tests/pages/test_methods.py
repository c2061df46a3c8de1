"""Every screen serves a run of any method, and says so where one finds no groups."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.reading import Source
from segmentation.settings import Method
from tests.pages.visiting import (
    every_view,
    go,
    press,
    run,
    said,
    segment_names,
    take,
    take_sample,
)

BOTH = ["Annual Income (k$)", "Spending Score (1-100)"]


def by(app: AppTest, method: str) -> AppTest:
    draft = app.session_state["draft"]
    app.session_state["draft"] = draft.with_stage(fit=replace(draft.fit, method=method))
    return press(app, "Run")


@pytest.mark.parametrize("method", get_args(Method))
def test_a_run_of_any_method_is_on_every_screen(app: AppTest, method: str) -> None:
    run(take_sample(app, "mall"), k=4, features=BOTH)
    by(app, method)
    assert app.session_state["ran"].fit.method == method
    count = len(segment_names(app))
    assert f"{count} segments, " in said(app)
    every_view(app, "segments-view")
    every_view(go(app, "profiles"), "profiles-view")
    assert len(segment_names(go(app, "compare"))) == count
    go(app, "export")
    aside = "in no segment" in said(app)
    assert aside == (method in ("hdbscan", "dbscan"))


def test_no_groups_is_said_and_the_run_shown_stays(app: AppTest) -> None:
    rows = np.random.default_rng(0).normal(size=(400, 5)).round(4).tolist()
    text = "\n".join(["id,a,b,c,d,e", *(",".join(map(str, (i, *r))) for i, r in enumerate(rows))])
    run(take(app, Source(name="blob.csv", data=text.encode())), k=4)
    before = segment_names(app)
    by(app, "dbscan")
    assert "DBSCAN finds no groups" in said(app).replace("\\", "")
    assert segment_names(app) == before
