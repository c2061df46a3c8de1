"""Scoring gives the fit's own labels, and says what may be wrong with other files."""

from __future__ import annotations

import io
import itertools
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.errors import DataError, ModelError, ReadError, SchemaError, SegmentationError
from segmentation.methods import METHODS
from segmentation.models.explaining import reasons
from segmentation.models.files import dump_model, parse_model
from segmentation.models.loading import fit_file, match_columns
from segmentation.models.making import make_model
from segmentation.models.placing import place_rows, prepared_rows
from segmentation.models.reports import score_summary, scored_csv, scored_frame
from segmentation.models.score_telling import rows
from segmentation.models.scoring import other_unit, score, score_rows
from segmentation.models.store import write_model
from segmentation.pipeline import load, segment
from segmentation.reading import Source
from segmentation.results import Distribution, Loaded, Model, Run, Scored
from segmentation.settings import (
    ChooseSettings,
    CleanSettings,
    FitSettings,
    PrepareSettings,
    ReadSettings,
    Recipe,
    SchemaSettings,
)
from tests.models.modelling import DATA, MALL, mall_model, mall_run, run_of, spread_table, table

ROOT = Path(__file__).parents[2]


def of(scored: Scored, kind: str) -> list[tuple[str, str]]:
    return [(doubt.column, doubt.text) for doubt in scored.doubts if doubt.kind == kind]


def assert_same(run: Run, scored: Scored) -> None:
    assert np.array_equal(scored.positions, run.profiles.customers)
    assert np.array_equal(scored.places.segment_ids, run.profiles.labels)


PREPARATIONS = [
    PrepareSettings(transform=transform, outliers=outliers, scaler=scaler)
    for transform, (outliers, scaler) in itertools.product(
        ("auto", "rank", "yeo-johnson", "none"),
        (("keep", "standard"), ("cap", "robust"), ("set-aside", "minmax")),
    )
]


@pytest.mark.parametrize("prepare", PREPARATIONS, ids=lambda p: f"{p.transform}-{p.outliers}")
@pytest.mark.parametrize("file", ["shop.csv", "wholesale.csv", "mall.csv"])
def test_the_training_file_gets_the_labels_of_the_fit(file: str, prepare: PrepareSettings) -> None:
    run = run_of(DATA / file, Recipe(prepare=prepare, choose=ChooseSettings(k=4)))
    model = parse_model(dump_model(make_model(run)))
    scored = score(model, DATA / file)
    assert_same(run, scored)
    assert not [doubt for doubt in scored.doubts if doubt.kind != "reading"]
    # At most a hundredth of each segment lies outside, by what a radius is.
    outside = np.bincount(scored.places.segment_ids[scored.places.outside], minlength=5)[1:]
    assert (outside <= 0.01 * np.array(run.segmentation.sizes())).all()


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(),
        Recipe(clean=CleanSettings(returns="net", drop_duplicates=True, drop_non_products=True)),
        Recipe(clean=CleanSettings(as_of="2025-10-01")),
        Recipe(
            prepare=PrepareSettings(
                features=("recency_days", "monetary_total", "country"), category_weight=0.7
            )
        ),
    ],
)
def test_a_log_gets_the_labels_of_the_fit(recipe: Recipe) -> None:
    recipe = recipe.with_stage(choose=ChooseSettings(k=4))
    run = run_of(DATA / "orders.csv", recipe)
    assert_same(run, score(make_model(run), DATA / "orders.csv"))


@pytest.mark.parametrize("name", ["mall-customers", "wholesale-customers"])
@pytest.mark.parametrize("k", [2, 5, 9])
def test_public_tables_get_the_labels_of_the_fit(shared: Path, name: str, k: int) -> None:
    path = shared / "data" / f"{name}.csv"
    run = run_of(path, Recipe(choose=ChooseSettings(k=k)))
    assert_same(run, score(make_model(run), path))


def test_online_retail_gets_the_labels_of_the_fit(online_retail: Loaded) -> None:
    recipe = Recipe(choose=ChooseSettings(k=4))
    run = run_from(online_retail, recipe)
    model = make_model(run)
    features = {name: online_retail.customers.frame[name].to_numpy() for name in model.features}
    found = place_rows(model, features).places
    assert np.array_equal(found.segment_ids[run.profiles.customers], run.profiles.labels)


