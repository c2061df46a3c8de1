"""The workbook: numbers stay numbers, text stays text, and nothing in it runs."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.__main__ import main
from segmentation.exporting import customers_frame, safe, typed_customers
from segmentation.exporting import workbook as module
from segmentation.exporting.sheet_rows import LONGEST_TEXT, cell_text, rows_xml
from segmentation.exporting.workbook import workbook
from segmentation.pipeline import run, segment
from segmentation.portraits import portraits
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.rules import choose_rules, rule_sets
from segmentation.settings import ChooseSettings, NameSettings, Recipe, WheelSettings
from segmentation.wheel import notes
from tests.counts import examples
from tests.payloads import PAYLOADS

ROOT = Path(__file__).parents[1]


def made(finished: Run, keep: Any = None, progress: Any = None) -> bytes:
    shown = np.ones(len(finished.profiles.labels), dtype=bool) if keep is None else keep
    cards = portraits(finished, shown)
    return workbook(finished, cards, choose_rules(rule_sets(finished)), shown, progress)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def cells(data: bytes, sheet: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in opened(data)[sheet].iter_rows()]


@pytest.fixture(scope="module")
def orders() -> Run:
    return run(ROOT / "data/orders.csv", Recipe(choose=ChooseSettings(k=3)))


@pytest.fixture(scope="module")
def book(orders: Run) -> bytes:
    return made(orders)


def test_the_sheets_are_there_with_their_charts(book: bytes) -> None:
    found = opened(book)
    assert found.sheetnames == ["Summary", "Profiles", "Customers", "Method"]
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        charts = [name for name in archive.namelist() if "charts/chart" in name]
        drawn = b"".join(archive.read(name) for name in charts)
    assert len(charts) == 2
    # Every bar reads its numbers from cells of the summary.
    assert set(re.findall(rb"<(?:\w+:)?f>([^!]+)!", drawn)) == {b"'Summary'"}
    for title, frozen in (("Profiles", "C2"), ("Customers", "B2")):
        sheet = found[title]
        assert sheet.freeze_panes == frozen
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(sheet.column_dimensions[c].width >= 9 for c in "ABC")


def test_customers_are_all_there_as_numbers(orders: Run, book: bytes) -> None:
    header, *rows = cells(book, "Customers")
    frame = customers_frame(orders)
    assert header == list(frame.columns)
    for i, name in enumerate(header):
        column = [row[i] for row in rows]
        if name == "customer_id":
            assert column == [int(cell) for cell in frame[name]]
        else:
            assert column == frame[name].tolist()
    formats = {cell.value: below.number_format for cell, below in zip(
        *opened(book)["Customers"].iter_rows(max_row=2), strict=True)}  # fmt: skip
    assert formats["customer_id"] == formats["segment_id"] == "0"
    assert formats["monetary_total"] == "#,##0.00"


def test_the_summary_adds_up(orders: Run, book: bytes) -> None:
    rows = cells(book, "Summary")
    head = next(i for i, row in enumerate(rows) if row[0] == "Segment")
    table = rows[head + 1 : head + 4]
    assert [row[0] for row in table] == [named.name for named in orders.names]
    assert [row[1] for row in table] == orders.segmentation.sizes()
    assert sum(row[2] for row in table) == pytest.approx(1)
    money = orders.loaded.customers.frame["monetary_total"].to_numpy()
    assert sum(row[3] for row in table) == pytest.approx(money.sum())
    assert sum(row[4] for row in table) == pytest.approx(1)
    # The mean index, weighted by customers, is that of all.
    index = {row[0]: row[1:4] for row in rows if row[0] in ("orders", "total spend")}
    for values in index.values():
        assert np.average(values, weights=orders.segmentation.sizes()) == pytest.approx(100)


def test_a_filter_acts_on_every_sheet(orders: Run) -> None:
    keep = orders.profiles.labels == 2
    data = made(orders, keep)
    assert len(cells(data, "Customers")) == 1 + int(keep.sum())
    assert {row[-2] for row in cells(data, "Customers")[1:]} == {2}
    said = [str(row[0]) for row in cells(data, "Summary")]
    count, whole = f"{keep.sum():,}", f"{len(keep):,}"
    assert said[0] == f"{count} of {whole} customers shown, in one of the three segments"
    assert said[1].startswith(f"Shown: {count} of {whole} customers")
    assert f"Among the {count} customers shown (of {whole}), the largest, " in " ".join(said)


def test_the_method_holds_rules_recipe_and_account(orders: Run, book: bytes) -> None:
    told = {row[0]: row[1] for row in cells(book, "Method") if row[0]}
    assert told["orders.csv"] == f"SHA-256 {orders.loaded.table.report.sha256}"
    assert '"k": 3' in told["choose"]
    for entry in orders.loaded.clean.ledger:
        if entry.set_aside:
            why = entry.reason[0].upper() + entry.reason[1:]
            assert told[why].startswith(f"{entry.set_aside:,} rows set aside")


def test_the_method_tells_what_was_done_by_hand(orders: Run) -> None:
    wheel = WheelSettings(steps=(("merge", (1, 3)),))
    turned = segment(orders.loaded, Recipe(choose=ChooseSettings(k=4), wheel=wheel), trust=False)
    told = {row[0]: row[1] for row in cells(made(turned), "Method") if row[0]}
    found = told["How the segments were found"]
    (note,) = notes(turned.segmentation)
    assert found.startswith("Four segments were found by")
    assert "Why so many: k = 4 was asked for. " in found and note in found
    assert "changed by hand: segment 3 was merged into it. That makes three segments now" in found


def test_the_same_run_gives_the_same_bytes(orders: Run, book: bytes) -> None:
    assert made(orders) == book


def test_rows_beyond_a_sheet_go_on_in_another(orders: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 101)
    data = made(orders)
    found = opened(data)
    frame = typed_customers(orders)
    titles = [name for name in found.sheetnames if name.startswith("Customers")]
    assert titles == ["Customers", *(f"Customers {n}" for n in range(2, len(titles) + 1))]
    assert len(titles) == -(-len(frame) // 100)
    ids = [row[0] for title in titles for row in cells(data, title)[1:]]
    assert ids == frame["customer_id"].tolist()
    assert {tuple(cells(data, title)[0]) for title in titles} == {tuple(frame.columns)}
    assert "so the customers take" in " ".join(str(row[1]) for row in cells(data, "Method"))


class Cancelled(Exception):  # noqa: N818
    """What a click on Cancel raises."""


def test_it_can_be_cancelled_and_leaves_nothing(
    orders: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    told: list[float] = []

    def cancel(share: float, _: str) -> None:
        told.append(share)
        raise Cancelled

    with pytest.raises(Cancelled):
        made(orders, progress=cancel)
    assert told and not list(tmp_path.iterdir())


def hostile(source_of: Callable[..., Source]) -> Run:
    """Payloads in cells, in a header and in names, beside numbers."""
    frame = pd.DataFrame({
        "id": [f"c{i}" for i in range(len(PAYLOADS))],
        "=2+2": PAYLOADS,
        "spend": [str(10 * i) for i in range(len(PAYLOADS))],
        "@name": [f"+x{i % 3}" for i in range(len(PAYLOADS))],
    })  # fmt: skip
    naming = NameSettings(names=((1, '=HYPERLINK("http://a.b")'), (2, "🎉@'\"|" + "n" * 100)))
    recipe = Recipe(choose=ChooseSettings(k=2), naming=naming)
    return run(source_of(frame.to_csv(index=False)), recipe)


def test_no_cell_is_alive(source_of: Callable[..., Source]) -> None:
    finished = hostile(source_of)
    texts = finished.loaded.table.frame["=2+2"].tolist()
    data = made(finished)
    kinds = {cell.data_type for sheet in opened(data) for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"n", "s", "inlineStr"}
    header, *rows = cells(data, "Customers")
    assert header[1] == "'=2+2" and header[3] == "'@name"
    assert [row[2] for row in rows] == [10 * i for i in range(len(PAYLOADS))]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet3.xml").decode()
        assert not any(b"<f>" in archive.read(n) for n in archive.namelist() if "/sheet" in n)
    assert all(cell_text(text) == row[1] for text, row in zip(texts, rows, strict=True) if text)
    assert "<f" not in sheet


@settings(max_examples=examples(60))
@given(st.lists(st.text(max_size=9) | st.sampled_from(PAYLOADS), min_size=1, max_size=6))
def test_cells_hold_the_text_made_safe(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    frame = pd.DataFrame({"a": pd.Series(texts, dtype="str")})
    xml = b"".join(rows_xml(frame, 2, [0]))
    book = openpyxl.Workbook()
    book.active.append(["head"])
    file = io.BytesIO()
    book.save(file)
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</sheetData>", xml + b"</sheetData>")
            new.writestr(name, part)
    column = opened(out.getvalue()).active
    found = [column.cell(row=2 + i, column=1).value or "" for i in range(len(texts))]
    # A lone CR can't be told from a line feed once XML has been read.
    expected = [cell_text(text) for text in texts]
    assert found == expected


@given(st.text(max_size=30) | st.sampled_from(["🎉" * 40_000, "=" * 40_000, "_x003D_1", "_x000D_"]))
def test_a_cell_has_room_for_it(text: str) -> None:
    told = cell_text(text)
    assert len(told.encode("utf-16-le", "surrogatepass")) <= 2 * LONGEST_TEXT
    assert safe(told) == told or told.startswith("'")
    assert not re.search(r"(?<!_x005F)_x[0-9A-Fa-f]{4}_", told) or "_x005F_" in told
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", told)


def test_dates_and_mixed_cells(source_of: Callable[..., Source]) -> None:
    text = "id,since,points,spend\n" + "\n".join(
        f"c{i},2025-0{1 + i % 9}-1{i % 10},{'many' if i == 3 else '' if i == 4 else i / 2},{i * i}"
        for i in range(20)
    )
    rows = cells(made(run(source_of(text), Recipe(choose=ChooseSettings(k=2)))), "Customers")
    assert rows[1][1] == datetime(2025, 1, 10)
    assert [row[2] for row in rows[3:7]] == [1, "many", None, 2.5]


def test_the_command_line_writes_it(tmp_path: Path) -> None:
    out, book = tmp_path / "c.csv", tmp_path / "b.xlsx"
    arguments = ["run", str(ROOT / "data/mall.csv"), "--k", "3", "--out", str(out)]
    assert main([*arguments, "--workbook", str(book)]) == 0
    table = pd.read_csv(out)
    header, *rows = cells(book.read_bytes(), "Customers")
    assert header == list(table.columns)
    assert rows == table.to_numpy().tolist()
    with pytest.raises(SystemExit):
        main([*arguments, "--workbook", str(out)])
