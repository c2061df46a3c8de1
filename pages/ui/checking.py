"""The check how far a run can be trusted: made once its segments are on the screen."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import adopting, cache, progress, state
from segmentation.errors import SegmentationError
from segmentation.numerals import counted
from segmentation.results import Begun, Run
from segmentation.settings import WheelSettings
from segmentation.trust import DOUBTFUL, VALID

SKIPPED, SWITCHED = "check-skipped", "check-switched"


def pending(run: Run) -> bool:
    """Tell whether there is still something to check."""
    return not _skipped() and (not run.evidence.stabilities or _remedies_left())


def _remedies_left() -> bool:
    source, recipe = state.source(), state.ran()
    assert source is not None and recipe is not None
    traps = cache.traps(source, recipe)
    return any(remedy.outcome is None for trap in traps for remedy in trap.remedies)


def rests() -> bool:
    """Tell whether there is a run with nothing left to check, and none is asked for."""
    source, recipe = state.source(), state.ran()
    if source is None or recipe is None or adopting.asked():
        return False
    try:
        return not pending(cache.run(source, recipe))
    except SegmentationError:
        return False


def how_far() -> str:
    """Say how far the check of a run that has no verdict yet has come."""
    return "not checked yet" if _skipped() else "being checked"


def _skipped() -> bool:
    return bool(st.session_state.get(SKIPPED) == state.runs())


def draw(run: Run) -> None:
    """Draw the check's place; where it was skipped, the way to take it up again."""
    if not run.evidence.stabilities and _skipped():
        st.button(
            "Check how far this can be trusted",
            icon=":material/shield:",
            on_click=lambda: st.session_state.pop(SKIPPED, None),
        )


def make(place: DeltaGenerator) -> None:
    """Make the check, telling what is found, and draw the screen again with the verdict.

    Whatever is pressed meanwhile ends it; what it found is kept, and it goes on from there.
    """
    source, recipe = state.source(), state.ran()
    assert source is not None and recipe is not None
    # What was done by hand is no part of what is checked here.
    recipe = recipe.as_found() if recipe.wheel.steps else recipe
    before = cache.run(source, recipe)
    checked = bool(before.evidence.stabilities)
    with place.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                "Trying what could be done about it …"
                if checked
                else "Checking how far this can be trusted …",
                width="stretch",
            )
            st.button(
                "Skip the check", type="tertiary", icon=":material/skip_next:", on_click=_skip
            )
        bar = st.progress(0.0)
        figures = st.empty()
    if checked:
        told = progress.seldom(bar.progress)
        cache.try_remedies(
            source, recipe, lambda done, total: told(done / total, "Trying the remedies")
        )
        st.rerun()
    begun = cache.begun(source, recipe)

    def tell(share: float, words: str) -> None:
        bar.progress(share, words)
        _found_so_far(figures, begun)

    _found_so_far(figures, begun)
    found = cache.trust(source, recipe, progress.seldom(tell))
    if found.segmentation.k != before.segmentation.k:
        _switch(before, found)
    # Whoever has gone to another screen meanwhile is let go here, and not fetched back.
    bar.progress(1.0)
    st.rerun()


def _skip() -> None:
    st.session_state[SKIPPED] = state.runs()


def _switch(before: Run, found: Run) -> None:
    """Show what the check has found in place of what was shown at first."""
    source, recipe, refit = state.source(), state.ran(), state.refit()
    assert source is not None and recipe is not None
    naming = cache.refit(before, found)[1]
    if refit is not None:
        relation = cache.refit(cache.run(source, refit.recipe), found)[0]
        refit = replace(refit, relation=relation)
    recipe = recipe.with_stage(naming=naming, wheel=WheelSettings())
    state.settle_k(recipe, found.segmentation.k, refit)
    st.session_state[SWITCHED] = (state.runs(), before.segmentation.k, found.segmentation.k)


def say_what_changed(run: Run) -> None:
    """Say that the check led to another number of segments than was shown at first."""
    at_run, before, now = st.session_state.get(SWITCHED, (0, 0, 0))
    if at_run == state.runs():
        shown = counted(before, "segment", "segments")
        why = (
            f"The check has found that no number stands out; {now} make a simpler cut"
            if run.evidence.natural_k == 1
            else f"The check has found better reasons for {now}"
        )
        st.info(
            f"At first {shown} were shown, the clearest at a glance. {why}, which is shown now.",
            icon=":material/swap_horiz:",
        )


def _found_so_far(place: DeltaGenerator, begun: Begun) -> None:
    """Draw the figures of each k as they come."""
    strengths, stabilities = begun.prediction_strengths, begun.stabilities
    if not strengths:
        return
    head = "".join(f"<th scope='col'>{k}</th>" for k in strengths)
    foretold = "".join(f"<td>{found.mean:.2f}</td>" for found in strengths.values())
    weakest = "".join(
        _cell(min(found.mean for found in stabilities[k]) if k in stabilities else None)
        for k in strengths
    )
    place.html(
        "<div class='found-so-far'><table>"
        f"<tr><th scope='row'>Segments</th>{head}</tr>"
        f"<tr><th scope='row'>Foretold by the other half</th>{foretold}</tr>"
        f"<tr><th scope='row'>The weakest comes back</th>{weakest}</tr></table></div>"
    )


def _cell(value: float | None) -> str:
    if value is None:
        return "<td>…</td>"
    mark = "sure" if value >= VALID else "doubtful" if value >= DOUBTFUL else "unsure"
    return f"<td class='trust-{mark}'>{value:.2f}</td>"
