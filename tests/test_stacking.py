"""Files of the same shape: every row and cell is kept, and its file told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.cleaning import clean
from segmentation.errors import ReadError
from segmentation.exporting import raw_csv
from segmentation.pipeline import load
from segmentation.reading import Bundle, Source, as_source, read_table
from segmentation.results import Change, Question, ReadReport, SetAsideLine, Table
from segmentation.schema import suggest_schema
from segmentation.set_aside import set_aside_table
from segmentation.settings import CleanSettings
from segmentation.stacking import stack

FACTS = {"encoding": "utf-8", "delimiter": ",", "sheet": None, "sheets": (), "header_rows": 1}


def table(frame: pd.DataFrame, name: str, **report: object) -> Table:
    facts: dict[str, object] = {
        **FACTS,
        "header_line": 1,
        "overflow_columns": 0,
        "sha256": name,
        **report,
    }
    return Table(
        frame=frame.astype("str"),
        report=ReadReport(
            name=name,
            rows=len(frame),
            columns=len(frame.columns),
            **facts,  # type: ignore[arg-type]
        ),
        lines=pd.RangeIndex(2, len(frame) + 2).to_numpy(),
    )


def read(*files: tuple[str, str]) -> list[Table]:
    return [read_table(Source(name=name, data=text.encode()), as_text=True) for name, text in files]


def notes(stacked: Table) -> str:
    return "\n".join(stacked.report.notes)


# A surrogate can't be written; what whitespace does to a name has its own test.
cells = st.text(st.characters(codec="utf-8"), max_size=6)
headers = st.lists(
    st.text(st.sampled_from("abcdé1_"), min_size=1, max_size=5), min_size=4, max_size=7, unique=True
)


@st.composite
def splits(draw: st.DrawFn) -> tuple[pd.DataFrame, list[Table]]:
    """A table, and the same cut into files with their columns in any order and capitals."""
    names = draw(headers)
    rows = draw(st.lists(st.tuples(*[cells] * len(names)), max_size=12))
    frame = pd.DataFrame(rows, columns=names, dtype="str")
    cuts = sorted(draw(st.lists(st.integers(0, len(rows)), min_size=1, max_size=4)))
    parts = []
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(rows)], strict=True)):
        part = frame.iloc[start:end].reset_index(drop=True)[draw(st.permutations(names))]
        if draw(st.booleans()):
            part = part.rename(columns={name: f" {name.upper()} " for name in names})
        parts.append(table(part, f"{number}.csv"))
    return frame, parts


@given(splits())
def test_every_cell_of_every_row_is_kept_whatever_the_split(
    split: tuple[pd.DataFrame, list[Table]],
) -> None:
    whole, parts = split
    before = [part.frame.copy() for part in parts]
    (stacked,) = stack(parts)
    by_name = {name.strip().casefold(): name for name in stacked.frame.columns}
    back = stacked.frame[[by_name[name.casefold()] for name in whole.columns]]
    assert back.to_numpy().tolist() == whole.to_numpy().tolist()
    files = [part.report.name for part in parts for _ in range(part.report.rows)]
    assert stacked.frame["source_file"].tolist() == files
    lines = [line for part in parts for line in part.lines.tolist()]
    assert stacked.lines.tolist() == lines
    assert stacked.report.parts == tuple(part.report for part in parts)
    for part, old in zip(parts, before, strict=True):
        pd.testing.assert_frame_equal(part.frame, old)


@given(splits())
def test_rows_of_several_files_are_counted_as_a_set_counts_them(
    split: tuple[pd.DataFrame, list[Table]],
) -> None:
    _, parts = split
    seen: set[tuple[str, ...]] = set()
    again = 0
    order = [name.strip().casefold() for name in parts[0].frame.columns]
    for part in parts:
        plain = part.frame.rename(columns=lambda name: name.strip().casefold())[order]
        rows = [tuple(row) for row in plain.itertuples(index=False)]
        again += sum(row in seen for row in rows)
        seen.update(rows)
    said = "repeat" in notes(stack(parts)[0])
    assert said == (again > 0)
    if again > 1:
        assert f"{again:,} rows repeat" in notes(stack(parts)[0])


def test_a_few_missing_columns_are_the_same_shape_and_said() -> None:
    (stacked,) = stack(
        read(("a.csv", "id,date,amount\n1,x,2\n"), ("b.csv", "id,date,amount,Note\n3,y,4,hi\n"))
    )
    assert stacked.frame.columns.tolist() == ["id", "date", "amount", "Note", "source_file"]
    assert stacked.frame["Note"].tolist() == ["", "hi"]
    assert "a.csv lacks Note" in notes(stacked)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("id,date\n1,x\n", "id,date,amount\n1,x,2\n"),
        ("id,a,b,c\n1,2,3,4\n", "id,a,b,d\n1,2,3,4\n"),
        ("id,Name,name\n1,2,3\n", "id,name,other\n1,2,3\n"),
    ],
    ids=["a third is missing", "each has its own", "names that only capitals tell apart"],
)
def test_other_columns_are_another_shape(first: str, second: str) -> None:
    tables = read(("a.csv", first), ("b.csv", second))
    assert stack(tables) == tuple(tables)


def test_shapes_keep_the_order_of_their_first_files() -> None:
    tables = read(("a.csv", "id,x\n1,1\n"), ("b.csv", "id,y,z\n1,1,1\n"), ("c.csv", "id,x\n2,2\n"))
    assert [one.report.name for one in stack(tables)] == ["a.csv and c.csv", "b.csv"]


def test_the_same_bytes_are_read_once_and_said() -> None:
    tables = read(("a.csv", "id,x\n1,2\n"), ("a (1).csv", "id,x\n1,2\n"))
    (stacked,) = stack(tables)
    pd.testing.assert_frame_equal(stacked.frame, tables[0].frame)
    assert notes(stacked) == "a (1).csv has the very content of a.csv; it is read once."


def test_files_of_one_name_are_numbered() -> None:
    (stacked,) = stack(read(("a.csv", "id,x\n1,2\n"), ("a.csv", "id,x\n3,4\n")))
    assert stacked.frame["source_file"].tolist() == ["a.csv", "a.csv (2)"]


def test_the_column_for_the_file_finds_a_free_name() -> None:
    (stacked,) = stack(read(("a.csv", "id,Source_File\n1,x\n"), ("b.csv", "id,source_file\n2,y\n")))
    assert stacked.report.source_column == "source_file_2"
    assert stacked.frame["Source_File"].tolist() == ["x", "y"]


def test_an_empty_file_among_others_is_named() -> None:
    empty = table(pd.DataFrame(), "nothing.csv")
    with pytest.raises(ReadError, match=r"nothing\.csv"):
        stack([*read(("a.csv", "id\n1\n")), empty])
    assert stack([empty]) == (empty,)


def test_cells_beyond_the_header_stay_beyond_it() -> None:
    tables = read(("a.csv", "id,x\n1,2,long\n3,4\n"), ("b.csv", "x,id\n6,5\n"))
    (stacked,) = stack(tables)
    assert stacked.report.overflow_columns == 1
    assert stacked.frame.iloc[:, -1].tolist() == ["long", "", ""]
    set_aside = clean(stacked, suggest_schema(stacked)).set_aside
    assert set_aside["row_longer_than_header"].tolist() == [0]


def test_a_row_set_aside_tells_its_file_and_line() -> None:
    files = [("a.csv", "id,x\n1,2\n,9\n"), ("b.csv", "id,x\n3,4\n4,7\n,8\n,\n")]
    (stacked,) = stack(read(*files))
    told = set_aside_table(stacked, clean(stacked, suggest_schema(stacked)).set_aside)
    assert told[["source_file", "line"]].to_numpy().tolist() == [
        ["a.csv", 3],
        ["b.csv", 4],
        ["b.csv", 5],
    ]
    by_name = {name: text.splitlines() for name, text in files}
    for row in told.itertuples():
        assert by_name[row.source_file][row.line - 1] == f"{row.id},{row.x}"


def test_duplicates_across_files_can_be_dropped() -> None:
    (stacked,) = stack(read(("a.csv", "x,y\n1,2\n3,4\n"), ("b.csv", "x,y\n3,4\n5,6\n")))
    kept = clean(stacked, suggest_schema(stacked), CleanSettings(drop_duplicates=True))
    assert kept.set_aside["exact_duplicate"].tolist() == [2]


def test_the_report_adds_up_what_the_files_report() -> None:
    frame = pd.DataFrame({"id": ["1"]})
    change = Change(kind="stray quotes", count=2, examples=(('"a', "a"),))
    question = Question(setting="encoding", text="Which?", where="a.csv", readings=())
    line = SetAsideLine(line=1, reason="preamble", cells=("Export",))
    parts = [
        table(frame, "a.csv", changes=(change,), questions=(question,), set_aside=(line,)),
        table(frame, "b.csv", changes=(change,), questions=(question,), encoding="cp1252"),
    ]
    report = stack(parts)[0].report
    assert [(one.kind, one.count) for one in report.changes] == [("stray quotes", 4)]
    assert report.questions == (question,)
    assert [(one.file, one.line) for one in report.set_aside] == [("a.csv", 1)]
    assert (report.encoding, report.delimiter) == (None, ",")
    assert [part["name"] for part in report.to_dict()["parts"]] == ["a.csv", "b.csv"]


def sources(*texts: str) -> list[Source]:
    return [Source(name=f"{i}.csv", data=text.encode()) for i, text in enumerate(texts)]


def test_a_bundle_is_called_and_digested_as_its_stack() -> None:
    files = sources("id,x\n1,2\n", "id,x\n3,4\n", "id,x\n5,6\n")
    bundle = as_source(files)
    assert isinstance(bundle, Bundle)
    report = load(bundle).table.report
    assert (report.name, report.sha256) == (bundle.name, bundle.sha256)
    assert bundle.name == "0.csv and 2 more"
    assert as_source(list(reversed(files))).sha256 != bundle.sha256
    assert as_source([files[0]]) is files[0]


def test_what_is_given_may_be_nested_and_paths(tmp_path: Path) -> None:
    path = tmp_path / "0.csv"
    path.write_bytes(b"id,x\n1,2\n")
    files = sources("id,x\n1,2\n", "id,x\n3,4\n", "id,x\n5,6\n")
    assert as_source([path, Bundle(sources=tuple(files[1:]))]) == as_source(files)
    with pytest.raises(ReadError):
        as_source([])


def monthly(text: str, months: int) -> Sequence[Source]:
    header, *rows = text.splitlines()
    return [
        Source(
            name=f"orders-{month:02}.csv",
            data="\n".join([header, *rows[month::months]]).encode(),
        )
        for month in range(months)
    ]


def test_monthly_exports_give_the_customers_of_the_whole_file() -> None:
    days = [f"2026-{1 + i % 12:02}-{1 + i % 28:02}" for i in range(999)]
    rows = [f"C{i % 37},{i // 3},{day},{i % 91}.25" for i, day in enumerate(days)]
    text = "\n".join(["customer_id,order_id,order_date,amount", *rows])
    whole = load(Source(name="orders.csv", data=text.encode()))
    stacked = load(monthly(text, 12))
    assert stacked.table.report.rows == 999
    assert stacked.table.report.name == "orders-00.csv and 11 more"
    assert [*raw_csv(stacked.customers.frame)] == [*raw_csv(whole.customers.frame)]
    assert stacked.customers.ids.tolist() == whole.customers.ids.tolist()
