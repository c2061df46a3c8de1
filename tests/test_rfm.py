"""RFM scores: visible edges, equal scores for equal customers, figures that add up."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from segmentation.cleaning import clean
from segmentation.errors import DataError, SchemaError
from segmentation.features import build_features
from segmentation.pipeline import load, run
from segmentation.reading import Source
from segmentation.results import Customers, Loaded, Rfm
from segmentation.rfm import cross, edges_of, rfm_shown, score_rfm, scores_of
from segmentation.rfm_grid import OTHERS, built_in_grid, parse_grid
from segmentation.settings import ChooseSettings, CleanSettings, Recipe
from tests.counts import examples

MakeSource = Callable[..., Source]
SCORES = ["r_score", "f_score", "m_score"]


def customers_of(frame: pd.DataFrame) -> Customers:
    return load(Source(name="a.csv", data=frame.to_csv(index=False).encode())).customers


def table(recency: list[float], frequency: list[float], monetary: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:03}" for i in range(len(recency))],
            "recency_days": recency,
            "frequency_orders": frequency,
            "monetary_total": monetary,
        }
    )


@st.composite
def rfm_tables(draw: st.DrawFn) -> pd.DataFrame:
    """Few values, so that many customers are equal."""
    count = draw(st.integers(5, 40))

    def column(values: st.SearchStrategy[float]) -> list[float]:
        return draw(st.lists(values, min_size=count, max_size=count))

    cents = st.integers(-500, 3000).map(lambda c: c / 100)
    return table(
        column(st.integers(0, 9).map(float)),
        column(st.integers(1, 5).map(float)),
        column(st.one_of(st.sampled_from([5.0, 10.0]), cents)),
    )


def type_7(values: list[float], share: float) -> float:
    """Hyndman and Fan (1996), doi 10.2307/2684934, definition 7."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = math.floor(place + 1e-12)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def by_hand(values: list[float], reverse: bool) -> list[int]:
    edges = [round(type_7(values, share) + 1, 6) for share in (0.2, 0.4, 0.6, 0.8)]
    scores = [1 + sum(value >= edge for edge in edges) for value in values]
    return [6 - score for score in scores] if reverse else scores


@settings(max_examples=examples(80))
@given(rfm_tables())
def test_scores_are_what_the_rule_gives_value_by_value(frame: pd.DataFrame) -> None:
    scored = score_rfm(customers_of(frame)).frame
    for name, score in zip(frame.columns[1:], SCORES, strict=True):
        expected = by_hand(frame[name].tolist(), reverse=name == "recency_days")
        assert scored[score].tolist() == expected


@settings(max_examples=examples(60))
@given(rfm_tables(), st.randoms(use_true_random=False))
def test_equal_customers_are_scored_equally_in_any_order(
    frame: pd.DataFrame, random: object
) -> None:
    scored = score_rfm(customers_of(frame)).frame
    equal = scored.groupby(["recency_days", "frequency_orders", "monetary_total"])
    assert (equal[[*SCORES, "rfm_segment"]].nunique() == 1).all(axis=None)
    order = list(range(len(frame)))
    random.shuffle(order)  # type: ignore[attr-defined]
    again = score_rfm(customers_of(frame.iloc[order])).frame
    pd.testing.assert_frame_equal(
        again.set_index("customer_id").loc[scored["customer_id"]].reset_index(), scored
    )


@settings(max_examples=examples(60))
@given(rfm_tables())
def test_more_is_never_scored_lower(frame: pd.DataFrame) -> None:
    scored = score_rfm(customers_of(frame)).frame
    for name, score, sign in zip(frame.columns[1:], SCORES, (-1, 1, 1), strict=True):
        ranked = scored.sort_values(name)[score].to_numpy() * sign
        assert (np.diff(ranked) >= 0).all()


