"""New customers by a saved model: segment, runner-up, margin, and what may be wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.errors import DataError
from segmentation.models.loading import Fitted, fit_file
from segmentation.models.placing import Features, category_of, place_rows
from segmentation.numerals import counted
from segmentation.reading import Given, ReadLimits
from segmentation.results import (
    QUANTILE_LEVELS,
    Customers,
    Distribution,
    Loaded,
    Model,
    Rule,
    Scored,
    ScoreDoubt,
)
from segmentation.settings import Recipe
from segmentation.values import LARGEST_NUMBER, Bools, Floats
from segmentation.vocabulary import label
from segmentation.words import listed, short

Cell = float | str | None

# Ratios of medians that a change of unit makes: percent or cents, thousands, millions.
UNITS = (100.0, 1_000.0, 1_000_000.0)
LEAST_CUSTOMERS_FOR_HUNDREDS = 20
MOST_NAMED = 5


def score(
    model: Model,
    source: Given | Sequence[Given],
    *,
    told: Recipe | None = None,
    limits: ReadLimits | None = None,
) -> Scored:
    """Tell the segments of a file's customers.

    The file is read, cleaned and prepared as the model's own was, from the model's numbers alone.

    Parameters
    ----------
    model, source, told, limits
        As for `segmentation.models.loading.fit_file`.

    Raises
    ------
    SegmentationError
        If the file can't be read or used; a `ModelError` if it is nothing like the model's.

    Examples
    --------
    >>> from segmentation.models.making import make_model
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n"
    >>> model = make_model(run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2))))
    >>> scored = score(model, Source(name="b.csv", data=b"id,spend\\n5,11\\n6,70\\n"))
    >>> scored.places.segment_ids.tolist(), scored.places.outside.tolist()
    ([2, 1], [False, True])
    """
    return score_fitted(model, fit_file(model, source, told=told, limits=limits))


def score_fitted(model: Model, fitted: Fitted) -> Scored:
    """Tell the segments of customers that were made ready for the model."""
    loaded = fitted.loaded
    return score_features(
        model,
        fitted.features,
        customers=loaded.customers,
        loaded=loaded,
        doubts=fitted.doubts,
        notes=(*_rows_aside(loaded), *loaded.clean.notes, *fitted.notes),
    )


def _rows_aside(loaded: Loaded) -> tuple[str, ...]:
    """Say how many rows are no customer's, and why."""
    aside = [entry for entry in loaded.clean.ledger if entry.set_aside]
    if not aside:
        return ()
    rows = counted(sum(entry.set_aside for entry in aside), "row", "rows")
    why = listed([f"{entry.reason} ({entry.set_aside:,})" for entry in aside])
    return (f"{rows} of the file set aside: {why}.",)


def score_rows(
    model: Model, rows: Sequence[Mapping[str, Cell]], ids: Sequence[str] | None = None
) -> Scored:
    """Tell the segments of customers given by their features.

    Parameters
    ----------
    model : Model
        What to score by.
    rows : sequence of mapping of str to float, str or None
        Each customer's features, in original units; what is left out is missing.
    ids : sequence of str, optional
        Their ids; numbers from 1 by default.

    Raises
    ------
    DataError
        If there is no row, or a number is none.
    """
    if not rows:
        raise DataError("There is no customer to score", remedy="Give at least one")
    columns: dict[str, npt.NDArray[Any]] = {}
    doubts = []
    for name in model.features:
        cells = [row.get(name) for row in rows]
        if name in model.categories:
            columns[name] = np.array([_text(cell, name) for cell in cells], dtype=object)
        else:
            columns[name] = np.array([_number(cell, name) for cell in cells])
    unknown = sorted({str(name) for row in rows for name in row} - set(model.features))
    if unknown:
        named = listed([repr(short(name)) for name in unknown[:MOST_NAMED]])
        doubts.append(
            ScoreDoubt(kind="reading", column="", text=f"The model has no use for {named}.")
        )
    named_ids = [str(i) for i in range(1, len(rows) + 1)] if ids is None else list(ids)
    customers = Customers(
        frame=pd.DataFrame(columns),
        ids=np.array(named_ids, dtype=object),
        id_column=None,
        rows=np.arange(len(rows)),
        kind="customers",
        numeric=tuple(name for name in model.features if name not in model.categories),
        categories=model.categories,
        default_features=(),
        unusable={},
    )
    return score_features(model, columns, customers=customers, doubts=tuple(doubts))


def score_features(
    model: Model,
    features: Features,
    *,
    customers: Customers,
    loaded: Loaded | None = None,
    doubts: tuple[ScoreDoubt, ...] = (),
    notes: tuple[str, ...] = (),
) -> Scored:
    """Tell the segments of customers whose features are known, and doubt them.

    Parameters
    ----------
    model : Model
        What to score by.
    features : mapping of str to ndarray, shape (customers,)
        As for `segmentation.models.placing.place_rows`.
    customers : Customers
        Whose they are.
    loaded, doubts, notes
        As in `Scored`.
    """
    placed = place_rows(model, features)
    gaps = np.zeros(len(customers.ids), dtype=bool)
    for name in model.features:
        if name not in model.categories:
            gaps |= np.isnan(features[name])
    aside: dict[Rule, Bools] = {}
    if model.recipe.prepare.missing == "drop":
        aside["missing_feature"] = gaps
    if model.recipe.prepare.outliers == "set-aside":
        aside["outlier"] = placed.extreme & ~aside.get("missing_feature", np.zeros_like(gaps))
    kept = ~np.logical_or.reduce([np.zeros_like(gaps), *aside.values()])
    found = placed.places
    if not kept.all():
        found = found.of(kept)
        features = {name: values[kept] for name, values in features.items()}
    named = {doubt.column for doubt in doubts if doubt.kind == "missing_column"}
    return Scored(
        customers=customers,
        positions=np.flatnonzero(kept),
        features=dict(features),
        places=found,
        set_aside={rule: np.flatnonzero(bad) for rule, bad in aside.items() if bad.any()},
        names=model.name_of(),
        doubts=(*doubts, *_value_doubts(model, features, named)),
        notes=notes,
        loaded=loaded,
    )


