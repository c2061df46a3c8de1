"""Playbooks read from TOML, with every mistake placed, and the one that suits a table."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, get_args

from segmentation.errors import SettingsError
from segmentation.results import Noun, Pattern, Playbook, PlaybookChoice, Words
from segmentation.settings import LONGEST_NAME
from segmentation.vocabulary import LEVEL_WORDS, Trait
from segmentation.words import and_more, listed, short, words

PLAYBOOK = Path(__file__).with_name("playbook.toml")
BUILTIN = Path(__file__).with_name("playbook_builtin.toml")
CLEAR_SIGNS = 2
LONGEST_TEXT = 500
LARGEST_BYTES = 1_000_000
OWN = "the playbook given"

_TEXTS = ("name", "description", "why", "action")


def choose_playbook(
    columns: Iterable[str], wanted: str | None = None, text: str | None = None
) -> PlaybookChoice:
    """Choose the playbook asked for, or the one that a table's columns suggest.

    Parameters
    ----------
    columns : iterable of str
        The table's column names.
    wanted : str, optional
        Name of a playbook of playbook.toml, or path of a TOML file of the same form.
    text : str, optional
        What stands in the file, where it is not to be read; its name then is for messages only.

    Returns
    -------
    PlaybookChoice
        With a mistake in the file, the built-in playbook, and a note that names line and key.

    Raises
    ------
    SettingsError
        If there is no playbook of that name, or no such file.

    Examples
    --------
    >>> found = choose_playbook(["student_id", "gpa", "attendance"])
    >>> found.playbook.name, found.reason
    ('education', "'student_id' and 2 more point to education")
    >>> choose_playbook([], "donors").playbook.words.customer.count(3)
    '3 donors'
    """
    columns = list(columns)
    filed = wanted is not None and wanted.endswith(".toml")
    own = filed or text is not None
    path = Path(wanted) if filed and wanted is not None else Path(OWN) if own else PLAYBOOK
    note = ""
    try:
        books = read_playbooks(_text(path) if text is None else text, path.name)
    except PlaybookError as error:
        own = False
        note = f"{error} The built-in playbook is used meanwhile."
        books = read_playbooks(_text(BUILTIN), BUILTIN.name)
    if wanted is None or filed:
        chosen, reason = suggest(columns, books)
        if own and len(books) == 1:
            reason = f"It is the playbook of {path.name}"
        return PlaybookChoice(playbook=chosen, reason=reason, note=note)
    for book in books:
        if book.name == wanted:
            return PlaybookChoice(playbook=book, reason="You chose it", note=note)
    raise SettingsError(
        f"There is no playbook {wanted!r:.60}",
        remedy=f"Use one of {', '.join(book.name for book in books)}, or the path of a .toml file",
    )


def books_of(text: str | None = None) -> tuple[Playbook, ...]:
    """Return the playbooks there are: those of a text, else of playbook.toml, else built in."""
    try:
        return read_playbooks(_text(PLAYBOOK) if text is None else text, PLAYBOOK.name)
    except SettingsError:
        return read_playbooks(_text(BUILTIN), BUILTIN.name)


def suggest(columns: Iterable[str], books: tuple[Playbook, ...]) -> tuple[Playbook, str]:
    """Suggest the playbook that most column names point to, and say why.

    A name with one of the playbook's words is a sign, and one with what it calls its customers is
    two; below two, the first playbook is suggested.
    """
    best, most, signs = books[0], CLEAR_SIGNS - 1, list[str]()
    for book in books:
        called = {book.words.customer.one.lower(), book.words.customer.many.lower()}
        parts = {column: set(words(column)) for column in columns}
        telling = [name for name in parts if parts[name] & (book.columns | called)]
        count = len(telling) + sum(bool(parts[name] & called) for name in telling)
        if count > most and book.columns:
            best, most, signs = book, count, telling
    if not signs:
        return best, "No column name points to another field"
    verb = "points" if len(signs) == 1 else "point"
    said = and_more([repr(short(name)) for name in signs])
    return best, f"{said} {verb} to {best.title.lower()}"


class PlaybookError(SettingsError):
    """A playbook that can't be used as it is written."""


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise PlaybookError(
                "The playbook is larger than a playbook can be",
                where=path.name,
                remedy="Name a TOML file of playbooks",
            )
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise PlaybookError(
            "The playbook is not in UTF-8",
            where=f"{path.name}, line {line}",
            remedy="Save it as UTF-8",
        ) from None
    except OSError as error:
        raise SettingsError(
            f"The playbook can't be read: {error.strerror}",
            where=str(path),
            remedy="Check its name and place",
        ) from None


@cache
def read_playbooks(text: str, file: str) -> tuple[Playbook, ...]:
    """Read playbooks, in their order.

    Parameters
    ----------
    text : str
        TOML.
    file : str
        What errors call it.

    Raises
    ------
    PlaybookError
        At the first mistake, with its line and key.
    """
    if len(text) > LARGEST_BYTES:
        raise PlaybookError(
            "The playbook is larger than a playbook can be",
            where=file,
            remedy="Name a TOML file of playbooks",
        )
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        number = int(line[1]) if line else text.count("\n") + 1
        lines = text.splitlines()
        key = lines[number - 1].split("=")[0].strip() if 0 < number <= len(lines) else ""
        raise PlaybookError(
            f"The playbook is not valid TOML: {str(error).split(' (at')[0]}",
            where=f"{file}, line {number}" + (f", at {short(key)!r}" if key else ""),
            remedy="Correct the line",
        ) from None
    reader = _Reader(text, file)
    if not raw:
        reader.refuse("The file has no playbook", [], "")
    return tuple(reader.playbook(name, part) for name, part in raw.items())


