"""Playbooks are sound as shipped; one with a mistake says where, and the built-in one serves."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import playbooks
from segmentation.__main__ import main
from segmentation.errors import SettingsError
from segmentation.exporting import customers_csv
from segmentation.naming import name_segments
from segmentation.pipeline import renamed, run
from segmentation.playbooks import BUILTIN, PLAYBOOK, choose_playbook, read_playbooks, suggest
from segmentation.reading import Source
from segmentation.results import Pattern, Playbook
from segmentation.settings import LONGEST_NAME, ChooseSettings, NameSettings, Recipe
from segmentation.vocabulary import LEVEL_WORDS, Trait
from tests.test_naming import difference_lists, level_maps, profiles_of, segment_of

ROOT = Path(__file__).parents[1]
SHIPPED = read_playbooks(BUILTIN.read_text(encoding="utf-8"), BUILTIN.name)
FIELDS = {"retail", "business", "subscriptions", "education", "health", "donors"}
each = pytest.mark.parametrize("book", SHIPPED, ids=lambda book: book.name)


def test_what_is_shipped_is_what_is_fallen_back_on() -> None:
    assert PLAYBOOK.read_bytes() == BUILTIN.read_bytes()
    assert {book.name for book in SHIPPED} == FIELDS
    assert SHIPPED[0].name == "retail"


def test_the_vocabulary_is_there() -> None:
    said = " ".join(pattern.name for pattern in SHIPPED[0].patterns).lower()
    for word in (
        *("vip", "regular", "budget", "target", "careful", "potential", "high-value"),
        *("cost-sensitive", "low-engagement", "champions", "loyal", "at risk", "hibernating"),
    ):
        assert word in said, word


@each
def test_every_text_is_a_sentence_in_the_words_of_the_field(book: Playbook) -> None:
    people = {word for other in SHIPPED for word in (other.words.customer.many,)}
    for pattern in book.patterns:
        assert 3 <= len(pattern.name) <= 60 and not pattern.name.endswith(".")
        for text in (pattern.description, pattern.why, pattern.action):
            assert text.endswith(".") and text[0].isupper(), text
        said = f"{pattern.name} {pattern.description} {pattern.why} {pattern.action}".lower()
        strangers = people - {book.words.customer.many}
        assert not {word for word in strangers if word in said.split()}, said


def places(pattern: Pattern) -> list[dict[str, str]]:
    """Every place on the traits that a pattern speaks of, where it fits."""
    traits = [name for name, _ in pattern.when]
    options = [sorted(allowed) for _, allowed in pattern.when]
    return [dict(zip(traits, place, strict=True)) for place in itertools.product(*options)]


def marks(pattern: Pattern) -> dict[str, str]:
    return {word: min(values) for word, values in pattern.mostly}


@each
def test_every_pattern_can_be_the_first_that_fits(book: Playbook) -> None:
    for i, pattern in enumerate(book.patterns):
        own = marks(pattern)
        assert any(
            not any(earlier.fits(place, own) for earlier in book.patterns[:i])
            for place in places(pattern)
        ), (i, pattern.name)
        assert all(pattern.fits(place, own) for place in places(pattern))


@each
def test_every_trait_can_be_told_from_a_name(book: Playbook) -> None:
    words = dict(book.means)
    for name in {name for pattern in book.patterns for name, _ in pattern.when}:
        own = [f"{word}_x" for word in words.get(name, ())]
        assert any(book.trait(column) == name for column in [name, f"{name}_score", *own]), name
        assert name in get_args(Trait) or name in words


@pytest.mark.parametrize("field", ["retail", "business", "donors"])
@pytest.mark.parametrize(
    "used",
    [("recency", "frequency", "monetary"), ("frequency", "monetary"), ("recency", "monetary")],
)
def test_the_usual_choices_of_features_always_find_a_pattern(
    field: str, used: tuple[str, ...]
) -> None:
    book = choose_playbook((), field).playbook
    for words in itertools.product(LEVEL_WORDS, repeat=len(used)):
        place = dict(zip(used, words, strict=True))
        assert any(pattern.fits(place, {}) for pattern in book.patterns), place


@given(
    st.sampled_from(SHIPPED),
    st.lists(st.tuples(level_maps, difference_lists), min_size=1, max_size=12),
)
def test_names_of_any_playbook_are_unique_and_stable(
    book: Playbook, drawn: list[tuple[dict[str, str], tuple[object, ...]]]
) -> None:
    segments = [
        segment_of(i, levels, differences)  # type: ignore[arg-type]
        for i, (levels, differences) in enumerate(drawn, start=1)
    ]
    profiles = profiles_of(segments)
    named = name_segments(profiles, None, book)
    assert len({name.name for name in named}) == len(named)
    assert named == name_segments(profiles, NameSettings(), book)
    for name in named:
        assert name.description and name.why and name.action
        NameSettings(names=((name.segment_id, name.name),))


# --- which one


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        (["CustomerID", "Gender", "Age", "Annual Income (k$)", "Spending Score (1-100)"], "retail"),
        (["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "Country"], "retail"),
        (["Channel", "Region", "Fresh", "Milk", "Grocery"], "retail"),
        ([], "retail"),
        (["id", "membership_years", "purchase_frequency"], "retail"),
        (["customerID", "tenure", "Contract", "MonthlyCharges", "Churn"], "subscriptions"),
        (["student_id", "reading score"], "education"),
        (["id", "gpa", "attendance_rate"], "education"),
        (["PatientId", "age"], "health"),
        (["id", "bmi", "glucose", "age"], "health"),
        (["donor", "last_gift_date"], "donors"),
        (["account_id", "industry", "turnover"], "business"),
        (["id", "plan"], "retail"),
    ],
)
def test_the_columns_suggest_a_playbook(columns: list[str], field: str) -> None:
    book, reason = suggest(columns, SHIPPED)
    assert book.name == field
    assert (field == "retail") == ("No column" in reason)
    if field != "retail":
        assert any(repr(column) in reason for column in columns)


def test_a_choice_goes_before_what_the_columns_suggest() -> None:
    found = choose_playbook(["student_id"], "health")
    assert (found.playbook.name, found.reason, found.note) == ("health", "You chose it", "")


@pytest.mark.parametrize("wanted", ["retial", "", "nowhere.toml", "../"])
def test_a_playbook_that_is_not_there(wanted: str) -> None:
    with pytest.raises(SettingsError):
        choose_playbook((), wanted)


# --- mistakes

SOUND = """
# a comment with acton
[shop]
title = "Shop"

