"""The evidence for k as files: a table with a row a k, and all that was said about it."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import asdict
from typing import Any

from segmentation.results import Evidence, Resampled, Trap

COLUMNS = (
    "k",
    "inertia",
    "silhouette",
    "calinski_harabasz",
    "davies_bouldin",
    "gap",
    "gap_se",
    "prediction_strength",
    "smallest_stability",
)


def sweep_csv(evidence: Evidence) -> bytes:
    """Return the criteria's figures, a row a k, as CSV in UTF-8; what isn't known is empty.

    Parameters
    ----------
    evidence : Evidence
        Its sweep, and its trials if there are any.
    """
    swept, trials = evidence.sweep, evidence.trials
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for i, k in enumerate(swept.ks):
        row: list[float | None] = [
            swept.inertias[i],
            swept.silhouettes[i],
            swept.calinski_harabasz[i],
            swept.davies_bouldin[i],
        ]
        if trials is not None:
            row += [*trials.gaps[i + 1], trials.prediction_strengths[i].mean]
            row += [min(found.mean for found in trials.stabilities[k])]
        writer.writerow([k, *("" if value is None else repr(value) for value in row)])
    return text.getvalue().encode("utf-8")


def evidence_facts(evidence: Evidence) -> dict[str, Any]:
    """Return all that was found as plain JSON values.

    Parameters
    ----------
    evidence : Evidence
        With its trials.
    """
    swept, trials = evidence.sweep, evidence.trials
    facts: dict[str, Any] = {
        "votes": {vote.criterion: {"k": vote.k, "reason": vote.reason} for vote in evidence.votes},
        "k": _natural(evidence),
        "k_used": evidence.k,
        "reason": evidence.reason,
        "verdict": verdict_facts(evidence),
        "traps": [trap_facts(trap) for trap in evidence.traps],
        "silhouettes": {
            str(k): {"mean": width, "standard_error": error}
            for k, width, error in zip(
                swept.ks, swept.silhouettes, swept.silhouette_errors, strict=True
            )
        },
        "silhouette_customers": swept.silhouette_customers,
    }
    if trials is None:
        return facts
    return facts | {
        "customers_resampled": trials.customers,
        "stability": {str(k): [found.mean for found in trials.stabilities[k]] for k in trials.ks},
        "stability_intervals": {
            str(k): [_interval(found) for found in trials.stabilities[k]] for k in trials.ks
        },
        "prediction_strength_intervals": {
            str(k): _interval(found)
            for k, found in zip(trials.ks, trials.prediction_strengths, strict=True)
        },
        "silhouettes_without_groups": {
            str(k): {"mean": mean, "standard_deviation": spread}
            for k, (mean, spread) in zip(trials.ks, trials.references, strict=True)
        },
        "gap_of_one_segment": {"gap": trials.gaps[0][0], "gap_se": trials.gaps[0][1]},
        "hopkins": trials.hopkins.mean if trials.hopkins else None,
        "hopkins_interval": _interval(trials.hopkins) if trials.hopkins else None,
        "hopkins_exponent": "number of columns",
    }


def verdict_facts(evidence: Evidence) -> dict[str, str] | None:
    """Return the verdict as plain JSON values."""
    return asdict(evidence.verdict) if evidence.verdict else None


def trap_facts(trap: Trap) -> dict[str, Any]:
    """Return a trap, its remedies and what came of them as plain JSON values."""
    return asdict(trap)


def finite(value: Any) -> Any:
    """Return plain JSON values without the numbers that JSON has no word for.

    Examples
    --------
    >>> finite({"a": [1.0, float("inf")]})
    {'a': [1.0, None]}
    """
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _natural(evidence: Evidence) -> int | None:
    """Return the k the evidence speaks for; of a single one, whether it is more than chance."""
    if evidence.natural_k is not None or evidence.verdict is None:
        return evidence.natural_k
    return 1 if evidence.verdict.level == "none" else evidence.k


def _interval(found: Resampled) -> list[float]:
    return [found.low, found.high]
