"""A folder of models: each file is whole at any moment, whatever happens while it is written."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from segmentation.errors import ModelError
from segmentation.models.files import dump_model, read_model
from segmentation.results import Made, Model

ENDING = ".json"
LONGEST_NAME = 80
LONGEST_NOTE = 2_000
# An hour: no save takes so long, so what is older was left by one that was killed.
STALE_SECONDS = 3_600
FORBIDDEN = frozenset('/\\:*?"<>|')
# Names that Windows gives to devices, whatever their ending.
RESERVED = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{i}" for port in ("com", "lpt") for i in range(10)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model in a folder.

    Parameters
    ----------
    name : str
        What it is called there.
    size_bytes : int
        Of its file.
    saved_at : float
        Seconds since 1970 when the file was last written, by the disk's clock.
    model : Model or None
        The model; None if it is refused.
    problem : str
        Why it is refused; empty if it is not.
    """

    name: str
    size_bytes: int
    saved_at: float
    model: Model | None = None
    problem: str = ""

    def __post_init__(self) -> None:
        assert (self.model is None) == bool(self.problem)

    @property
    def made_at(self) -> str:
        """ISO time at which the model was made, or, if it doesn't tell, its file was written."""
        told = self.model.made.at if self.model else ""
        return told or datetime.fromtimestamp(self.saved_at, UTC).isoformat(timespec="seconds")


def model_name(name: str) -> str:
    """Return a name as it is kept, in one Unicode form and without spaces around.

    Raises
    ------
    ModelError
        If it can't be the name of a file on every system.

    Examples
    --------
    >>> model_name(" Spring 2026 ")
    'Spring 2026'
    >>> model_name("../x")
    Traceback (most recent call last):
    segmentation.errors.ModelError: '../x' can't be the name of a model. ...
    """
    plain = unicodedata.normalize("NFC", name).strip()
    sound = (
        plain
        and len(plain) <= LONGEST_NAME
        and len(plain.encode("utf-8", "replace")) <= 2 * LONGEST_NAME
        and plain.isprintable()
        and not FORBIDDEN & set(plain)
        and plain[0] != "."
        and plain[-1] != "."
        and plain.split(".")[0].strip().casefold() not in RESERVED
    )
    if not sound:
        raise ModelError(
            f"{name[:40]!r} can't be the name of a model",
            remedy=f'Use 1 to {LONGEST_NAME} letters, digits and spaces; no / \\ : * ? " < > |, '
            "and no dot at either end",
        )
    return plain


def list_models(folder: str | os.PathLike[str]) -> tuple[Entry, ...]:
    """Look at every model in a folder, by name; those that are refused say why."""
    paths = sorted(path for path in Path(folder).glob(f"*{ENDING}") if path.name[0] != ".")
    return tuple(entry for entry in map(_entry, paths) if entry is not None)


def load_model(folder: str | os.PathLike[str], name: str) -> Model:
    """Read a model of a folder.

    Raises
    ------
    ModelError
        If there is none of the name, or it is refused; see `segmentation.models.files`.
    """
    return read_model(_existing(folder, name))


