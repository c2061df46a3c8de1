"""What an analyst corrected, kept by the file's header for the next file with the same one."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from segmentation.errors import SettingsError
from segmentation.roles.names import is_made_up
from segmentation.settings import RECIPE_VERSION, Recipe, SchemaSettings

CORRECTIONS_VERSION = 1
MOST_HEADERS = 200
LARGEST_FILE_BYTES = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What was settled for the files of one header.

    Parameters
    ----------
    header : str
        The header's `signature`.
    settings : SchemaSettings
        What the analyst settled.
    """

    header: str
    settings: SchemaSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """The corrections of one analyst, oldest first; beyond 200 headers the oldest go.

    Names of columns and what they are for are kept, never a cell.

    Parameters
    ----------
    entries : tuple of Correction
        One a header.

    Examples
    --------
    >>> told = SchemaSettings(roles=(("amount", "Wert"),))
    >>> store = remember(Corrections(), ["Kd", "Wert"], told)
    >>> recall(Corrections.from_json(store.to_json()), ["WERT", "Kd"]).roles
    (('amount', 'WERT'),)
    """

    entries: tuple[Correction, ...] = ()

    def to_json(self) -> str:
        """Return the store as JSON text."""
        entries = [asdict(entry) for entry in self.entries]
        plain = {"corrections_version": CORRECTIONS_VERSION, "entries": entries}
        return json.dumps(plain, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Corrections:
        """Read a store.

        Raises
        ------
        SettingsError
            If the text is no such store.
        """
        try:
            raw = json.loads(text)
            if raw["corrections_version"] != CORRECTIONS_VERSION:
                raise ValueError
            entries = tuple(_correction(entry) for entry in raw["entries"])
        except (ValueError, KeyError, TypeError, RecursionError, SettingsError):
            raise SettingsError(
                f"The text holds no corrections of version {CORRECTIONS_VERSION}",
                remedy="Correct the columns again",
            ) from None
        return cls(entries=entries[-MOST_HEADERS:])


def signature(columns: Iterable[str]) -> str:
    """Tell headers apart by their names, whatever the order and the capitals.

    Examples
    --------
    >>> signature(["Kunde", "Wert "]) == signature(["wert", "KUNDE"])
    True
    """
    names = sorted(map(_normalised, columns))
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


def remember(
    store: Corrections, columns: Sequence[str], schema_settings: SchemaSettings
) -> Corrections:
    """Keep what was settled for a header in place of what was known; nothing settled forgets it.

    Made-up names are not kept: all tables of so many columns without a header share them.
    """
    if all(map(is_made_up, columns)):
        return store
    header = signature(columns)
    others = tuple(entry for entry in store.entries if entry.header != header)
    if schema_settings == SchemaSettings():
        return Corrections(entries=others)
    entry = Correction(header=header, settings=schema_settings)
    return Corrections(entries=(*others, entry)[-MOST_HEADERS:])


def recall(store: Corrections, columns: Sequence[str]) -> SchemaSettings | None:
    """Return what was settled for a header, in this file's spelling; None if nothing was."""
    header = signature(columns)
    for entry in store.entries:
        if entry.header == header:
            roles = [(role, _written(name, columns)) for role, name in entry.settings.roles]
            settled = tuple((role, name) for role, name in roles if name is not None)
            return replace(entry.settings, roles=settled) if len(settled) == len(roles) else None
    return None


def load(path: Path) -> tuple[Corrections, str]:
    """Read a store from a file; a damaged file gives a fresh store and a note that says so."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE_BYTES + 1)
        if len(data) > LARGEST_FILE_BYTES:
            raise ValueError
        return Corrections.from_json(data.decode("utf-8")), ""
    except FileNotFoundError:
        return Corrections(), ""
    except (OSError, ValueError, SettingsError):
        return Corrections(), (
            "The corrections kept from earlier files could not be read; they start anew."
        )


def save(store: Corrections, path: Path) -> None:
    """Write a store to a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(store.to_json())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _correction(raw: dict[str, Any]) -> Correction:
    if set(raw) != {"header", "settings"} or not isinstance(raw["header"], str):
        raise ValueError
    recipe = {"recipe_version": RECIPE_VERSION, "schema": raw["settings"]}
    return Correction(header=raw["header"], settings=Recipe.from_json(json.dumps(recipe)).schema)


def _normalised(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _written(name: str, columns: Sequence[str]) -> str | None:
    """Find a column by its name, else the only one whose name differs in capitals and spaces."""
    if not name or name in columns:
        return name
    alike = [column for column in columns if _normalised(column) == _normalised(name)]
    return alike[0] if len(alike) == 1 else None
