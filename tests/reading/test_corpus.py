"""The corpus as a test table: every polluted file is read as its truth, told nothing."""

from __future__ import annotations

import csv
import io

import pytest

from segmentation.errors import SegmentationError
from tests.reading.corpus import (
    ENDINGS,
    PLAIN,
    Case,
    assemble,
    every_case,
    lines_of,
    some_cases,
)
from tests.reading.scoring import Outcome, differences, points, read_case, shown
from tests.reading.tables import ORIGINALS, Original


def told_of(case: Case) -> list[str]:
    try:
        return differences(case, read_case(case))
    except SegmentationError as error:
        return [f"refused: {error}"]


@pytest.mark.parametrize("case", list(some_cases()), ids=lambda case: case.id)
def test_a_polluted_file_is_read_as_what_it_holds(case: Case) -> None:
    told = told_of(case)
    assert not told, shown(case, told)


@pytest.mark.exhaustive
def test_every_pollution_of_every_table_in_every_place_is_read_as_what_it_holds() -> None:
    wrong = {case.id: told for case in every_case() if (told := told_of(case))}
    summary = "\n".join(f"{name}: {told[0]}" for name, told in list(wrong.items())[:60])
    assert not wrong, f"{len(wrong):,} cases differ\n{summary}"


# --- the yardstick itself


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("original", ORIGINALS, ids=lambda original: original.name)
def test_the_truth_of_an_unpolluted_file_is_what_the_csv_module_reads(
    original: Original, ending: str
) -> None:
    case = assemble("none", original, lines_of(original))
    text = case.data.decode().replace("\n", ending)
    rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))]
    header, *records = [tuple(cell.replace(ending, "\n") for cell in row) for row in rows]
    assert case.truth.header == header and case.truth.records == tuple(records)
    ends = case.data.decode().split("\n")
    assert [ends[line - 1] for line in case.truth.lines] == [
        PLAIN.row(record).split("\n")[0] for record in records
    ]


def test_only_the_truth_has_all_ten_points() -> None:
    original = ORIGINALS[0]
    truth = assemble("none", original, lines_of(original)).truth
    whole = Outcome(header=original.header, records=original.records)
    assert points(whole, truth).total == 10
    without_header = Outcome(header=None, records=original.rows)
    assert points(without_header, truth).header_f1 == 0
    assert 6 < points(without_header, truth).total < 7
    lost = Outcome(header=original.header, records=original.records[1:])
    assert points(lost, truth).record_recall == 89 / 90
    assert points(lost, truth).record_precision == 1
