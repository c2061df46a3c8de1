"""A finished run becomes a model, if the model gives every customer the segment it has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from platform import python_version
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.errors import ModelError
from segmentation.lloyd import lloyd
from segmentation.methods import METHOD_NAMES
from segmentation.models.placing import Features, place_rows
from segmentation.numerals import counted
from segmentation.preparing import typical
from segmentation.results import (
    QUANTILE_LEVELS,
    Customers,
    Distribution,
    Made,
    Model,
    ModelInput,
    ModelSegment,
    ModelTurn,
    PreparedColumn,
    Run,
    SelfTest,
    Training,
    TrainingFile,
    Trust,
    Turn,
)
from segmentation.rules import choose_rules, rule_sets
from segmentation.threads import one_thread
from segmentation.transforms import rank_knots
from segmentation.values import Floats

VERSIONED = ("numpy", "pandas", "scipy", "scikit-learn")
# A rank is exact where its value is known; more values would make a file of megabytes.
MOST_RANKED_VALUES = 20_000
RADIUS_PERCENTILE = 99
ROUNDING = 1e-12
SHAKES = 50
LARGEST_SHAKEN_ROWS = 10_000
LARGEST_SHAKEN_CELLS = 100_000
MOST_SELF_TESTS = 8
# Nearer to a border, another processor's last digit could change the answer.
LEAST_TEST_MARGIN = 1e-6
NEVER_MET = "\N{BLACK QUESTION MARK ORNAMENT}"
BETWEEN = 0.37


def make_model(run: Run, *, at: str = "", by: str = "", note: str = "") -> Model:
    """Keep what tells a customer's segment.

    A segment's radius is the smallest distance that at least 99% of its customers don't exceed.
    ``shaken`` holds the points of 50 bootstrap samples (Efron 1979) on which Lloyd's iteration goes
    on from the model's points; of over 10,000 customers so many are drawn, and the points' moves
    are scaled to the number of all. The made-up customers of the self-test stand between quantiles.

    Parameters
    ----------
    run : Run
        A finished run.
    at, by, note : str
        When and by whom it is made, and what to remember.

    Raises
    ------
    ModelError
        If the nearest centre of those found is not the way to the segment of every customer, as
        with most methods but K-Means, or customers are in none.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n"
    >>> found = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2)))
    >>> [round(segment.centre[0], 6) for segment in make_model(found).segments]
    [92.0, 11.0]
    """
    _refuse_noise(run)
    customers, prepared = run.loaded.customers, run.prepared
    found = run.segmentation
    by_hand = found.by_hand
    means = found.centres if by_hand is None else by_hand.centres
    points = means if found.points is None else found.points
    verdict = run.evidence.verdict
    noun = run.playbook.playbook.words.customer
    model = Model(
        made=Made(at=at, by=by, note=note, versions=_versions()),
        training=_training(run),
        kind=customers.kind,
        inputs=tuple(_inputs(run)),
        recipe=run.recipe,
        called=(noun.one, noun.many),
        features=prepared.features,
        columns=tuple(_frozen(column, run) for column in prepared.columns),
        points=_plain(points),
        turns=() if by_hand is None else tuple(map(_plain_turn, by_hand.turns)),
        segments=tuple(
            ModelSegment(
                named=named,
                size=size,
                centre=tuple(float(value) for value in centre),
                radius=0.0,
                silhouette=float(silhouette),
                stability=found.stabilities[named.segment_id - 1] if found.stabilities else None,
            )
            for named, size, centre, silhouette in zip(
                run.names,
                found.sizes(),
                found.original_centres,
                found.segment_silhouettes,
                strict=True,
            )
        ),
        trust=Trust(
            silhouette=found.silhouette,
            k_reason=run.evidence.reason,
            level=verdict.level if verdict else "",
            sentence=verdict.sentence if verdict else "",
        ),
        rules=choose_rules(rule_sets(run)),
        shaken=tuple(
            _plain(draw) for draw in _shaken(prepared.matrix, points, run.recipe.fit.seed)
        ),
        self_tests=(),
    )
    features = features_of(model, customers, prepared.customers)
    places = place_rows(model, features).places
    same = places.segment_ids == found.labels
    if not same.all():
        raise _other_borders(run, int((~same).sum()))
    radii = [
        float(
            np.percentile(
                places.distances[found.labels == segment_id],
                RADIUS_PERCENTILE,
                method="inverted_cdf",
            )
        )
        # A last digit puts nobody outside.
        * (1 + ROUNDING)
        for segment_id in range(1, found.k + 1)
    ]
    model = replace(
        model,
        segments=tuple(
            replace(segment, radius=radius)
            for segment, radius in zip(model.segments, radii, strict=True)
        ),
    )
    return replace(model, self_tests=tuple(_self_tests(model, features)))


def features_of(
    model: Model, customers: Customers, positions: npt.NDArray[np.int64] | slice = slice(None)
) -> dict[str, npt.NDArray[Any]]:
    """Return a model's features of some customers, whose columns are all there."""
    categories = model.categories
    frame = customers.frame
    return {
        name: frame[name].to_numpy(dtype=object if name in categories else float)[positions]
        for name in model.features
    }


