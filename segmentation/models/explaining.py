"""Why a customer is in a segment, and not in the next one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation.models.placing import prepared_rows
from segmentation.models.turning import lead, spots
from segmentation.results import Model, Scored
from segmentation.results.model import Point
from segmentation.values import Floats
from segmentation.vocabulary import label


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What one feature says for a customer's segment, against the runner-up.

    Parameters
    ----------
    feature : str
        The feature.
    value : str
        The customer's, in words.
    own, runner_up : str
        The centres' of the segment and of the runner-up, in words; for a category, its share. After
        steps by hand, those of the parts between which it was decided.
    pull : float
        Squared distance to the runner-up's point less that to the segment's own, in this feature,
        over the sum of all features' sizes: above 0 it speaks for the segment.
    parts : bool
        Whether the segments were merged or split by hand, so that the centres are those of parts.
    """

    feature: str
    value: str
    own: str
    runner_up: str
    pull: float
    parts: bool = False

    @property
    def text(self) -> str:
        """The same in a sentence."""
        way = "speaks for it" if self.pull >= 0 else "speaks against it"
        this = "this part of the segment" if self.parts else "this segment"
        other = "the part next to it" if self.parts else "the runner-up"
        return (
            f"{label(self.feature)} of {self.value} {way}: {self.own} in {this}, "
            f"{self.runner_up} in {other}"
        )


def reasons(model: Model, scored: Scored, row: int) -> tuple[Reason, ...]:
    """Say which features put a customer into its segment, the strongest first.

    Parameters
    ----------
    model : Model
        The model.
    scored : Scored
        Customers scored by it.
    row : int
        Which of them, from 0.
    """
    features = {name: cells[row : row + 1] for name, cells in scored.features.items()}
    at = prepared_rows(model, features)[0]
    points = np.array(model.points)
    if model.turns:
        led = lead(model, points, at[:, None])
        own, other = spots(points, model.turns)[[led.own[0], led.rival[0]]]
        centres = [_original(model, point) for point in (own, other)]
    else:
        ids = (scored.places.segment_ids[row], scored.places.runner_up_ids[row])
        own, other = points[[i - 1 for i in ids]]
        centres = [model.segments[i - 1].centre for i in ids]
    pulls = (at - other) ** 2 - (at - own) ** 2
    by_feature = {
        name: float(sum(p for p, c in zip(pulls, model.columns, strict=True) if c.feature == name))
        for name in model.features
    }
    total = sum(map(abs, by_feature.values())) or 1.0
    found = [
        Reason(
            feature=name,
            value=_shown(cells := features[name][0]),
            own=_shown_centre(model, centres[0], name, cells),
            runner_up=_shown_centre(model, centres[1], name, cells),
            pull=by_feature[name] / total,
            parts=bool(model.turns),
        )
        for name in model.features
    ]
    return tuple(sorted(found, key=lambda reason: -abs(reason.pull)))


def _shown(cell: object) -> str:
    if isinstance(cell, str):
        return cell or "no value"
    return "no value" if cell != cell else f"{cell:,.4g}"


def _original(model: Model, point: Floats) -> Point:
    columns = zip(model.columns, point, strict=True)
    return tuple(float(column.to_original(np.array([at]))[0]) for column, at in columns)


def _shown_centre(model: Model, centre: Point, feature: str, cell: object) -> str:
    for column, value in zip(model.columns, centre, strict=True):
        if column.feature != feature:
            continue
        if column.transform != "0/1":
            return f"{value:,.4g}"
        if column.name == f"{feature}={cell or '(missing)'}":
            return f"{value:.0%}"
    return "none"
