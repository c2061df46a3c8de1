"""The trials: every k of a sweep shaken, foretold and held against chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.choosing.chance import without_groups
from segmentation.choosing.predicting import prediction_strength
from segmentation.choosing.refitting import fresh_fit
from segmentation.choosing.stability import bootstraps, jaccards, stability
from segmentation.choosing.tendency import hopkins
from segmentation.errors import DataError
from segmentation.indices import within
from segmentation.methods import cluster
from segmentation.results import Begun, Partition, Prepared, Resampled, Sweep, Trials
from segmentation.settings import FitSettings
from segmentation.silhouettes import silhouettes
from segmentation.threads import one_thread
from segmentation.values import Floats

LARGEST_ROWS = 5_000
SMALL_ROWS = 500
SILHOUETTE_ROWS = 1_000
HOPKINS_REPEATS = 200
METHOD_ROWS = 1_000
METHOD_DRAWS = 50
# Below every table's own logarithms of a spread; spreads of 0 have none.
LEAST_SPREAD = 1e-300

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """How often each trial is made.

    Parameters
    ----------
    bootstraps, splits, references : int
        Of stability, of prediction strength, and of data without groups.
    """

    bootstraps: int = 100
    splits: int = 25
    references: int = 12

    @classmethod
    def for_rows(cls, count: int) -> Draws:
        """Draw more often from a small table, where a draw says less and costs less."""
        small = count <= SMALL_ROWS
        return cls(bootstraps=200, splits=150, references=20) if small else cls()


def shake(
    prepared: Prepared,
    swept: Sweep,
    fit: FitSettings | None = None,
    *,
    draws: Draws | None = None,
    begun: Begun | None = None,
    progress: Progress | None = None,
) -> Trials:
    """Try every k of a sweep: would its groups come back, and are they more than chance?

    Of more than 5,000 customers, 5,000 are drawn and tried. Each trial has a random stream of its
    own, so that the range of k changes none of its figures.

    Parameters
    ----------
    prepared : Prepared
        The matrix.
    swept : Sweep
        Its partitions.
    fit : FitSettings, optional
        The seed.
    draws : Draws, optional
        How often; by default 100 bootstraps, 25 splits and 12 references, and 200, 150 and 20 up
        to 500 customers.
    begun : Begun, optional
        Filled as the trials go on; one from a call that was ended is gone on from, if all else is
        the same.
    progress : callable, optional
        Called with the share done and what was just found, in words; what it raises ends the
        trials.

    Examples
    --------
    >>> from segmentation.choosing import sweep
    >>> from segmentation.pipeline import load
    >>> from segmentation.preparing import prepare
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings
    >>> rows = [f"{i},{i % 3 * 100 + i}" for i in range(30)]
    >>> source = Source(name="a.csv", data="\\n".join(["id,spend", *rows]).encode())
    >>> prepared = prepare(load(source).customers)
    >>> trials = shake(prepared, sweep(prepared, ChooseSettings(k_max=4)))
    >>> [round(float(of_one.mean), 2) for of_one in trials.stabilities[3]]
    [1.0, 1.0, 1.0]
    """
    fit = fit or FitSettings()
    chosen = _sample(len(prepared.matrix), fit.seed)
    rows = prepared.matrix[chosen]
    draws = draws or Draws.for_rows(len(rows))
    partitions = {k: _within(rows, swept.partitions[k], chosen) for k in swept.ks}
    blocks = _blocks(prepared)

    def stream(*numbers: int) -> np.random.Generator:
        return np.random.default_rng([fit.seed, *numbers])

    def one_resampled(trial: Callable[..., Floats], *given: Any) -> Resampled | None:
        values = trial(rows, *given)
        return resampled(values) if len(values) else None

    def by_group(k: int) -> tuple[Resampled, ...]:
        scores = stability(rows, partitions[k], draws.bootstraps, stream(3, k))
        return tuple(resampled(of_one) for of_one in scores.T)

    tasks: dict[tuple[str, int], Callable[[], Any]] = {
        ("hopkins", 0): partial(one_resampled, hopkins, HOPKINS_REPEATS, stream(0))
    }
    for i in range(draws.references):
        tasks["reference", i] = partial(_chance, rows, blocks, swept.ks, stream(1, i))
    for k in swept.ks:
        foretelling = (partitions[k], draws.splits, stream(2, k))
        tasks["foretold", k] = partial(one_resampled, prediction_strength, *foretelling)
        tasks["stability", k] = partial(by_group, k)
    begun = Begun() if begun is None else begun
    _each(tasks, begun, draws, progress)
    references = [begun.found["reference", i] for i in range(draws.references)]
    logs = np.array([found.logs for found in references])
    widths = np.array([found.silhouettes for found in references])
    own = [within(rows), *(partitions[k].inertia for k in swept.ks)]
    gaps = logs.mean(axis=0) - np.log(np.maximum(own, LEAST_SPREAD))
    errors = logs.std(axis=0) * np.sqrt(1 + 1 / len(logs))
    return Trials(
        ks=swept.ks,
        customers=len(rows),
        gaps=tuple(zip(gaps.tolist(), errors.tolist(), strict=True)),
        references=tuple(
            zip(widths.mean(axis=0).tolist(), widths.std(axis=0, ddof=1).tolist(), strict=True)
        ),
        prediction_strengths=tuple(begun.prediction_strengths[k] for k in swept.ks),
        stabilities={k: begun.stabilities[k] for k in swept.ks},
        hopkins=begun.hopkins,
    )


def shake_one(
    prepared: Prepared, partition: Partition, fit: FitSettings | None = None
) -> tuple[Resampled, ...]:
    """Return the stability of each group of one partition, to the digit as `shake` finds it.

    Examples
    --------
    >>> from segmentation.choosing import sweep
    >>> from segmentation.pipeline import load
    >>> from segmentation.preparing import prepare
    >>> from segmentation.reading import Source
    >>> rows = [f"{i},{i % 3 * 100 + i}" for i in range(30)]
    >>> source = Source(name="a.csv", data="\\n".join(["id,spend", *rows]).encode())
    >>> prepared = prepare(load(source).customers)
    >>> [found.mean for found in shake_one(prepared, sweep(prepared).partitions[3])]
    [1.0, 1.0, 1.0]
    """
    fit = fit or FitSettings()
    chosen = _sample(len(prepared.matrix), fit.seed)
    rows = prepared.matrix[chosen]
    draws = Draws.for_rows(len(rows)).bootstraps
    with one_thread():
        scores = stability(
            rows,
            _within(rows, partition, chosen),
            draws,
            np.random.default_rng([fit.seed, 3, partition.k]),
        )
    return tuple(resampled(of_one) for of_one in scores.T)


def steadiness(
    prepared: Prepared,
    partition: Partition,
    fit: FitSettings,
    *,
    progress: Progress | None = None,
) -> tuple[Resampled, ...]:
    """Measure how well each group comes back in bootstrap samples, for any method.

    As `shake` does for K-Means, with 50 samples of at most 1,000 customers each.

    Parameters
    ----------
    prepared : Prepared
        The matrix.
    partition : Partition
        What the method found in it.
    fit : FitSettings
        The method and the seed.
    progress
        As for `shake`.

    Examples
    --------
    >>> from segmentation.methods import partition
    >>> from segmentation.pipeline import load
    >>> from segmentation.preparing import prepare
    >>> from segmentation.reading import Source
    >>> rows = [f"{i},{i % 2 * 100 + i}" for i in range(30)]
    >>> source = Source(name="a.csv", data="\\n".join(["id,spend", *rows]).encode())
    >>> prepared = prepare(load(source).customers)
    >>> halves = partition(prepared.matrix, "ward", 2, seed=0)
    >>> [found.mean for found in steadiness(prepared, halves, FitSettings(method="ward"))]
    [1.0, 1.0]
    """
    rng = np.random.default_rng([fit.seed, 5])
    count = len(prepared.matrix)
    chosen = np.sort(rng.permutation(count)[:METHOD_ROWS])
    rows, labels = prepared.matrix[chosen], partition.labels[chosen]
    scores = np.full((METHOD_DRAWS, partition.k), np.nan)
    for draw, drawn in enumerate(bootstraps(len(rows), METHOD_DRAWS, rng)):
        try:
            again = cluster(rows[drawn], fit.method, partition.k, fit.seed)
        except DataError:
            again = np.zeros(len(drawn), dtype=np.int64)
        scores[draw] = jaccards(labels[drawn], again, partition.k)
        if progress is not None:
            progress((draw + 1) / METHOD_DRAWS, "Looked for the segments in other draws")
    return tuple(resampled(of_one) for of_one in scores.T)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chance:
    """What one reference without groups came to: for k = 1 and each k, and for each k."""

    logs: list[float]
    silhouettes: list[float]


def _chance(
    rows: Floats,
    blocks: npt.NDArray[np.int64],
    ks: tuple[int, ...],
    rng: np.random.Generator,
) -> _Chance:
    cloud = without_groups(rows, blocks, rng)
    found = [fresh_fit(cloud, k, rng) for k in ks]
    spreads = [within(cloud), *(float(one.inertias[0]) for one in found)]
    few = np.sort(rng.permutation(len(cloud))[:SILHOUETTE_ROWS])
    widths = silhouettes(cloud[few], [one.labels[0][few] for one in found])
    return _Chance(
        logs=np.log(np.maximum(spreads, LEAST_SPREAD)).tolist(),
        silhouettes=[float(of_one.mean()) for of_one in widths],
    )


def _each(
    tasks: dict[tuple[str, int], Callable[[], Any]],
    begun: Begun,
    draws: Draws,
    progress: Progress | None,
) -> None:
    with one_thread():
        for done, (trial, task) in enumerate(tasks.items(), start=1):
            if trial in begun.found:
                continue
            begun.found[trial] = task()
            if progress is not None:
                progress(done / len(tasks), _words(*trial, begun, draws))


def _words(trial: str, number: int, begun: Begun, draws: Draws) -> str:
    if trial == "hopkins":
        found = begun.hopkins
        return "Looked whether customers are clumped at all" + (
            f": {found.mean:.2f}, where 0.5 is evenly scattered" if found else ""
        )
    if trial == "reference":
        return f"Clustered {number + 1} of {draws.references} tables without groups"
    if trial == "foretold":
        strength = begun.prediction_strengths[number].mean
        return f"{number} segments: one half foretells the other to {strength:.2f}"
    weakest = min(found.mean for found in begun.stabilities[number])
    return f"{number} segments: the weakest comes back to {weakest:.2f}"


def _sample(count: int, seed: int) -> npt.NDArray[np.int64]:
    if count <= LARGEST_ROWS:
        return np.arange(count)
    return np.sort(np.random.default_rng([seed, 4]).choice(count, LARGEST_ROWS, replace=False))


def _within(rows: Floats, partition: Partition, chosen: npt.NDArray[np.int64]) -> Partition:
    """Take the part of a partition that lies among the chosen rows."""
    if len(chosen) == len(partition.labels):
        return partition
    labels = partition.labels[chosen]
    inertia = float(((rows - partition.centres[labels]) ** 2).sum())
    return Partition(labels=labels, centres=partition.centres, inertia=inertia)


def _blocks(prepared: Prepared) -> npt.NDArray[np.int64]:
    number = {feature: i for i, feature in enumerate(prepared.features)}
    return np.array([number[column.feature] for column in prepared.columns])


def resampled(values: Floats) -> Resampled:
    """Return the mean of a figure's draws and its interval; NaN is a draw that tells nothing."""
    known = values[~np.isnan(values)]
    if not len(known):
        return Resampled(mean=0.0, low=0.0, high=1.0)
    mean = float(known.mean())
    reach = 1.96 * float(known.std(ddof=1)) / np.sqrt(len(known)) if len(known) > 1 else 1.0
    return Resampled(mean=mean, low=max(mean - reach, 0.0), high=min(mean + reach, 1.0))