@settings(max_examples=examples(60))
@given(rfm_tables())
def test_figures_add_up(frame: pd.DataFrame) -> None:
    found = score_rfm(customers_of(frame))
    scored = found.frame
    for segment in found.segments:
        own = scored[scored["rfm_segment"] == segment.name]
        assert segment.customers == len(own)
        assert segment.share == len(own) / len(scored)
        assert math.isclose(segment.revenue, own["monetary_total"].sum(), abs_tol=1e-6)
        if len(own):
            assert segment.median_recency_days == own["recency_days"].median()
            assert segment.median_frequency_orders == own["frequency_orders"].median()
        else:
            assert segment.median_monetary_total is None
    assert {s.name for s in found.segments} >= set(scored["rfm_segment"])
    for (r, f), own in scored.groupby(["r_score", "f_score"]):
        assert found.cells.loc[r, f] == len(own)
        assert math.isclose(found.cell_revenue.loc[r, f], own["monetary_total"].sum(), abs_tol=1e-6)
    assert found.cells.to_numpy().sum() == len(scored)
    for name, scale, score in zip(frame.columns[1:], found.scales, SCORES, strict=True):
        assert scale.customers == tuple((scored[score] == s).sum() for s in range(1, 6))
        for wanted, (low, high) in enumerate(scale.bins(), start=1):
            inside = (scored[name] >= low) & (scored[name] < high)
            assert inside.tolist() == (scored[score] == wanted).tolist()


def test_edges_of_the_r_package(shared: Path) -> None:
    """Values whose quantiles are known give the package's edges: type 7, plus 1."""
    anchors = json.loads((shared / "anchors.json").read_text())["rfm_R_package"]
    for edges in anchors["edges"].values():
        knots = np.array([edges[0] - 2, *(edge - 1 for edge in edges), edges[-1]])
        values = np.interp(np.arange(anchors["customers"]), np.arange(6) * 994 / 5, knots)
        # 994 / 5 is no whole number: pin the values on both sides of each quantile.
        for i, edge in enumerate(edges, start=1):
            place = 994 * i / 5
            values[[math.floor(place), math.ceil(place)]] = edge - 1
        np.testing.assert_allclose(edges_of(np.random.default_rng(1).permutation(values)), edges)


def test_a_value_on_an_edge_belongs_above_it() -> None:
    assert scores_of(np.array([1.9, 2.0, 2.1]), (2.0, 2.0, 3.0, 4.0)).tolist() == [1, 3, 3]
    assert scores_of(np.array([1.9, 2.0]), (2.0, 3.0, 4.0, 5.0), reverse=True).tolist() == [5, 4]


def online_retail_customers(online_retail: Loaded, **said: object) -> Customers:
    rules = CleanSettings(drop_zero_price=True, **said)  # type: ignore[arg-type]
    kept = clean(online_retail.table, online_retail.schema, rules)
    return build_features(kept, online_retail.schema)


def test_online_retail_scores_are_the_anchors(shared: Path, online_retail: Loaded) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())["online_retail"]
    found = score_rfm(online_retail_customers(online_retail))
    counts = anchors["rfm_R_binning_counts"]
    assert [list(scale.customers) for scale in found.scales] == [counts[x] for x in "RFM"]
    once = found.frame[found.frame["frequency_orders"] == 1]
    assert len(once) == anchors["rfm_snapshot_2011_12_10"]["one_order"]
    assert set(once["f_score"]) == {1}
    assert found.notes == () and found.unscored == {}
    total = sum(segment.revenue for segment in found.segments)
    assert round(total, 3) == anchors["revenue"]
    assert math.isclose(sum(s.revenue_share or 0 for s in found.segments), 1)
    assert all(segment.customers for segment in found.segments)


def test_online_retail_net_of_returns(online_retail: Loaded) -> None:
    gross = score_rfm(online_retail_customers(online_retail)).frame.set_index("customer_id")
    net = score_rfm(online_retail_customers(online_retail, returns="net"))
    scored = net.frame.set_index("customer_id")
    assert (scored[["r_score", "f_score"]] == gross[["r_score", "f_score"]]).all(axis=None)
    assert gross.loc["16446", "m_score"] == 5 and scored.loc["16446", "m_score"] == 1
    assert any("below 0" in note for note in net.notes)