def run_from(loaded: Loaded, recipe: Recipe) -> Run:
    return segment(loaded, recipe, trust=False)


@pytest.mark.parametrize("method", METHODS)
def test_another_method_is_exact_or_refused(method: str) -> None:
    recipe = Recipe(choose=ChooseSettings(k=4), fit=FitSettings(method=method))  # type: ignore[arg-type]
    try:
        run = run_of(DATA / "mall.csv", recipe)
    except DataError:
        return
    try:
        model = make_model(run)
    except ModelError as error:
        refused = error
    else:
        assert_same(run, score(model, DATA / "mall.csv"))
        return
    assert method != "kmeans" and "Use K-Means" in str(refused)


def test_clear_clouds_can_be_saved_by_any_method_without_noise() -> None:
    source = table(spread_table(300, seed=1))
    recipe = Recipe(choose=ChooseSettings(k=3), fit=FitSettings(method="ward"))
    run = run_of(source, recipe)
    assert_same(run, score(make_model(run), source))


def test_a_search_that_stops_early_is_scored_by_its_last_round() -> None:
    """Of more than 25,000 rows K-Means stops early, and its means are not where labels are from."""
    rng = np.random.default_rng(5)
    source = table({f"f{i}": rng.uniform(0, 1, 30_000).tolist() for i in range(3)})
    run = run_of(source, Recipe(choose=ChooseSettings(k=7)))
    found = run.segmentation
    assert found.points is not None and not np.allclose(found.points, found.centres, atol=1e-6)
    to_means = ((run.prepared.matrix[:, None] - found.centres) ** 2).sum(axis=2)
    assert (to_means.argmin(axis=1) + 1 != found.labels).any()
    assert_same(run, score(make_model(run), source))


@cache
def two_segments() -> Model:
    return mall_model(k=2)


def test_values_far_from_zero_lose_no_digit() -> None:
    rng = np.random.default_rng(3)
    near = rng.normal(size=(400, 2)) + 4 * rng.integers(3, size=(400, 1))
    source = table({"id": range(400), "a": near[:, 0] + 1e9, "b": near[:, 1] - 1e7})
    recipe = Recipe(
        prepare=PrepareSettings(transform="none", features=("a", "b")),
        choose=ChooseSettings(k=7),
    )
    run = run_of(source, recipe)
    scored = score(make_model(run), source)
    assert_same(run, scored)
    centres = run.segmentation.centres[scored.segment_ids - 1]
    matrix = run.prepared.matrix[np.argsort(run.prepared.customers)]
    distances = np.sqrt(((matrix - centres) ** 2).sum(axis=1))
    assert np.allclose(scored.places.distances, distances, rtol=1e-9)