class _Reader:
    """Checks values, and finds the line of the one that is wrong."""

    def __init__(self, text: str, file: str) -> None:
        self.lines = text.splitlines()
        self.file = file

    def refuse(self, what: str, place: list[str], key: str, remedy: str = "") -> NoReturn:
        """Raise for a key, within the table whose header lines lead to it."""
        start = 0
        for header in place:
            at = [i for i in range(start, len(self.lines)) if self._opens(i, header)]
            start = at[0] + 1 if at else start
        named = re.compile(rf"""(?<![\w-])["']?{re.escape(key)}["']?(?![\w-])""")
        rest = range(max(start - 1, 0), len(self.lines))
        line = next((i for i in rest if key and named.search(self._bare(i))), max(start - 1, 0))
        raise PlaybookError(
            what,
            where=f"{self.file}, line {line + 1}" + (f", key {short(key)!r}" if key else ""),
            remedy=remedy or "Correct the playbook",
        )

    def _bare(self, line: int) -> str:
        return self.lines[line].split("#")[0]

    def _opens(self, line: int, header: str) -> bool:
        return self._bare(line).replace(" ", "").replace('"', "") == header.replace(" ", "")

    def playbook(self, name: str, raw: Any) -> Playbook:
        if not isinstance(raw, dict):
            self.refuse("A playbook is a table", [], name, f"Write [{name}]")
        own = [f"[{name}]"]
        self.known(raw, ("title", "words", "columns", "means", "pattern"), own)
        means = self.table(raw, "means", own)
        traits = {*get_args(Trait), *means}
        entries = raw.get("pattern")
        if not isinstance(entries, list) or not entries:
            self.refuse("The playbook has no pattern", own, name, f"Add [[{name}.pattern]]")
        called, place = self.table(raw, "words", own), [*own, f"[{name}.words]"]
        self.known(called, ("customer", "order", "money"), place)
        return Playbook(
            name=name,
            title=self.said(raw.get("title", name), own, "title"),
            words=Words(
                customer=self.noun(called, "customer", place),
                order=self.noun(called, "order", place),
                money=self.said(called.get("money", "revenue"), place, "money"),
            ),
            columns=self.texts(raw.get("columns", []), own, "columns"),
            means=tuple(
                (key, self.texts(value, [*own, f"[{name}.means]"], key))
                for key, value in means.items()
            ),
            patterns=tuple(
                self.pattern(entry, [f"[[{name}.pattern]]"] * (i + 1), traits)
                for i, entry in enumerate(entries)
            ),
        )

    def pattern(self, raw: Any, place: list[str], traits: set[str]) -> Pattern:
        if not isinstance(raw, dict):
            self.refuse("A pattern is a table", place, "pattern")
        self.known(raw, ("when", "mostly", *_TEXTS), place)
        for key in _TEXTS:
            if key not in raw:
                self.refuse(f"A pattern has no {key!r}", place, "", f"Add {key} = ...")
        when, mostly = self.table(raw, "when", place), self.table(raw, "mostly", place)
        if not when and not mostly:
            self.refuse("A pattern has no condition", place, "", "Add when = { ... }")
        for name, wanted in when.items():
            if name not in traits:
                self.refuse(
                    f"There is no trait {name!r:.60}", place, name, f"Use {listed(sorted(traits))}"
                )
            for level in self.texts(wanted, place, name):
                if level not in LEVEL_WORDS:
                    remedy = f"Use {listed(LEVEL_WORDS)}"
                    self.refuse(f"There is no level {level!r:.60}", place, name, remedy)
        name, description, why, action = (self.said(raw[key], place, key) for key in _TEXTS)
        if len(name) > LONGEST_NAME:
            self.refuse("A name is too long", place, "name", f"Use {LONGEST_NAME} characters")
        return Pattern(
            when=tuple((key, _levels(self.texts(w, place, key))) for key, w in when.items()),
            mostly=tuple((key, self.texts(w, place, key)) for key, w in mostly.items()),
            name=name,
            description=description,
            why=why,
            action=action,
        )

    def known(self, raw: dict[str, Any], keys: tuple[str, ...], place: list[str]) -> None:
        for key in raw:
            if key not in keys:
                remedy = f"Use {listed(keys)}"
                self.refuse(f"There is no key {key!r:.60}", place, key, remedy)

    def table(self, raw: dict[str, Any], key: str, place: list[str]) -> dict[str, Any]:
        found = raw.get(key, {})
        if not isinstance(found, dict):
            self.refuse(f"{key!r} is not a table", place, key, f"Write {key} = {{ ... }}")
        return dict(found)

    def noun(self, called: dict[str, Any], key: str, place: list[str]) -> Noun:
        pair = called.get(key, [key, f"{key}s"])
        if not isinstance(pair, list) or len(pair) != 2:
            self.refuse("A word needs one and many", place, key, f'Write ["{key}", "{key}s"]')
        return Noun(one=self.said(pair[0], place, key), many=self.said(pair[1], place, key))

    def said(self, value: Any, place: list[str], key: str) -> str:
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            self.refuse(f"{key!r} is no text on one line", place, key)
        if len(value) > LONGEST_TEXT:
            self.refuse(f"{key!r} is too long", place, key, f"Use {LONGEST_TEXT} characters")
        return str(value).strip()

    def texts(self, value: Any, place: list[str], key: str) -> frozenset[str]:
        items = value if isinstance(value, list) else [value]
        return frozenset(self.said(item, place, key).casefold() for item in items)


def _levels(wanted: frozenset[str]) -> frozenset[str]:
    wider = {"low": ("very low", "low"), "high": ("high", "very high")}
    return frozenset(level for word in wanted for level in wider.get(word, (word,)))
