"""Rules that retell the segments: a surrogate decision tree in original units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.results import Condition, RuleSet, Run, SegmentRule
from segmentation.values import Floats

LEAVES_A_SEGMENT = 4
LARGEST_SAMPLE = 100_000
FAITHFUL = 0.95
SENSIBLE_DIGITS = 3

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Column:
    """What the tree may ask: a number, or whether a category has one of its values."""

    feature: str
    category: str | None
    values: Floats
    whole: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class _Node:
    """A place in the tree; ``opened`` is how many splits came before its own."""

    counts: Rows
    column: int = -1
    threshold: float = 0.0
    opened: int = -1
    left: _Node | None = None
    right: _Node | None = None

    @property
    def segment(self) -> int:
        return int(np.argmax(self.counts))


# A question on the way to a leaf: column, threshold, and whether the answer was "above".
_Step = tuple[int, float, bool]


def rule_sets(run: Run) -> tuple[RuleSet, ...]:
    """Retell the segments by rules of every size, from the fewest leaves to the most.

    One tree (CART, Gini) is grown leaf by leaf, the most telling split first, on the features used
    in original units, missing values filled as the run fills them; every size from k to 4 k leaves
    is a stage of its growth. Leaves of one segment that stand side by side are one. A threshold is
    the middle of the gap between the customers that it parts, rounded as far as it changes the
    answer for none of them (`between`). Beyond 100,000 customers the tree is grown on a
    sample; thresholds, coverage, precision and fidelity are always of all.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    tuple of RuleSet
        Of different numbers of leaves, rising, and fidelity that never falls.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n"
    >>> found = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2)))
    >>> rule_sets(found)[0].rules[0].paths
    ((Condition(feature='spend', above=51.0, at_most=None, among=(), other_than=(), ...),),)
    """
    columns = list(_columns(run))
    root = _grown(columns, run.segmentation.labels - 1, run.segmentation.k)
    sets: list[RuleSet] = []
    for leaves in range(run.segmentation.k, LEAVES_A_SEGMENT * run.segmentation.k + 1):
        found = _rule_set(run, columns, root, splits=leaves - 1)
        if sets and found.leaves <= sets[-1].leaves:
            continue
        sets.append(found)
    return tuple(sets)


def choose_rules(sets: tuple[RuleSet, ...], leaves: int | None = None) -> RuleSet:
    """Choose the rules of a size, or those that are short and still faithful.

    Parameters
    ----------
    sets : tuple of RuleSet
        From `rule_sets`.
    leaves : int, optional
        The most leaves that are wanted; the fewest there are if even they are more. Without it, the
        fewest by which 95% of the customers keep their segment and no segment is left out, or
        else the most faithful rules.
    """
    if leaves is not None:
        return next((found for found in reversed(sets) if found.leaves <= leaves), sets[0])
    for found in sets:
        if found.fidelity >= FAITHFUL and all(rule.paths for rule in found.rules):
            return found
    return sets[-1]


def between(low: float, high: float) -> float:
    """Return a gap's middle, to three digits or as many as keep it in the middle half.

    Where no number lies between the two, it is ``low``.

    Examples
    --------
    >>> between(39, 40), between(1234.5, 2345.6), between(123450, 123452)
    (39.5, 1790.0, 123451.0)
    """
    middle = low / 2 + high / 2
    reach = (high / 2 - low / 2) / 2
    for digits in range(SENSIBLE_DIGITS, 18):
        short = float(f"{middle:.{digits}g}")
        if middle - reach <= short <= middle + reach and low < short < high:
            return short
    return low


def _columns(run: Run) -> Iterator[_Column]:
    frame = run.loaded.customers.frame.iloc[run.prepared.customers]
    fills = _fills(run)
    for feature in run.prepared.features:
        if feature in run.loaded.customers.numeric:
            values = frame[feature].to_numpy(dtype=float)
            missing = np.isnan(values)
            whole = bool((missing | (values % 1 == 0)).all())
            values = np.where(missing, fills.get(feature, np.nan), values)
            yield _Column(feature=feature, category=None, values=values, whole=whole)
            continue
        text = frame[feature].to_numpy(dtype=str)
        for category in np.unique(text):
            is_it = (text == category).astype(float)
            yield _Column(feature=feature, category=str(category), values=is_it)


def _fills(run: Run) -> dict[str, float]:
    return {c.feature: c.fill for c in run.prepared.columns if c.fill is not None}


def _grown(columns: list[_Column], segments: Rows, k: int) -> _Node:
    from sklearn.tree import DecisionTreeClassifier

    drawn: Rows | slice = slice(None)
    if len(segments) > LARGEST_SAMPLE:
        drawn = np.random.default_rng(0).choice(len(segments), LARGEST_SAMPLE, replace=False)
    # The tree computes in single precision, where neighbouring numbers can be one; their places
    # among the different ones can't.
    coded = [np.unique(column.values[drawn], return_inverse=True) for column in columns]
    codes = np.column_stack([code for _, code in coded]).astype(np.float32)
    grower = DecisionTreeClassifier(max_leaf_nodes=LEAVES_A_SEGMENT * k, random_state=0)
    tree = grower.fit(codes, segments[drawn]).tree_
    # Both children are numbered when their parent is split, so their numbers tell the order.
    order = {int(left): i for i, left in enumerate(np.sort(np.unique(tree.children_left))[1:])}

    def node(number: int, rows: Rows) -> _Node:
        made = _Node(counts=np.bincount(segments[rows], minlength=k))
        left = int(tree.children_left[number])
        if left < 0:
            return made
        made.column = int(tree.feature[number])
        values = columns[made.column].values[rows]
        low = values <= coded[made.column][0][int(tree.threshold[number])]
        made.threshold = between(values[low].max(), values[~low].min())
        made.opened = order[left]
        made.left = node(left, rows[low])
        made.right = node(int(tree.children_right[number]), rows[~low])
        return made

    return node(0, np.arange(len(segments)))


def _leaves(
    node: _Node, splits: int, way: tuple[_Step, ...]
) -> list[tuple[_Node, tuple[_Step, ...]]]:
    """List the leaves after so many splits, neighbours of one segment merged."""
    if node.left is None or node.right is None or node.opened >= splits:
        return [(node, way)]
    left = _leaves(node.left, splits, (*way, (node.column, node.threshold, False)))
    right = _leaves(node.right, splits, (*way, (node.column, node.threshold, True)))
    if len(left) == len(right) == 1 and left[0][0].segment == right[0][0].segment:
        return [(node, way)]
    return left + right


def _rule_set(run: Run, columns: list[_Column], root: _Node, *, splits: int) -> RuleSet:
    leaves = _leaves(root, splits, ())
    sizes = root.counts
    kept = 0
    rules = []
    for segment in range(run.segmentation.k):
        own = [(node, way) for node, way in leaves if node.segment == segment]
        own.sort(key=lambda leaf: -int(leaf[0].counts.sum()))
        hits = sum(int(node.counts[segment]) for node, _ in own)
        found = sum(int(node.counts.sum()) for node, _ in own)
        kept += hits
        rules.append(
            SegmentRule(
                segment_id=segment + 1,
                paths=tuple(_conditions(run, columns, way) for _, way in own),
                customers=found,
                coverage=hits / int(sizes[segment]),
                precision=hits / found if found else None,
            )
        )
    return RuleSet(
        leaves=len(leaves),
        depth=max(len(way) for _, way in leaves),
        fidelity=kept / int(sizes.sum()),
        rules=tuple(rules),
    )


def _conditions(run: Run, columns: list[_Column], way: tuple[_Step, ...]) -> tuple[Condition, ...]:
    """Say the answers on a way in as few conditions as there are features in it."""
    asked: dict[str, list[_Step]] = {}
    for step in way:
        asked.setdefault(columns[step[0]].feature, []).append(step)
    fills = _fills(run)
    found = []
    for feature, steps in asked.items():
        if feature in run.loaded.customers.numeric:
            found.append(_range(columns[steps[0][0]], steps, fills.get(feature)))
        else:
            found.append(_choice(feature, steps, columns))
    incomplete = [name for name in _incomplete(run) if name not in asked]
    return (*found, *(Condition(feature=name) for name in incomplete))


def _incomplete(run: Run) -> list[str]:
    """Name the numbers whose absence kept customers out of every segment."""
    if "missing_feature" not in run.prepared.set_aside:
        return []
    frame = run.loaded.customers.frame
    numeric = [name for name in run.prepared.features if name in run.loaded.customers.numeric]
    return [name for name in numeric if frame[name].isna().any()]


def _range(column: _Column, steps: list[_Step], fill: float | None) -> Condition:
    above = max((bound for _, bound, up in steps if up), default=None)
    at_most = min((bound for _, bound, up in steps if not up), default=None)
    return Condition(
        feature=column.feature,
        above=above,
        at_most=at_most,
        whole=column.whole,
        or_missing=fill is not None
        and (above is None or fill > above)
        and (at_most is None or fill <= at_most),
    )


def _choice(feature: str, steps: list[_Step], columns: list[_Column]) -> Condition:
    every = [c.category for c in columns if c.feature == feature and c.category is not None]
    said = [(columns[column].category, is_it) for column, _, is_it in steps]
    chosen = [category for category, is_it in said if is_it]
    denied = {category for category, is_it in said if not is_it}
    among = tuple(c for c in every if (not chosen or c in chosen) and c not in denied)
    return Condition(
        feature=feature,
        among=among,
        other_than=tuple(c for c in every if c not in among),
        or_missing="" in among,
    )
