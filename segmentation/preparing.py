"""Features made comparable: impute, encode, transform, scale; and the way back."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.errors import DataError
from segmentation.results import Customers, LedgerEntry, Prepared, PreparedColumn, Rule
from segmentation.settings import PrepareSettings
from segmentation.transforms import (
    ColumnTransform,
    forward,
    inverse,
    rank_knots,
    skewness,
    yeo_johnson_exponent,
)
from segmentation.values import Floats

SKEWED = 1.0
FENCE_QUARTILE_RANGES = 3.0
LARGEST_CATEGORY_COUNT = 50
# 400 MB a copy of the matrix; preparing holds about six at once.
LARGEST_CELLS = 50_000_000


def prepare(customers: Customers, settings: PrepareSettings | None = None) -> Prepared:
    """Turn features into a matrix of comparable columns.

    Missing numbers are filled (or their customers set aside), each feature is transformed, extreme
    values (beyond Tukey's outer fences, 3 quartile ranges from the quartiles, on the transformed
    scale) are kept, capped or set aside, and the feature is scaled. A category becomes one 0/1
    column a value, not scaled but weighted; its empty cells are a value of their own.

    ``transform="auto"`` takes the logarithm of a feature that is never negative and has a skewness
    above 1, Yeo-Johnson of a negative one as skewed, and leaves the rest; ``"rank"`` puts each
    value's rank in its place, from 0 to 1, the average one among equals. The standard scaler
    divides by the population standard deviation; the robust one by the quartile range.

    The 0/1 columns of a category are multiplied by ``category_weight`` w, so that two customers of
    different category are 2 w² further apart in squared distance, as in the k-prototypes of Huang
    (1998, doi 10.1023/A:1009769707641) with gamma = 2 w². Distances to a group's centre differ from
    Huang's: he takes the commonest category for the centre, and charges gamma to every customer of
    another; here the centre holds the shares p of the categories, and a group is charged
    w² (1 - Σp²) a customer. Two customers drawn at random are, on average, 2 apart in a
    standardised number and 2 w² (1 - Σp²) in a category: they count alike at
    w = 1 / sqrt(1 - Σp²), which is 1.41 for two categories of the same size and falls towards 1 for
    many.

    Parameters
    ----------
    customers : Customers
        One row a customer; it is not changed.
    settings : PrepareSettings, optional
        Features and methods.

    Raises
    ------
    DataError
        If a feature is unknown or unusable, none is usable, a logarithm meets a negative value, no
        customer is left, or the matrix would not fit in memory.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> loaded = load(Source(name="a.csv", data=b"id,spend\\n1,1\\n2,3\\n3,5\\n"))
    >>> prepare(loaded.customers).matrix.round(3).tolist()
    [[-1.225], [0.0], [1.225]]
    """
    settings = settings or PrepareSettings()
    features = usable_features(customers, settings.features)
    filled = _impute(customers, features, settings)
    order, ledger, set_aside = filled.order, filled.ledger, filled.set_aside
    columns: list[PreparedColumn] = []
    matrix: list[Floats] = []
    original: list[Floats] = []
    notes: list[str] = []
    outlying = np.zeros(len(order), dtype=bool)
    capped = 0
    for feature in features:
        if feature in customers.categories:
            for column, values in _zero_one(customers, feature, order):
                columns.append(column)
                matrix.append(values)
                original.append(values)
            continue
        values = filled.values[feature]
        kind, exponent = _choose_transform(values, settings.transform, feature)
        knots = rank_knots(values) if kind == "rank" else ()
        transformed = forward(values, kind, exponent)
        low, high = _fences(transformed)
        beyond = (transformed < low) | (transformed > high)
        if settings.outliers == "cap" and beyond.any():
            capped += int(beyond.sum())
            transformed = np.clip(transformed, low, high)
            back = inverse(transformed, kind, exponent, knots)
            # Near the bound of a negative exponent, rounding could take the way back to infinity.
            back = np.clip(back, values.min(), values.max())
            values = np.where(beyond, back, values)
        elif settings.outliers == "set-aside":
            outlying |= beyond
        columns.append(
            PreparedColumn(
                name=feature,
                feature=feature,
                transform=kind,
                exponent=exponent,
                knots=knots,
                fill=filled.fills.get(feature),
                **_bounds(low, high, settings),
            )
        )
        matrix.append(transformed)
        original.append(values)
    if settings.outliers == "cap":
        ledger.append(LedgerEntry(rule="outlier_capped", rows_in=len(order), changed=capped))
    inside = ~outlying
    if settings.outliers == "set-aside":
        ledger.append(
            LedgerEntry(rule="outlier", rows_in=len(order), set_aside=int(outlying.sum()))
        )
        set_aside["outlier"] = np.sort(order[outlying])
        if not inside.any():
            raise DataError(
                "Every customer has an extreme value in one of the features",
                remedy="Keep or cap extreme values, or choose fewer features",
            )
    scaled = [_scale(c, v[inside], settings) for c, v in zip(columns, matrix, strict=True)]
    notes.extend(
        f"{column.feature} has the same value for every customer left; it tells none apart."
        for column, values in scaled
        if column.transform != "0/1" and values.size and values.min() == values.max()
    )
    prepared = np.column_stack([values for _, values in scaled])
    # Filled and capped values have left their places; equal rows must stand together.
    canonical = np.lexsort(prepared.T[::-1])
    return Prepared(
        matrix=prepared[canonical],
        original=np.column_stack([values[inside] for values in original])[canonical],
        customers=order[inside][canonical],
        columns=tuple(column for column, _ in scaled),
        features=features,
        ledger=tuple(ledger),
        set_aside={rule: rows for rule, rows in set_aside.items() if len(rows)},
        notes=tuple(notes),
    )


def usable_features(customers: Customers, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Check the features asked for, or give the defaults.

    Raises
    ------
    DataError
        If one is unknown or can't tell customers apart, or there is none to use.
    """
    if not wanted and not customers.default_features:
        raise DataError(
            "No column can be a feature: "
            + ("; ".join(f"{n}: {why}" for n, why in customers.unusable.items()) or "none is left"),
            remedy="Name a category as a feature, or choose a table with numbers that vary",
        )
    usable = (*customers.numeric, *customers.categories)
    for name in wanted:
        if name in customers.unusable:
            raise DataError(
                f"{name!r} can't be a feature: {customers.unusable[name]}",
                remedy=f"Choose from {', '.join(usable)}",
            )
        if name not in usable:
            near = difflib.get_close_matches(name, usable, n=1, cutoff=0.5)
            raise DataError(
                f"There is no feature {name!r}",
                remedy=f"Did you mean {near[0]!r}?" if near else f"Choose from {', '.join(usable)}",
            )
    features = tuple(dict.fromkeys(wanted or customers.default_features))
    columns = len(features)
    for name in features:
        if name in customers.categories:
            count = customers.frame[name].nunique()
            if count > LARGEST_CATEGORY_COUNT:
                raise DataError(
                    f"{name!r} has {count:,} different values, more than {LARGEST_CATEGORY_COUNT}",
                    remedy="Group its values, or use it to filter by instead",
                )
            columns += count - 1
    rows = len(customers.frame)
    if rows * columns > LARGEST_CELLS:
        raise DataError(
            f"The chosen features make {columns:,} columns for {rows:,} customers, more than fits "
            f"in memory (each value of a category is a column); up to {LARGEST_CELLS // rows:,} "
            "columns can be used",
            remedy="Leave out the categories with the most values, or choose fewer features",
        )
    return features


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Filled:
    """Numeric features without gaps, their customers in canonical order."""

    order: npt.NDArray[np.int64]
    values: dict[str, Floats]
    fills: dict[str, float]
    ledger: list[LedgerEntry]
    set_aside: dict[Rule, npt.NDArray[np.int64]]


