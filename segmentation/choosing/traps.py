"""Traps: what makes a figure look better, or a segment more real, than it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from segmentation.choosing.handfuls import handful, least_size
from segmentation.numerals import counted
from segmentation.results import Customers, Prepared, Remedy, Sweep, Trap
from segmentation.settings import LARGEST_CATEGORY_WEIGHT, PrepareSettings
from segmentation.transforms import ranks, skewness
from segmentation.values import Floats
from segmentation.vocabulary import label
from segmentation.words import listed, spans

# How far from an even share towards all of it: 0.8 of two features, 0.67 of six.
RULING_DISTANCE = 0.6
# Numbers of so few values may be codes, and groups of them are groups of those values.
FEW_VALUES = 5
COPY_CORRELATION = 0.98
SAME_CORRELATION = 0.9999
# An exponential distribution's; features this skewed have a few customers far out.
HEAVY_SKEWNESS = 2.0
LARGEST_COMPARED_ROWS = 20_000
# Correlations of 2,000 columns take 32 MB; nobody reads further.
LARGEST_COMPARED_COLUMNS = 2_000


def find_traps(
    customers: Customers, prepared: Prepared, settings: PrepareSettings, swept: Sweep
) -> tuple[Trap, ...]:
    """Look for what an analyst should beware of, each with what can be done about it.

    - ``tiny_group``: a group under 2% of the customers, or under 5, that is only there because
      its customers lie far out (`handful`);
    - ``ruling_feature``: of several features, one makes up so much of the squared distances
      between customers that its share is at least 0.6 of the way from an even one to all of it; or
      those numbers that take at most 5 values, as codes do, make up so much together;
    - ``copied_feature``: two features whose columns correlate at 0.98 or more, by value (Pearson)
      or by rank (Spearman), in either direction;
    - ``heavy_tail``: numeric features left as they are whose skewness is beyond 2 to either side.

    Parameters
    ----------
    customers : Customers
        All that is known of them.
    prepared : Prepared
        The matrix made of them.
    settings : PrepareSettings
        That made it.
    swept : Sweep
        Its partitions.

    Returns
    -------
    tuple of Trap
        Their remedies still without an outcome; `segmentation.trying.with_outcomes` tries them.

    Examples
    --------
    >>> from segmentation.choosing import sweep
    >>> from segmentation.pipeline import load
    >>> from segmentation.preparing import prepare
    >>> from segmentation.reading import Source
    >>> rows = [f"{i},{i % 7},{i % 5 * 900}" for i in range(40)]
    >>> data = "\\n".join(["id,visits,spend", *rows]).encode()
    >>> customers = load(Source(name="a.csv", data=data)).customers
    >>> raw = PrepareSettings(transform="none", scaler="none")
    >>> prepared = prepare(customers, raw)
    >>> [trap.kind for trap in find_traps(customers, prepared, raw, sweep(prepared))]
    ['ruling_feature']
    """
    heavy = _heavy_features(prepared)
    found = [
        _tiny_group(customers, prepared, settings, swept, heavy),
        _ruling_feature(prepared, settings),
        *_copied_features(prepared, settings),
        _heavy_tail(customers, prepared, settings, heavy),
    ]
    return tuple(trap for trap in found if trap is not None)


def _tiny_group(
    customers: Customers,
    prepared: Prepared,
    settings: PrepareSettings,
    swept: Sweep,
    heavy: dict[str, float],
) -> Trap | None:
    counts = {k: handful(prepared.matrix, swept.partitions[k]) for k in swept.ks}
    ks = tuple(k for k in swept.ks if counts[k])
    if not ks:
        return None
    best = swept.ks[int(np.argmax(swept.silhouettes))]
    shown = best if best in ks else ks[0]
    few = counts[shown]
    split = (
        f"splits {counted(few, 'customer', 'customers')} off from {len(prepared.matrix) - few:,}"
    )
    if len(swept.ks) == 1:
        said = f"k = {shown} {split}, who lie far out."
    elif best in ks:
        width = swept.silhouettes[swept.ks.index(best)]
        said = f"k = {best} has the largest silhouette ({width:.3f}) only because it {split}."
        others = [k for k in ks if k != best]
        if len(ks) == len(swept.ks):
            said += " So does every other k; none of them can be suggested."
        elif others:
            said += f" The same goes for k = {spans(others)}."
    else:
        said = (
            f"k = {spans(ks)} would make a segment of fewer than "
            f"{int(np.ceil(least_size(len(prepared.matrix)))):,} customers who merely lie far out: "
            f"k = {shown} {split}."
        )
    remedies = []
    defaults = customers.default_features
    if customers.kind == "transactions" and len(defaults) > 1 and heavy:
        offered = _without_tails(customers, replace(settings, features=defaults), defaults)
        if offered != settings:
            remedies.append(
                Remedy(
                    words=f"Segment by {listed([label(name) for name in defaults])}, "
                    f"{_SCALES[offered.transform]}",
                    settings=offered,
                )
            )
    remedies += _evened(customers, prepared, settings, heavy)
    if settings.outliers == "keep":
        remedies += [
            Remedy(words="Cap the extreme values", settings=replace(settings, outliers="cap")),
            Remedy(
                words="Set the customers with extreme values aside",
                settings=replace(settings, outliers="set-aside"),
            ),
        ]
    return Trap(kind="tiny_group", sentence=said, ks=ks, remedies=_distinct(remedies))


def _ruling_feature(prepared: Prepared, settings: PrepareSettings) -> Trap | None:
    columns = prepared.matrix.var(axis=0)
    spread = dict.fromkeys(prepared.features, 0.0)
    for column, variance in zip(prepared.columns, columns, strict=True):
        spread[column.feature] += float(variance)
    spread = {feature: variance for feature, variance in spread.items() if variance > 0}
    if len(spread) < 2:
        return None
    feature = max(spread, key=spread.__getitem__)
    share = spread[feature] / sum(spread.values())
    if not _rules(share, 1, len(spread)):
        return _ruling_codes(prepared, settings, spread)
    blocks = {c.feature for c in prepared.columns if c.transform == "0/1"}
    if settings.scaler == "none" and feature not in blocks:
        why = "it counts in its own unit, which gives it larger numbers than the rest"
    elif settings.scaler == "standard":
        why = f"categories have the weight {settings.category_weight:g}"
    else:
        why = f"the scale ({settings.scaler}) leaves it more spread than the rest"
    remedies = []
    if settings.scaler != "standard":
        remedies.append(_equal_footing(settings))
    elif blocks:
        mean = sum(spread.get(name, 0.0) for name in blocks) / len(blocks)
        even_weight = settings.category_weight / np.sqrt(mean) if mean else np.inf
        weight = round(min(float(even_weight), LARGEST_CATEGORY_WEIGHT), 2)
        remedies.append(
            Remedy(
                words=f"Let a category count about as much as a number (weight {weight:g})",
                settings=replace(settings, category_weight=weight),
            )
        )
    return Trap(
        kind="ruling_feature",
        sentence=f"One feature rules: {label(feature)} makes up {share:.0%} of the squared "
        f"distances between customers, since {why}; {_the_rest(len(spread) - 1)}.",
        features=(feature,),
        remedies=_distinct(remedies),
    )


def _ruling_codes(
    prepared: Prepared, settings: PrepareSettings, spread: dict[str, float]
) -> Trap | None:
    codes = tuple(
        column.feature
        for column, values in zip(prepared.columns, prepared.matrix.T, strict=True)
        if column.transform != "0/1"
        and column.feature in spread
        and len(np.unique(values)) <= FEW_VALUES
    )
    share = sum(spread[name] for name in codes) / sum(spread.values())
    if len(codes) < 2 or not _rules(share, len(codes), len(spread)):
        return None
    left = tuple(name for name in prepared.features if name not in codes)
    remedies = [
        Remedy(
            words=f"Leave out {listed([label(name) for name in codes])}",
            settings=replace(settings, features=left),
        )
    ]
    if settings.scaler != "standard":
        remedies.append(_equal_footing(settings))
    return Trap(
        kind="ruling_feature",
        sentence=f"Features of few values rule: {listed([label(name) for name in codes])} make up "
        f"{share:.0%} of the squared distances between customers, so that the segments are little "
        f"more than their values; {_the_rest(len(spread) - len(codes))}.",
        features=codes,
        remedies=_distinct(remedies),
    )


def _rules(share: float, some: int, features: int) -> bool:
    even = some / features
    return even < 1 and share >= even + RULING_DISTANCE * (1 - even)


def _the_rest(features: int) -> str:
    if features == 1:
        return "the other feature hardly counts"
    return f"the {features} other features hardly count"


def _equal_footing(settings: PrepareSettings) -> Remedy:
    return Remedy(
        words="Put the features on an equal footing (z-score)",
        settings=replace(settings, scaler="standard"),
    )


def _copied_features(prepared: Prepared, settings: PrepareSettings) -> list[Trap]:
    """Pair each feature that repeats an earlier one with the earliest it repeats."""
    # Rows stand in order of value; every so many of them are a fair sample, and always the same.
    step = -(-len(prepared.matrix) // LARGEST_COMPARED_ROWS)
    matrix = prepared.matrix[::step, :LARGEST_COMPARED_COLUMNS]
    original = prepared.original[::step, :LARGEST_COMPARED_COLUMNS]
    by_rank = np.column_stack([ranks(column) for column in matrix.T])
    strength = np.fmax(_correlations(matrix), _correlations(by_rank))
    owner = np.array(
        [prepared.features.index(c.feature) for c in prepared.columns[: matrix.shape[1]]]
    )
    rows, columns = np.nonzero(strength >= COPY_CORRELATION)
    pairs = sorted({(a, b) for a, b in zip(owner[rows], owner[columns], strict=True) if a < b})
    traps: dict[str, Trap] = {}
    for first, second in pairs:
        block = strength[np.ix_(owner == first, owner == second)]
        alike = min(float(block.max(axis=1).min()), float(block.max(axis=0).min()))
        kept, copy = prepared.features[first], prepared.features[second]
        if alike < COPY_CORRELATION or copy in traps or kept in traps:
            continue
        pair = np.column_stack([original[:, owner == first], original[:, owner == second]])
        unit = pair.shape[1] == 2 and _correlations(pair)[0, 1] >= SAME_CORRELATION
        how = "one is the other in another unit" if unit else "they nearly repeat each other"
        traps[copy] = Trap(
            kind="copied_feature",
            sentence=f"What {label(kept)} and {label(copy)} measure counts twice: {how} "
            f"(correlation {alike:.2f}).",
            features=(kept, copy),
            remedies=(
                Remedy(
                    words=f"Leave out {label(copy)}",
                    settings=replace(
                        settings, features=tuple(n for n in prepared.features if n != copy)
                    ),
                ),
            ),
        )
    return list(traps.values())


def _correlations(matrix: Floats) -> Floats:
    """Return the size of Pearson's correlation of each two columns, NaN for one without spread."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.abs(np.atleast_2d(np.corrcoef(matrix, rowvar=False)))


