"""The command line keeps its contract: files, figures, exit codes, and the same bytes again."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from segmentation.__main__ import main
from segmentation.reading import read_table
from segmentation.results import REASONS
from segmentation.settings import Recipe
from tests.summaries import NESTED_KEYS, SUMMARY_KEYS

ROOT = Path(__file__).resolve().parents[1]


class Outcome:
    """What one run left behind."""

    def __init__(self, out: Path, summary: Path) -> None:
        self.data = out.read_bytes()
        self.customers = pd.read_csv(out, dtype=str, keep_default_na=False)
        self.summary: dict[str, Any] = json.loads(summary.read_text(encoding="utf-8"))

    @property
    def by_id(self) -> dict[str, tuple[str, str]]:
        return {
            row[0]: (row.segment_id, row.segment) for row in self.customers.itertuples(index=False)
        }

    @property
    def sizes(self) -> list[int]:
        return [segment["size"] for segment in self.summary["segments"]]

    def set_aside(self, rule: str) -> int:
        return sum(e["set_aside"] for e in self.summary["cleaning"] if e["rule"] == rule)


Go = Callable[..., Outcome]


@pytest.fixture
def go(tmp_path: Path) -> Go:
    count = 0

    def work(path: Path, *options: str) -> Outcome:
        nonlocal count
        count += 1
        out, summary = tmp_path / f"customers{count}.csv", tmp_path / f"summary{count}.json"
        code = main(["run", str(path), "--out", str(out), "--summary", str(summary), *options])
        assert code == 0
        return Outcome(out, summary)

    return work


def in_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "segmentation", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def customer_rows(count: int = 90, seed: int = 1) -> list[str]:
    rng = np.random.default_rng(seed)
    centres = np.array([[20, 80], [60, 50], [95, 10]])[np.arange(count) % 3]
    points = np.round(rng.normal(centres, 4), 2)
    rows = [f"C{i:03},{'fm'[i % 2]},{a},{b}" for i, (a, b) in enumerate(points)]
    rows[7] = "C007,f,,80"
    rows[8] = "C008,m,9000,12"
    return rows


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "customers.csv"
    path.write_text("\n".join(["id,gender,income,score", *customer_rows()]) + "\n")
    return path


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(2)
    count = 400
    frame = pd.DataFrame(
        {
            "CustomerID": rng.integers(1, 41, count),
            "InvoiceNo": rng.integers(1, 120, count),
            "InvoiceDate": pd.Timestamp("2026-01-01")
            + pd.to_timedelta(rng.integers(0, 90, count), unit="D"),
            "Quantity": rng.integers(-1, 9, count),
            "UnitPrice": np.round(rng.lognormal(1, 1, count), 2) * (rng.random(count) > 0.1),
            "Total": np.round(rng.lognormal(2, 1, count), 2),
            "StockCode": rng.choice(list("pqrs"), count),
            "Country": rng.choice(["Norway", "Chile"], count),
        }
    )
    path = tmp_path_factory.mktemp("data") / "orders.csv"
    pd.concat([frame, frame.head(20)]).to_csv(path, index=False, date_format="%Y-%m-%d")
    return path


# --- read


def test_read_writes_the_table_exactly_as_read(tmp_path: Path) -> None:
    path = tmp_path / "messy.csv"
    path.write_bytes(
        'id;n;note\r\n007;1,5;"a\r\nb"\r\n008;-2;=1+1\r\n;;"x""y"\r\n'.encode("utf-16")
    )
    out, report = tmp_path / "raw.csv", tmp_path / "r.json"
    assert main(["read", str(path), "--out", str(out), "--read-report", str(report)]) == 0
    with out.open(encoding="utf-8", newline="") as lines:
        written = list(csv.reader(lines))
    table = read_table(path, as_text=True)
    assert written == [list(table.frame.columns), *table.frame.to_numpy().tolist()]
    assert written[1:3] == [["007", "1,5", "a\r\nb"], ["008", "-2", "=1+1"]]
    told = json.loads(report.read_text())
    assert table.report.to_dict().items() <= told.items()
    assert json.loads(report.read_text())["delimiter"] == ";"


@pytest.mark.parametrize("sheet", ["First", "Zoë"])
def test_read_takes_the_sheet_asked_for(tmp_path: Path, sheet: str) -> None:
    book = openpyxl.Workbook()
    book.active.title = "First"
    for name, value in (("First", "00123"), ("Zoë", "é")):
        target = book[name] if name in book.sheetnames else book.create_sheet(name)
        target.append(["a"])
        target.append([value])
    path, out = tmp_path / "b.xlsx", tmp_path / "raw.csv"
    book.save(path)
    assert main(["read", str(path), "--out", str(out), "--sheet", sheet]) == 0
    assert out.read_text(encoding="utf-8") == {"First": "a\n00123\n", "Zoë": "a\né\n"}[sheet]


# --- run: what comes out


def test_a_customer_table_keeps_its_columns_rows_and_ids(customers: Path, go: Go) -> None:
    done = go(customers, "--k", "3")
    own = pd.read_csv(customers, dtype=str, keep_default_na=False)
    assert list(done.customers.columns) == [*own.columns, "segment_id", "segment"]
    pd.testing.assert_frame_equal(done.customers[list(own.columns)], own)
    assert set(done.customers["segment_id"]) == {"1", "2", "3"}
    assert b"\r" not in done.data


def test_transactions_give_one_row_a_customer_with_every_feature(orders: Path, go: Go) -> None:
    done = go(orders, "--role", "amount=Total")
    assert list(done.customers.columns) == [
        "customer_id",
        "recency_days",
        "frequency_orders",
        "monetary_total",
        "quantity_total",
        "average_order_value",
        "tenure_days",
        "products_distinct",
        "country",
        "segment_id",
        "segment",
    ]
    ids = done.customers["customer_id"].tolist()
    assert ids == sorted(set(ids), key=int)


@pytest.mark.parametrize("table", ["customers", "orders"])
def test_the_summary_says_what_was_done(table: str, go: Go, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue(table)
    done = go(path)
    summary = done.summary
    assert set(summary) >= SUMMARY_KEYS
    for key, inner in NESTED_KEYS.items():
        assert set(summary[key]) >= inner
    assert summary["input"]["name"] == path.name
    assert summary["input"]["rows"] == len(pd.read_csv(path))
    for entry in summary["cleaning"]:
        assert set(entry) == {"rule", "rows_in", "set_aside", "changed"}
        assert entry["rule"] in REASONS
    taken = sum(entry["set_aside"] for entry in summary["cleaning"])
    assert summary["rows_used"] == summary["input"]["rows"] - taken
    assert summary["customers"] == len(done.customers) == sum(done.sizes)
    assert [segment["id"] for segment in summary["segments"]] == list(range(1, summary["k"] + 1))
    counts = done.customers["segment_id"].astype(int).value_counts()
    names = done.customers.drop_duplicates("segment_id").set_index("segment_id")["segment"]
    for segment in summary["segments"]:
        assert set(segment) >= {"id", "name", "size", "share", "centre"}
        assert segment["size"] == counts[segment["id"]]
        assert segment["share"] == pytest.approx(segment["size"] / summary["customers"])
        assert segment["name"] == names[str(segment["id"])]
        assert set(segment["centre"]) == set(summary["features"])
    assert names.is_unique
    assert Recipe.from_json(json.dumps(summary["recipe"])).to_dict() == summary["recipe"]


def test_segments_are_numbered_by_falling_money(customers: Path, go: Go) -> None:
    summary = go(customers, "--k", "3", "--transform", "none").summary
    incomes = [segment["centre"]["income"] for segment in summary["segments"]]
    assert incomes == sorted(incomes, reverse=True)


@pytest.mark.parametrize("name", ["segment", "Segment", "segment_id", "SEGMENT"])
def test_a_column_called_segment_is_kept_under_another_name_and_said(
    name: str, tmp_path: Path, go: Go
) -> None:
    path = tmp_path / "again.csv"
    path.write_text("\n".join([f"id,{name},income,score", *customer_rows()]) + "\n")
    done = go(path, "--k", "3")
    assert list(done.customers.columns) == [
        "id",
        f"{name}_original",
        "income",
        "score",
        "segment_id",
        "segment",
    ]
    assert set(done.customers[f"{name}_original"]) == {"f", "m"}
    assert any(repr(name) in note for note in done.summary["notes"])


def test_the_clustered_file_can_be_clustered_again_and_again(
    customers: Path, go: Go, tmp_path: Path
) -> None:
    path = customers
    for times in range(3):
        done = go(path, "--k", "3", "--feature", "income", "--feature", "score")
        path = tmp_path / f"again{times}.csv"
        path.write_bytes(done.data)
    assert done.customers.columns.is_unique
    assert len({name.casefold() for name in done.customers.columns}) == 4 + 3 * 2


# --- run: every option does something that can be seen


def changed(path: str) -> Callable[[Outcome], Any]:
    def look(done: Outcome) -> Any:
        value: Any = done.summary
        for part in path.split("."):
            value = value[int(part)] if part.isdigit() else value[part]
        return value

    return look


def filled_income(done: Outcome) -> Any:
    (entry,) = [e for e in done.summary["cleaning"] if e["rule"] == "missing_filled"]
    return entry["changed"]


@pytest.mark.parametrize(
    ("options", "look", "wanted"),
    [
        (["--kind", "customers"], changed("schema.kind"), "customers"),
        (["--role", "customer_id="], changed("schema.roles"), {}),
        (["--feature", "score"], changed("features"), ["score"]),
        (
            ["--feature", "gender", "--feature", "income"],
            lambda d: set(d.summary["segments"][0]["centre"]),
            {"gender=f", "gender=m", "income"},
        ),
        (["--transform", "none"], changed("transforms.income"), "none"),
        (["--transform", "log"], changed("transforms.score"), "log"),
        (["--transform", "yeo-johnson"], changed("transforms.score"), "yeo-johnson"),
        (["--transform", "rank"], changed("transforms.score"), "rank"),
        (["--transform", "auto"], changed("transforms.income"), "log"),
        (["--category-weight", "2.5"], changed("recipe.prepare.category_weight"), 2.5),
        (["--scaler", "robust"], changed("scaler"), "robust"),
        (["--k", "4"], changed("k"), 4),
        (["--k", "4"], changed("k_reason"), "k = 4 was asked for"),
        (["--k", "auto", "--k-range", "2:2"], changed("k"), 2),
        (["--k-range", "5:6"], lambda d: d.summary["k"] in (5, 6), True),
        (["--missing", "median"], filled_income, 1),
        (["--missing", "drop"], lambda d: d.set_aside("missing_feature"), 1),
        (["--outliers", "set-aside"], lambda d: d.set_aside("outlier") > 0, True),
        (
            ["--outliers", "cap", "--transform", "none"],
            lambda d: [
                e["changed"] for e in d.summary["cleaning"] if e["rule"] == "outlier_capped"
            ],
            [1],
        ),
        (["--seed", "7"], changed("recipe.fit.seed"), 7),
    ],
)
def test_options_on_a_customer_table(
    customers: Path, go: Go, options: list[str], look: Callable[[Outcome], Any], wanted: Any
) -> None:
    assert look(go(customers, *options)) == wanted


@pytest.mark.parametrize(
    "choices",
    [
        [["--scaler", s, "--transform", "none"] for s in ("standard", "robust", "minmax", "none")],
        [["--transform", t] for t in ("none", "log", "yeo-johnson", "rank")],
        [["--outliers", o, "--transform", "none"] for o in ("keep", "cap", "set-aside")],
        [["--missing", m, "--transform", "none"] for m in ("median", "mean", "mode", "drop")],
    ],
    ids=["scaler", "transform", "outliers", "missing"],
)
def test_every_choice_gives_another_inertia(
    customers: Path, go: Go, choices: list[list[str]]
) -> None:
    inertias = {go(customers, "--k", "3", *options).summary["inertia"] for options in choices}
    assert len(inertias) == len(choices)


@pytest.mark.parametrize(
    ("options", "look", "wanted"),
    [
        ([], changed("schema.kind"), "transactions"),
        (["--kind", "customers"], changed("schema.kind"), "customers"),
        (["--drop", "duplicates"], lambda d: d.set_aside("exact_duplicate") >= 15, True),
        (["--drop", "zero-price"], lambda d: d.set_aside("unit_price_not_positive") > 0, True),
        ([], lambda d: d.set_aside("exact_duplicate") + d.set_aside("unit_price_not_positive"), 0),
        (["--drop", "non-products"], lambda d: d.set_aside("non_product"), 0),
        (["--returns", "gross"], lambda d: d.set_aside("quantity_not_positive") > 0, True),
        (["--returns", "net"], lambda d: d.set_aside("quantity_not_positive"), 0),
        (["--returns", "net"], lambda d: d.summary["returns"]["lines"] > 0, True),
        (["--returns", "net"], lambda d: "returned_total" in d.customers, True),
        (["--as-of", "2026-02-01"], lambda d: d.set_aside("after_as_of_date") > 0, True),
        (["--as-of", "2027-02-01"], changed("as_of"), "2027-02-01"),
        (["--role", "order_id="], lambda d: "order_id" in d.summary["schema"]["roles"], False),
        (["--role", "product=Country"], changed("schema.roles.product"), "Country"),
    ],
)
def test_options_on_order_lines(
    orders: Path, go: Go, options: list[str], look: Callable[[Outcome], Any], wanted: Any
) -> None:
    assert look(go(orders, "--k", "3", *options)) == wanted


def test_the_amount_column_changes_the_totals(orders: Path, go: Go) -> None:
    lines = pd.read_csv(orders)
    lines = lines[lines["Quantity"] > 0]
    worth = {"amount=": lines["Quantity"] * lines["UnitPrice"], "amount=Total": lines["Total"]}
    for role, column in worth.items():
        total = go(orders, "--role", role).customers["monetary_total"].astype(float).sum()
        assert total == pytest.approx(column.sum())


def test_a_sheet_is_taken_and_reported(tmp_path: Path, go: Go, customers: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["not", "this"])
    book.active.append([1, 2])
    with customers.open(newline="") as lines:
        sheet = book.create_sheet("Customers")
        for row in csv.reader(lines):
            sheet.append(row)
    path = tmp_path / "book.xlsx"
    book.save(path)
    done = go(path, "--sheet", "Customers", "--k", "3")
    assert done.summary["input"]["sheet"] == "Customers"
    assert done.data == go(customers, "--k", "3").data


# --- run: the same again


@pytest.mark.parametrize("whole", [True, False], ids=["summary", "recipe part"])
@pytest.mark.parametrize(
    ("table", "options"),
    [
        (
            "customers",
            "--feature gender --feature income --transform log --scaler robust --k 4 "
            "--missing mode --outliers cap --seed 3 --role customer_id=id",
        ),
        ("orders", "--drop duplicates --drop zero-price --as-of 2026-03-15 --k-range 3:5"),
        ("orders", "--kind transactions --role order_id= --role amount=Total --k auto"),
    ],
)
def test_a_recipe_gives_the_same_bytes(
    table: str,
    options: str,
    whole: bool,
    go: Go,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    path = request.getfixturevalue(table)
    first = go(path, *options.split())
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(first.summary if whole else first.summary["recipe"]))
    again = go(path, "--recipe", str(recipe))
    assert again.data == first.data
    assert again.summary == first.summary


def test_options_go_over_the_recipe(customers: Path, go: Go, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(go(customers, "--k", "4", "--scaler", "robust").summary))
    done = go(customers, "--recipe", str(recipe), "--k", "auto", "--feature", "score")
    assert done.summary["recipe"]["choose"]["k"] is None
    assert done.summary["scaler"] == "robust"
    assert done.summary["features"] == ["score"]


@pytest.mark.parametrize(
    "options", [["--k", "auto"], ["--k", "5", "--scaler", "none"], ["--outliers", "cap"]]
)
@pytest.mark.parametrize("seed", [0, 1])
def test_reordered_rows_change_no_customers_segment(
    options: list[str], seed: int, tmp_path: Path, go: Go, customers: Path
) -> None:
    rows = customer_rows()
    turned = tmp_path / "turned.csv"
    order = np.random.default_rng(seed).permutation(len(rows))
    turned.write_text("\n".join(["id,gender,income,score", *(rows[i] for i in order)]) + "\n")
    one, other = go(customers, *options), go(turned, *options)
    assert one.by_id == other.by_id
    assert other.customers["id"].tolist() == [rows[i].split(",")[0] for i in order]


def test_reordered_order_lines_give_the_same_bytes(orders: Path, tmp_path: Path, go: Go) -> None:
    header, *rows = orders.read_text().splitlines()
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join([header, *reversed(rows)]) + "\n")
    assert go(turned).data == go(orders).data


def test_one_thread_or_two_give_the_same_bytes(customers: Path, tmp_path: Path) -> None:
    written = []
    for threads in ("1", "2"):
        out, summary = tmp_path / f"{threads}.csv", tmp_path / f"{threads}.json"
        done = in_process(
            "run",
            str(customers),
            "--out",
            str(out),
            "--summary",
            str(summary),
            OMP_NUM_THREADS=threads,
            OPENBLAS_NUM_THREADS=threads,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        written.append((out.read_bytes(), summary.read_bytes()))
    assert written[0] == written[1]


# --- exit codes


@pytest.mark.parametrize(
    "options",
    [
        ["--k", "none"],
        ["--k", "1"],
        ["--k", "51"],
        ["--k-range", "5"],
        ["--k-range", "6:3"],
        ["--k-range", "a:b"],
        ["--kind", "orders"],
        ["--role", "customer_id"],
        ["--role", "colour=id"],
        ["--transform", "sqrt"],
        ["--scaler", "z"],
        ["--drop", "everything"],
        ["--missing", "guess"],
        ["--outliers", "drop"],
        ["--seed", "-1"],
        ["--seed", "x"],
        ["--as-of", "2026-02-30"],
        ["--as-of", "20260201"],
        ["--recipe", "/nowhere/recipe.json"],
        ["--recipe", __file__],
        ["--unknown"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(
    options: list[str], customers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "o.csv"
    with pytest.raises(SystemExit) as stop:
        main(["run", str(customers), "--out", str(out), *options])
    assert stop.value.code == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    "arguments",
    [[], ["run"], ["run", "a.csv"], ["read", "a.csv"], ["walk", "a.csv"], ["read", "--out", "b"]],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_an_incomplete_command_is_2(arguments: Sequence[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    assert stop.value.code == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--role", "customer_id=nope"], r"no column 'nope'"),
        (["--feature", "incom"], r"Did you mean 'income'\?"),
        (["--feature", "id"], "it is the customer id"),
        (["--sheet", "S"], "no sheets"),
        (["--kind", "transactions"], "Order lines need a column for order_date"),
    ],
)
def test_data_that_can_not_be_used_is_1_with_one_line(
    options: list[str],
    said: str,
    customers: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "o.csv"
    assert main(["run", str(customers), "--out", str(out), *options]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search(said, line)
    assert not out.exists()


def test_a_place_that_can_not_be_written_is_1(
    customers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(customers), "--out", str(tmp_path / "no" / "o.csv"), "--k", "3"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "can't write" in line and "o.csv" in line
    assert line.endswith("Name a file in a folder that is there and that you may write to.")


def test_a_folder_is_no_file_to_write(
    customers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(customers), "--out", str(tmp_path), "--k", "3"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "Is a directory. Name a file" in line


@pytest.mark.parametrize("command", ["read", "run"])
def test_every_option_says_what_it_is_for(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    listed = capsys.readouterr().out.split("arguments:")[1]
    # Each begins a line two spaces in; its text is two spaces or more away, or on the next line.
    entries = [entry for entry in re.split(r"\n  (?=[-\w])", listed)[1:] if entry.strip()]
    assert len(entries) >= 5
    assert [entry for entry in entries if not re.match(r"\S[^\n]*?(?:  |\n) *\S", entry)] == []


# --- the tables of ../shared


MALL = ("--feature", "Annual Income (k$)", "--feature", "Spending Score (1-100)")


@pytest.fixture
def data(shared: Path) -> Path:
    return shared / "data"


def test_mall_with_five_segments(data: Path, go: Go) -> None:
    done = go(
        data / "mall-customers.csv",
        *MALL,
        "--transform",
        "none",
        "--scaler",
        "standard",
        "--k",
        "5",
    )
    summary = done.summary
    assert sorted(done.sizes, reverse=True) == [81, 39, 35, 23, 22]
    assert summary["inertia"] == pytest.approx(65.568408, abs=1e-4)
    assert summary["silhouette"] == pytest.approx(0.554657, abs=1e-4)
    centres = {
        (
            round(s["centre"]["Annual Income (k$)"], 2),
            round(s["centre"]["Spending Score (1-100)"], 2),
        ): s["size"]
        for s in summary["segments"]
    }
    assert centres == {
        (55.30, 49.52): 81,
        (86.54, 82.13): 39,
        (88.20, 17.11): 35,
        (26.30, 20.91): 23,
        (25.73, 79.36): 22,
    }


def test_mall_without_scaling(data: Path, go: Go) -> None:
    done = go(
        data / "mall-customers.csv", *MALL, "--transform", "none", "--scaler", "none", "--k", "5"
    )
    assert done.summary["inertia"] == pytest.approx(44448.455, abs=0.01)


def test_mall_speaks_for_five(data: Path, go: Go) -> None:
    done = go(
        data / "mall-customers.csv",
        *MALL,
        "--k",
        "auto",
        "--k-range",
        "2:10",
        "--transform",
        "none",
    )
    assert done.summary["k"] == 5


def test_wholesale_has_no_id_and_reaches_the_optimum(data: Path, go: Go) -> None:
    spend = ("Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen")
    options = [part for name in spend for part in ("--feature", name)]
    done = go(data / "wholesale-customers.csv", *options, "--transform", "none", "--k", "3")
    assert done.summary["customers"] == 440
    assert done.summary["schema"]["roles"] == {}
    assert done.summary["inertia"] <= 1614.2
    assert list(done.customers.columns)[:2] == ["Channel", "Region"]


def test_a_thousand_customers_with_categories(data: Path, go: Go) -> None:
    done = go(
        data / "customer-segmentation-1000.csv",
        *("--feature", "gender", "--feature", "preferred_category", "--feature", "income"),
        *("--k", "4"),
    )
    assert (done.summary["customers"], done.summary["k"]) == (1_000, 4)
    for segment in done.summary["segments"]:
        for category in ("gender", "preferred_category"):
            shares = [v for name, v in segment["centre"].items() if name.startswith(f"{category}=")]
            assert len(shares) >= 2
            assert sum(shares) == pytest.approx(1)


def test_online_retail_workbook(data: Path, go: Go) -> None:
    features = ("frequency_orders", "quantity_total", "monetary_total")
    options = [part for name in features for part in ("--feature", name)]
    done = go(
        data / "online-retail-rebuilt.xlsx",
        *options,
        *("--transform", "none", "--scaler", "standard", "--k", "2"),
    )
    assert sorted(done.sizes) == [19, 4_320]
    assert done.summary["silhouette"] == pytest.approx(0.962, abs=5e-4)
    assert done.summary["rows_used"] == 397_924
    total = pd.read_csv(io.BytesIO(done.data))["monetary_total"].sum()
    assert total == pytest.approx(8_911_407.90, abs=0.01)


@pytest.mark.parametrize(
    "options",
    [
        ["run", "IN", "--out", "IN"],
        ["run", "IN", "--out", "x.csv", "--summary", "x.csv"],
        ["run", "IN", "--out", "x.csv", "--summary", "./IN"],
        ["read", "IN", "--out", "IN"],
        ["read", "IN", "--out", "x.csv", "--read-report", "IN"],
    ],
)
def test_no_file_named_twice_is_written(
    options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = b"id,spend\n1,5\n2,6\n3,70\n4,80\n"
    Path("table.csv").write_bytes(data)
    with pytest.raises(SystemExit) as stop:
        main([option.replace("IN", "table.csv") for option in options])
    assert stop.value.code == 2
    assert Path("table.csv").read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


# --- rfm


def rfm(path: Path, folder: Path, *options: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    out, summary = folder / "rfm.csv", folder / "rfm.json"
    assert main(["rfm", str(path), "--out", str(out), "--summary", str(summary), *options]) == 0
    return pd.read_csv(out, dtype={"customer_id": str}), json.loads(summary.read_text("utf-8"))


def test_rfm_writes_scores_and_names(orders: Path, tmp_path: Path) -> None:
    scored, summary = rfm(orders, tmp_path, "--as-of", "2026-05-01", "--returns", "net")
    assert list(scored.columns) == [
        "customer_id",
        "recency_days",
        "frequency_orders",
        "monetary_total",
        "r_score",
        "f_score",
        "m_score",
        "rfm_segment",
    ]
    assert len(scored) == summary["customers"] == 40
    assert scored[["r_score", "f_score", "m_score"]].isin(range(1, 6)).all(axis=None)
    assert summary["as_of"] == "2026-05-01" and summary["returns"]["lines"] > 0
    sizes = {s["name"]: s["customers"] for s in summary["rfm"]["segments"] if s["customers"]}
    assert sizes == scored["rfm_segment"].value_counts().to_dict()
    assert Recipe.from_json(json.dumps(summary)).clean.returns == "net"


def test_rfm_says_what_an_edited_grid_lacks(
    orders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grid = tmp_path / "grid.toml"
    grid.write_text("[[segment]]\nname = '=Now'\nr = [4, 5]\n[[segment]]\nname = 'Never'\nr = 5\n")
    scored, _ = rfm(orders, tmp_path, "--grid", str(grid))
    assert set(scored["rfm_segment"]) == {"'=Now", "Others"}
    said = capsys.readouterr().err
    assert "grid.toml, line 5, key name" in said and "75 of 125" in said


@pytest.mark.parametrize("text", ["[[segment]]\nname = 'A'\nq = 5\n", None])
def test_rfm_refuses_a_grid_it_can_not_read(
    orders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    grid, out = tmp_path / "grid.toml", tmp_path / "out.csv"
    if text is not None:
        grid.write_text(text)
    assert main(["rfm", str(orders), "--out", str(out), "--grid", str(grid)]) == 1
    assert "grid.toml" in capsys.readouterr().err and not out.exists()


def test_rfm_needs_its_columns(
    customers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rfm", str(customers), "--out", str(tmp_path / "out.csv")]) == 1
    assert "RFM needs a column of numbers for recency" in capsys.readouterr().err
