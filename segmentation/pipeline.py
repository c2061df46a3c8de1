"""The whole story: a source, or several, and a recipe to a finished run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from segmentation.agreeing import alternatives
from segmentation.choosing import (
    find,
    find_traps,
    shake,
    steadiness,
    steadiness_by_hand,
    sweep,
    weigh,
)
from segmentation.cleaning import clean
from segmentation.clustering import fit
from segmentation.features import build_features
from segmentation.joining import attributes, choose_main, customer_key, meet, widen
from segmentation.kmeans import LARGEST_SEARCH_ROWS
from segmentation.methods import DENSITY, NOISE, sampling_note
from segmentation.naming import name_segments
from segmentation.playbooks import choose_playbook
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
from segmentation.results import (
    Alternatives,
    Begun,
    Clean,
    Customers,
    Evidence,
    Loaded,
    Match,
    Partition,
    PlaybookChoice,
    Prepared,
    Profiles,
    Resampled,
    Run,
    Schema,
    Segmentation,
    SegmentName,
    Table,
)
from segmentation.schema import suggest_schema
from segmentation.settings import (
    CombineSettings,
    NameSettings,
    Recipe,
    SchemaSettings,
    WheelSettings,
)
from segmentation.stacking import stack
from segmentation.wheel import explained, name_settings, rehearsal, turn

Progress = Callable[[float, str], None]

SOON_CELLS = 20_000
# Where each row takes part in the search, a number costs so many times what it does elsewhere.
SEARCHED_WEIGHT = 7


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
    trust: bool = True,
    progress: Progress | None = None,
) -> Run:
    """Go from customers to named segments.

    Parameters
    ----------
    loaded : Loaded
        From `load` with the same recipe.
    recipe : Recipe
        The settings.
    compare
        As for `sweep`.
    trust : bool
        Whether to find out how far the segments can be trusted, which takes longer than finding
        them; `trusted` does it later.
    progress : callable, optional
        Called with the share done and what was just done, in words; what it raises ends the run.

    Raises
    ------
    SegmentationError
        If the customers can't carry the segmentation asked for.
    """

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(done / total, f"Compared {done} of {total} numbers of segments")

    prepared = prepare(loaded.customers, recipe.prepare)
    note = sampling_note(recipe.fit.method, len(prepared.matrix))
    if note is not None:
        prepared = replace(prepared, notes=(*prepared.notes, note))
    if recipe.fit.method in DENSITY:
        prepared, evidence = find(prepared, recipe.choose, recipe.fit)
        traps = find_traps(loaded.customers, prepared, recipe.prepare, evidence.sweep)
        evidence = replace(evidence, traps=traps)
    else:
        swept = sweep(prepared, recipe.choose, recipe.fit, compare=compare, progress=tell)
        traps = find_traps(loaded.customers, prepared, recipe.prepare, swept)
        evidence = weigh(swept, traps=traps, choose=recipe.choose)
    if trust:
        evidence = _tried(prepared, evidence, recipe, progress)
    return _concluded(loaded, recipe, prepared, evidence)


def is_soon_segmented(loaded: Loaded, recipe: Recipe) -> bool:
    """Tell whether `segment`, without trust, takes a second or so, and not longer.

    Examples
    --------
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n"
    >>> loaded = load(Source(name="a.csv", data=data), Recipe())
    >>> is_soon_segmented(loaded, Recipe())
    True
    """
    customers = loaded.customers
    features = recipe.prepare.features or customers.default_features
    rows = len(customers.ids)
    weight = SEARCHED_WEIGHT if rows <= LARGEST_SEARCH_ROWS else 1
    few = rows * len(features) * weight <= SOON_CELLS
    # A category can become any number of columns.
    return few and recipe.fit.method == "kmeans" and set(features) <= set(customers.numeric)


def trusted(found: Run, progress: Progress | None = None, begun: Begun | None = None) -> Run:
    """Return a run with what resampling says of it; its k may change, if none was asked for.

    Parameters
    ----------
    found : Run
        From `segment` with ``trust=False``.
    begun
        As for `shake`.
    progress
        As for `segment`.
    """
    evidence = _tried(found.prepared, found.evidence, found.recipe, progress, begun)
    return _concluded(found.loaded, found.recipe, found.prepared, evidence)


def rechosen(found: Run, recipe: Recipe) -> Run:
    """Return a run of K-Means with another k of those compared; nothing is computed again.

    Parameters
    ----------
    found : Run
        Several k compared.
    recipe : Recipe
        That of the run, but for the k asked for.
    """
    told = found.evidence
    evidence = weigh(told.sweep, told.trials, told.traps, recipe.choose)
    return _concluded(found.loaded, recipe, found.prepared, evidence)


def _tried(
    prepared: Prepared,
    evidence: Evidence,
    recipe: Recipe,
    progress: Progress | None,
    begun: Begun | None = None,
) -> Evidence:
    """Add to the evidence what resampling says; the council judges K-Means alone."""
    if recipe.fit.method != "kmeans":
        stabilities = steadiness(prepared, evidence.partition, recipe.fit, progress=progress)
        return replace(evidence, stabilities=stabilities)
    trials = shake(prepared, evidence.sweep, recipe.fit, begun=begun, progress=progress)
    return weigh(evidence.sweep, trials, evidence.traps, recipe.choose)


def turned(found: Run, wheel: WheelSettings) -> Run:
    """Return a run with its segments, as found, merged and split by hand.

    Raises
    ------
    SettingsError
        If a step can't be taken; see `segmentation.wheel.turn`.
    """
    recipe = found.recipe.with_stage(wheel=wheel)
    return _concluded(found.loaded, recipe, found.prepared, found.evidence)


def _concluded(loaded: Loaded, recipe: Recipe, prepared: Prepared, evidence: Evidence) -> Run:
    as_found = fit(prepared, evidence, recipe.fit)
    segmentation = turn(prepared, as_found, recipe.wheel, recipe.fit.seed)
    if segmentation.by_hand is not None and as_found.stabilities:
        stabilities = _stabilities_by_hand(prepared, as_found, segmentation, recipe)
        segmentation = replace(segmentation, stabilities=stabilities)
    profiles = profile(loaded.customers, prepared, segmentation)
    playbook = _playbook(loaded, recipe.naming)
    return Run(
        recipe=recipe,
        loaded=loaded,
        prepared=prepared,
        evidence=evidence,
        segmentation=segmentation,
        profiles=profiles,
        names=_names(profiles, segmentation, recipe.naming, playbook),
        playbook=playbook,
    )


def _stabilities_by_hand(
    prepared: Prepared, as_found: Segmentation, now: Segmentation, recipe: Recipe
) -> tuple[Resampled, ...]:
    """Shake the segments that were merged or split; the others are as steady as they were."""
    assert now.by_hand is not None
    partition = Partition(
        labels=as_found.labels - 1, centres=as_found.centres, inertia=as_found.inertia
    )
    again = rehearsal(now, recipe.fit.seed)
    shaken = steadiness_by_hand(prepared, partition, now.labels, again, recipe.fit)
    return tuple(
        shaken[i] if i + 1 in now.by_hand.touched else as_found.stabilities[number - 1]
        for i, number in enumerate(now.by_hand.numbers)
    )


def _names(
    profiles: Profiles, segmentation: Segmentation, naming: NameSettings, playbook: PlaybookChoice
) -> tuple[SegmentName, ...]:
    by_id = name_settings(naming, segmentation)
    return explained(name_segments(profiles, by_id, playbook.playbook), segmentation)


def renamed(found: Run, naming: NameSettings) -> Run:
    """Return a run with its segments named anew.

    Raises
    ------
    SettingsError
        If a name or the playbook can't be.
    """
    playbook = _playbook(found.loaded, naming)
    names = _names(found.profiles, found.segmentation, naming, playbook)
    return replace(
        found, recipe=found.recipe.with_stage(naming=naming), names=names, playbook=playbook
    )


def _playbook(loaded: Loaded, naming: NameSettings) -> PlaybookChoice:
    return choose_playbook(column_names(loaded), naming.playbook, naming.playbook_text)


def column_names(loaded: Loaded) -> tuple[str, ...]:
    """Return the names of all columns read, by which a playbook is suggested."""
    tables = (loaded.table, *(match.table for match in loaded.joined))
    return tuple(dict.fromkeys(str(name) for table in tables for name in table.frame.columns))


def methods_compared(run: Run, *, progress: Progress | None = None) -> Alternatives:
    """Hold every method against the one a run was made with, on its customers.

    Parameters
    ----------
    run : Run
        A finished run.
    progress : callable, optional
        As for `segment`.
    """

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(done / total, f"Tried {done} of {total} methods")

    # Again, because a density method has set its noise aside, and the others cluster that too.
    prepared = prepare(run.loaded.customers, run.recipe.prepare)
    segment_ids = np.full(len(run.loaded.customers.frame), NOISE)
    segment_ids[run.profiles.customers] = run.profiles.labels
    return alternatives(
        prepared,
        run.recipe.fit.method,
        segment_ids[prepared.customers],
        run.segmentation.k,
        run.recipe.fit.seed,
        tell,
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
