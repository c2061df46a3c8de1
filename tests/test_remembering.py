"""Corrections come back for the same header, for no other, and never hold a cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import remembering
from segmentation.remembering import Corrections, recall, remember, signature
from segmentation.settings import ROLES, SchemaSettings

COLUMNS = ["Kd", "Datum", "Wert", "Stück"]
TOLD = SchemaSettings(
    kind="transactions",
    roles=(("customer_id", "Kd"), ("quantity", "Stück"), ("country", "")),
    dates="dmy",
    decimal="comma",
)


def test_what_was_settled_comes_back_for_the_same_header() -> None:
    assert recall(remember(Corrections(), COLUMNS, TOLD), COLUMNS) == TOLD


def test_it_comes_back_in_any_order_and_in_the_spelling_of_the_new_file() -> None:
    store = remember(Corrections(), COLUMNS, TOLD)
    found = recall(store, ["STU\u0308CK", " datum", "WERT", "kd "])
    assert found is not None
    assert found.roles == (("customer_id", "kd "), ("quantity", "STU\u0308CK"), ("country", ""))


@pytest.mark.parametrize(
    "columns",
    [COLUMNS[:3], [*COLUMNS, "Land"], ["Kd", "Datum", "Wert", "Menge"], [*COLUMNS, "Kd"], []],
)
def test_another_header_gets_nothing(columns: list[str]) -> None:
    assert recall(remember(Corrections(), COLUMNS, TOLD), columns) is None


def test_names_that_became_alike_are_not_guessed_between() -> None:
    store = remember(Corrections(), ["kd", "KD"], SchemaSettings(roles=(("customer_id", "kd"),)))
    assert recall(store, ["Kd", "kD"]) is None
    found = recall(store, ["KD", "kd"])
    assert found is not None and found.roles == (("customer_id", "kd"),)


def test_the_last_word_counts_and_taking_it_back_forgets() -> None:
    store = remember(Corrections(), COLUMNS, TOLD)
    changed = remember(store, COLUMNS, SchemaSettings(kind="customers"))
    assert recall(changed, COLUMNS) == SchemaSettings(kind="customers")
    assert remember(changed, COLUMNS, SchemaSettings()) == Corrections()


def test_made_up_names_are_not_remembered() -> None:
    told = SchemaSettings(roles=(("customer_id", "column_1"),))
    assert remember(Corrections(), ["column_1", "column_2"], told) == Corrections()


def test_the_oldest_headers_are_dropped_and_a_renewed_one_is_young(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remembering, "MOST_HEADERS", 3)
    store = Corrections()
    for name in ("one", "two", "three", "one", "four"):
        store = remember(store, [name, "spend"], SchemaSettings(kind="customers"))
    kept = [recall(store, [name, "spend"]) is not None for name in ("one", "two", "three", "four")]
    assert kept == [True, False, True, True]


names = st.lists(st.text(min_size=1), min_size=1, max_size=6, unique=True)


@given(columns=names, data=st.data())
def test_what_was_settled_comes_back_whatever_the_order(
    columns: list[str], data: st.DataObject
) -> None:
    columns = [*columns, "spend"]
    role, column = data.draw(st.sampled_from(ROLES)), data.draw(st.sampled_from(columns))
    told = SchemaSettings(roles=((role, column),))
    store = remember(Corrections(), columns, told)
    assert recall(store, data.draw(st.permutations(columns))) == told


@given(names, names)
def test_headers_of_other_names_have_other_signatures(one: list[str], other: list[str]) -> None:
    alike = sorted(map(remembering._normalised, one)) == sorted(map(remembering._normalised, other))
    assert (signature(one) == signature(other)) == alike


def test_names_can_not_be_run_together_to_pass_for_another_header() -> None:
    assert signature(["a", "b"]) != signature(['a", "b'])
    assert signature(["a,b"]) != signature(["a", "b"])