@given(
    st.integers(2, 6),
    st.integers(1, 4),
    st.integers(1, 60),
    st.sampled_from([1.0, 1e-6, 1e6]),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_the_nearest_two_are_those_of_plain_arithmetic(
    k: int, columns: int, rows: int, unit: float, whole: bool, seed: int
) -> None:
    model = two_segments()
    rng = np.random.default_rng(seed)
    points = rng.integers(-2, 3, (k, columns)) * unit
    matrix = rng.integers(-3, 4, (rows, columns)) if whole else rng.normal(size=(rows, columns))
    matrix = matrix * unit
    column = replace(model.columns[0], transform="none", shift=0.0, scale=1.0)
    plain = replace(
        model,
        features=tuple(map(str, range(columns))),
        columns=tuple(replace(column, name=str(i), feature=str(i)) for i in range(columns)),
        segments=(model.segments[0],) * k,
    )
    features = {str(i): matrix[:, i] for i in range(columns)}
    found = place_rows(plain, features, points).places
    squares = np.zeros((rows, k))
    for i in range(columns):
        squares += (matrix[:, [i]] - points[:, i]) ** 2
    order = np.argsort(squares, axis=1, kind="stable")
    distances = np.sqrt(np.take_along_axis(squares, order, axis=1))
    assert np.array_equal(found.segment_ids, order[:, 0] + 1)
    assert (found.runner_up_ids != found.segment_ids).all()
    second = np.take_along_axis(squares, found.runner_up_ids[:, None] - 1, axis=1)[:, 0]
    assert np.allclose(np.sqrt(second), distances[:, 1], rtol=1e-6, atol=0)
    assert np.allclose(found.distances, distances[:, 0], rtol=1e-6, atol=0)
    with np.errstate(invalid="ignore"):
        margins = np.where(distances[:, 1] > 0, 1 - distances[:, 0] / distances[:, 1], 0.0)
    assert np.allclose(found.margins, margins, atol=1e-6)


def test_a_row_does_not_depend_on_the_others() -> None:
    model = mall_model()
    rng = np.random.default_rng(0)
    features = {name: rng.uniform(0, 150, 200_000) for name in MALL}
    together = place_rows(model, features).places
    for start, width in ((0, 1), (65_530, 12), (199_000, 1_000)):
        part = slice(start, start + width)
        alone = place_rows(model, {name: cells[part] for name, cells in features.items()}).places
        assert np.array_equal(alone.segment_ids, together.segment_ids[part])
        assert np.array_equal(alone.outside, together.outside[part])
        assert np.allclose(alone.margins, together.margins[part], atol=1e-9)


def test_the_matrix_is_that_of_the_fit() -> None:
    """To the bit, without an object of scikit-learn."""
    recipe = Recipe(
        prepare=PrepareSettings(transform="yeo-johnson", outliers="cap", scaler="robust"),
        choose=ChooseSettings(k=3),
    )
    run = run_of(DATA / "wholesale.csv", recipe)
    frame = run.loaded.customers.frame.iloc[run.prepared.customers]
    model = make_model(run)
    features = {name: frame[name].to_numpy(dtype=float) for name in model.features}
    assert np.array_equal(prepared_rows(model, features), run.prepared.matrix)


def test_scored_columns_and_margins() -> None:
    model = mall_model()
    scored = score(model, DATA / "mall.csv")
    frame = scored_frame(scored)
    assert list(frame) == [
        "customer_id", "segment_id", "segment", "runner_up", "margin", "outside", "missing",
    ]  # fmt: skip
    assert frame["margin"].between(0, 1).all()
    assert (frame["segment"] != frame["runner_up"]).all()
    assert set(frame["segment"]) == set(model.name_of().values())
    assert not frame["missing"].any()
    assert scored_csv(scored).startswith(b"customer_id,segment_id,segment,runner_up,margin,outside")


def test_a_name_that_is_a_formula_is_quoted() -> None:
    run = mall_run()
    named = tuple(replace(name, name=f"=cmd|{name.name}") for name in run.names)
    scored = score(make_model(replace(run, names=named)), DATA / "mall.csv")
    written = pd.read_csv(io.BytesIO(scored_csv(scored)))
    assert written["segment"].str.startswith("'=cmd").all()
    assert written["runner_up"].str.startswith("'=cmd").all()


def test_what_is_not_known_of_a_customer_is_counted() -> None:
    data = {
        "id": range(1, 41),
        "spend": [*range(20), *range(500, 520)],
        "city": ["Rome", "Bonn"] * 20,
    }
    features = ("spend", "city")
    recipe = Recipe(prepare=PrepareSettings(features=features), choose=ChooseSettings(k=2))
    model = make_model(run_of(table(data), recipe))
    scored = score(
        model, table({"id": [1, 2, 3], "spend": [3, "", ""], "city": ["Rome", "Bonn", ""]})
    )
    assert scored_frame(scored)["missing"].tolist() == [0, 1, 2]
    assert [(doubt.kind, doubt.column) for doubt in scored.doubts] == [
        ("missing_value", "spend"),
        ("missing_value", "city"),
    ]
    assert "1 customer has no 'city'" in scored.doubts[1].text
    assert rows(scored, "all", 10)["Missing"].tolist() == [0, 1, 2]
    assert "Missing" not in rows(score(model, table(data)), "all", 10)


def test_far_away_is_outside() -> None:
    model = mall_model()
    near = dict(zip(model.features, model.segments[0].centre, strict=True))
    far = {name: value * 30 for name, value in near.items()}
    found = score_rows(model, [near, far]).places
    assert found.outside.tolist() == [False, True]
    assert found.segment_ids[0] == 1 and found.margins[0] > 0.99


def renamed(names: dict[str, str]) -> Source:
    frame = pd.read_csv(DATA / "mall.csv", dtype=str).rename(columns=names)
    return Source(name="other.csv", data=frame.to_csv(index=False).encode())


def test_columns_are_matched_by_their_words() -> None:
    run = mall_run()
    scored = score(make_model(run), renamed({MALL[0]: "annual_income_k", MALL[1]: "x"}))
    assert of(scored, "renamed_column") == [
        (MALL[0], f"'annual_income_k' is taken for '{MALL[0]}'.")
    ]
    ((column, text),) = of(scored, "missing_column")
    assert column == MALL[1] and "no column" in text and "taken to be 51 for" in text


def test_columns_are_matched_by_their_roles() -> None:
    run = run_of(DATA / "orders.csv", Recipe(choose=ChooseSettings(k=4)))
    old = {column.role: column.name for column in make_model(run).inputs}
    frame = pd.read_csv(DATA / "orders.csv", dtype=str, keep_default_na=False)
    new = frame.rename(
        columns={
            old["customer_id"]: "Kundennummer",
            old["order_date"]: "Bestelldatum",
            old["quantity"]: "Menge",
        }
    )
    source = Source(name="neu.csv", data=new.to_csv(index=False).encode())
    scored = score(make_model(run), source)
    assert_same(run, scored)
    assert len(of(scored, "renamed_column")) == 3


def decoyed(file: str, names: dict[str, str]) -> Source:
    """Rename columns, and let others that hold something else have their names."""
    frame = pd.read_csv(DATA / file, dtype=str, keep_default_na=False).rename(columns=names)
    frame = frame.assign(**dict.fromkeys(names, "7"))
    return Source(name="neu.csv", data=frame.to_csv(index=False).encode())


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("mall.csv", {"CustomerID": "x1"}),
        ("orders.csv", {"CustomerID": "x1", "Quantity": "x2", "UnitPrice": "x3"}),
    ],
)
def test_a_role_that_is_told_stands_over_names(file: str, names: dict[str, str]) -> None:
    run = run_of(DATA / file, Recipe(choose=ChooseSettings(k=4)))
    model = make_model(run)
    roles = tuple((c.role, names[c.name]) for c in model.inputs if c.role and c.name in names)
    assert len(roles) == len(names)
    told = Recipe(schema=SchemaSettings(roles=roles))
    scored = score(model, decoyed(file, names), told=told)
    assert_same(run, scored)
    assert not of(scored, "renamed_column")


