"""The stages, cached for this session by content and settings; the only place pages get them.

Results are shared objects that nobody changes. They are bounded in number and end with their
session; another session never sees them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from segmentation.arena import arena as every_preparation
from segmentation.cleaning import clean
from segmentation.errors import DataError, SchemaError, SegmentationError
from segmentation.features import build_features
from segmentation.filtering import Filter, passing, passing_segmented
from segmentation.filtering.index import FilterIndex
from segmentation.lookup import id_index
from segmentation.matching import carry_over, match
from segmentation.pipeline import (
    Combined,
    Progress,
    combine,
    is_soon_segmented,
    join,
    methods_compared,
    read,
    rechosen,
    renamed,
    segment,
    trusted,
    turned,
)
from segmentation.portraits import portraits
from segmentation.profiling import telling_features
from segmentation.projecting import Projection, project
from segmentation.reading import Bundle, Source, limits_from
from segmentation.results import (
    Alternatives,
    Arena,
    Begun,
    Customers,
    Loaded,
    Portraits,
    Relation,
    Rfm,
    RuleSet,
    Run,
    SalesLines,
    Schema,
    Table,
    Trap,
)
from segmentation.rfm import score_rfm
from segmentation.rfm_grid import Grid
from segmentation.rules import rule_sets
from segmentation.sales import sales_lines as lines_to_count
from segmentation.schema import guess_schema, suggest_schema
from segmentation.settings import NameSettings, Recipe, WheelSettings
from segmentation.trying import with_outcomes
from segmentation.values import Bools
from segmentation.widths import Widths, widths

AnySource = Source | Bundle
Steps = Callable[[str], None]
Share = Callable[[float], None]
Counted = Callable[[int, int], None]

LONGEST_STAY = "8h"
FORESEEING = "foreseeing a run"


def table(source: AnySource, recipe: Recipe, share: Share | None = None) -> Table:
    """Read the source as text; of several tables, give the main one."""
    return combined(source, recipe, share).main


def combined(source: AnySource, recipe: Recipe, share: Share | None = None) -> Combined:
    """Tell the main table of the source from those that are joined to it."""
    said = replace(recipe.schema, kind="auto")
    key = _key(source, recipe.read, recipe.combine, said)
    return _combined(key, tables(source, recipe, share), recipe)


def tables(source: AnySource, recipe: Recipe, share: Share | None = None) -> tuple[Table, ...]:
    """Read each table of the source as text."""
    place = _read_place(_key(source, recipe.read))
    if place.tables is None:
        place.tables = read(source, recipe, share, limits_from(os.environ))
    return place.tables


def schema(source: AnySource, recipe: Recipe) -> Schema:
    """Say what the columns are for, with the user's settings."""
    return _schema(_key(source, recipe.read, recipe.combine, recipe.schema), source, recipe)


def guessed_schema(source: AnySource, recipe: Recipe) -> Schema:
    """Say what the columns would be taken for if no role were settled."""
    told = replace(recipe, schema=replace(recipe.schema, roles=()))
    try:
        return schema(source, told)
    except SchemaError:
        # With what is known so far it can't be used, but corrected.
        key = _key(source, told.read, told.combine, told.schema)
        return _guessed_schema(key, source, told)


def loaded(source: AnySource, recipe: Recipe, step: Steps | None = None) -> Loaded:
    """Go from the source to its customers, saying each step before it is taken."""
    place = _place(_key(source, recipe.read, recipe.combine, recipe.schema, recipe.clean))
    if place.loaded is None:
        say = step or (lambda _: None)
        tables = combined(source, recipe)
        say("Finding out what each column is")
        found = schema(source, recipe)
        say(f"Cleaning {tables.main.report.rows:,} rows")
        cleaned = clean(tables.main, found, recipe.clean)
        say("Making one row a customer")
        customers = build_features(cleaned, found)
        if tables.further:
            say("Joining the other files")
        customers, joined = join(tables, found, cleaned, customers, recipe)
        place.loaded = Loaded(
            table=tables.main, schema=found, clean=cleaned, customers=customers, joined=joined
        )
    return place.loaded


def sales_lines(source: AnySource, recipe: Recipe) -> SalesLines:
    """Make numbers of the order lines, once for all views of the sales report."""
    key = _key(source, recipe.read, recipe.combine, recipe.schema, recipe.clean)
    return _sales_lines(key, loaded(source, recipe))


