"""A model's file: what was written is read, and nothing else is."""

from __future__ import annotations

import json
import pickle
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segmentation.errors import ModelError
from segmentation.models.files import LARGEST_BYTES, dump_model, parse_model, read_model
from segmentation.models.making import make_model
from segmentation.results import Model
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe
from tests.models.modelling import DATA, forged, mall_model, run_of, sealed

FLIPS = 1_000


@pytest.fixture(scope="module")
def model() -> Model:
    return mall_model()


@pytest.fixture(scope="module")
def data(model: Model) -> bytes:
    return dump_model(model)


def test_it_comes_back_as_it_was(model: Model, data: bytes) -> None:
    assert parse_model(data) == model
    assert dump_model(parse_model(data)) == data


@pytest.mark.parametrize(
    ("file", "prepare"),
    [
        ("shop.csv", PrepareSettings(missing="drop", outliers="set-aside")),
        ("shop.csv", PrepareSettings(transform="rank", outliers="cap", scaler="robust")),
        ("orders.csv", PrepareSettings(features=("recency_days", "country"), category_weight=0.5)),
        ("wholesale.csv", PrepareSettings(transform="yeo-johnson", scaler="minmax")),
    ],
)
def test_every_kind_of_column_comes_back(file: str, prepare: PrepareSettings) -> None:
    recipe = Recipe(prepare=prepare, choose=ChooseSettings(k=3))
    made = make_model(run_of(DATA / file, recipe))
    assert parse_model(dump_model(made)) == made


def test_the_same_run_gives_the_same_bytes(data: bytes) -> None:
    assert dump_model(mall_model()) == data


def test_it_is_one_json_without_a_customer(data: bytes, model: Model) -> None:
    raw = json.loads(data)
    assert set(raw) == {"format", "format_version", "sha256", "model"}
    customers = mall_rows()
    for test in model.self_tests:
        assert test.cells not in customers


def mall_rows() -> set[tuple[float, ...]]:
    from segmentation.pipeline import load

    frame = load(DATA / "mall.csv").customers.frame
    return {tuple(row) for row in frame[list(mall_model().features)].to_numpy().tolist()}


def test_every_flipped_bit_is_caught(data: bytes) -> None:
    rng = random.Random(20_261_121)
    for _ in range(FLIPS):
        flipped = bytearray(data)
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        with pytest.raises(ModelError):
            parse_model(bytes(flipped))


def test_every_flipped_bit_of_the_header_is_caught(data: bytes) -> None:
    end = data.index(b'"made"')
    for place in range(end):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            with pytest.raises(ModelError):
                parse_model(bytes(flipped))


def test_a_truncated_file_is_refused(data: bytes) -> None:
    for end in (*range(0, 400, 7), *range(400, len(data), 997), len(data) - 1):
        with pytest.raises(ModelError):
            parse_model(data[:end])
    with pytest.raises(ModelError, match="digest"):
        parse_model(data + b" ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (pickle.dumps({"a": 1}), "pickle"),
        (b"PK\x03\x04" + bytes(40), "archive"),
        (b'{"recipe": {}}', "no saved model"),
        (b"customer_id,segment\n1,2\n", "no saved model"),
        (bytes(1000), "no saved model"),
    ],
)
def test_other_files_are_refused_with_the_reason(content: bytes, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        parse_model(content, "x.json")


def test_a_newer_version_is_refused_by_its_number(data: bytes) -> None:
    newer = data.replace(b'"format_version":1', b'"format_version":3', 1)
    with pytest.raises(ModelError, match=r"format version 3, and this program knows versions 1"):
        parse_model(newer)


def test_a_pickle_called_json_is_never_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"

    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (ran,))

    path = tmp_path / "model.json"
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ModelError, match="pickle"):
        read_model(path)
    assert not ran.exists()


def test_a_gigabyte_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    monkeypatch.setattr("segmentation.models.files.parse_model", lambda *_: pytest.fail("read"))
    with pytest.raises(ModelError, match=r"1,074 MB, and a model has 20 at most"):
        read_model(path)


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(ModelError, match="at most"):
        parse_model(bytes(LARGEST_BYTES + 1))


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_deep_nest_is_refused(opening: str) -> None:
    with pytest.raises(ModelError, match="sensible depth"):
        parse_model(sealed('{"made":' + opening * 100_000))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="can't be opened"):
        read_model(tmp_path / "none.json")
    with pytest.raises(ModelError, match="can't be opened"):
        read_model(tmp_path)


