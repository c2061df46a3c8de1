"""Groups of customers side by side: differences, distributions, categories, purchases."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.ui import cache, sales_segments, state, widgets, wording
from segmentation import charts, exporting
from segmentation.axes import axis_for
from segmentation.comparing import (
    FEW,
    FEWEST_FOR_MEDIAN,
    OTHERS,
    compare_groups,
    group_members,
    group_values,
)
from segmentation.numerals import percent, points, say
from segmentation.results import Comparison, Run, SegmentName
from segmentation.values import Bools
from segmentation.vocabulary import label
from segmentation.words import listed

NUMBERS, DISTRIBUTION, CATEGORIES, PURCHASES = (
    "Differences",
    "Distribution",
    "Categories",
    "What they buy",
)
MOST_SHARES = 40
MADE_FROM = " (made from it)"


def draw(run: Run, keep: Bools, ids: tuple[int, ...]) -> None:
    """Draw one view of the groups; 0 is all other customers shown."""
    found = compare_groups(run, keep, ids)
    groups = _groups(run)
    if found.few:
        small = listed([f"{groups[i].name} ({found.sizes[i]:,})" for i in found.few])
        st.warning(
            f"Fewer than {FEW} {state.escape(wording.many())}: {state.escape(small)}. Their "
            "intervals are wide and rough; take differences for hints.",
            icon=":material/warning:",
        )
    transactions = run.loaded.customers.kind == "transactions"
    views = [
        NUMBERS,
        DISTRIBUTION,
        *([CATEGORIES] if len(found.shares) else []),
        *([PURCHASES] if transactions else []),
    ]
    view = widgets.view_switch("View", views, state.key("compare-view"))
    with widgets.view_place(view, views):
        if view == NUMBERS:
            _differences(found, groups, ids, keep)
        elif view == DISTRIBUTION:
            _distribution(run, keep, ids, found, groups)
        elif view == CATEGORIES:
            _categories(found, groups, ids, keep)
        else:
            source = state.source()
            assert source is not None
            lines = cache.sales_lines(source, run.recipe)
            sales_segments.bought_by_groups(lines, run, group_members(run, keep, ids), groups)
            if note := _both_sides(keep):
                st.caption(note.strip())


def _groups(run: Run) -> dict[int, SegmentName]:
    """Name all groups; all other customers get a look of their own, which no segment has."""
    others = replace(run.names[0], segment_id=OTHERS, name=f"all other {wording.many()}", colour=0)
    return {OTHERS: others, **run.by_id()}


def _differences(
    found: Comparison, groups: dict[int, SegmentName], ids: tuple[int, ...], keep: Bools
) -> None:
    if found.numbers.empty:
        st.info("There is no numeric column to compare by.", icon=":material/info:")
        return
    widgets.chart(
        charts.difference_dots(found.numbers, groups, ids[0]),
        "differences",
        f"How far the means of {groups[ids[0]].name} lie from the others, with intervals",
    )
    st.caption(
        wording.told(
            "Each mark is a difference of means, in standard deviations of all customers, with its "
            "95% interval (Welch)."
        )
        + _caution(found.numbers, "Open marks: ")
        + _both_sides(keep)
    )
    st.table(_figures(found.numbers, groups), border="horizontal", hide_index=True)
    st.caption(
        f"In original units, {state.escape(groups[ids[0]].name)} first; in brackets the 95% "
        "interval of the difference, of means by Welch (1947), of medians by Price and Bonett "
        "(2002). Where money has a long tail, trust the medians. Where most values are alike, a "
        "median has no interval."
    )
    widgets.download(
        "Download differences",
        lambda: exporting.to_csv(found.numbers.assign(group=_names(found.numbers, groups))),
        "differences.csv",
        "compare-numbers",
    )


def _figures(numbers: pd.DataFrame, groups: dict[int, SegmentName]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Feature": [
                state.escape(label(name)) + (MADE_FROM if used else "")
                for name, used in zip(numbers["feature"], numbers["used"], strict=True)
            ],
            **_against(numbers, groups),
            "Means": _pairs(numbers["mean"], numbers["mean_other"]),
            "Difference of means": _intervals(numbers, "difference", "low", "high", 2),
            "Medians": _pairs(numbers["median"], numbers["median_other"]),
            "Difference of medians": _intervals(
                numbers, "median_difference", "median_low", "median_high", FEWEST_FOR_MEDIAN
            ),
        }
    )


def _against(rows: pd.DataFrame, groups: dict[int, SegmentName]) -> dict[str, list[str]]:
    """Name what each row is held against, where that isn't always the same."""
    names = [state.escape(name) for name in _names(rows, groups)]
    return {"Against": names} if len(set(names)) > 1 else {}


