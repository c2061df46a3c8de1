"""Settings refuse what can't be, and survive the way through JSON."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.errors import SettingsError
from segmentation.settings import (
    LARGEST_K,
    LONGEST_NAME,
    ROLES,
    ChooseSettings,
    CleanSettings,
    CombineSettings,
    FitSettings,
    Kind,
    Method,
    Missing,
    NameSettings,
    Outliers,
    PrepareSettings,
    ReadSettings,
    Recipe,
    Scaler,
    SchemaSettings,
    Transform,
)

texts = st.text(st.characters(codec="utf-8"), max_size=20)
names = texts.filter(lambda text: bool(text.strip()) and text.isprintable())
ranges = st.tuples(st.integers(2, LARGEST_K), st.integers(2, LARGEST_K)).map(sorted)

recipes = st.builds(
    Recipe,
    read=st.builds(ReadSettings, sheet=st.none() | texts),
    schema=st.builds(
        SchemaSettings,
        kind=st.sampled_from(get_args(Kind)),
        roles=st.lists(st.tuples(st.sampled_from(ROLES), texts)).map(tuple),
    ),
    combine=st.builds(
        CombineSettings,
        main=st.none() | texts,
        keys=st.lists(st.tuples(texts, texts)).map(tuple),
    ),
    clean=st.builds(
        CleanSettings,
        drop_duplicates=st.booleans(),
        drop_zero_price=st.booleans(),
        as_of=st.none() | st.dates().map(date.isoformat),
    ),
    prepare=st.builds(
        PrepareSettings,
        features=st.lists(texts).map(tuple),
        missing=st.sampled_from(get_args(Missing)),
        outliers=st.sampled_from(get_args(Outliers)),
        transform=st.sampled_from(get_args(Transform)),
        scaler=st.sampled_from(get_args(Scaler)),
        category_weight=st.floats(1e-9, 10) | st.integers(1, 10),
    ),
    choose=st.builds(
        lambda k, bounds: ChooseSettings(k=k, k_min=bounds[0], k_max=bounds[1]),
        st.none() | st.integers(2, LARGEST_K),
        ranges,
    ),
    fit=st.builds(
        FitSettings, seed=st.integers(0, 2**32 - 1), method=st.sampled_from(get_args(Method))
    ),
    naming=st.builds(
        NameSettings,
        names=st.lists(st.tuples(st.integers(1, LARGEST_K), names)).map(tuple),
        colours=st.permutations(range(1, 9)).map(lambda places: tuple(enumerate(places, start=2))),
        playbook=st.none() | names,
    ),
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
places = [
    (stage.name, setting.name)
    for stage in fields(Recipe)
    for setting in fields(type(getattr(Recipe(), stage.name)))
]


@given(recipes)
def test_json_round_trip_keeps_the_recipe_and_its_hash(recipe: Recipe) -> None:
    back = Recipe.from_json(recipe.to_json())
    assert back == recipe
    assert hash(back) == hash(recipe)
    assert back.to_json() == recipe.to_json()


def test_a_recipe_from_before_there_were_methods_is_of_k_means() -> None:
    plain = Recipe().to_dict()
    del plain["fit"]["method"], plain["naming"]["colours"], plain["naming"]["playbook"]
    assert Recipe.from_json(json.dumps(plain)) == Recipe()
    assert Recipe().fit.method == "kmeans"


@given(recipes)
def test_a_summary_serves_as_its_recipe(recipe: Recipe) -> None:
    summary = {"k": 3, "segments": [], "recipe": recipe.to_dict()}
    assert Recipe.from_json(json.dumps(summary)) == recipe


def test_what_a_recipe_leaves_out_takes_the_default() -> None:
    text = json.dumps({"recipe_version": 1, "choose": {"k": 4}})
    assert Recipe.from_json(text) == Recipe(choose=ChooseSettings(k=4))


@given(st.sampled_from(places), json_values)
def test_any_json_value_anywhere_is_taken_or_refused_in_words(
    place: tuple[str, str], value: Any
) -> None:
    stage, setting = place
    raw = Recipe().to_dict()
    raw[stage][setting] = value
    refused: SettingsError | None = None
    recipe = Recipe()
    try:
        recipe = Recipe.from_json(json.dumps(raw))
    except SettingsError as error:
        refused = error
    if refused is not None:
        assert refused.what and refused.remedy
        assert "\n" not in str(refused)
        return
    # What was taken is what was said: nothing is turned into another value on the quiet.
    assert recipe.to_dict()[stage][setting] == value
    assert not isinstance(value, bool) or isinstance(getattr(CleanSettings(), setting), bool)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": {}}, "unknown setting 'colour'"),
        ({"prepare": {"scalar": "none"}}, "unknown setting 'scalar'"),
        ({"prepare": {"scaler": "Standard"}}, "prepare.scaler can't be 'Standard'"),
        ({"prepare": {"scaler": ["standard"]}}, "prepare.scaler"),
        ({"prepare": {"features": "income"}}, "prepare.features can't be 'income'"),
        ({"prepare": {"features": [1]}}, "prepare.features can't be 1"),
        ({"prepare": []}, "'prepare' is not an object"),
        ({"choose": {"k": "5"}}, "choose.k can't be '5'"),
        ({"choose": {"k": True}}, "choose.k can't be True"),
        ({"choose": {"k": 5.0}}, "choose.k can't be 5.0"),
        ({"choose": {"k_min": None}}, "choose.k_min can't be None"),
        ({"clean": {"drop_duplicates": 1}}, "clean.drop_duplicates can't be 1"),
        ({"schema": {"roles": [["customer_id"]]}}, "schema.roles"),
        ({"schema": {"roles": [["colour", "a"]]}}, "no role 'colour'"),
        ({"naming": {"names": [["1", "VIP"]]}}, "naming.names can't be '1'"),
        ({"fit": {"seed": -1}}, "seed -1 is out of range"),
        ({"prepare": {"category_weight": "1"}}, "prepare.category_weight can't be '1'"),
        ({"prepare": {"category_weight": True}}, "prepare.category_weight can't be True"),
        ({"prepare": {"category_weight": 0}}, "0 can't be the weight of categories"),
        ({"prepare": {"category_weight": 5e-324}}, "above 0"),
        ({"prepare": {"category_weight": 10.5}}, "at most 10"),
        ({"prepare": {"category_weight": 10**400}}, "can't be the weight"),
        ({"prepare": {"category_weight": float("nan")}}, "nan can't be the weight"),
    ],
)
def test_unknown_and_mistyped_settings_are_refused_by_name(
    change: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Recipe.from_json(json.dumps({"recipe_version": 1, **change}))
    assert said in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "5",
        '"recipe"',
        "{}",
        '{"recipe_version": 2}',
        '{"recipe": {}}',
        '{"recipe": []}',
        "[" * 100_000,
        "9" * 5_000,
    ],
)
def test_other_files_are_no_recipes(text: str) -> None:
    with pytest.raises(SettingsError, match="recipe"):
        Recipe.from_json(text)


@pytest.mark.parametrize("k", [None, 2, LARGEST_K])
def test_k_within_bounds(k: int | None) -> None:
    assert ChooseSettings(k=k).k == k


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 1},
        {"k": 0},
        {"k": -3},
        {"k": LARGEST_K + 1},
        {"k_min": 1},
        {"k_min": 5, "k_max": 4},
        {"k_max": LARGEST_K + 1},
    ],
)
def test_k_out_of_bounds(wrong: dict[str, int]) -> None:
    with pytest.raises(SettingsError, match=f"{LARGEST_K}"):
        ChooseSettings(**wrong)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seed_out_of_bounds(seed: int) -> None:
    with pytest.raises(SettingsError, match="out of range"):
        FitSettings(seed=seed)


@pytest.mark.parametrize(
    "text",
    # The second and third are dates to Python's fromisoformat, and other dates or none to numpy.
    ["", "20260131", "2026-W05-6", "2026-02-30", "31/01/2026", "2026-01-31T00:00", "yesterday"],
)
def test_a_date_is_written_one_way(text: str) -> None:
    with pytest.raises(SettingsError, match="is not a date"):
        CleanSettings(as_of=text)


@pytest.mark.parametrize(
    "name",
    ["", "  ", "\t", "a\nb", "a\x00b", "\u202eabc", "\ud800", "x" * (LONGEST_NAME + 1)],
)
def test_names_fit_on_a_line(name: str) -> None:
    with pytest.raises(SettingsError, match="can't be the name of segment 3"):
        NameSettings(names=((3, name),))


def test_settings_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Recipe().choose.k = 3  # type: ignore[misc]


def test_with_stage_replaces_only_that_stage() -> None:
    before = Recipe(fit=FitSettings(seed=7))
    after = before.with_stage(choose=ChooseSettings(k=3))
    assert (after.fit.seed, after.choose.k, before.choose.k) == (7, 3, None)


@pytest.mark.parametrize("encoding", ["klingon", "rot13", "zlib", "undefined", "x\0y", ""])
def test_an_encoding_must_be_one_of_text(encoding: str) -> None:
    with pytest.raises(SettingsError, match="There is no encoding"):
        ReadSettings(encoding=encoding)
