"""A segmentation kept for later: everything that tells a customer's segment, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from segmentation.results.customers import PreparedColumn
from segmentation.results.evidence import Resampled
from segmentation.results.rules import RuleSet
from segmentation.results.segments import SegmentName
from segmentation.results.tables import ColumnType
from segmentation.settings import DateOrder, DecimalMark, Recipe, Role

Point = tuple[float, ...]
TrustLevel = Literal["strong", "reasonable", "weak", "none", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Where a model is from.

    Parameters
    ----------
    at : str
        ISO time at which it was made, as told; empty if nobody told.
    by, note : str
        Who made it, and what they want to remember.
    versions : tuple of (package, version)
        What it was made with.
    """

    at: str = ""
    by: str = ""
    note: str = ""
    versions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFile:
    """A file that a model was made from.

    Parameters
    ----------
    name, sha256 : str
        The file and the digest of its bytes.
    rows : int
        Its records.
    """

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How the values of a feature were spread over the customers a model was made from.

    Parameters
    ----------
    feature : str
        Its name.
    quantiles : tuple of float
        Of a number, in original units, at `QUANTILE_LEVELS`; empty for a category.
    edges : tuple of float
        Of a number: its distinct deciles. A bin holds the values up to and including its edge, and
        the last one those above all edges.
    values : tuple of str
        Of a category: its values; "" is a missing one.
    shares : tuple of float
        Of the customers in each bin, or with each value, among those that have one.
    missing : float
        Share of all customers without a value.
    """

    feature: str
    quantiles: tuple[float, ...] = ()
    edges: tuple[float, ...] = ()
    values: tuple[str, ...] = ()
    shares: tuple[float, ...]
    missing: float


QUANTILE_LEVELS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """The customers a model was made from, without any of them.

    Parameters
    ----------
    sha256 : str
        Digest of what was read: the file's, or of the digests of several.
    files : tuple of TrainingFile
        What was read.
    rows_used, customers : int
        Rows that were not set aside, and customers in segments.
    as_of : str or None
        ISO date that days were counted to.
    features : tuple of Distribution
        One a feature used, in their order.
    """

    sha256: str
    files: tuple[TrainingFile, ...]
    rows_used: int
    customers: int
    as_of: str | None
    features: tuple[Distribution, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInput:
    """A column that a file must have to be scored.

    Parameters
    ----------
    name, type, role, decimal, dates
        As in `Column`.
    """

    name: str
    type: ColumnType
    role: Role | None
    decimal: DecimalMark
    dates: DateOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTurn:
    """A step by hand as a model keeps it; see `Turn`.

    Parameters
    ----------
    kept, other : int
        As in `Turn`.
    centres : tuple of (tuple of float, tuple of float), or None
        Those of the halves of a split, in prepared units; None for a merger.
    """

    kept: int
    other: int
    centres: tuple[Point, Point] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSegment:
    """A segment of a model.

    Parameters
    ----------
    named : SegmentName
        What it is called and looks like, and what to do about it.
    size : int
        Customers in it when the model was made.
    centre : tuple of float
        Its middle, one a column of the model: the mean of the prepared values, taken back to
        original units.
    radius : float
        99% of its customers lay no farther from their point, in prepared units.
    silhouette : float
        Mean silhouette of its customers.
    stability : Resampled or None
        Bootstrap Jaccard (Hennig 2007); None if nothing was resampled.
    """

    named: SegmentName
    size: int
    centre: Point
    radius: float
    silhouette: float
    stability: Resampled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How far a model's segments could be trusted when it was made.

    Parameters
    ----------
    silhouette : float
        Mean over the customers.
    k_reason : str
        Why there are so many segments.
    level : {"strong", "reasonable", "weak", "none", ""}
        The verdict; empty if nothing was resampled.
    sentence : str
        What it means.
    """

    silhouette: float
    k_reason: str
    level: TrustLevel = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """A made-up customer and the answer that a model must give.

    Parameters
    ----------
    cells : tuple of float, str or None
        One a feature, in their order; None is a missing value.
    segment_id : int
        Its segment.
    distance, margin : float
        To its point, and as in `Places`.
    """

    cells: tuple[float | str | None, ...]
    segment_id: int
    distance: float
    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A segmentation kept for later.

    A customer's segment is that of the nearest of ``points``, once its features are prepared by
    ``columns`` alone; where segments were merged or split by hand, ``turns`` lead on from there.

    Parameters
    ----------
    made : Made
        Where it is from.
    training : Training
        What it was made from.
    kind : {"customers", "transactions"}
        What a row of its files is.
    inputs : tuple of ModelInput
        The columns of the main table that are needed.
    recipe : Recipe
        The settings it was made with.
    called : tuple of (str, str)
        What one customer and several are called.
    features : tuple of str
        The features used, in their order.
    columns : tuple of PreparedColumn
        How they are made comparable; ``fill`` is known unless customers with gaps are set aside,
        and ``knots`` are all the values there were, as far as they are few.
    points : tuple of tuple of float
        By segment id as found, in prepared units: the centres, or, where K-Means was stopped
        early, those of its last round.
    turns : tuple of ModelTurn
        What was merged and split by hand, in order.
    segments : tuple of ModelSegment
        By id, from 1.
    trust : Trust
        How far they could be trusted.
    rules : RuleSet
        What puts a customer into a segment, retold.
    shaken : tuple of tuple of tuple of float
        The points again, from bootstrap samples of the customers.
    self_tests : tuple of SelfTest
        Made-up customers that it is tried on before it is used.
    """

    made: Made
    training: Training
    kind: Literal["customers", "transactions"]
    inputs: tuple[ModelInput, ...]
    recipe: Recipe
    called: tuple[str, str]
    features: tuple[str, ...]
    columns: tuple[PreparedColumn, ...]
    points: tuple[Point, ...]
    turns: tuple[ModelTurn, ...] = ()
    segments: tuple[ModelSegment, ...]
    trust: Trust
    rules: RuleSet
    shaken: tuple[tuple[Point, ...], ...]
    self_tests: tuple[SelfTest, ...]

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.segments)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The number of each segment as steps by hand name it, that of id 1 first."""
        numbers = set(range(1, len(self.points) + 1))
        for turn in self.turns:
            if turn.centres is None:
                numbers.discard(turn.other)
            else:
                numbers.add(turn.other)
        return tuple(sorted(numbers))

    @property
    def categories(self) -> tuple[str, ...]:
        """The features that are categories."""
        zero_one = {column.feature for column in self.columns if column.transform == "0/1"}
        return tuple(feature for feature in self.features if feature in zero_one)

    def name_of(self) -> dict[int, str]:
        """Map segment ids to names."""
        return {segment.named.segment_id: segment.named.name for segment in self.segments}
