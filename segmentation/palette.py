"""The colours of segments, on screens and in files alike."""

from __future__ import annotations

# At least 3:1 against the light and the dark background, and any two at least 15 apart (CIE76) as
# readers without red or without green cones see them (Machado 2009); symbols repeat the
# distinction. Found by search; tests/test_charts.py computes both again.
PALETTE = (
    "#2F7FC1",
    "#C97B00",
    "#10A070",
    "#B82090",
    "#5858D0",
    "#985840",
    "#B880A0",
    "#487068",
    "#A09048",
    "#B83810",
)

NEUTRAL = "#7D8790"


def segment_colour(place: int) -> str:
    """Return the colour of a segment (`SegmentName.colour`), the same on every screen.

    Place 0 is that of all other customers, who are no segment.
    """
    return NEUTRAL if place == 0 else PALETTE[(place - 1) % len(PALETTE)]


def text_on(colour: str) -> str:
    """Return black or white, whichever stands out more: at least 4.5:1 (WCAG 2) on any colour."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    light = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    return "#000000" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "#FFFFFF"
