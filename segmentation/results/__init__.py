"""Frozen results, one class a stage; each checks what its docstring promises."""

from segmentation.results.alternatives import Alternative, Alternatives
from segmentation.results.arena import Arena, Candidate, HeldOut
from segmentation.results.cleaned import REASONS, Clean, LedgerEntry, Rule
from segmentation.results.comparisons import Comparison
from segmentation.results.costs import CostedAction, Trial
from segmentation.results.customers import Customers, Prepared, PreparedColumn
from segmentation.results.evidence import (
    Begun,
    Criterion,
    Evidence,
    Level,
    Outcome,
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
from segmentation.results.lookups import Held, Hits, Lookup, Trait
from segmentation.results.playbooks import Noun, Pattern, Playbook, PlaybookChoice, Words
from segmentation.results.portraits import CategoryShare, Example, Figure, Portrait, Portraits
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
    added_up,
)
from segmentation.results.rfm import Measure, Rfm, RfmCrossing, RfmScale, RfmSegment
from segmentation.results.rules import Condition, Placement, RuleSet, SegmentRule
from segmentation.results.run import Loaded, Run
from segmentation.results.sales import (
    Cohorts,
    Pairs,
    Pareto,
    Rhythms,
    SalesLines,
    SalesOverTime,
    SalesTotals,
    Values,
)
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
    "Arena",
    "Begun",
    "Candidate",
    "CategoryShare",
    "Change",
    "Clean",
    "Cohorts",
    "Column",
    "ColumnType",
    "Comparison",
    "Condition",
    "CostedAction",
    "Criterion",
    "Customers",
    "Difference",
    "Evidence",
    "Example",
    "Figure",
    "Held",
    "HeldOut",
    "Hits",
    "LedgerEntry",
    "Level",
    "LineReason",
    "Loaded",
    "Lookup",
    "Match",
    "Measure",
    "Noun",
    "Outcome",
    "Pairs",
    "Pareto",
    "Partition",
    "Pattern",
    "Placement",
    "Playbook",
    "PlaybookChoice",
    "Portrait",
    "Portraits",
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
    "Rhythms",
    "Rule",
    "RuleSet",
    "Run",
    "SalesLines",
    "SalesOverTime",
    "SalesTotals",
    "Schema",
    "SegmentName",
    "SegmentProfile",
    "SegmentRule",
    "Segmentation",
    "SetAsideLine",
    "Sheet",
    "Sweep",
    "Table",
    "Trait",
    "Trap",
    "TrapKind",
    "Trial",
    "Trials",
    "Values",
    "Verdict",
    "Vote",
    "Words",
    "added_up",
]