def save_model(
    folder: str | os.PathLike[str], name: str, model: Model, *, over: bool = False
) -> str:
    """Keep a model in a folder, whole or not at all.

    Parameters
    ----------
    folder : path
        Where; it is made if it is not there.
    name : str
        What to call it.
    model : Model
        The model.
    over : bool
        Whether to take the place of a model of that name. Otherwise, where there is one, this one
        is called ``name (2)`` or the next number that is free.

    Returns
    -------
    str
        What it is called.

    Raises
    ------
    ModelError
        If the name can't be, or the folder can't be written to.
    """
    plain = model_name(name)
    with _in_words(folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
        with _written(Path(folder), dump_model(model)) as temporary:
            if over:
                temporary.replace(_path(folder, plain))
                return plain
            number, free = 1, plain
            while not _linked(temporary, _path(folder, free)):
                number += 1
                suffix = f" ({number})"
                free = model_name(plain[: LONGEST_NAME - len(suffix)] + suffix)
            return free


def write_model(path: str | os.PathLike[str], model: Model) -> None:
    """Write a model to a file, in whose place it comes at once and whole.

    Raises
    ------
    OSError
        If it can't be written.
    """
    target = Path(path)
    with _written(target.parent, dump_model(model)) as temporary:
        temporary.replace(target)


def keep_beside(path: Path) -> Path:
    """Give a model's file a second name, with the next number that is free, and return that.

    Raises
    ------
    OSError
        If it can't be.
    """
    number = 1
    while not _linked(path, beside := path.with_name(f"{path.stem}-{number}{path.suffix}")):
        number += 1
    return beside


def rename_model(folder: str | os.PathLike[str], name: str, new: str) -> str:
    """Call a model otherwise, and return its new name.

    Raises
    ------
    ModelError
        If there is none of the name, or one of the new name is there already.
    """
    path, plain = _existing(folder, name), model_name(new)
    with _in_words(folder):
        if not _linked(path, _path(folder, plain)):
            raise ModelError(
                f"There is a model called {plain!r} already",
                remedy="Choose another name, or delete that one",
            )
        path.unlink()
        _sync(Path(folder))
    return plain


def delete_model(folder: str | os.PathLike[str], name: str) -> None:
    """Delete a model, also one that is refused."""
    with _in_words(folder):
        _existing(folder, name).unlink()
        _sync(Path(folder))


def annotate_model(folder: str | os.PathLike[str], name: str, note: str) -> Model:
    """Put a note in the place of a model's own.

    Raises
    ------
    ModelError
        If there is none of the name, it is refused, or the note is too long.
    """
    if len(note) > LONGEST_NOTE:
        raise ModelError(
            f"The note has {len(note):,} characters",
            remedy=f"Use {LONGEST_NOTE:,} at most",
        )
    model = load_model(folder, name)
    made: Made = replace(model.made, note=note)
    model = replace(model, made=made)
    save_model(folder, name, model, over=True)
    return model


def _entry(path: Path) -> Entry | None:
    """Look at a file; None if it is none, or was deleted in the meantime."""
    try:
        status = path.stat()
    except OSError:
        return None
    if not path.is_file():
        return None
    model, problem = None, ""
    try:
        model = read_model(path)
    except ModelError as error:
        problem = f"{error.what}. {error.remedy}."
    return Entry(
        name=path.name.removesuffix(ENDING),
        size_bytes=status.st_size,
        saved_at=status.st_mtime,
        model=model,
        problem=problem,
    )


def _path(folder: str | os.PathLike[str], plain: str) -> Path:
    return Path(folder) / f"{plain}{ENDING}"


def _existing(folder: str | os.PathLike[str], name: str) -> Path:
    path = _path(folder, model_name(name))
    if not path.is_file():
        raise ModelError(f"There is no model called {name!r}", remedy="Choose one from the list")
    return path


@contextmanager
def _in_words(folder: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelError(
            f"The folder of models can't be written to: {error.strerror}",
            where=os.fspath(folder),
            remedy="Check that it is there, may be written to and has room",
        ) from None


@contextmanager
def _written(folder: Path, data: bytes) -> Iterator[Path]:
    """Write to a file beside the target, on the disk before anything is called by the name."""
    handle, name = tempfile.mkstemp(prefix=".saving-", dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        yield temporary
        _sync(folder)
        _tidy(folder)
    finally:
        temporary.unlink(missing_ok=True)


def _linked(temporary: Path, target: Path) -> bool:
    """Give a file a second name; False if the name is taken."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        return False
    return True


def _sync(folder: Path) -> None:
    """Bring the folder's own list of names to the disk; Windows does so by itself."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _tidy(folder: Path) -> None:
    """Remove what saves that were killed have left, told by the age against the newest file."""
    left = _written_at(folder.glob(".saving-*"))
    newest = max([*left.values(), *_written_at(folder.glob(f"*{ENDING}")).values()], default=0.0)
    for path, at in left.items():
        if newest - at > STALE_SECONDS:
            with suppress(OSError):
                path.unlink()


def _written_at(paths: Iterable[Path]) -> dict[Path, float]:
    """Tell when each file was last written, but for those that other saves take away meanwhile."""
    found = {}
    for path in paths:
        with suppress(FileNotFoundError):
            found[path] = path.stat().st_mtime
    return found
