"""The screens, in the order an analyst meets them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.ui import wording

_here = threading.local()

SCREENS: dict[str, dict[str, Any]] = {
    "data": {"title": "Data", "icon": ":material/table:", "default": True},
    "explore": {"title": "Explore", "icon": ":material/query_stats:"},
    "sales": {"title": "Sales", "icon": ":material/receipt_long:"},
    "segments": {"title": "Segments", "icon": ":material/scatter_plot:"},
    "profiles": {"title": "Profiles", "icon": ":material/groups:"},
    "rfm": {"title": "RFM", "icon": ":material/grid_on:"},
    "compare": {"title": "Compare", "icon": ":material/compare_arrows:"},
    "customer": {"title": "One customer", "icon": ":material/person_search:"},
    "export": {"title": "Export", "icon": ":material/download:", "section": "Hand on"},
    "models": {"title": "Models", "icon": ":material/inventory_2:", "section": "Over time"},
    "score": {"title": "Score", "icon": ":material/how_to_reg:", "section": "Over time"},
    "movement": {"title": "Movement", "icon": ":material/moving:", "section": "Over time"},
    "live": {"title": "Live", "icon": ":material/sensors:", "section": "Over time"},
}


def path(screen: str) -> str:
    """Return the file of a screen, as `st.switch_page` takes it."""
    return f"pages/{screen}.py"


def choose_page() -> Any:
    """Register all screens and return the one the address asks for."""
    sections: dict[str, list[Any]] = {}
    for name, said in SCREENS.items():
        shown = {key: value for key, value in said.items() if key != "section"}
        shown["title"] = wording.told(said["title"])
        found = sections.setdefault(said.get("section", "Understand"), [])
        found.append(st.Page(path(name), **shown))
    return st.navigation(sections, expanded=True)


class ScreenEnded(Exception):  # noqa: N818
    """Nothing more is drawn on this screen; what stands around it still is."""


def end_screen() -> NoReturn:
    """End the screen here. After `st.stop` the sidebar could not be drawn."""
    raise ScreenEnded


def at_last(work: Callable[[], None]) -> None:
    """Do this when the whole screen stands, with all that is around it."""
    _here.work = work


def begin() -> None:
    """Begin a screen with nothing left to do."""
    _here.work = None


def finish() -> None:
    """Do what was left for the end."""
    if _here.work is not None:
        _here.work()


def part(draw: Callable[[], None], every: str | None = None) -> Callable[[], None]:
    """Make of the rest of a screen a part that its own widgets draw anew, and nothing else.

    It gets all it shows afresh, since what stood at the last run of the whole screen may be gone.
    With a time such as "2s", it draws itself so often too.
    """

    @wraps(draw)
    def until_ended() -> None:
        with suppress(ScreenEnded):
            draw()

    drawn: Callable[[], None] = st.fragment(until_ended, run_every=every)
    return drawn


def alone() -> bool:
    """Tell whether only a part of the screen is drawn."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)
