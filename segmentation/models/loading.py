"""A file read, cleaned and turned into customers as a model's own was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.cleaning import clean
from segmentation.errors import ModelError, SchemaError
from segmentation.features import build_features
from segmentation.models.making import digest_of
from segmentation.pipeline import combine, join, read
from segmentation.reading import Given, ReadLimits, as_source
from segmentation.results import Customers, Loaded, Model, Schema, ScoreDoubt, Table
from segmentation.schema import suggest_schema
from segmentation.settings import (
    ROLES,
    CombineSettings,
    ReadSettings,
    Recipe,
    Role,
    SchemaSettings,
)
from segmentation.words import listed, words

FORCED = ("number", "category", "date")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """A file's customers, with what a model needs of each.

    Parameters
    ----------
    loaded : Loaded
        The file up to its customers.
    recipe : Recipe
        The model's settings, with what was said of the file.
    features : dict of str to ndarray, shape (customers,)
        Each feature of the model: numbers in original units, NaN where missing; texts.
    doubts : tuple of ScoreDoubt
        Columns that are missing or called otherwise, and what reading doubted.
    notes : tuple of str
        What was taken from the model, in sentences.
    """

    loaded: Loaded
    recipe: Recipe
    features: dict[str, npt.NDArray[Any]]
    doubts: tuple[ScoreDoubt, ...]
    notes: tuple[str, ...]


def fit_file(
    model: Model,
    source: Given | Sequence[Given],
    *,
    told: Recipe | None = None,
    limits: ReadLimits | None = None,
) -> Fitted:
    """Go from a file, or several, to what a model needs of its customers.

    Columns are found by what is said of their roles, by their names, then by their names' words,
    then, those with a role, by what else tells the role. What can be read in two ways is read as in
    the model's own file. Days are counted to the day after the file's own last order; only in the
    model's own file, to the date that was given when the model was made.

    Parameters
    ----------
    model : Model
        What to fit the file to.
    source
        As for `segmentation.pipeline.run`.
    told : Recipe, optional
        What is said of this file: how it is read, its roles, its dates and decimal mark, and the
        date that days are counted to. The rest is the model's.
    limits : ReadLimits, optional
        What opening a workbook or an archive may cost.

    Raises
    ------
    SegmentationError
        If the file can't be read or cleaned.
    ModelError
        If it has none of the columns that the model needs.
    """
    given = as_source(source)
    told = told or Recipe()
    is_own = digest_of(tuple(file.sha256 for file in given.sources)) == model.training.sha256
    ours = {PurePath(file.name).suffix.lower() for file in model.training.files}
    theirs = {PurePath(file.name).suffix.lower() for file in given.sources}
    reading = model.recipe.read if is_own or ours == theirs else ReadSettings()
    reading = _over(reading, told.read, ("sheet", "encoding", "delimiter", "header_rows"))
    tables = read(given, model.recipe.with_stage(read=reading), limits=limits)
    return fit_tables(model, tables, told=told)


def fit_tables(model: Model, tables: tuple[Table, ...], *, told: Recipe | None = None) -> Fitted:
    """Go from tables that were read to what a model needs of their customers.

    Parameters
    ----------
    model, told
        As for `fit_file`.
    tables : tuple of Table
        As read, one a shape.

    Raises
    ------
    SegmentationError
        As for `fit_file`.
    """
    files = [file for table in tables for file in table.report.files]
    is_own = digest_of(tuple(file.sha256 for file in files)) == model.training.sha256
    told = told or Recipe()
    recipe = _recipe(model, told, is_own=is_own)
    roles: dict[Role, str] = dict(told.schema.roles)  # type: ignore[assignment]
    combined = combine(tables, _combining(recipe, tables))
    column_of = _columns(model, combined.main, roles)
    schema, notes = _schema(model, combined.main, recipe, column_of, roles)
    cleaned = clean(combined.main, schema, recipe.clean)
    customers, joined = join(combined, schema, cleaned, build_features(cleaned, schema), recipe)
    loaded = Loaded(
        table=combined.main, schema=schema, clean=cleaned, customers=customers, joined=joined
    )
    names = {name: column_of.get(name, name) for name in model.features}
    features, missing = _features(model, customers, names)
    if len(missing) == len(model.features):
        raise ModelError(
            f"The file has none of the columns that the model needs: {listed(missing)}"[:400],
            where=combined.main.report.name,
            remedy="Choose a file like the one the model was made from, or another model",
        )
    if is_own:
        notes += ("This is the file that the model was made from.",)
    return Fitted(
        loaded=loaded,
        recipe=recipe,
        features=features,
        doubts=(
            *(_missing_doubt(model, name) for name in missing),
            *_renamed_doubts(model, schema, column_of, roles),
            *_reading_doubts(model, loaded),
        ),
        notes=notes,
    )


def _columns(model: Model, table: Table, told: dict[Role, str]) -> dict[str, str]:
    """Find the model's columns in a file: as was told, else by their names."""
    names = [str(name) for name in table.frame.columns]
    found = match_columns([column.name for column in model.inputs], names)
    found |= {column.name: told[column.role] for column in model.inputs if column.role in told}
    return {name: column for name, column in found.items() if column}


def match_columns(wanted: Sequence[str], there: Iterable[str]) -> dict[str, str]:
    """Find each name among others, or one whose words are the same.

    Examples
    --------
    >>> match_columns(["Annual Income", "Age"], ["annual_income", "Age", "age"])
    {'Annual Income': 'annual_income', 'Age': 'Age'}
    """
    names = list(there)
    free = set(names) - set(wanted)
    by_words: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        if name in free:
            by_words.setdefault(words(name), []).append(name)
    found = {}
    for name in wanted:
        alike = by_words.get(words(name), []) if words(name) else []
        if name in names:
            found[name] = name
        elif len(alike) == 1:
            found[name] = alike[0]
    return found


