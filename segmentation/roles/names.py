"""What a column's name says it is for, in six languages and the words of common systems."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from segmentation.settings import ROLES, Role

ROLE_NAMES = Path(__file__).with_name("role_names.toml")
BARE_ID = "id"
_IN_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_LETTERS = re.compile(r"[^\W_]+")
_MADE_UP = re.compile(r"(column|col|field|unnamed|spalte|feld|v|x)?\d*")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Meaning:
    """What a name can mean; the smaller is the more telling.

    Parameters
    ----------
    section : int
        Place of the meaning among those of its role.
    trimmed : int
        0 for the name itself; else the larger, the later in the list what was taken off it.
    position : int
        Place of the name within its section.
    role : str
        The role it stands for.
    words : str
        The meaning in English.
    languages : tuple of str
        Languages or systems that use the name.
    vague : bool
        Whether the name proves little by itself.
    """

    section: int
    trimmed: int
    position: int
    role: Role
    words: str
    languages: tuple[str, ...]
    vague: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file that a known system writes, where names alone mislead.

    Parameters
    ----------
    system : str
        Whose file it is.
    roles : dict of role to column
        Columns as this file spells them; empty where no column has the role.
    """

    system: str
    roles: dict[Role, str]


@dataclass(frozen=True, slots=True)
class _Known:
    meanings: dict[str, list[Meaning]] = field(default_factory=dict)
    prefixes: list[tuple[str, frozenset[Role]]] = field(default_factory=list)
    suffixes: list[tuple[str, frozenset[Role]]] = field(default_factory=list)
    exports: list[dict[str, Any]] = field(default_factory=list)
    other_names: set[str] = field(default_factory=set)
    other_parts: list[str] = field(default_factory=list)
    country_codes: set[str] = field(default_factory=set)
    country_names: set[str] = field(default_factory=set)


