"""What the Export screen offers, and what it makes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import csv_choice, exports, widgets
from segmentation.exporting import EXCEL_COMMA, customers_csv
from segmentation.pipeline import run as run_pipeline
from segmentation.reading import Source
from segmentation.settings import ChooseSettings, Recipe
from tests.pages.visiting import charts, choose, go, press, run, said, take, take_sample, widget

ROOT = Path(__file__).parents[2]
OF_CUSTOMERS = {
    "All 200 customers",
    "One file a segment",
    "Raw CSV",
    "Report",
    "Excel workbook",
    "Summary",
    "Rules",
    "Segments and their trust",
}


def offered(app: AppTest) -> list[str]:
    return [button.label for button in app.get("download_button")]


def test_every_file_of_customers_is_on_offer(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    go(app, "export")
    assert set(offered(app)) == OF_CUSTOMERS
    choose(app, "filter-segments-", [1])
    assert len(set(offered(app)) - OF_CUSTOMERS) == 1
    assert "Both are of the customers shown" in said(app)


def test_order_lines_have_rfm_scores_too(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Callable[[], bytes]] = {}

    def download(text: str, make: Any, name: str, key: str, **_: Any) -> None:
        made[name] = make
        real(text, make, name, key)

    real = widgets.download
    monkeypatch.setattr(widgets, "download", download)
    run(take_sample(app, "orders"), k=3)
    assert {"All 900 RFM scores", "Rows set aside"} <= set(offered(go(app, "export")))
    assert "rfm-filtered.csv" not in made
    choose(app, "filter-segments-", [1])
    (label,) = [text for text in offered(app) if text.startswith("RFM scores of the ")]
    everybody, shown, customers = (
        pd.read_csv(io.BytesIO(made[name]()), dtype={"customer_id": str})
        for name in ("rfm.csv", "rfm-filtered.csv", "customers-filtered.csv")
    )
    assert 0 < len(shown) < len(everybody) == 900
    assert ",".join(everybody.columns) == (
        "customer_id,recency_days,frequency_orders,monetary_total,r_score,f_score,m_score,"
        "rfm_segment"
    )
    assert label == f"RFM scores of the {len(shown):,} shown"
    assert shown["customer_id"].tolist() == customers["customer_id"].tolist()
    # The scores are those among all customers.
    among_all = everybody[everybody["customer_id"].isin(customers["customer_id"])]
    assert shown.equals(among_all.reset_index(drop=True))
    assert {"All 900 RFM scores"} <= set(offered(app))


def test_the_reader_of_a_csv_is_chosen(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    go(app, "export")
    choose(app, "csv-reader", csv_choice.BY_HAND)
    assert set(widget(app, "csv-separator").options) == set(csv_choice.SEPARATORS.values())
    assert widget(app, "csv-decimal").options == ["Point"]
    choose(app, "csv-separator", ";")
    assert widget(app, "csv-decimal").options == ["Point", "Comma"]
    choose(app, "csv-decimal", ",")
    choose(app, "csv-separator", ",")
    assert widget(app, "csv-decimal").options == ["Point"]
    assert not app.error


def test_many_customers_are_made_with_a_bar_and_saved_then(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MANY_CUSTOMERS", 100)
    run(take_sample(app, "mall"), k=3)
    go(app, "export")
    assert not set(offered(app)) & {"All 200 customers", "Report"}
    choose(app, "csv-reader", "Excel, 1.234,50")
    press(app, "All 200 customers")
    assert "Save customers.csv" in offered(app)
    made = app.session_state["made"]
    assert made.data.startswith(b"\xef\xbb\xbf") and b";" in made.data
    # Another style, or another file, is not the one that was made.
    choose(app, "csv-reader", "Other programs")
    assert "Save customers.csv" not in offered(app)
    press(app, "One file a segment")
    assert "Save segments.zip" in offered(app)
    with zipfile.ZipFile(io.BytesIO(app.session_state["made"].data)) as archive:
        assert len(archive.namelist()) == 3
    press(app, "Excel workbook")
    assert "Save segments.xlsx" in offered(app)
    assert "Save segments.zip" not in offered(app.run())


def test_what_is_made_is_what_the_engine_makes() -> None:
    finished = run_pipeline(ROOT / "data/mall.csv", Recipe(choose=ChooseSettings(k=3)))
    told: list[float] = []
    make = exports.customers(finished, None, EXCEL_COMMA)
    assert make(lambda share, _: told.append(share)) == make(None)
    assert make(None) == customers_csv(finished, style=EXCEL_COMMA)
    assert told and all(0 <= share <= 1 for share in told)


def test_pictures_of_charts_are_in_the_format_chosen(app: AppTest) -> None:
    def formats() -> set[str]:
        told = charts(app).values()
        return {chart["config"]["toImageButtonOptions"]["format"] for chart in told}

    run(take_sample(app, "mall"), k=3)
    assert formats() == {"png"}
    choose(go(app, "export"), "image-format", "SVG")
    choose(go(app, "profiles"), "profiles-view", "Sizes")
    assert charts(app) and formats() == {"svg"}
    assert widget(go(app, "export"), "image-format").value == "SVG"


def test_names_that_are_markdown_or_formulas_do_no_harm(app: AppTest) -> None:
    rows = [f"c{i},{i * i},=1+{i}" for i in range(30)]
    source = Source(name="a.csv", data="\n".join(["id,spend,**segment**", *rows]).encode())
    run(take(app, source), k=2)
    go(app, "export")
    choose(app, "export-look", True)
    assert not app.exception and not app.error