def _recipe(model: Model, told: Recipe, *, is_own: bool) -> Recipe:
    """Lay what is said of a file over the model's settings."""
    recipe = model.recipe
    as_of = told.clean.as_of or (recipe.clean.as_of if is_own else None)
    return recipe.with_stage(
        schema=_over(recipe.schema, told.schema, ("dates", "decimal")),
        clean=replace(recipe.clean, as_of=as_of),
    )


def _over(stage: Any, told: Any, names: tuple[str, ...]) -> Any:
    said = {name: getattr(told, name) for name in names}
    return replace(stage, **{name: value for name, value in said.items() if value is not None})


def _combining(recipe: Recipe, tables: tuple[Table, ...]) -> Recipe:
    """Leave out what is said of files that are not among these."""
    here = {file.name for table in tables for file in table.report.files}
    named = {file for file, _ in recipe.combine.keys} | {recipe.combine.main or ""} - {""}
    return recipe if named <= here else recipe.with_stage(combine=CombineSettings())


def _schema(
    model: Model,
    table: Table,
    recipe: Recipe,
    column_of: dict[str, str],
    told: dict[Role, str],
) -> tuple[Schema, tuple[str, ...]]:
    """Say what the file's columns are for: what the model's are, as far as they are there."""
    roles: dict[Role, str] = {role: "" for role, name in recipe.schema.roles if not name}  # type: ignore[misc]
    if model.kind == "transactions":
        roles |= dict.fromkeys(ROLES, "")
    for column in model.inputs:
        if column.role is None:
            continue
        roles.pop(column.role, None)
        if column.name in column_of:
            roles[column.role] = column_of[column.name]
    roles |= told
    known = {
        column_of[column.name]: column.type
        for column in model.inputs
        if column.name in column_of and column.type in FORCED and column.role not in told
    }
    settings = SchemaSettings(
        kind=model.kind,
        roles=tuple(roles.items()),
        dates=recipe.schema.dates,
        decimal=recipe.schema.decimal,
    )
    try:
        schema = suggest_schema(table, settings, known=known)
    except SchemaError as error:
        if told or not len(table.frame):
            raise
        raise ModelError(
            f"The file is not like the one the model was made from: {error.what[:1].lower()}"
            f"{error.what[1:]}",
            where=table.report.name,
            remedy="Choose a file like that one, or another model",
        ) from None
    asked = {question.setting for question in schema.questions}
    inputs = [column for column in model.inputs if column.name in column_of]
    decimals = {column.decimal for column in inputs if column.type == "number"}
    orders = {column.dates for column in inputs if column.type == "date"}
    notes = []
    if "decimal" in asked and len(decimals) == 1:
        settings = replace(settings, decimal=decimals.pop())
        notes.append(f"Numbers are read with a decimal {settings.decimal}, as in the model's file.")
    if "dates" in asked and len(orders) == 1:
        settings = replace(settings, dates=orders.pop())
        notes.append(f"Dates are read in the order {settings.dates}, as in the model's file.")
    return (suggest_schema(table, settings, known=known) if notes else schema), tuple(notes)


def _features(
    model: Model, customers: Customers, names: dict[str, str]
) -> tuple[dict[str, npt.NDArray[Any]], list[str]]:
    categories = model.categories
    features: dict[str, npt.NDArray[Any]] = {}
    missing = []
    for name, column in names.items():
        there = column in customers.frame
        if name in categories:
            cells = customers.frame[column].astype("str") if there else ""
            features[name] = np.full(len(customers.ids), "", dtype=object)
            features[name][:] = cells
        elif there and pd.api.types.is_numeric_dtype(customers.frame[column]):
            features[name] = customers.frame[column].to_numpy(dtype=float)
        else:
            there = False
            features[name] = np.full(len(customers.ids), np.nan)
        if not there:
            missing.append(name)
    return features, missing


def _missing_doubt(model: Model, name: str) -> ScoreDoubt:
    fill = next((c.fill for c in model.columns if c.feature == name), None)
    if name in model.categories:
        then = "counts as missing for every customer"
    elif fill is None:
        then = "is missing, so that no customer can be scored"
    else:
        then = f"is taken to be {fill:g} for every customer, as for missing values"
    return ScoreDoubt(
        kind="missing_column", column=name, text=f"There is no column for {name!r}: it {then}."
    )


def _reading_doubts(model: Model, loaded: Loaded) -> Iterable[ScoreDoubt]:
    """Pass on what reading doubted, but for columns that the model has no use for."""
    used = {column.name for column in model.inputs} | set(loaded.schema.roles.values())
    others = tuple(f"{c.name}: " for c in loaded.schema.columns if c.name not in used)
    for text in loaded.doubts:
        if not text.startswith(others):
            yield ScoreDoubt(kind="reading", column="", text=text)


def _renamed_doubts(
    model: Model, schema: Schema, column_of: dict[str, str], told: dict[Role, str]
) -> Iterable[ScoreDoubt]:
    roles = schema.roles
    for column in model.inputs:
        if column.role in told:
            continue
        other = column_of.get(column.name) or roles.get(column.role)  # type: ignore[arg-type]
        if other is not None and other != column.name:
            yield ScoreDoubt(
                kind="renamed_column",
                column=column.name,
                text=f"{other!r} is taken for {column.name!r}.",
            )
