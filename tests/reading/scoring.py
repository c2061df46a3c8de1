"""How well a file was read: the points of the Pollock benchmark, and every difference in words.

The points follow Vitagliano et al., "Pollock: A Data Loading Benchmark" (VLDB 2023): one for
reading at all, and precision, recall and F1 of header names, records and cells, all as multisets; a
record counts as its cells joined. Ten is perfect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

from segmentation.reading import Source, read_table
from segmentation.results import Table
from segmentation.settings import ReadSettings
from tests.reading.corpus import Case, Truth
from tests.reading.tables import Row

SHOWN_CHARACTERS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a reader took a file for: its names, None if there is no header, and its records."""

    header: Row | None
    records: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The ten measures, each from 0 to 1."""

    success: float = 0.0
    header_precision: float = 0.0
    header_recall: float = 0.0
    header_f1: float = 0.0
    record_precision: float = 0.0
    record_recall: float = 0.0
    record_f1: float = 0.0
    cell_precision: float = 0.0
    cell_recall: float = 0.0
    cell_f1: float = 0.0

    @property
    def total(self) -> float:
        """Their sum; 10 is perfect."""
        return sum(getattr(self, measure.name) for measure in fields(self))


FAILED = Points()


def agreement(found: Iterable[str], wanted: Iterable[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of two multisets; two empty ones agree.

    Examples
    --------
    >>> agreement("aab", "abc")
    (0.6666666666666666, 0.6666666666666666, 0.6666666666666666)
    """
    found_counts, wanted_counts = Counter(found), Counter(wanted)
    if not found_counts and not wanted_counts:
        return 1.0, 1.0, 1.0
    common = (found_counts & wanted_counts).total()
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / found_counts.total(), common / wanted_counts.total()
    return precision, recall, 2 * precision * recall / (precision + recall)


def points(outcome: Outcome, truth: Truth) -> Points:
    """Score an outcome against the truth."""
    wanted_names = tuple(name or "" for name in truth.header or ())
    names = _unmade(outcome.header or (), truth)
    header = agreement(names, wanted_names)
    records = agreement(map("".join, outcome.records), map("".join, truth.records))
    cells = agreement(
        (cell for record in outcome.records for cell in record),
        (cell for record in truth.records for cell in record),
    )
    return Points(
        success=1.0,
        header_precision=header[0],
        header_recall=header[1],
        header_f1=header[2],
        record_precision=records[0],
        record_recall=records[1],
        record_f1=records[2],
        cell_precision=cells[0],
        cell_recall=cells[1],
        cell_f1=cells[2],
    )


def score(read: Callable[[bytes], Outcome], case: Case) -> Points:
    """Let a reader read a case; one that fails has no points.

    Parameters
    ----------
    read : callable
        Takes the bytes, told nothing. Any exception is a failure of its own.
    """
    try:
        outcome = read(case.data)
    except Exception:  # noqa: BLE001 - a peer may fail in any way, and failing is the measure
        return FAILED
    return points(outcome, case.truth)


def read_case(case: Case, settings: ReadSettings | None = None) -> Table:
    """Read a case with the reader under test, told nothing unless settings are given."""
    return read_table(Source(name="table.csv", data=case.data), settings, as_text=True)


def outcome_of(table: Table) -> Outcome:
    """Return what the reader under test made of a file."""
    header = tuple(table.frame.columns) if table.report.header_rows else None
    return Outcome(header=header, records=tuple(map(tuple, table.frame.to_numpy().tolist())))


def differences(case: Case, table: Table) -> list[str]:
    """List in words where a table as read is not the truth; empty if it is."""
    truth, report = case.truth, table.report
    found = outcome_of(table)
    records = tuple(tuple(_plain(cell, truth) for cell in record) for record in found.records)
    listed = tuple(
        (line.line, line.reason)
        for line in report.set_aside
        if any(_plain(cell, truth).strip() for cell in line.cells)
    )
    checks = {
        "columns": (report.columns, truth.width),
        "header rows": (report.header_rows, truth.header_rows),
        "header": (_unmade(found.header or (), truth), tuple(n or "" for n in truth.header or ())),
        "number of records": (len(records), len(truth.records)),
        "set aside": (listed, truth.set_aside),
        "lines": (tuple(table.lines.tolist()), truth.lines),
    }
    told = [f"{what}: {got!r}, not {want!r}" for what, (got, want) in checks.items() if got != want]
    for i, (got, want) in enumerate(zip(records, truth.records, strict=False)):
        loose = i in truth.damaged
        if (_filled(got) != _filled(want)) if loose else (got != want):
            told.append(f"record {i}: {got!r}, not {want!r}")
    kept = records != found.records
    if truth.nul and not (kept or report.changes or report.notes):
        told.append("the NUL bytes are gone without a word")
    return [line[:SHOWN_CHARACTERS] for line in told[:8]]


def shown(case: Case, told: Sequence[str]) -> str:
    """Put a failure into words: the file's first lines, then what differs."""
    return "\n".join([f"{case.data[:SHOWN_CHARACTERS]!r}", *told])


def _filled(cells: Row) -> Row:
    return tuple(cell for cell in cells if cell)


def _plain(cell: str, truth: Truth) -> str:
    return cell.replace("\x00", "") if truth.nul else cell


def _unmade(names: Sequence[str], truth: Truth) -> tuple[str, ...]:
    """Undo what makes names unique: a made-up one becomes empty, a numbered one the plain one."""
    wanted = truth.header or ()
    plain = []
    for j, name in enumerate(_plain(name, truth) for name in names):
        want = wanted[j] if j < len(wanted) else name
        numbered = want is not None and want in wanted[:j] and name.startswith(want)
        plain.append("" if want is None else want if numbered else name)
    return tuple(plain)
