"""Frozen results, one class a stage; each checks what its docstring promises."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.settings import ROLES, Recipe, Role
from segmentation.transforms import ColumnTransform, inverse
from segmentation.values import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """How a table was read.

    Parameters
    ----------
    name, sha256 : str
        The file and the digest of its bytes.
    rows, columns : int
        Records below the header, and columns.
    encoding, delimiter, sheet : str or None
        What was found; None where it does not apply.
    sheets : tuple of str
        All worksheets of a workbook.
    header_rows : int
        Rows taken as the header.
    overflow_columns : int
        Columns at the right that the header has no name for; they hold the cells of rows that are
        longer than the header.
    notes : tuple of str
        What a careful reader would want to be told, in sentences.
    """

    name: str
    sha256: str
    rows: int
    columns: int
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    header_rows: int
    overflow_columns: int
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        plain = asdict(self)
        return {**plain, "sheets": list(self.sheets), "notes": list(self.notes)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """A table as read.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a record, numbered from 0; column names are unique.
    report : ReadReport
        How it was read; ``report.rows`` and ``report.columns`` are the frame's shape.
    """

    frame: pd.DataFrame
    report: ReadReport

    def __post_init__(self) -> None:
        assert self.frame.shape == (self.report.rows, self.report.columns)
        assert self.frame.columns.is_unique


ColumnType = Literal["id", "number", "date", "category", "label", "constant", "empty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column and what it is taken for.

    Parameters
    ----------
    name : str
        The column's name in the table.
    type : str
        What its cells hold.
    role : str or None
        What it is for; None for a plain feature, category or label.
    reason : str
        Why, in words.
    """

    name: str
    type: ColumnType
    role: Role | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What a table is.

    Parameters
    ----------
    kind : {"customers", "transactions"}
        What a row is.
    columns : tuple of Column
        Every column of the table, in its order.
    doubts : tuple of str
        What the user should look at, in sentences.
    """

    kind: Literal["customers", "transactions"]
    columns: tuple[Column, ...]
    doubts: tuple[str, ...]

    @property
    def roles(self) -> dict[Role, str]:
        """Map each role that is filled to its column, in the order of `ROLES`."""
        found = {column.role: column.name for column in self.columns if column.role is not None}
        return {role: found[role] for role in ROLES if role in found}

    def of_type(self, *types: ColumnType) -> tuple[str, ...]:
        """Return the names of the columns of the given types."""
        return tuple(column.name for column in self.columns if column.type in types)


Rule = Literal[
    "row_longer_than_header",
    "empty_row",
    "no_customer_id",
    "no_order_date",
    "after_as_of_date",
    "no_quantity",
    "quantity_not_positive",
    "no_unit_price",
    "no_amount",
    "unit_price_not_positive",
    "exact_duplicate",
    "repeated_customer_id",
    "missing_feature",
    "outlier",
    "missing_filled",
    "outlier_capped",
]


REASONS: dict[Rule, str] = {
    "row_longer_than_header": "the row has more cells than the header has names",
    "empty_row": "every cell is empty",
    "no_customer_id": "no customer id",
    "no_order_date": "no readable order date",
    "after_as_of_date": "dated after the as-of date",
    "no_quantity": "no readable quantity",
    "quantity_not_positive": "quantity is 0 or less (a return, cancellation or correction)",
    "no_unit_price": "no readable unit price",
    "no_amount": "no readable amount",
    "unit_price_not_positive": "unit price is 0 or less",
    "exact_duplicate": "repeats an earlier row in every cell",
    "repeated_customer_id": "the customer id stands in an earlier row",
    "missing_feature": "a feature has no value",
    "outlier": "a feature has an extreme value",
    "missing_filled": "an empty feature was filled in",
    "outlier_capped": "an extreme feature was capped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What one rule did.

    Parameters
    ----------
    rule : str
        The rule's name, a key of `REASONS`.
    rows_in : int
        Rows the rule looked at.
    set_aside : int
        Rows it set aside.
    changed : int
        Cells it changed.
    """

    rule: Rule
    rows_in: int
    set_aside: int = 0
    changed: int = 0

    @property
    def reason(self) -> str:
        """The rule in words."""
        return REASONS[self.rule]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clean:
    """The rows that can be used, typed, and the account of the others.

    Parameters
    ----------
    frame : pandas.DataFrame
        The kept rows, with the table's row numbers as index. For transactions the columns are
        roles; for customers they are the table's columns, as text.
    ledger : tuple of LedgerEntry
        Every rule that was applied, in order; each takes the rows the one before left.
    set_aside : dict of rule to ndarray of int
        Row numbers (from 0) set aside by each rule.
    as_of : date or None
        The date that days are counted to; None for customer tables.
    notes : tuple of str
        What the user should know, in sentences.
    """

    frame: pd.DataFrame
    ledger: tuple[LedgerEntry, ...]
    set_aside: dict[Rule, npt.NDArray[np.int64]]
    as_of: date | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        rows_in = self.ledger[0].rows_in if self.ledger else len(self.frame)
        assert rows_in == len(self.frame) + sum(len(rows) for rows in self.set_aside.values())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Customers:
    """Customers and what is known of each.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a customer, numbered from 0: numeric columns as float (NaN where missing), the
        others as text. The customer id is not in it.
    ids : ndarray of str, shape (customers,)
        Customer ids as read; row numbers from 1 where the table has none.
    id_column : str or None
        The column the ids stand in, None where row numbers stand in.
    rows : ndarray of int, shape (customers,)
        For customer tables, each customer's row in the table; empty for transactions.
    kind : {"customers", "transactions"}
        What the table's rows were.
    numeric, categories : tuple of str
        Columns that can be features: as they are, or as 0/1 columns.
    default_features : tuple of str
        What is clustered on when nothing is said.
    unusable : dict of str to str
        Columns that can't be features, with the reason.
    """

    frame: pd.DataFrame
    ids: npt.NDArray[Any]
    id_column: str | None
    rows: npt.NDArray[np.int64]
    kind: Literal["customers", "transactions"]
    numeric: tuple[str, ...]
    categories: tuple[str, ...]
    default_features: tuple[str, ...]
    unusable: dict[str, str]

    def __post_init__(self) -> None:
        assert len(self.frame) == len(self.ids)
        assert set(self.default_features) <= set(self.numeric)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedColumn:
    """How one feature became one column of the matrix, and the way back.

    The way there is ``(transformed - shift) / scale``; `to_original` undoes it.

    Parameters
    ----------
    name : str
        The feature, or ``feature=category`` for a 0/1 column.
    feature : str
        The feature it comes from.
    transform : {"none", "log", "yeo-johnson", "0/1"}
        log is ln(1 + x).
    exponent : float
        Lambda of Yeo and Johnson (2000); 1 for the other transforms.
    shift, scale : float
        What is subtracted and divided by, in transformed units; 0 and 1 for 0/1 columns.
    fill : float or None
        What a missing value became, in original units; None if none was missing.
    """

    name: str
    feature: str
    transform: ColumnTransform
    exponent: float = 1.0
    shift: float = 0.0
    scale: float = 1.0
    fill: float | None = None

    def to_original(self, values: Floats) -> Floats:
        """Take prepared values back to original units."""
        back = np.asarray(values, dtype=float) * self.scale + self.shift
        return inverse(back, self.transform, self.exponent)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """The matrix that is clustered.

    Rows stand in a canonical order (by value, column by column), so that the order of the file's
    rows can't change a result.

    Parameters
    ----------
    matrix : ndarray of float, shape (n, columns)
        Finite prepared values.
    original : ndarray of float, shape (n, columns)
        The same rows in original units, missing values filled and extremes capped as asked.
    customers : ndarray of int, shape (n,)
        For each row, the customer's position in `Customers`.
    columns : tuple of PreparedColumn
        One a column of the matrix.
    features : tuple of str
        The features asked for, in that order.
    ledger : tuple of LedgerEntry
        What was set aside or changed.
    set_aside : dict of rule to ndarray of int
        Positions in `Customers` set aside by each rule.
    notes : tuple of str
        What the user should know, in sentences.
    """

    matrix: Floats
    original: Floats
    customers: npt.NDArray[np.int64]
    columns: tuple[PreparedColumn, ...]
    features: tuple[str, ...]
    ledger: tuple[LedgerEntry, ...]
    set_aside: dict[Rule, npt.NDArray[np.int64]]
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        assert self.matrix.shape == self.original.shape == (len(self.customers), len(self.columns))
        assert np.isfinite(self.matrix).all()

    def distinct_rows(self) -> int:
        """Count the rows that differ; identical ones stand beside each other."""
        if len(self.matrix) == 0:
            return 0
        return 1 + int((self.matrix[1:] != self.matrix[:-1]).any(axis=1).sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Partition:
    """K-Means for one k, before its segments are numbered.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Group of each row, from 0.
    centres : ndarray of float, shape (k, columns)
        Mean of each group, in prepared units.
    inertia : float
        Sum of squared distances to the centres, in prepared units.
    """

    labels: npt.NDArray[np.int64]
    centres: Floats
    inertia: float

    @property
    def k(self) -> int:
        """Number of groups."""
        return len(self.centres)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What speaks for which k.

    Parameters
    ----------
    ks : tuple of int
        Every k tried, rising; empty when k was given and nothing was compared.
    partitions : dict of int to Partition
        The best partition found for each.
    inertias, silhouettes : tuple of float
        For each k; the silhouette is the mean over customers.
    smallest : tuple of int
        Size of the smallest group for each k.
    silhouette_customers : int
        How many customers the silhouettes were computed on: all, or a stated sample.
    elbow_k, silhouette_k : int or None
        The k each criterion speaks for.
    k : int
        The k to use.
    reason : str
        Why, in a sentence.
    """

    ks: tuple[int, ...] = ()
    partitions: dict[int, Partition]
    inertias: tuple[float, ...] = ()
    silhouettes: tuple[float, ...] = ()
    smallest: tuple[int, ...] = ()
    silhouette_customers: int = 0
    elbow_k: int | None = None
    silhouette_k: int | None = None
    k: int
    reason: str

    def __post_init__(self) -> None:
        assert len(self.ks) == len(self.inertias) == len(self.silhouettes) == len(self.smallest)
        assert set(self.ks) <= set(self.partitions)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segmentation:
    """Customers in numbered segments.

    Parameters
    ----------
    k : int
        Number of segments; their ids are 1 to k, by falling mean of ``money_feature``.
    labels : ndarray of int, shape (n,)
        Segment id of each row of the prepared matrix.
    centres : ndarray of float, shape (k, columns)
        K-Means centres in prepared units, by segment id.
    original_centres : ndarray of float, shape (k, columns)
        The same points in original units.
    inertia : float
        Sum of squared distances to the centres, in prepared units.
    silhouette : float
        Mean silhouette (Rousseeuw 1987) in prepared units.
    silhouette_customers : int
        How many customers it was computed on: all, or a stated sample.
    segment_silhouettes : tuple of float
        Mean silhouette of each segment.
    money_feature : str
        The feature that orders the segments.
    """

    k: int
    labels: npt.NDArray[np.int64]
    centres: Floats
    original_centres: Floats
    inertia: float
    silhouette: float
    silhouette_customers: int
    segment_silhouettes: tuple[float, ...]
    money_feature: str

    def __post_init__(self) -> None:
        assert self.centres.shape == self.original_centres.shape
        assert len(self.centres) == len(self.segment_silhouettes) == self.k
        assert set(np.unique(self.labels)) == set(range(1, self.k + 1))

    def sizes(self) -> list[int]:
        """Count the customers of each segment, by id."""
        return [int(size) for size in np.bincount(self.labels, minlength=self.k + 1)[1:]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a segment stands against all customers on one feature or category.

    Parameters
    ----------
    name : str
        Feature, or ``column=category``.
    segment, overall : float
        Mean in original units; for a category, the share from 0 to 1.
    effect : float
        Standardised difference of the means: (segment - overall) / population standard deviation.
    used : bool
        Whether the segments were made with it.
    """

    name: str
    segment: float
    overall: float
    effect: float
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentProfile:
    """Who a segment is.

    Parameters
    ----------
    segment_id : int
        1 to k.
    size : int
        Customers in it.
    share : float
        Of the customers in all segments, 0 to 1.
    levels : dict of str to str
        For each numeric feature used, very low, low, average, high or very high: where the
        segment's median lies among all customers.
    differences : tuple of Difference
        What sets it apart, strongest first.
    silhouette : float
        Mean silhouette of its customers.
    """

    segment_id: int
    size: int
    share: float
    levels: dict[str, str]
    differences: tuple[Difference, ...]
    silhouette: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profiles:
    """All segments described.

    Parameters
    ----------
    segments : tuple of SegmentProfile
        By id.
    means, medians : pandas.DataFrame
        One row a segment id, one column a numeric feature of the customers, in original units.
    overall : pandas.Series
        Mean of each numeric feature over all segmented customers.
    customers : ndarray of int, shape (n,)
        Positions in `Customers` of the segmented customers, rising.
    labels : ndarray of int, shape (n,)
        Their segment ids.
    """

    segments: tuple[SegmentProfile, ...]
    means: pd.DataFrame
    medians: pd.DataFrame
    overall: pd.Series[Any]
    customers: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentName:
    """What a segment is called, and why.

    Parameters
    ----------
    segment_id : int
        1 to k.
    name : str
        Unique among the segments.
    given : bool
        Whether the user gave the name.
    reasons : tuple of str
        The numbers behind the name the playbook found, in sentences.
    action : str
        What to do about the segment.
    """

    segment_id: int
    name: str
    given: bool
    reasons: tuple[str, ...]
    action: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loaded:
    """A source up to its customers: all that does not depend on how they are segmented.

    Parameters
    ----------
    table, schema, clean, customers
        The results of reading, schema, cleaning and features.
    """

    table: Table
    schema: Schema
    clean: Clean
    customers: Customers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """Everything a run came to.

    Parameters
    ----------
    recipe : Recipe
        The settings; with the same file they give the same run.
    loaded, prepared, evidence, segmentation, profiles, names
        The results of the stages.
    """

    recipe: Recipe
    loaded: Loaded
    prepared: Prepared
    evidence: Evidence
    segmentation: Segmentation
    profiles: Profiles
    names: tuple[SegmentName, ...]

    def name_of(self) -> dict[int, str]:
        """Map segment ids to names."""
        return {name.segment_id: name.name for name in self.names}
