"""What an analyst can choose: one frozen class a stage, and the Recipe that holds them all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from segmentation.errors import SettingsError

Kind = Literal["auto", "customers", "transactions"]
DateOrder = Literal["dmy", "mdy", "ymd"]
DecimalMark = Literal["point", "comma"]
Role = Literal[
    "customer_id",
    "order_id",
    "order_date",
    "quantity",
    "unit_price",
    "amount",
    "product",
    "country",
]
Transform = Literal["auto", "none", "log", "yeo-johnson", "rank"]
Scaler = Literal["standard", "robust", "minmax", "none"]
Missing = Literal["median", "mean", "mode", "drop"]
Outliers = Literal["keep", "cap", "set-aside"]
Returns = Literal["gross", "net"]
Turning = Literal["merge", "split"]
Method = Literal["kmeans", "bisecting", "gaussian", "ward", "hdbscan", "dbscan"]

ROLES: tuple[Role, ...] = get_args(Role)
RECIPE_VERSION = 1
LARGEST_K = 50
LONGEST_NAME = 120
# Below, the way back from the weighted columns would leave the range of numbers.
SMALLEST_CATEGORY_WEIGHT, LARGEST_CATEGORY_WEIGHT = 1e-9, 10
DELIMITER_NAMES = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "pipe",
    " ": "space",
    ", ": "comma-space",
}
DELIMITERS = tuple(DELIMITER_NAMES)
MOST_HEADER_ROWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """How the bytes become a table.

    Parameters
    ----------
    sheet : str or None
        Name of the worksheet; None takes the one that looks most like a table.
    encoding, delimiter : str or None
        Of a text file; None finds them from the bytes.
    header_rows : int or None
        Rows that name the columns, 0 if none does; None finds out.
    """

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_rows: int | None = None

    def __post_init__(self) -> None:
        if self.encoding is not None:
            try:
                # Of an empty text Python doesn't look up the encoding.
                " ".encode(self.encoding)
            except (LookupError, ValueError):
                raise SettingsError(
                    f"There is no encoding {self.encoding!r}",
                    remedy="Use a name such as utf-8, cp1252 or utf-16",
                ) from None
        if self.delimiter is not None and self.delimiter not in DELIMITERS:
            named = ", ".join(repr(delimiter) for delimiter in DELIMITERS)
            raise SettingsError(
                f"{self.delimiter!r} can't be the delimiter", remedy=f"Use one of {named}"
            )
        if self.header_rows is not None and not 0 <= self.header_rows <= MOST_HEADER_ROWS:
            raise SettingsError(
                f"{self.header_rows} is not a number of header rows",
                remedy=f"Use 0 to {MOST_HEADER_ROWS}",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CombineSettings:
    """How tables of different shape meet; what is left out is found out.

    Parameters
    ----------
    main : str or None
        Name of a file of the main table, whose customers are segmented.
    keys : tuple of (file, column)
        The customer id of each further table, by the name of one of its files.
    """

    main: str | None = None
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaSettings:
    """What the user says the main table's columns are for; what is left out is guessed.

    Parameters
    ----------
    kind : {"auto", "customers", "transactions"}
        Whether a row is a customer or an order line.
    roles : tuple of (role, column)
        Roles settled by the user. An empty column says that no column has the role.
    dates : {"dmy", "mdy", "ymd"} or None
        Which comes first in 03/04/2026, or in 26-04-13; None finds out.
    decimal : {"point", "comma"} or None
        What 1.234 or 1,234 means; None finds out.
    """

    kind: Kind = "auto"
    roles: tuple[tuple[str, str], ...] = ()
    dates: DateOrder | None = None
    decimal: DecimalMark | None = None

    def __post_init__(self) -> None:
        for role, _ in self.roles:
            if role not in ROLES:
                raise SettingsError(
                    f"There is no role {role!r}", remedy=f"Use one of {', '.join(ROLES)}"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanSettings:
    """Which rows are set aside beyond those that can never be used.

    Parameters
    ----------
    drop_duplicates : bool
        Set aside rows that repeat an earlier row in every cell.
    drop_zero_price : bool
        Set aside order lines with a unit price of 0 or less.
    drop_non_products : bool
        Set aside order lines that charge for no product: postage, fees, corrections.
    returns : {"gross", "net"}
        gross sets returns and cancellations aside; net takes them off what was sold.
    as_of : str or None
        ISO date that days are counted to; None is the day after the last order.
    """

    drop_duplicates: bool = False
    drop_zero_price: bool = False
    drop_non_products: bool = False
    returns: Returns = "gross"
    as_of: str | None = None

    def __post_init__(self) -> None:
        if self.as_of is None:
            return
        try:
            plain: str | None = date.fromisoformat(self.as_of).isoformat()
        except ValueError:
            plain = None
        # Python also reads 20260131 and 2026-W05-6, which numpy takes for other dates or for none.
        if plain != self.as_of:
            raise SettingsError(f"{self.as_of!r} is not a date", remedy="Write it as 2026-01-31")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareSettings:
    """Which features are used and how they are made comparable.

    Parameters
    ----------
    features : tuple of str
        Columns to cluster on; empty takes the defaults of the table's kind.
    missing, outliers, transform, scaler : str
        What to do about empty cells, extreme values, skew and unit.
    category_weight : float
        What the 0/1 columns of a category are multiplied by, above 0 and at most 10; see
        `segmentation.preparing.prepare`.
    """

    features: tuple[str, ...] = ()
    missing: Missing = "median"
    outliers: Outliers = "keep"
    transform: Transform = "auto"
    scaler: Scaler = "standard"
    category_weight: float = 1.0

    def __post_init__(self) -> None:
        if not SMALLEST_CATEGORY_WEIGHT <= self.category_weight <= LARGEST_CATEGORY_WEIGHT:
            raise SettingsError(
                f"{self.category_weight!r:.40} can't be the weight of categories",
                remedy=f"Use a number above 0 and at most {LARGEST_CATEGORY_WEIGHT}; "
                "1 leaves them as they are",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseSettings:
    """How the number of segments is settled.

    Parameters
    ----------
    k : int or None
        The number of segments; None lets the evidence choose.
    k_min, k_max : int
        The range the evidence is gathered for, both included.
    """

    k: int | None = None
    k_min: int = 2
    k_max: int = 10

    def __post_init__(self) -> None:
        if self.k is not None and not 2 <= self.k <= LARGEST_K:
            raise SettingsError(
                f"k = {self.k} is not a number of segments", remedy=f"Use 2 to {LARGEST_K}"
            )
        if not 2 <= self.k_min <= self.k_max <= LARGEST_K:
            raise SettingsError(
                f"The range {self.k_min}:{self.k_max} can't be compared",
                remedy=f"Use a range within 2:{LARGEST_K}, the smaller number first; whether there "
                "are no groups at all is weighed with any range",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FitSettings:
    """How the segments are found.

    Parameters
    ----------
    seed : int
        Seed of everything random.
    method : str
        K-Means or an alternative; hdbscan and dbscan find the number of segments themselves.
    """

    seed: int = 0
    method: Method = "kmeans"

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**32:
            raise SettingsError(
                f"The seed {self.seed} is out of range", remedy="Use 0 to 4294967295"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelSettings:
    """What was merged and split by hand, after the segments were found.

    Segments go by the number they had when found, which never changes: taking a step back leaves
    the numbers, and so the names, of the others as they are.

    Parameters
    ----------
    steps : tuple of (what, numbers)
        In order. ("merge", (a, b)) makes one of two, and it is a; ("split", (a,)) makes two of one,
        the larger of which is a and the other the next number that no segment has had.
    """

    steps: tuple[tuple[Turning, tuple[int, ...]], ...] = ()

    def __post_init__(self) -> None:
        for what, numbers in self.steps:
            if len(set(numbers)) != len(numbers) or len(numbers) != (2 if what == "merge" else 1):
                raise SettingsError(
                    f"Segments {numbers!r:.40} can't be a step of kind {what!r}",
                    remedy='Write ["merge", [1, 3]] or ["split", [2]]',
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSettings:
    """What segments are called: names given, colours kept, and where the other names are from.

    Parameters
    ----------
    names : tuple of (segment_id, name)
        Segments left out keep the name that the playbook finds. After merging and splitting, a
        segment goes by its number as in `WheelSettings`; names of numbers that were merged away
        wait for the step to be taken back.
    colours : tuple of (segment_id, colour)
        Places among the colours, from 1; segments left out get the lowest that are free.
    playbook : str or None
        Where names, reasons and actions are from: a playbook's name, or the path of a TOML file of
        playbooks; None takes the playbook that the columns suggest.
    playbook_text : str or None
        What playbooks there are, as TOML, so that a recipe can hold its own; None takes those of
        the file.
    """

    names: tuple[tuple[int, str], ...] = ()
    colours: tuple[tuple[int, int], ...] = ()
    playbook: str | None = None
    playbook_text: str | None = None

    def __post_init__(self) -> None:
        for segment_id, name in self.names:
            if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
                raise SettingsError(
                    f"{name[:40]!r} can't be the name of segment {segment_id}",
                    remedy=f"Use 1 to {LONGEST_NAME} characters on one line",
                )
        if self.playbook is not None and not (
            self.playbook.strip() and self.playbook.isprintable()
        ):
            raise SettingsError(
                "The playbook has no name", remedy="Name a playbook, or leave it to be suggested"
            )
        places = [colour for _, colour in self.colours]
        if len(set(places)) < len(places) or min(places, default=1) < 1:
            raise SettingsError(
                "Two segments have the same colour, or one has none",
                remedy="Give each its own place among the colours, from 1",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All settings of a run: with the same file, they give the same bytes.

    Examples
    --------
    >>> recipe = Recipe(choose=ChooseSettings(k=5))
    >>> Recipe.from_json(recipe.to_json()) == recipe
    True
    """

    read: ReadSettings = field(default_factory=ReadSettings)
    combine: CombineSettings = field(default_factory=CombineSettings)
    schema: SchemaSettings = field(default_factory=SchemaSettings)
    clean: CleanSettings = field(default_factory=CleanSettings)
    prepare: PrepareSettings = field(default_factory=PrepareSettings)
    choose: ChooseSettings = field(default_factory=ChooseSettings)
    fit: FitSettings = field(default_factory=FitSettings)
    wheel: WheelSettings = field(default_factory=WheelSettings)
    naming: NameSettings = field(default_factory=NameSettings)

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as plain JSON values, with its format's version."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return {"recipe_version": RECIPE_VERSION, **plain}

    def to_json(self) -> str:
        """Return the recipe as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Read a recipe, or the recipe within a run's summary.

        Raises
        ------
        SettingsError
            If the text is not such a file, or a setting in it can't be.
        """
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError):
            raise SettingsError(
                "The recipe is not valid JSON",
                remedy="Give a summary.json, or the recipe part of one",
            ) from None
        if isinstance(raw, dict) and isinstance(raw.get("recipe"), dict):
            raw = raw["recipe"]
        if not isinstance(raw, dict) or raw.get("recipe_version") != RECIPE_VERSION:
            raise SettingsError(
                f"The file holds no recipe of version {RECIPE_VERSION}",
                remedy="Give a summary.json, or the recipe part of one",
            )
        stages = get_type_hints(cls)
        parts = {key: value for key, value in raw.items() if key != "recipe_version"}
        _refuse_unknown(parts, stages, "recipe")
        return cls(**{name: _stage(stages[name], value, name) for name, value in parts.items()})

    def answered(self, setting: str, value: str) -> Recipe:
        """Return a copy that settles a `Question` by the value of one of its readings.

        Examples
        --------
        >>> Recipe().answered("dates", "mdy").schema.dates
        'mdy'
        """
        if setting in ("dates", "decimal", "kind"):
            told: dict[str, Any] = {setting: value}
            return replace(self, schema=replace(self.schema, **told))
        told = {"header_rows": int(value)} if setting == "header" else {setting: value}
        return replace(self, read=replace(self.read, **told))

    def as_found(self) -> Recipe:
        """Return a copy without what is done to segments once they are found."""
        return self.with_stage(wheel=WheelSettings(), naming=NameSettings())

    def with_stage(self, **stages: Any) -> Recipe:
        """Return a copy with whole stages replaced."""
        return replace(self, **stages)


