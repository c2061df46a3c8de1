"""A segment's name beside its colour, as on every chart."""

from __future__ import annotations

from html import escape

from segmentation.charts import segment_colour
from segmentation.results import SegmentName


def chip(segment: SegmentName, size: int | None = None) -> str:
    """Return HTML for a coloured dot, the name and the number of customers."""
    count = "" if size is None else f" <span style='opacity:.7'>{size:,}</span>"
    return (
        "<span style='display:inline-flex;align-items:center;gap:.4rem;font-size:.9rem'>"
        "<span style='width:.75rem;height:.75rem;border-radius:50%;flex:none;"
        f"background:{segment_colour(segment.colour)}'></span><span>{escape(segment.name)}{count}</span></span>"
    )


def chips(segments: list[tuple[SegmentName, int]]) -> str:
    """Return HTML for several segments in as many columns as fit."""
    cells = "".join(f"<div>{chip(*segment)}</div>" for segment in segments)
    return (
        "<div style='display:grid;gap:.35rem 1.5rem;"
        f"grid-template-columns:repeat(auto-fill,minmax(19rem,1fr))'>{cells}</div>"
    )