# --- customer tables


def test_a_customer_table_is_scored_by_what_its_columns_are_called() -> None:
    plain = table([1, 5, 9, 20, 40, 80], [9, 7, 5, 3, 2, 1], [900, 700, 500, 300, 200, 100])
    renamed = plain.set_axis(["id", "Recency", "Orders", "Total spend"], axis=1)
    pd.testing.assert_frame_equal(
        score_rfm(customers_of(renamed)).frame, score_rfm(customers_of(plain)).frame
    )


def test_of_two_columns_the_first_is_taken_and_the_other_named() -> None:
    frame = table([1, 5, 9, 20, 40], [9, 7, 5, 3, 2], [9, 8, 3, 2, 1])
    frame = frame.rename(columns={"frequency_orders": "orders"}).assign(visits=[3, 1, 4, 1, 5])
    found = score_rfm(customers_of(frame))
    assert found.scales[1].column == "orders"
    assert "visits would do too" in found.notes[0]


@pytest.mark.parametrize("lacking", ["recency_days", "frequency_orders", "monetary_total"])
def test_a_measure_without_column_is_named(lacking: str) -> None:
    frame = table([1, 5, 9, 20, 40], [9, 7, 5, 3, 2], [9, 8, 3, 2, 1]).drop(columns=lacking)
    with pytest.raises(SchemaError, match=lacking):
        score_rfm(customers_of(frame))


def test_fewer_than_five_customers_are_refused() -> None:
    frame = table([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4])
    with pytest.raises(DataError, match="4 customers can be scored"):
        score_rfm(customers_of(frame))


def test_customers_without_order_or_figure_are_not_scored() -> None:
    frame = table(
        [1, 5, 9, 20, 40, math.nan, math.nan, 7],
        [9, 7, 5, 3, 2, 0, 1, 4],
        [9, 8, 3, 2, 1, 0, 5, math.nan],
    )
    found = score_rfm(customers_of(frame))
    assert found.frame["customer_id"].tolist() == [f"c{i:03}" for i in range(5)]
    assert {why: where.tolist() for why, where in found.unscored.items()} == {
        "no order": [5],
        "days, orders or money missing": [6, 7],
    }
    assert found.notes[0] == "1 customer not scored: no order."


def test_customers_who_are_all_equal_have_one_score_and_it_is_said() -> None:
    found = score_rfm(customers_of(table([3] * 9, [2] * 9, [5] * 9)))
    assert found.frame[SCORES].drop_duplicates().values.tolist() == [[5, 1, 1]]
    assert len([note for note in found.notes if "tells nobody apart" in note]) == 3