def answers(model: Model, tests: tuple[tuple[float | str | None, ...], ...]) -> Iterator[SelfTest]:
    """Place made-up customers, given by their cells."""
    columns = list(zip(*tests, strict=True))
    categories = model.categories
    features = {
        name: np.array(["" if cell is None else cell for cell in cells], dtype=object)
        if name in categories
        else np.array([np.nan if cell is None else cell for cell in cells], dtype=float)
        for name, cells in zip(model.features, columns, strict=True)
    }
    places = place_rows(model, features).places
    for i, cells in enumerate(tests):
        yield SelfTest(
            cells=cells,
            segment_id=int(places.segment_ids[i]),
            distance=float(places.distances[i]),
            margin=float(places.margins[i]),
        )


def _refuse_noise(run: Run) -> None:
    noise = len(run.prepared.set_aside.get("noise", ()))
    if noise:
        raise ModelError(
            f"{METHOD_NAMES[run.recipe.fit.method]} leaves "
            f"{counted(noise, 'customer', 'customers')} in no segment, and no rule tells whether "
            "a new customer belongs to one",
            remedy="Use K-Means to save a model; the segments themselves can be exported",
        )


def _other_borders(run: Run, others: int) -> ModelError:
    return ModelError(
        f"By their nearest centre, {others:,} of {len(run.segmentation.labels):,} customers would "
        f"be in another segment than {METHOD_NAMES[run.recipe.fit.method]} puts them into, so new "
        "customers can't be scored exactly",
        remedy="Use K-Means to save a model; the segments themselves can be exported",
    )


def _plain(points: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in points.tolist())


def _plain_turn(turn: Turn) -> ModelTurn:
    halves = None
    if turn.centres is not None:
        first, second = _plain(turn.centres)
        halves = first, second
    return ModelTurn(kept=turn.kept, other=turn.other, centres=halves)


def _versions() -> tuple[tuple[str, str], ...]:
    return (("python", python_version()), *((name, version(name)) for name in VERSIONED))


def _training(run: Run) -> Training:
    loaded = run.loaded
    files = [
        TrainingFile(name=file.name, sha256=file.sha256, rows=file.rows) for file in loaded.files
    ]
    return Training(
        sha256=digest_of(tuple(file.sha256 for file in files)),
        files=tuple(files),
        rows_used=loaded.clean.rows_used,
        customers=len(run.profiles.customers),
        as_of=loaded.clean.as_of.isoformat() if loaded.clean.as_of else None,
        features=tuple(_distribution(run, feature) for feature in run.prepared.features),
    )


