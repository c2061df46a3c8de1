"""The named grid of RFM scores, from rfm_grid.toml or one like it, and what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from segmentation.errors import SettingsError
from segmentation.settings import LONGEST_NAME
from segmentation.words import listed

GRID = Path(__file__).with_name("rfm_grid.toml")
OTHERS = "Others"
SCORES = 5
KEYS = ("name", "r", "f", "m", "meaning", "action")
LONGEST_TEXT = 500
SHOWN_CELLS = 3

Range = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridSegment:
    """A name for customers whose scores lie in three ranges.

    Parameters
    ----------
    name : str
        What they are called.
    r, f, m : tuple of int
        Lowest and highest score, both included.
    meaning, action : str
        Who they are and what to do about them; may be empty.
    line : int or None
        Line of the file its name stands in, None if the file doesn't tell.
    """

    name: str
    r: Range = (1, SCORES)
    f: Range = (1, SCORES)
    m: Range = (1, SCORES)
    meaning: str = ""
    action: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Named ranges of scores; the first that fits is taken.

    Parameters
    ----------
    name : str
        The file.
    lines : int
        How many lines it has.
    segments : tuple of GridSegment
        In the order of the file.
    """

    name: str
    lines: int
    segments: tuple[GridSegment, ...]

    def taken(self) -> npt.NDArray[np.int64]:
        """Return the place of the segment each combination falls to, -1 for none.

        Returns
        -------
        ndarray of int, shape (5, 5, 5)
            By r, f and m score less 1.
        """
        cells = np.full((SCORES, SCORES, SCORES), -1)
        for place in reversed(range(len(self.segments))):
            cells[_box(self.segments[place])] = place
        return cells

    def names(self) -> tuple[str, ...]:
        """Return every name once, in order, `OTHERS` at the end if some cell has no segment."""
        others = (OTHERS,) if (self.taken() < 0).any() else ()
        return tuple(dict.fromkeys([*(segment.name for segment in self.segments), *others]))


@dataclass(frozen=True, slots=True, kw_only=True)
class GridFault:
    """What is wrong with a grid that can be used all the same.

    Parameters
    ----------
    kind : {"unreachable", "uncovered"}
        A segment that no customer can have, or combinations that have no segment.
    line : int or None
        Line of the file it is about.
    key : str
        Key in that line.
    text : str
        What is wrong, where, and what to do, in sentences.
    """

    kind: Literal["unreachable", "uncovered"]
    line: int | None
    key: str
    text: str


@cache
def built_in_grid() -> Grid:
    """Return the grid of rfm_grid.toml.

    Examples
    --------
    >>> lint(built_in_grid())
    ()
    """
    return parse_grid(GRID.read_text(encoding="utf-8"), GRID.name)


def parse_grid(text: str, name: str) -> Grid:
    """Read a grid.

    Parameters
    ----------
    text : str
        TOML, as in rfm_grid.toml.
    name : str
        The file, for messages.

    Raises
    ------
    SettingsError
        If it is no such grid; names line and key.

    Examples
    --------
    >>> parse_grid("[[segment]]\\nname = 'Best'\\nr = 6\\n", "grid.toml")
    Traceback (most recent call last):
    ...
    segmentation.errors.SettingsError: 6 is no score (grid.toml, line 3, key r). Use 1 to 5, ...
    """
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(
            f"The grid is not valid TOML: {error}", where=name, remedy="Mend that line"
        ) from None
    lines = _key_lines(text)
    for key in raw:
        if key != "segment":
            raise SettingsError(
                f"The grid has no use for {key[:40]!r}",
                where=_place(name, _line_of(text, key), key),
                remedy="Begin each segment with [[segment]]",
            )
    entries = raw.get("segment")
    if (
        not isinstance(entries, list)
        or not entries
        or not all(isinstance(e, dict) for e in entries)
    ):
        raise SettingsError(
            "The grid names no segment", where=name, remedy="Begin each segment with [[segment]]"
        )
    # Entries written in one line have no lines of their own.
    told = lines if len(lines) == len(entries) else [{}] * len(entries)
    segments = [_segment(e, own, name) for e, own in zip(entries, told, strict=True)]
    return Grid(name=name, lines=len(text.splitlines()), segments=tuple(segments))


