"""What is answered: the models of a folder, and customers scored by one of them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from segmentation.api.bodies import JSON
from segmentation.api.facts import list_facts, model_facts, scored_facts
from segmentation.api.problems import Problem
from segmentation.errors import ModelError, SegmentationError, SettingsError
from segmentation.models.files import read_model
from segmentation.models.loading import fit_file
from segmentation.models.scoring import score_fitted, score_rows
from segmentation.models.store import ENDING, model_name
from segmentation.reading import ReadLimits, Source
from segmentation.results import Model, Scored
from segmentation.settings import (
    CleanSettings,
    DateOrder,
    DecimalMark,
    ReadSettings,
    Recipe,
    SchemaSettings,
)
from segmentation.values import LARGEST_NUMBER

MODELS_HELD = 8
MODELS_LISTED = 1_000
# Of the start of a model's file: its digest stands there.
STAMP_BYTES = 200

Stamp = tuple[int, int, int, bytes]
Done = tuple[dict[str, Any], dict[str, int]]


class Answers:
    """Answers jobs, with the models last used at hand.

    Parameters
    ----------
    folder : path
        Of the models.
    rows : int
        Most rows, or customers, that are scored at once.
    """

    def __init__(self, folder: str | os.PathLike[str], rows: int) -> None:
        self._folder = Path(folder)
        self._rows = rows
        self._models: dict[Path, tuple[Stamp, Model]] = {}
        self._listed: dict[Path, tuple[Stamp, dict[str, Any]]] = {}

    def do(self, job: Mapping[str, Any], body: bytes) -> Done:
        """Answer a job, and count the customers it scored by their segment.

        Raises
        ------
        Problem
            If it can't be done.
        """
        if job["do"] == "list":
            return self._list(), {}
        try:
            path = self._folder / f"{model_name(job['name'])}{ENDING}"
            model = self._model(path)
        except ModelError as error:
            raise Problem(409, str(error)) from None
        except FileNotFoundError:
            raise Problem(404, "There is no such model. Choose one from the list.") from None
        if job["do"] == "model":
            return model_facts(path.stem, model), {}
        told = told_of(job["query"], job["charset"])
        try:
            scored = self._scored(model, job["media"], body, told)
        except SegmentationError as error:
            raise Problem(409, str(error)) from None
        sizes = scored.sizes()
        counts = {scored.names[segment_id]: size for segment_id, size in sizes.items() if size}
        return scored_facts(path.stem, model, scored), counts

    def _scored(self, model: Model, media: str, body: bytes, told: Recipe) -> Scored:
        if media == JSON:
            return self._by_features(model, parse_rows(body, self._rows))
        if model.kind == "customers" and body.count(b"\n") > self._rows + 1:
            raise self._too_many()
        # What unpacks is none of what may be sent.
        limits = ReadLimits(unpacked_bytes=1, members=1)
        fitted = fit_file(model, Source(name="body.csv", data=body), told=told, limits=limits)
        if fitted.loaded.questions:
            question = fitted.loaded.questions[0]
            ways = " or ".join(f"{question.setting}={way.value}" for way in question.readings)
            raise Problem(409, f"Only you can tell: {question.text} Add {ways} to the address.")
        if len(fitted.loaded.customers.ids) > self._rows:
            raise self._too_many()
        return score_fitted(model, fitted)

    def _by_features(self, model: Model, rows: list[dict[str, Any]]) -> Scored:
        if not any(name in model.features for row in rows for name in row):
            named = ", ".join(map(repr, model.features))
            raise Problem(409, f"No row has a feature of the model. They are called {named}.")
        id_column = next((c.name for c in model.inputs if c.role == "customer_id"), None)
        if id_column is None or id_column in model.features:
            return score_rows(model, rows)
        cells = [row.pop(id_column, None) for row in rows]
        ids = ["" if cell is None else str(cell).strip() for cell in cells]
        if not any(ids):
            return score_rows(model, rows)
        if not all(ids):
            # Its number could be another's id.
            raise Problem(
                409,
                f"Row {ids.index('') + 1:,} has no {id_column!r}, and others have. Give every row "
                "one, or none; without any they are numbered from 1.",
            )
        return score_rows(model, rows, ids)

    def _too_many(self) -> Problem:
        return Problem(413, f"At most {self._rows:,} are scored at once. Send several requests.")

    def _model(self, path: Path) -> Model:
        stamp = stamp_of(path)
        held = self._models.pop(path, None)
        if held is None or held[0] != stamp:
            held = stamp, read_model(path)
        self._models[path] = held
        while len(self._models) > MODELS_HELD:
            del self._models[next(iter(self._models))]
        return held[1]

    def _list(self) -> dict[str, Any]:
        paths = sorted(self._folder.glob(f"*{ENDING}"))[:MODELS_LISTED]
        listed = {}
        for path in paths:
            try:
                listed[path] = self._entry(path)
            except FileNotFoundError:
                continue
        self._listed = listed
        return {"models": [facts for _, facts in listed.values()]}

    def _entry(self, path: Path) -> tuple[Stamp, dict[str, Any]]:
        stamp = stamp_of(path)
        held = self._listed.get(path)
        if held is not None and held[0] == stamp:
            return held
        try:
            return stamp, list_facts(path.stem, read_model(path))
        except ModelError as error:
            return stamp, list_facts(path.stem, None, str(error))


def stamp_of(path: Path) -> Stamp:
    """Return what changes when a model is saved in another's place.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    if path.name.startswith(".") or not path.is_file():
        raise FileNotFoundError
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        return found.st_ino, found.st_mtime_ns, found.st_size, file.read(STAMP_BYTES)


