"""A filter is what pandas' boolean indexing makes of its conditions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.filtering import Filter, Picked, passing, passing_segmented
from segmentation.filtering.index import FilterIndex, search
from segmentation.pipeline import load, run
from segmentation.profiling import overview
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe, SchemaSettings


def table(count: int = 80) -> pd.DataFrame:
    generator = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "id": [f"c{i}" for i in range(count)],
            "age": generator.integers(18, 70, count).astype(float),
            "spend": np.round(generator.gamma(2, 50, count), 2),
            "gender": generator.choice(["f", "m", ""], count, p=[0.5, 0.4, 0.1]),
            "town": generator.choice(["Bern", "Köln", "<b>"], count),
        }
    )
    frame.loc[[2, 40], "age"] = np.nan
    return frame


@pytest.fixture(scope="module")
def finished(source_of: Callable[..., Source]) -> Run:
    recipe = Recipe(
        prepare=PrepareSettings(features=("age", "spend"), missing="drop"),
        choose=ChooseSettings(k=3),
    )
    return run(source_of(table().to_csv(index=False)), recipe)


CHOICES = st.builds(
    Filter,
    segments=st.sets(st.integers(1, 3)).map(lambda s: tuple(sorted(s))),
    categories=st.tuples(
        st.tuples(st.just("gender"), st.sampled_from([("f",), ("m",), ("",), ("f", ""), ("x",)])),
        st.tuples(st.just("town"), st.sampled_from([("Bern", "Köln"), ("<b>",)])),
    ).flatmap(lambda both: st.sampled_from([(), both[:1], both[1:], both])),
    ranges=st.tuples(st.floats(0, 80), st.floats(0, 80), st.floats(0, 200)).flatmap(
        lambda n: st.sampled_from(
            [(), (("age", n[0], n[1]),), (("age", 18.0, n[1]), ("spend", n[2], 1e9))]
        )
    ),
)


@given(CHOICES)
def test_it_is_boolean_indexing(finished: Run, chosen: Filter) -> None:
    frame = table()
    wanted = pd.Series(True, index=frame.index)
    for column, values in chosen.categories:
        wanted &= frame[column].isin(values)
    for column, low, high in chosen.ranges:
        wanted &= frame[column].between(low, high)
    customers = finished.loaded.customers
    assert passing(FilterIndex(finished.loaded), chosen).tolist() == wanted.tolist()
    keep = passing_segmented(finished, chosen)
    labels = pd.Series(0, index=frame.index)
    labels[finished.profiles.customers] = finished.profiles.labels
    segmented = frame[(labels > 0) & wanted & (labels.isin(chosen.segments or (1, 2, 3)))]
    ids = customers.ids[finished.profiles.customers[keep]]
    assert ids.tolist() == segmented["id"].tolist()
    found = overview(finished, keep)
    assert sum(found.sizes.values()) == keep.sum()
    assert found.sizes == {i: int((labels[segmented.index] == i).sum()) for i in (1, 2, 3)}


def test_without_a_condition_all_pass(finished: Run) -> None:
    assert passing(FilterIndex(finished.loaded), Filter()).all()
    assert passing_segmented(finished, Filter()).all()
    assert len(passing_segmented(finished, Filter())) == 78


def test_a_missing_value_is_in_no_range(finished: Run) -> None:
    keep = passing(FilterIndex(finished.loaded), Filter(ranges=(("age", -np.inf, np.inf),)))
    assert np.flatnonzero(~keep).tolist() == [2, 40]


def test_conditions_are_said_in_words() -> None:
    chosen = Filter(
        segments=(1, 3), categories=(("gender", ("f", "")),), ranges=(("spend", 1_000.0, 2.5e6),)
    )
    assert chosen.describe({1: "VIP", 3: "Budget"}) == (
        "VIP or Budget",
        "gender: f, (missing)",
        "spend 1,000 to 2,500,000",
    )
    ranges = Filter(ranges=(("monetary_total", 0.0, 9.5),)).describe({})
    assert ranges == ("total spend 0 to 9.5",)
    assert Filter().describe({}) == ()


def test_a_condition_can_be_taken_out_alone() -> None:
    picked = Picked(ids=np.array(["a", "b"], dtype=object), turn=1)
    chosen = Filter(
        segments=(1,),
        categories=(("town", ("Bern",)), ("kind", ("a", "b", "c", "d", "e"))),
        ranges=(("age", 1.0, 2.0),),
        dates=(("order_date", "2026-01-01", "2026-02-01"),),
        products=("tea", "cup"),
        picked=picked,
    )
    conditions = chosen.conditions({1: "VIP"})
    assert [text for text, _ in conditions] == [
        "2 customers chosen in the map",
        "VIP",
        "town: Bern",
        "kind: a, b, c and 2 more",
        "age 1 to 2",
        "ordered 2026-01-01 to 2026-02-01",
        "bought tea or cup",
    ]
    for text, left in conditions:
        rest = [one for one in chosen.describe({1: "VIP"}) if one != text]
        assert list(left.describe({1: "VIP"})) == rest


ORDERS = st.lists(
    st.tuples(
        st.sampled_from("ABCDE"),
        st.dates(date(2026, 1, 1), date(2026, 1, 20)),
        st.sampled_from(["tea", "cup", "Tea pot", ""]),
    ),
    min_size=4,
    max_size=30,
).filter(lambda rows: len({row[0] for row in rows}) > 1)


@given(ORDERS, st.dates(date(2025, 12, 28), date(2026, 1, 25)), st.integers(0, 9))
def test_orders_tell_who_bought_what_and_when(
    rows: list[tuple[str, date, str]], first: date, length: int
) -> None:
    text = "\n".join(f"{who},{day},{what},5" for who, day, what in rows)
    source = Source(name="o.csv", data=f"customer,date,product,amount\n{text}\n".encode())
    recipe = Recipe(schema=SchemaSettings(kind="transactions", roles=(("product", "product"),)))
    loaded = load(source, recipe)
    index = FilterIndex(loaded)
    ids = loaded.customers.ids.tolist()
    last = first + timedelta(days=length)
    days = (first.isoformat(), last.isoformat())
    ordered = passing(index, Filter(dates=(("order_date", *days),)))
    assert ordered.tolist() == [
        any(who == i and first <= day <= last for who, day, _ in rows) for i in ids
    ]
    bought = passing(index, Filter(products=("tea", "Tea pot")))
    assert bought.tolist() == [
        any(r[0] == i and r[2] in ("tea", "Tea pot") for r in rows) for i in ids
    ]
    named = {what for _, _, what in rows} - {""}
    assert set(index.products.values) == named
    assert dict(zip(index.products.values, index.products.customers.tolist(), strict=True)) == {
        what: len({who for who, _, own in rows if own == what}) for what in named
    }
    assert set(search(index.products, "TEA", 9)) == {what for what in named if "ea" in what}
    assert index.span("order_date") == (
        min(day for _, day, _ in rows).isoformat(),
        max(day for _, day, _ in rows).isoformat(),
    )


def test_products_are_told_and_found_by_their_names_too(source_of: Callable[..., Source]) -> None:
    rows = [
        "customer,date,product,description,amount",
        *["A,2026-01-01,84879,Green bird,5"] * 3,
        "B,2026-01-02,84879,wrong label,6",
        *["B,2026-01-02,POST,POST,7"] * 2,
        "C,2026-01-03,,?,1",
        *[f"D,2026-01-{day},22,Tea pot,2" for day in range(10, 20)],
    ]
    index = FilterIndex(load(source_of("\n".join(rows) + "\n")))
    assert index.products.told == {"22": "22 · Tea pot", "84879": "84879 · Green bird",
                                     "POST": "POST"}  # fmt: skip
    assert search(index.products, "BIRD", 5) == search(index.products, "848 bird", 5) == ("84879",)
    assert index.bought(("84879",)).tolist() == [True, True, False, False]


def test_dates_of_customers_are_conditions_too(source_of: Callable[..., Source]) -> None:
    days = pd.Series(pd.date_range("2025-01-01", periods=30)).astype(str)
    days[7] = ""
    text = "id,spend,signed_up\n" + "".join(f"{i},{i * 3},{d}\n" for i, d in enumerate(days))
    index = FilterIndex(load(source_of(text)))
    assert index.dates == ("signed_up",)
    keep = passing(index, Filter(dates=(("signed_up", "2025-01-06", "2025-01-10"),)))
    assert np.flatnonzero(keep).tolist() == [5, 6, 8, 9]


def test_customers_chosen_in_a_map_are_met_again_by_their_ids(finished: Run) -> None:
    picked = Picked(ids=np.array(["c3", "c9", "gone"], dtype=object), turn=1)
    keep = passing(FilterIndex(finished.loaded), Filter(picked=picked))
    assert np.flatnonzero(keep).tolist() == [3, 9]


def test_what_customers_have_no_column_for_does_not_act(finished: Run) -> None:
    chosen = Filter(
        categories=(("gender", ("f",)), ("other", ("x",))),
        ranges=(("height", 0.0, 1.0),),
        dates=(("order_date", "2026-01-01", "2026-01-02"),),
        products=("tea",),
    )
    fitting = chosen.fitting(FilterIndex(finished.loaded))
    assert fitting == Filter(categories=(("gender", ("f",)),))
