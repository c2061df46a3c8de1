"""Every figure says what its result holds, in colours that all readers can tell apart."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from segmentation import charts
from segmentation.axes import Axis, axis_for
from segmentation.charts.look import ACCENT, DIVERGING, NEUTRAL, text_on, wrap
from segmentation.comparing import compare_groups, group_values
from segmentation.describing import category_shares, correlations, distribution
from segmentation.naming import name_segments
from segmentation.pipeline import run
from segmentation.profiling import overview
from segmentation.projecting import project
from segmentation.reading import Source
from segmentation.results import Run, SegmentName
from segmentation.settings import ChooseSettings, NameSettings, PrepareSettings, Recipe
from segmentation.values import Bools

CONFIG = Path(__file__).parents[1] / ".streamlit" / "config.toml"
THEMES = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
EVIL = "<b>&%{x}</b>"


# ---- colours -----------------------------------------------------------------------------------

# sRGB to XYZ under D65 (IEC 61966-2-1), and what readers without red (protanopia) or green
# (deuteranopia) cones see: Machado, Oliveira and Fernandes (2009), severity 1, in linear RGB.
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
SIGHT = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
# 2.3 is just noticeable side by side (Mahy and others 1994). Small points far apart on a chart
# need several times as much; and here no two colours of the first eight share a symbol besides.
LEAST_DISTANCE = 15.0


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio."""
    dark, light = sorted(float(linear(c) @ TO_XYZ[1]) for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """The one colour laid over the other, covering a share of it."""
    channels = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in channels)