def run(source: AnySource, recipe: Recipe, progress: Progress | None = None) -> Run:
    """Go from the source to named segments; how far they can be trusted may not be known yet."""
    as_found = recipe.as_found()
    found = _place_of_run(source, as_found, progress).run
    assert found is not None
    if found.recipe != as_found:
        found = _rechosen(_key(source, as_found, _is_checked(found)), found, as_found)
    if recipe.wheel.steps:
        nameless = recipe.with_stage(naming=NameSettings())
        found = _turned(_key(source, nameless, _is_checked(found)), found, nameless)
    if recipe.naming == NameSettings():
        return found
    return _named(_key(source, recipe, _is_checked(found)), found, recipe)


def begun(source: AnySource, recipe: Recipe) -> Begun:
    """Return what the trials of a run have found so far."""
    return _place_of_run(source, recipe.as_found()).begun


def trust(source: AnySource, recipe: Recipe, progress: Progress | None = None) -> Run:
    """Find out how far a run can be trusted, going on from where it was left."""
    place = _place_of_run(source, recipe.as_found())
    assert place.run is not None
    if not _is_checked(place.run):
        place.run = trusted(place.run, progress, place.begun)
    return run(source, recipe)


def traps(source: AnySource, recipe: Recipe) -> tuple[Trap, ...]:
    """Return what to beware of in a run, the remedies with what comes of them once tried."""
    place = _place_of_run(source, recipe.as_found())
    assert place.run is not None
    return place.run.evidence.traps if place.traps is None else place.traps


def try_remedies(source: AnySource, recipe: Recipe, progress: Counted | None = None) -> None:
    """Find out what comes of the remedies of a run's traps."""
    place = _place_of_run(source, recipe.as_found())
    assert place.run is not None
    if place.traps is None:
        customers, told = place.run.loaded.customers, place.run.evidence.traps
        place.traps = with_outcomes(customers, place.run.recipe, told, progress)


def _is_checked(found: Run) -> bool:
    return bool(found.evidence.stabilities)


def foresee(source: AnySource, recipe: Recipe) -> None:
    """Begin a run that will be asked for, where it is made before a reader has found the button."""
    recipe = _compared(recipe.as_found())
    found = loaded(source, recipe)
    if is_soon_segmented(found, recipe):
        place = _place(_key(source, recipe))
        given = (place, found, recipe)
        threading.Thread(target=_foresee, args=given, name=FORESEEING, daemon=True).start()


def _foresee(place: _Place, found: Loaded, recipe: Recipe) -> None:
    # What is wrong is said when the run is asked for.
    with suppress(SegmentationError):
        _segment(place, found, recipe, None)


def _compared(recipe: Recipe) -> Recipe:
    """Return the settings of the run that stands for this one, whichever its k."""
    if recipe.fit.method != "kmeans":
        return recipe
    return recipe.with_stage(choose=replace(recipe.choose, k=None))


def _place_of_run(source: AnySource, recipe: Recipe, progress: Progress | None = None) -> _Place:
    """Return the place of a run; one of K-Means that has compared this k stands for all its k."""
    k = recipe.choose.k
    compared = _compared(recipe)
    place = _place(_key(source, compared))
    try:
        _fill(place, source, compared, progress)
    except DataError:
        # Too few customers to compare any k may still be enough for the one asked for.
        if compared == recipe:
            raise
    if compared == recipe or (place.run is not None and k in place.run.evidence.sweep.ks):
        return place
    own = _place(_key(source, recipe))
    _fill(own, source, recipe, progress)
    return own


def _fill(place: _Place, source: AnySource, recipe: Recipe, progress: Progress | None) -> None:
    if place.run is None:
        _segment(place, loaded(source, recipe), recipe, progress)


def _segment(place: _Place, found: Loaded, recipe: Recipe, progress: Progress | None) -> None:
    with place.segmenting:
        if place.run is None:
            place.run = segment(found, recipe, compare=True, trust=False, progress=progress)


def customer_widths(source: AnySource, found: Run) -> Widths:
    """Return each customer's silhouette."""
    return _widths(_key(source, found.recipe, found.segmentation.k), found)


