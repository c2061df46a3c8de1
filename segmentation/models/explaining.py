"""Why a customer is in a segment, and not in the next one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation.models.placing import prepared_rows
from segmentation.results import Model, Scored
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
        The centres' of the segment and of the runner-up, in words; for a category, its share.
    pull : float
        Squared distance to the runner-up's point less that to the segment's own, in this feature,
        over the sum of all features' sizes: above 0 it speaks for the segment.
    """

    feature: str
    value: str
    own: str
    runner_up: str
    pull: float

    @property
    def text(self) -> str:
        """The same in a sentence."""
        way = "speaks for it" if self.pull >= 0 else "speaks against it"
        return (
            f"{label(self.feature)} of {self.value} {way}: {self.own} in this segment, "
            f"{self.runner_up} in the runner-up"
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
    own_id = int(scored.places.segment_ids[row])
    other_id = int(scored.places.runner_up_ids[row])
    own, other = np.array(model.points[own_id - 1]), np.array(model.points[other_id - 1])
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
            own=_centre(model, own_id, name, cells),
            runner_up=_centre(model, other_id, name, cells),
            pull=by_feature[name] / total,
        )
        for name in model.features
    ]
    return tuple(sorted(found, key=lambda reason: -abs(reason.pull)))


def _shown(cell: object) -> str:
    if isinstance(cell, str):
        return cell or "no value"
    return "no value" if cell != cell else f"{cell:,.4g}"


def _centre(model: Model, segment_id: int, feature: str, cell: object) -> str:
    centre = model.segments[segment_id - 1].centre
    for column, value in zip(model.columns, centre, strict=True):
        if column.feature != feature:
            continue
        if column.transform != "0/1":
            return f"{value:,.4g}"
        if column.name == f"{feature}={cell or '(missing)'}":
            return f"{value:.0%}"
    return "none"
