"""The named grid covers every combination of scores, and an edited one is told its faults."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.errors import SettingsError
from segmentation.rfm_grid import OTHERS, Grid, GridSegment, built_in_grid, lint, parse_grid

SCORES = range(1, 6)
CELLS = list(product(SCORES, repeat=3))


def fits(segment: GridSegment, cell: tuple[int, ...]) -> bool:
    ranges = (segment.r, segment.f, segment.m)
    return all(low <= score <= high for (low, high), score in zip(ranges, cell, strict=True))


def by_hand(grid: Grid, cell: tuple[int, ...]) -> str:
    return next((segment.name for segment in grid.segments if fits(segment, cell)), OTHERS)


def named(grid: Grid, cell: tuple[int, ...]) -> str:
    place = grid.taken()[tuple(score - 1 for score in cell)]
    return OTHERS if place < 0 else grid.segments[place].name


def test_the_built_in_grid_covers_all_125_combinations_and_uses_every_name() -> None:
    grid = built_in_grid()
    names = [by_hand(grid, cell) for cell in CELLS]
    assert len(names) == 125 and OTHERS not in names
    assert set(names) == set(grid.names()) == {s.name for s in grid.segments}
    assert lint(grid) == ()
    assert all(segment.meaning and segment.action for segment in grid.segments)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ((5, 5, 5), "Champions"),
        ((3, 3, 3), "Loyal Customers"),
        ((5, 1, 1), "New Customers"),
        ((4, 1, 5), "Promising"),
        ((5, 2, 1), "Potential Loyalist"),
        ((3, 2, 2), "Need Attention"),
        ((3, 1, 1), "About To Sleep"),
        ((1, 5, 5), "Can't Lose Them"),
        ((2, 3, 2), "At Risk"),
        ((2, 1, 1), "Hibernating"),
        ((1, 1, 1), "Lost"),
    ],
)
def test_what_a_combination_is_called(cell: tuple[int, ...], name: str) -> None:
    assert named(built_in_grid(), cell) == name


ranges = st.tuples(st.integers(1, 5), st.integers(1, 5)).map(sorted).map(tuple)
grids = st.lists(st.tuples(ranges, ranges, ranges), min_size=1, max_size=6).map(
    lambda boxes: Grid(
        name="grid.toml",
        lines=1,
        segments=tuple(
            GridSegment(name=f"s{i}", r=r, f=f, m=m) for i, (r, f, m) in enumerate(boxes)
        ),
    )
)


@given(grids)
def test_the_first_that_fits_is_taken_and_faults_are_those_there_are(grid: Grid) -> None:
    names = {cell: by_hand(grid, cell) for cell in CELLS}
    assert {cell: named(grid, cell) for cell in CELLS} == names
    faults = lint(grid)
    idle = [s.name for s in grid.segments if s.name not in names.values()]
    told = [fault.text for fault in faults if fault.kind == "unreachable"]
    assert len(told) == len(idle)
    assert all(repr(name) in text for name, text in zip(idle, told, strict=True))
    free = list(names.values()).count(OTHERS)
    said = [fault.text for fault in faults if fault.kind == "uncovered"]
    assert [text.split(" of 125")[0] for text in said] == ([str(free)] if free else [])
    assert (OTHERS in grid.names()) == bool(free)


# Of the examples of R's package rfm: recency, frequency and money, lowest and highest.
R_PACKAGE = {
    "Champions": "444 555",
    "Loyal Customers": "233 555",
    "Potential Loyalist": "311 533",
    "New Customers": "411 511",
    "Promising": "311 411",
    "Need Attention": "222 333",
    "About To Sleep": "211 322",
    "At Risk": "122 255",
    "Can't Lose Them": "144 155",
    "Lost": "111 222",
}


def test_the_grid_of_the_r_package_has_names_nobody_can_have() -> None:
    text = "".join(
        f'[[segment]]\nname = "{name}"\n'
        + "".join(f"{key} = [{box[i]}, {box[i + 4]}]\n" for i, key in enumerate("rfm"))
        for name, box in R_PACKAGE.items()
    )
    faults = lint(parse_grid(text, "r.toml"))
    idle = [fault for fault in faults if fault.kind == "unreachable"]
    assert [fault.text.split("'")[1] for fault in idle[:2]] == ["New Customers", "Promising"]
    assert '"Can\'t Lose Them"' in idle[2].text and len(idle) == 3
    assert [fault.line for fault in idle] == [17, 22, 42]
    assert "line 17, key name" in idle[0].text and "Potential Loyalist comes first" in idle[0].text
    assert faults[3].kind == "uncovered"


def test_uncovered_combinations_are_named() -> None:
    grid = parse_grid(
        "[[segment]]\nname = 'A'\nr = [1, 4]\n[[segment]]\nname='B'\nf = [2, 5]\n", "g"
    )
    (fault,) = lint(grid)
    assert (fault.line, fault.key) == (6, "segment")
    assert "5 of 125" in fault.text and "r 5, f 1, m 1 to 5" in fault.text


def test_a_name_may_stand_several_times() -> None:
    grid = parse_grid("segment = [{name='A', r=5}, {name='B', f=5}, {name='A'}]", "g")
    assert lint(grid) == () and grid.names() == ("A", "B")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[segment]]\nname = \n", "line 2"),
        ("[[segment]]\nname = 'A'\nrr = 5\n", "no 'rr' (g.toml, line 3, key rr)"),
        (
            "[[segment]]\nname = 'A'\n\n[[segment]]\nname = 'B'\nf = 0\n",
            "0 is no score (g.toml, line 6, key f)",
        ),
        ("[[segment]]\nname = 'A'\nm = [4, 6]\n", "6 is no score (g.toml, line 3, key m)"),
        ("[[segment]]\nname = 'A'\nr = [5, 4]\n", "no range (g.toml, line 3, key r)"),
        ("[[segment]]\nname = 'A'\nr = [1, 2, 3]\n", "no range (g.toml, line 3, key r)"),
        ("[[segment]]\nname = 'A'\nr = true\n", "True is no score (g.toml, line 3, key r)"),
        ("[[segment]]\nname = 'A'\nr = 4.0\n", "4.0 is no score"),
        ("[[segment]]\nr = 4\n", "has no name (g.toml, line 1, key name)"),
        ("[[segment]]\nname = ' '\n", "has no name (g.toml, line 2, key name)"),
        ("[[segment]]\nname = 5\n", "name can't be used (g.toml, line 2, key name)"),
        (f"[[segment]]\nname = '{'x' * 10_000}'\n", "Use up to 120 characters"),
        ('[[segment]]\nname = "a\\nb"\n', "on one line"),
        ("[[segments]]\nname = 'A'\n", "no use for 'segments' (g.toml, line 1, key segments)"),
        ("segment = 5", "names no segment"),
        ("segment = [5]", "names no segment"),
        ("segment = []", "names no segment"),
        ("", "names no segment"),
        ("segment = [{name='A', r=9}]", "9 is no score (g.toml, key r)"),
    ],
)
def test_a_broken_grid_is_refused_by_line_and_key(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse_grid(text, "g.toml")
    assert said in str(refused.value)


def test_names_with_emoji_and_formulas_are_names() -> None:
    grid = parse_grid("[[segment]]\nname = '=1+1 🎉 \"x\"'\n", "g")
    assert grid.names() == ('=1+1 🎉 "x"',)
