"""Charts of the sales report: what is drawn is what was counted, and nothing is fetched."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from segmentation import charts, sales
from segmentation.charts.world import country_code, tiles
from segmentation.money import Currency
from segmentation.results import SegmentName
from tests.sales.tables import Shop, shop

POUND = Currency(sign="£")
ODD = "<b>=cmd %{x}</b>"


@pytest.fixture(scope="module")
def here() -> Shop:
    random = np.random.default_rng(2)
    count = 400
    table = pd.DataFrame(
        {
            "customer": [f"c{i}" for i in random.integers(0, 40, count)],
            "order": [f"o{i}" for i in random.integers(0, 200, count)],
            "date": [
                f"{np.datetime64('2026-01-03') + int(day)} {hour:02}:00:00"
                for day, hour in zip(
                    random.integers(0, 100, count), random.integers(8, 19, count), strict=True
                )
            ],
            "quantity": random.integers(1, 5, count),
            "price": random.integers(1, 900, count) / 100,
            "product": [f"{ODD}{i}" for i in random.integers(0, 9, count)],
            "country": random.choice(["EIRE", "United Kingdom", "UK", ODD], count),
        }
    )
    return shop(table)


def segments(*names: str) -> dict[int, SegmentName]:
    return {
        i: SegmentName(
            segment_id=i,
            name=name,
            given=True,
            found=name,
            reasons=(),
            description="",
            why="",
            action="",
            colour=i,
        )
        for i, name in enumerate(names, start=1)
    }


def everything(here: Shop) -> dict[str, go.Figure]:
    lines, keep = here.lines, here.everyone
    named = segments("One", ODD)
    own = np.arange(lines.customer_count) % 2 + 1
    countries, products = sales.by_country(lines, keep), sales.by_product(lines, keep, 5)
    hours, where = sales.by_hour(lines, keep), sales.regions(lines, own, 2)
    bought = sales.bought_by_segment(lines, own, 2)
    assert countries is not None and products is not None and hours is not None
    assert where is not None and bought is not None
    first = bought[bought["segment_id"] == 1]
    rhythms = sales.rhythms_by_segment(sales.rhythms(lines, keep), own, 2)
    new = sales.new_and_returning(lines, keep)
    found = {
        "map": charts.country_map(countries, POUND),
        "products": charts.sales_bars(products, products["product"].tolist(), POUND),
        "hours": charts.hour_map(hours, POUND),
        "new": charts.new_and_returning(new, "revenue", POUND),
        "cohorts": charts.cohort_map(sales.cohorts(lines, keep), "counts"),
        "pareto": charts.pareto_curve(sales.pareto(lines, keep)),
        "seasons": charts.season_lines(sales.seasons(lines, own, 2), named, "revenue", POUND),
        "regions": charts.region_map(where, named),
        "rhythms": charts.rhythm_bars(rhythms, named),
        "shares": charts.share_dots(
            sales.buying_shares(lines, own, 2, first["product"].tolist()),
            first["product"].tolist(),
            list(named.values()),
        ),
        "lifts": charts.lift_dots(first, first["product"].tolist(), named[1]),
    }
    for period in ("day", "week", "month"):
        over = sales.over_time(lines, keep, period)  # type: ignore[arg-type]
        for measure in ("revenue", "orders", "customers", "average_order"):
            found[f"{period} {measure}"] = charts.sales_over_time(over, measure, POUND)
    return found


def test_no_chart_needs_the_network_or_takes_text_for_markup(here: Shop) -> None:
    for name, figure in everything(here).items():
        text = figure.to_json()
        # Plotly fetches the outlines of its own maps.
        assert "geo" not in figure.to_dict()["layout"], name
        assert not {"choropleth", "scattergeo", "scattermap"} & {t.type for t in figure.data}
        assert "<b>=cmd" not in json.loads(json.dumps(text)), name
        assert "cmd %{x}" not in text, name


def test_bars_come_to_the_total(here: Shop) -> None:
    total = sales.totals(here.lines, here.everyone).revenue
    drawn = everything(here)
    for period in ("week", "month"):
        bars = drawn[f"{period} revenue"].data[0]
        assert sum(bars.y) == pytest.approx(total)
        over = sales.over_time(here.lines, here.everyone, period).frame  # type: ignore[arg-type]
        hatched = [shape == "/" for shape in bars.marker.pattern.shape]
        assert hatched == (~over["complete"]).tolist() and hatched[0]
    assert sum(sum(t.y) for t in drawn["new"].data) == pytest.approx(total)
    assert sum(sum(t.y) for t in drawn["seasons"].data) == pytest.approx(total)


def test_money_has_its_currency_on_axis_and_in_hover(here: Shop) -> None:
    drawn = everything(here)
    assert drawn["month revenue"].layout.yaxis.tickprefix == "£"
    assert "£%{y" in drawn["month revenue"].data[0].hovertemplate
    assert drawn["products"].layout.xaxis.tickprefix == "£"
    assert drawn["month orders"].layout.yaxis.tickprefix is None
    assert "£" not in drawn["month orders"].data[0].hovertemplate


def test_countries_are_found_by_any_of_their_names(here: Shop) -> None:
    countries = sales.by_country(here.lines, here.everyone)
    assert countries is not None
    assert charts.off_the_map(countries) == [ODD]
    # The two names of one country come to one tile.
    uk = countries.set_index("country").loc[["UK", "United Kingdom"], "revenue"].sum()
    said = [str(text) for row in everything(here)["map"].data[1].customdata for text in row]
    (told,) = [text for text in said if text.startswith("<b>United Kingdom")]
    assert POUND.say(uk) in told


def test_every_tile_is_a_country_and_has_its_own_place() -> None:
    places = [(row, column) for row, column, _ in tiles().values()]
    assert len(set(places)) == len(places) > 190
    for code, (_, _, names) in tiles().items():
        assert country_code(code) == code
        assert all(country_code(name) == code for name in names)


def test_what_is_incomplete_in_a_cohort_is_starred(here: Shop) -> None:
    found = sales.cohorts(here.lines, here.everyone)
    text = everything(here)["cohorts"].data[0].text
    rows = np.flatnonzero(found.sizes > 0)
    for row, cells in zip(rows, text, strict=True):
        for later, cell in enumerate(cells):
            told = not np.isnan(found.counts[row, later])
            assert cell.endswith("*</i>") == (told and not found.complete[row, later])