def lint(grid: Grid) -> tuple[GridFault, ...]:
    """Name the segments that no customer can have, and the combinations that have none.

    Examples
    --------
    >>> grid = parse_grid("segment = [{name = 'All'}, {name = 'Best', r = 5}]", "grid.toml")
    >>> print(lint(grid)[0].text)
    Nobody can be in 'Best' (grid.toml, key name). All comes first and takes all of it: ...
    """
    cells = grid.taken()
    faults = []
    for place, segment in enumerate(grid.segments):
        own = cells[_box(segment)]
        if place in own:
            continue
        before = list(dict.fromkeys(grid.segments[i].name for i in sorted(set(own.flat))))
        comes = "comes first and takes" if len(before) == 1 else "come first and take"
        faults.append(
            GridFault(
                kind="unreachable",
                line=segment.line,
                key="name",
                text=f"Nobody can be in {segment.name!r} "
                f"({_place(grid.name, segment.line, 'name')}). {listed(before)} {comes} all of "
                "it: move it up, or narrow what comes first.",
            )
        )
    free = list(_ranges(cells < 0))
    if free:
        said = "; ".join(free[:SHOWN_CELLS]) + ("; ..." if len(free) > SHOWN_CELLS else "")
        faults.append(
            GridFault(
                kind="uncovered",
                line=grid.lines,
                key="segment",
                text=f"{(cells < 0).sum()} of {cells.size} combinations of scores have no segment "
                f"({_place(grid.name, grid.lines, 'segment')}): {said}. Such customers are called "
                f"{OTHERS}: widen a segment, or end the grid with one that has a name only.",
            )
        )
    return tuple(faults)


def _box(segment: GridSegment) -> tuple[slice, ...]:
    return tuple(slice(low - 1, high) for low, high in (segment.r, segment.f, segment.m))


def _ranges(cells: npt.NDArray[np.bool_]) -> Iterator[str]:
    """Say which cells are set, the scores for money that hang together as one range."""
    for r in range(SCORES):
        for f in range(SCORES):
            edges = np.flatnonzero(np.diff(cells[r, f].astype(np.int8), prepend=0, append=0))
            for low, end in edges.reshape(-1, 2).tolist():
                money = f"{low + 1}" if end == low + 1 else f"{low + 1} to {end}"
                yield f"r {r + 1}, f {f + 1}, m {money}"


def _segment(entry: dict[str, Any], lines: dict[str, int], file: str) -> GridSegment:
    def refuse(key: str, what: str, remedy: str) -> SettingsError:
        line = lines.get(key, lines.get("[[segment]]"))
        return SettingsError(what, where=_place(file, line, key), remedy=remedy)

    def scores(key: str) -> Range:
        given = entry.get(key, [1, SCORES])
        pair = [given, given] if not isinstance(given, list) else given
        for score in pair:
            if type(score) is not int or not 1 <= score <= SCORES:
                raise refuse(key, f"{score!r:.40} is no score", "Use 1 to 5, such as [4, 5]")
        if len(pair) != 2 or pair[0] > pair[1]:
            raise refuse(key, f"{given!r:.40} is no range", "Write the lowest score first: [4, 5]")
        return pair[0], pair[1]

    def words(key: str, longest: int) -> str:
        given = entry.get(key, "")
        if not isinstance(given, str) or len(given) > longest or not given.isprintable():
            raise refuse(
                key, f"The {key} can't be used", f"Use up to {longest} characters on one line"
            )
        return given.strip()

    for key in entry:
        if key not in KEYS:
            raise refuse(key, f"A segment has no {key[:40]!r}", f"Known are {', '.join(KEYS)}")
    name = words("name", LONGEST_NAME)
    if not name:
        raise refuse("name", "A segment has no name", "Give it one")
    return GridSegment(
        name=name,
        r=scores("r"),
        f=scores("f"),
        m=scores("m"),
        meaning=words("meaning", LONGEST_TEXT),
        action=words("action", LONGEST_TEXT),
        line=lines.get("name"),
    )


def _key_lines(text: str) -> list[dict[str, int]]:
    """Find each segment's keys in the text, since the parser doesn't tell where they stand."""
    found: list[dict[str, int]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(r"\s*\[\[\s*segment\s*\]\]", line):
            found.append({"[[segment]]": number})
        elif found and (key := _key(line)):
            found[-1].setdefault(key, number)
    return found


def _line_of(text: str, wanted: str) -> int | None:
    for number, line in enumerate(text.splitlines(), start=1):
        if _key(line) == wanted or re.match(rf"\s*\[+\s*{re.escape(wanted)}\s*\]", line):
            return number
    return None


def _key(line: str) -> str | None:
    found = re.match(r"""\s*(["']?)([\w-]+)\1\s*=""", line)
    return found[2] if found else None


def _place(file: str, line: int | None, key: str) -> str:
    return f"{file}, line {line}, key {key}" if line else f"{file}, key {key}"