def digest_of(digests: tuple[str, ...]) -> str:
    """Return the digest of one file, or one for several, whatever their order."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


def _distribution(run: Run, feature: str) -> Distribution:
    column = run.loaded.customers.frame[feature].iloc[run.profiles.customers]
    if feature in run.loaded.customers.categories:
        counts = column.astype("str").value_counts().sort_index()
        missing = float(counts.get("", 0)) / len(column)
        return Distribution(
            feature=feature,
            values=tuple(str(value) for value in counts.index),
            shares=tuple((counts / len(column)).tolist()),
            missing=missing,
        )
    values = column.to_numpy(dtype=float)
    present = values[~np.isnan(values)]
    quantiles = np.quantile(present, QUANTILE_LEVELS)
    edges = np.unique(np.quantile(present, np.arange(1, 10) / 10))
    return Distribution(
        feature=feature,
        quantiles=tuple(quantiles.tolist()),
        edges=tuple(edges.tolist()),
        shares=tuple(bin_shares(present, edges).tolist()),
        missing=float(np.isnan(values).mean()),
    )


def bin_shares(present: Floats, edges: Floats) -> Floats:
    """Return the share of the values up to each edge, above the one before, and above all.

    Examples
    --------
    >>> bin_shares(np.array([1.0, 2.0, 2.0, 5.0]), np.array([2.0, 4.0])).tolist()
    [0.75, 0.0, 0.25]
    """
    places = np.searchsorted(edges, present, side="left")
    counts = np.bincount(places, minlength=len(edges) + 1)
    return np.asarray(counts / max(len(present), 1), dtype=float)


def _inputs(run: Run) -> Iterator[ModelInput]:
    schema = run.loaded.schema
    for column in schema.columns:
        is_feature = schema.kind == "customers" and column.name in run.prepared.features
        if column.role is not None or is_feature:
            yield ModelInput(
                name=column.name,
                type=column.type,
                role=column.role,
                decimal=column.decimal,
                dates=column.dates,
            )


def _frozen(column: PreparedColumn, run: Run) -> PreparedColumn:
    """Make a column ready for values that the run has not met."""
    how = run.recipe.prepare.missing
    if column.transform == "0/1":
        return column
    values = run.loaded.customers.frame[column.feature].to_numpy(dtype=float)
    present = np.sort(values[~np.isnan(values)])
    fill = column.fill
    if how != "drop" and fill is None:
        fill = typical(present, how)
    if column.transform != "rank":
        return replace(column, fill=fill)
    dropped = run.prepared.set_aside.get("missing_feature", ())
    kept = np.delete(values, np.asarray(dropped, dtype=np.int64))
    ranked = np.where(np.isnan(kept), fill if fill is not None else np.nan, kept)
    return replace(column, fill=fill, knots=rank_knots(ranked, MOST_RANKED_VALUES))


def _shaken(matrix: Floats, points: Floats, seed: int) -> Floats:
    draws = min(SHAKES, LARGEST_SHAKEN_CELLS // points.size)
    if not draws:
        return np.empty((0, *points.shape))
    rng = np.random.default_rng(seed)
    count = len(matrix)
    rows = matrix
    if count > LARGEST_SHAKEN_ROWS:
        rows = matrix[np.sort(rng.choice(count, LARGEST_SHAKEN_ROWS, replace=False))]
    drawn = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=draws)
    with one_thread():
        settled = lloyd(rows, drawn.astype(float), np.repeat(points[None], draws, axis=0))
        own = lloyd(rows, np.ones(len(rows)), points[None]).centres[0]
    # The m-out-of-n bootstrap: fewer rows move the points farther.
    moves: Floats = (settled.centres - own) * np.sqrt(len(rows) / count)
    return points + moves


def _self_tests(model: Model, met: Features) -> Iterator[SelfTest]:
    """Make customers up from between the quantiles, and one of what was never met."""
    rows: list[tuple[float | str | None, ...]] = []
    for i in range(3 * MOST_SELF_TESTS):
        cells: list[float | str | None] = []
        for j, spread in enumerate(model.training.features):
            if spread.values:
                cells.append(spread.values[(i + j) % len(spread.values)])
                continue
            step = (5 * i + 3 * j * (i + 1)) % (len(spread.quantiles) - 1)
            low, high = spread.quantiles[step : step + 2]
            cells.append(low + BETWEEN * (high - low))
        rows.append(tuple(cells))
    rows.append(tuple(NEVER_MET if name in model.categories else None for name in model.features))
    nobodys = tuple(row for row in dict.fromkeys(rows) if not _is_somebody(row, model, met))
    clear = [test for test in answers(model, nobodys) if test.margin > LEAST_TEST_MARGIN]
    yield from clear[: MOST_SELF_TESTS - 1]
    yield from clear[MOST_SELF_TESTS - 1 :][-1:]


def _is_somebody(row: tuple[float | str | None, ...], model: Model, met: Features) -> bool:
    same = np.ones(len(met[model.features[0]]), dtype=bool)
    for name, cell in zip(model.features, row, strict=True):
        same &= np.isnan(met[name]) if cell is None else met[name] == cell
    return bool(same.any())