def lab(rgb: np.ndarray) -> np.ndarray:
    ratio = (TO_XYZ @ rgb) / TO_XYZ.sum(axis=1)
    bend = 6 / 29
    f = np.where(ratio > bend**3, np.cbrt(ratio), ratio / (3 * bend**2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, sight: str) -> float:
    """CIE76 distance as seen."""
    seen = [lab(np.clip(SIGHT[sight] @ linear(c), 0, 1)) for c in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def test_the_measures_are_right() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert distance("#000000", "#FFFFFF", "all cones") == pytest.approx(100, abs=0.01)
    assert lab(linear("#FF0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.01)
    for matrix in SIGHT.values():
        assert matrix.sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-3)
    # Red and green of one lightness are what such readers confuse.
    assert distance("#C2568F", "#7D8790", "deuteranopia") < 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", [*charts.PALETTE, ACCENT, NEUTRAL])
def test_every_colour_stands_out_from_both_backgrounds(colour: str, theme: str) -> None:
    assert contrast(colour, THEMES[theme]["backgroundColor"]) >= 3


@pytest.mark.parametrize("sight", SIGHT)
def test_every_reader_can_tell_the_colours_apart(sight: str) -> None:
    assert len(charts.PALETTE) == len(set(charts.PALETTE)) == 10
    near = {
        pair: distance(*pair, sight)
        for pair in combinations(charts.PALETTE, 2)
        if distance(*pair, sight) < LEAST_DISTANCE
    }
    assert not near


@pytest.mark.parametrize("colour", [*charts.PALETTE, ACCENT, NEUTRAL, "#000000", "#FFFFFF"])
def test_numbers_on_a_colour_can_be_read(colour: str) -> None:
    assert contrast(text_on(colour), colour) >= 4.5


def test_numbers_on_every_cell_of_a_heat_map_can_be_read() -> None:
    cells = charts.correlation_map(pd.DataFrame({"a": [1.0]}, index=["a"])).data[0]
    for (_, low), (_, high) in pairwise(DIVERGING):
        for share in np.linspace(0, 1, 11):
            assert contrast(cells.textfont.color, mixed(low, high, share)) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_themes_can_be_read(theme: str) -> None:
    look = THEMES[theme]
    places = [look, look["sidebar"]]
    for place in places:
        for ground in ("backgroundColor", "secondaryBackgroundColor"):
            assert contrast(place["textColor"], place[ground]) >= 4.5
        # Streamlit writes captions, and code in them, at three fifths of the text's strength.
        for text in (place["textColor"], look["codeTextColor"]):
            faint = mixed(text, place["backgroundColor"], 0.6)
            assert contrast(faint, place["backgroundColor"]) >= 4.5
    assert contrast("#FFFFFF", look["primaryColor"]) >= 4.5
    assert contrast(look["linkColor"], look["backgroundColor"]) >= 4.5
    assert contrast(look["primaryColor"], look["backgroundColor"]) >= 3


# ---- figures of a run --------------------------------------------------------------------------


def table(count: int = 90, **names: str) -> pd.DataFrame:
    generator = np.random.default_rng(8)
    group = np.arange(count) % 3
    frame = pd.DataFrame(
        {
            "id": [f"c{i}" for i in range(count)],
            "spend": np.round(100.0 * (3 - group) + generator.normal(0, 5, count), 2),
            "income": np.round(40 + 25.0 * (group == 1) + generator.normal(0, 3, count), 1),
            "tail": np.round(generator.lognormal(3, 2, count), 1),
            "gender": generator.choice(["f", "m"], count),
        }
    )
    frame.loc[[3, 10], "tail"] = np.nan
    return frame.rename(columns=names)


def finished(source_of: Callable[..., Source], frame: pd.DataFrame, *names: str, k: int = 3) -> Run:
    recipe = Recipe(
        prepare=PrepareSettings(features=tuple(frame.columns[1:4]), transform="none"),
        choose=ChooseSettings(k=k),
        naming=NameSettings(names=tuple(enumerate(names, start=1))),
    )
    return run(source_of(frame.to_csv(index=False)), recipe)


@pytest.fixture(scope="module")
def done(source_of: Callable[..., Source]) -> Run:
    return finished(source_of, table())


def everyone(done: Run) -> Bools:
    return np.ones(len(done.profiles.customers), dtype=bool)


def figures(done: Run, keep: Bools) -> dict[str, go.Figure]:
    """All figures of a run over the customers kept."""
    names, found = done.name_of(), overview(done, keep)
    x, y, z = done.loaded.customers.numeric[:3]
    ids = (1, 2)
    values = done.loaded.customers.frame[x].to_numpy()
    return {
        "2d": charts.map_2d(done, keep, x, y),
        "3d": charts.map_3d(done, keep, x, y, z),
        "pca": charts.pca_map(done, keep, project(done.prepared, done.segmentation)),
        "bars": charts.size_bars(found.sizes, done.by_id()),
        "donut": charts.size_donut(found.sizes, done.by_id()),
        "effects": charts.effect_bars(done.names[0], done.profiles.segments[0].differences),
        "means": charts.means_map(found.means, done.profiles.overall, names),
        "pairs": charts.difference_dots(
            compare_groups(done, keep, ids).numbers, done.by_id(), ids[0]
        ),
        "overlay": charts.overlaid_histograms(
            group_values(done, keep, ids, x), done.by_id(), axis_for(x, values)
        ),
    }


def called(name: str, colour: int = 1) -> SegmentName:
    return SegmentName(
        segment_id=colour,
        name=name,
        given=False,
        found=name,
        reasons=(),
        description="",
        why="",
        action="",
        colour=colour,
    )


def colours_by_name(figure: go.Figure) -> list[tuple[str, str]]:
    """(segment, colour) in the order of the figure."""
    found: list[tuple[str, str]] = []
    for trace in figure.data:
        if trace.type == "pie":
            found += zip(trace.labels, trace.marker.colors, strict=True)
        elif trace.type == "bar" and not isinstance(trace.marker.color, str):
            # Bars are drawn from the bottom up.
            found += list(zip(trace.y, trace.marker.color, strict=True))[::-1]
        elif trace.name == "Centres" and not isinstance(trace.marker.color, str):
            named = [wrap(text) for text in trace.text]
            assert dict(zip(named, trace.marker.color, strict=True)).items() >= set(found)
        elif trace.name and trace.name != "Centres":
            found.append((trace.name, trace.marker.color))
    return found


def test_a_segment_has_one_colour_and_place_in_all_charts(done: Run) -> None:
    names = done.name_of()
    wanted = [(wrap(name), charts.segment_colour(i)) for i, name in names.items()]
    drawn = figures(done, everyone(done))
    for name in ("2d", "3d", "pca", "bars", "donut"):
        assert colours_by_name(drawn[name]) == wanted, name
    for name in ("overlay",):
        assert colours_by_name(drawn[name]) == wanted[:2], name
    assert list(drawn["means"].data[0].y) == [name for name, _ in wanted]


def test_colours_and_symbols_are_those_kept_from_an_earlier_run(done: Run) -> None:
    kept = NameSettings(colours=((1, 7), (3, 1)))
    again = replace(done, names=name_segments(done.profiles, kept))
    # The lowest place that is free goes to the segment that is new.
    places = {1: 7, 2: 2, 3: 1}
    names = done.name_of()
    wanted = [(wrap(names[i]), charts.segment_colour(place)) for i, place in places.items()]
    drawn = figures(again, everyone(again))
    for name in ("2d", "3d", "pca", "bars", "donut"):
        assert colours_by_name(drawn[name]) == wanted, name
    for name in ("overlay",):
        assert colours_by_name(drawn[name]) == wanted[:2], name
    assert charts.segment_colour(7) in drawn["effects"].data[0].marker.color
    for name in ("2d", "pca"):
        symbols = [trace.marker.symbol for trace in drawn[name].data if trace.name != "Centres"]
        assert symbols == [charts.look.SYMBOLS[place - 1] for place in places.values()]
    crosses = drawn["3d"].layout.scene.annotations
    assert [cross.bgcolor for cross in crosses] == [colour for _, colour in wanted]


def test_a_filter_changes_no_colour(done: Run) -> None:
    keep = done.profiles.labels != 1
    names = done.name_of()
    wanted = [(wrap(names[i]), charts.segment_colour(i)) for i in (2, 3)]
    for name in ("2d", "3d", "pca"):
        assert colours_by_name(figures(done, keep)[name]) == wanted


def test_segments_past_the_palette_are_told_apart_by_their_symbol() -> None:
    symbols = charts.look.SYMBOLS
    looks = {(charts.segment_colour(i), symbols[(i - 1) % len(symbols)]) for i in range(1, 41)}
    assert len(looks) == 40


def test_every_customer_is_where_its_values_are(done: Run) -> None:
    keep = done.profiles.labels != 3
    figure = figures(done, keep)["2d"]
    frame = table().set_index("id")
    seen: list[str] = []
    for trace in figure.data:
        if trace.name != "Centres":
            rows = frame.loc[list(trace.text)]
            np.testing.assert_array_equal(trace.x, rows["spend"])
            np.testing.assert_array_equal(trace.customdata[:, 1], rows["income"])
            seen += list(trace.text)
    wanted = done.loaded.customers.ids[done.profiles.customers[keep]]
    assert sorted(seen) == sorted(wanted)


def test_centres_are_marked_in_original_units(done: Run) -> None:
    centres = next(t for t in figures(done, everyone(done))["2d"].data if t.name == "Centres")
    means = table().groupby(done.profiles.labels)[["spend", "income"]].mean()
    np.testing.assert_allclose(centres.x, means["spend"])
    np.testing.assert_allclose(centres.y, means["income"])


def test_only_segments_shown_have_centres(done: Run) -> None:
    drawn = figures(done, done.profiles.labels == 2)
    centres = {name: drawn[name].data[-1] for name in ("2d", "pca")}
    everyones = figures(done, everyone(done))
    for name, trace in centres.items():
        every = everyones[name].data[-1]
        assert trace.name == every.name == "Centres"
        assert list(trace.text) == [done.name_of()[2]]
        assert trace.x.tolist() == [every.x[1]] and trace.y.tolist() == [every.y[1]]
    (cross,) = drawn["3d"].layout.scene.annotations
    second = everyones["3d"].layout.scene.annotations[1]
    assert cross == second and done.name_of()[2] in cross.hovertext


def test_centres_stand_on_a_logarithmic_axis_like_the_customers(done: Run) -> None:
    figure = charts.map_2d(done, everyone(done), "tail", "spend")
    assert "log scale" in figure.layout.xaxis.title.text
    for trace in figure.data[:-1]:
        np.testing.assert_allclose(trace.x, np.log1p(trace.customdata[:, 0]))
    centres = done.segmentation.original_centres[:, 2]
    np.testing.assert_allclose(figure.data[-1].x, np.log1p(centres))


def test_a_column_that_was_not_used_has_no_centre(source_of: Callable[..., Source]) -> None:
    recipe = Recipe(prepare=PrepareSettings(features=("spend",)), choose=ChooseSettings(k=3))
    other = run(source_of(table().to_csv(index=False)), recipe)
    flat = charts.map_2d(other, everyone(other), "spend", "income")
    assert "Centres" not in [trace.name for trace in flat.data]
    solid = charts.map_3d(other, everyone(other), "spend", "income", "tail")
    assert not solid.layout.scene.annotations


def test_the_third_dimension_lies_as_it_is_called(done: Run) -> None:
    keep = everyone(done)
    figure = charts.map_3d(done, keep, across="spend", up="income", depth="tail")
    # In Plotly's scenes z is upright.
    scene = figure.layout.scene
    titles = [axis.title.text for axis in (scene.xaxis, scene.yaxis, scene.zaxis)]
    assert titles == ["spend", "tail (log scale)", "income"]
    frame = table().set_index("id")
    for trace in figure.data:
        rows = frame.loc[list(trace.text)]
        np.testing.assert_array_equal(trace.x, rows["spend"])
        np.testing.assert_allclose(trace.y, np.log1p(rows["tail"]))
        np.testing.assert_array_equal(trace.z, rows["income"])
    # Who looks has "across" to the right, and the depth goes away from them.
    assert scene.camera.eye.y < 0 < -scene.camera.eye.y - abs(scene.camera.eye.x)


def test_the_centres_of_three_dimensions_lie_above_all_points(done: Run) -> None:
    crosses = charts.map_3d(
        done, everyone(done), "spend", "income", "tail"
    ).layout.scene.annotations
    means = table().groupby(done.profiles.labels)[["spend", "income"]].mean()
    assert [cross.x for cross in crosses] == pytest.approx(means["spend"].tolist())
    assert [cross.z for cross in crosses] == pytest.approx(means["income"].tolist())
    assert [cross.bgcolor for cross in crosses] == [charts.segment_colour(i) for i in (1, 2, 3)]
    assert [cross.hovertext for cross in crosses] == [
        f"Centre of {name}" for name in done.name_of().values()
    ]


def test_what_is_set_up_ahead_has_the_axes_and_symbols_of_the_map(done: Run) -> None:
    names = ("spend", "income", "tail")
    figure = charts.map_3d(done, everyone(done), *names)
    ahead = charts.map_3d_ahead(done, *names)
    layout = figure.to_plotly_json()["layout"]
    del layout["template"], layout["scene"]["annotations"]
    assert ahead["layout"] == layout
    assert [(one["name"], one["showlegend"]) for one in ahead["data"]] == [
        (trace.name, trace.showlegend) for trace in figure.data
    ]
    assert [one["marker"] for one in ahead["data"]] == [
        trace.marker.to_plotly_json() for trace in figure.data
    ]
    for letter in "xyz":
        drawn = np.concatenate([trace[letter] for trace in figure.data])
        assert ahead["data"][0][letter] == [np.nanmin(drawn), np.nanmax(drawn)]


def test_what_is_set_up_ahead_can_be_written_also_of_a_column_without_values(done: Run) -> None:
    customers = done.loaded.customers
    empty = replace(customers, frame=customers.frame.assign(tail=np.nan))
    run = replace(done, loaded=replace(done.loaded, customers=empty))
    json.dumps(charts.map_3d_ahead(run, "spend", "income", "tail"), allow_nan=False)


def test_symbols_of_three_dimensions_are_in_every_font() -> None:
    """They are drawn as letters; circles, squares and diamonds are among the geometric shapes."""
    assert {symbol.removesuffix("-open") for symbol in charts.look.SYMBOLS_3D} == {
        "circle",
        "square",
        "diamond",
    }


def test_a_swipe_over_a_chart_is_left_to_the_page(done: Run) -> None:
    for name, figure in figures(done, everyone(done)).items():
        if name not in ("3d", "donut"):
            assert figure.layout.dragmode is False, name


def test_a_segment_that_the_filter_empties_has_no_slice(done: Run) -> None:
    donut = figures(done, done.profiles.labels != 2)["donut"].data[0]
    names = done.name_of()
    assert list(donut.labels) == [wrap(names[1]), wrap(names[3])]
    assert all(donut.values)


def test_sizes_and_shares_are_counted(done: Run) -> None:
    keep = np.arange(90) % 5 != 0
    drawn = figures(done, keep)
    sizes = [int((done.profiles.labels[keep] == i).sum()) for i in (1, 2, 3)]
    assert list(drawn["bars"].data[0].x) == sizes[::-1]
    assert list(drawn["donut"].data[0].values) == sizes
    assert f"{keep.sum()}" in drawn["donut"].layout.annotations[0].text


def test_overlaid_shares_sum_to_one(done: Run) -> None:
    for trace in figures(done, everyone(done))["overlay"].data:
        assert sum(trace.y) == pytest.approx(1)


def test_an_index_of_100_is_the_mean(done: Run) -> None:
    keep = everyone(done)
    found = overview(done, keep)
    drawn = figures(done, keep)["means"].data[0]
    wanted = (100 * found.means / done.profiles.overall).to_numpy()
    np.testing.assert_allclose(drawn.z, wanted.clip(0, 200))
    assert [[float(cell) for cell in row] for row in drawn.text] == wanted.round().tolist()


def test_many_customers_are_thinned_and_all_are_counted(source_of: Callable[..., Source]) -> None:
    many = finished(source_of, table(3 * charts.MOST_POINTS // 2))
    drawn = figures(many, everyone(many))
    for name in ("2d", "3d", "pca"):
        points = sum(len(t.x) for t in drawn[name].data if t.name != "Centres")
        assert points == charts.MOST_POINTS
    assert sum(drawn["donut"].data[0].values) == 3 * charts.MOST_POINTS // 2


# ---- text from the file ------------------------------------------------------------------------


def texts(figure: go.Figure) -> list[str]:
    """All texts of a figure: labels, hovers, titles, annotations."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, str):
            found.append(node)
        elif isinstance(node, dict):
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    plain = json.loads(figure.to_json())
    plain["layout"].pop("template", None)
    walk(plain)
    return found


def assert_escaped(figure: go.Figure, what: str) -> None:
    said = "\n".join(texts(figure))
    # As markup, as a template, or escaped twice.
    for raw in ("<b>&", "x}</b>", "<i>come", "&amp;%{x}", "&amp;amp;", "&amp;lt;", "&lt;br"):
        assert raw not in said, f"{what}: {raw}"
    assert "&lt;b&gt;" in said, f"{what} does not show the name"


@pytest.fixture(scope="module")
def evil(source_of: Callable[..., Source]) -> Run:
    frame = table(spend=EVIL, income="in <i>come", tail=f"tail {EVIL}", gender=f"g {EVIL}")
    frame["id"] = [f"{EVIL}{i}" for i in range(len(frame))]
    frame[f"g {EVIL}"] = frame[f"g {EVIL}"].map({"f": EVIL, "m": "m"})
    return finished(source_of, frame, EVIL, f"{EVIL} two", f"{EVIL} three & four, long enough")


def test_names_from_the_file_are_plain_text(evil: Run) -> None:
    for name, figure in figures(evil, everyone(evil)).items():
        assert_escaped(figure, name)


def test_names_of_columns_and_categories_are_plain_text(evil: Run) -> None:
    customers = evil.loaded.customers
    frame = customers.frame
    spend, income, tail = customers.numeric
    axes = [axis_for(name, frame[name].to_numpy()) for name in (spend, tail)]
    found = distribution(frame, tail, axes[1])
    assert found is not None
    (category,) = customers.categories
    for name, figure in {
        "histogram": charts.histogram(found, axes[1]),
        "categories": charts.category_bars(category_shares(frame, category), category),
        "relation": charts.relation(frame, *axes, None),
        "relation by category": charts.relation(frame, *axes, category),
        "relation by number": charts.relation(frame, *axes, spend),
        "correlations": charts.correlation_map(correlations(frame, (spend, income), "pearson")),
    }.items():
        assert_escaped(figure, name)


@pytest.mark.parametrize("name", ["a & b <c>", "x" * 25 + "&<>" * 9, "", " ", "%{x}", "Köln"])
def test_wrapping_cuts_no_escape(name: str) -> None:
    wrapped = wrap(name)
    assert not re.search(r"&(?!amp;|lt;|gt;)", wrapped)
    plain = wrapped.replace("<br>", "").replace("&lt;", "<").replace("&gt;", ">")
    plain = plain.replace("&amp;", "&").replace("\u200b", "")
    assert plain.replace(" ", "") == name.replace(" ", "")


def test_names_that_look_like_numbers_are_names(source_of: Callable[..., Source]) -> None:
    """Plotly would lay "2024" and "2026" out on a scale of numbers, and dates on one of dates."""
    frame = table(spend="2023", income="2024", tail="2026-01-01")
    numbered = finished(source_of, frame, "10", "7", "2026-05-01")
    drawn = figures(numbered, everyone(numbered))
    for name in ("bars", "effects", "means", "pairs"):
        assert drawn[name].layout.yaxis.type == "category", name
    assert drawn["means"].layout.xaxis.type == "category"
    shares = category_shares(pd.DataFrame({"zone": ["1", "2", "10"]}), "zone")
    assert charts.category_bars(shares, "zone").layout.yaxis.type == "category"
    matrix = correlations(numbered.loaded.customers.frame, ("2023", "2024"), "pearson")
    correlated = charts.correlation_map(matrix)
    assert correlated.layout.xaxis.type == correlated.layout.yaxis.type == "category"


# ---- figures of the customers ------------------------------------------------------------------


def test_the_bars_of_a_histogram_hold_every_value() -> None:
    frame = pd.DataFrame({"n": [*np.random.default_rng(9).gamma(2, 9, 300), np.nan]})
    for axis in (Axis(feature="n"), Axis(feature="n", logarithmic=True)):
        found = distribution(frame, "n", axis)
        assert found is not None
        figure = charts.histogram(found, axis)
        bars = figure.data[0]
        assert sum(bars.y) == 300
        edges = axis.back(np.append(bars.x - bars.width / 2, bars.x[-1] + bars.width[-1] / 2))
        np.testing.assert_allclose(edges, found.edges)
        lines = [shape.x0 for shape in figure.layout.shapes]
        wanted = axis.place(np.nanpercentile(frame["n"], [25, 50, 75]))
        assert lines == pytest.approx(wanted.tolist())


def marks(figure: go.Figure) -> dict[float, str]:
    """The upright lines by their names in the legend; none has a label that another could cover."""
    assert figure.layout.showlegend
    assert not figure.layout.annotations
    lines = figure.layout.shapes
    assert all(line.showlegend for line in lines)
    found = {line.x0: line.name for line in lines}
    assert len(found) == len(lines)
    return found


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([0.0] * 9, {0: "25% and median and 75%: 0"}),
        ([0.0] * 6 + [8.0] * 3, {0: "25% and median: 0", 8: "75%: 8"}),
        ([1.0, 2.0, 3.0, 4.0, 5.0], {2: "25%: 2", 3: "median: 3", 4: "75%: 4"}),
    ],
)
def test_each_quartile_is_named_once(values: list[float], wanted: dict[float, str]) -> None:
    found = distribution(pd.DataFrame({"n": values}), "n")
    assert found is not None
    assert marks(charts.histogram(found, Axis(feature="n"))) == wanted


def test_names_that_begin_alike_keep_places_of_their_own() -> None:
    names = [f"{'a name that is cut, it is so long ' * 2}{i}" for i in range(12)]
    figure = charts.correlation_map(pd.DataFrame(np.eye(12), index=names, columns=names))
    cells, across = figure.data[0], figure.layout.xaxis
    assert len(set(cells.x)) == 12
    assert list(across.tickvals) == list(cells.x)
    assert all(text.endswith("…") and "<br>" not in text for text in across.ticktext)


def test_no_correlation_is_a_dash() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [2.0, 1.0, 3.0], "same": 5.0})
    drawn = charts.correlation_map(correlations(frame, ("a", "b", "same"), "pearson")).data[0]
    assert [row[2] for row in drawn.text] == ["–"] * 3
    assert drawn.text[0][:2] == ["1.00", f"{np.corrcoef(frame['a'], frame['b'])[0, 1]:.2f}"]


def test_every_customer_of_a_relation_is_drawn_whatever_its_category() -> None:
    frame = pd.DataFrame(
        {
            "a": np.arange(60.0),
            "b": np.arange(60.0) ** 2,
            "country": [f"country {i % 15}" for i in range(60)],
        }
    )
    axes = [Axis(feature=name) for name in ("a", "b")]
    figure = charts.relation(frame, *axes, "country")
    assert sorted(np.concatenate([trace.x for trace in figure.data])) == frame["a"].tolist()
    assert figure.data[-1].name == "5 others"
    assert len({trace.name for trace in figure.data}) == len(figure.data)
    assert "5 others" not in {
        trace.name for trace in charts.relation(frame[frame["a"] < 9], *axes, "country").data
    }


def test_a_relation_is_thinned() -> None:
    rows = charts.MOST_POINTS * 2
    frame = pd.DataFrame({"a": np.arange(float(rows)), "c": ["x", "y"] * (rows // 2)})
    axis = Axis(feature="a")
    for colour in (None, "a", "c"):
        figure = charts.relation(frame, axis, axis, colour)
        assert sum(len(trace.x) for trace in figure.data) == charts.MOST_POINTS


def test_categories_past_twenty_are_left_to_the_caption() -> None:
    shares = category_shares(pd.DataFrame({"c": [f"v{i}" for i in range(30)]}), "c")
    assert len(charts.category_bars(shares, "c").data[0].x) == 20


# ---- the edges ---------------------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("count", [1, 2])
def test_hardly_anyone_shown_is_no_error(done: Run, count: int) -> None:
    keep = np.arange(90) < count
    for figure in figures(done, keep).values():
        figure.to_json()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values", [[np.nan] * 6, [5.5] * 6, [0.0] * 6, [-3.0, np.nan] * 3])
def test_columns_without_shape_are_no_error(values: list[float]) -> None:
    frame = pd.DataFrame({"a": values, "b": np.arange(6.0), "c": ["", "x"] * 3})
    axes = [axis_for(name, frame[name].to_numpy()) for name in ("a", "b")]
    for colour in (None, "a", "c"):
        charts.relation(frame, *axes, colour).to_json()
    charts.correlation_map(frame[["a", "b"]].corr()).to_json()
    found = distribution(frame, "a", axes[0])
    if found is not None:
        assert charts.histogram(found, axes[0]).data[0].width.min() > 0
    charts.overlaid_histograms(
        {1: frame["a"].to_numpy(), 2: np.empty(0)}, {1: called("x"), 2: called("y", 2)}, axes[0]
    ).to_json()
    means = pd.DataFrame({"a": [np.nan, 0.0], "b": [1.0, 2.0]}, index=[1, 2])
    charts.means_map(means, pd.Series({"a": 0.0, "b": np.nan}), {1: "x", 2: "y"}).to_json()


def test_an_index_of_a_mean_that_is_not_above_0_is_not_drawn() -> None:
    means = pd.DataFrame({"debt": [-50.0, -150.0], "age": [20.0, 40.0]}, index=[1, 2])
    drawn = charts.means_map(means, means.mean(), {1: "x", 2: "y"}).data[0]
    assert [list(row) for row in drawn.text] == [["–", "67"], ["–", "133"]]
    assert np.isnan(drawn.z[:, 0]).all()


def test_a_segment_that_nothing_sets_apart_has_an_empty_chart() -> None:
    assert len(charts.effect_bars(called("x"), ()).data[0].y) == 0


def test_arrivals_are_drawn_as_they_went_on() -> None:
    segments = [called(EVIL, 1), called("VIP", 2)]
    history = [("10:00:00", {}), ("10:00:02", {1: 2}), ("10:00:04", {1: 2, 2: 5})]
    figure = charts.arrivals_over_time(history, segments, EVIL)
    assert [list(trace.y) for trace in figure.data] == [[0, 2, 2], [0, 0, 5]]
    assert [trace.line.color for trace in figure.data] == [
        charts.segment_colour(segment.colour) for segment in segments
    ]
    assert "<b>" not in figure.to_json()
