"""The samples are what their README says, byte for byte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import StandardScaler

from segmentation.samples import SAMPLES, Sample, make_sample, sample_truth, write_samples

ROOT = Path(__file__).parents[1]
BY_NAME = {sample.name: sample for sample in SAMPLES}
ORDER_COLUMNS = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    return make_sample("orders")


def features_of(name: str) -> pd.DataFrame:
    return make_sample(name)[list(BY_NAME[name].suggested_features)].astype("float64")


def k_means_labels(matrix: np.ndarray, k: int) -> np.ndarray:
    return KMeans(k, n_init=10, random_state=0).fit_predict(matrix)


def silhouettes(matrix: np.ndarray) -> dict[int, float]:
    return {k: silhouette_score(matrix, k_means_labels(matrix, k)) for k in range(2, 11)}


def test_committed_bytes_are_the_generated_bytes(tmp_path: Path) -> None:
    write_samples(tmp_path)
    for sample in SAMPLES:
        committed = (ROOT / "data" / sample.file_name).read_bytes()
        # Not `==` inside the assert: pytest would spend minutes on the difference.
        is_same = committed == (tmp_path / sample.file_name).read_bytes()
        assert is_same, f"{sample.file_name}: run `python -m segmentation.samples data`"
        assert b"\r" not in committed


def test_the_command_writes_the_files(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "segmentation.samples", str(tmp_path / "new")]
    subprocess.run(command, cwd=ROOT, check=True)
    written = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert written == sorted(sample.file_name for sample in SAMPLES)


def test_the_module_loads_without_numpy_and_pandas() -> None:
    # Alone, not as part of the package, so that only this module's own imports count.
    code = "import sys, samples; sys.exit('numpy' in sys.modules or 'pandas' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT / "segmentation", check=True)


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        (
            "mall",
            200,
            ["CustomerID", "Gender", "Age", "Annual Income (k$)", "Spending Score (1-100)"],
        ),
        (
            "wholesale",
            440,
            [
                "Channel",
                "Region",
                "Fresh",
                "Milk",
                "Grocery",
                "Frozen",
                "Detergents_Paper",
                "Delicassen",
            ],
        ),
        (
            "shop",
            1000,
            [
                "id",
                "age",
                "gender",
                "income",
                "spending_score",
                "membership_years",
                "purchase_frequency",
                "preferred_category",
                "last_purchase_amount",
            ],
        ),
    ],
)
def test_customer_tables_have_the_public_shape(name: str, rows: int, columns: list[str]) -> None:
    frame = make_sample(name)
    assert len(frame) == rows
    assert list(frame.columns) == columns
    assert sample_truth(name).index.equals(frame.index)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_two_draws_are_equal(sample: Sample) -> None:
    pd.testing.assert_frame_equal(make_sample(sample.name), make_sample(sample.name))
    assert set(sample.suggested_features) <= set(make_sample(sample.name).columns)


def test_samples_come_in_the_stated_order() -> None:
    assert list(BY_NAME) == ["mall", "wholesale", "shop", "orders"]
    assert [sample.kind for sample in SAMPLES] == ["customers"] * 3 + ["transactions"]


@pytest.mark.parametrize("draw", [make_sample, sample_truth])
def test_an_unknown_name_is_refused_with_the_known_ones(draw) -> None:
    with pytest.raises(ValueError, match=r"'mal'.*mall, wholesale, shop, orders"):
        draw("mal")


def test_mall_has_five_groups() -> None:
    matrix = StandardScaler().fit_transform(features_of("mall"))
    by_k = silhouettes(matrix)
    assert max(by_k, key=by_k.__getitem__) == 5
    assert by_k[5] == pytest.approx(0.55, abs=0.03)
    assert adjusted_rand_score(sample_truth("mall"), k_means_labels(matrix, 5)) > 0.9


def test_wholesale_shows_its_two_groups_only_after_the_logarithm() -> None:
    spend = features_of("wholesale")
    truth = sample_truth("wholesale")
    plain = StandardScaler().fit_transform(spend)
    logged = StandardScaler().fit_transform(np.log1p(spend))
    by_k = silhouettes(logged)
    assert spend.skew().min() > 2
    assert max(by_k, key=by_k.__getitem__) == 2
    assert adjusted_rand_score(truth, k_means_labels(logged, 2)) > 0.85
    assert adjusted_rand_score(truth, k_means_labels(plain, 2)) < 0.6


def test_shop_has_four_groups_and_a_few_blanks() -> None:
    blanks = make_sample("shop").isna().sum()
    assert blanks[blanks > 0].to_dict() == {"age": 2, "income": 12}
    features = features_of("shop").dropna()
    matrix = StandardScaler().fit_transform(features)
    by_k = silhouettes(matrix)
    assert max(by_k, key=by_k.__getitem__) == 4
    truth = sample_truth("shop").loc[features.index]
    assert adjusted_rand_score(truth, k_means_labels(matrix, 4)) > 0.9


def test_blanks_do_not_turn_whole_numbers_into_decimals() -> None:
    shop = pd.read_csv(ROOT / "data" / "shop.csv", dtype="str")
    assert not shop["income"].str.contains(".", regex=False).any()


def test_orders_have_the_promised_size(orders: pd.DataFrame) -> None:
    assert list(orders.columns) == ORDER_COLUMNS
    assert 24_000 <= len(orders) <= 26_000
    assert orders["CustomerID"].nunique() == 900
    assert orders["InvoiceDate"].min() >= pd.Timestamp("2024-12-01")
    assert orders["InvoiceDate"].max().normalize() == pd.Timestamp("2025-12-09")
    assert orders["InvoiceDate"].is_monotonic_increasing
    assert (ROOT / "data" / "orders.csv").stat().st_size < 2_000_000


def test_orders_have_the_promised_dirt(orders: pd.DataFrame) -> None:
    is_cancelled = orders["InvoiceNo"].str.startswith("C")
    assert orders["CustomerID"].isna().mean() == pytest.approx(0.12, abs=0.01)
    assert is_cancelled.mean() == pytest.approx(0.02, abs=0.002)
    assert is_cancelled.equals(orders["Quantity"] < 0)
    assert (orders["Quantity"] != 0).all()
    assert (orders["UnitPrice"] == 0).sum() == 30
    assert (orders["UnitPrice"] >= 0).all()
    assert orders.duplicated().sum() == 60


def test_orders_are_consistent(orders: pd.DataFrame) -> None:
    by_invoice = orders.groupby("InvoiceNo")[["CustomerID", "InvoiceDate", "Country"]]
    assert by_invoice.nunique(dropna=False).eq(1).all(axis=None)
    assert orders.groupby("CustomerID")["Country"].nunique().eq(1).all()
    assert orders.groupby("StockCode")["Description"].nunique().eq(1).all()
    assert orders["Country"].nunique() == 11
    assert orders["Country"].value_counts(normalize=True).iloc[0] > 0.8
    assert (orders["InvoiceDate"].dt.day_of_week != 5).all()


def test_order_dates_are_written_to_the_minute() -> None:
    dates = pd.read_csv(ROOT / "data" / "orders.csv", usecols=["InvoiceDate"], dtype="str")
    assert dates["InvoiceDate"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d").all()


def test_customer_types_show_in_recency_frequency_and_amount(orders: pd.DataFrame) -> None:
    sold = orders[(orders["Quantity"] > 0) & orders["CustomerID"].notna()]
    sold = sold.assign(amount=sold["Quantity"] * sold["UnitPrice"])
    customers = sold.groupby("CustomerID").agg(
        last=("InvoiceDate", "max"), orders=("InvoiceNo", "nunique"), amount=("amount", "sum")
    )
    truth = sample_truth("orders")
    assert truth.index.equals(customers.index)
    recency_days = (orders["InvoiceDate"].max() - customers["last"]).dt.days
    features = np.log1p(customers[["orders", "amount"]]).assign(recency_days=recency_days)
    matrix = StandardScaler().fit_transform(features)
    assert adjusted_rand_score(truth, k_means_labels(matrix, 4)) > 0.7