def _refuse_unknown(given: Mapping[str, Any], known: Mapping[str, Any], place: str) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise SettingsError(
            f"The recipe has an unknown setting {unknown[0]!r}",
            where=place,
            remedy=f"Known here: {', '.join(known)}",
        )


def _stage(cls: type[Any], value: Any, place: str) -> Any:
    if not isinstance(value, dict):
        raise SettingsError(
            f"The recipe's {place!r} is not an object", remedy="Take it from a summary.json"
        )
    hints = get_type_hints(cls)
    _refuse_unknown(value, hints, place)
    return cls(
        **{name: _value(hints[name], given, f"{place}.{name}") for name, given in value.items()}
    )


def _value(hint: Any, given: Any, place: str) -> Any:
    """Check a JSON value against a setting's annotation; lists become tuples."""
    if get_origin(hint) in (Union, UnionType):
        if given is None and type(None) in get_args(hint):
            return None
        inner = [part for part in get_args(hint) if part is not type(None)]
        return _value(inner[0], given, place)
    if get_origin(hint) is Literal:
        if given in get_args(hint):
            return given
        remedy = f"Use one of {', '.join(get_args(hint))}"
    elif get_origin(hint) is tuple:
        parts = get_args(hint)
        if isinstance(given, list):
            if len(parts) == 2 and parts[1] is Ellipsis:
                return tuple(_value(parts[0], item, place) for item in given)
            if len(given) == len(parts):
                pairs = zip(parts, given, strict=True)
                return tuple(_value(part, item, place) for part, item in pairs)
        remedy = "Give a list"
    elif isinstance(given, (int, float) if hint is float else hint) and (
        hint is bool or not isinstance(given, bool)
    ):
        return given
    else:
        remedy = f"Give a value of type {hint.__name__}"
    raise SettingsError(f"The recipe's {place} can't be {given!r:.60}", remedy=remedy)
