"""What a real spreadsheet makes of the files: numbers, texts, and no formula."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from xml.etree import ElementTree as Tree

import numpy as np
import pandas as pd
import pytest

from segmentation.exporting import EXCEL, EXCEL_COMMA, CsvStyle, customers_csv, safe, to_csv
from segmentation.exporting.workbook import workbook
from segmentation.pipeline import run
from segmentation.portraits import portraits
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.rules import choose_rules, rule_sets
from segmentation.settings import ChooseSettings, NameSettings, Recipe
from tests.payloads import HARMLESS, PAYLOADS

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
WAIT_SECONDS = 180
ENGLISH, GERMAN = 1033, 1031

Row = list[tuple[str, str]]
Opened = dict[str, list[Row]]
Office = Callable[..., Opened]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Open a file in LibreOffice; give each sheet's cells as (type, text), formulas as type."""
    program = shutil.which("soffice")
    if program is None:
        reason = "needs LibreOffice: apt-get install libreoffice-calc-nogui"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    home = tmp_path_factory.mktemp("office")

    def open_there(data: bytes, name: str, separator: str = ",", language: int = ENGLISH) -> Opened:
        source = home / name
        source.write_bytes(data)
        # Formulas evaluated, numbers found by the language: as it is asked for on opening.
        told = f"CSV:{ord(separator)},34,76,1,,{language},false,true,false,false,false,-1,true"
        subprocess.run(
            [program, f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless",
             "--convert-to", "fods", "--outdir", str(home / "out"),
             *([f"--infilter={told}"] if name.endswith(".csv") else []), str(source)],
            check=True, capture_output=True, timeout=WAIT_SECONDS,
        )  # fmt: skip
        tree = Tree.parse(home / "out" / f"{source.stem}.fods")
        (spreadsheet,) = tree.iter(f"{OFFICE}spreadsheet")
        return {
            str(sheet.get(f"{TABLE}name")): [row_of(row) for row in sheet.iter(f"{TABLE}table-row")]
            for sheet in spreadsheet.findall(f"{TABLE}table")
        }

    return open_there


def row_of(row: Tree.Element) -> Row:
    cells: Row = []
    for cell in row:
        kind = cell.get(f"{OFFICE}value-type") or ""
        if cell.get(f"{TABLE}formula") is not None:
            kind = "formula"
        paragraphs = [e for e in cell if e.tag.endswith("}p")]
        text = cell.get(f"{OFFICE}value") or "\n".join("".join(p.itertext()) for p in paragraphs)
        for _ in range(min(int(cell.get(f"{TABLE}number-columns-repeated", 1)), 50)):
            cells.append((kind, text))
    return cells


def kinds(opened: Opened) -> set[str]:
    return {kind for rows in opened.values() for row in rows for kind, _ in row}


def frame() -> pd.DataFrame:
    texts = [*PAYLOADS, *HARMLESS]
    return pd.DataFrame({
        "=2+2": pd.Series(texts, dtype="str"),
        "n": np.arange(len(texts)) - 0.5,
        "last": pd.Series(["x"] * len(texts), dtype="str"),
    })  # fmt: skip


def test_a_raw_csv_comes_alive(office: Office) -> None:
    """Or the tests below would prove nothing."""
    assert "formula" in kinds(office(to_csv(frame(), CsvStyle(guarded=False)), "raw.csv"))


@pytest.mark.parametrize(
    ("style", "language"), [(EXCEL, ENGLISH), (EXCEL_COMMA, GERMAN)], ids=["english", "german"]
)
def test_a_csv_opens_rightly_and_nothing_in_it_runs(
    office: Office, style: CsvStyle, language: int
) -> None:
    opened = office(to_csv(frame(), style), "safe.csv", style.separator, language)
    assert "formula" not in kinds(opened)
    (rows,) = opened.values()
    numbers = [row[1] for row in rows[1:] if len(row) >= 3 and row[2][1] == "x"]
    assert {kind for kind, _ in numbers} == {"float"}
    assert [float(text) for _, text in numbers] == frame()["n"].tolist()


@pytest.fixture(scope="module")
def hostile(source_of: Callable[..., Source]) -> Run:
    count = len(PAYLOADS)
    table = pd.DataFrame({
        "id": [f"c{i}" for i in range(count)],
        "=2+2": PAYLOADS,
        "spend": [str(10.5 * i) for i in range(count)],
        "@name": [f"+x{i % 3}" for i in range(count)],
    })  # fmt: skip
    naming = NameSettings(names=((1, '=HYPERLINK("http://a.b")'), (2, "🎉@'\"|")))
    recipe = Recipe(choose=ChooseSettings(k=2), naming=naming)
    return run(source_of(table.to_csv(index=False)), recipe)


def test_a_workbook_opens_and_nothing_in_it_runs(office: Office, hostile: Run) -> None:
    everybody = np.ones(len(PAYLOADS), dtype=bool)
    rules = choose_rules(rule_sets(hostile))
    data = workbook(hostile, portraits(hostile, everybody), rules, everybody)
    opened = office(data, "book.xlsx")
    assert list(opened) == ["Summary", "Profiles", "Customers", "Method"]
    assert "formula" not in kinds(opened)
    header, *rows = opened["Customers"][: 1 + len(PAYLOADS)]
    assert [text for _, text in header[:4]] == ["id", "'=2+2", "spend", "'@name"]
    assert [row[2] for row in rows] == [("float", f"{10.5 * i:g}") for i in range(len(PAYLOADS))]
    assert {row[4][0] for row in rows} == {"float"}
    names = {safe(name) for name in hostile.name_of().values()}
    assert {row[5] for row in rows} == {("string", name) for name in names}


def test_the_customers_csv_has_no_formula(office: Office, hostile: Run) -> None:
    assert "formula" not in kinds(office(customers_csv(hostile), "customers.csv"))
