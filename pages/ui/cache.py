"""The stages, cached for this session by content and settings; the only place pages get them.

Results are shared objects that nobody changes. They are bounded in number and end with their
session; another session never sees them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from segmentation.cleaning import clean
from segmentation.features import build_features
from segmentation.matching import carry_over, match
from segmentation.pipeline import Combined, Progress, combine, join, read, renamed, segment
from segmentation.projecting import Projection, project
from segmentation.reading import Bundle, Source, limits_from
from segmentation.results import Loaded, Relation, Run, Schema, Table
from segmentation.schema import guess_schema, suggest_schema
from segmentation.settings import NameSettings, Recipe

AnySource = Source | Bundle
Steps = Callable[[str], None]
Share = Callable[[float], None]

LONGEST_STAY = "8h"


def table(source: AnySource, recipe: Recipe, share: Share | None = None) -> Table:
    """Read the source as text; of several tables, give the main one."""
    return combined(source, recipe, share).main


def combined(source: AnySource, recipe: Recipe, share: Share | None = None) -> Combined:
    """Tell the main table of the source from those that are joined to it."""
    place = _read_place(_key(source, recipe.read))
    if place.tables is None:
        place.tables = read(source, recipe, share, limits_from(os.environ))
    said = replace(recipe.schema, kind="auto")
    return _combined(_key(source, recipe.read, recipe.combine, said), place.tables, recipe)


def schema(source: AnySource, recipe: Recipe) -> Schema:
    """Say what the columns are for, with the user's settings."""
    return _schema(_key(source, recipe.read, recipe.combine, recipe.schema), source, recipe)


def guessed_schema(source: AnySource, recipe: Recipe) -> Schema:
    """Say what the columns would be taken for if no role were settled."""
    told = replace(recipe.schema, roles=())
    return _guessed_schema(_key(source, recipe.read, recipe.combine, told), source, recipe)


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


def run(source: AnySource, recipe: Recipe, progress: Progress | None = None) -> Run:
    """Go from the source to named segments, with the evidence for every k."""
    nameless = recipe.with_stage(naming=NameSettings())
    place = _place(_key(source, nameless))
    if place.run is None:
        found = loaded(source, nameless)
        place.run = segment(found, nameless, compare=True, progress=progress)
    if recipe.naming == NameSettings():
        return place.run
    return _named(_key(source, recipe), place.run, recipe)


def refit(source: AnySource, before: Recipe, after: Recipe) -> tuple[Relation, NameSettings]:
    """Hold a run against the one before, and say what names and colours go over to it."""
    old, new = run(source, before), run(source, after)
    relation = match(*_whose(old), *_whose(new))
    return relation, replace(carry_over(relation, old.names), playbook=before.naming.playbook)


def _whose(found: Run) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    return found.loaded.customers.ids[found.profiles.customers], found.profiles.labels


def projection(source: AnySource, found: Run) -> Projection:
    """Project a run's customers on two directions."""
    return _projection(_key(source, found.recipe), found)


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
    return guess_schema(table(_source, _recipe), replace(_recipe.schema, roles=()))


@dataclass(slots=True)
class _Place:
    """Where a result is kept that is made with its progress on the screen.

    Streamlit replays whatever is drawn inside a cached function, so the cache holds an empty place
    and the work is done outside of it.
    """

    tables: tuple[Table, ...] | None = None
    loaded: Loaded | None = None
    run: Run | None = None


@st.cache_resource(scope="session", max_entries=2, ttl=LONGEST_STAY, show_spinner=False)
def _read_place(key: str) -> _Place:
    return _Place()


@st.cache_resource(scope="session", max_entries=8, ttl=LONGEST_STAY, show_spinner=False)
def _place(key: str) -> _Place:
    return _Place()


@st.cache_resource(scope="session", max_entries=6, ttl=LONGEST_STAY, show_spinner=False)
def _named(key: str, _run: Run, _recipe: Recipe) -> Run:
    return renamed(_run, _recipe.naming)


@st.cache_resource(scope="session", max_entries=6, ttl=LONGEST_STAY, show_spinner=False)
def _projection(key: str, _run: Run) -> Projection:
    return project(_run.prepared, _run.segmentation)
