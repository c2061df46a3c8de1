"""Frozen results, one class a stage; each checks what its docstring promises."""

from segmentation.results.cleaned import REASONS, Clean, LedgerEntry, Rule
from segmentation.results.customers import Customers, Prepared, PreparedColumn
from segmentation.results.joined import Match
from segmentation.results.reports import (
    LINE_REASONS,
    Change,
    LineReason,
    Question,
    Reading,
    SetAsideLine,
    Sheet,
    added_up,
)
from segmentation.results.run import Loaded, Run
from segmentation.results.segments import (
    Difference,
    Evidence,
    Partition,
    Profiles,
    Segmentation,
    SegmentName,
    SegmentProfile,
)
from segmentation.results.tables import Column, ColumnType, ReadReport, Schema, Table

__all__ = [
    "LINE_REASONS",
    "REASONS",
    "Change",
    "Clean",
    "Column",
    "ColumnType",
    "Customers",
    "Difference",
    "Evidence",
    "LedgerEntry",
    "LineReason",
    "Loaded",
    "Match",
    "Partition",
    "Prepared",
    "PreparedColumn",
    "Profiles",
    "Question",
    "ReadReport",
    "Reading",
    "Rule",
    "Run",
    "Schema",
    "SegmentName",
    "SegmentProfile",
    "Segmentation",
    "SetAsideLine",
    "Sheet",
    "Table",
    "added_up",
]