def _impute(customers: Customers, features: tuple[str, ...], settings: PrepareSettings) -> _Filled:
    numeric = [name for name in features if name in customers.numeric]
    values = {name: customers.frame[name].to_numpy(dtype=float) for name in numeric}
    count = len(customers.frame)
    gaps = np.zeros(count, dtype=bool)
    for column in values.values():
        gaps |= np.isnan(column)
    ledger: list[LedgerEntry] = []
    set_aside: dict[Rule, npt.NDArray[np.int64]] = {}
    kept = np.ones(count, dtype=bool)
    if settings.missing == "drop":
        kept = ~gaps
        ledger.append(LedgerEntry(rule="missing_feature", rows_in=count, set_aside=int(gaps.sum())))
        set_aside["missing_feature"] = np.flatnonzero(gaps)
    elif gaps.any():
        cells = sum(int(np.isnan(column).sum()) for column in values.values())
        ledger.append(LedgerEntry(rule="missing_filled", rows_in=count, changed=cells))
    if not kept.any():
        raise DataError(
            "Every customer lacks a value in one of the features",
            remedy="Fill missing values by their median, or leave the emptiest feature out",
        )
    sort_keys = [
        _codes(customers, name)[0] if name in customers.categories else values[name]
        for name in reversed(features)
    ]
    order = np.lexsort(sort_keys)
    order = order[kept[order]]
    fills: dict[str, float] = {}
    for name in numeric:
        column = values[name][order]
        missing = np.isnan(column)
        if missing.any():
            fills[name] = typical(np.sort(column[~missing]), settings.missing)
            column = np.where(missing, fills[name], column)
        values[name] = column
    return _Filled(order=order, values=values, fills=fills, ledger=ledger, set_aside=set_aside)