def test_money_below_0_is_scored_and_shares_are_left_out() -> None:
    found = score_rfm(customers_of(table([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [-9, -7, -5, 1, 2])))
    assert found.frame["m_score"].is_monotonic_increasing
    assert all(segment.revenue_share is None for segment in found.segments)
    assert "3 customers have a total below 0." in found.notes


def test_money_in_units_too_large_for_the_edges_is_said() -> None:
    thousands = [0.1, 0.2, 0.3, 0.4, 0.5]
    found = score_rfm(customers_of(table([1, 9, 19, 30, 50], [1, 3, 5, 7, 9], thousands)))
    assert set(found.frame["m_score"]) == {1}
    assert any(note.startswith("For monetary nobody scores 2, 3, 4 and 5") for note in found.notes)


def test_customers_whom_an_edited_grid_leaves_out_are_others() -> None:
    customers = customers_of(table([1, 5, 9, 20, 40], [9, 7, 5, 3, 2], [9, 8, 3, 2, 1]))
    found = score_rfm(customers, parse_grid("[[segment]]\nname = 'New'\nr = 5\n", "g.toml"))
    assert [segment.name for segment in found.segments] == ["New", OTHERS]
    assert sum(segment.customers for segment in found.segments) == 5
    assert any("g.toml" in note for note in found.notes)


# --- crossing


def crossed(source_of: MakeSource) -> tuple[Rfm, object]:
    rng = np.random.default_rng(4)
    rows = [
        f"c{i},{rng.integers(1, 300)},{rng.integers(1, 20)},{rng.integers(5, 2000)}"
        for i in range(120)
    ]
    source = source_of("\n".join(["id,recency_days,frequency_orders,monetary_total", *rows]))
    finished = run(source, Recipe(choose=ChooseSettings(k=4)))
    return score_rfm(finished.loaded.customers), finished.profiles


def test_crossing_counts_the_customers_of_both(source_of: MakeSource) -> None:
    scored, profiles = crossed(source_of)
    found = cross(scored, profiles)  # type: ignore[arg-type]
    labels = pd.Series(profiles.labels, index=profiles.customers)  # type: ignore[attr-defined]
    for name, own in found.counts.iterrows():
        places = scored.customers[scored.frame["rfm_segment"] == name]
        assert own.tolist() == [(labels[places] == i).sum() for i in (1, 2, 3, 4)]
    assert found.counts.to_numpy().sum() == 120
    np.testing.assert_allclose(found.within_rfm().sum(axis=1), 1)
    np.testing.assert_allclose(found.within_segments().sum(axis=0), 1)
    assert math.isclose(
        found.adjusted_rand,
        adjusted_rand_score(scored.frame["rfm_segment"], labels[scored.customers]),
    )


def test_crossing_leaves_out_customers_who_lack_either(source_of: MakeSource) -> None:
    scored, profiles = crossed(source_of)
    fewer = replace(
        profiles,  # type: ignore[type-var]
        customers=profiles.customers[5:],  # type: ignore[attr-defined]
        labels=profiles.labels[5:],  # type: ignore[attr-defined]
    )
    assert cross(scored, fewer).counts.to_numpy().sum() == 115


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60))
def test_agreement_is_the_adjusted_rand_index(pairs: list[tuple[int, int]]) -> None:
    from segmentation.rfm import _adjusted_rand

    one, other = zip(*pairs, strict=True)
    counts = pd.crosstab(np.array(one), np.array(other)).to_numpy(dtype=float)
    assert math.isclose(_adjusted_rand(counts), adjusted_rand_score(one, other), abs_tol=1e-12)


def test_who_is_shown_keeps_the_scores_among_all(online_retail: Loaded) -> None:
    rfm = score_rfm(online_retail.customers)
    grid = built_in_grid()
    keep = np.random.default_rng(0).random(len(online_retail.customers.frame)) < 0.3
    some = rfm_shown(rfm, grid, keep)
    whole = rfm.frame[keep[rfm.customers]]
    assert some.frame.to_numpy().tolist() == whole.to_numpy().tolist()
    assert [scale.edges for scale in some.scales] == [scale.edges for scale in rfm.scales]
    assert math.fsum(s.revenue for s in some.segments) == pytest.approx(
        whole["monetary_total"].sum()
    )
    assert some.cell_revenue.to_numpy().sum() == pytest.approx(whole["monetary_total"].sum())
    nobody = rfm_shown(rfm, grid, np.zeros_like(keep))
    assert len(nobody.frame) == 0 and not nobody.cells.to_numpy().any()


def test_a_cell_is_called_by_the_name_most_in_it_have(online_retail: Loaded) -> None:
    rfm = score_rfm(online_retail.customers)
    for r in range(1, 6):
        for f in range(1, 6):
            own = rfm.frame[(rfm.frame["r_score"] == r) & (rfm.frame["f_score"] == f)]
            counts = own["rfm_segment"].value_counts()
            name = rfm.cell_names.loc[r, f]
            assert counts[name] == counts.max() if len(own) else name == ""
