"""What a session holds: the source, the settings being made, and the settings last run."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from segmentation.reading import Bundle, Source
from segmentation.results import Loaded, ReadReport, Relation, Schema
from segmentation.settings import NameSettings, Recipe
from segmentation.wheel import numbers_after

_MARKDOWN = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]()#+-.!|~$<>:&"})
# Addresses, icons and arrows are made even of escaped characters; a space of no width prevents it.
_MADE_LATER = re.compile(r"(?<=:)(?=//|material/)|(?<=www)(?=\.)|(?<=@)|(?<=[<>~-])(?=[-=>])", re.I)
# What Markdown makes nothing of: neither a mark, nor the start of a list, nor an address.
_PLAIN = re.compile(r"(?!.*(?:_|--|\$.*\$))[^\W\d](?:[\w ,/%()'$-]|[.&:](?= ))*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Joinable:
    """A table among several of different shape.

    Parameters
    ----------
    file : str
        Its file, or the first of them.
    columns : tuple of str
        Its columns.
    key : str
        The column found to tell the customer.
    """

    file: str
    columns: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was found of a source when it was taken, before anything was told.

    Choices name it, also where what is told since can't be read at all.

    Parameters
    ----------
    report : ReadReport
        How the main table was read.
    schema : Schema
        What its columns were taken for.
    tables : tuple of Joinable
        The tables that were joined, the main one first.
    """

    report: ReadReport
    schema: Schema
    tables: tuple[Joinable, ...]

    @classmethod
    def of(cls, loaded: Loaded) -> Taken:
        """Keep what is small of a source just read."""
        schemas = [(loaded.table, loaded.schema.roles.get("customer_id", ""))]
        schemas += [(match.table, match.key) for match in loaded.joined]
        tables = tuple(
            Joinable(
                file=table.report.files[0].name,
                columns=tuple(map(str, table.frame.columns)),
                key=key,
            )
            for table, key in schemas
        )
        return cls(report=loaded.table.report, schema=loaded.schema, tables=tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """A run of other settings on the same file.

    Parameters
    ----------
    recipe : Recipe
        Of the run before.
    relation : Relation
        How its segments stand to those before.
    names_before : dict of int to str
        What those were called.
    """

    recipe: Recipe
    relation: Relation
    names_before: dict[int, str]


def source() -> Source | Bundle | None:
    """Return the file, or the files, worked on."""
    found: Source | Bundle | None = st.session_state.get("source")
    return found


def taken() -> Taken:
    """Return what was found of the source when it was taken."""
    found: Taken = st.session_state["taken"]
    return found


def set_source(new: Source | Bundle, found: Taken) -> None:
    """Start over with another file, or others; what belonged to the old goes."""
    st.session_state["source"] = new
    st.session_state["taken"] = found
    st.session_state["generation"] = generation() + 1
    st.session_state["draft"] = Recipe()
    st.session_state["ran"] = None


def generation() -> int:
    """Count the files of this session, so that widgets of an old one are not met again."""
    count: int = st.session_state.get("generation", 0)
    return count


def key(name: str) -> str:
    """Return a widget key that belongs to the present file."""
    return f"{name}-{generation()}"


def draft() -> Recipe:
    """Return the settings as they stand in the widgets."""
    recipe: Recipe = st.session_state.get("draft", Recipe())
    return recipe


def set_draft(**stages: Any) -> Recipe:
    """Replace whole stages of the settings; the run shown stays, though of earlier ones."""
    new = draft().with_stage(**stages)
    st.session_state["draft"] = new
    return new


def ran() -> Recipe | None:
    """Return the settings of the run whose results are shown, None before the first."""
    recipe: Recipe | None = st.session_state.get("ran")
    return recipe


def ran_k() -> int | None:
    """Return the number of segments found in the run shown, None before the first."""
    k: int | None = st.session_state["ran_k"] if ran() is not None else None
    return k


def set_ran(recipe: Recipe, k: int, refit: Refit | None = None) -> None:
    """Take these settings as run, with the names and colours kept from the run before."""
    st.session_state.pop("rename_problem", None)
    if ran() is not None and not is_stale():
        return
    st.session_state["ran"] = recipe
    st.session_state["ran_k"] = k
    st.session_state["refit"] = refit
    st.session_state["runs"] = runs() + 1


def refit() -> Refit | None:
    """Return how the run shown stands to the one before, None for the first of a file."""
    found: Refit | None = st.session_state.get("refit")
    return found


def settle_k(recipe: Recipe, k: int, refit: Refit | None) -> None:
    """Take another number of segments for the run shown."""
    st.session_state["ran"] = recipe
    st.session_state["ran_k"] = k
    st.session_state["refit"] = refit
    st.session_state["runs"] = runs() + 1


def turn(recipe: Recipe) -> None:
    """Take the run shown with its segments merged or split by hand, or no longer so."""
    k = ran_k()
    assert k is not None
    settle_k(recipe, k, None)


def runs() -> int:
    """Count the runs of this session, so that widgets about old segments are not met again."""
    count: int = st.session_state.get("runs", 0)
    return count


def set_names(names: NameSettings) -> None:
    """Rename segments of the run shown, given by their ids."""
    recipe, k = ran(), ran_k()
    if recipe is not None and k is not None:
        # The recipe has them by number, and those of segments merged away wait in it.
        numbers = numbers_after(k, recipe.wheel)
        given = {numbers[i - 1]: name for i, name in names.names}
        waiting = {n: name for n, name in recipe.naming.names if n not in numbers}
        names = replace(names, names=tuple(sorted((waiting | given).items())))
        st.session_state["ran"] = recipe.with_stage(naming=names)
        st.session_state["renamings"] = renamings() + 1


def image_format() -> str:
    """Return the format of the pictures that charts can be taken away as."""
    chosen: str = st.session_state.get("image_format", "png")
    return chosen


def set_image_format(chosen: str) -> None:
    """Take all charts' pictures in another format."""
    st.session_state["image_format"] = chosen


def renamings() -> int:
    """Count the changes of names in this session."""
    count: int = st.session_state.get("renamings", 0)
    return count


def is_stale() -> bool:
    """Tell whether the settings have changed since the run shown."""
    recipe = ran()
    return recipe is not None and recipe.as_found() != draft()


def describe_run() -> str:
    """Say in a few words what was run."""
    if ran() is None:
        return "No segments yet"
    recipe = ran()
    by_hand = " found, changed by hand" if recipe is not None and recipe.wheel.steps else ""
    return f"{ran_k()} segments{by_hand}"


def widget_label(text: str) -> str:
    """Keep text from the user's file from being read as Markdown in the label of a widget.

    The label is also told aloud just as it stands, so it gets backslashes only where it must.
    """
    return text if _PLAIN.fullmatch(text) else escape(text)


def escape(text: str) -> str:
    """Keep text from the user's file from being read as Markdown."""
    return _MADE_LATER.sub("\u200b", text).translate(_MARKDOWN)