def arena(source: AnySource, found: Run, progress: Counted | None = None) -> Arena:
    """Hold every preparation of a run's features against the others, at its number of segments."""
    # All preparations are tried by K-Means, whichever the run was made with.
    told, k = found.recipe, found.segmentation.k
    same = told.with_stage(
        prepare=replace(told.prepare, transform="none", scaler="none"),
        choose=replace(told.choose, k=None),
        fit=replace(told.fit, method="kmeans"),
        wheel=WheelSettings(),
        naming=NameSettings(),
    )
    place = _tried_place(_key(source, "arena", same, k))
    if place.arena is None:
        place.arena = every_preparation(found.loaded.customers, same, k, progress)
    return place.arena


def alternatives(source: AnySource, found: Run, progress: Progress | None = None) -> Alternatives:
    """Hold every method against the one a run was made with."""
    nameless = found.recipe.with_stage(naming=NameSettings())
    place = _tried_place(_key(source, "methods", nameless, found.segmentation.k))
    if place.alternatives is None:
        place.alternatives = methods_compared(found, progress=progress)
    return place.alternatives


def filter_index(source: AnySource, found: Loaded, recipe: Recipe) -> FilterIndex:
    """Return what filters ask of the customers of a recipe."""
    return _filter_index(
        _key(source, recipe.read, recipe.combine, recipe.schema, recipe.clean), found
    )


def passing_all(source: AnySource, recipe: Recipe, index: FilterIndex, chosen: Filter) -> Bools:
    """Tell which customers of a recipe pass a filter, segments left aside."""
    key = _key(source, recipe.read, recipe.combine, recipe.schema, recipe.clean, chosen)
    return _passing(key, lambda: passing(index, chosen))


def passing_run(source: AnySource, found: Run, index: FilterIndex, chosen: Filter) -> Bools:
    """Tell which customers of a run pass a filter."""
    nameless = found.recipe.with_stage(naming=NameSettings())
    key = _key(source, nameless, found.segmentation.k, chosen)
    return _passing(key, lambda: passing_segmented(found, chosen, index))


def refit(old: Run, new: Run) -> tuple[Relation, NameSettings]:
    """Hold a run against the one before, and say what names and colours go over to it."""
    relation = match(*_whose(old), *_whose(new))
    names, told = carry_over(relation, old.names), old.recipe.naming
    return relation, replace(names, playbook=told.playbook, playbook_text=told.playbook_text)


def _whose(found: Run) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    return found.loaded.customers.ids[found.profiles.customers], found.profiles.labels


def cards(source: AnySource, found: Run, keep: Bools) -> Portraits:
    """Draw up the cards of a run's segments, for the customers kept."""
    shown = sha256(keep.tobytes()).hexdigest()
    return _cards(_key(source, found.recipe, found.segmentation.k, shown), found, keep)


def retold(source: AnySource, found: Run) -> tuple[RuleSet, ...]:
    """Retell a run's segments by rules of every size."""
    nameless = found.recipe.with_stage(naming=NameSettings())
    return _retold(_key(source, nameless, found.segmentation.k), found)


def ids(source: AnySource, found: Run) -> Any:
    """Return a run's customer ids in a form that is searched quickly."""
    told = found.recipe
    return _ids(_key(source, told.read, told.combine, told.schema, told.clean), found)


def scored(source: AnySource, recipe: Recipe, customers: Customers, grid: Grid) -> Rfm:
    """Score customers by recency, frequency and money."""
    stages = (recipe.read, recipe.combine, recipe.schema, recipe.clean)
    return _scored(_key(source, stages, grid), customers, grid)


def telling(source: AnySource, found: Run) -> tuple[str, ...]:
    """Return the features used, those first that the segments differ in most."""
    nameless = found.recipe.with_stage(naming=NameSettings())
    return _telling(_key(source, nameless, found.segmentation.k), found)


def projection(source: AnySource, found: Run) -> Projection:
    """Project a run's customers on two directions."""
    return _projection(_key(source, found.recipe, found.segmentation.k), found)


def _key(source: AnySource, *settings: object) -> str:
    files = [(file.sha256, file.name) for file in source.sources]
    return f"{files!r} {settings!r}"


@st.cache_resource(scope="session", max_entries=2, ttl=LONGEST_STAY, show_spinner=False)
def _combined(key: str, _tables: tuple[Table, ...], _recipe: Recipe) -> Combined:
    return combine(_tables, _recipe)


@st.cache_resource(scope="session", max_entries=8, ttl=LONGEST_STAY, show_spinner=False)
def _schema(key: str, _source: AnySource, _recipe: Recipe) -> Schema:
    return suggest_schema(table(_source, _recipe), _recipe.schema)


