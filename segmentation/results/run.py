"""All that a run came to."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.results.cleaned import Clean
from segmentation.results.customers import Customers, Prepared
from segmentation.results.evidence import Evidence
from segmentation.results.joined import Match
from segmentation.results.playbooks import PlaybookChoice
from segmentation.results.reports import Question
from segmentation.results.segments import Profiles, Segmentation, SegmentName
from segmentation.results.tables import ReadReport, Schema, Table
from segmentation.settings import Recipe


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loaded:
    """A source up to its customers: all that does not depend on how they are segmented.

    Parameters
    ----------
    table, schema, clean, customers
        The results of reading, schema, cleaning and features.
    joined : tuple of Match
        What further tables told of the customers.
    """

    table: Table
    schema: Schema
    clean: Clean
    customers: Customers
    joined: tuple[Match, ...] = ()

    @property
    def files(self) -> tuple[ReadReport, ...]:
        """The report of each file read, those of the main table first."""
        tables = (self.table, *(match.table for match in self.joined))
        return tuple(file for table in tables for file in table.report.files)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the user should look at, in sentences."""
        return (*self.schema.doubts, *(d for match in self.joined for d in match.doubts))

    @property
    def questions(self) -> tuple[Question, ...]:
        """What only the analyst can tell; meanwhile the first reading of each was taken."""
        tables = (self.table, *(match.table for match in self.joined))
        schemas = (self.schema, *(match.schema for match in self.joined))
        asked = [question for table in tables for question in table.report.questions]
        return (*asked, *(question for schema in schemas for question in schema.questions))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """Everything a run came to.

    Parameters
    ----------
    recipe : Recipe
        The settings; with the same file they give the same run.
    loaded, prepared, evidence, segmentation, profiles, names
        The results of the stages.
    playbook : PlaybookChoice
        Where the names are from, and what customers are called.
    """

    recipe: Recipe
    loaded: Loaded
    prepared: Prepared
    evidence: Evidence
    segmentation: Segmentation
    profiles: Profiles
    names: tuple[SegmentName, ...]
    playbook: PlaybookChoice

    def name_of(self) -> dict[int, str]:
        """Map segment ids to names."""
        return {name.segment_id: name.name for name in self.names}

    def by_id(self) -> dict[int, SegmentName]:
        """Map segment ids to what the segments are called and look like."""
        return {name.segment_id: name for name in self.names}
