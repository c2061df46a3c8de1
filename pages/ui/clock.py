"""The present moment, and moments in the reader's own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from segmentation.results import Made


def now() -> str:
    """Return this moment as an ISO time."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def is_to_come(day: date | None) -> bool:
    """Tell whether a day lies after tomorrow, on the reader's clock."""
    return day is not None and day > datetime.now(_zone()).date() + timedelta(days=1)


def time_of_day() -> str:
    """Return this moment to the second, on the reader's clock."""
    return f"{datetime.now(_zone()):%H:%M:%S}"


def said(at: str) -> str:
    """Write an ISO time as the reader's clock would have shown it; what is none, as it is."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return at
    if moment.tzinfo is None:
        return f"{moment:%Y-%m-%d %H:%M}"
    zone = _zone()
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" + (" UTC" if zone is UTC else "")


def saved(made: Made) -> str:
    """Say by whom and when a model was saved, as far as it tells."""
    who = f" by {made.by}" if made.by else ""
    return f"Saved{who} {said(made.at)}".rstrip()


def _zone() -> tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
