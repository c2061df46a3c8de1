"""Shares are told so that none and all are never claimed of some."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.numerals import fixed, percent


@given(st.integers(1, 10**6), st.integers(2, 10**7), st.integers(0, 2))
def test_some_are_neither_none_nor_all(part: int, whole: int, digits: int) -> None:
    some = min(part, whole - 1) / whole
    said = percent(some, digits)
    assert said not in (percent(0.0, digits), percent(1.0, digits))
    told = float(said.strip("<>%"))
    assert abs(told - 100 * some) <= 10.0**-digits
    if said[0] in "<>":
        assert (100 * some < told) == (said[0] == "<")


@pytest.mark.parametrize("digits", [0, 1, 2])
def test_the_rounding_of_a_sum_is_no_customer(digits: int) -> None:
    assert percent(sum([0.1] * 10), digits) == percent(1.0, digits)
    assert percent(0.1 + 0.2 - 0.3, digits) == percent(0.0, digits)


@given(st.floats(-1e-4, 1e-4), st.integers(0, 2))
def test_what_rounds_to_0_has_no_sign(value: float, digits: int) -> None:
    assert fixed(value, digits) == f"{0:.{digits}f}"
