"""Corrections come back for the same header, for no other, and never hold a cell."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import remembering
from segmentation.errors import SettingsError
from segmentation.remembering import Corrections, load, recall, remember, save, signature
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
    assert len(Corrections.from_json(store.to_json()).entries) == 3


names = st.lists(st.text(min_size=1), min_size=1, max_size=6, unique=True)


@given(columns=names, data=st.data())
def test_a_store_survives_its_json(columns: list[str], data: st.DataObject) -> None:
    columns = [*columns, "spend"]
    role, column = data.draw(st.sampled_from(ROLES)), data.draw(st.sampled_from(columns))
    told = SchemaSettings(roles=((role, column),))
    store = remember(Corrections(), columns, told)
    assert Corrections.from_json(store.to_json()) == store
    assert recall(store, data.draw(st.permutations(columns))) == told


@given(names, names)
def test_headers_of_other_names_have_other_signatures(one: list[str], other: list[str]) -> None:
    alike = sorted(map(remembering._normalised, one)) == sorted(map(remembering._normalised, other))
    assert (signature(one) == signature(other)) == alike


def test_names_can_not_be_run_together_to_pass_for_another_header() -> None:
    assert signature(["a", "b"]) != signature(['a", "b'])
    assert signature(["a,b"]) != signature(["a", "b"])


# --- the file


def test_a_store_is_read_as_it_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "new" / "corrections.json"
    store = remember(Corrections(), COLUMNS, TOLD)
    save(Corrections(), path)
    save(store, path)
    assert load(path) == (store, "")
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o077 == 0


def test_no_file_is_a_fresh_store_without_a_word(tmp_path: Path) -> None:
    assert load(tmp_path / "none.json") == (Corrections(), "")


DAMAGED = [
    b"",
    b"\xff\xfe",
    b"[]",
    b"3",
    b"[" * 100_000,
    b'{"corrections_version": 2, "entries": []}',
    b'{"corrections_version": 1, "entries": 3}',
    b'{"corrections_version": 1, "entries": [3]}',
    b'{"corrections_version": 1, "entries": [{"header": 3, "settings": {}}]}',
    b'{"corrections_version": 1, "entries": [{"header": "a", "settings": {"kind": "x"}}]}',
    b'{"corrections_version": 1, "entries": [{"header": "a", "settings": {"roles": [["x", ""]]}}]}',
    b'{"corrections_version": 1, "entries": [{"header": "a", "settings": {}, "cells": []}]}',
]


@pytest.mark.parametrize("data", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_a_fresh_store_and_a_note(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "corrections.json"
    path.write_bytes(data)
    store, note = load(path)
    assert store == Corrections()
    assert "could not be read" in note
    save(store, path)
    assert load(path) == (Corrections(), "")


def test_a_file_beyond_all_size_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "corrections.json"
    save(remember(Corrections(), COLUMNS, TOLD), path)
    monkeypatch.setattr(remembering, "LARGEST_FILE_BYTES", 20)
    assert load(path)[0] == Corrections()


def test_a_folder_in_its_place_is_a_note(tmp_path: Path) -> None:
    assert load(tmp_path)[1]


def test_a_save_that_fails_leaves_the_old_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "corrections.json"
    store = remember(Corrections(), COLUMNS, TOLD)
    save(store, path)

    def full(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        save(Corrections(), path)
    assert load(path) == (store, "")
    assert list(tmp_path.iterdir()) == [path]


def test_only_names_and_settings_are_kept() -> None:
    raw = json.loads(remember(Corrections(), COLUMNS, TOLD).to_json())
    (entry,) = raw["entries"]
    assert set(entry) == {"header", "settings"}
    assert set(entry["settings"]) == {"kind", "roles", "dates", "decimal"}
    assert entry["header"] == signature(COLUMNS)


def test_text_that_is_no_store_is_refused_with_what_to_do() -> None:
    with pytest.raises(SettingsError, match=r"no corrections.*Correct the columns again"):
        Corrections.from_json("{}")
