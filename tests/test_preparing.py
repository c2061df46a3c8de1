"""Preparing makes features comparable, keeps the way back, and forgets the order of the rows."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from segmentation.errors import DataError
from segmentation.kmeans import distinct_rows
from segmentation.preparing import LARGEST_CATEGORY_COUNT, prepare
from segmentation.results import Prepared
from segmentation.settings import Missing, Outliers, PrepareSettings, Scaler, Transform
from tests.counts import examples
from tests.customers import customers_of

CHOICES: dict[str, tuple[str, ...]] = {
    "missing": get_args(Missing),
    "outliers": get_args(Outliers),
    "transform": get_args(Transform),
    "scaler": get_args(Scaler),
}


def by_customer(prepared: Prepared) -> np.ndarray:
    """The matrix in the order of the customers."""
    return prepared.matrix[np.argsort(prepared.customers)]


def plain(**changes: Any) -> PrepareSettings:
    return PrepareSettings(**{"transform": "none", "scaler": "none", **changes})


GENERATOR = np.random.default_rng(0)
SKEWED = GENERATOR.lognormal(3, 1.2, 80)
LEVEL = GENERATOR.normal(50, 9, 80)
SHIFTED = GENERATOR.gamma(0.5, 100, 80) - 20


@pytest.mark.parametrize(
    ("scaler", "reference"),
    [("standard", StandardScaler()), ("robust", RobustScaler()), ("minmax", MinMaxScaler())],
)
def test_scalers_are_scikit_learns(scaler: Scaler, reference: Any) -> None:
    found = prepare(
        customers_of(a=SKEWED, b=LEVEL), PrepareSettings(transform="none", scaler=scaler)
    )
    expected = reference.fit_transform(np.column_stack([SKEWED, LEVEL]))
    assert np.allclose(by_customer(found), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("scaler", "reference"), [("robust", RobustScaler()), ("standard", None)])
def test_a_feature_without_spread_is_shifted_not_divided(scaler: Scaler, reference: Any) -> None:
    values = np.array([5.0] * 9 + [8.0]) if reference else np.full(10, 0.1)
    found = prepare(customers_of(a=values), PrepareSettings(transform="none", scaler=scaler))
    assert np.isfinite(found.matrix).all()
    assert np.allclose(by_customer(found)[:9], 0, atol=1e-9) or reference is None
    assert np.allclose(found.columns[0].to_original(found.matrix[:, 0]), found.original[:, 0])
    assert bool(found.notes) == (reference is None)


numbers = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
tables = st.integers(3, 25).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=numbers | st.just(np.nan)),
        arrays(np.float64, n, elements=st.integers(-5, 5).map(float)),
        arrays(np.dtype("U3"), n, elements=st.sampled_from(["", "a", "b", "é"])),
    )
)


def made(table: tuple[np.ndarray, ...], choice: dict[str, str]) -> Prepared:
    a, b, c = table
    if choice["transform"] == "log":
        a, b = np.abs(a), np.abs(b)
    wanted = PrepareSettings(features=("a", "c", "b"), **choice)  # type: ignore[arg-type]
    return prepare(customers_of(a=a, b=b, c=c.astype(object)), wanted)


choices = st.fixed_dictionaries({name: st.sampled_from(all_) for name, all_ in CHOICES.items()})


@settings(max_examples=examples(150))
@given(tables, choices)
def test_what_always_holds(table: tuple[np.ndarray, ...], choice: dict[str, str]) -> None:
    if choice["missing"] == "drop" and np.isnan(table[0]).all():
        with pytest.raises(DataError, match="Every customer lacks"):
            made(table, choice)
        return
    # A column without any value is none of the features that reading offers.
    assume(not np.isnan(table[0]).all())
    found = made(table, choice)
    rows = len(table[0])
    assert [column.feature for column in found.columns] == sorted(
        (column.feature for column in found.columns), key=["a", "c", "b"].index
    )
    # Every customer is clustered or set aside, once.
    out = [int(i) for where in found.set_aside.values() for i in where]
    assert sorted([*found.customers.tolist(), *out]) == list(range(rows))
    assert sum(entry.set_aside for entry in found.ledger) == len(out)
    # Equal rows stand together, so counting neighbours counts the distinct.
    assert distinct_rows(found.matrix) == len(np.unique(found.matrix, axis=0))
    a, b, c = table
    for i, column in enumerate(found.columns):
        if column.transform == "0/1":
            category = "" if column.name == "c=(missing)" else column.name.removeprefix("c=")
            assert (column.shift, column.scale) == (0.0, 1.0)
            assert np.array_equal(found.matrix[:, i], c[found.customers] == category)
            continue
        given_values = (a if column.feature == "a" else b)[found.customers]
        if choice["transform"] == "log":
            given_values = np.abs(given_values)
        missing = np.isnan(given_values)
        expected = np.where(missing, column.fill if missing.any() else 0.0, given_values)
        if choice["outliers"] != "cap":
            assert np.array_equal(found.original[:, i], expected)
        assert (found.original[:, i] >= expected.min(initial=np.inf)).all()
        assert (found.original[:, i] <= expected.max(initial=-np.inf)).all()
        back = column.to_original(found.matrix[:, i])
        if column.transform != "yeo-johnson":
            assert np.allclose(back, found.original[:, i], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("scaler", get_args(Scaler))
@pytest.mark.parametrize("transform", ["auto", "none", "yeo-johnson", "rank"])
def test_the_way_back(transform: Transform, scaler: Scaler) -> None:
    customers = customers_of(a=SKEWED, b=LEVEL, c=SHIFTED)
    found = prepare(customers, PrepareSettings(transform=transform, scaler=scaler))
    for i, (name, column) in enumerate(zip("abc", found.columns, strict=True)):
        back = column.to_original(found.matrix[:, i])
        assert np.allclose(back, customers.frame[name].to_numpy()[found.customers], rtol=1e-7)


@settings(max_examples=examples(80))
@given(tables, choices, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_bit(
    table: tuple[np.ndarray, ...], choice: dict[str, str], random: Any
) -> None:
    if np.isnan(table[0]).all():
        return
    order = list(range(len(table[0])))
    random.shuffle(order)
    first = made(table, choice)
    second = made(tuple(column[order] for column in table), choice)
    # Adding 0 takes -0.0 for 0.0, which are the same number.
    assert (first.matrix + 0.0).tobytes() == (second.matrix + 0.0).tobytes()
    assert (first.original + 0.0).tobytes() == (second.original + 0.0).tobytes()
    assert first.columns == second.columns
    # A customer may trade places only with one of an equal row.
    places = np.array(order)[second.customers]
    for i, j in zip(first.customers, places, strict=True):
        assert (
            i == j
            or all(
                np.isclose(column[i], column[j], equal_nan=True)
                if column.dtype.kind == "f"
                else column[i] == column[j]
                for column in table
            )
            or (first.matrix[first.customers == i] == first.matrix[first.customers == j]).all()
        )


def test_preparing_leaves_the_customers() -> None:
    customers = customers_of(a=np.where(SKEWED > 60, np.nan, SKEWED), b=LEVEL)
    before = customers.frame.copy()
    prepare(customers, PrepareSettings(outliers="cap", transform="yeo-johnson"))
    pd.testing.assert_frame_equal(customers.frame, before)


GAPPED = np.array([1.0, 1.0, 2.0, np.nan, 6.0, 100.0, np.nan])


@pytest.mark.parametrize(
    ("missing", "filled"),
    [
        ("median", float(np.median([1, 1, 2, 6, 100]))),
        ("mean", (1 + 1 + 2 + 6 + 100) / 5),
        ("mode", 1.0),
    ],
)
def test_gaps_are_filled(missing: Missing, filled: float) -> None:
    found = prepare(customers_of(a=GAPPED, b=LEVEL[:7]), plain(missing=missing))
    matrix = by_customer(found)
    assert matrix[[3, 6], 0].tolist() == [filled, filled]
    assert np.array_equal(matrix[:, 1], LEVEL[:7])
    assert [column.fill for column in found.columns] == [filled, None]
    assert [(e.rule, e.changed, e.set_aside) for e in found.ledger] == [("missing_filled", 2, 0)]


def test_the_least_of_several_modes() -> None:
    found = prepare(customers_of(a=[5.0, 5, 3, 3, 9, np.nan]), plain(missing="mode"))
    assert found.columns[0].fill == 3.0


def test_customers_with_gaps_are_set_aside() -> None:
    found = prepare(customers_of(a=GAPPED, b=LEVEL[:7]), plain(missing="drop"))
    assert found.set_aside["missing_feature"].tolist() == [3, 6]
    assert sorted(found.customers.tolist()) == [0, 1, 2, 4, 5]
    assert [(e.rule, e.set_aside) for e in found.ledger] == [("missing_feature", 2)]


def test_gaps_in_columns_not_used_do_not_matter() -> None:
    found = prepare(customers_of(a=GAPPED, b=LEVEL[:7]), plain(missing="drop", features=("b",)))
    assert len(found.customers) == 7


def test_nobody_without_a_gap() -> None:
    table = customers_of(a=[1.0, np.nan, 3, np.nan], b=[np.nan, 2.0, np.nan, 4])
    with pytest.raises(DataError, match="Every customer lacks a value"):
        prepare(table, plain(missing="drop"))


def test_fences_stand_on_the_transformed_scale() -> None:
    """On the scale of the logarithm a factor counts, not a distance."""
    values = np.array([*np.exp(np.linspace(1, 3, 41)), 150.0, 1e9]) - 1
    low, high = np.percentile(np.log1p(values), [25, 75])
    fence = np.expm1(high + 3 * (high - low))
    assert 150 < fence < 1e9
    kept = prepare(customers_of(a=values), plain(outliers="set-aside", transform="log"))
    assert kept.set_aside["outlier"].tolist() == [42]
    raw = prepare(customers_of(a=values), plain(outliers="set-aside"))
    assert raw.set_aside["outlier"].tolist() == [41, 42]
    capped = prepare(customers_of(a=values), plain(outliers="cap", transform="log"))
    assert np.sort(capped.original[:, 0])[-1] == pytest.approx(fence)
    assert [(e.rule, e.changed) for e in capped.ledger] == [("outlier_capped", 1)]


def test_caps_are_tukeys_outer_fences() -> None:
    values = np.array([*range(20), 500.0, -400.0])
    low, high = np.percentile(values, [25, 75])
    found = by_customer(prepare(customers_of(a=values), plain(outliers="cap")))[:, 0]
    assert found[20] == high + 3 * (high - low)
    assert found[21] == low - 3 * (high - low)
    assert np.array_equal(found[:20], values[:20])


def test_kept_outliers_are_kept() -> None:
    values = np.array([*range(20), 500.0, -400.0])
    found = prepare(customers_of(a=values), plain(outliers="keep"))
    assert np.array_equal(by_customer(found)[:, 0], values)
    assert not found.set_aside


def test_nothing_is_extreme_where_half_is_equal() -> None:
    found = prepare(customers_of(a=[0.0] * 30 + [7.0, 90.0]), plain(outliers="set-aside"))
    assert not found.set_aside


def test_the_scale_is_that_of_the_customers_left() -> None:
    values = np.array([*range(20), 500.0])
    found = prepare(customers_of(a=values), PrepareSettings(transform="none", outliers="set-aside"))
    assert found.columns[0].shift == pytest.approx(np.mean(range(20)))
    assert found.columns[0].scale == pytest.approx(np.std(range(20)))


def test_everybody_set_aside_is_told_not_thrown() -> None:
    """Each customer is extreme in one of many features."""
    count = 12
    columns = {}
    for i in range(count):
        values = np.linspace(0, 1, count)
        values[i] = 1e6
        columns[f"f{i}"] = values
    with pytest.raises(DataError, match="Every customer has an extreme value"):
        prepare(customers_of(**columns), plain(outliers="set-aside"))
    assert len(prepare(customers_of(**columns), plain(outliers="cap")).matrix) == count


@pytest.mark.parametrize("scaler", get_args(Scaler))
def test_categories_become_unscaled_columns_that_add_up(scaler: Scaler) -> None:
    gender = np.array(["f", "m", "", "m", "f"], dtype=object)
    table = customers_of(a=LEVEL[:5], gender=gender)
    found = prepare(table, PrepareSettings(features=("gender", "a"), scaler=scaler))
    assert all((c.shift, c.scale) == (0.0, 1.0) for c in found.columns if c.transform == "0/1")
    names = [column.name for column in found.columns]
    assert names == ["gender=(missing)", "gender=f", "gender=m", "a"]
    assert np.array_equal(by_customer(found)[:, :3], pd.get_dummies(gender).to_numpy(dtype=float))
    assert (found.matrix[:, :3].sum(axis=1) == 1).all()
    assert (found.original[:, :3] == found.matrix[:, :3]).all()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (SKEWED, "log"),
        (LEVEL, "none"),
        (-SKEWED, "yeo-johnson"),
        (SHIFTED, "yeo-johnson"),
        # Skewed to the left without a negative value: a logarithm would make it worse.
        (SKEWED.max() - SKEWED, "none"),
    ],
)
def test_what_auto_takes(values: np.ndarray, expected: str) -> None:
    assert prepare(customers_of(a=values)).columns[0].transform == expected


def test_a_logarithm_of_a_negative_is_refused() -> None:
    with pytest.raises(DataError, match=r"'a' has negative values \(the lowest is -20"):
        prepare(customers_of(a=np.arange(-20.0, 60.0)), plain(transform="log"))


@pytest.mark.parametrize(
    ("features", "said"),
    [
        (("incom",), "Did you mean 'income'?"),
        (("Income",), "Did you mean 'income'?"),
        (("zzz",), "Choose from income, score"),
        (("id",), "'id' can't be a feature: it is the customer id"),
        (("sort",), "it has the same value"),
        (("income", "many"), "'many' has 51 different values"),
    ],
)
def test_wrong_features_are_refused_with_a_way_on(features: tuple[str, ...], said: str) -> None:
    count = LARGEST_CATEGORY_COUNT + 1
    table = customers_of(
        income=np.arange(count) * 1.0,
        score=np.arange(count) * 2.0,
        many=np.array([f"v{i}" for i in range(count)], dtype=object),
    )
    with pytest.raises(DataError) as caught:
        prepare(table, PrepareSettings(features=features))
    assert said in str(caught.value)


def test_no_usable_feature_lists_why() -> None:
    table = customers_of(c=np.array(["x", "y", "x"], dtype=object))
    with pytest.raises(DataError, match="No column can be a feature: id: it is the customer id"):
        prepare(table)
    named = prepare(table, PrepareSettings(features=("c",)))
    assert named.matrix.shape == (3, 2)


def test_a_feature_named_twice_counts_once() -> None:
    found = prepare(customers_of(a=LEVEL, b=SKEWED), plain(features=("b", "a", "b")))
    assert found.features == ("b", "a")
    assert found.matrix.shape[1] == 2


@pytest.mark.parametrize("scaler", get_args(Scaler))
@pytest.mark.parametrize("transform", ["auto", "none", "yeo-johnson", "rank"])
@pytest.mark.parametrize("outliers", get_args(Outliers))
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_huge_values_leave_finite_numbers(
    sign: float, outliers: Outliers, transform: Transform, scaler: Scaler
) -> None:
    values = sign * np.array([1e100, 9e99, 0, *np.linspace(1, 2, 30), 1e-100])
    found = prepare(
        customers_of(a=values),
        PrepareSettings(transform=transform, scaler=scaler, outliers=outliers),
    )
    assert np.isfinite(found.matrix).all()
    assert np.isfinite(found.original).all()
    assert found.original.min() >= values.min() and found.original.max() <= values.max()


weights = st.floats(1e-9, 10)


@given(weights, st.lists(st.sampled_from(["", "a", "b", "é"]), min_size=4, max_size=20))
def test_a_mismatch_costs_twice_the_square_of_the_weight(weight: float, kinds: list[str]) -> None:
    table = customers_of(a=np.arange(len(kinds)) * 1.0, kind=np.array(kinds, dtype=object))
    asked = PrepareSettings(features=("kind",), category_weight=weight)
    found = prepare(table, asked)
    apart = ((found.matrix[:, None] - found.matrix[None]) ** 2).sum(axis=2)
    kind = np.array(kinds, dtype=object)[found.customers]
    assert np.allclose(apart, np.where(kind[:, None] == kind[None], 0, 2 * weight**2), atol=0)
    for i, column in enumerate(found.columns):
        assert np.allclose(column.to_original(found.matrix[:, i]), found.original[:, i])
    assert set(np.unique(found.original)) <= {0.0, 1.0}
    # Drawn at random, with replacement, two customers are this far apart; a group is charged half.
    shares = np.unique(kind, return_counts=True)[1] / len(kind)
    unalike = weight**2 * (1 - (shares**2).sum())
    assert apart.mean() == pytest.approx(2 * unalike)
    inertia = ((found.matrix - found.matrix.mean(axis=0)) ** 2).sum()
    assert inertia == pytest.approx(len(kind) * unalike)


def test_the_even_weight_makes_a_category_count_like_a_number() -> None:
    kind = np.array(["a", "b", "b", "c"] * 20, dtype=object)
    even = 1 / np.sqrt(1 - (0.25**2 + 0.5**2 + 0.25**2))
    asked = PrepareSettings(features=("x", "kind"), transform="none", category_weight=float(even))
    found = prepare(customers_of(x=LEVEL, kind=kind), asked)
    assert found.matrix[:, 0].var() == pytest.approx(found.matrix[:, 1:].var(axis=0).sum())


def test_the_weight_leaves_the_numbers() -> None:
    table = customers_of(a=LEVEL, kind=np.array(["a", "b"] * 40, dtype=object))
    light, heavy = (
        prepare(table, PrepareSettings(features=("a", "kind"), category_weight=w)) for w in (0.5, 3)
    )
    assert np.array_equal(by_customer(light)[:, 0], by_customer(heavy)[:, 0])


def test_many_categories_are_refused_before_memory_is_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is built before: the limit is on the product of rows and columns."""
    kinds = {f"kind{i}": np.arange(60).astype(str).astype(object) for i in range(3)}
    for name, values in kinds.items():
        kinds[name] = np.array([str(int(v) % 40) for v in values], dtype=object)
    table = customers_of(a=LEVEL[:60], **kinds)
    asked = PrepareSettings(features=("a", *kinds))
    assert prepare(table, asked).matrix.shape == (60, 121)
    monkeypatch.setattr("segmentation.preparing.LARGEST_CELLS", 60 * 121)
    assert prepare(table, asked).matrix.shape == (60, 121)
    monkeypatch.setattr("segmentation.preparing.LARGEST_CELLS", 60 * 121 - 1)
    with pytest.raises(DataError, match=r"121 columns for 60 customers.*up to 120 columns"):
        prepare(table, asked)


def test_text_that_is_long_or_beyond_ascii_keeps_its_order() -> None:
    kinds = np.array(["é", "z", "Z", "", "a" * 500, "中"] * 2, dtype=object)
    found = prepare(customers_of(kind=kinds), PrepareSettings(features=("kind",)))
    names = [column.name.removeprefix("kind=") for column in found.columns]
    assert names == ["(missing)", *sorted(set(kinds) - {""})]
