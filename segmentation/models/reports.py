"""What scoring and moving come to, as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from segmentation.exporting import to_csv
from segmentation.exporting.delimited import number_writer
from segmentation.models.drifting import drift
from segmentation.models.loading import Fitted
from segmentation.results import ABSENT, Model, Movement, ReadReport, Scored, Timeline


def scored_frame(scored: Scored) -> pd.DataFrame:
    """Return one row a scored customer: its id, segment, runner-up, and what to doubt.

    The columns are customer_id, segment_id, segment, runner_up, margin, outside (1 or 0) and
    missing: how many of the model's features have no value, so that the model's fill stands for
    them. A table without ids gives row numbers from 1.
    """
    places = scored.places
    return pd.DataFrame(
        {
            "customer_id": scored.ids,
            "segment_id": places.segment_ids,
            "segment": _named(scored.names, places.segment_ids),
            "runner_up": _named(scored.names, places.runner_up_ids),
            "margin": places.margins.round(6),
            "outside": places.outside.astype(np.int64),
            "missing": scored.missing,
        }
    )


def scored_csv(scored: Scored) -> bytes:
    """Return `scored_frame` as CSV in UTF-8, text that could be a formula quoted."""
    return to_csv(scored_frame(scored))


def score_summary(model: Model, scored: Scored) -> dict[str, Any]:
    """Return what scoring came to as plain JSON values, with the drift."""
    count = len(scored.positions)
    loaded = scored.loaded
    sizes = scored.sizes()
    clean = loaded.clean if loaded else None
    return {
        "model": _model_facts(model),
        "inputs": [_file_facts(file) for file in loaded.files] if loaded else [],
        "as_of": clean.as_of.isoformat() if clean and clean.as_of else None,
        "rows_used": clean.rows_used if clean else count,
        "cleaning": [asdict(entry) for entry in clean.ledger] if clean else [],
        "customers": count,
        "set_aside": {rule: len(rows) for rule, rows in scored.set_aside.items()},
        "outside": int(scored.places.outside.sum()),
        "segments": [
            {
                "id": segment.named.segment_id,
                "name": segment.named.name,
                "customers": sizes[segment.named.segment_id],
                "share": sizes[segment.named.segment_id] / max(count, 1),
                "share_when_made": segment.size / model.training.customers,
            }
            for segment in model.segments
        ],
        "doubts": [asdict(doubt) for doubt in scored.doubts],
        "notes": list(scored.notes),
        "drift": drift_facts(model, scored) if count else None,
    }


def drift_facts(model: Model, scored: Scored) -> dict[str, Any]:
    """Return `drift` as plain JSON values."""
    found = drift(model, scored)
    return {
        "verdict": found.verdict,
        "sentence": found.sentence,
        "changes": [shift.text for shift in found.changed],
        "outside": found.outside,
        "features": {shift.name: asdict(shift) for shift in found.features},
        "segments": asdict(found.segments),
    }


def moves_frame(step: Movement) -> pd.DataFrame:
    """Return one row a customer that is there before or after.

    ``move`` is stayed, moved, came or left; ``direction`` is up towards segments whose typical
    customer brings in more (`Movement.worth`), down towards less, and empty where nothing tells.
    ``by_calendar`` is 1 where the calendar alone would have put the customer there; ``sureness`` is
    the share of resampled models that send it the same way.
    """
    from_ids, to_ids = step.from_ids, step.to_ids
    both = (from_ids != ABSENT) & (to_ids != ABSENT)
    gains = step.gains()
    columns: dict[str, Any] = {
        "customer_id": step.ids,
        "from": step.before.label,
        "to": step.after.label,
        "from_segment_id": _blank(from_ids),
        "from_segment": _named(step.names, from_ids),
        "to_segment_id": _blank(to_ids),
        "to_segment": _named(step.names, to_ids),
        "move": np.select(
            [from_ids == ABSENT, to_ids == ABSENT, from_ids == to_ids],
            ["came", "left", "stayed"],
            "moved",
        ),
        "direction": np.select([gains > 0, gains < 0], ["up", "down"], ""),
    }
    if step.revenue_before is not None and step.revenue_after is not None:
        columns["revenue_before"] = step.revenue_before
        columns["revenue_after"] = step.revenue_after
    if step.calendar_ids is not None:
        by_calendar = both & (step.calendar_ids == to_ids)
        columns["by_calendar"] = np.where(both, by_calendar.astype(float), np.nan)
    if step.sureness is not None:
        columns["sureness"] = step.sureness
    return pd.DataFrame(columns)


def moves_csv(steps: Sequence[Movement]) -> bytes:
    """Return `moves_frame` of one or more steps as CSV in UTF-8."""
    return to_csv(pd.concat([moves_frame(step) for step in steps], ignore_index=True))


def movers_csv(step: Movement, from_id: int | None = None, to_id: int | None = None) -> bytes:
    """Return those who went from a segment to a segment, the largest revenue first.

    Numbers are written as `moves_csv` writes them for everybody.

    Parameters
    ----------
    step : Movement
        The two moments.
    from_id, to_id
        As for `Movement.who`; without both, all who changed their segment.
    """
    frame = moves_frame(step)
    who = step.who(from_id, to_id)
    if from_id is None or to_id is None:
        who = who & (step.from_ids != step.to_ids)
    places = np.flatnonzero(who)
    if step.revenue_after is not None:
        places = places[np.argsort(-step.revenue_after[places], kind="stable")]
    for name in frame.columns[1:]:
        if pd.api.types.is_numeric_dtype(frame[name]):
            # A column's form depends on all of its cells, and differs for a part of them.
            frame[name] = number_writer(frame[name])(frame[name]).to_pylist()
    return to_csv(frame.iloc[places].reset_index(drop=True))


def move_summary(
    model: Model, log: Fitted, steps: Sequence[Movement], timeline: Timeline | None
) -> dict[str, Any]:
    """Return movement as plain JSON values."""
    return {
        "model": _model_facts(model),
        "inputs": [_file_facts(file) for file in log.loaded.files],
        "names": {str(i): name for i, name in model.name_of().items()},
        "steps": [_step_facts(step) for step in steps],
        "months": None
        if timeline is None
        else {
            "dates": list(timeline.dates),
            "customers": timeline.sizes.tolist(),
            "revenue": timeline.revenue.round(6).tolist(),
            "complete": timeline.complete.tolist(),
        },
    }


def _step_facts(step: Movement) -> dict[str, Any]:
    matrix = step.matrix()
    return {
        "from": step.before.label,
        "to": step.after.label,
        "customers_before": step.before.customers,
        "customers_after": step.after.customers,
        **{kind: step.count(kind) for kind in ("stayed", "moved", "came", "left")},
        "matrix": matrix[1:, 1:].tolist(),
        "came_by_segment": matrix[0, 1:].tolist(),
        "left_by_segment": matrix[1:, 0].tolist(),
        "revenue_before": {str(i): value for i, value in step.before.revenue.items()},
        "revenue_after": {str(i): value for i, value in step.after.revenue.items()},
        "flows": [{"kind": flow.kind, **asdict(flow)} for flow in step.flows],
        "noise": asdict(step.noise) if step.noise else None,
        "calendar": asdict(step.calendar) if step.calendar else None,
        "notes": list(step.notes),
    }


def _model_facts(model: Model) -> dict[str, Any]:
    return {
        "made": asdict(model.made),
        "training": [asdict(file) for file in model.training.files],
        "customers": model.training.customers,
        "k": model.k,
        "features": list(model.features),
    }


def _file_facts(file: ReadReport) -> dict[str, Any]:
    return {"name": file.name, "sha256": file.sha256, "rows": file.rows, "columns": file.columns}


def _named(names: dict[int, str], segment_ids: Any) -> Any:
    return np.array([names.get(i, "") for i in segment_ids.tolist()], dtype=object)


def _blank(segment_ids: Any) -> Any:
    return np.where(segment_ids == ABSENT, np.nan, segment_ids)
