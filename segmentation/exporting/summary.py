"""A run's figures as JSON, with the recipe that gives it again."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from platform import python_version
from typing import Any

from segmentation import wheel
from segmentation.evidence_files import trap_facts, verdict_facts
from segmentation.exporting.customers import renamed_columns
from segmentation.read_report import read_report
from segmentation.results import LedgerEntry, Loaded, Match, ReadReport, Rfm, Run
from segmentation.settings import Recipe
from segmentation.trust import band

VERSIONED = ("pandas", "numpy", "scikit-learn", "scipy", "pyarrow", "fastexcel")


def summary(run: Run) -> dict[str, Any]:
    """Return the run's figures as plain JSON values, with the recipe that reproduces it."""
    customers = run.loaded.customers
    names = run.by_id()
    segmented = len(run.profiles.customers)
    told = (run.playbook.note,) if run.playbook.note else ()
    by_hand = wheel.notes(run.segmentation)
    notes = (*run.prepared.notes, *by_hand, *told, *_rename_notes(run))
    return {
        **_loaded_facts(run.loaded, run.prepared.ledger, notes),
        **({"rows_used": segmented} if customers.kind == "customers" else {}),
        "customers": segmented,
        "features": list(run.prepared.features),
        "transform": run.recipe.prepare.transform,
        "transforms": {c.name: c.transform for c in run.prepared.columns},
        "scaler": run.recipe.prepare.scaler,
        "k": run.segmentation.k,
        "k_reason": run.evidence.reason,
        "verdict": verdict_facts(run.evidence),
        "traps": [trap_facts(trap) for trap in run.evidence.traps],
        "inertia": run.segmentation.inertia,
        "silhouette": run.segmentation.silhouette,
        "silhouette_customers": run.segmentation.silhouette_customers,
        "playbook": {
            "name": run.playbook.playbook.name,
            "customers": run.playbook.playbook.words.customer.many,
            "reason": run.playbook.reason,
        },
        "segments": [
            {
                "id": segment.segment_id,
                "name": names[segment.segment_id].name,
                "description": names[segment.segment_id].description,
                "why": names[segment.segment_id].why,
                "action": names[segment.segment_id].action,
                "size": segment.size,
                "share": segment.share,
                "silhouette": segment.silhouette,
                **trust_facts(run, segment.segment_id),
                "centre": {
                    column.name: float(value)
                    for column, value in zip(
                        run.prepared.columns,
                        run.segmentation.original_centres[segment.segment_id - 1],
                        strict=True,
                    )
                },
            }
            for segment in run.profiles.segments
        ],
        **made_by(recipe_of(run)),
    }


def summary_json(run: Run) -> bytes:
    """Return `summary` as indented JSON text in UTF-8."""
    return as_json(summary(run))


def as_json(plain: dict[str, Any]) -> bytes:
    """Return plain values as indented JSON text in UTF-8."""
    text = json.dumps(plain, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8")


def rfm_summary(loaded: Loaded, rfm: Rfm, recipe: Recipe) -> dict[str, Any]:
    """Return how customers came to their scores as plain JSON values, with the recipe.

    Parameters
    ----------
    loaded : Loaded
        Whose customers were scored.
    rfm : Rfm
        Their scores.
    recipe : Recipe
        The settings they were loaded with.
    """
    return {
        **_loaded_facts(loaded),
        "customers": len(rfm.frame),
        "rfm": rfm.to_dict(),
        **made_by(recipe),
    }


def _loaded_facts(
    loaded: Loaded, ledger: tuple[LedgerEntry, ...] = (), notes: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Say what was read, what it was taken for and what was set aside, also further on."""
    report, clean, joined = loaded.table.report, loaded.clean, loaded.joined
    return {
        "input": _file_facts(report),
        "inputs": [_file_facts(file) for file in loaded.files],
        "joined": [_match_facts(match) for match in joined],
        "reading": read_report(loaded.table, loaded.schema),
        "schema": {"kind": loaded.schema.kind, "roles": dict(loaded.schema.roles)},
        "doubts": list(loaded.doubts),
        "notes": [
            *report.notes,
            *clean.notes,
            *(note for match in joined for note in _match_notes(match)),
            *notes,
        ],
        "cleaning": [_ledger_facts(entry) for entry in (*clean.ledger, *ledger)],
        "rows_used": clean.rows_used,
        **({"returns": clean.refunds.to_dict()} if clean.refunds else {}),
        "as_of": clean.as_of.isoformat() if clean.as_of else None,
    }


def made_by(recipe: Recipe) -> dict[str, Any]:
    return {
        "recipe": recipe.to_dict(),
        "versions": {"python": python_version(), **{name: version(name) for name in VERSIONED}},
    }


def recipe_of(run: Run) -> Recipe:
    """Return the settings that give these segments again.

    Without trials the evidence has not had its last word: where it was to choose k, the recipe
    would give another k once it has.
    """
    if run.evidence.stabilities or run.recipe.choose.k is not None:
        return run.recipe
    return run.recipe.with_stage(choose=replace(run.recipe.choose, k=run.evidence.k))


def trust_facts(run: Run, segment_id: int) -> dict[str, Any]:
    if not run.segmentation.stabilities:
        return {"stability": None}
    found = run.segmentation.stabilities[segment_id - 1]
    return {
        "stability": found.mean,
        "stability_interval": [found.low, found.high],
        "trust": band(found.mean)[0],
    }


def _file_facts(report: ReadReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "sha256": report.sha256,
        "rows": report.rows,
        "columns": report.columns,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "sheet": report.sheet,
    }


def _ledger_facts(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "rule": entry.rule,
        "rows_in": entry.rows_in,
        "set_aside": entry.set_aside,
        "changed": entry.changed,
    }


def _match_facts(match: Match) -> dict[str, Any]:
    return {
        "name": match.table.report.name,
        "customer_id": match.key,
        "rows": match.table.report.rows,
        "rows_used": len(match.clean.frame),
        "cleaning": [_ledger_facts(entry) for entry in match.clean.ledger],
        "customers_matched": match.matched,
        "customers_without": len(match.lacking),
        "ids": match.ids,
        "ids_matched": match.ids_matched,
        "columns": list(match.columns),
    }


def _match_notes(match: Match) -> tuple[str, ...]:
    return (*match.table.report.notes, *match.notes)


def _rename_notes(run: Run) -> list[str]:
    return [
        f"The file's column {old!r} is called {new!r} in the exported customers."
        for old, new in renamed_columns(run).items()
    ]