def _text(cell: Cell, name: str) -> str:
    if isinstance(cell, bool) or not isinstance(cell, str | float | int | None):
        raise DataError(f"{cell!r:.40} is not a text", where=name, remedy="Write it as a text")
    return "" if cell is None else str(cell).strip()


def _number(cell: Cell, name: str) -> float:
    if cell is None or cell == "":
        return np.nan
    try:
        number = np.inf if isinstance(cell, bool) else float(cell)
    except (TypeError, ValueError, OverflowError):
        number = np.inf
    if not abs(number) <= LARGEST_NUMBER:
        raise DataError(
            f"{cell!r:.40} is not a number",
            where=name,
            remedy="Write it as 1234.5, or leave it out",
        )
    return number


def _value_doubts(model: Model, features: Features, named: set[str]) -> Iterator[ScoreDoubt]:
    for spread in model.training.features:
        name, cells = spread.feature, features[spread.feature]
        if name in named or not len(cells):
            continue
        if name in model.categories:
            yield from _category_doubts(model, name, cells)
            continue
        present = cells[~np.isnan(cells)]
        if len(present) < len(cells) and not spread.missing:
            yield ScoreDoubt(
                kind="missing_value",
                column=name,
                text=f"{counted(len(cells) - len(present), 'customer has', 'customers have')} no "
                f"{name!r}; when the model was made, every customer had one.",
            )
        factor = other_unit(spread, present)
        if factor is not None:
            times = f"{factor:,.0f} times" if factor > 1 else f"1/{1 / factor:,.0f} of"
            yield ScoreDoubt(
                kind="other_units",
                column=name,
                text=f"{label(name)}: the middle value is {np.median(present):,.6g}, about "
                f"{times} what it was when the model was made ({_middle(spread):,.6g}). Is it in "
                "another unit?",
            )
        below = int((present < 0).sum())
        if below and any(c.feature == name and c.transform == "log" for c in model.columns):
            has = counted(below, "customer has a value", "customers have values")
            yield ScoreDoubt(
                kind="no_logarithm",
                column=name,
                text=f"{label(name)}: {has} below 0, as nobody had when the model was made; they "
                "count as 0.",
            )


def _category_doubts(model: Model, name: str, cells: npt.NDArray[Any]) -> Iterator[ScoreDoubt]:
    known = {category_of(column) for column in model.columns if column.feature == name}
    counts = pd.Series(cells, dtype="str").value_counts()
    new = counts[~counts.index.isin(known)]
    without = int(new.get("", 0))
    if without:
        yield ScoreDoubt(
            kind="missing_value",
            column=name,
            text=f"{counted(without, 'customer has', 'customers have')} no {name!r}; when the "
            "model was made, every customer had one.",
        )
        new = new.drop("")
    if not len(new):
        return
    shown = [repr(short(str(value))) for value in new.index[:MOST_NAMED]]
    more = f" and {len(new) - MOST_NAMED:,} more" if len(new) > MOST_NAMED else ""
    customers = counted(int(new.sum()), "customer", "customers")
    yield ScoreDoubt(
        kind="new_category",
        column=name,
        text=f"{name}: the model has not met {', '.join(shown)}{more} ({customers}); they count as "
        "none of its values.",
    )


def _middle(spread: Distribution) -> float:
    return spread.quantiles[QUANTILE_LEVELS.index(0.5)]


def other_unit(spread: Distribution, present: Floats) -> float | None:
    """Tell by what factor the middle value has changed, if that looks like another unit.

    The factor must be within a half of 1,000 or 1,000,000, or their inverse; or near 100, and then
    hardly a customer may have a value that was known.

    Parameters
    ----------
    spread : Distribution
        The values that the model was made from.
    present : ndarray of float, shape (n,)
        Those of other customers.
    """
    if not len(present):
        return None
    old, new = _middle(spread), float(np.median(present))
    if old == 0 or new == 0 or (old < 0) != (new < 0):
        return None
    ratio = new / old
    size = ratio if ratio > 1 else 1 / ratio
    factor = next((unit for unit in UNITS if 0.5 <= size / unit <= 2), None)
    if factor == UNITS[0]:
        low, high = spread.quantiles[0], spread.quantiles[-1]
        met = ((present >= low) & (present <= high)).mean()
        if len(present) < LEAST_CUSTOMERS_FOR_HUNDREDS or met > 0.1:
            return None
    if factor is None:
        return None
    return factor if ratio > 1 else 1 / factor
