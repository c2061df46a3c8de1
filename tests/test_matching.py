"""The same partition has the same names; a refit's segments are met again by their customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from segmentation.errors import SettingsError
from segmentation.matching import announce, carry_over, match
from segmentation.naming import name_segments
from segmentation.pipeline import run
from segmentation.reading import Source
from segmentation.results import Relation, Run, SegmentName
from segmentation.settings import (
    ChooseSettings,
    FitSettings,
    NameSettings,
    PrepareSettings,
    Recipe,
)

IDS = np.array([f"c{i}" for i in range(20)])


def labels(*sizes: int) -> np.ndarray:
    return np.repeat(np.arange(1, len(sizes) + 1), sizes)


def related(before: np.ndarray, after: np.ndarray) -> Relation:
    ids = np.array([f"c{i}" for i in range(len(before))])
    return match(ids, before, ids, after)


# One partition, one set of names

TABLES = {
    "mall-customers.csv": PrepareSettings(
        features=("Annual Income (k$)", "Spending Score (1-100)"), transform="none"
    ),
    "wholesale-customers.csv": PrepareSettings(
        features=("Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen"),
        transform="none",
    ),
}


def told(done: Run) -> tuple[dict[str, int], list[tuple[int, str, int]]]:
    ids = done.loaded.customers.ids[done.profiles.customers]
    return (
        dict(zip(ids.tolist(), done.profiles.labels.tolist(), strict=True)),
        [(name.segment_id, name.name, name.colour) for name in done.names],
    )


@pytest.mark.parametrize(
    ("table", "k"), [("mall-customers.csv", 5), ("wholesale-customers.csv", 5)]
)
def test_ids_and_names_are_those_of_the_partition(shared: Path, table: str, k: int) -> None:
    data = (shared / "data" / table).read_bytes()
    frame = pd.read_csv(shared / "data" / table, dtype=str)
    if "CustomerID" not in frame.columns:
        frame.insert(0, "CustomerID", [f"w{i}" for i in range(len(frame))])
        data = frame.to_csv(index=False).encode()
    recipe = Recipe(prepare=TABLES[table], choose=ChooseSettings(k=k))
    plain = told(run(Source(name=table, data=data), recipe))
    assert [segment_id for segment_id, _, _ in plain[1]] == list(range(1, k + 1))
    assert [colour for _, _, colour in plain[1]] == list(range(1, k + 1))
    for seed in range(1, 6):
        varied = recipe.with_stage(fit=FitSettings(seed=seed))
        assert told(run(Source(name=table, data=data), varied)) == plain
    for k_min, k_max in ((2, 3), (2, 10), (k, k + 2)):
        varied = recipe.with_stage(choose=ChooseSettings(k=k, k_min=k_min, k_max=k_max))
        assert told(run(Source(name=table, data=data), varied)) == plain
    for cores in (1, 2):
        with threadpool_limits(cores):
            assert told(run(Source(name=table, data=data), recipe)) == plain
    shuffled = frame.sample(frac=1, random_state=3).to_csv(index=False).encode()
    assert told(run(Source(name=table, data=shuffled), recipe)) == plain


# Which segments are the same


def jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


def members(ids: np.ndarray, segments: np.ndarray) -> dict[int, set[str]]:
    return {int(i): set(ids[segments == i].tolist()) for i in np.unique(segments)}


partitions = st.integers(1, 4).flatmap(
    lambda k: st.lists(st.integers(1, k), min_size=20, max_size=20)
)


@given(partitions, partitions, st.permutations(range(20)))
def test_a_relation_is_what_brute_force_says(
    before: list[int], after: list[int], order: list[int]
) -> None:
    old, new = np.array(before), np.array(after)
    found = match(IDS, old, IDS[order], new[order])
    one, other = members(IDS, old), members(IDS, new)
    overlap = {(i, j): jaccard(one[i], other[j]) for i in one for j in other}
    same = {pair: share for pair, share in overlap.items() if share > 0.5}
    assert set(found.pairs.items()) == set(same)
    assert all(found.overlaps[i] == pytest.approx(share) for (i, _), share in same.items())
    for i, own in one.items():
        parts = tuple(j for j, part in other.items() if len(part & own) * 2 > len(part))
        assert found.splits.get(i, parts if len(parts) < 2 else ()) == parts
    for j, own in other.items():
        parts = tuple(i for i, part in one.items() if len(part & own) * 2 > len(part))
        assert found.merges.get(j, parts if len(parts) < 2 else ()) == parts
    pairs = [(old[i] == old[j], new[i] == new[j]) for i, j in combinations(range(20), 2)]
    together = sum(a and b for a, b in pairs)
    first, second = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    chance, most = first * second / len(pairs), (first + second) / 2
    index = 1.0 if most == chance else (together - chance) / (most - chance)
    assert found.agreement == pytest.approx(index)
    assert found.customers == 20


def test_the_same_segments_under_other_numbers() -> None:
    found = related(labels(8, 7, 5), np.array([0, 3, 1, 2])[labels(8, 7, 5)])
    assert found.pairs == {1: 3, 2: 1, 3: 2}
    assert found.unchanged and not (found.splits or found.merges or found.new or found.gone)
    (line,) = announce(found, dict.fromkeys(range(1, 4), "x"), {})
    assert line == "The segments of 20 customers are the same as in the run before."


def test_a_split_and_a_merger_are_told_by_name() -> None:
    before = labels(12, 4, 4)
    after = np.concatenate([labels(7, 5), np.full(8, 3)])
    found = related(before, after)
    assert found.splits == {1: (1, 2)} and found.merges == {3: (2, 3)}
    assert not found.new and not found.gone
    lines = announce(found, {1: "Many", 2: "Few", 3: "Others"}, {1: "M", 2: "N", 3: "O"})
    assert "Segment 'Many' was split into 'M' and 'N'." in lines
    assert "Segments 'Few' and 'Others' were merged into 'O'." in lines


def test_new_and_gone_segments() -> None:
    before = labels(8, 8, 4)
    after = np.array([1] * 6 + [3] * 2 + [2] * 6 + [3] * 2 + [1, 1, 2, 2])
    found = related(before, after)
    assert found.pairs == {1: 1, 2: 2}
    assert found.new == (3,) and found.gone == (3,)
    names = {1: "a", 2: "b", 3: "c"}
    lines = announce(found, names, {**names, 3: "d"})
    assert "Segment 'd' is new." in lines and "Segment 'c' is gone." in lines
    assert lines[0].startswith("2 of 3 segments are still there")


def test_a_segment_that_took_more_from_another_is_not_the_one_before() -> None:
    """Of 27, 22 went to a segment that has 30 others: a name from before would be wrong there."""
    before = labels(27, 60)
    after = np.concatenate([labels(5, 22), np.full(30, 2), np.full(30, 3)])
    found = related(before, after)
    assert 1 not in found.pairs and 2 not in found.pairs.values()
    names = (named(1, "Keen"), named(2, "Steady"))
    assert carry_over(found, names).names == ()
    # Half and half: neither has more right to the name.
    assert related(labels(4, 2), np.array([1, 1, 2, 2, 3, 3])).pairs == {2: 3}


def named(segment_id: int, name: str) -> SegmentName:
    return SegmentName(
        segment_id=segment_id,
        name=name,
        given=True,
        found=name,
        reasons=(),
        description="",
        why="",
        action="",
        colour=segment_id,
    )


def test_only_customers_of_both_runs_are_compared() -> None:
    found = match(IDS[:15], labels(5, 5, 5), IDS[5:], labels(5, 10))
    assert found.customers == 10 and found.pairs == {2: 1, 3: 2} and found.unchanged
    assert found.gone == (1,)
    apart = match(IDS[:5], labels(5), IDS[5:], labels(15))
    assert apart.customers == 0 and apart.agreement is None and apart.pairs == {}
    assert announce(apart, {1: "a"}, {1: "b"}) == (
        "No customer of the run before is in a segment now.",
    )


# What goes over


def crowd(source_of: Callable[..., Source]) -> Source:
    rng = np.random.default_rng(5)
    rows = [
        f"{i},{rng.normal(30 * (i % 4), 2):.2f},{rng.normal(25 * (i % 4 // 2), 2):.2f}"
        for i in range(120)
    ]
    return source_of("\n".join(["id,age,spend", *rows]))


def whose(done: Run) -> tuple[np.ndarray, np.ndarray]:
    return done.loaded.customers.ids[done.profiles.customers], done.profiles.labels


def test_given_names_and_colours_go_over_to_the_matching_segments(
    source_of: Callable[..., Source],
) -> None:
    source = crowd(source_of)
    recipe = Recipe(
        choose=ChooseSettings(k=4), naming=NameSettings(names=((2, "Mine"), (4, "Yours")))
    )
    first = run(source, recipe)
    second = run(source, recipe.with_stage(choose=ChooseSettings(k=5), naming=NameSettings()))
    relation = match(*whose(first), *whose(second))
    assert relation.pairs.keys() == {1, 2, 3, 4}
    naming = carry_over(relation, first.names)
    names = name_segments(second.profiles, naming)
    by_id = {name.segment_id: name for name in names}
    for old, new in relation.pairs.items():
        assert by_id[new].colour == first.by_id()[old].colour
        assert by_id[new].given == first.by_id()[old].given
        if by_id[new].given:
            assert by_id[new].name == first.by_id()[old].name
    assert sorted(name.colour for name in names) == [1, 2, 3, 4, 5]
    kept = replace(second, recipe=second.recipe.with_stage(naming=naming), names=names)
    again = run(source, Recipe.from_json(kept.recipe.to_json()))
    assert [(n.name, n.colour) for n in again.names] == [(n.name, n.colour) for n in names]


def test_without_change_nothing_has_to_be_kept(source_of: Callable[..., Source]) -> None:
    done = run(crowd(source_of), Recipe(choose=ChooseSettings(k=4)))
    assert [name.colour for name in done.names] == [1, 2, 3, 4]
    relation = match(*whose(done), *whose(done))
    assert carry_over(relation, done.names) == NameSettings()


def test_a_recipe_with_more_colours_than_segments_is_no_error(
    source_of: Callable[..., Source],
) -> None:
    kept = NameSettings(colours=((1, 3), (9, 1)))
    done = run(crowd(source_of), Recipe(choose=ChooseSettings(k=3), naming=kept))
    assert [name.colour for name in done.names] == [3, 1, 2]


@pytest.mark.parametrize("colours", [((1, 2), (2, 2)), ((1, 0),), ((1, 1), (1, 1))])
def test_colours_that_can_not_be(colours: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(SettingsError, match="same colour"):
        NameSettings(colours=colours)
