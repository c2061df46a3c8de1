"""A refit says what becomes of the model's segments, and the model stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from segmentation.errors import ModelError
from segmentation.models.files import dump_model
from segmentation.models.loading import fit_file
from segmentation.models.making import make_model
from segmentation.models.refitting import refit, relate
from segmentation.models.scoring import score
from segmentation.pipeline import renamed
from segmentation.results import Run
from segmentation.settings import ChooseSettings, NameSettings, PrepareSettings, Recipe
from segmentation.vocabulary import label
from tests.models.modelling import DATA, MALL, mall_model, mall_run, run_of, spread_table, table


def test_a_refit_on_the_same_file_changes_nothing() -> None:
    model = mall_model()
    before = dump_model(model)
    found = refit(model, fit_file(model, DATA / "mall.csv").loaded)
    assert found.relation.unchanged and found.relation.agreement == 1.0
    assert found.run.name_of() == model.name_of()
    assert "same as in the run before" in found.lines[0]
    assert dump_model(model) == before


def test_names_and_colours_are_kept_where_segments_are() -> None:
    recipe = Recipe(
        prepare=PrepareSettings(features=MALL),
        choose=ChooseSettings(k=5),
        naming=NameSettings(
            names=((2, "Our best"),), colours=((1, 4), (2, 5), (3, 1), (4, 2), (5, 3))
        ),
    )
    model = make_model(run_of(DATA / "mall.csv", recipe))
    plain = mall_run(k=5)
    found = relate(model, plain)
    for segment in model.segments:
        again = found.run.by_id()[found.relation.pairs[segment.named.segment_id]]
        assert (again.name, again.colour) == (segment.named.name, segment.named.colour)
    assert "Our best" in found.run.name_of().values()


def test_given_names_follow_their_segments_and_not_their_numbers() -> None:
    """In the other file the order of the segments by their money is another."""
    columns = {"id": range(60), "spend": [1] * 20 + [100] * 20 + [200] * 20}
    columns["visits"] = [5 + i % 3 for i in range(20)] + [50 + i % 3 for i in range(40)]
    recipe = Recipe(
        prepare=PrepareSettings(transform="none"),
        choose=ChooseSettings(k=3),
        naming=NameSettings(names=((1, "Two hundred"), (2, "One hundred"), (3, "One"))),
    )
    model = make_model(run_of(table(columns), recipe))
    columns["id"] = range(100, 160)
    columns["spend"] = [1] * 20 + [101] * 20 + [199] * 20
    again = refit(model, fit_file(model, table(columns)).loaded).run
    assert [again.name_of()[i] for i in (1, 2, 3)] == ["Two hundred", "One hundred", "One"]


def test_a_split_is_told_by_an_independent_count() -> None:
    model, run = mall_model(k=4), mall_run(k=5)
    found = relate(model, run)
    old = score(model, DATA / "mall.csv").segment_ids
    shared = pd.crosstab(old, run.profiles.labels).to_numpy()
    from sklearn.metrics import adjusted_rand_score

    assert found.relation.agreement == pytest.approx(adjusted_rand_score(old, run.profiles.labels))
    assert found.relation.customers == shared.sum() == 200
    (parts,) = found.relation.splits.values()
    (whole,) = found.relation.splits
    assert [int(shared[:, part - 1].argmax()) + 1 for part in parts] == [whole] * len(parts)
    assert any("was split into" in line for line in found.lines)
    kept = set(model.name_of().values()) & set(found.run.name_of().values())
    assert len(kept) >= len(found.relation.pairs)


def test_a_merger_is_told() -> None:
    found = relate(mall_model(k=5), mall_run(k=4))
    assert found.relation.merges and any("were merged into" in line for line in found.lines)


def test_a_name_given_to_the_refit_comes_before_an_old_one() -> None:
    model, run = mall_model(), mall_run()
    named = replace(run.recipe.naming, names=((1, "Mine"),))
    found = relate(model, replace(run, recipe=run.recipe.with_stage(naming=named)))
    assert found.run.name_of()[1] == "Mine"


def test_other_customers_can_be_refitted() -> None:
    recipe = Recipe(choose=ChooseSettings(k=3))
    model = make_model(run_of(table(spread_table(300, seed=1)), recipe))
    other = table(spread_table(280, seed=9))
    found = refit(model, fit_file(model, other).loaded)
    assert found.relation.customers == 280
    again = make_model(found.run)
    assert np.array_equal(score(again, other).segment_ids, found.run.profiles.labels)


def test_colours_come_from_the_model_and_not_from_the_session() -> None:
    model, plain = mall_model(), mall_run()
    assert [segment.named.colour for segment in model.segments] == [1, 2, 3, 4, 5]
    naming = replace(plain.recipe.naming, colours=((1, 1), (2, 2), (3, 4), (4, 3), (5, 5)))
    shown = renamed(plain, naming)
    assert [named.colour for named in shown.names] == [1, 2, 4, 3, 5]
    found = relate(model, shown)
    old = {segment.named.name: segment.named.colour for segment in model.segments}
    assert {named.name: named.colour for named in found.run.names} == old


def test_a_kept_segment_is_told_with_its_overlap_and_its_other_name() -> None:
    naming = NameSettings(names=tuple((i, f"Old {i}") for i in range(1, 5)))
    model, run = make_model(renamed(mall_run(k=4), naming)), mall_run(k=5)
    found = relate(model, run)
    old = score(model, DATA / "mall.csv").segment_ids
    for before, after in pd.crosstab(old, run.profiles.labels).stack().index:
        one, other = old == before, run.profiles.labels == after
        overlap = (one & other).sum() / (one | other).sum()
        name, otherwise = f"'Old {before}'", repr(run.name_of()[after])
        kept = f"Segment {name} is still there: {overlap:.0%} "
        told = [line for line in found.lines if line.startswith(kept)]
        told = [line for line in told if line.endswith(f"otherwise it would be {otherwise}.")]
        assert bool(told) == (overlap > 0.5)
        plain = f"Segment {otherwise} (called {name} before) is still there: {overlap:.0%} "
        assert any(line.startswith(plain) for line in found.plain_lines) == (overlap > 0.5)


def test_features_that_came_and_went_are_told() -> None:
    def run_by(*features: str) -> Run:
        prepare = PrepareSettings(features=features)
        return run_of(DATA / "mall.csv", Recipe(prepare=prepare, choose=ChooseSettings(k=4)))

    model = make_model(run_by(*MALL))
    assert not any("features changed" in line for line in relate(model, run_by(*MALL)).lines)
    more = relate(model, run_by("Age", *MALL))
    for lines in (more.lines, more.plain_lines):
        assert "The features changed: Age came in." in lines
    other = relate(model, run_by("Age", MALL[0])).lines
    assert f"The features changed: Age came in and {label(MALL[1])} went out." in other


def test_a_name_given_now_is_not_kept_for_another_segment_too() -> None:
    model, run = mall_model(), mall_run()
    taken = model.segments[1].named.name
    found = relate(model, renamed(run, replace(run.recipe.naming, names=((1, taken),))))
    assert found.run.name_of()[1] == taken


def test_a_run_without_the_models_features_is_refused() -> None:
    with pytest.raises(ModelError, match="needs 'Annual Income"):
        relate(mall_model(), run_of(DATA / "wholesale.csv", Recipe(choose=ChooseSettings(k=3))))