def put(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: Any) -> None:
        for step in path[:-1]:
            raw = raw[step]
        raw[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("points", 0, 0, value=float("nan")), "range"),
        (put("points", 0, 0, value=float("inf")), "range"),
        (put("points", 0, 0, value=True), "number"),
        (put("points", 0, 0, value="1"), "number"),
        (put("points", 0, 0, value=10**400), "range"),
        (put("points", 0, value=[1.0]), "one number a column"),
        (put("points", value=[]), "one number a column"),
        (put("columns", 0, "scale", value=0.0), "scaled by"),
        (put("columns", 0, "feature", value="x"), "features"),
        (put("columns", 0, "exponent", value=1e9), "exponent"),
        (put("columns", 0, "transform", value="exec"), "one of"),
        (put("columns", 0, "transform", value="rank"), "ranks"),
        (put("segments", 0, "named", "name", value="a\nb"), "name that can't be"),
        (put("segments", 0, "named", "name", value="\ud800"), "text"),
        (put("segments", 0, "named", "segment_id", value=7), "numbered"),
        (put("segments", 0, "named", "colour", value=2), "colour"),
        (put("segments", 0, "size", value=1), "add up"),
        (put("segments", 0, "size", value=2.5), "whole number"),
        (put("segments", 0, "radius", value=-1.0), "radius"),
        (put("segments", 0, "extra", value=1), "known"),
        (put("more", value=1), "known"),
        (put("kind", value="log"), "one of"),
        (put("shaken", 0, 0, 0, value=None), "number"),
        (put("shaken", 0, value=[]), "one number a column"),
        (put("self_tests", value=[]), "tried on"),
        (put("self_tests", 0, "cells", 0, value="x"), "another type"),
        (put("self_tests", 0, "cells", value=[]), "other features"),
        (put("rules", "rules", 0, "segment_id", value=3), "fit together"),
        (put("training", "features", 0, "shares", 0, value=0.9), "add up"),
        (put("training", "features", 0, "edges", 0, value=1e9), "rise"),
        (put("training", "features", 0, "values", value=["x"]), "category"),
        (put("training", "files", value={}), "a list"),
        (put("recipe", value=[]), "recipe"),
        (put("recipe", "recipe_version", value=99), "recipe"),
        (put("recipe", "prepare", "scaler", value="x"), "scaler"),
        (put("made", "note", value="x" * 30_000), "sensible length"),
        (put("trust", "level", value="great"), "one of"),
    ],
)
def test_a_forged_value_is_refused(
    model: Model, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        parse_model(forged(model, change))


def test_forging_alone_changes_nothing(model: Model) -> None:
    """Or the tests above would pass whatever they change."""
    assert parse_model(forged(model, lambda _: None)) == model


def test_a_missing_part_is_named(model: Model) -> None:
    with pytest.raises(ModelError, match="lacks points"):
        parse_model(forged(model, lambda raw: raw.pop("points")))


def test_a_key_that_stands_twice_is_refused(data: bytes) -> None:
    text = data.decode().split('"model":{\n')[1].removesuffix("\n}}\n")
    with pytest.raises(ModelError, match="twice"):
        parse_model(sealed("{" + text + ',"kind":"customers"}'))


@pytest.mark.parametrize(
    "change",
    [
        put("points", 0, 0, value=9.0),
        put("columns", 0, "shift", value=1.0),
        put("self_tests", 0, "segment_id", value=1),
        put("self_tests", 0, "distance", value=0.0),
    ],
)
def test_a_model_that_answers_otherwise_is_refused(
    model: Model, change: Callable[[dict[str, Any]], None]
) -> None:
    tests = model.self_tests
    assert len(tests) >= 4 and tests[0].segment_id != 1
    with pytest.raises(ModelError, match="fails its own test: made-up customer"):
        parse_model(forged(model, change))