def _heavy_features(prepared: Prepared) -> dict[str, float]:
    """Return the skewness of features as they are that have a long tail."""
    found = {}
    for column, values in zip(prepared.columns, prepared.matrix.T, strict=True):
        # Of a column of two values, one is rare; that is no tail.
        if column.transform == "none" and ((values > values.min()) & (values < values.max())).any():
            skew = skewness(values)
            if abs(skew) > HEAVY_SKEWNESS:
                found[column.feature] = skew
    return found


def _heavy_tail(
    customers: Customers, prepared: Prepared, settings: PrepareSettings, heavy: dict[str, float]
) -> Trap | None:
    if not heavy:
        return None
    said = [f"{label(feature)} (skewness {skew:.1f})" for feature, skew in heavy.items()]
    return Trap(
        kind="heavy_tail",
        sentence=f"A few customers lie far out in {listed(said)} and weigh more than the many; "
        f"a skewness beyond {HEAVY_SKEWNESS:g} calls for another scale.",
        features=tuple(heavy),
        remedies=_distinct(_evened(customers, prepared, settings, heavy)),
    )


_SCALES = {
    "log": "on a logarithmic scale",
    "yeo-johnson": "on a scale that evens out the tails (Yeo-Johnson)",
}


def _evened(
    customers: Customers, prepared: Prepared, settings: PrepareSettings, heavy: dict[str, float]
) -> list[Remedy]:
    if not heavy:
        return []
    offered = _without_tails(customers, settings, prepared.features, min(heavy.values()) < 0)
    return [Remedy(words=f"Put the features {_SCALES[offered.transform]}", settings=offered)]


def _without_tails(
    customers: Customers,
    settings: PrepareSettings,
    features: tuple[str, ...],
    tail_below: bool = False,
) -> PrepareSettings:
    """Take the logarithm where it can be taken and helps, else Yeo-Johnson; then the z-score."""
    numeric = [name for name in features if name in customers.numeric]
    negative = bool((customers.frame[numeric] < 0).to_numpy().any())
    return replace(
        settings,
        transform="yeo-johnson" if negative or tail_below else "log",
        scaler="standard",
    )


def _distinct(remedies: list[Remedy]) -> tuple[Remedy, ...]:
    return tuple({remedy.settings: remedy for remedy in reversed(remedies)}.values())[::-1]