def test_a_role_can_be_told_to_have_no_column() -> None:
    told = Recipe(schema=SchemaSettings(roles=(("customer_id", ""),)))
    scored = score(mall_model(), DATA / "mall.csv", told=told)
    assert scored.customers.id_column is None
    assert scored.ids.tolist() == [str(i) for i in range(1, 201)]


@pytest.mark.parametrize(
    ("role", "column", "why"),
    [
        ("customer_id", "Nobody", "no column 'Nobody' to take for customer_id"),
        ("order_id", "Quantity", "'Quantity' was given two roles"),
        ("order_date", "Description", "'Description' can't be the order_date"),
        ("order_date", "", "need a column for order_date"),
    ],
)
def test_a_role_that_cannot_be_is_refused_by_itself(role: str, column: str, why: str) -> None:
    log = make_model(run_of(DATA / "orders.csv", Recipe(choose=ChooseSettings(k=3))))
    told = Recipe(schema=SchemaSettings(roles=((role, column),)))
    with pytest.raises(SchemaError, match=why):
        score(log, DATA / "orders.csv", told=told)


def test_nothing_in_common_is_refused() -> None:
    with pytest.raises(ModelError, match="none of the columns that the model needs: Annual Income"):
        score(mall_model(), DATA / "wholesale.csv")
    log = make_model(run_of(DATA / "orders.csv", Recipe(choose=ChooseSettings(k=3))))
    with pytest.raises(ModelError, match="not like the one the model was made from"):
        score(log, DATA / "mall.csv")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", SegmentationError),
        (b"\n\n", SegmentationError),
        (b"Income,Score\n", SegmentationError),
    ],
)
def test_an_empty_file_is_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        score(mall_model(), Source(name="empty.csv", data=data))


