"""What the first screen is made of, loaded when the server starts."""

from __future__ import annotations

import inspect
import threading
from importlib import import_module

FIRST_SCREEN = (
    "pages.ui.frame",
    "pages.ui.report",
    "pages.ui.kpis",
    "pages.ui.clock",
    "segmentation.models.store",
    "PIL.Image",
)


def load() -> None:
    """Load it beside the server's own start."""
    threading.Thread(target=_load, daemon=True).start()


def _load() -> None:
    for name in FIRST_SCREEN:
        import_module(name)
    # At its first element Streamlit looks at the files of all modules in this way, and finds them
    # remembered.
    inspect.stack()
