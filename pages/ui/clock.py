"""The present moment, and moments in the reader's own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from segmentation.models.store import Entry


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
    zone = _zone()
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            return f"{moment:%Y-%m-%d %H:%M}"
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" + (" UTC" if zone is UTC else "")
    except (ValueError, OverflowError):
        return at


def saved(entry: Entry) -> str:
    """Say by whom and when a model was saved."""
    who = f" by {entry.model.made.by}" if entry.model and entry.model.made.by else ""
    return f"Saved{who} {said(entry.made_at)}"


def _zone() -> tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
