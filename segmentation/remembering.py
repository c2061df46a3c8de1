"""What an analyst corrected, kept by the file's header for the next file with the same one."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from segmentation.roles.names import is_made_up
from segmentation.settings import SchemaSettings

MOST_HEADERS = 200


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
    >>> recall(store, ["WERT", "Kd"]).roles
    (('amount', 'WERT'),)
    """

    entries: tuple[Correction, ...] = ()


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


def _normalised(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _written(name: str, columns: Sequence[str]) -> str | None:
    """Find a column by its name, else the only one whose name differs in capitals and spaces."""
    if not name or name in columns:
        return name
    alike = [column for column in columns if _normalised(column) == _normalised(name)]
    return alike[0] if len(alike) == 1 else None