def typical(present: Floats, how: str) -> float:
    """Return what a missing value becomes: the median, the mean or the most frequent value.

    Parameters
    ----------
    present : ndarray of float, shape (n,)
        The values there are, in rising order.
    how : {"median", "mean", "mode"}
        What is asked for.

    Examples
    --------
    >>> typical(np.array([1.0, 1.0, 4.0]), "mean")
    2.0
    """
    if how == "mean":
        return float(present.mean())
    if how == "mode":
        distinct, counts = np.unique(present, return_counts=True)
        return float(distinct[np.argmax(counts)])
    return float(np.median(present))


def _zero_one(
    customers: Customers, feature: str, order: npt.NDArray[np.int64]
) -> list[tuple[PreparedColumn, Floats]]:
    codes, categories = _codes(customers, feature)
    codes = codes[order]
    return [
        (
            PreparedColumn(
                name=f"{feature}={categories[code] or '(missing)'}",
                feature=feature,
                transform="0/1",
            ),
            (codes == code).astype(float),
        )
        for code in np.unique(codes)
    ]


def _codes(customers: Customers, feature: str) -> tuple[npt.NDArray[np.intp], list[str]]:
    """Return each customer's place among the categories, and these in order.

    An array of the text itself would take four bytes a character of the longest.
    """
    codes, found = pd.factorize(customers.frame[feature])
    rank = np.argsort(np.argsort(found.to_numpy(dtype=object)))
    return rank[codes], sorted(found)


def _choose_transform(values: Floats, asked: str, feature: str) -> tuple[ColumnTransform, float]:
    negative = bool((values < 0).any())
    if asked == "auto":
        skewed = abs(skewness(values)) > SKEWED
        if skewed and not negative and skewness(values) > 0:
            return "log", 1.0
        asked = "yeo-johnson" if skewed and negative else "none"
    if asked == "log":
        if negative:
            raise DataError(
                f"{feature!r} has negative values (the lowest is {values.min():g}), which have no "
                "logarithm",
                remedy="Use the transform yeo-johnson or none, or leave the feature out",
            )
        return "log", 1.0
    if asked == "yeo-johnson":
        return "yeo-johnson", yeo_johnson_exponent(values)
    return ("rank" if asked == "rank" else "none"), 1.0


def _fences(values: Floats) -> tuple[float, float]:
    lower, upper = np.percentile(values, [25, 75])
    reach = FENCE_QUARTILE_RANGES * (upper - lower)
    if reach == 0:
        return -np.inf, np.inf
    return float(lower - reach), float(upper + reach)


def _bounds(low: float, high: float, settings: PrepareSettings) -> dict[str, float]:
    known = settings.outliers != "keep" and np.isfinite(low)
    return {"low": low, "high": high} if known else {}


def _scale(
    column: PreparedColumn, values: Floats, settings: PrepareSettings
) -> tuple[PreparedColumn, Floats]:
    if column.transform == "0/1":
        weight = settings.category_weight
        return replace(column, scale=1 / weight), values * weight
    if settings.scaler == "none" or not len(values):
        return column, values
    if settings.scaler == "standard":
        shift, scale = float(values.mean()), float(values.std())
    elif settings.scaler == "robust":
        lower, middle, upper = np.percentile(values, [25, 50, 75])
        shift, scale = float(middle), float(upper - lower)
    else:
        shift, scale = float(values.min()), float(values.max() - values.min())
    if scale == 0:
        scale = 1.0
    return replace(column, shift=shift, scale=scale), (values - shift) / scale
