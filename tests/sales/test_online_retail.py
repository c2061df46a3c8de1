"""Figures of Online Retail that were found elsewhere, and by plain grouping."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation import sales
from segmentation.pipeline import load
from segmentation.settings import CleanSettings, Recipe
from tests.sales.tables import Shop, kept


@pytest.fixture(scope="module", params=["gross", "net"])
def retail(shared: Path, request: pytest.FixtureRequest) -> Shop:
    recipe = Recipe(clean=CleanSettings(drop_zero_price=True, returns=request.param))
    loaded = load(shared / "data" / "online-retail-rebuilt.xlsx", recipe)
    return Shop(table=loaded.table.frame, loaded=loaded, lines=sales.sales_lines(loaded))


@pytest.fixture(scope="module")
def known(shared: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads((shared / "anchors.json").read_text())["online_retail"]
    return found


def test_the_totals_are_those_of_the_literature(retail: Shop, known: dict[str, float]) -> None:
    found = sales.totals(retail.lines, retail.everyone)
    assert found.gross == pytest.approx(known["revenue"], abs=0.01)
    assert (found.orders, found.customers) == (known["invoices"], known["customers"])
    refunds = retail.loaded.clean.refunds
    if refunds is None:
        assert found.returned == 0
    else:
        net = known["net_revenue_with_cancellations"]
        assert found.revenue + refunds.returns_only == pytest.approx(net, abs=0.01)
        assert found.revenue == pytest.approx(refunds.net, abs=1e-6)
        assert found.returned == pytest.approx(refunds.returned, abs=1e-6)


def test_countries_and_the_best_customers(retail: Shop, known: dict[str, float]) -> None:
    countries = sales.by_country(retail.lines, retail.everyone)
    assert countries is not None
    uk = countries.set_index("country").loc["United Kingdom"]
    assert uk["gross"] == pytest.approx(known["uk_revenue"], abs=0.01)
    if retail.loaded.clean.refunds is None:
        top = sales.pareto(retail.lines, retail.everyone).top.set_index("top")["share"]
        figures: dict[str, float] = known["rfm_snapshot_2011_12_10"]  # type: ignore[assignment]
        assert top[20] == pytest.approx(figures["top20pct_share"], abs=1e-4)
        assert top[10] == pytest.approx(figures["top10pct_share"], abs=1e-4)


def test_months_and_products_as_plain_grouping_has_them(retail: Shop) -> None:
    lines = kept(retail)
    months = sales.over_time(retail.lines, retail.everyone, "month").frame
    plain = lines.groupby(lines["when"].dt.to_period("M"))["amount"].agg(math.fsum)
    np.testing.assert_allclose(months["revenue"], plain, atol=1e-5, rtol=0)
    assert months["complete"].tolist() == [True] * 12 + [False]
    products = sales.by_product(retail.lines, retail.everyone)
    assert products is not None
    by_code = lines.groupby("product")["amount"].agg(math.fsum)
    np.testing.assert_allclose(products["revenue"], by_code[products["product"]], atol=1e-5, rtol=0)
    told = products.set_index("product")["description"]
    assert told["22423"] == "REGENCY CAKESTAND 3 TIER"


def test_the_last_day_was_cut_at_noon(retail: Shop) -> None:
    days = sales.over_time(retail.lines, retail.everyone, "day").frame
    assert days.loc[~days["complete"], "start"].tolist() == [pd.Timestamp("2011-12-09")]