def _distribution(
    run: Run,
    keep: Bools,
    ids: tuple[int, ...],
    found: Comparison,
    groups: dict[int, SegmentName],
) -> None:
    features = [] if found.numbers.empty else list(dict.fromkeys(found.numbers["feature"]))
    feature = widgets.column_select("Feature", features, state.key("compare-feature"))
    if feature is None:
        return
    widgets.chart(
        charts.overlaid_histograms(
            group_values(run, keep, ids, feature),
            groups,
            axis_for(feature, run.loaded.customers.frame[feature].to_numpy()),
        ),
        "overlay",
        f"Distribution of {label(feature)} in the groups",
    )
    st.caption("How much of each group lies where; each adds up to 100%." + _both_sides(keep))


def _categories(
    found: Comparison, groups: dict[int, SegmentName], ids: tuple[int, ...], keep: Bools
) -> None:
    shown = found.shares.head(MOST_SHARES)
    st.table(
        pd.DataFrame(
            {
                "Category": [
                    state.escape(f"{label(column)}: {category or '(missing)'}")
                    + (MADE_FROM if used else "")
                    for column, category, used in zip(
                        shown["column"], shown["category"], shown["used"], strict=True
                    )
                ],
                **_against(shown, groups),
                "Shares": [
                    state.escape(f"{percent(own)} / {percent(other)}")
                    for own, other in zip(shown["share"], shown["share_other"], strict=True)
                ],
                "Difference in points (95% interval)": [
                    f"{points(gap)} ({points(low)} to {points(high)})"
                    for gap, low, high in zip(
                        shown["difference"], shown["low"], shown["high"], strict=True
                    )
                ],
            }
        ),
        border="horizontal",
        hide_index=True,
    )
    st.caption(
        f"Share of {state.escape(groups[ids[0]].name)} first; the largest differences on top. "
        "Intervals by Newcombe (1998, method 10)."
        + _caution(found.shares, f'"{MADE_FROM.strip(" ()").capitalize()}": ')
        + _both_sides(keep)
    )
    widgets.download(
        "Download shares",
        lambda: exporting.to_csv(found.shares.assign(group=_names(found.shares, groups))),
        "shares.csv",
        "compare-shares",
    )


def _names(rows: pd.DataFrame, groups: dict[int, SegmentName]) -> list[str]:
    return [groups[i].name for i in rows["group"]]


def _pairs(ones: pd.Series[float], others: pd.Series[float]) -> list[str]:
    return [f"{say(one)} / {say(other)}" for one, other in zip(ones, others, strict=True)]


def _intervals(rows: pd.DataFrame, difference: str, low: str, high: str, fewest: int) -> list[str]:
    known = rows[["known", "known_other"]].min(axis=1)
    return [
        f"{say(gap)} ({say(start)} to {say(end)})"
        if pd.notna(start)
        else f"{say(gap)} ({'too few for an interval' if count < fewest else 'no interval'})"
        for gap, start, end, count in zip(
            rows[difference], rows[low], rows[high], known, strict=True
        )
    ]


def _caution(rows: pd.DataFrame, mark: str) -> str:
    """Say what the intervals prove, and of which columns they prove nothing."""
    made = (
        f" {mark}the segments were made from these columns and so made to differ in them; "
        "their intervals describe and prove nothing."
    )
    others = (
        " The interval of any other column holds the true difference in 95 of 100 cases; where it "
        "crosses 0, chance alone could explain the difference. Of many columns that do not differ, "
        "one in twenty lies off 0 by chance."
    )
    used = rows["used"]
    return (made if used.any() else "") + ("" if used.all() else others)


def _both_sides(keep: Bools) -> str:
    """Say that a filter acts on both sides."""
    if keep.all():
        return ""
    return wording.told(
        f" The filter acts on both sides: only the {int(keep.sum()):,} customers that pass it "
        "are compared."
    )
