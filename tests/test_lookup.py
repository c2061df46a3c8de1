"""One customer, found and followed by hand from the file to what is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from segmentation.lookup import find_ids, id_index, look_up
from segmentation.pipeline import run
from segmentation.placing import selected
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.rules import choose_rules, rule_sets
from segmentation.settings import ChooseSettings, CleanSettings, PrepareSettings, Recipe

SourceOf = Callable[..., Source]
IDS = some.lists(some.text("aA1é*%_", min_size=1, max_size=4), min_size=1, max_size=30)


@given(IDS, some.text("aA1é*%_ ", max_size=4))
def test_ids_are_found_as_one_would_by_reading_all(ids: list[str], text: str) -> None:
    found = find_ids(pa.array(ids, type=pa.large_string()), text, most=5)
    wanted = text.strip().lower()
    begin = [i for i, name in enumerate(ids) if wanted and name.lower().startswith(wanted)]
    exact = [i for i in begin if ids[i].lower() == wanted]
    assert found.total == len(begin)
    assert found.positions.tolist() == (exact + [i for i in begin if i not in exact])[:5]


ORDERS = "\n".join(
    [
        "customer,order,date,product,quantity,price",
        *(f"K{i},O{i},2026-01-{i + 1:02},P{i},1,{i + 1}" for i in range(20)),
        "K3,P1,2026-02-01,P7,2,50",
        "K3,P1,2026-02-01,P8,1,7.5",
        "K3,C9,2026-02-03,P7,-1,50",
    ]
)


def orders(source_of: SourceOf, returns: str) -> Run:
    clean = CleanSettings(returns=returns)  # type: ignore[arg-type]
    return run(source_of(ORDERS), Recipe(choose=ChooseSettings(k=2), clean=clean))


def test_a_customer_is_followed_by_hand_from_file_to_figures(source_of: SourceOf) -> None:
    found = orders(source_of, "net")
    rules = choose_rules(rule_sets(found))
    (position,) = find_ids(id_index(found.loaded.customers), "k3").positions
    told = look_up(found, rules, int(position))
    assert told.customer_id == "K3"
    numbers = {held.feature: held for held in told.numbers}
    assert numbers["monetary_total"].value == 4 + 2 * 50 + 7.5 - 50
    assert numbers["frequency_orders"].value == 2
    totals = np.array([*(i + 1.0 for i in range(20) if i != 3), 61.5])
    assert numbers["monetary_total"].overall == np.median(totals)
    assert numbers["monetary_total"].rank == pytest.approx(19.5 / 20)
    assert told.orders is not None and told.lines is not None
    assert told.orders.to_dict("list") == {
        "order_id": ["C9", "P1", "O3"],
        "order_date": list(told.orders["order_date"]),
        "lines": [1, 2, 1],
        "amount": [-50.0, 107.5, 4.0],
    }
    assert told.orders["amount"].sum() == numbers["monetary_total"].value
    assert len(told.lines) == 4
    label = found.profiles.labels[found.profiles.customers == position]
    assert [told.segment_id] == label.tolist()


def test_gross_shows_no_returns(source_of: SourceOf) -> None:
    found = orders(source_of, "gross")
    position = found.loaded.customers.ids.tolist().index("K3")
    told = look_up(found, choose_rules(rule_sets(found)), position)
    assert told.orders is not None
    assert told.orders["order_id"].tolist() == ["P1", "O3"]


def test_orders_without_an_id_are_told_by_day(source_of: SourceOf) -> None:
    lines = ["customer,date,amount", "A,2026-01-01,5", "A,2026-01-01,6", "A,2026-01-03,7"]
    lines += [f"B{i},2026-01-02,{i}" for i in range(1, 9)]
    found = run(source_of("\n".join(lines)), Recipe(choose=ChooseSettings(k=2)))
    told = look_up(found, choose_rules(rule_sets(found)), 0)
    assert told.orders is not None
    assert told.orders["lines"].tolist() == [1, 2]
    assert told.orders["amount"].tolist() == [7.0, 11.0]


CUSTOMERS = "\n".join(
    ["id,spend,visits,town", "X,,3,Rome", *(f"C{i},{i * i},{i % 4},Bonn" for i in range(24))]
)


def test_who_is_set_aside_is_told_why(source_of: SourceOf) -> None:
    prepare = PrepareSettings(missing="drop", features=("spend", "visits"))
    found = run(source_of(CUSTOMERS), Recipe(choose=ChooseSettings(k=2), prepare=prepare))
    told = look_up(found, choose_rules(rule_sets(found)), 0)
    assert told.segment_id is None and told.placement is None
    assert told.set_aside == "a feature has no value"
    (spend,) = [held for held in told.numbers if held.feature == "spend"]
    assert spend.value is spend.rank is spend.segment is None and spend.overall is not None
    assert told.orders is told.lines is None


@pytest.mark.parametrize("leaves", [2, None])
def test_everybody_is_placed_by_the_rule_that_selects_them(
    source_of: SourceOf, leaves: int | None
) -> None:
    prepare = PrepareSettings(features=("spend", "visits", "town"))
    found = run(source_of(CUSTOMERS), Recipe(choose=ChooseSettings(k=3), prepare=prepare))
    rules = choose_rules(rule_sets(found), leaves)
    for position in range(25):
        told = look_up(found, rules, position)
        assert told.placement is not None and told.placement.segment_id is not None
        assert selected(found, rules.rules[told.placement.segment_id - 1])[position]
        # K-Means puts everybody into the segment whose centre is nearest.
        assert told.placement.nearest_id == told.segment_id
        order = np.argsort(told.placement.distances)
        assert told.placement.runner_up_id == order[1] + 1
        first, second = (told.placement.distances[i] for i in order[:2])
        assert told.placement.margin == pytest.approx((second - first) / second)


def test_at_a_centre_the_margin_is_whole_and_on_the_border_there_is_none(
    source_of: SourceOf,
) -> None:
    found = run(source_of("id,spend\n1,10\n2,10\n3,90\n4,90\n"), Recipe(choose=ChooseSettings(k=2)))
    placement = look_up(found, choose_rules(rule_sets(found)), 0).placement
    assert placement is not None and placement.margin == 1
    assert replace(placement, distances=(2.0, 2.0)).margin == 0
    assert replace(placement, distances=(0.0, 0.0)).margin == 0


def test_traits_are_shares(source_of: SourceOf) -> None:
    found = run(source_of(CUSTOMERS), Recipe(choose=ChooseSettings(k=2)))
    (town,) = look_up(found, choose_rules(rule_sets(found)), 0).traits
    assert (town.column, town.value, town.overall) == ("town", "Rome", 1 / 25)
