"""Models and scores as plain JSON values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from segmentation.models.model_telling import before_by_hand
from segmentation.models.placing import category_of
from segmentation.results import Model, Scored


def list_facts(name: str, model: Model | None, problem: str = "") -> dict[str, Any]:
    """Tell of a model in a line; of one that is refused, why."""
    if model is None:
        return {"name": name, "usable": False, "problem": problem}
    return {"name": name, "usable": True, **_in_short(model)}


def model_facts(name: str, model: Model) -> dict[str, Any]:
    """Tell what a model needs of a customer, and what its segments are."""
    spreads = {spread.feature: spread for spread in model.training.features}
    return {
        "name": name,
        **_in_short(model),
        "features": [
            {
                "name": feature,
                "type": "category",
                "values": [
                    category_of(column) for column in model.columns if column.feature == feature
                ],
            }
            if feature in model.categories
            else {
                "name": feature,
                "type": "number",
                "quantiles": list(spreads[feature].quantiles),
            }
            for feature in model.features
        ],
        "columns": [
            {"name": column.name, "type": column.type, "role": column.role}
            for column in model.inputs
        ],
        "segments": [
            {
                "id": segment.named.segment_id,
                "name": segment.named.name,
                "description": segment.named.description,
                "action": segment.named.action,
                "customers": segment.size,
            }
            for segment in model.segments
        ],
        "trust": {
            "level": model.trust.level,
            "sentence": before_by_hand(model, model.trust.sentence),
        },
    }


def scored_facts(name: str, model: Model, scored: Scored) -> dict[str, Any]:
    """Tell each customer's segment, in the order in which they came."""
    places, names = scored.places, scored.names
    columns = zip(
        scored.ids.tolist(),
        places.segment_ids.tolist(),
        places.runner_up_ids.tolist(),
        places.margins.round(6).tolist(),
        places.outside.tolist(),
        scored.missing.tolist(),
        strict=True,
    )
    clean = scored.loaded.clean if scored.loaded else None
    return {
        "model": name,
        "made_at": model.made.at,
        "as_of": clean.as_of.isoformat() if clean and clean.as_of else None,
        "scores": [
            {
                "id": customer,
                "segment_id": segment,
                "segment": names[segment],
                "runner_up_id": runner_up,
                "runner_up": names[runner_up],
                "margin": margin,
                "outside": outside,
                "missing": missing,
            }
            for customer, segment, runner_up, margin, outside, missing in columns
        ],
        "set_aside": [
            {"id": scored.customers.ids[at], "reason": rule}
            for rule, positions in scored.set_aside.items()
            for at in np.asarray(positions).tolist()
        ],
        "doubts": [asdict(doubt) for doubt in scored.doubts],
        "notes": list(scored.notes),
    }


def _in_short(model: Model) -> dict[str, Any]:
    return {
        "kind": model.kind,
        "made_at": model.made.at,
        "customers": model.training.customers,
        "k": model.k,
    }