[shop.words]
customer = ["guest", "guests"]

[shop.means]
comfort = ["stars"]

[[shop.pattern]]
when = { comfort = "high" }
name = "Spoiled"
description = "Used to the best."
why = "They notice."
action = "Upgrade them."

[[shop.pattern]]
when = { income = ["low", "average"] }
mostly = { channel = "web" }
name = "Thrifty"
description = "Careful."
why = "They compare."
action = "Match prices."
"""


def test_a_playbook_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SOUND, encoding="utf-8")
    found = choose_playbook(["student_id"], str(path))
    assert (found.playbook.name, found.note) == ("shop", "")
    assert found.playbook.words.customer.count(2) == "2 guests"
    assert found.playbook.trait("stars_mean") == "comfort"
    assert found.playbook.patterns[1].fits({"income": "very low"}, {"sales_channel": "Web"})
    assert not found.playbook.patterns[1].fits({"income": "very low"}, {"sales_channel": "shop"})


def line_of(text: str, part: str, which: int = 0) -> int:
    return [i for i, line in enumerate(text.splitlines(), 1) if part in line][which]


@pytest.mark.parametrize(
    ("sound", "wrong", "which", "key"),
    [
        ('action = "Match', 'acton = "Match', 0, "acton"),
        ("income =", "incom =", 0, "incom"),
        ('["low", "average"]', '["low", "avrage"]', 0, "income"),
        ('["low", "average"]', "3", 0, "income"),
        ('name = "Spoiled"', 'name = ""', 0, "name"),
        ('name = "Spoiled"', 'name = "two\\nlines"', 0, "name"),
        ('name = "Spoiled"', f'name = "{"x" * (LONGEST_NAME + 1)}"', 0, "name"),
        ('why = "They compare."', "why = 7", 0, "why"),
        ('why = "They compare."', "", None, "why"),
        ('customer = ["guest", "guests"]', 'customer = "guest"', 0, "customer"),
        ("customer =", "custmer =", 0, "custmer"),
        ('comfort = ["stars"]', "comfort = [1]", 0, "comfort"),
        ('title = "Shop"', 'titel = "Shop"', 0, "titel"),
        ('mostly = { channel = "web" }', 'mostly = "web"', 0, "mostly"),
        ('name = "Thrifty"', 'name = "Thrifty', 0, "name"),
        ('name = "Thrifty"', "name Thrifty", 0, "name Thrifty"),
        ('name = "Thrifty"', 'name = "A"\nname = "B"', 1, "name"),
    ],
)
def test_a_mistake_is_placed_and_the_built_in_playbook_serves(
    tmp_path: Path, sound: str, wrong: str, which: int | None, key: str
) -> None:
    assert sound in SOUND
    text = SOUND.replace(sound, wrong)
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    found = choose_playbook(["student_id"], str(path))
    assert found.playbook.name == "education"
    assert "built-in playbook is used" in found.note and "\n" not in found.note
    assert repr(key) in found.note
    if which is None:
        line = line_of(text, "[[shop.pattern]]", 1)
    else:
        line = line_of(text, wrong.splitlines()[which])
    assert f"mine.toml, line {line}," in found.note or f"mine.toml, line {line})" in found.note


@pytest.mark.parametrize("text", ["", "x = 1", "[shop]", "[shop]\npattern = 3", "[[shop]]\na=1"])
def test_a_file_without_a_playbook(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    found = choose_playbook((), str(path))
    assert found.playbook.name == "retail" and "line " in found.note


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(SOUND.replace("Spoiled", "Verwöhnt").encode("cp1252"))
    line = line_of(SOUND, "Spoiled")
    assert f"line {line}" in choose_playbook((), str(path)).note


def test_an_edited_playbook_with_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited = tmp_path / "playbook.toml"
    text = PLAYBOOK.read_text(encoding="utf-8").replace("[donors.words]", "[donors.wrods]")
    edited.write_text(text, encoding="utf-8")
    monkeypatch.setattr(playbooks, "PLAYBOOK", edited)
    found = choose_playbook((), "health")
    assert found.playbook == next(book for book in SHIPPED if book.name == "health")
    assert f"line {line_of(text, 'wrods')}" in found.note


@given(st.text(max_size=60), st.integers(0, len(SOUND)))
def test_no_text_is_more_than_a_mistake(inserted: str, at: int) -> None:
    said = "line "
    try:
        read_playbooks(SOUND[:at] + inserted + SOUND[at:], "mine.toml")
    except SettingsError as error:
        said = error.where + str(error)
    assert "line " in said and "\n" not in said


# --- in a run


def table(names: tuple[str, ...]) -> str:
    rows = [
        f"{i},{10 + i % 3},{90 - 40 * (i % 2) + i % 7},{20 + 60 * (i // 20) + i % 5}"
        for i in range(40)
    ]
    return "\n".join([",".join(names), *rows]) + "\n"


def test_the_recipe_keeps_the_playbook_and_the_summary_tells_it(tmp_path: Path) -> None:
    source, out = tmp_path / "a.csv", tmp_path / "o.csv"
    source.write_text(table(("student_id", "age", "exam", "study_hours")))
    summary, again = tmp_path / "s.json", tmp_path / "t.json"
    start = ["run", str(source), "--out", str(out), "--k", "4"]
    chosen = [*start, "--feature", "exam", "--feature", "study_hours"]
    assert main([*chosen, "--summary", str(summary)]) == 0
    told = json.loads(summary.read_text())
    assert told["playbook"]["name"] == "education" and told["playbook"]["customers"] == "students"
    assert {s["name"] for s in told["segments"]} == {
        "Thriving",
        "Working hard, not yet there",
        "Gifted, coasting",
        "At risk of dropping out",
    }
    assert main([*chosen, "--playbook", "health", "--summary", str(summary)]) == 0
    assert main([*start, "--recipe", str(summary), "--summary", str(again)]) == 0
    assert summary.read_bytes() == again.read_bytes()
    assert json.loads(again.read_text())["recipe"]["naming"]["playbook"] == "health"


def test_a_mistake_is_told_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, mine, summary = tmp_path / "a.csv", tmp_path / "mine.toml", tmp_path / "s.json"
    source.write_text(table(("id", "age", "spend", "visits")))
    mine.write_text(SOUND.replace("comfort =", "comfrt =", 1))
    start = ["run", str(source), "--out", str(tmp_path / "o.csv"), "--k", "2"]
    assert main([*start, "--playbook", str(mine), "--summary", str(summary)]) == 0
    said = capsys.readouterr().err
    assert sum("mine.toml, line" in line for line in said.splitlines()) == 1
    assert any("mine.toml, line" in note for note in json.loads(summary.read_text())["notes"])
    with pytest.raises(SystemExit) as stopped:
        main([*start, "--playbook", "retial"])
    assert stopped.value.code == 2


WILD = ["🦄 unicorns 🦄", 'it\'s "quoted"', "=cmd|'/c calc'!A1", "+1+1", "@x", "<b>x</b>", "%0A"]


def test_any_name_goes_with_the_segment_and_none_runs(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text(table(("id", "age", "spend", "visits")))
    found = run(source, Recipe(choose=ChooseSettings(k=2)))
    for one, other in itertools.pairwise(WILD):
        naming = NameSettings(names=((1, one), (2, other)), playbook="donors")
        named = renamed(found, naming)
        assert named.recipe.naming == naming and named.playbook.playbook.name == "donors"
        back = Recipe.from_json(named.recipe.to_json())
        assert [name.name for name in run(source, back).names] == [one, other]
        out = tmp_path / "o.csv"
        out.write_bytes(customers_csv(named))
        cells = set(pd.read_csv(out)["segment"])
        assert {cell.removeprefix("'") for cell in cells} == {one, other}
        assert not any(cell.startswith(("=", "+", "@", "%")) for cell in cells)


def test_a_name_of_ten_thousand_characters_is_refused_in_few_words() -> None:
    with pytest.raises(SettingsError) as refused:
        NameSettings(names=((1, "x" * 10_000),))
    assert len(str(refused.value)) < 200


MINE = (
    BUILTIN.read_text(encoding="utf-8")
    .replace("[retail", "[bakery")
    .replace('title = "Retail"', 'title = "Bakery"')
)


def test_a_recipe_can_hold_its_own_playbook(source_of: Callable[..., Source]) -> None:
    """The file it was read from is not needed again, and its words and names are those told."""
    told = NameSettings(playbook="bakery", playbook_text=MINE)
    recipe = Recipe.from_json(Recipe(choose=ChooseSettings(k=2), naming=told).to_json())
    found = run(source_of("id,spend\n1,10\n2,12\n3,90\n4,94\n"), recipe)
    assert found.playbook.playbook.title == "Bakery" and not found.playbook.note
    assert choose_playbook([], None, MINE).playbook.name == "bakery"
    assert choose_playbook([], "mine.toml", MINE).playbook.name == "bakery"


def test_a_typo_in_a_held_playbook_is_placed_and_the_built_in_one_used() -> None:
    lines = MINE.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("action"))
    lines[at] = lines[at].replace("action", "acton")
    found = choose_playbook(["gpa", "student_id"], "mine.toml", "\n".join(lines))
    assert f"mine.toml, line {at + 1}, key 'acton'" in found.note
    assert "built-in playbook is used" in found.note
    assert found.playbook.name == "education"
