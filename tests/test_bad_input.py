"""Input that can't be used gets a sentence: what, where, what to do; and never a traceback."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import warnings
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segmentation.__main__ import main
from segmentation.errors import ReadError, SegmentationError
from segmentation.exporting import customers_csv, summary_json
from segmentation.pipeline import run
from segmentation.reading import Source, read_table
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe, SchemaSettings
from tests.counts import examples

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4


def text(*rows: str) -> bytes:
    return ("\n".join(rows) + "\n").encode()


def truncated_workbook() -> bytes:
    book = openpyxl.Workbook()
    for i in range(200):
        book.active.append([i, i * i])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()[: len(out.getvalue()) * 2 // 3]


BAD = {
    "empty": ("t.csv", b"", [], "file is empty"),
    "only spaces": ("t.csv", b" \n\t\n", [], "file is empty"),
    "only a mark": ("t.csv", b"\xef\xbb\xbf", [], "file is empty"),
    "header only": ("t.csv", b"id,spend\n", [], "header but no row"),
    "one row": ("t.csv", text("id,spend", "1,2"), [], "same value for every customer"),
    "one row, k": ("t.csv", text("id,spend", "1,2"), ["--k", "2"], "same value"),
    "one order": (
        "t.csv",
        text("customer_id,order_id,date,amount", "A,1,2026-01-01,5"),
        [],
        "recency_days: it has the same value",
    ),
    "fewer customers than k": (
        "t.csv",
        text("id,spend", "1,2", "2,5", "3,9"),
        ["--k", "5"],
        "3 customers, too few for 5 segments.*fewer segments",
    ),
    "fewer different customers than k": (
        "t.csv",
        text("id,spend", *(f"{i},{i % 2}" for i in range(20))),
        ["--k", "3"],
        "Only 2 customers differ.*too few for 3.*Ask for no more segments than that",
    ),
    "nothing to choose k from": (
        "t.csv",
        text("id,spend", *(f"{i},{i % 2}" for i in range(20))),
        [],
        "Only 2 customers differ.*the others repeat them.*ask for 2 segments",
    ),
    "all alike where nothing is missing": (
        "t.csv",
        text("id,a,b", *(f"{i},3,7" for i in range(20)), "21,4,", "22,,8"),
        ["--missing", "drop"],
        "All 20 customers are the same in the chosen features.*in which they differ",
    ),
    "all alike, k": (
        "t.csv",
        text("id,a,b", *(f"{i},3,7" for i in range(20)), "21,4,", "22,,8"),
        ["--missing", "drop", "--k", "2"],
        "All 20 customers are the same in the chosen features",
    ),
    "no value in a column asked for": (
        "t.csv",
        text("id,spend,age", *(f"{i},,{i}" for i in range(20))),
        ["--feature", "spend"],
        "'spend' can't be a feature: no customer has a value in it. Choose from age",
    ),
    "no value anywhere": (
        "t.csv",
        text("id,spend,kind", *(f"{i},NA," for i in range(20))),
        [],
        "spend: no customer has a value in it; kind: no customer has a value in it",
    ),
    "all constant": (
        "t.csv",
        text("id,spend,age", "1,5,3", "2,5,3", "3,5,3"),
        [],
        "spend: it has the same value.*age: it has the same value",
    ),
    "no usable feature": (
        "t.csv",
        text("id,name,joined", "1,Ann,2026-01-01", "2,Bo,2026-01-02", "3,Cy,2026-01-03"),
        [],
        "name: nearly every row has its own text; joined: it is a date.*Name a category",
    ),
    "PNG called CSV": ("t.csv", PNG, [], "PNG picture, not a table"),
    "PNG called workbook": ("t.xlsx", PNG, [], "a PNG picture"),
    "truncated workbook": ("t.xlsx", truncated_workbook(), [], "damaged or not a workbook"),
    "workbook called CSV": ("t.csv", truncated_workbook(), [], "damaged or not a workbook"),
    "nothing but infinity": (
        "t.csv",
        text("id,spend", "1,inf", "2,-inf", "3,1e999"),
        [],
        "No column can be a feature",
    ),
    "every order without a customer": (
        "t.csv",
        text("customer_id,order_id,date,amount", *(f"NA,{i},2026-01-0{i},5" for i in range(1, 9))),
        ["--kind", "transactions"],
        "customer",
    ),
    "every order returned": (
        "t.csv",
        text(
            "customer_id,order_id,date,quantity,price",
            *(f"A{i},{i},2026-01-0{i},-{i},5" for i in range(1, 9)),
        ),
        [],
        "No row is left: 8 of 8 rows.*quantity is 0 or less",
    ),
    "every feature missing somewhere": (
        "t.csv",
        text("id,a,b", "1,,2", "2,5,", "3,,7", "4,9,"),
        ["--missing", "drop"],
        "Every customer lacks a value",
    ),
    "logarithm of a negative": (
        "t.csv",
        text("id,spend", *(f"{i},{i - 5}" for i in range(20))),
        ["--transform", "log"],
        r"'spend' has negative values \(the lowest is -5\).*yeo-johnson",
    ),
    "no such file": (None, b"", [], "can't be opened"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_a_sentence(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, data, options, said = BAD[case]
    path = tmp_path / (name or "missing.csv")
    if name:
        path.write_bytes(data)
    out = tmp_path / "out.csv"
    code = main(["run", str(path), "--out", str(out), *options])
    streams = capsys.readouterr()
    assert code == 1
    assert streams.out == ""
    (line,) = streams.err.splitlines()
    assert line.startswith("segmentation: ") and line.endswith((".", "?."))
    assert re.search(said, line)
    assert not out.exists()


@pytest.mark.parametrize("case", [case for case, (name, *_) in BAD.items() if name])
def test_every_error_says_what_and_what_to_do(case: str) -> None:
    name, data, options, _ = BAD[case]
    given_options = dict(zip(options[::2], options[1::2], strict=True))
    k = given_options.get("--k")
    recipe = Recipe(
        schema=SchemaSettings(kind=given_options.get("--kind", "auto")),
        prepare=PrepareSettings(
            missing=given_options.get("--missing", "median"),
            transform=given_options.get("--transform", "auto"),
            features=tuple(v for name, v in given_options.items() if name == "--feature"),
        ),
        choose=ChooseSettings(k=int(k) if k else None),
    )
    with pytest.raises(SegmentationError) as caught:
        run(Source(name=name, data=data), recipe)
    error = caught.value
    assert error.what and error.remedy
    for part in (error.what, error.remedy):
        assert part[0].isupper() or part[0] == "'"
        assert not part.endswith(".")


def test_the_process_itself_shows_one_line_and_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(PNG)
    done = subprocess.run(
        [sys.executable, "-m", "segmentation", "run", str(path), "--out", str(tmp_path / "o.csv")],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "PNG picture" in done.stderr


# --- input that is odd and still usable


def figures(data: bytes, recipe: Recipe) -> dict[str, object]:
    with warnings.catch_warnings():
        # A warning would be a second line on stderr.
        warnings.simplefilter("error")
        finished = run(Source(name="odd.csv", data=data), recipe)
        customers_csv(finished)
        plain: dict[str, object] = json.loads(summary_json(finished))
    return plain


@pytest.mark.parametrize(
    ("cell", "doubt"),
    [
        ("inf", "1 cell is infinite"),
        ("-1e300", "1 cell is infinite or beyond"),
        ("lots", "1 cell is not a number"),
    ],
)
def test_a_cell_that_is_no_number_counts_as_missing_and_is_doubted(cell: str, doubt: str) -> None:
    rows = [f"{i},{cell if i == 3 else i * 7 % 11},{i % 5}" for i in range(30)]
    summary = figures(text("id,spend,age", *rows), Recipe(choose=ChooseSettings(k=3)))
    assert summary["customers"] == 30
    assert doubt in str(summary["doubts"])
    assert "spend" in str(summary["features"])


def test_a_column_half_text_is_left_out_and_doubted() -> None:
    rows = [f"{i},{'lots' if i % 2 else i},{i % 5}" for i in range(30)]
    summary = figures(text("id,spend,age", *rows), Recipe(choose=ChooseSettings(k=3)))
    assert summary["features"] == ["age"]
    assert "50% of the cells are numbers" in str(summary["doubts"])


@pytest.mark.parametrize("transform", ["auto", "none", "log", "yeo-johnson", "rank"])
def test_one_feature_is_enough(transform: str) -> None:
    recipe = Recipe(prepare=PrepareSettings(transform=transform))  # type: ignore[arg-type]
    summary = figures(text("id,spend", *(f"{i},{i * i % 17}" for i in range(30))), recipe)
    assert summary["features"] == ["spend"]


def test_a_range_beyond_the_customers_ends_at_what_is_possible() -> None:
    rows = [f"{i},{i % 4},{i % 4 * 3}" for i in range(30)]
    summary = figures(text("id,a,b", *rows), Recipe(choose=ChooseSettings(k_min=8, k_max=12)))
    assert summary["k"] == 3


def test_repeated_ids_are_set_aside_and_counted() -> None:
    rows = [f"{i % 25},{i * 7 % 11}" for i in range(30)]
    summary = figures(text("id,spend", *rows), Recipe(choose=ChooseSettings(k=3)))
    assert summary["customers"] == 25
    taken = {e["rule"]: e["set_aside"] for e in summary["cleaning"]}  # type: ignore[attr-defined]
    assert taken["repeated_customer_id"] == 5


@pytest.mark.parametrize("scaler", ["standard", "robust", "minmax", "none"])
@pytest.mark.parametrize("transform", ["auto", "none", "yeo-johnson", "rank"])
@pytest.mark.parametrize("huge", ["1e99", "-1e99", "1e-300"])
def test_huge_and_tiny_numbers_neither_crash_nor_warn(
    huge: str, transform: str, scaler: str
) -> None:
    rows = [f"{i},{huge if i == 3 else i * 7 % 11},{i % 5}" for i in range(30)]
    recipe = Recipe(
        prepare=PrepareSettings(transform=transform, scaler=scaler),  # type: ignore[arg-type]
        choose=ChooseSettings(k=3),
    )
    summary = figures(text("id,spend,age", *rows), recipe)
    assert sum(s["size"] for s in summary["segments"]) == 30  # type: ignore[attr-defined]


def test_a_product_of_huge_numbers_is_set_aside() -> None:
    rows = [
        f"{i % 6},{i},2026-01-{i % 27 + 1:02},{'1e90' if i == 3 else i + 1},"
        f"{'1e90' if i == 3 else i * 3 % 7 + 1}"
        for i in range(30)
    ]
    header = "customer_id,order_id,date,quantity,price"
    summary = figures(text(header, *rows), Recipe(choose=ChooseSettings(k=2)))
    taken = {e["rule"]: e["set_aside"] for e in summary["cleaning"]}  # type: ignore[attr-defined]
    assert taken["no_amount"] == 1
    assert summary["rows_used"] == 29


@settings(max_examples=examples(60))
@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.txt"]))
@example(b"\xff\xfe", "a.csv")
@example(b"\xff\xfe\x00\xd8", "a.csv")
@example(b'"', "a.csv")
@example(b",\n,\n", "a.csv")
@example(b"a,\xff\n\x81,\x00\n", "a.csv")
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    try:
        table = read_table(Source(name=name, data=data))
    except SegmentationError as error:
        said = str(error)
    else:
        said = "."
        assert len(table.frame) == table.report.rows
    assert said.endswith(".") and "\n" not in said


odd_cell = st.sampled_from(["", "1", "2", "-3", "7.5", "a", "b", "inf", "1e99", "NA", "2026-01-01"])


@settings(max_examples=examples(40))
@given(st.lists(st.lists(odd_cell, min_size=3, max_size=4), min_size=1, max_size=12))
def test_any_small_table_gives_segments_or_a_sentence(rows: list[list[str]]) -> None:
    data = text("id,spend,kind", *map(",".join, rows))
    try:
        summary = figures(data, Recipe())
    except SegmentationError as error:
        assert error.what and error.remedy  # noqa: PT017
    else:
        assert 2 <= int(str(summary["k"])) <= len(rows)


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2\n" + b"x," * 1_000_000 + b"\n" + b"1,2\n" * 1_000,
        b"," * 100_000 + b"\n1\n",
    ],
    ids=["one line of a million commas", "a header of commas"],
)
def test_a_table_far_too_wide_is_refused_before_it_is_built(data: bytes) -> None:
    with pytest.raises(ReadError, match="more than is read"):
        read_table(Source(name="wide.csv", data=data), as_text=True)
