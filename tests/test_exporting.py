"""What is taken away is complete, is the file's own, and can't run as a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.exporting import (
    customers_csv,
    customers_frame,
    ledger,
    raw_csv,
    renamed_columns,
    safe_text,
    segments_frame,
    set_aside_customers,
    set_aside_rows,
    summary,
    summary_json,
    to_csv,
)
from segmentation.pipeline import run
from segmentation.pipeline import segment as segment_loaded
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.settings import (
    ChooseSettings,
    CleanSettings,
    NameSettings,
    PrepareSettings,
    Recipe,
)
from segmentation.trust import band
from tests.counts import examples
from tests.payloads import HARMLESS, PAYLOADS
from tests.summaries import NESTED_KEYS, SUMMARY_KEYS

ROOT = Path(__file__).parents[1]


def read_back(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


def text_frame(columns: dict[str, list[str]]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype="str")


# --- formulas -----------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", PAYLOADS)
def test_formulas_are_neutralised_everywhere(payload: str) -> None:
    rows = read_back(to_csv(pd.DataFrame({payload: [payload, "x"], "n": [1.0, 2.0]})))
    assert rows == [["'" + payload, "n"], ["'" + payload, "1"], ["x", "2"]]


@pytest.mark.parametrize("harmless", HARMLESS)
def test_numbers_and_plain_text_stay(harmless: str) -> None:
    assert safe_text(pd.Series([harmless], dtype="str")) == [harmless]


def stripped(text: str) -> str:
    return "".join(c for c in text if not (c.isspace() or c in "\"'“”‘’" or ord(c) <= 32))


@given(
    st.text(st.characters(codec="utf-8"), max_size=12) | st.text("=+-@|% \t'\"1a.e,", max_size=9)
)
def test_no_text_comes_out_as_a_formula(text: str) -> None:
    out = safe_text(pd.Series([text], dtype="str"))[0]
    assert out in (text, "'" + text)
    if out == text and stripped(text)[:1] in tuple("=+-@|%＝＋－＠｜％") and stripped(text):
        # All that may begin like a formula is a number.
        digits = stripped(text).lstrip("+-").rstrip("%").replace(",", ".").replace(" ", "")
        assert set(digits) <= set("0123456789.eE+-"), text
        assert any(c.isdigit() for c in digits)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(cells, cells, st.floats(allow_infinity=False)), min_size=1, max_size=6))
def test_what_is_written_reads_back(rows: list[tuple[str, str, float]]) -> None:
    frame = pd.DataFrame(
        {
            "a,b": pd.Series([row[0] for row in rows], dtype="str"),
            'say "x"\n': pd.Series([row[1] for row in rows], dtype="str"),
            "n": [row[2] for row in rows],
        }
    )
    header, *body = read_back(to_csv(frame))
    assert header == list(frame.columns)
    assert len(body) == len(rows)
    for found, (first, second, number) in zip(body, rows, strict=True):
        assert found[:2] == safe_text(pd.Series([first, second], dtype="str"))
        assert (found[2] == "") if np.isnan(number) else (float(found[2]) == number)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 2.0], ["1", "2"]),
        ([1.0, np.nan, -3.0], ["1", "", "-3"]),
        ([1.0, 2.5], ["1.0", "2.5"]),
        ([0.1 + 0.2], ["0.30000000000000004"]),
        ([np.nan], [""]),
        ([1e300], ["1e+300"]),
        ([2**53 - 1], ["9007199254740991"]),
    ],
)
def test_numbers_are_written_short_and_exact(values: list[float], expected: list[str]) -> None:
    rows = read_back(to_csv(pd.DataFrame({"a": values, "b": ["x"] * len(values)})))
    assert [row[0] for row in rows[1:]] == expected


def test_missing_text_is_empty() -> None:
    frame = pd.DataFrame({"a": pd.Series(["x", None], dtype="str"), "b": ["1", "2"]})
    assert to_csv(frame) == b"a,b\nx,1\n,2\n"


def test_raw_csv_changes_nothing() -> None:
    frame = text_frame({"=a": ["=1", " x ", "é,"], "b": ["", "-", 'q"']})
    rows = read_back(b"".join(raw_csv(frame)))
    assert rows == [["=a", "b"], ["=1", ""], [" x ", "-"], ["é,", 'q"']]


# --- customers ----------------------------------------------------------------------------------

OWN = """Kunde Nr,Gender,Age,Segment,segment_id,income
,f,20,A,x0,10
007, f ,030,A,x9,1.50
a b,m,41,A,x8,2.0e1
Ö-9,m,,B,x7,003
10.0,f,55,B,x6,70.10
1e3,f,56,B,x5,80
,f,20,A,x4,10
007,f,20,A,x3,10
"""


@pytest.fixture
def own(source_of: Callable[..., Source]) -> Run:
    recipe = Recipe().with_stage(
        prepare=PrepareSettings(features=("income",)),
        choose=ChooseSettings(k=2),
    )
    from segmentation.settings import SchemaSettings

    said = SchemaSettings(roles=(("customer_id", "Kunde Nr"),))
    return run(source_of(OWN), recipe.with_stage(schema=said))


def test_a_customer_table_keeps_its_cells_and_their_order(own: Run) -> None:
    rows = read_back(customers_csv(own))
    given_rows = read_back(OWN.encode())
    assert [row[:6] for row in rows[1:]] == given_rows[2:7]
    assert len(rows[0]) == 8


def test_columns_called_segment_are_renamed_and_that_is_said(own: Run) -> None:
    header = read_back(customers_csv(own))[0]
    assert header == [
        "Kunde Nr",
        "Gender",
        "Age",
        "Segment_original",
        "segment_id_original",
        "income",
        "segment_id",
        "segment",
    ]
    notes = " ".join(summary(own)["notes"])
    for old, new in renamed_columns(own).items():
        assert f"{old!r} is called {new!r}" in notes


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("segment", "segment_original"),
        ("Segment", "Segment_original"),
        ("SEGMENT_ID", "SEGMENT_ID_original"),
        ("segment,segment_original", "segment_original_"),
        ("segment,Segment_Original", "segment_original_"),
    ],
)
def test_new_names_collide_with_nothing(
    source_of: Callable[..., Source], header: str, expected: str
) -> None:
    extra = header.count(",") * ",q"
    rows = [f"{i},{i * i},{'ab'[i % 2]}{extra}" for i in range(8)]
    source = source_of("\n".join([f"id,spend,{header}", *rows]))
    done = run(source, Recipe(choose=ChooseSettings(k=2)))
    columns = read_back(customers_csv(done))[0]
    assert expected in columns
    folded = [name.casefold() for name in columns]
    assert len(set(folded)) == len(folded)
    assert columns[-2:] == ["segment_id", "segment"]


def test_segment_is_the_name_of_the_id(own: Run) -> None:
    names = {str(i): name for i, name in own.name_of().items()}
    for row in read_back(customers_csv(own))[1:]:
        assert row[7] == names[row[6]]


def test_wild_headers_cells_and_names_stay_harmless(source_of: Callable[..., Source]) -> None:
    rows = [f"@c{i},=1+{i},{i * 10}" for i in range(6)]
    source = source_of("\n".join(["=id,+note,spend", *rows]))
    recipe = Recipe(
        choose=ChooseSettings(k=2), naming=NameSettings(names=((1, "=HYPERLINK(1)"), (2, "@b")))
    )
    done = run(source, recipe)
    for data in (customers_csv(done), to_csv(set_aside_rows(done))):
        for row in read_back(data):
            assert not any(cell.startswith(("=", "@", "+", "-")) for cell in row)
    assert {row[-1] for row in read_back(customers_csv(done))[1:]} == {"'=HYPERLINK(1)", "'@b"}


@pytest.mark.parametrize("file", ["mall.csv", "shop.csv", "wholesale.csv"])
def test_the_samples_come_out_as_they_went_in(file: str) -> None:
    done = run(ROOT / "data" / file, Recipe(choose=ChooseSettings(k=4)))
    given_rows = read_back((ROOT / "data" / file).read_bytes())
    assert [row[:-2] for row in read_back(customers_csv(done))] == given_rows


@pytest.fixture(scope="module")
def orders() -> Run:
    return run(
        ROOT / "data/orders.csv",
        Recipe(
            prepare=PrepareSettings(outliers="set-aside", transform="none"),
            choose=ChooseSettings(k=3),
            clean=CleanSettings(drop_duplicates=True),
        ),
    )


def test_transactions_give_every_feature_by_customer_id(orders: Run) -> None:
    header, *rows = read_back(customers_csv(orders))
    customers = orders.loaded.customers
    assert header == ["customer_id", *customers.frame.columns, "segment_id", "segment"]
    assert {"recency_days", "frequency_orders", "monetary_total", "country"} <= set(header)
    ids = [int(row[0]) for row in rows]
    assert ids == sorted(ids)
    at = dict(zip(customers.ids.tolist(), customers.frame["monetary_total"], strict=True))
    money = header.index("monetary_total")
    assert all(float(row[money]) == at[row[0]] for row in rows)


@pytest.mark.parametrize("which", [1, 2, 3])
def test_a_filtered_export_is_the_rows_of_the_whole(orders: Run, which: int) -> None:
    keep = orders.profiles.labels == which
    header, *whole = read_back(customers_csv(orders))
    part = read_back(customers_csv(orders, keep))
    assert part == [header, *(row for row in whole if row[-2] == str(which))]
    assert len(part) - 1 == orders.segmentation.sizes()[which - 1]


def test_a_filter_that_nobody_passes_leaves_the_header(orders: Run) -> None:
    nobody = np.zeros(len(orders.profiles.labels), dtype=bool)
    assert read_back(customers_csv(orders, nobody)) == read_back(customers_csv(orders))[:1]


def test_exporting_twice_gives_the_same_bytes(orders: Run) -> None:
    once, again = (run(ROOT / "data/orders.csv", orders.recipe) for _ in range(2))
    assert customers_csv(once) == customers_csv(again) == customers_csv(orders)
    assert summary_json(once) == summary_json(again)


def test_the_recipe_in_a_summary_reproduces_the_file(orders: Run) -> None:
    recipe = Recipe.from_json(summary_json(orders).decode())
    assert customers_csv(run(ROOT / "data/orders.csv", recipe)) == customers_csv(orders)


# --- the account --------------------------------------------------------------------------------


def test_orders_rows_are_used_or_set_aside(orders: Run) -> None:
    out = set_aside_rows(orders)
    assert len(out) + summary(orders)["rows_used"] == orders.loaded.table.report.rows
    assert len(out) == sum(e.set_aside for e in orders.loaded.clean.ledger)
    assert len(out) > 0
    numbers = out["line"].tolist()
    assert numbers == sorted(set(numbers))
    table = orders.loaded.table.frame
    as_read = table.iloc[[number - 2 for number in numbers]].reset_index(drop=True)
    pd.testing.assert_frame_equal(out[list(table.columns)], as_read)


def test_customers_set_aside_later_are_listed_with_their_reason(orders: Run) -> None:
    out = set_aside_customers(orders)
    aside = orders.prepared.set_aside["outlier"]
    assert out["customer_id"].tolist() == orders.loaded.customers.ids[aside].tolist()
    assert len(out) + summary(orders)["customers"] == len(orders.loaded.customers.ids)
    assert set(out["reason"]) == {"a feature has an extreme value"}
    kept = set(customers_frame(orders)["customer_id"])
    assert kept.isdisjoint(out["customer_id"])


def test_one_rule_at_a_time(orders: Run) -> None:
    whole = set_aside_rows(orders)
    parts = []
    for entry in orders.loaded.clean.ledger:
        part = set_aside_rows(orders, entry.rule)
        assert len(part) == entry.set_aside
        assert set(part["reason"]) <= {entry.reason}
        parts.append(part)
    joined = pd.concat(parts).sort_values("line", ignore_index=True)
    pd.testing.assert_frame_equal(joined, whole, check_dtype=False)


def test_exported_ids_are_as_written(source_of: Callable[..., Source]) -> None:
    done = run(
        source_of("id,spend\n1.0,1\n2.0,2\n3.0,9\n4.0,8\n"), Recipe(choose=ChooseSettings(k=2))
    )
    assert done.loaded.customers.ids.tolist() == ["1", "2", "3", "4"]
    assert customers_frame(done)["id"].tolist() == ["1.0", "2.0", "3.0", "4.0"]


def test_own_columns_called_reason_stay(source_of: Callable[..., Source]) -> None:
    text = "id,reason,line,spend\n1,a,x,1\n2,b,y,2\n,c,z,3\n3,a,x,9\n4,b,y,8\n"
    out = set_aside_rows(run(source_of(text), Recipe(choose=ChooseSettings(k=2))))
    assert out["reason"].tolist() == ["c"]
    assert out["reason_"].tolist() == ["no customer id"]
    assert (out["line"].tolist(), out["line_"].tolist()) == (["z"], [4])


ids = st.sampled_from(["", "n/a", *"abcdefghijklmnop"])
spends = st.sampled_from(["", "x", "1", "2.5", "3", "90", "1e9"])
ages = st.sampled_from(["", "20", "21", "35", "60"])


@settings(max_examples=examples(80))
@given(
    st.lists(st.tuples(ids, spends, ages), min_size=12, max_size=30),
    st.sampled_from(["median", "drop"]),
    st.sampled_from(["keep", "cap", "set-aside"]),
    st.booleans(),
)
def test_every_row_is_used_or_set_aside(
    rows: list[tuple[str, str, str]], missing: Any, outliers: Any, duplicates: bool
) -> None:
    from segmentation.errors import SegmentationError

    text = "\n".join(["id,spend,age", *map(",".join, rows)]) + "\n"
    recipe = Recipe(
        prepare=PrepareSettings(missing=missing, outliers=outliers, scaler="none"),
        choose=ChooseSettings(k=2),
        clean=CleanSettings(drop_duplicates=duplicates),
    )
    try:
        done = run(Source(name="a.csv", data=text.encode()), recipe)
    except SegmentationError:
        return
    out, said = set_aside_rows(done), summary(done)
    whole = done.loaded.table.report.rows
    assert len(out) + said["rows_used"] == whole == len(rows)
    left = done.loaded.clean.ledger[0].rows_in
    for entry in ledger(done):
        assert entry.rows_in == left
        left -= entry.set_aside
    assert left == said["rows_used"] == len(customers_frame(done))
    used = done.loaded.customers.rows[done.profiles.customers] + 2
    assert sorted([*out["line"], *used.tolist()]) == list(range(2, whole + 2))


# --- the summary --------------------------------------------------------------------------------


def refuse(constant: str) -> float:
    raise AssertionError(f"{constant} is not JSON")


def check_summary(done: Run) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(summary_json(done), parse_constant=refuse)
    assert set(said) >= SUMMARY_KEYS
    for key, inner in NESTED_KEYS.items():
        assert set(said[key]) == inner
    segments = said["segments"]
    assert [segment["id"] for segment in segments] == list(range(1, said["k"] + 1))
    assert sum(segment["size"] for segment in segments) == said["customers"]
    assert sum(segment["share"] for segment in segments) == pytest.approx(1)
    for segment in segments:
        assert segment["share"] == pytest.approx(segment["size"] / said["customers"])
        assert set(segment["centre"]) == {column.name for column in done.prepared.columns}
    for entry in said["cleaning"]:
        assert set(entry) == {"rule", "rows_in", "set_aside", "changed"}
    assert Recipe.from_json(json.dumps(said)) == done.recipe
    return said


def test_summary_of_orders(orders: Run) -> None:
    said = check_summary(orders)
    assert said["schema"]["kind"] == "transactions"
    assert said["schema"]["roles"]["quantity"] == "Quantity"
    assert said["input"]["name"] == "orders.csv"


def test_summary_of_a_customer_table(own: Run) -> None:
    said = check_summary(own)
    assert said["rows_used"] == said["customers"] == 5
    assert said["features"] == ["income"]
    assert summary_json(own).endswith(b"}\n")


def test_summary_with_gaps_and_huge_numbers(source_of: Callable[..., Source]) -> None:
    rows = [f"{i},{i % 5},{'' if i % 4 else i}" for i in range(30)]
    text = "\n".join(["id,a,b", *rows, "98,1e99,3", "99,inf,4"])
    for transform in ("none", "log", "yeo-johnson"):
        recipe = Recipe(
            prepare=PrepareSettings(transform=transform),  # type: ignore[arg-type]
            choose=ChooseSettings(k=2),
        )
        check_summary(run(source_of(text), recipe))


def test_mall_comes_out_as_it_must(shared: Path) -> None:
    features = ("Annual Income (k$)", "Spending Score (1-100)")
    recipe = Recipe(
        prepare=PrepareSettings(features=features, transform="none"), choose=ChooseSettings(k=5)
    )
    said = check_summary(run(shared / "data/mall-customers.csv", recipe))
    anchors = json.loads((shared / "anchors.json").read_text())["mall"]["k5_centroids_raw"]
    found = sorted((s["size"], *(s["centre"][name] for name in features)) for s in said["segments"])
    expected = sorted((size, income, score) for income, score, size in anchors)
    assert np.allclose(found, expected, atol=1e-6)
    assert said["inertia"] == pytest.approx(65.568408, abs=1e-5)
    assert said["silhouette"] == pytest.approx(0.554657, abs=1e-5)
    incomes = [segment["centre"][features[0]] for segment in said["segments"]]
    assert incomes == sorted(incomes, reverse=True)


def test_segments_are_written_with_their_trust(orders: Run) -> None:
    found = segments_frame(orders)
    assert found["customers"].tolist() == orders.segmentation.sizes()
    assert found["share"].sum() == pytest.approx(1)
    for row, steady in zip(found.itertuples(), orders.segmentation.stabilities, strict=True):
        assert (row.stability, row.stability_low, row.stability_high) == (
            steady.mean, steady.low, steady.high,
        )  # fmt: skip
        assert row.trust == band(steady.mean)[0]


def test_a_run_without_trials_gives_its_own_segments_again(orders: Run) -> None:
    """The evidence has not had its last word there, so the recipe holds the k that is shown."""
    suggested = Recipe(prepare=orders.recipe.prepare)
    quick = segment_loaded(orders.loaded, suggested, trust=False)
    found = summary(quick)
    assert found["recipe"]["choose"]["k"] == quick.segmentation.k
    assert {one["stability"] for one in found["segments"]} == {None}
    told = segments_frame(quick)
    assert told["stability"].isna().all()
    assert set(told["trust"]) == {""}
    again = Recipe.from_json(json.dumps(found))
    assert customers_csv(segment_loaded(orders.loaded, again, trust=False)) == customers_csv(quick)
