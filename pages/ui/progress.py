"""A bar that tells what long work has done, drawn only so often."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

SAY_EVERY_SECONDS = 0.2

Tell = Callable[[float, str], None]


def seldom(tell: Callable[[float, str], object]) -> Tell:
    """Pass on what comes at most five times a second.

    The page draws each message, which on a small table would take longer than the work.
    """
    said = time.monotonic()

    def sometimes(share: float, words: str) -> None:
        nonlocal said
        if time.monotonic() - said >= SAY_EVERY_SECONDS:
            said = time.monotonic()
            tell(share, words)

    return sometimes


@contextmanager
def bar(words: str) -> Iterator[Tell]:
    """Draw a bar while the work is done."""
    drawn = st.progress(0.0, words)
    try:
        yield seldom(lambda share, said: drawn.progress(share, said))
    finally:
        drawn.empty()
