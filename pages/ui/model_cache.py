"""Saved models and what is made with them, cached for this session; see `pages.ui.cache`."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from pages.ui import cache
from pages.ui.cache import LONGEST_STAY, AnySource, Counted
from pages.ui.model_folder import folder
from segmentation.models.drifting import drift
from segmentation.models.files import dump_model
from segmentation.models.loading import Fitted, fit_file, fit_tables
from segmentation.models.making import make_model
from segmentation.models.moving import month_starts, move, move_between, over_time
from segmentation.models.refitting import Refit, relate
from segmentation.models.scoring import score_fitted
from segmentation.models.store import ENDING, Entry, list_models
from segmentation.reading import limits_from
from segmentation.results import Drift, Model, Movement, Run, Scored, Table, Timeline
from segmentation.settings import Recipe


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """A model that can be used.

    Parameters
    ----------
    name : str
        What it is called in the folder; empty for that of the run shown.
    model : Model
        The model.
    digest : str
        What tells it from others.
    """

    name: str
    model: Model
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ready:
    """A file made ready for a model.

    Parameters
    ----------
    fitted : Fitted
        The file.
    key : str
        What tells it, the model and what was said of the file from others.
    """

    fitted: Fitted
    key: str


def entries() -> tuple[Entry, ...]:
    """Look at every model of the folder, anew when a file of it has changed."""
    place = folder()
    marks = []
    for path in sorted(place.glob(f"*{ENDING}")):
        with suppress(FileNotFoundError):
            found = path.stat()
            marks.append((path.name, found.st_ino, found.st_size, found.st_mtime_ns))
    return _entries(repr((place, marks)))


def kept(entry: Entry) -> Kept:
    """Make a model of the folder ready for use."""
    assert entry.model is not None
    return Kept(name=entry.name, model=entry.model, digest=_digest(entry.model))


def of_run(source: AnySource, run: Run) -> Kept:
    """Make a model of the run shown.

    Raises
    ------
    ModelError
        As for `make_model`.
    """
    checked = bool(run.evidence.stabilities)
    return _of_run(_key(source, run.recipe, run.segmentation.k, checked), run)


def related(used: Model, new: Kept, run: Run) -> Refit:
    """Hold the run shown against a model that it may replace."""
    return _related(f"{_digest(used)} {new.digest}", used, run)


def ready(used: Kept, source: AnySource, told: Recipe) -> Ready:
    """Go from a file to what a model needs of its customers."""
    key = _key(source, used.digest, told)
    return Ready(fitted=_fitted(key, used.model, source, told), key=key)


def ready_shown(used: Kept, source: AnySource, told: Recipe) -> Ready:
    """Do the same with the file worked on, which was read already."""
    key = _key(source, used.digest, told, "shown")
    tables = cache.tables(source, told)
    return Ready(fitted=_fitted_shown(key, used.model, tables, told), key=key)


def scored(used: Kept, file: Ready) -> Scored:
    """Tell the segments of a file's customers."""
    return _scored(file.key, used.model, file.fitted)


def drifted(used: Kept, file: Ready) -> Drift:
    """Hold scored customers against those that the model was made from."""
    return _drifted(file.key, used.model, scored(used, file))


def moved_between(used: Kept, file: Ready, first: str, second: str) -> Movement:
    """Hold a log before a date against the same log before another."""
    return _moved_between(f"{file.key} {first} {second}", used.model, file.fitted, first, second)


def moved(used: Kept, before: Ready, after: Ready) -> Movement:
    """Follow customers from one file to another."""
    one, other = scored(used, before), scored(used, after)
    names = [file.fitted.loaded.table.report.name for file in (before, after)]
    labels = (f"{names[0]}, before", f"{names[1]}, after")
    return _moved(f"{before.key} {after.key}", used.model, one, other, labels)


def are_months_known(file: Ready) -> bool:
    """Tell whether the months of a log were gone through before."""
    return _months_place(file.key).found is not None


def months(used: Kept, file: Ready, progress: Counted | None = None) -> Timeline:
    """Go through a log month by month."""
    place = _months_place(file.key)
    if place.found is None:
        log = file.fitted
        place.found = over_time(used.model, log, month_starts(log), progress)
    return place.found


def _key(source: AnySource, *settings: object) -> str:
    files = [(file.sha256, file.name) for file in source.sources]
    return repr((files, settings))


def _digest(model: Model) -> str:
    return hashlib.sha256(dump_model(model)).hexdigest()


@st.cache_resource(scope="session", max_entries=1, ttl=LONGEST_STAY, show_spinner=False)
def _entries(key: str) -> tuple[Entry, ...]:
    return list_models(folder())


@st.cache_resource(scope="session", max_entries=4, ttl=LONGEST_STAY, show_spinner=False)
def _of_run(key: str, _run: Run) -> Kept:
    model = make_model(_run)
    return Kept(name="", model=model, digest=_digest(model))


@st.cache_resource(scope="session", max_entries=2, ttl=LONGEST_STAY, show_spinner=False)
def _related(key: str, _model: Model, _run: Run) -> Refit:
    return relate(_model, _run)


@st.cache_resource(scope="session", max_entries=2, ttl=LONGEST_STAY, show_spinner=False)
def _fitted(key: str, _model: Model, _source: AnySource, _told: Recipe) -> Fitted:
    return fit_file(_model, _source, told=_told, limits=limits_from(os.environ))


@st.cache_resource(scope="session", max_entries=2, ttl=LONGEST_STAY, show_spinner=False)
def _fitted_shown(key: str, _model: Model, _tables: tuple[Table, ...], _told: Recipe) -> Fitted:
    return fit_tables(_model, _tables, told=_told)


@st.cache_resource(scope="session", max_entries=4, ttl=LONGEST_STAY, show_spinner=False)
def _scored(key: str, _model: Model, _fitted: Fitted) -> Scored:
    return score_fitted(_model, _fitted)


@st.cache_resource(scope="session", max_entries=4, ttl=LONGEST_STAY, show_spinner=False)
def _drifted(key: str, _model: Model, _scored: Scored) -> Drift:
    return drift(_model, _scored)


@st.cache_resource(scope="session", max_entries=4, ttl=LONGEST_STAY, show_spinner=False)
def _moved_between(key: str, _model: Model, _log: Fitted, _first: str, _second: str) -> Movement:
    return move_between(_model, _log, _first, _second)


@st.cache_resource(scope="session", max_entries=4, ttl=LONGEST_STAY, show_spinner=False)
def _moved(
    key: str, _model: Model, _before: Scored, _after: Scored, _labels: tuple[str, str]
) -> Movement:
    return move(_model, _before, _after, labels=_labels)


@dataclass(slots=True)
class _Months:
    """Where a timeline is kept, which is made with its progress on the screen."""

    found: Timeline | None = None


@st.cache_resource(scope="session", max_entries=4, ttl=LONGEST_STAY, show_spinner=False)
def _months_place(key: str) -> _Months:
    return _Months()
