"""Segments merged and split by hand stay a partition, and every step can be taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_samples

from segmentation.__main__ import main
from segmentation.errors import SegmentationError, SettingsError
from segmentation.exporting import customers_csv, summary, summary_json
from segmentation.pipeline import renamed, run, segment, turned
from segmentation.placing import place
from segmentation.reading import Source
from segmentation.results import Run, nearer_second
from segmentation.rules import rule_sets
from segmentation.settings import (
    ChooseSettings,
    FitSettings,
    NameSettings,
    Recipe,
    WheelSettings,
)
from segmentation.wheel import followed
from tests.turns import drawn_steps

MALL = Path(__file__).parents[1] / "data" / "mall.csv"
K = 5


@pytest.fixture(scope="module")
def found() -> Run:
    """Segments with all their trust."""
    return run(MALL, Recipe(choose=ChooseSettings(k=K)))


@pytest.fixture(scope="module")
def quick(found: Run) -> Run:
    """The same, not yet checked."""
    return segment(found.loaded, found.recipe, trust=False)


def steps(*taken: tuple[str, tuple[int, ...]]) -> WheelSettings:
    return WheelSettings(steps=taken)  # type: ignore[arg-type]


def members(of: Run) -> dict[int, set[int]]:
    """The customers of each segment, by its number."""
    numbers = of.segmentation.by_hand.numbers if of.segmentation.by_hand else range(1, K + 1)
    return {
        number: set(of.profiles.customers[of.profiles.labels == i].tolist())
        for i, number in enumerate(numbers, start=1)
    }


@st.composite
def some_steps(draw: st.DrawFn) -> WheelSettings:
    return steps(*drawn_steps(draw, K, 4))


@settings(max_examples=15, deadline=None)
@given(some_steps())
def test_every_way_of_turning_leaves_a_partition_that_can_be_told(
    quick: Run, wheel: WheelSettings
) -> None:
    try:
        now = turned(quick, wheel)
    except SettingsError:
        # A part of equal customers is not split; that this is said is looked at below.
        reject()
    by_hand, segmentation = now.segmentation.by_hand, now.segmentation
    assert by_hand is not None
    parts = members(now)
    assert sorted(i for own in parts.values() for i in own) == list(range(200))
    assert all(parts.values())
    before = members(quick)
    for number in set(before) & set(parts):
        if number not in {n for t in by_hand.turns for n in (t.kept, t.other)}:
            assert parts[number] == before[number]
    # From the centres found and the turns alone, every customer comes to their segment.
    rows = now.prepared.matrix
    far = ((rows[:, None, :] - by_hand.centres) ** 2).sum(axis=2)
    assert by_hand.follow(rows, far.argmin(axis=1) + 1).tolist() == segmentation.labels.tolist()
    own = [rows[segmentation.labels == i] for i in range(1, segmentation.k + 1)]
    assert np.allclose(segmentation.centres, [part.mean(axis=0) for part in own])
    spread = sum(((part - part.mean(axis=0)) ** 2).sum() for part in own)
    assert segmentation.inertia == pytest.approx(spread)
    widths = silhouette_samples(rows, segmentation.labels)
    assert segmentation.silhouette == pytest.approx(widths.mean())
    assert segmentation.segment_silhouettes == pytest.approx(
        [widths[segmentation.labels == i].mean() for i in range(1, segmentation.k + 1)]
    )
    assert [p.size for p in now.profiles.segments] == [len(part) for part in own]


def test_a_merger_is_the_union_under_the_first_ones_colour(found: Run) -> None:
    now = turned(found, steps(("merge", (4, 2))))
    before, parts = members(found), members(now)
    assert parts == {1: before[1], 3: before[3], 4: before[2] | before[4], 5: before[5]}
    assert [name.colour for name in now.names] == [1, 3, 4, 5]
    assert [name.segment_id for name in now.names] == [1, 2, 3, 4]


def test_a_split_is_two_means_and_the_larger_part_stays(found: Run) -> None:
    now = turned(found, steps(("split", (3,))))
    before, parts = members(found), members(now)
    assert parts[3] | parts[6] == before[3] and len(parts[3]) >= len(parts[6]) > 0
    assert [name.colour for name in now.names] == [1, 2, 3, 4, 5, 6]
    rows = found.prepared.matrix[found.segmentation.labels == 3]
    best = KMeans(2, n_init=50, random_state=0).fit(rows).inertia_
    after = now.segmentation.labels[found.segmentation.labels == 3]
    halves = [rows[after == i] for i in (3, 6)]
    assert sum(((h - h.mean(axis=0)) ** 2).sum() for h in halves) <= best * (1 + 1e-9)


def test_what_is_taken_back_leaves_the_same_bytes(found: Run) -> None:
    named = renamed(found, NameSettings(names=((2, "Ours"), (5, "Theirs"))))
    there = turned(named, steps(("merge", (1, 2)), ("split", (5,))))
    back = turned(there, WheelSettings())
    assert summary_json(back) == summary_json(named)
    assert customers_csv(back) == customers_csv(named)
    assert there.name_of()[4] == "Theirs" and "Ours" not in there.name_of().values()
    once = turned(there, steps(("merge", (1, 2))))
    assert summary_json(once) == summary_json(turned(named, steps(("merge", (1, 2)))))


def test_it_says_that_it_was_changed_by_hand(found: Run) -> None:
    now = turned(found, steps(("merge", (1, 2)), ("split", (5,))))
    firsts = [name.reasons[0] for name in now.names]
    assert firsts[0] == "changed by hand: segment 2 was merged into it"
    assert firsts[4] == "changed by hand: it was split off segment 5"
    assert not any("by hand" in first for first in firsts[1:3])
    (note,) = [note for note in summary(now)["notes"] if "by hand" in note]
    assert "after 5 segments were found" in note
    assert not any("by hand" in note for note in summary(found)["notes"])


def test_trust_is_found_anew_where_the_hand_was(found: Run) -> None:
    now = turned(found, steps(("merge", (1, 2)), ("split", (5,))))
    was, stabilities = found.segmentation.stabilities, now.segmentation.stabilities
    assert stabilities[1:3] == was[2:4]
    assert all(0 <= steady.low <= steady.mean <= steady.high <= 1 for steady in stabilities)
    quick = turned(segment(found.loaded, found.recipe, trust=False), steps(("merge", (1, 2))))
    assert quick.segmentation.stabilities == ()


def test_clear_groups_come_back_and_cuts_through_one_do_not(
    source_of: Callable[..., Source],
) -> None:
    """Two heaps of a pair each: a pair merged is steady, a heap cut in two is not."""
    rng = np.random.default_rng(3)
    heaps = np.concatenate([rng.normal(c, 0.5, (60, 2)) for c in ((0, 0), (9, 0), (0, 9))])
    rows = "\n".join(f"{i},{x:.4f},{y:.4f}" for i, (x, y) in enumerate(heaps))
    whole = run(source_of(f"id,a,b\n{rows}\n"), Recipe(choose=ChooseSettings(k=3)))
    now = turned(whole, steps(("merge", (1, 2)), ("split", (3,))))
    merged, large, small = now.segmentation.stabilities
    assert merged.mean > 0.99
    assert max(large.mean, small.mean) < 0.9


@pytest.mark.parametrize("method", ["ward", "gaussian", "hdbscan"])
def test_other_methods_are_turned_too(method: str, source_of: Callable[..., Source]) -> None:
    rng = np.random.default_rng(3)
    heaps = np.concatenate([rng.normal(c, 0.5, (60, 2)) for c in ((0, 0), (9, 0), (0, 9))])
    rows = "\n".join(f"{i},{x:.4f},{y:.4f}" for i, (x, y) in enumerate(heaps))
    recipe = Recipe(
        choose=ChooseSettings() if method == "hdbscan" else ChooseSettings(k=3),
        fit=FitSettings(method=method),  # type: ignore[arg-type]
        wheel=steps(("merge", (2, 3)), ("split", (1,))),
    )
    now = run(source_of(f"id,a,b\n{rows}\n"), recipe)
    assert now.segmentation.k == 3 and len(now.segmentation.stabilities) == 3
    assert now.segmentation.stabilities[1].mean > 0.95


def test_names_and_colours_go_by_number(found: Run) -> None:
    naming = NameSettings(names=((4, "Fourth"),), colours=((1, 4), (4, 1)))
    now = renamed(turned(found, steps(("merge", (1, 2)))), naming)
    assert now.name_of()[3] == "Fourth"
    assert [name.colour for name in now.names] == [4, 3, 1, 5]
    with pytest.raises(SettingsError, match="no segment 9 to name"):
        renamed(now, NameSettings(names=((9, "Nobody"),)))


@pytest.mark.parametrize(
    ("taken", "what"),
    [
        ((("merge", (1, 9)),), "no segment 9 to merge"),
        ((("merge", (1, 2)), ("split", (2,))), "no segment 2 to split"),
        (tuple(("merge", (1, i)) for i in range(2, K + 1)), "can leave 2 to 50"),
    ],
)
def test_steps_that_can_not_be_taken(found: Run, taken: tuple, what: str) -> None:
    with pytest.raises(SettingsError, match=what):
        turned(found, steps(*taken))


def test_customers_who_are_all_alike_are_not_split(source_of: Callable[..., Source]) -> None:
    text = "id,spend\n" + "".join(f"{i},{1 if i < 9 else 50 + i}\n" for i in range(12))
    recipe = Recipe(choose=ChooseSettings(k=2), wheel=steps(("split", (2,))))
    with pytest.raises(SettingsError, match="all alike"):
        run(source_of(text), recipe)


@pytest.mark.parametrize(
    "taken", [[["merge", [1]]], [["merge", [1, 1]]], [["split", [1, 2]]], [["spin", [1]]], [[1]]]
)
def test_steps_that_are_none(taken: list) -> None:
    told = Recipe().to_dict()
    told["wheel"]["steps"] = taken
    with pytest.raises(SegmentationError):
        Recipe.from_json(json.dumps(told))


def test_the_recipe_holds_it_and_the_command_line_does_it_again(found: Run, tmp_path: Path) -> None:
    wheel = steps(("merge", (5, 1)), ("split", (2,)))
    now = run(MALL, found.recipe.with_stage(wheel=wheel))
    told, out = tmp_path / "summary.json", tmp_path / "customers.csv"
    told.write_bytes(summary_json(now))
    assert Recipe.from_json(told.read_text()) == now.recipe
    again = tmp_path / "again.json"
    code = main(
        ["run", str(MALL), "--recipe", str(told), "--out", str(out), "--summary", str(again)]
    )
    assert code == 0
    assert out.read_bytes() == customers_csv(now)
    assert again.read_bytes() == told.read_bytes()


def test_of_a_run_not_checked_the_recipe_pins_the_number_found(found: Run) -> None:
    recipe = Recipe(wheel=steps(("merge", (1, 2))))
    now = segment(found.loaded, recipe, trust=False)
    assert summary(now)["recipe"]["choose"]["k"] == now.evidence.k == now.segmentation.k + 1


def test_one_customer_is_placed_by_the_same_way(found: Run) -> None:
    now = turned(found, steps(("merge", (1, 3)), ("split", (2,))))
    rules, customers = rule_sets(now)[0], now.loaded.customers
    for position, label in zip(now.profiles.customers[:60], now.profiles.labels, strict=False):
        cells = customers.frame.iloc[int(position)]
        one = {name: cells[name] for name in now.prepared.features}
        assert place(now, rules, one).nearest_id == label


@given(st.integers(0, 2**32 - 1))
def test_a_side_is_the_nearer_centre_however_the_rows_lie(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, centres = rng.normal(size=(40, 3)), rng.normal(size=(2, 3))
    sides = nearer_second(rows, centres)
    assert (sides == nearer_second(np.asfortranarray(rows), centres)).all()
    far = np.linalg.norm(rows[:, None] - centres, axis=2)
    clear = np.abs(far[:, 0] - far[:, 1]) > 1e-9
    assert (sides[clear] == (far[:, 1] < far[:, 0])[clear]).all()


def test_a_choice_of_segments_follows_its_customers(found: Run) -> None:
    """Merged or made whole, all of them are in it; step by step or at once."""
    taken = (
        ("split", (2,)),
        ("split", (6,)),
        ("merge", (1, 2)),
        ("merge", (4, 7)),
        ("split", (1,)),
    )
    runs = [turned(found, steps(*taken[:count])) for count in range(len(taken) + 1)]

    def follow(i: int, before: int, now: int) -> int:
        (end,) = followed([i], K, steps(*taken[:before]), steps(*taken[:now]))
        return end

    for step, (what, _) in enumerate(taken):
        for before, now in ((step, step + 1), (step + 1, step)):
            old, new = runs[before].profiles.labels, runs[now].profiles.labels
            for i in range(1, runs[before].segmentation.k + 1):
                inside = new[old == i] == follow(i, before, now)
                assert inside.all() if (what == "merge") == (before < now) else inside.any()
    last = len(taken)
    for i in range(1, K + 1):
        single = i
        for step in range(last):
            single = follow(single, step, step + 1)
        assert follow(i, 0, last) == single
    for i in range(1, runs[-1].segmentation.k + 1):
        single = i
        for step in range(last, 0, -1):
            single = follow(single, step, step - 1)
        assert follow(i, last, 0) == single