def told_of(query: Mapping[str, str], charset: str = "") -> Recipe:
    """Take what is said of a file beside it.

    Raises
    ------
    Problem
        422 if it is none of what can be said, 415 if there is no such character set.

    Examples
    --------
    >>> told_of({"as_of": "2026-03-31", "dates": "dmy"}).schema.dates
    'dmy'
    """
    for name, choices in (("dates", get_args(DateOrder)), ("decimal", get_args(DecimalMark))):
        if name in query and query[name] not in choices:
            raise Problem(422, f"{name} can't be that. Use one of {', '.join(choices)}.")
    try:
        clean = CleanSettings(as_of=query.get("as_of"))
    except SettingsError as error:
        raise Problem(422, str(error)) from None
    try:
        reading = ReadSettings(header_rows=1, encoding=charset or None)
    except SettingsError as error:
        raise Problem(415, str(error)) from None
    schema = SchemaSettings(dates=query.get("dates"), decimal=query.get("decimal"))  # type: ignore[arg-type]
    return Recipe(read=reading, schema=schema, clean=clean)


def parse_rows(body: bytes, most: int) -> list[dict[str, Any]]:
    """Read ``{"rows": [{name: value, ...}, ...]}``.

    Raises
    ------
    Problem
        400 if it is not JSON; 413 if there are too many rows; 422 if it has another form.

    Examples
    --------
    >>> parse_rows(b'{"rows": [{"Age": 31}]}', 10)
    [{'Age': 31}]
    """
    try:
        said = json.loads(body, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem(
            400,
            "The body is not JSON in UTF-8; or it has NaN, Infinity or a number of thousands of "
            "digits in it, is nested deeply, or names something twice.",
        ) from None
    rows = said.get("rows") if isinstance(said, dict) else None
    if not isinstance(rows, list) or not rows or len(said) > 1:
        raise Problem(422, 'Write {"rows": [...]} and nothing beside it, with at least one row.')
    if len(rows) > most:
        raise Problem(413, f"At most {most:,} are scored at once. Send several requests.")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not all(map(_is_cell, row.values())):
            raise Problem(
                422,
                f"Row {number:,} is no object whose values are numbers of at most "
                f"{LARGEST_NUMBER:g}, texts or null.",
            )
    return rows


def _is_cell(value: object) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return abs(value) <= LARGEST_NUMBER
    return value is None or isinstance(value, str)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _no_number(_: str) -> None:
    raise ValueError
