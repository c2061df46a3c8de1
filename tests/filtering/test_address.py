"""A filter survives an address, which tells nothing of the file; hostile ones do nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.filtering import Filter, Picked
from segmentation.filtering.address import (
    LONGEST,
    OTHER_FILE,
    OTHER_RUN,
    UNKNOWN,
    decode,
    encode,
    only_segments,
)
from segmentation.filtering.index import FilterIndex
from segmentation.pipeline import run, turned
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.settings import ChooseSettings, Recipe, WheelSettings

TOWNS = ("Bern", "Köln", "ann@example.com", "Zürich & <b>", "")
PRODUCTS = ("tea", "cup", "pot", "O'Reilly; DROP TABLE")


@pytest.fixture(scope="module")
def finished() -> Run:
    generator = np.random.default_rng(2)
    lines = ["customer,date,product,amount,country"]
    for i in range(300):
        town = TOWNS[i % 5]
        day = 1 + generator.integers(28)
        product = PRODUCTS[generator.integers(4)]
        spend = generator.integers(1, 900)
        lines.append(f'p{i % 60}@mail.example,2026-01-{day:02},"{product}",{spend},"{town}"')
    source = Source(name="o.csv", data="\n".join(lines).encode())
    return run(source, Recipe(choose=ChooseSettings(k=3)))


@pytest.fixture(scope="module")
def index(finished: Run) -> FilterIndex:
    return FilterIndex(finished.loaded)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
DAYS = st.dates().map(str)
FILTERS = st.builds(
    Filter,
    segments=st.sets(st.integers(1, 3)).map(lambda s: tuple(sorted(s))),
    categories=st.sets(st.sampled_from(TOWNS), min_size=1).flatmap(
        lambda s: st.sampled_from([(), (("country", tuple(sorted(s))),)])
    ),
    ranges=st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS).flatmap(
        lambda n: st.sampled_from(
            [
                (),
                (("recency_days", n[0], n[1]),),
                (("recency_days", n[0], n[1]), ("monetary_total", n[2], n[3])),
            ]
        )
    ),
    dates=st.tuples(DAYS, DAYS).flatmap(
        lambda d: st.sampled_from([(), (("order_date", *sorted(d)),)])
    ),
    products=st.sets(st.sampled_from(PRODUCTS)).map(lambda s: tuple(sorted(s))),
)


@given(FILTERS)
def test_it_comes_back_as_it_was(finished: Run, index: FilterIndex, chosen: Filter) -> None:
    text = encode(chosen, index, finished)
    again, complaints = decode(text, index, finished)
    assert (again, complaints) == (chosen, ()) if text else chosen == Filter()
    assert re.fullmatch("[0-9a-z_~.-]*", text)
    assert encode(again, index, finished) == text
    for words in (*TOWNS, *PRODUCTS, "mail", "country", "recency", "tea"):
        assert not words or words not in text


def test_segments_wait_for_their_run(finished: Run, index: FilterIndex) -> None:
    chosen = Filter(segments=(2,), ranges=(("recency_days", 1.0, 9.0),))
    text = encode(chosen, index, finished)
    assert decode(text, index)[0] == replace(chosen, segments=())
    assert decode(only_segments(text), index, finished) == (Filter(segments=(2,)), ())
    assert only_segments(encode(replace(chosen, segments=()), index, finished)) == ""
    other = turned(finished, WheelSettings(steps=(("merge", (1, 2)),)))
    assert decode(text, index, other) == (replace(chosen, segments=()), (OTHER_RUN,))


def test_customers_picked_in_a_map_stay_out_of_it(index: FilterIndex) -> None:
    picked = Picked(ids=index.customers.ids[:2], turn=1)
    assert encode(Filter(picked=picked), index) == ""


def test_a_filter_of_another_file_is_left_out(index: FilterIndex) -> None:
    data = b"id,spend,visits\n1,2,3\n2,3,4\n3,5,5\n4,6,2\n"
    other = FilterIndex(run(Source(name="a.csv", data=data)).loaded)
    text = encode(Filter(ranges=(("spend", 1.0, 2.0),)), other)
    assert decode(text, index) == (Filter(), (OTHER_FILE,))


@pytest.mark.parametrize(
    "part",
    [
        "c9~0",
        "c0~99",
        "c0",
        "c0~-1",
        "c0~1e3",
        "c0~٣",
        "c~~~",
        "n0~1",
        "n0~nan~1",
        "n0~1~inf",
        "n0~1e999~2",
        "n0~1~2~3",
        "n0~0x1~2",
        "d0~20260101",
        "d0~20260231~20260301",
        "d0~20260301~20260101",
        "d9~20260101~20260102",
        "p99999999999",
        "p",
        "q1",
        "",
        "<script>",
        "n0~1~2_n0~3~4",
        "c0~1" * 500,
    ],
)
def test_what_can_not_be_is_left_out_with_a_word(index: FilterIndex, part: str) -> None:
    chosen, complaints = decode(f"{index.mark}_{part}", index)
    assert complaints == (UNKNOWN,)
    assert len(chosen.ranges) <= 1 and chosen == replace(Filter(), ranges=chosen.ranges)


@given(st.text(max_size=60) | st.text("0123456789abcdef_~.-scndp", max_size=60))
def test_any_text_is_read_without_harm(finished: Run, index: FilterIndex, text: str) -> None:
    for given_text in (text, f"{index.mark}_{text}"):
        chosen, complaints = decode(given_text, index, finished)
        assert all(isinstance(complaint, str) for complaint in complaints)
        assert decode(encode(chosen, index, finished), index, finished)[0] == chosen or (
            chosen == Filter()
        )
        only_segments(given_text)


def test_a_very_long_filter_is_cut_to_whole_conditions() -> None:
    rows = "\n".join(f"{i},{i},{i % 7},t{i % 190}-{i % 3}" for i in range(3000))
    source = Source(name="a.csv", data=f"id,a,b,town\n{rows}\n".encode())
    wide = FilterIndex(run(source, Recipe(choose=ChooseSettings(k=2))).loaded)
    towns = wide.category("town").values
    chosen = Filter(categories=(("town", towns),), ranges=(("a", 1.0, 2.0),))
    text = encode(chosen, wide)
    assert len(text) <= LONGEST
    assert decode(text, wide) == (replace(chosen, categories=()), ())
