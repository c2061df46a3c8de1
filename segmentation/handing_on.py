"""Files that tell of a run in words and rules: report, workbook, rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from segmentation.exporting import as_json
from segmentation.exporting.report import report_html
from segmentation.exporting.summary import trust_facts
from segmentation.portraits import portraits
from segmentation.results import Run
from segmentation.rule_texts import rules_facts
from segmentation.rules import choose_rules, rule_sets
from segmentation.values import Bools

Progress = Callable[[float, str], None]


def report(run: Run, keep: Bools | None = None) -> bytes:
    """Return the report of a run as HTML.

    Parameters
    ----------
    run : Run
        A finished run.
    keep : ndarray of bool, shape (segmented customers,)
        Which customers are told of; all by default.
    """
    shown = _everybody(run) if keep is None else keep
    return report_html(run, portraits(run, shown), choose_rules(rule_sets(run)), shown)


def workbook(run: Run, keep: Bools | None = None, progress: Progress | None = None) -> bytes:
    """Return the workbook of a run as XLSX.

    Parameters
    ----------
    run, keep
        As for `report`.
    progress : callable, optional
        Called with the share done and what was just done, in words; what it raises ends the work.
    """
    # Loaded where it is wanted: openpyxl takes a while.
    from segmentation.exporting.workbook import workbook as write

    shown = _everybody(run) if keep is None else keep
    return write(run, portraits(run, shown), choose_rules(rule_sets(run)), shown, progress)


def rules_json(run: Run) -> bytes:
    """Return what puts a customer in a segment, as JSON: sentences, SQL and conditions."""
    names = run.name_of()
    trust = {segment_id: trust_facts(run, segment_id) for segment_id in names}
    return as_json(rules_facts(choose_rules(rule_sets(run)), names, trust))


def _everybody(run: Run) -> Bools:
    return np.ones(len(run.profiles.customers), dtype=bool)