def spellings(name: str) -> tuple[str, ...]:
    """Reduce a name to its letters and digits, without accents and with umlauts in ASCII.

    Examples
    --------
    >>> spellings("Stück_Preis"), spellings("CustomerID")
    (('stuckpreis', 'stueckpreis'), ('customerid',))
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    plain = [folded]
    if not folded.isascii():
        plain = [_without_accents(folded), _without_accents(folded.translate(_IN_ASCII))]
    return tuple(dict.fromkeys("".join(_LETTERS.findall(text)) for text in plain))


def meanings(name: str) -> tuple[Meaning, ...]:
    """List what a column's name can mean, most telling first, at most once a role.

    Examples
    --------
    >>> [(m.role, m.words, m.languages) for m in meanings("Kunden-Nr.")]
    [('customer_id', 'customer number', ('German',))]
    >>> [m.role for m in meanings("orders.unit_price (EUR)")], meanings("birth_date")
    (['unit_price'], ())
    """
    found: dict[Role, Meaning] = {}
    for key in spellings(name):
        for meaning in _meanings(key):
            if meaning.role not in found or meaning < found[meaning.role]:
                found[meaning.role] = meaning
    return tuple(sorted(found.values()))


def means(name: str, role: Role) -> bool:
    """Tell whether a column's name plainly stands for a role.

    Examples
    --------
    >>> means("Bestelldatum", "order_date"), means("Kunde", "customer_id")
    (True, False)
    """
    return any(
        meaning.role == role and not meaning.vague and meaning.words != BARE_ID
        for meaning in meanings(name)
    )


def find_export(names: Iterable[str]) -> Export | None:
    """Tell which known system wrote a table, by its column names.

    Examples
    --------
    >>> find_export(["amazon-order-id", "item-price", "sku"]).roles["amount"]
    'item-price'
    >>> find_export(["order_id", "price"])
    """
    by_key = {key: name for name in names for key in spellings(name)}
    for export in _known().exports:
        if all(_written(mark, by_key) for mark in export["marks"]):
            roles = {role: _written(name, by_key) for role, name in export["roles"].items()}
            there = {
                role: column or ""
                for role, column in roles.items()
                if column or not export["roles"][role]
            }
            return Export(system=export["system"], roles=there)
    return None


def says_something_else(name: str) -> bool:
    """Tell whether a name says that a column is none of those a role looks for.

    Examples
    --------
    >>> says_something_else("Geburtsdatum"), says_something_else("klient")
    (True, False)
    """
    keys = spellings(name)
    return any(part in key for part in _known().other_parts for key in keys)


def is_made_up(name: str) -> bool:
    """Tell whether a name was given by the reader of a table without a header.

    Examples
    --------
    >>> is_made_up("column_3"), is_made_up("Unnamed: 0"), is_made_up("price")
    (True, True, False)
    """
    return bool(_MADE_UP.fullmatch(spellings(name)[0]))


def is_country(cell: str) -> bool:
    """Tell whether a cell holds the code or the name of a country.

    Examples
    --------
    >>> is_country("DE"), is_country("Königreich"), is_country("United Kingdom")
    (True, False, True)
    """
    known = _known()
    return cell.strip() in known.country_codes or any(
        key in known.country_names for key in spellings(cell)
    )


def _meanings(key: str) -> Iterator[Meaning]:
    known = _known()
    if key in known.other_names:
        return
    yield from known.meanings.get(key, ())
    for rest, roles, cost in _trimmed(key, known):
        for meaning in known.meanings.get(rest, ()):
            # What is left of "line_id" once trimmed says too little.
            if meaning.role in roles and meaning.words != BARE_ID:
                yield replace(meaning, trimmed=cost)


def _trimmed(key: str, known: _Known) -> Iterator[tuple[str, frozenset[Role], int]]:
    """Take off up to two suffixes and one prefix, each with the roles it may stand beside."""
    ends = [(key, frozenset(ROLES), 0)]
    for _ in range(2):
        ends += [
            (rest, roles & allowed, cost + place)
            for kept, allowed, cost in ends
            for place, (suffix, roles) in enumerate(known.suffixes, start=1)
            if (rest := kept.removesuffix(suffix)) not in ("", kept)
        ]
    yield from ends[1:]
    for kept, allowed, cost in dict.fromkeys(ends):
        for place, (prefix, roles) in enumerate(known.prefixes, start=1):
            if (rest := kept.removeprefix(prefix)) not in ("", kept):
                yield rest, roles & allowed, cost + place


@cache
def _known() -> _Known:
    raw = tomllib.loads(ROLE_NAMES.read_text(encoding="utf-8"))
    known = _Known()
    for role in ROLES:
        for section, (words, names) in enumerate(raw[role].items()):
            _add_meanings(known, role, section, words, names)
    for part, into in (("prefix", known.prefixes), ("suffix", known.suffixes)):
        for entry in raw[part]:
            into += [(key, frozenset(entry["roles"])) for key in _keys(entry["names"])]
    known.exports.extend(raw["export"])
    known.other_names.update(_keys(raw["other"]["names"]))
    known.other_parts.extend(_keys(raw["other"]["parts"]))
    known.country_codes.update(raw["countries"]["codes"].split())
    known.country_names.update(_keys(raw["countries"]["names"]))
    return known


def _add_meanings(
    known: _Known, role: Role, section: int, words: str, names: dict[str, Any]
) -> None:
    users: dict[str, list[str]] = {}
    for language, patterns in names.items():
        if language != "vague":
            for key in _keys(patterns):
                users.setdefault(key, []).append(language)
    for position, (key, languages) in enumerate(users.items()):
        meaning = Meaning(
            section=section,
            trimmed=0,
            position=position,
            role=role,
            words=words,
            languages=tuple(dict.fromkeys(languages)),
            vague=bool(names.get("vague", False)),
        )
        known.meanings.setdefault(key, []).append(meaning)


def _keys(patterns: str) -> list[str]:
    names = [name for pattern in patterns.split() for name in _expanded(pattern)]
    return list(dict.fromkeys(key for name in names for key in spellings(name)))


def _expanded(pattern: str) -> Iterator[str]:
    parts = re.split(r"\{([^}]*)\}", pattern)
    choices = [part.split(",") if i % 2 else [part] for i, part in enumerate(parts)]
    return ("".join(chosen) for chosen in product(*choices))


def _written(name: str, by_key: dict[str, str]) -> str | None:
    return next((by_key[key] for key in spellings(name) if key in by_key), None)


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
