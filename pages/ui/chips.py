"""A segment's name beside its colour, as on every chart."""

from __future__ import annotations

from html import escape

from segmentation.charts import segment_colour


def chip(segment_id: int, name: str, size: int | None = None) -> str:
    """Return HTML for a coloured dot, the name and the number of customers."""
    count = "" if size is None else f" <span style='opacity:.7'>{size:,}</span>"
    return (
        "<span style='display:inline-flex;align-items:center;gap:.4rem;font-size:.9rem'>"
        "<span style='width:.75rem;height:.75rem;border-radius:50%;flex:none;"
        f"background:{segment_colour(segment_id)}'></span><span>{escape(name)}{count}</span></span>"
    )


def chips(segments: list[tuple[int, str, int]]) -> str:
    """Return HTML for several segments in as many columns as fit."""
    cells = "".join(f"<div>{chip(*segment)}</div>" for segment in segments)
    return (
        "<div style='display:grid;gap:.35rem 1.5rem;"
        f"grid-template-columns:repeat(auto-fill,minmax(19rem,1fr))'>{cells}</div>"
    )
