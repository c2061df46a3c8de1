"""Rules retell the segments; a database that follows them finds the same customers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from segmentation import rules as grown
from segmentation.__main__ import main
from segmentation.errors import DataError
from segmentation.pipeline import load, run, segment
from segmentation.placing import Cell, place, selected
from segmentation.reading import Source
from segmentation.results import Condition, RuleSet, Run, SegmentRule
from segmentation.rule_texts import crm_filter, sentence, sql
from segmentation.rules import LEAVES_A_SEGMENT, between, choose_rules, rule_sets
from segmentation.settings import ChooseSettings, FitSettings, PrepareSettings, Recipe
from tests.counts import examples

MALL = ("Annual Income (k$)", "Spending Score (1-100)")
HOSTILE = 'a"; DROP TABLE c; --'
QUOTES = "Robert'); DELETE FROM c;--\\"


def found_in_sqlite(frame: pd.DataFrame, where: str) -> np.ndarray:
    """Positions of the rows of a table that a condition selects."""
    names = ", ".join('"' + str(name).replace('"', '""') + '"' for name in frame.columns)
    with sqlite3.connect(":memory:") as database:
        database.execute(f"CREATE TABLE c ({names}, __row)")
        marks = ", ".join("?" * (len(frame.columns) + 1))
        rows = [
            [None if cell != cell or cell == "" else cell for cell in row]
            for row in frame.astype(object).to_numpy().tolist()
        ]
        database.executemany(
            f"INSERT INTO c VALUES ({marks})", [[*row, i] for i, row in enumerate(rows)]
        )
        chosen = database.execute(f"SELECT __row FROM c WHERE {where} ORDER BY __row")
        return np.array([row[0] for row in chosen], dtype=int)


def by_hand(run_: Run, rules: RuleSet) -> np.ndarray:
    """Segment of each customer by the plain condition lists, 0 for none."""
    given_ = np.zeros(len(run_.loaded.customers.frame), dtype=int)
    tests: dict[str, Callable[[object, object], bool]] = {
        "above": lambda cell, bound: cell > bound,  # type: ignore[operator]
        "at most": lambda cell, bound: cell <= bound,  # type: ignore[operator]
        "one of": lambda cell, values: cell in values,  # type: ignore[operator]
        "known": lambda _, __: True,
    }

    def passes(row: dict[str, object], line: dict[str, object]) -> bool:
        cell = row[str(line["field"])]
        if cell != cell or cell == "":
            return bool(line["or_missing"])
        return tests[str(line["operator"])](cell, line["value"])

    for i, row in enumerate(run_.loaded.customers.frame.to_dict("records")):
        own = {str(name): cell for name, cell in row.items()}
        for rule in rules.rules:
            if any(all(passes(own, line) for line in way) for way in crm_filter(rule)):
                assert given_[i] == 0, "two rules find the same customer"
                given_[i] = rule.segment_id
    return given_


def check(run_: Run, rules: RuleSet) -> None:
    """Hold rules, their SQL and their condition lists against each other and the segments."""
    frame = run_.loaded.customers.frame
    given_ = by_hand(run_, rules)
    labels, positions = run_.profiles.labels, run_.profiles.customers
    for rule in rules.rules:
        expected = np.flatnonzero(given_ == rule.segment_id)
        assert np.flatnonzero(selected(run_, rule)).tolist() == expected.tolist()
        assert found_in_sqlite(frame, sql(rule)).tolist() == expected.tolist()
        own = labels == rule.segment_id
        hit = given_[positions] == rule.segment_id
        assert rule.customers == hit.sum()
        assert rule.coverage == pytest.approx((own & hit).sum() / own.sum())
        if hit.any():
            assert rule.precision == pytest.approx((own & hit).sum() / hit.sum())
        else:
            assert rule.precision is None and "No rule" in sentence(rule)
    assert rules.fidelity == pytest.approx((given_[positions] == labels).mean())
    # Every segmented customer has an answer.
    assert (given_[positions] > 0).all()


@pytest.fixture(scope="module")
def mall(shared: Path) -> Run:
    recipe = Recipe(prepare=PrepareSettings(features=MALL), choose=ChooseSettings(k=5))
    return run(shared / "data/mall-customers.csv", recipe)


def test_mall_in_five_leaves_and_in_eight(mall: Run) -> None:
    sets = rule_sets(mall)
    five = choose_rules(sets)
    assert (five.leaves, five.fidelity) == (5, 0.975)
    bounds: dict[str, set[float]] = {}
    for rule in five.rules:
        for condition in rule.paths[0]:
            said = {condition.above, condition.at_most} - {None}
            bounds.setdefault(condition.feature, set()).update(float(b) for b in said if b)
    assert bounds == {MALL[0]: {39.5, 69.5}, MALL[1]: {50.5, 51.5}}
    assert max(found.fidelity for found in sets if found.depth <= 4) == 0.995
    for found in sets:
        check(mall, found)


@pytest.mark.parametrize("features", [(), ("Fresh", "Grocery", "Channel")])
def test_wholesale(shared: Path, features: tuple[str, ...]) -> None:
    recipe = Recipe(
        prepare=PrepareSettings(features=features, transform="log"), choose=ChooseSettings(k=3)
    )
    finished = run(shared / "data/wholesale-customers.csv", recipe)
    for found in rule_sets(finished):
        check(finished, found)


def test_each_size_is_the_best_first_tree_of_scikit_learn(mall: Run) -> None:
    """Its own thresholds are midpoints, which part the same customers."""
    by_leaves = {found.leaves: found.fidelity for found in rule_sets(mall)}
    for leaves in range(5, 21):
        alone = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0)
        alone.fit(mall.prepared.original, mall.segmentation.labels)
        score = alone.score(mall.prepared.original, mall.segmentation.labels)
        assert choose_rules(rule_sets(mall), leaves).fidelity == pytest.approx(score)
    assert min(by_leaves) == 5


def test_more_leaves_are_never_less_faithful(mall: Run) -> None:
    sets = rule_sets(mall)
    for fewer, more in pairwise(sets):
        assert fewer.leaves < more.leaves <= LEAVES_A_SEGMENT * 5
        assert fewer.fidelity <= more.fidelity
    assert choose_rules(sets, 1) is sets[0]
    assert choose_rules(sets, 999) is sets[-1]
    assert choose_rules(sets, sets[1].leaves) is sets[1]


def test_a_tree_grown_on_a_sample_is_measured_on_all(
    mall: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grown, "LARGEST_SAMPLE", 60)
    sets = rule_sets(mall)
    for found in sets:
        check(mall, found)
    assert sets[-1].fidelity < 1


def odd_table(count: int = 150, seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    group = np.arange(count) % 3
    frame = pd.DataFrame(
        {
            "id": [f"c{i}" for i in range(count)],
            HOSTILE: np.round(20 + 15 * group + generator.normal(0, 2, count), 2),
            "select": np.round(1e-5 * (group == 2) + 1e-6 * generator.random(count), 9),
            "Größe 'x'": np.array([QUOTES, 'say "hi"', "naïve 🙂"])[group],
        }
    )
    frame.loc[generator.random(count) < 0.15, HOSTILE] = np.nan
    frame.loc[generator.random(count) < 0.15, "Größe 'x'"] = ""
    return frame


@pytest.mark.parametrize("missing", ["median", "mean", "mode", "drop"])
@pytest.mark.parametrize("outliers", ["keep", "cap", "set-aside"])
def test_gaps_categories_and_odd_names(
    source_of: Callable[..., Source], missing: str, outliers: str
) -> None:
    features = (HOSTILE, "select", "Größe 'x'")
    prepare = PrepareSettings(features=features, missing=missing, outliers=outliers)  # type: ignore[arg-type]
    recipe = Recipe(prepare=prepare, choose=ChooseSettings(k=4))
    finished = run(source_of(odd_table().to_csv(index=False)), recipe)
    assert set(finished.prepared.features) == set(features)
    for found in rule_sets(finished):
        check(finished, found)
        if missing == "drop":
            # Who was left out of the segments for a gap is in no rule either.
            for rule in found.rules:
                gaps = finished.loaded.customers.frame[HOSTILE].isna().to_numpy()
                assert not selected(finished, rule)[gaps].any()


cells = st.one_of(
    st.none(),
    st.integers(-5, 5).map(float),
    st.floats(-1e6, 1e6, allow_subnormal=False),
    st.sampled_from([0.1, 0.1 + 2**-56, 1e-9, 1e15, -1e15]),
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), max_size=4)
labels = st.sampled_from(["", "a", "A", "it's", '"', "--", "%", "x;y"])


@settings(max_examples=examples(60))
@given(
    st.lists(st.tuples(cells, cells, labels), min_size=8, max_size=40),
    st.lists(texts.filter(bool), min_size=2, max_size=2, unique_by=str.casefold),
    st.integers(2, 4),
)
def test_any_table_and_any_names(
    rows: list[tuple[float | None, float | None, str]], names: list[str], k: int
) -> None:
    frame = pd.DataFrame(rows, columns=[*names, "kind of text"])
    source = Source(name="a.csv", data=frame.to_csv(index=False).encode())
    try:
        loaded = load(source, Recipe())
        usable = (*loaded.customers.numeric, *loaded.customers.categories)
        recipe = Recipe(prepare=PrepareSettings(features=usable), choose=ChooseSettings(k=k))
        made = segment(loaded, recipe, trust=False)
    except DataError:
        return
    for found in rule_sets(made):
        check(made, found)


@given(st.floats(-1e15, 1e15), st.floats(-1e15, 1e15))
def test_a_threshold_parts_what_it_is_to_part(one: float, other: float) -> None:
    low, high = sorted((one, other))
    if low < high:
        assert low <= between(low, high) < high


def test_a_threshold_between_neighbouring_numbers() -> None:
    low = 0.1
    assert between(low, float(np.nextafter(low, 1))) == low


def test_the_method_does_not_matter(shared: Path) -> None:
    recipe = Recipe(
        prepare=PrepareSettings(features=MALL),
        choose=ChooseSettings(k=5),
        fit=FitSettings(method="dbscan"),
    )
    finished = run(shared / "data/mall-customers.csv", recipe)
    for found in rule_sets(finished):
        check(finished, found)


# --- one customer


def test_each_customer_is_placed_as_the_rules_and_the_centres_say(mall: Run) -> None:
    rules = choose_rules(rule_sets(mall))
    given_ = by_hand(mall, rules)
    segment = dict(zip(mall.profiles.customers, mall.profiles.labels, strict=True))
    for i, row in enumerate(mall.loaded.customers.frame[list(MALL)].to_dict("records")):
        placed = place(mall, rules, {str(name): cell for name, cell in row.items()})
        assert placed.segment_id == given_[i]
        # K-Means leaves each customer with the nearest centre.
        assert placed.nearest_id == segment[i]
        assert placed.conditions in rules.rules[given_[i] - 1].paths
        assert min(placed.distances) == placed.distances[placed.nearest_id - 1]


def test_a_customer_with_gaps_and_a_new_category(source_of: Callable[..., Source]) -> None:
    features = (HOSTILE, "select", "Größe 'x'")
    recipe = Recipe(prepare=PrepareSettings(features=features), choose=ChooseSettings(k=3))
    finished = run(source_of(odd_table().to_csv(index=False)), recipe)
    rules = rule_sets(finished)[-1]
    fill = finished.prepared.columns[0].fill
    row: dict[str, Cell] = {"select": "0.000001", "Größe 'x'": QUOTES}
    assert place(finished, rules, row) == place(finished, rules, {**row, HOSTILE: fill})
    new = place(finished, rules, {**row, "Größe 'x'": "never seen"})
    asked = {c.feature for rule in rules.rules for way in rule.paths for c in way}
    assert "Größe 'x'" not in asked or new.segment_id is None or new.conditions


@pytest.mark.parametrize(
    ("value", "said"),
    [("many", "'many' is not a number"), (np.inf, "not a number"), (None, "has no 'spend'")],
)
def test_a_customer_that_cannot_be_placed(
    source_of: Callable[..., Source], value: Cell, said: str
) -> None:
    data = "id,spend\n1,10\n2,12\n3,90\n4,94\n"
    finished = run(source_of(data), Recipe(choose=ChooseSettings(k=2)))
    with pytest.raises(DataError, match=said):
        place(finished, rule_sets(finished)[0], {"spend": value})


# --- files


def test_the_file_of_rules(shared: Path, tmp_path: Path) -> None:
    path, out, rules = shared / "data/mall-customers.csv", tmp_path / "o.csv", tmp_path / "r.json"
    features = [part for name in MALL for part in ("--feature", name)]
    arguments = ["run", str(path), "--out", str(out), "--rules", str(rules), "--k", "5", *features]
    assert main(arguments) == 0
    told = json.loads(rules.read_text(encoding="utf-8"))
    table = pd.read_csv(out)
    assert told["fidelity"] == 0.975
    agreeing = 0
    for rule in told["rules"]:
        chosen = found_in_sqlite(table, rule["sql"])
        own = table["segment_id"].to_numpy()[chosen] == rule["segment_id"]
        agreeing += own.sum()
        assert rule["precision"] == pytest.approx(own.mean())
        size = (table["segment_id"] == rule["segment_id"]).sum()
        assert rule["coverage"] == pytest.approx(own.sum() / size)
        assert rule["name"] in set(table["segment"])
        assert rule["stability"] >= 0.96 and rule["trust"] == "highly stable"
    assert agreeing / len(table) == told["fidelity"]
    before = rules.read_bytes()
    assert main(arguments) == 0 and rules.read_bytes() == before


def test_the_file_of_rules_is_no_other_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "same"
    with pytest.raises(SystemExit):
        main(["run", "a.csv", "--out", str(out), "--rules", str(out)])
    assert "same file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("count", "denied", "said"),
    [(2, 0, "Kind is c0 or c1"), (4, 1, "Kind other than d0"), (8, 0, "c4 or 3 more")],
)
def test_categories_in_a_sentence(count: int, denied: int, said: str) -> None:
    condition = Condition(
        feature="kind",
        among=tuple(f"c{i}" for i in range(count)),
        other_than=tuple(f"d{i}" for i in range(denied)),
    )
    rule = SegmentRule(segment_id=1, paths=((condition,),), customers=1, coverage=1, precision=1)
    assert said in sentence(rule)
