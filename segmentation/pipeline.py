"""The whole story: a source, or several, and a recipe to a finished run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from segmentation.choosing import Progress, choose_k
from segmentation.cleaning import clean
from segmentation.clustering import fit
from segmentation.features import build_features
from segmentation.joining import attributes, choose_main, customer_key, meet, widen
from segmentation.naming import name_segments
from segmentation.preparing import prepare
from segmentation.profiling import profile
from segmentation.reading import (
    Bundle,
    Given,
    ReadLimits,
    Source,
    as_source,
    read_table,
    without_guards,
)
from segmentation.results import Clean, Customers, Loaded, Match, Run, Schema, Table
from segmentation.schema import suggest_schema
from segmentation.settings import CombineSettings, Recipe, SchemaSettings
from segmentation.stacking import stack


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Combined:
    """The tables of a source, one a shape.

    Parameters
    ----------
    main : Table
        The one whose customers are segmented.
    further : tuple of (Table, Schema)
        What is joined to them, with what it looks like.
    """

    main: Table
    further: tuple[tuple[Table, Schema], ...] = ()


def load(
    source: Given | Sequence[Given],
    recipe: Recipe | None = None,
    *,
    limits: ReadLimits | None = None,
) -> Loaded:
    """Go from a source, or several, to its customers.

    Parameters
    ----------
    source, recipe
        As for `run`.
    limits : ReadLimits, optional
        What opening a workbook or an archive may cost.

    Raises
    ------
    SegmentationError
        If the source can't be read, understood or used; see the stages.
    """
    recipe = recipe or Recipe()
    combined = combine(read(as_source(source), recipe, limits=limits), recipe)
    schema = suggest_schema(combined.main, recipe.schema)
    cleaned = clean(combined.main, schema, recipe.clean)
    customers, joined = join(combined, schema, cleaned, build_features(cleaned, schema), recipe)
    return Loaded(
        table=combined.main, schema=schema, clean=cleaned, customers=customers, joined=joined
    )


def read(
    source: Source | Bundle,
    recipe: Recipe,
    progress: Callable[[float], None] | None = None,
    limits: ReadLimits | None = None,
) -> tuple[Table, ...]:
    """Read each file and stack those of the same shape, telling the share of the bytes read."""
    all_bytes = max(sum(len(file.data) for file in source.sources), 1)
    bytes_before = 0
    tables = []
    for file in source.sources:

        def tell(share: float, before: int = bytes_before, own: int = len(file.data)) -> None:
            if progress is not None:
                progress((before + share * own) / all_bytes)

        table = read_table(file, recipe.read, as_text=True, limits=limits, progress=tell)
        tables.append(without_guards(table))
        bytes_before += len(file.data)
    return stack(tables)


def combine(tables: tuple[Table, ...], recipe: Recipe) -> Combined:
    """Tell the main table from those that are joined to it."""
    if len(tables) == 1 and recipe.combine == CombineSettings():
        return Combined(main=tables[0])
    written = SchemaSettings(dates=recipe.schema.dates, decimal=recipe.schema.decimal)
    schemas = [suggest_schema(table, written) for table in tables]
    main = choose_main(tables, schemas, recipe.combine, recipe.schema)
    further = [pair for i, pair in enumerate(zip(tables, schemas, strict=True)) if i != main]
    return Combined(main=tables[main], further=tuple(further))


def join(
    combined: Combined, schema: Schema, cleaned: Clean, customers: Customers, recipe: Recipe
) -> tuple[Customers, tuple[Match, ...]]:
    """Give the main table's customers what the further tables tell of them."""
    joined = []
    for table, guessed in combined.further:
        key = customer_key(table, guessed, schema, recipe.combine)
        told = attributes(guessed, table, key)
        match = meet(customers, table, told, clean(table, told), key, recipe.clean.as_of)
        typed = build_features(match.clean, told)
        customers, match = widen(customers, match, typed, cleaned.as_of)
        joined.append(match)
    return customers, tuple(joined)


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


def run(source: Given | Sequence[Given], recipe: Recipe | None = None) -> Run:
    """Go from a source, or several, to named segments.

    Parameters
    ----------
    source : path, Source, Bundle or sequence of these
        CSV files or workbooks. Those of the same shape are stacked; tables of different shape are
        joined on the customer id.
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
