"""Figures of the evidence: whole numbers of segments, errors as they are, every customer once."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest
from sklearn.metrics import silhouette_samples

from segmentation import charts
from segmentation.choosing import CRITERIA, Draws, shake, sweep, weigh
from segmentation.pipeline import load as load_source
from segmentation.pipeline import segment
from segmentation.reading import Source
from segmentation.results import Evidence, Resampled, Run
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe
from segmentation.widths import Widths, widths

FROM_THE_SWEEP = ("elbow", "silhouette", "calinski_harabasz", "davies_bouldin")


@pytest.fixture(scope="module")
def done() -> Run:
    """Three groups a table, compared at 2 to 5."""
    rng = np.random.default_rng(3)
    points = rng.normal(size=(90, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 30, axis=0)
    rows = [f"c{i},{x},{y}" for i, (x, y) in enumerate(points.tolist())]
    source = Source(name="three.csv", data="\n".join(["id,visits,spend", *rows]).encode())
    recipe = Recipe(
        prepare=PrepareSettings(transform="none"), choose=ChooseSettings(k_min=2, k_max=5)
    )
    return segment(load_source(source, recipe), recipe, trust=False)


@pytest.fixture(scope="module")
def checked(done: Run) -> Evidence:
    few = Draws(bootstraps=9, splits=7, references=5)
    swept = done.evidence.sweep
    return weigh(swept, shake(done.prepared, swept, draws=few), choose=done.recipe.choose)


def curve(figure: go.Figure | None) -> go.Scatter:
    assert figure is not None
    (found,) = [trace for trace in figure.data if trace.mode == "lines+markers"]
    return found


def test_before_the_trials_there_are_the_criteria_of_the_sweep(done: Run) -> None:
    drawn = {name for name in CRITERIA if charts.criterion_chart(done.evidence, name)}
    assert drawn == set(FROM_THE_SWEEP)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_numbers_of_segments_are_whole(checked: Evidence, criterion: str) -> None:
    figure = charts.criterion_chart(checked, criterion)  # type: ignore[arg-type]
    assert figure is not None
    assert figure.layout.xaxis.dtick == 1
    assert figure.layout.xaxis.tickformat == "d"
    ks = curve(figure).x
    assert tuple(ks)[-4:] == (2, 3, 4, 5)
    low, high = figure.layout.xaxis.range
    assert low < min(ks) and max(ks) < high


def test_the_vote_and_the_k_in_use_are_marked(checked: Evidence) -> None:
    for vote in checked.votes:
        figure = charts.criterion_chart(replace(checked, k=4, stabilities=()), vote.criterion)
        assert figure is not None
        upright = [line.x0 for line in figure.layout.shapes if line.x0 == line.x1]
        assert upright == [4]
        marked = [trace for trace in figure.data if trace.mode == "markers"]
        assert [tuple(trace.x) for trace in marked] == ([] if vote.k is None else [(vote.k,)])
        if vote.k is not None:
            drawn = curve(figure)
            assert marked[0].y[0] == dict(zip(drawn.x, drawn.y, strict=True))[vote.k]


def test_the_figures_drawn_are_those_of_the_evidence(checked: Evidence) -> None:
    trials = checked.trials
    assert trials is not None
    swept = checked.sweep
    elbow = curve(charts.criterion_chart(checked, "elbow"))
    assert tuple(elbow.y) == (swept.total, *swept.inertias)
    assert tuple(curve(charts.criterion_chart(checked, "silhouette")).y) == swept.silhouettes
    gap = curve(charts.criterion_chart(checked, "gap"))
    assert tuple(gap.x) == (1, 2, 3, 4, 5)
    assert list(zip(gap.y, gap.error_y.array, strict=True)) == list(trials.gaps)
    steady = curve(charts.criterion_chart(checked, "stability"))
    for i, k in enumerate(trials.ks):
        weakest = min(trials.stabilities[k], key=lambda found: found.mean)
        assert steady.y[i] - steady.error_y.arrayminus[i] == pytest.approx(weakest.low)
        assert steady.y[i] + steady.error_y.array[i] == pytest.approx(weakest.high)


def test_the_levels_that_are_asked_for_are_drawn(checked: Evidence) -> None:
    def levels(figure: go.Figure | None) -> list[float]:
        assert figure is not None
        return [line.y0 for line in figure.layout.shapes if line.y0 == line.y1]

    assert levels(charts.criterion_chart(checked, "prediction_strength")) == [0.8]
    assert levels(charts.criterion_chart(checked, "stability")) == [0.6, 0.75, 0.85]


def test_a_range_that_begins_later_has_no_gap_at_one(done: Run) -> None:
    late = sweep(done.prepared, ChooseSettings(k_min=3, k_max=5))
    trials = shake(done.prepared, late, draws=Draws(bootstraps=3, splits=3, references=3))
    evidence = weigh(late, trials)
    for criterion in CRITERIA:
        assert tuple(curve(charts.criterion_chart(evidence, criterion)).x) == (3, 4, 5)


# ---- silhouettes of customers --------------------------------------------------------------------


def test_the_widths_are_those_of_scikit_learn(done: Run) -> None:
    found = widths(done.prepared, done.segmentation, seed=0)
    labels = done.segmentation.labels
    wanted = silhouette_samples(done.prepared.matrix, labels)
    assert found.of == len(wanted) == len(found.values)
    for segment_id in range(1, done.segmentation.k + 1):
        own = np.sort(wanted[labels == segment_id])[::-1]
        np.testing.assert_allclose(found.values[found.labels == segment_id], own, atol=1e-9)
        assert found.misplaced[segment_id] == (own < 0).sum()
    assert found.mean == pytest.approx(wanted.mean())


def test_the_silhouette_plot_has_every_customer_once(done: Run) -> None:
    found = widths(done.prepared, done.segmentation, seed=0)
    segments = done.by_id()
    figure = charts.silhouette_plot(found, segments)
    assert len(figure.data) == len(segments)
    spans = []
    for trace, named in zip(figure.data, segments.values(), strict=True):
        assert trace.fillcolor == charts.segment_colour(named.colour)
        # A bar is the line from one end to the next, at the customer's silhouette.
        np.testing.assert_array_equal(trace.x[::2], found.values[found.labels == named.segment_id])
        assert np.all(np.diff(trace.y) >= 0)
        spans.append((trace.y[0], trace.y[-1]))
        assert trace.y[-1] - trace.y[0] == len(trace.x) // 2
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    (mean,) = figure.layout.shapes
    assert mean.x0 == found.mean


def test_many_customers_are_thinned_evenly() -> None:
    labels = np.repeat([1, 2, 3], [3_000, 2, 998])
    values = np.linspace(1, 0, 4_000)
    few = Widths(labels=labels, values=values, of=9_000, misplaced={}).few()
    assert np.bincount(few.labels)[1:].tolist() == [750, 1, 250]
    assert set(few.values) <= set(values)
    assert few.of == 9_000


# ---- agreement -----------------------------------------------------------------------------------


def test_agreement_is_written_in_every_cell() -> None:
    figure = charts.agreement_map(["a", "b"], ["a", "<b>"], [[1.0, -0.001], [None, -0.1]])
    (cells,) = figure.data
    assert [list(row) for row in cells.text] == [["1.00", "0.00"], ["–", "-0.10"]]
    assert cells.zmin == -1 and cells.zmax == 1
    assert list(cells.x) == ["a", "&lt;b&gt;"]
    figure.to_json()


def test_the_weakest_is_the_least_stable(checked: Evidence) -> None:
    trials = checked.trials
    assert trials is not None
    one, other = (Resampled(mean=mean, low=0.0, high=1.0) for mean in (0.9, 0.4))
    told = replace(trials, stabilities={**trials.stabilities, 2: (one, other)})
    assert told.weakest(2) is other