@st.cache_resource(scope="session", max_entries=8, ttl=LONGEST_STAY, show_spinner=False)
def _guessed_schema(key: str, _source: AnySource, _recipe: Recipe) -> Schema:
    return guess_schema(table(_source, _recipe), _recipe.schema)


@dataclass(slots=True)
class _Place:
    """Where a result is kept that is made with its progress on the screen.

    Streamlit replays whatever is drawn inside a cached function, so the cache holds an empty place
    and the work is done outside of it.
    """

    tables: tuple[Table, ...] | None = None
    loaded: Loaded | None = None
    run: Run | None = None
    segmenting: threading.Lock = field(default_factory=threading.Lock)
    begun: Begun = field(default_factory=Begun)
    traps: tuple[Trap, ...] | None = None
    arena: Arena | None = None
    alternatives: Alternatives | None = None


@st.cache_resource(scope="session", max_entries=2, ttl=LONGEST_STAY, show_spinner=False)
def _sales_lines(key: str, _loaded: Loaded) -> SalesLines:
    return lines_to_count(_loaded)


@st.cache_resource(scope="session", max_entries=2, ttl=LONGEST_STAY, show_spinner=False)
def _read_place(key: str) -> _Place:
    return _Place()


@st.cache_resource(scope="session", max_entries=8, ttl=LONGEST_STAY, show_spinner=False)
def _place(key: str) -> _Place:
    return _Place()


@st.cache_resource(scope="session", max_entries=12, ttl=LONGEST_STAY, show_spinner=False)
def _tried_place(key: str) -> _Place:
    return _Place()


@st.cache_resource(scope="session", max_entries=2, ttl=LONGEST_STAY, show_spinner=False)
def _filter_index(key: str, _loaded: Loaded) -> FilterIndex:
    return FilterIndex(_loaded)


@st.cache_resource(scope="session", max_entries=4, ttl=LONGEST_STAY, show_spinner=False)
def _passing(key: str, _tell: Callable[[], Bools]) -> Bools:
    return _tell()


@st.cache_resource(scope="session", max_entries=6, ttl=LONGEST_STAY, show_spinner=False)
def _turned(key: str, _run: Run, _recipe: Recipe) -> Run:
    return turned(_run, _recipe.wheel)


@st.cache_resource(scope="session", max_entries=6, ttl=LONGEST_STAY, show_spinner=False)
def _named(key: str, _run: Run, _recipe: Recipe) -> Run:
    return renamed(_run, _recipe.naming)


@st.cache_resource(scope="session", max_entries=6, ttl=LONGEST_STAY, show_spinner=False)
def _rechosen(key: str, _run: Run, _recipe: Recipe) -> Run:
    return rechosen(_run, _recipe)


@st.cache_resource(scope="session", max_entries=6, ttl=LONGEST_STAY, show_spinner=False)
def _widths(key: str, _run: Run) -> Widths:
    return widths(_run.prepared, _run.segmentation, _run.recipe.fit.seed)


@st.cache_resource(scope="session", max_entries=6, ttl=LONGEST_STAY, show_spinner=False)
def _telling(key: str, _run: Run) -> tuple[str, ...]:
    return telling_features(_run)


@st.cache_resource(scope="session", max_entries=6, ttl=LONGEST_STAY, show_spinner=False)
def _projection(key: str, _run: Run) -> Projection:
    return project(_run.prepared, _run.segmentation)


@st.cache_resource(scope="session", max_entries=6, ttl=LONGEST_STAY, show_spinner=False)
def _cards(key: str, _run: Run, _keep: Bools) -> Portraits:
    return portraits(_run, _keep)


@st.cache_resource(scope="session", max_entries=4, ttl=LONGEST_STAY, show_spinner=False)
def _retold(key: str, _run: Run) -> tuple[RuleSet, ...]:
    return rule_sets(_run)


@st.cache_resource(scope="session", max_entries=2, ttl=LONGEST_STAY, show_spinner=False)
def _ids(key: str, _run: Run) -> Any:
    return id_index(_run.loaded.customers)


@st.cache_resource(scope="session", max_entries=4, ttl=LONGEST_STAY, show_spinner=False)
def _scored(key: str, _customers: Customers, _grid: Grid) -> Rfm:
    return score_rfm(_customers, _grid)
