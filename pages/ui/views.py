"""The views of a run on the Segments screen."""

from __future__ import annotations

from collections.abc import Callable

from pages.ui import council, maps, methods, preparations, well_placed
from segmentation.results import Run
from segmentation.values import Bools

EVIDENCE, SILHOUETTES, METHODS = "Evidence for k", "Silhouettes", "Other methods"
PREPARATIONS = "Preparations"
# They are of all customers; the maps draw those that pass the filter.
OF_ALL: dict[str, Callable[[Run], None]] = {
    EVIDENCE: council.draw,
    SILHOUETTES: well_placed.draw,
    PREPARATIONS: preparations.draw,
    METHODS: methods.draw,
}


def names(run: Run) -> list[str]:
    """Return the views this run allows."""
    return [*maps.views(run), *OF_ALL]


def draw(run: Run, keep: Bools, view: str) -> None:
    """Draw one view."""
    if view in OF_ALL:
        OF_ALL[view](run)
    else:
        maps.draw(run, keep, view)