def test_a_single_customer_and_equal_ones_can_be_scored() -> None:
    """The schema's guess would take such columns for labels or constants."""
    model = mall_model()
    one = table({"CustomerID": [7], MALL[0]: [20], MALL[1]: [80]})
    same = table({"CustomerID": [7, 8, 9], MALL[0]: [20] * 3, MALL[1]: [80] * 3})
    first = score(model, one).places.segment_ids.tolist()
    assert score(model, same).places.segment_ids.tolist() == first * 3
    assert score_rows(model, [{MALL[0]: 20, MALL[1]: 80}]).places.segment_ids.tolist() == first


def test_new_categories_are_named_and_counted() -> None:
    recipe = Recipe(prepare=PrepareSettings(features=("Age", "Gender")), choose=ChooseSettings(k=3))
    model = make_model(run_of(DATA / "mall.csv", recipe))
    frame = pd.read_csv(DATA / "mall.csv", dtype=str)
    frame["Gender"] = ["Divers", "Other"] * 100
    scored = score(model, Source(name="new.csv", data=frame.to_csv(index=False).encode()))
    ((column, text),) = of(scored, "new_category")
    assert column == "Gender"
    assert "'Divers'" in text and "'Other'" in text and "200 customers" in text
    assert len(scored.positions) == 200


def test_many_columns_are_no_trouble_and_ten_thousand_are_refused() -> None:
    columns = {f"extra {i}": ["a", "b", "c"] for i in range(10_000)}
    with pytest.raises(ReadError, match="Keep to 2,000 columns"):
        score(mall_model(), table({"CustomerID": [1, 2, 3], **columns}))
    columns = {name: cells for name, cells in columns.items() if len(name) <= len("extra 999")}
    wide = table({"CustomerID": [1, 2, 3], MALL[0]: [15, 60, 90], MALL[1]: [80, 50, 10], **columns})
    rows = [{MALL[0]: a, MALL[1]: b} for a, b in ((15, 80), (60, 50), (90, 10))]
    expected = score_rows(mall_model(), rows).places.segment_ids
    assert np.array_equal(score(mall_model(), wide).places.segment_ids, expected)


def shifted(factor: float) -> Scored:
    frame = pd.read_csv(DATA / "mall.csv")
    frame[MALL[0]] = frame[MALL[0]] * factor
    return score(mall_model(), Source(name="new.csv", data=frame.to_csv(index=False).encode()))


@pytest.mark.parametrize("factor", [1_000, 1_000_000, 100, 0.001])
def test_other_units_are_named(factor: float) -> None:
    ((column, text),) = of(shifted(factor), "other_units")
    said = f"{factor:,.0f} times" if factor > 1 else "1/1,000 of"
    assert column == MALL[0] and said in text and "another unit" in text


@pytest.mark.parametrize("factor", [1, 1.5, 10, 0.1])
def test_a_change_is_no_other_unit(factor: float) -> None:
    assert of(shifted(factor), "other_units") == []


def test_units_of_what_is_0_or_missing_are_not_guessed() -> None:
    spread = Distribution(feature="x", quantiles=(0.0,) * 13, shares=(1.0,), missing=0.0)
    assert other_unit(spread, np.array([5.0, 6.0])) is None
    assert other_unit(replace(spread, quantiles=(3.0,) * 13), np.array([])) is None


