"""Small charts as SVG that scales, prints and needs no script."""

from __future__ import annotations

import numpy as np

from segmentation.axes import Axis, axis_for, tick_text
from segmentation.describing import thin
from segmentation.exporting.markup import Markup, tag, together
from segmentation.results import Portraits, Run
from segmentation.values import Bools, Floats
from segmentation.vocabulary import label
from segmentation.words import sentence, short

MOST_POINTS = 800
LARGEST_INDEX = 200.0
WIDTH, HEIGHT, LEFT, BOTTOM = 420, 340, 44, 24


def share_bar(share: float, largest: float, *, look: str) -> Markup:
    """Draw a share as a bar, as long as the place is wide for the largest."""
    length = 100 * share / largest if largest > 0 else 0.0
    return _strip(100, tag("rect", class_=look, width=max(length, 0.0), height=8, y=1))


def index_bar(index: float) -> Markup:
    """Draw an index as a bar from 100 to the left or right; beyond 0 and 200 it is cut off."""
    end = min(max(index, 0.0), LARGEST_INDEX)
    return _strip(
        LARGEST_INDEX,
        tag("rect", class_="fill", x=min(end, 100.0), width=abs(end - 100), height=8, y=1),
        tag("line", class_="axis", x1=100, x2=100, y1=-2, y2=12),
    )


def _strip(width: float, *shapes: str) -> Markup:
    """Return shapes in a strip that is stretched to its place; its numbers stand beside it."""
    return tag(
        "svg", *shapes, viewBox=f"0 0 {width:g} 10", preserveAspectRatio="none", aria_hidden="true"
    )


def scatter(run: Run, cards: Portraits, keep: Bools) -> Markup | None:
    """Draw customers along the two features that part the segments most; None for fewer features.

    Of many customers some are drawn, evenly taken; the caption says how many.
    """
    axes = _axes(run, cards)
    if axes is None:
        return None
    positions, labels = run.profiles.customers[keep], run.profiles.labels[keep]
    frame = run.loaded.customers.frame
    x, y = (frame[axis.feature].to_numpy(dtype=float)[positions] for axis in axes)
    known = np.flatnonzero(~(np.isnan(x) | np.isnan(y)))
    drawn = known[thin(len(known), MOST_POINTS)]
    if not len(drawn):
        return None
    spans = [_span(axis, values[known]) for axis, values in zip(axes, (x, y), strict=True)]
    across = _placed(axes[0].place(x[drawn]), spans[0], LEFT, WIDTH - 8)
    up = _placed(axes[1].place(y[drawn]), spans[1], HEIGHT - BOTTOM, 8)
    groups: list[Markup] = []
    places: list[Markup] = []
    for named in run.names:
        own = labels[drawn] == named.segment_id
        circles = [
            tag("circle", cx=round(float(a), 1), cy=round(float(b), 1), r=3)
            for a, b in zip(across[own], up[own], strict=True)
        ]
        groups.append(tag("g", *circles, class_=f"points c{named.colour}"))
        if own.any():
            middle = [round(float(np.median(along[own])), 1) for along in (across, up)]
            places.append(
                tag("text", f"{named.segment_id}", x=middle[0], y=middle[1] + 6,
                    text_anchor="middle", class_="place")
            )  # fmt: skip
    names = [short(label(axis.feature), 60) for axis in axes]
    many = run.playbook.playbook.words.customer.many
    told = f"{names[0]} across, {names[1]} up"
    if any(axis.logarithmic for axis in axes):
        told += ", on scales that spread out small values"
    few = len(drawn) < len(known)
    counted = f"{len(drawn):,} of {len(known):,}" if few else f"all {len(known):,}"
    return together(
        tag("p", f"{sentence(told)}: {counted} {many}.", class_="soft"),
        tag(
            "svg",
            tag("title", f"Customers by {names[0]} and {names[1]}, coloured by segment"),
            *_lines(axes[0], spans[0], upright=True),
            *_lines(axes[1], spans[1], upright=False),
            *groups,
            *places,
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            role="img",
        ),
    )


def _axes(run: Run, cards: Portraits) -> tuple[Axis, Axis] | None:
    """Choose the two numbers used whose means differ most between segments."""
    apart: dict[str, float] = {}
    for card in cards.segments:
        for found in card.figures:
            if found.used:
                apart[found.feature] = apart.get(found.feature, 0.0) + found.effect**2 * card.share
    if len(apart) < 2:
        return None
    first, second = sorted(apart, key=lambda name: (-apart[name], name))[:2]
    frame = run.loaded.customers.frame.iloc[run.profiles.customers]
    ordered = sorted((first, second), key=list(run.prepared.features).index)
    across, up = (axis_for(name, frame[name].to_numpy(dtype=float)) for name in ordered)
    return across, up


def _span(axis: Axis, values: Floats) -> tuple[float, float]:
    places = axis.place(values)
    low, high = float(places.min()), float(places.max())
    margin = 0.04 * (high - low) or 0.5
    return low - margin, high + margin


def _placed(places: Floats, span: tuple[float, float], start: float, end: float) -> Floats:
    low, high = span
    return np.asarray(start + (places - low) / (high - low) * (end - start))


def _lines(axis: Axis, span: tuple[float, float], *, upright: bool) -> list[Markup]:
    """Return a thin line and a number for each tick."""
    start, end = (LEFT, WIDTH - 8) if upright else (HEIGHT - BOTTOM, 8)
    found = []
    for tick in axis.ticks or even_ticks(*span):
        at = float(_placed(axis.place([tick]), span, start, end)[0])
        if not min(start, end) <= at <= max(start, end):
            continue
        place = round(at, 1)
        if upright:
            line = tag("line", class_="grid", x1=place, x2=place, y1=8, y2=HEIGHT - BOTTOM)
            text = tag("text", tick_text(tick), x=place, y=HEIGHT - 8, text_anchor="middle")
        else:
            line = tag("line", class_="grid", x1=LEFT, x2=WIDTH - 8, y1=place, y2=place)
            text = tag("text", tick_text(tick), x=LEFT - 6, y=place + 4, text_anchor="end")
        found += [line, text]
    return found


def even_ticks(low: float, high: float) -> tuple[float, ...]:
    """Return round numbers between two, four to eight of them.

    Examples
    --------
    >>> even_ticks(13.2, 137.0)
    (20.0, 40.0, 60.0, 80.0, 100.0, 120.0)
    """
    width = high - low
    power = 10.0 ** np.floor(np.log10(width))
    step = next(power * m for m in (1.0, 0.5, 0.2, 0.1) if width / (power * m) >= 4)
    first = int(np.ceil(low / step))
    return tuple(
        float(fixed_to(n * step, step)) for n in range(first, int(np.floor(high / step)) + 1)
    )


def fixed_to(value: float, step: float) -> float:
    """Round to the digits of a step, so that 3 * 0.1 is 0.3."""
    return round(value, max(0, int(-np.floor(np.log10(step)))))
