"""A refit held against the model it would replace."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from segmentation.errors import ModelError
from segmentation.matching import announce, carry_over, match
from segmentation.models.making import features_of
from segmentation.models.placing import place_rows
from segmentation.pipeline import renamed, segment
from segmentation.results import Loaded, Model, Relation, Run, Segmentation
from segmentation.settings import NameSettings


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
    """

    run: Run
    relation: Relation
    lines: tuple[str, ...]


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
    naming = replace(
        told,
        names=tuple(sorted({**dict(kept.names), **own}.items())),
        colours=kept.colours or told.colours,
    )
    named = renamed(run, naming)
    lines = announce(relation, model.name_of(), named.name_of())
    return Refit(run=named, relation=relation, lines=lines)


def _by_number(relation: Relation, now: Segmentation) -> Relation:
    """Return a relation whose segments after go by number, as names do."""
    if now.by_hand is None:
        return relation
    numbers = now.by_hand.numbers
    pairs = {old: numbers[new - 1] for old, new in relation.pairs.items()}
    return replace(relation, pairs=pairs, new=())
