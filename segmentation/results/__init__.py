"""Frozen results, one class a stage; each checks what its docstring promises."""

from segmentation.results.alternatives import Alternative, Alternatives
from segmentation.results.cleaned import REASONS, Clean, LedgerEntry, Rule
from segmentation.results.customers import Customers, Prepared, PreparedColumn
from segmentation.results.evidence import (
    Criterion,
    Evidence,
    Level,
    Partition,
    Remedy,
    Resampled,
    Sweep,
    Trap,
    TrapKind,
    Trials,
    Verdict,
    Vote,
)
from segmentation.results.joined import Match
from segmentation.results.refunds import Refunds
from segmentation.results.relation import Relation
from segmentation.results.reports import (
    LINE_REASONS,
    Change,
    LineReason,
    Question,
    Reading,
    SetAsideLine,
    Sheet,
)
from segmentation.results.rfm import Measure, Rfm, RfmCrossing, RfmScale, RfmSegment
from segmentation.results.run import Loaded, Run
from segmentation.results.segments import (
    Difference,
    Profiles,
    Segmentation,
    SegmentName,
    SegmentProfile,
)
from segmentation.results.tables import Column, ColumnType, ReadReport, Schema, Table

__all__ = [
    "LINE_REASONS",
    "REASONS",
    "Alternative",
    "Alternatives",
    "Change",
    "Clean",
    "Column",
    "ColumnType",
    "Criterion",
    "Customers",
    "Difference",
    "Evidence",
    "LedgerEntry",
    "Level",
    "LineReason",
    "Loaded",
    "Match",
    "Measure",
    "Partition",
    "Prepared",
    "PreparedColumn",
    "Profiles",
    "Question",
    "ReadReport",
    "Reading",
    "Refunds",
    "Relation",
    "Remedy",
    "Resampled",
    "Rfm",
    "RfmCrossing",
    "RfmScale",
    "RfmSegment",
    "Rule",
    "Run",
    "Schema",
    "SegmentName",
    "SegmentProfile",
    "Segmentation",
    "SetAsideLine",
    "Sheet",
    "Sweep",
    "Table",
    "Trap",
    "TrapKind",
    "Trials",
    "Verdict",
    "Vote",
]
