"""The parts of a report on reading: lines set aside, changed cells, and open questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

LineReason = Literal["preamble", "footnote", "total", "page_mark", "repeated_header", "other_table"]

LINE_REASONS: dict[LineReason, str] = {
    "preamble": "it stands above the table",
    "footnote": "it stands below the table",
    "total": "it adds up the rows above it",
    "page_mark": "it marks a page or draws a line",
    "repeated_header": "it repeats the header",
    "other_table": "it belongs to another table of the file",
}

Doubtful = Literal["dates", "decimal", "kind", "sheet", "header", "encoding", "delimiter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideLine:
    """A line of the file that is no record of the table.

    Parameters
    ----------
    line : int
        Line of the text file, or row of the sheet, from 1.
    reason : str
        Why, a key of `LINE_REASONS`.
    cells : tuple of str
        What stands in it.
    file : str or None
        The file, where a table has several.
    """

    line: int
    reason: LineReason
    cells: tuple[str, ...]
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One answer to a question, shown on the analyst's own values.

    Parameters
    ----------
    value : str
        What the setting takes for this answer.
    label : str
        The answer in words.
    examples : tuple of (written, read)
        Cells of the file, and what this answer makes of them.
    """

    value: str
    label: str
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A doubt that only the analyst can settle.

    Parameters
    ----------
    setting : str
        What it is about; also the command line's option that settles it.
    text : str
        The question, one sentence.
    where : str
        Column or file it is about.
    readings : tuple of Reading
        The possible answers; the first is what was taken meanwhile.
    """

    setting: Doubtful
    text: str
    where: str
    readings: tuple[Reading, ...]

    @property
    def option(self) -> str:
        """The command line's option that answers it."""
        return f"--{self.setting}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Cells whose value is not written as it was read.

    Parameters
    ----------
    kind : str
        What was done, in words, such as "thousands marks taken out".
    count : int
        Cells it was done to.
    examples : tuple of (written, read)
        A few of them.
    """

    kind: str
    count: int
    examples: tuple[tuple[str, str], ...]


def added_up(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Make one of the changes of each kind, with the examples of the first."""
    by_kind: dict[str, Change] = {}
    for change in changes:
        before = by_kind.get(change.kind)
        more = replace(change, count=change.count + before.count) if before else change
        by_kind[change.kind] = replace(more, examples=(before or change).examples)
    return tuple(by_kind.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A worksheet of a workbook.

    Parameters
    ----------
    name : str
        Its name.
    rows, columns : int
        The extent of what is in it.
    hidden : bool
        Whether the workbook hides it.
    """

    name: str
    rows: int
    columns: int
    hidden: bool