def test_missing_values_are_filled_as_in_the_run_or_set_aside() -> None:
    recipe = Recipe(choose=ChooseSettings(k=3))
    source = table({"id": [1, 2, 3, 4, 5, 6], "a": [1, 2, 8, 9, 20, 21], "b": [1, 2, 1, 2, 1, 2]})
    model = make_model(run_of(source, recipe))
    scored = score_rows(model, [{"a": None, "b": 1}, {"a": 8.5, "b": 1}])
    assert scored.places.segment_ids[0] == scored.places.segment_ids[1]
    ((column, text),) = of(scored, "missing_value")
    assert column == "a" and "1 customer has no 'a'" in text
    drop = recipe.with_stage(prepare=PrepareSettings(missing="drop"))
    scored = score_rows(make_model(run_of(source, drop)), [{"b": 1}, {"a": 8.5, "b": 1}])
    assert scored.positions.tolist() == [1]
    assert scored.set_aside["missing_feature"].tolist() == [0]


def test_a_value_without_a_logarithm_is_named_and_counts_as_0() -> None:
    recipe = Recipe(prepare=PrepareSettings(transform="log"), choose=ChooseSettings(k=2))
    source = table({"id": [1, 2, 3, 4], "spend": [0, 3, 900, 1000]})
    model = make_model(run_of(source, recipe))
    scored = score_rows(model, [{"spend": -50}, {"spend": 0}])
    assert scored.places.distances[0] == scored.places.distances[1]
    ((_, text),) = of(scored, "no_logarithm")
    assert "1 customer has a value below 0" in text


@pytest.mark.parametrize("cell", ["ten", True, float("inf"), 1e101, 10**400, [1]])
def test_what_is_no_number_is_refused(cell: object) -> None:
    with pytest.raises(DataError, match="not a number"):
        score_rows(mall_model(), [{MALL[0]: cell, MALL[1]: 5}])  # type: ignore[dict-item]


def test_numbers_are_read_as_in_the_models_own_file() -> None:
    """A file of one notation leaves 1.234 open; the model's own file tells."""
    comma = Source(name="de.csv", data=b"id;wert\n1;1,5\n2;2,25\n3;900,75\n4;1000,5\n")
    recipe = Recipe(choose=ChooseSettings(k=2), read=ReadSettings(delimiter=";"))
    model = make_model(run_of(comma, recipe))
    fitted = fit_file(model, Source(name="neu.csv", data=b"id;wert\n5;1.234\n6;5.678\n"))
    assert fitted.features["wert"].tolist() == [1234.0, 5678.0]
    assert fitted.loaded.questions == ()
    assert any("decimal comma" in note for note in fitted.notes)
    told = Recipe(schema=SchemaSettings(decimal="point"))
    fitted = fit_file(model, Source(name="neu.csv", data=b"id;wert\n5;1.234\n6;5.678\n"), told=told)
    assert fitted.features["wert"].tolist() == [1.234, 5.678]


def test_a_new_log_counts_to_its_own_last_order_unless_told() -> None:
    recipe = Recipe(choose=ChooseSettings(k=3), clean=CleanSettings(as_of="2026-03-01"))
    model = make_model(run_of(DATA / "orders.csv", recipe))
    own = fit_file(model, DATA / "orders.csv")
    assert own.loaded.clean.as_of == date(2026, 3, 1)
    text = (DATA / "orders.csv").read_text(encoding="utf-8")
    later = Source(name="later.csv", data=text.encode() + b"\n")
    fitted = fit_file(model, later)
    assert fitted.loaded.clean.as_of == date(2025, 12, 10)
    assert fitted.features["recency_days"].min() == 1
    told = Recipe(clean=CleanSettings(as_of="2026-01-01"))
    fitted = fit_file(model, later, told=told)
    assert fitted.features["recency_days"].min() == 23


def test_a_model_of_joined_files_scores_joined_files() -> None:
    rng = np.random.default_rng(0)
    ids = [f"C{i}" for i in range(60)]
    spend = [float(i % 3 * 100 + i) for i in range(60)]
    main = table({"customer": ids, "spend": spend, "age": list(range(60))}, "customers.csv")
    visits = table(
        {
            "customer": [*ids, *ids],
            "pages": rng.integers(1, 9, 120).tolist(),
            "visit": [f"2026-01-{1 + i % 28:02}" for i in range(120)],
        },
        "visits-2026-01.csv",
    )
    prepare = PrepareSettings(features=("spend", "visits_pages_total"))
    recipe = Recipe(prepare=prepare, choose=ChooseSettings(k=3))
    run = segment(load([main, visits], recipe), recipe, trust=False)
    model = make_model(run)
    assert_same(run, score(model, [main, visits]))
    assert_same(run, score(model, [visits, main]))
    february = replace(visits, name="visits-2026-02.csv")
    assert_same(run, score(model, [replace(main, name="other.csv"), february]))
    ((column, _),) = of(score(model, main), "missing_column")
    assert column == "visits_pages_total"


