"""Transforms are monotone, and can be undone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn.preprocessing import PowerTransformer

from segmentation.transforms import (
    MOST_KNOTS,
    ColumnTransform,
    forward,
    inverse,
    rank_knots,
    ranks,
    skewness,
    yeo_johnson_exponent,
)

vectors = arrays(np.float64, st.integers(1, 30), elements=st.floats(-1e4, 1e4))
exponents = st.floats(-1, 3) | st.sampled_from([0.0, 1.0, 2.0, 1e-13, 2 - 1e-13])


@given(vectors, st.sampled_from(["none", "0/1"]))
def test_plain_transforms_change_nothing(values: np.ndarray, kind: ColumnTransform) -> None:
    assert np.array_equal(forward(values, kind), values)
    assert np.array_equal(inverse(values, kind), values)


@given(vectors)
def test_the_logarithm_is_of_one_more_and_comes_back(values: np.ndarray) -> None:
    values = np.abs(values)
    there = forward(values, "log")
    assert np.allclose(np.exp(there), values + 1, rtol=1e-12)
    assert np.allclose(inverse(there, "log"), values, rtol=1e-9, atol=1e-9)


@given(vectors, exponents)
def test_yeo_johnson_comes_back(values: np.ndarray, exponent: float) -> None:
    there = forward(values, "yeo-johnson", exponent)
    back = inverse(there, "yeo-johnson", exponent)
    # How far a step in the transformed value, as small as rounding, reaches on the way back.
    slope = (1 + np.abs(values)) ** np.where(values >= 0, 1 - exponent, exponent - 1)
    reach = 1e-12 * (1 + np.abs(there)) * slope + 1e-9 * (1 + np.abs(values))
    assert (np.abs(back - values) <= reach).all()


@given(vectors, st.floats(-1, 3))
def test_yeo_johnson_keeps_the_order_and_the_sign(values: np.ndarray, exponent: float) -> None:
    values = np.sort(values)
    there = forward(values, "yeo-johnson", exponent)
    assert (np.diff(there) >= 0).all()
    assert ((there >= 0) == (values >= 0)).all() or (np.sign(there) * np.sign(values) >= 0).all()


@pytest.mark.parametrize("exponent", [-1.5, -0.2, 2.2, 4.0])
def test_the_way_back_from_a_bound_is_never_undefined(exponent: float) -> None:
    values = np.array([-1e60, -1e30, 1e30, 1e60])
    back = inverse(forward(values, "yeo-johnson", exponent), "yeo-johnson", exponent)
    assert not np.isnan(back).any()
    assert (np.sign(back) == np.sign(values)).all()


@pytest.mark.parametrize(("exponent", "sign"), [(-1.5, 1), (-0.2, 1), (2.2, -1), (4.0, -1)])
def test_a_value_that_rounding_took_beyond_the_bound_comes_from_infinity(
    exponent: float, sign: int
) -> None:
    bound = 1 / abs(exponent if sign > 0 else 2 - exponent)
    beyond = np.array([sign * bound * (1 + 1e-12)])
    assert inverse(beyond, "yeo-johnson", exponent).tolist() == [sign * np.inf]


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(1).lognormal(3, 1, 300),
        -np.random.default_rng(2).lognormal(1, 0.7, 300),
        np.random.default_rng(3).normal(5, 40, 300),
        np.random.default_rng(4).gamma(1.5, 200, 300) - 100,
    ],
    ids=["skewed right", "skewed left", "normal", "shifted"],
)
def test_the_exponent_is_the_one_scikit_learn_finds(values: np.ndarray) -> None:
    reference = PowerTransformer(method="yeo-johnson", standardize=False).fit(values[:, None])
    exponent = yeo_johnson_exponent(values)
    assert exponent == pytest.approx(reference.lambdas_[0], abs=1e-4)
    transformed = forward(values, "yeo-johnson", float(reference.lambdas_[0]))
    assert np.allclose(transformed, reference.transform(values[:, None])[:, 0], rtol=1e-9)


def test_a_constant_has_no_exponent_to_find() -> None:
    assert yeo_johnson_exponent(np.full(5, 3.0)) == 1.0


@given(arrays(np.float64, st.integers(3, 40), elements=st.integers(-1000, 1000).map(float)))
def test_skewness_is_scipys(values: np.ndarray) -> None:
    if values.min() == values.max():
        assert skewness(values) == 0
    else:
        assert skewness(values) == pytest.approx(stats.skew(values), abs=1e-9)


tied = arrays(np.float64, st.integers(1, 60), elements=st.integers(-9, 9).map(float))


@given(vectors | tied)
def test_ranks_are_scipys_average_ranks_between_0_and_1(values: np.ndarray) -> None:
    found = forward(values, "rank")
    assert np.allclose(found, (stats.rankdata(values) - 0.5) / len(values), rtol=0, atol=1e-12)
    assert found.min() > 0 and found.max() < 1


@given(vectors | tied)
def test_few_values_come_back_from_their_ranks_as_they_were(values: np.ndarray) -> None:
    assert np.array_equal(inverse(ranks(values), "rank", knots=rank_knots(values)), values)


@given(st.integers(0, 2**32 - 1), st.sampled_from([50, MOST_KNOTS, MOST_KNOTS + 1, 5_000]))
def test_the_way_back_from_ranks_is_monotone_and_close(seed: int, count: int) -> None:
    generator = np.random.default_rng(seed)
    values = np.round(generator.lognormal(3, 2, count), 2)
    knots = rank_knots(values)
    assert len(knots) <= MOST_KNOTS
    anywhere = np.linspace(-0.1, 1.1, 500)
    assert (np.diff(inverse(anywhere, "rank", knots=knots)) >= 0).all()
    back = inverse(ranks(values), "rank", knots=knots)
    assert (back.min(), back.max()) == (values.min(), values.max())
    # Taken back, a value is none that more than two knots' worth of customers part it from.
    apart = np.abs(
        np.searchsorted(np.sort(values), back) - np.searchsorted(np.sort(values), values)
    )
    assert apart.max() <= 2 + 2 * count / MOST_KNOTS
