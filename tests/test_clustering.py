"""Segments are numbered by what they are worth, however they were found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.clustering import fit
from segmentation.indices import within
from segmentation.pipeline import run
from segmentation.reading import Source
from segmentation.results import Evidence, Partition, Prepared, PreparedColumn, Run, Sweep
from segmentation.settings import ChooseSettings, FitSettings, PrepareSettings, Recipe
from segmentation.vocabulary import money_feature, trait


def prepared_of(original: np.ndarray, features: tuple[str, ...]) -> Prepared:
    mean, spread = original.mean(axis=0), original.std(axis=0)
    return Prepared(
        matrix=(original - mean) / spread,
        original=original,
        customers=np.arange(len(original)),
        columns=tuple(
            PreparedColumn(name=n, feature=n, transform="none", shift=float(m), scale=float(s))
            for n, m, s in zip(features, mean, spread, strict=True)
        ),
        features=features,
        ledger=(),
        set_aside={},
        notes=(),
    )


def evidence_of(prepared: Prepared, labels: np.ndarray) -> Evidence:
    k = int(labels.max()) + 1
    centres = np.array([prepared.matrix[labels == g].mean(axis=0) for g in range(k)])
    inertia = float(((prepared.matrix - centres[labels]) ** 2).sum())
    partition = Partition(labels=labels, centres=centres, inertia=inertia)
    swept = Sweep(
        ks=(k,),
        partitions={k: partition},
        total=within(prepared.matrix),
        inertias=(inertia,),
        silhouettes=(0.0,),
        silhouette_errors=(0.0,),
        silhouette_customers=len(labels),
        calinski_harabasz=(0.0,),
        davies_bouldin=(0.0,),
        smallest=(int(np.bincount(labels).min()),),
    )
    return Evidence(sweep=swept, k=k, reason="given")


@pytest.mark.parametrize(
    ("features", "money"),
    [
        (("recency_days", "spend", "monetary_total"), "monetary_total"),
        (("income", "spend"), "spend"),
        (("Annual Income (k$)", "Total Spend"), "Total Spend"),
        (("Age", "Annual Income (k$)", "Spending Score (1-100)"), "Annual Income (k$)"),
        (("spending_score", "age"), "spending_score"),
        (("age", "spending_score"), "age"),
        (("age", "SpendingScore", "salary"), "salary"),
        (("Fresh", "Milk"), "Fresh"),
        (("recency_days", "frequency_orders"), "recency_days"),
    ],
)
def test_which_feature_is_money(features: tuple[str, ...], money: str) -> None:
    assert money_feature(features) == money


@pytest.mark.parametrize(
    ("feature", "meaning"),
    [
        ("recency_days", "recency"),
        ("frequency_orders", "frequency"),
        ("purchase_frequency", "frequency"),
        ("monetary_total", "monetary"),
        ("TotalSpend", "monetary"),
        ("annual_income", "income"),
        ("Spending Score (1-100)", "spending"),
        ("SpendingScore", "spending"),
        ("credit_score", None),
        ("Age", "age"),
        ("average", None),
        ("storage", None),
        ("quantity_total", "quantity"),
        ("membership_years", None),
    ],
)
def test_what_a_name_means(feature: str, meaning: str | None) -> None:
    assert trait(feature) == meaning


@given(
    st.integers(2, 6).flatmap(
        lambda k: st.tuples(st.permutations(range(k)), st.integers(0, 10_000), st.integers(0, 20))
    )
)
def test_the_numbering_of_the_partition_does_not_matter(
    drawn: tuple[list[int], int, int],
) -> None:
    permutation, seed, rows = drawn
    k = len(permutation)
    generator = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(k), generator.integers(0, k, rows + 3)])
    original = generator.integers(0, 4, (len(labels), 2)) + labels[:, None] * 0.125
    prepared = prepared_of(original, ("age", "spend"))
    first = fit(prepared, evidence_of(prepared, labels))
    second = fit(prepared, evidence_of(prepared, np.array(permutation)[labels]))
    assert np.array_equal(first.labels, second.labels)
    assert first.centres.tobytes() == second.centres.tobytes()
    assert np.allclose(first.segment_silhouettes, second.segment_silhouettes)
    means = [original[first.labels == i, 1].mean() for i in range(1, k + 1)]
    assert (np.diff(means) <= 1e-12).all()


def test_ties_go_to_the_larger_then_to_the_smaller_centre() -> None:
    original = np.array(
        # spend, age
        [[5.0, 1.0]] * 2 + [[5.0, 9.0]] * 3 + [[5.0, 4.0]] * 2 + [[8.0, 4.0]]
    )
    labels = np.array([0, 0, 1, 1, 1, 2, 2, 3])
    prepared = prepared_of(original, ("spend", "age"))
    found = fit(prepared, evidence_of(prepared, labels))
    assert found.labels.tolist() == [3, 3, 2, 2, 2, 4, 4, 1]
    assert found.sizes() == [1, 3, 2, 2]


def test_centres_in_original_units_are_means_without_a_transform() -> None:
    generator = np.random.default_rng(3)
    original = generator.normal(50, 20, (40, 2))
    labels = np.arange(40) % 3
    prepared = prepared_of(original, ("age", "spend"))
    found = fit(prepared, evidence_of(prepared, labels))
    for i in range(1, 4):
        assert np.allclose(found.original_centres[i - 1], original[found.labels == i].mean(axis=0))


def test_silhouettes_of_segments_average_to_the_whole() -> None:
    generator = np.random.default_rng(4)
    prepared = prepared_of(generator.normal(size=(60, 2)), ("age", "spend"))
    found = fit(prepared, evidence_of(prepared, np.arange(60) % 4))
    weighted = np.average(found.segment_silhouettes, weights=found.sizes())
    assert weighted == pytest.approx(found.silhouette)
    assert found.silhouette_customers == 60


SPENDERS = np.random.default_rng(8)
ROWS = [
    f"{i},{SPENDERS.normal(place * 30, 3):.2f},{SPENDERS.normal(place % 2 * 40, 4):.2f}"
    for i, place in enumerate([1, 2, 3, 4] * 20)
]


def result(source_of: Callable[..., Source], rows: list[str], **stages: object) -> dict[str, int]:
    done = run(source_of("\n".join(["id,age,spend", *rows])), Recipe().with_stage(**stages))
    return by_id(done)


def by_id(done: Run) -> dict[str, int]:
    ids = done.loaded.customers.ids[done.profiles.customers]
    return dict(zip(ids.tolist(), done.profiles.labels.tolist(), strict=True))


@pytest.mark.parametrize("seed", [0, 1, 99])
@pytest.mark.parametrize(("k_min", "k_max"), [(2, 10), (4, 6), (3, 4)])
def test_same_partition_same_ids(
    source_of: Callable[..., Source], seed: int, k_min: int, k_max: int
) -> None:
    plain = result(source_of, ROWS, choose=ChooseSettings(k=4))
    varied = result(
        source_of,
        ROWS,
        fit=FitSettings(seed=seed),
        choose=ChooseSettings(k_min=k_min, k_max=k_max),
    )
    assert varied == plain
    assert sorted(set(plain.values())) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "prepare",
    [
        PrepareSettings(),
        PrepareSettings(outliers="set-aside", scaler="robust"),
        PrepareSettings(transform="yeo-johnson", missing="mean"),
    ],
)
@pytest.mark.parametrize("k", [None, 3, 7])
def test_the_order_of_the_rows_changes_no_customers_segment(
    source_of: Callable[..., Source], prepare: PrepareSettings, k: int | None
) -> None:
    choose = ChooseSettings(k=k)
    rows = [*ROWS, "900,,12", "901,45,", "902,9000,9000"]
    plain = result(source_of, rows, prepare=prepare, choose=choose)
    order = np.random.default_rng(1).permutation(len(rows))
    assert result(source_of, [rows[i] for i in order], prepare=prepare, choose=choose) == plain
    assert result(source_of, rows[::-1], prepare=prepare, choose=choose) == plain


@pytest.mark.parametrize("scaler", ["standard", "robust", "minmax", "none"])
@pytest.mark.parametrize("transform", ["auto", "none", "log", "yeo-johnson", "rank"])
def test_centres_lie_among_their_customers_also_with_huge_values(
    source_of: Callable[..., Source], transform: str, scaler: str
) -> None:
    """Near the bound of Yeo and Johnson's transform the way back can round to infinity."""
    values = [1e99, *(1e-5 * i for i in range(39))]
    rows = [f"{i},{i % 7},{value!r}" for i, value in enumerate(values)]
    recipe = Recipe().with_stage(
        prepare=PrepareSettings(features=("spend",), transform=transform, scaler=scaler),  # type: ignore[arg-type]
        choose=ChooseSettings(k=2),
    )
    done = run(source_of("\n".join(["id,age,spend", *rows])), recipe)
    segmentation = done.segmentation
    assert np.isfinite(segmentation.original_centres).all()
    for i in (1, 2):
        own = done.prepared.original[segmentation.labels == i, 0]
        centre = segmentation.original_centres[i - 1, 0]
        slack = 1e-6 * max(abs(own).max(), 1e-9)
        assert own.min() - slack <= centre <= own.max() + slack