def test_the_held_back_half_is_scored_as_the_whole() -> None:
    """Half a table tells where the other half belongs, where segments are clear."""
    columns = spread_table(400, seed=4)
    halves = [{name: cells[half::2] for name, cells in columns.items()} for half in (0, 1)]
    recipe = Recipe(choose=ChooseSettings(k=3))
    whole = run_of(table(columns), recipe)
    scored = score(make_model(run_of(table(halves[0]), recipe)), table(halves[1]))
    both = pd.crosstab(whole.profiles.labels[1::2], scored.places.segment_ids)
    assert (both.to_numpy() > 0).sum() == 3


def test_match_columns_prefers_the_name_itself() -> None:
    assert match_columns(["a b", "c"], ["A_B", "a-b"]) == {}
    assert match_columns(["€"], ["$", "%"]) == {}


def test_the_summary_has_the_drift() -> None:
    model = mall_model()
    facts = score_summary(model, score(model, DATA / "mall.csv"))
    assert facts["drift"]["verdict"] == "keep"
    assert sum(segment["customers"] for segment in facts["segments"]) == facts["customers"] == 200


def test_reasons_add_up_to_the_choice() -> None:
    model = mall_model()
    scored = score(model, DATA / "mall.csv")
    for row in range(0, 200, 17):
        found = reasons(model, scored, row)
        assert {reason.feature for reason in found} == set(MALL)
        assert sum(reason.pull for reason in found) > 0
        assert found[0].text.startswith(("Annual Income", "Spending Score", "spending", "annual"))


@pytest.mark.exhaustive
def test_another_scikit_learn_gives_the_same_scores(tmp_path: Path) -> None:
    """The file is scored by a process that finds an older scikit-learn first."""
    older = tmp_path / "older"
    asked = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(older)]
    installed = subprocess.run([*asked, "scikit-learn==1.7.2"], capture_output=True, check=False)
    if installed.returncode:
        pytest.skip("needs scikit-learn 1.7.2 from a package index")
    for file, prepare in (("shop.csv", "rank"), ("wholesale.csv", "yeo-johnson")):
        recipe = Recipe(
            prepare=PrepareSettings(transform=prepare),  # type: ignore[arg-type]
            choose=ChooseSettings(k=4),
        )
        write_model(tmp_path / "m.json", make_model(run_of(DATA / file, recipe)))
        outs = []
        for path in (str(ROOT), f"{older}{os.pathsep}{ROOT}"):
            out = tmp_path / f"{len(outs)}.csv"
            work = [sys.executable, "-c", SCORE, str(tmp_path / "m.json"), str(DATA / file)]
            done = subprocess.run(
                [*work, str(out)],
                env={**os.environ, "PYTHONPATH": path},
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=True,
            )
            outs.append((done.stdout.strip(), out.read_bytes()))
        assert outs[0][0] != outs[1][0] == "1.7.2"
        assert outs[0][1] == outs[1][1]


SCORE = """
import sys, sklearn
from segmentation.__main__ import main
print(sklearn.__version__)
sys.exit(main(["score", *sys.argv[1:3], "--out", sys.argv[3]]))
"""


def test_models_of_one_run_are_equal() -> None:
    one: Model = mall_model()
    assert one == mall_model() and one != mall_model(k=4)


def test_rows_that_are_no_customers_are_told() -> None:
    header = "CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)"
    rows = "\na,Male,27,14,80\n,Male,27,14,80\nb,Male,27,84,20\nb,Female,27,84,20\n"
    scored = score(mall_model(), Source(name="part.csv", data=(header + rows).encode()))
    assert scored.ids.tolist() == ["a", "b"]
    assert scored.notes[0].startswith("2 rows of the file set aside: ")
    assert "(1) and " in scored.notes[0]
