"""The whole story: a source and a recipe to a finished run."""

from __future__ import annotations

import os

from segmentation.choosing import Progress, choose_k
from segmentation.cleaning import clean
from segmentation.clustering import fit
from segmentation.features import build_features
from segmentation.naming import name_segments
from segmentation.preparing import prepare
from segmentation.profiling import profile
from segmentation.reading import Source, read_table
from segmentation.results import Loaded, Run
from segmentation.schema import suggest_schema
from segmentation.settings import Recipe


def load(source: str | os.PathLike[str] | Source, recipe: Recipe | None = None) -> Loaded:
    """Go from a source to its customers.

    Raises
    ------
    SegmentationError
        If the source can't be read, understood or used; see the stages.
    """
    recipe = recipe or Recipe()
    table = read_table(source, recipe.read, as_text=True)
    schema = suggest_schema(table, recipe.schema)
    cleaned = clean(table, schema, recipe.clean)
    customers = build_features(cleaned, schema)
    return Loaded(table=table, schema=schema, clean=cleaned, customers=customers)


def segment(
    loaded: Loaded,
    recipe: Recipe,
    *,
    compare: bool | None = None,
    progress: Progress | None = None,
) -> Run:
    """Go from customers to named segments.

    Parameters
    ----------
    loaded : Loaded
        From `load` with the same recipe.
    recipe : Recipe
        The settings.
    compare, progress
        As for `choose_k`.

    Raises
    ------
    SegmentationError
        If the customers can't carry the segmentation asked for.
    """
    prepared = prepare(loaded.customers, recipe.prepare)
    evidence = choose_k(prepared, recipe.choose, recipe.fit, compare=compare, progress=progress)
    segmentation = fit(prepared, evidence, recipe.fit)
    profiles = profile(loaded.customers, prepared, segmentation)
    return Run(
        recipe=recipe,
        loaded=loaded,
        prepared=prepared,
        evidence=evidence,
        segmentation=segmentation,
        profiles=profiles,
        names=name_segments(profiles, recipe.naming),
    )


def run(source: str | os.PathLike[str] | Source, recipe: Recipe | None = None) -> Run:
    """Go from a source to named segments.

    Parameters
    ----------
    source : path or Source
        A CSV file or a workbook.
    recipe : Recipe, optional
        The settings.

    Raises
    ------
    SegmentationError
        If the source or the settings can't be used; the message says what to do.

    Examples
    --------
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n5,11\\n6,92\\n"
    >>> run(Source(name="a.csv", data=data)).segmentation.k
    2
    """
    recipe = recipe or Recipe()
    return segment(load(source, recipe), recipe)
