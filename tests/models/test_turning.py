"""Models of segments merged and split by hand: the fit's labels, and how clear they are."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from segmentation.__main__ import main
from segmentation.errors import DataError, ModelError, SettingsError
from segmentation.exporting import customers_csv, summary_json
from segmentation.models.explaining import reasons
from segmentation.models.files import dump_model, parse_model, read_model
from segmentation.models.loading import fit_file
from segmentation.models.making import make_model
from segmentation.models.moving import move
from segmentation.models.pipeline_out import pipeline_joblib
from segmentation.models.placing import place_rows, prepared_rows
from segmentation.models.refitting import refit, relate
from segmentation.models.scoring import score, score_rows
from segmentation.models.turning import Led, lead, spots
from segmentation.pipeline import turned
from segmentation.reading import Source
from segmentation.results import Model, ModelTurn, Run
from segmentation.settings import (
    ChooseSettings,
    FitSettings,
    NameSettings,
    PrepareSettings,
    Recipe,
    WheelSettings,
)
from segmentation.values import Floats
from tests.counts import examples
from tests.models.modelling import DATA, MALL, forged, mall_model, run_of, spread_table, table
from tests.turns import drawn_steps

STEPS: WheelSettings = WheelSettings(
    steps=(("merge", (4, 2)), ("split", (3,)), ("split", (4,)), ("merge", (1, 6)))
)
FLIPS = 500


def mall_recipe(steps: WheelSettings = STEPS) -> Recipe:
    return Recipe(prepare=PrepareSettings(features=MALL), choose=ChooseSettings(k=5), wheel=steps)


@cache
def mall_run() -> Run:
    return run_of(DATA / "mall.csv", mall_recipe())


@cache
def model_by_hand() -> Model:
    return make_model(mall_run(), by="Ada")


@st.composite
def tables_and_recipes(draw: st.DrawFn) -> tuple[Source, Recipe]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.integers(20, 90))
    columns: dict[str, Any] = {"id": range(rows)}
    for i in range(draw(st.integers(1, 3))):
        values = rng.normal(4.0 * rng.integers(3, size=rows), 1.0)
        columns[f"f{i}"] = np.round(values, draw(st.sampled_from([0, 3, 9]))).tolist()
    if draw(st.booleans()):
        columns["kind"] = rng.choice(["a", "b", "c"], rows).tolist()
    prepare = PrepareSettings(
        transform=draw(st.sampled_from(["none", "rank", "yeo-johnson"])),
        outliers=draw(st.sampled_from(["keep", "cap", "set-aside"])),
        features=tuple(name for name in columns if name != "id"),
    )
    k = draw(st.integers(2, 5))
    wheel = WheelSettings(steps=drawn_steps(draw, k, 5))  # type: ignore[arg-type]
    return table(columns), Recipe(prepare=prepare, choose=ChooseSettings(k=k), wheel=wheel)


@settings(max_examples=25, deadline=None)
@given(tables_and_recipes())
def test_the_training_file_gets_the_labels_of_the_fit(given_: tuple[Source, Recipe]) -> None:
    source, recipe = given_
    try:
        found = run_of(source, recipe.as_found())
        make_model(found)
        run = turned(found, recipe.wheel)
    except (DataError, ModelError, SettingsError):
        # Too few that differ, or somebody stands right between two of those found.
        reject()
    model = make_model(run)
    data = dump_model(model)
    assert parse_model(data) == model and dump_model(parse_model(data)) == data
    assert model.self_tests
    scored = score(model, source)
    assert np.array_equal(scored.positions, run.profiles.customers)
    assert np.array_equal(scored.places.segment_ids, run.profiles.labels)
    outside = np.bincount(scored.places.segment_ids[scored.places.outside], minlength=model.k + 1)
    assert (outside[1:] <= 0.01 * np.array(run.segmentation.sizes())).all()


def test_a_search_that_stops_early_is_led_on_from_its_last_round() -> None:
    rng = np.random.default_rng(5)
    source = table({f"f{i}": rng.uniform(0, 1, 30_000).tolist() for i in range(3)})
    wheel = WheelSettings(steps=(("merge", (1, 3)), ("split", (2,))))
    run = run_of(source, Recipe(choose=ChooseSettings(k=7), wheel=wheel))
    assert run.segmentation.points is not None
    model = make_model(run)
    assert np.array_equal(score(model, source).segment_ids, run.profiles.labels)


@pytest.mark.parametrize("method", ["ward", "gaussian"])
def test_what_no_centre_tells_is_refused_as_before(method: str) -> None:
    recipe = mall_recipe().with_stage(fit=FitSettings(method=method))  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="Use K-Means to save a model"):
        make_model(run_of(DATA / "mall.csv", recipe))


def test_clear_clouds_of_another_method_are_led_on_too() -> None:
    source = table(spread_table(300, seed=1))
    wheel = WheelSettings(steps=(("split", (2,)), ("merge", (1, 3))))
    recipe = Recipe(choose=ChooseSettings(k=3), fit=FitSettings(method="ward"), wheel=wheel)
    run = run_of(source, recipe)
    assert np.array_equal(score(make_model(run), source).segment_ids, run.profiles.labels)


# What a decision costs, followed by plain recursion, a row at a time.


def distances(row: Floats, points: Floats) -> list[float]:
    return [float(np.sqrt(((row - point) ** 2).sum())) for point in points]


def margin(near: float, far: float) -> float:
    return 1 - near / far if far > 0 else 0.0


def ways(model: Model, row: Floats) -> Iterator[tuple[int, tuple[float, ...], float]]:
    """Every way to a number: the number, the margins of what is decided otherwise, and where."""
    found = distances(row, np.array(model.points))
    nearest = int(np.argmin(found))

    def on(number: int, others: tuple[float, ...], at: float, rest: tuple[ModelTurn, ...]) -> Any:
        if not rest:
            yield number, others, at
            return
        turn, *after = rest
        if turn.centres is None:
            now = turn.kept if number == turn.other else number
            yield from on(now, others, at, tuple(after))
        elif number != turn.kept:
            yield from on(number, others, at, tuple(after))
        else:
            halves = distances(row, np.array(turn.centres))
            own = int(halves[1] < halves[0])
            for half, next_number in enumerate((turn.kept, turn.other)):
                flip = () if half == own else (margin(halves[own], halves[half]),)
                yield from on(next_number, (*others, *flip), halves[half], tuple(after))

    for start, far in enumerate(found):
        flip = () if start == nearest else (margin(found[nearest], far),)
        yield from on(start + 1, flip, far, model.turns)


def model_of(points: Floats, turns: tuple[ModelTurn, ...]) -> Model:
    """Any points and steps, in the units they are in."""
    base = mall_model()
    model = replace(base, points=tuple(map(tuple, points.tolist())), turns=turns)
    segments = (base.segments[0],) * len(model.numbers)
    return replace(model, segments=segments)


@st.composite
def models_and_rows(draw: st.DrawFn) -> tuple[Model, Floats]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    columns, k = draw(st.integers(1, 3)), draw(st.integers(2, 5))
    taken = drawn_steps(draw, k, 5) if draw(st.booleans()) else ()
    turns, following = [], k + 1
    for what, named in taken:
        if what == "merge":
            turns.append(ModelTurn(kept=named[0], other=named[1], centres=None))
        else:
            first, second = map(tuple, rng.normal(size=(2, columns)).tolist())
            turns.append(ModelTurn(kept=named[0], other=following, centres=(first, second)))
            following += 1
    points = rng.normal(size=(k, columns))
    rows = rng.normal(size=(12, columns))
    rows[0] = points[0]
    return model_of(points, tuple(turns)), rows


@settings(max_examples=examples(60), deadline=None)
@given(models_and_rows())
def test_margins_and_runners_up_are_those_of_every_way_followed(
    given_: tuple[Model, Floats],
) -> None:
    model, rows = given_
    led = lead(model, np.array(model.points), rows.T)
    at = spots(np.array(model.points), model.turns)
    for i, row in enumerate(rows):
        every = list(ways(model, row))
        ((number, _, distance),) = [way for way in every if not way[1]]
        assert model.numbers[led.segment_ids[i] - 1] == number
        assert np.sqrt(led.squares[i]) == pytest.approx(distance)
        costs = {other: max(flips) for other, flips, _ in sorted(every, key=cost)[::-1] if flips}
        costs.pop(number, None)
        assert led.margins[i] == pytest.approx(min(costs.values()), abs=1e-9)
        runner_up = model.numbers[led.runner_up_ids[i] - 1]
        assert runner_up != number and costs[runner_up] == pytest.approx(led.margins[i], abs=1e-9)
        near, far = distances(row, at[[led.own[i], led.rival[i]]])
        assert margin(near, far) == pytest.approx(led.margins[i], abs=1e-9)


def cost(way: tuple[int, tuple[float, ...], float]) -> float:
    return max(way[1], default=0.0)


@settings(max_examples=examples(60), deadline=None)
@given(models_and_rows())
def test_the_closest_single_decision_is_the_margin_where_nothing_is_merged_after_a_split(
    given_: tuple[Model, Floats],
) -> None:
    model, rows = given_
    kinds = [turn.centres is None for turn in model.turns]
    mergers_come_first = kinds == sorted(kinds, reverse=True)
    led = lead(model, np.array(model.points), rows.T)
    for i, row in enumerate(rows):
        every = list(ways(model, row))
        ((number, _, _),) = [way for way in every if not way[1]]
        single = [flips[0] for other, flips, _ in every if len(flips) == 1 and other != number]
        assert led.margins[i] <= min(single, default=1.0) + 1e-9
        if mergers_come_first:
            assert led.margins[i] == pytest.approx(min(single), abs=1e-9)


@pytest.mark.parametrize(
    ("file", "prepare", "k"),
    [
        ("mall.csv", PrepareSettings(), 5),
        ("shop.csv", PrepareSettings(transform="rank", outliers="cap"), 4),
        ("orders.csv", PrepareSettings(features=("recency_days", "country")), 6),
        ("wholesale.csv", PrepareSettings(transform="yeo-johnson", scaler="minmax"), 2),
    ],
)
def test_without_steps_both_paths_agree(file: str, prepare: PrepareSettings, k: int) -> None:
    run = run_of(DATA / file, Recipe(prepare=prepare, choose=ChooseSettings(k=k)))
    model = make_model(run)
    frame = run.loaded.customers.frame.iloc[run.profiles.customers]
    features = {
        name: frame[name].to_numpy(dtype=object if name in model.categories else float)
        for name in model.features
    }
    same_led(model, features)


def same_led(model: Model, features: dict[str, Any]) -> None:
    places = place_rows(model, features).places
    led: Led = lead(model, np.array(model.points), prepared_rows(model, features).T)
    assert np.array_equal(led.segment_ids, places.segment_ids)
    clear = np.abs(np.diff(nearest_three(model, features)[:, 1:], axis=1))[:, 0] > 1e-9
    assert np.array_equal(led.runner_up_ids[clear], places.runner_up_ids[clear])
    assert np.allclose(np.sqrt(led.squares), places.distances, rtol=1e-6, atol=1e-9)
    assert np.allclose(led.margins, places.margins, atol=1e-6)


def nearest_three(model: Model, features: dict[str, Any]) -> Floats:
    rows = prepared_rows(model, features)
    far = np.linalg.norm(rows[:, None] - np.array(model.points), axis=2)
    none = np.full((len(rows), 1), np.inf)
    return np.sort(np.hstack([far, none]), axis=1)[:, :3]


def test_without_steps_both_paths_agree_on_the_points_themselves() -> None:
    """There every other point is infinitely farther off, and one of them is still the nearest."""
    source = table({"id": range(6), "a": [0, 0, 5, 5, 40, 90], "b": [1, 1, 2, 2, 9, 3]})
    model = make_model(run_of(source, Recipe(choose=ChooseSettings(k=4))))
    fitted = fit_file(model, source)
    assert (place_rows(model, fitted.features).places.margins == 1.0).all()
    same_led(model, fitted.features)


def on_a_line(*turns: ModelTurn) -> tuple[Model, Floats]:
    points = np.array([[0.0], [2.0], [10.0]])
    return model_of(points, turns), points


def test_a_merged_segment_has_no_border_within() -> None:
    model, points = on_a_line(ModelTurn(kept=1, other=2, centres=None))
    led = lead(model, points, np.array([[1.0, 0.5, 6.0]]))
    assert led.segment_ids.tolist() == [1, 1, 1]
    assert led.runner_up_ids.tolist() == [2, 2, 2]
    assert led.margins == pytest.approx([1 - 1 / 9, 1 - 0.5 / 9.5, 0.0])
    # To the point found that they are nearest to.
    assert np.sqrt(led.squares) == pytest.approx([1.0, 0.5, 4.0])


def test_the_border_of_a_split_is_one_within_its_segment_only() -> None:
    split = ModelTurn(kept=3, other=4, centres=((9.0,), (11.0,)))
    model, points = on_a_line(split)
    led = lead(model, points, np.array([[10.0, 10.5, 12.0, 7.0, 0.5]]))
    assert led.segment_ids.tolist() == [3, 4, 4, 3, 1]
    assert led.runner_up_ids.tolist() == [4, 3, 3, 2, 2]
    assert led.margins == pytest.approx([0.0, 1 - 0.5 / 1.5, 1 - 1 / 3, 1 - 3 / 5, 1 - 0.5 / 1.5])
    assert np.sqrt(led.squares) == pytest.approx([1.0, 0.5, 1.0, 2.0, 0.5])


def test_where_one_decision_leads_nowhere_else_two_must_be_the_other_way() -> None:
    """All points found lead into the one segment; the other is a half of the farthest."""
    split = ModelTurn(kept=3, other=4, centres=((9.0,), (11.0,)))
    merged = [ModelTurn(kept=1, other=i, centres=None) for i in (2, 3)]
    model, points = on_a_line(split, *merged)
    led = lead(model, points, np.array([[0.5]]))
    assert (led.segment_ids[0], led.runner_up_ids[0]) == (1, 2)
    assert led.margins[0] == pytest.approx(max(1 - 0.5 / 9.5, 1 - 8.5 / 10.5))


def test_a_row_does_not_depend_on_the_others() -> None:
    model = model_by_hand()
    rng = np.random.default_rng(0)
    features = {name: rng.uniform(0, 150, 300_000) for name in MALL}
    together = place_rows(model, features).places
    for start, width in ((0, 1), (131_070, 4_000), (262_140, 12), (299_000, 1_000)):
        part = slice(start, start + width)
        alone = place_rows(model, {name: cells[part] for name, cells in features.items()}).places
        for name in ("segment_ids", "runner_up_ids", "squares", "margins", "outside"):
            assert np.array_equal(getattr(alone, name), getattr(together, name)[part])


def test_reasons_hold_the_two_points_of_the_decision_against_each_other() -> None:
    model = model_by_hand()
    scored = score(model, DATA / "mall.csv")
    rows = prepared_rows(model, scored.features)
    led = lead(model, np.array(model.points), rows.T)
    at = spots(np.array(model.points), model.turns)
    splits = 0
    for row in range(0, 200, 7):
        found = reasons(model, scored, row)
        assert {reason.feature for reason in found} == set(MALL)
        assert sum(reason.pull for reason in found) > 0
        assert all("this part of the segment" in reason.text for reason in found)
        own = at[led.own[row]] * [c.scale for c in model.columns] + [c.shift for c in model.columns]
        shown = {reason.feature: reason.own for reason in found}
        assert shown == {name: f"{value:,.4g}" for name, value in zip(MALL, own, strict=True)}
        splits += led.rival[row] >= len(model.points)
    assert 0 < splits < 29


def test_the_file_says_its_version_and_a_model_without_steps_is_as_before() -> None:
    plain, turned_ = dump_model(mall_model()), dump_model(model_by_hand())
    assert b'"format_version":1,' in plain and b'"turns"' not in plain
    assert b'"format_version":2,' in turned_ and b'"turns"' in turned_


def test_every_flipped_bit_is_caught() -> None:
    data = dump_model(model_by_hand())
    rng = random.Random(20_261_121)
    turns = data.index(b'"turns"')
    places = [*range(turns, turns + 300), *(rng.randrange(len(data)) for _ in range(FLIPS))]
    for place in places:
        flipped = bytearray(data)
        flipped[place] ^= 1 << rng.randrange(8)
        with pytest.raises(ModelError):
            parse_model(bytes(flipped))


def put(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: Any) -> None:
        for step in path[:-1]:
            raw = raw[step]
        raw[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("turns", 0, "kept", value=9), "step 1 by hand names a segment that is not there"),
        (put("turns", 0, "other", value=0), "step 1 by hand names a segment that is not there"),
        (put("turns", 0, "other", value=4), "step 1 by hand names a segment that is not there"),
        (put("turns", 1, "kept", value=2), "step 2 by hand names a segment that is not there"),
        (put("turns", 1, "kept", value=2**60), "whole number"),
        (put("turns", 1, "kept", value=True), "whole number"),
        (put("turns", 1, "other", value=7), "number that is not the next"),
        (put("turns", 1, "other", value=-1), "number that is not the next"),
        (put("turns", 1, "centres", value=None), "not there"),
        (put("turns", 1, "centres", value=[[0.0, 1.0]]), "a list of 2"),
        (put("turns", 1, "centres", value="ab"), "known type"),
        (put("turns", 1, "centres", 0, value=[0.0]), "one number a column"),
        (put("turns", 1, "centres", 1, 0, value=float("nan")), "range"),
        (put("turns", 1, "centres", 1, 0, value=float("-inf")), "range"),
        (put("turns", 1, "centres", 1, 0, value="1"), "number"),
        (put("turns", 1, "extra", value=1), "known"),
        (put("turns", 1, value={"kept": 1, "other": 6}), "lacks centres"),
        (put("turns", value=[]), "format version 2"),
        (put("turns", value=None), "a list"),
        (put("points", value=[[0.0, 0.0]] * 4), "one number a column"),
        (lambda raw: raw["turns"].pop(), "leave 6 segments, and it has 5"),
        (lambda raw: raw["turns"].extend([raw["turns"][0]] * 1_000), "1004 steps"),
        (lambda raw: raw.pop("turns"), "one number a column|fit together|own test"),
    ],
)
def test_a_forged_step_is_refused(change: Callable[[dict[str, Any]], None], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        parse_model(forged(model_by_hand(), change))


def test_steps_of_the_other_version_are_refused() -> None:
    for model, own, other in ((mall_model(), b"1", b"2"), (model_by_hand(), b"2", b"1")):
        data = dump_model(model).replace(
            b'"format_version":' + own, b'"format_version":' + other, 1
        )
        with pytest.raises(ModelError, match="steps by hand are not those of format version"):
            parse_model(data)


@pytest.mark.parametrize(
    "change",
    [put("turns", 0, value={"kept": 2, "other": 4, "centres": None}), put("points", 0, 0, value=9)],
)
def test_steps_that_lead_elsewhere_fail_the_models_own_test(
    change: Callable[[dict[str, Any]], None],
) -> None:
    with pytest.raises(ModelError, match=r"fails its own test|not there"):
        parse_model(forged(model_by_hand(), change))


def test_movement_takes_the_steps_with_every_resampled_model() -> None:
    model = model_by_hand()
    assert len(model.shaken) == 50 and {len(draw) for draw in model.shaken} == {5}
    scored = score(model, DATA / "mall.csv")
    step = move(model, scored, scored, labels=("before", "after"))
    assert step.count("moved") == 0 and step.noise is not None and step.noise.models == 50
    moved_points = replace(model, points=model.shaken[0])
    shaken = place_rows(model, scored.features, np.array(model.shaken[0])).places
    same = place_rows(moved_points, scored.features).places
    assert np.array_equal(shaken.segment_ids, same.segment_ids)
    assert set(shaken.segment_ids) <= set(range(1, model.k + 1))


def test_a_refit_finds_segments_without_the_hand() -> None:
    model = model_by_hand()
    again = refit(model, fit_file(model, DATA / "mall.csv").loaded)
    assert again.run.segmentation.by_hand is None and again.run.segmentation.k == 5
    assert again.relation.customers == 200 and again.lines


def test_names_go_over_to_segments_by_hand_under_their_numbers() -> None:
    """Ids and numbers differ once something was merged."""
    naming = NameSettings(names=((3, "Third"), (5, "Fifth")))
    run = run_of(DATA / "mall.csv", mall_recipe().with_stage(naming=naming))
    model = make_model(run)
    again = relate(model, mall_run())
    assert again.relation.unchanged
    assert again.run.name_of() == run.name_of() == model.name_of()
    assert [name.colour for name in again.run.names] == [name.colour for name in run.names]


def test_a_pipeline_for_notebooks_can_not_hold_steps() -> None:
    with pytest.raises(ModelError, match="reached by steps"):
        pipeline_joblib(model_by_hand())


def test_the_command_line_saves_and_scores_what_was_done_on_the_screen(tmp_path: Path) -> None:
    told, kept, out = (tmp_path / name for name in ("told.json", "m.json", "c.csv"))
    told.write_bytes(summary_json(mall_run()))
    file = str(DATA / "mall.csv")
    words = ["run", file, "--recipe", str(told), "--out", str(out), "--model", str(kept)]
    assert main(words) == 0
    assert out.read_bytes() == customers_csv(mall_run())
    assert read_model(kept).turns == model_by_hand().turns
    scored = tmp_path / "s.csv"
    assert main(["score", str(kept), file, "--out", str(scored)]) == 0
    first, second = (
        {row[0]: row[1] for row in columns(path, "segment_id")} for path in (out, scored)
    )
    assert first == second and len(first) == 200


def columns(path: Path, name: str) -> list[tuple[str, str]]:
    import pandas as pd

    frame = pd.read_csv(path, dtype=str)
    return list(zip(frame.iloc[:, 0], frame[name], strict=True))


def test_customers_with_gaps_and_extremes_are_set_aside_as_in_the_run() -> None:
    rng = np.random.default_rng(2)
    values = [[*rng.normal(c, 1, 40)] for c in (0, 10, 20)]
    a: list[Any] = list(itertools.chain(*values))
    a[5], a[50] = "", 900.0
    source = table({"id": range(120), "a": a, "b": rng.normal(size=120).tolist()})
    recipe = Recipe(
        prepare=PrepareSettings(transform="none", missing="drop", outliers="set-aside"),
        choose=ChooseSettings(k=3),
        wheel=WheelSettings(steps=(("merge", (1, 3)), ("split", (2,)))),
    )
    run = run_of(source, recipe)
    model = make_model(run)
    scored = score(model, source)
    assert np.array_equal(scored.positions, run.profiles.customers)
    assert np.array_equal(scored.segment_ids, run.profiles.labels)
    assert {"missing_feature", "outlier"} <= set(scored.set_aside)
    assert score_rows(model, [{"a": 1.0, "b": 0.0}]).segment_ids[0] in range(1, model.k + 1)
