"""Merging and splitting segments by hand, and taking it back."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.ui import cache, filters, messages, state
from segmentation import wheel
from segmentation.errors import SegmentationError
from segmentation.results import Run
from segmentation.settings import Recipe, Turning, WheelSettings


def draw(run: Run) -> None:
    """Draw the popover in which segments are merged and split."""
    names = run.name_of()
    with st.popover("Merge or split", icon=":material/call_merge:"):
        st.caption(
            "Where you know better than the numbers. Every step is kept in the recipe and can be "
            "taken back."
        )
        kept = _segment("Segment that stays", names, 0)
        other = _segment("Segment merged into it", {i: n for i, n in names.items() if i != kept}, 0)
        if st.button("Merge", icon=":material/call_merge:", disabled=len(names) < 3, help=_FEW):
            _turn(run, "merge", (kept, other))
        whole = _segment("Split in two", names, 0)
        if st.button("Split", icon=":material/call_split:"):
            _turn(run, "split", (whole,))
        _take_back(run)


_FEW = "Two segments must be left; the merged one keeps the first one's name and colour"


def _segment(title: str, names: dict[int, str], index: int) -> int:
    return st.selectbox(
        title,
        list(names),
        index=index,
        format_func=lambda i: names[i],
        key=state.key(f"wheel-{title}-{state.runs()}-{hash(tuple(names))}"),
    )


def _take_back(run: Run) -> None:
    steps = run.recipe.wheel.steps
    if not steps:
        return
    for note in wheel.notes(run.segmentation):
        st.caption(state.escape(note))
    with st.container(horizontal=True):
        if st.button("Undo last", icon=":material/undo:"):
            _back(run, WheelSettings(steps=steps[:-1]))
        if len(steps) > 1 and st.button("Undo all", icon=":material/restart_alt:"):
            _back(run, WheelSettings())


def _turn(run: Run, what: Turning, ids: tuple[int, ...]) -> None:
    """Take a step; the first segment keeps its name, found or given."""
    present = wheel.numbers_after(run.evidence.k, run.recipe.wheel)
    numbers = tuple(present[i - 1] for i in ids)
    naming = run.recipe.naming
    named = dict(naming.names)
    named.setdefault(numbers[0], run.name_of()[ids[0]])
    _show(
        run,
        run.recipe.with_stage(
            wheel=WheelSettings(steps=(*run.recipe.wheel.steps, (what, numbers))),
            naming=replace(naming, names=tuple(sorted(named.items()))),
        ),
    )


def _back(run: Run, steps: WheelSettings) -> None:
    """Take steps back; names that are found anew are no longer given."""
    source = state.source()
    assert source is not None
    nameless = run.recipe.with_stage(wheel=steps, naming=replace(run.recipe.naming, names=()))
    found = cache.run(source, nameless)
    numbers = wheel.numbers_after(found.evidence.k, steps)
    names = wheel.names_left(run.recipe.naming.names, found.names, numbers)
    _show(run, nameless.with_stage(naming=replace(nameless.naming, names=names)))


def _show(run: Run, recipe: Recipe) -> None:
    source = state.source()
    assert source is not None
    try:
        with st.spinner("Measuring the segments anew"):
            cache.run(source, recipe)
    except SegmentationError as error:
        messages.problem(error)
        return
    with filters.followed(
        lambda ids: wheel.followed(ids, run.evidence.k, run.recipe.wheel, recipe.wheel)
    ):
        state.turn(recipe)
    st.rerun()
