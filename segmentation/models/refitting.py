"""A refit held against the model it would replace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from segmentation.errors import ModelError
from segmentation.matching import announce, carry_over, match
from segmentation.models.making import features_of
from segmentation.models.placing import place_rows
from segmentation.pipeline import renamed, segment
from segmentation.results import Loaded, Model, Relation, Run, Segmentation
from segmentation.settings import NameSettings
from segmentation.vocabulary import label
from segmentation.words import listed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refit:
    """A run on new customers beside the model that was used so far.

    Parameters
    ----------
    run : Run
        The new segments; those that match old ones keep their names and colours.
    relation : Relation
        How they stand to the segments that the model gives the same customers.
    lines : tuple of str
        The same in sentences, how far they agree first.
    plain_lines : tuple of str
        The same for the run as it came, by the names it had.
    """

    run: Run
    relation: Relation
    lines: tuple[str, ...]
    plain_lines: tuple[str, ...]


def refit(model: Model, loaded: Loaded) -> Refit:
    """Find segments anew by a model's recipe, and hold them against the model's.

    Nothing is saved, and the model stays as it is. What was done by hand is not done again.

    Parameters
    ----------
    model : Model
        The model used so far.
    loaded : Loaded
        Customers, from `segmentation.models.loading.fit_file`.
    """
    # Names and steps by hand go by numbers, which the new segments don't share with the old.
    naming = NameSettings(playbook=model.recipe.naming.playbook)
    return relate(model, segment(loaded, model.recipe.as_found().with_stage(naming=naming)))


def relate(model: Model, run: Run) -> Refit:
    """Hold a run against a model, by the segments that both give the run's customers.

    Parameters
    ----------
    model : Model
        The model used so far.
    run : Run
        What may replace it.

    Raises
    ------
    ModelError
        If the run's customers lack a feature of the model.
    """
    customers = run.loaded.customers
    lacking = [name for name in model.features if name not in customers.frame]
    if lacking:
        raise ModelError(
            f"The model needs {lacking[0]!r}, which these customers don't have",
            remedy="Choose the model that was made from a file like this one",
        )
    positions = run.profiles.customers
    ids = customers.ids[positions]
    places = place_rows(model, features_of(model, customers, positions)).places
    relation = match(ids, places.segment_ids.astype(np.int64), ids, run.profiles.labels)
    old_names = tuple(segment.named for segment in model.segments)
    # A name that the model has is one that somebody works with, whoever gave it.
    kept = carry_over(
        _by_number(relation, run.segmentation),
        tuple(replace(named, given=True) for named in old_names),
    )
    told = run.recipe.naming
    own = dict(told.names)
    free = {number: name for number, name in kept.names if name not in own.values()}
    # Names without their colours would have each segment look like another one of before.
    naming = replace(told, names=tuple(sorted({**free, **own}.items())), colours=kept.colours)
    named = renamed(run, naming)
    return Refit(
        run=named,
        relation=relation,
        lines=_lines(model, relation, named, run.name_of()),
        plain_lines=_lines(model, relation, run, run.name_of()),
    )


def _lines(
    model: Model, relation: Relation, named: Run, otherwise: dict[int, str]
) -> tuple[str, ...]:
    first, *others = announce(relation, model.name_of(), named.name_of())
    return (
        first,
        *_features_changed(model.features, named.prepared.features),
        *_still_there(relation, model.name_of(), named.name_of(), otherwise),
        *others,
    )


def _features_changed(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    came = listed([label(name) for name in after if name not in before])
    went = listed([label(name) for name in before if name not in after])
    parts = [f"{came} came in"] * bool(came) + [f"{went} went out"] * bool(went)
    if parts:
        yield f"The features changed: {listed(parts)}."


def _still_there(
    relation: Relation, before: dict[int, str], after: dict[int, str], otherwise: dict[int, str]
) -> Iterator[str]:
    """Say of each segment that is still there what it is called, and would be otherwise."""
    for old, new in relation.pairs.items():
        name = after[new]
        called = f" (called {before[old]!r} before)" if name != before[old] else ""
        other = f"; otherwise it would be {otherwise[new]!r}" if otherwise[new] != name else ""
        if called or other or not relation.unchanged:
            yield (
                f"Segment {name!r}{called} is still there: {relation.overlaps[old]:.0%} of the "
                f"customers in either are in both{other}."
            )


def _by_number(relation: Relation, now: Segmentation) -> Relation:
    """Return a relation whose segments after go by number, as names do."""
    if now.by_hand is None:
        return relation
    numbers = now.by_hand.numbers
    pairs = {old: numbers[new - 1] for old, new in relation.pairs.items()}
    return replace(relation, pairs=pairs, new=())
