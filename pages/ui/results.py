"""What a screen stands on: the customers, or the run, or else a way to get there."""

from __future__ import annotations

from pages.ui import cache, messages, navigation, state
from segmentation.errors import SegmentationError
from segmentation.results import Loaded, Run


def require_loaded() -> Loaded:
    """Return the customers worked on; without any, send the reader to the data."""
    source = state.source()
    if source is None:
        messages.nothing_yet("Choose a sample or a file of your own first.", "data", "Choose data")
    try:
        return cache.loaded(source, state.draft())
    except SegmentationError as error:
        messages.problem(error)
        messages.nothing_yet("The data can't be used as it is set up.", "data", "Mend it")


def require_run() -> Run:
    """Return the run to show, warning if it is of earlier settings; without any, send for one."""
    run = run_shown()
    messages.stale()
    return run


def run_shown() -> Run:
    """Return the run to show; without any, send the reader to the segments."""
    require_loaded()
    source, recipe = state.source(), state.ran()
    if source is None or recipe is None:
        messages.nothing_yet(
            "There are no segments yet: choose features and run.", "segments", "Find segments"
        )
    try:
        return cache.run(source, recipe)
    except SegmentationError as error:
        messages.problem(error)
        navigation.end_screen()


def run_if_any() -> Run | None:
    """Return the run to show, for a screen that can do without."""
    source, recipe = state.source(), state.ran()
    if source is None or recipe is None:
        return None
    try:
        return cache.run(source, recipe)
    except SegmentationError as error:
        messages.problem(error)
        return None


def loaded_if_any() -> Loaded | None:
    """Return the customers worked on, for a screen that can do without."""
    source = state.source()
    if source is None:
        return None
    try:
        return cache.loaded(source, state.draft())
    except SegmentationError:
        return None
