"""Tables of different shape meet on the customer id: each customer gets what the others tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.errors import DataError, SchemaError, SettingsError
from segmentation.grouping import exact_sums, extremes
from segmentation.results import Clean, Customers, LedgerEntry, Match, Rule, Schema, Table
from segmentation.settings import CombineSettings, SchemaSettings
from segmentation.values import Bools, Dates, is_missing
from segmentation.words import words

REPEATING_SHARE = 0.05
DOUBTFUL_SHARE = 0.5
EXAMPLES = 3


def choose_main(
    tables: Sequence[Table],
    schemas: Sequence[Schema],
    combine: CombineSettings,
    settings: SchemaSettings,
) -> int:
    """Return the position of the table whose customers are segmented.

    It is the one named, else one that has all columns given a role, else order lines, else one
    with one row a customer, then the one with the most different customers, then the first.

    Raises
    ------
    SettingsError
        If a file named in the settings is not there.
    """
    files = [{file.name for file in table.report.files} for table in tables]
    named = [file for file, _ in combine.keys]
    for name in [combine.main, *named] if combine.main is not None else named:
        if not any(name in names for names in files):
            raise SettingsError(
                f"There is no file {name!r} to combine",
                remedy=f"Files: {', '.join(sorted(set().union(*files)))}"[:400],
            )
    wanted = {column for _, column in settings.roles if column}

    def rank(place: int) -> tuple[bool, bool, bool, bool, int, int]:
        schema, frame = schemas[place], tables[place].frame
        key = schema.roles.get("customer_id")
        ids = frame[key][~is_missing(frame[key])].str.strip() if key else pd.Series(dtype="str")
        return (
            combine.main in files[place],
            wanted <= set(frame.columns),
            schema.kind == "transactions",
            bool(ids.duplicated().mean() <= REPEATING_SHARE),
            ids.nunique(),
            -place,
        )

    return max(range(len(tables)), key=rank)


def customer_key(table: Table, schema: Schema, main: Schema, combine: CombineSettings) -> str:
    """Return the column of a further table that tells the customer.

    It is the one set, else the one called as the main table's, else the one guessed.

    Raises
    ------
    SchemaError
        If the column set is not there, or none is found.
    """
    names = [str(name) for name in table.frame.columns]
    report = table.report
    called = {file.name for file in report.files}
    ours = words(main.roles.get("customer_id", ""))
    found = [column for file, column in combine.keys if file in called]
    found += [name for name in names if words(name) == ours]
    found += [name for role, name in schema.roles.items() if role == "customer_id"]
    if found and found[0] in names:
        return found[0]
    raise SchemaError(
        f"There is no column {found[0]!r} to find the customers by"
        if found
        else "No column tells the customer, so the file can't be joined",
        where=report.name,
        remedy=f"Say which column is the customer id, or leave the file out. Columns: "
        f"{', '.join(names)}"[:400],
    )


def attributes(schema: Schema, table: Table, key: str) -> Schema:
    """Return what a further table tells of a customer: all but the id and the file."""
    left_out = (key, table.report.source_column)
    columns = (replace(c, role=None) for c in schema.columns if c.name not in left_out)
    asked = tuple(question for question in schema.questions if question.setting != "kind")
    return replace(schema, kind="customers", columns=tuple(columns), doubts=(), questions=asked)


def meet(
    customers: Customers,
    table: Table,
    schema: Schema,
    cleaned: Clean,
    key: str,
    as_of: str | None = None,
) -> Match:
    """Find each row's customer by its id.

    Ids are compared without spaces around them. Where that finds more of them, and keeps all
    customers apart, they are compared without the ``.0`` of a number, without regard to capitals,
    and without leading zeros.

    Parameters
    ----------
    customers : Customers
        The customers so far.
    table, schema, cleaned, key
        A further table, what it tells (`attributes`), its rows and its column with the id.
    as_of : str, optional
        ISO date; rows of a table with several rows a customer that are dated later are set aside.

    Raises
    ------
    DataError
        If the customers have no id, or no id of the table is a customer's.
    """
    if customers.id_column is None:
        raise DataError(
            "The customers have no id, so nothing can be joined to them",
            where=table.report.name,
            remedy="Say which column is the customer id, or leave the further files out",
        )
    cleaned = _set_aside(cleaned, "no_customer_id", is_missing(cleaned.frame[key], "name"))
    codes, distinct = pd.factorize(cleaned.frame[key].str.strip())
    theirs = [str(one) for one in distinct]
    ours = [str(one).strip() for one in customers.ids]
    compared = _compare(ours, theirs)
    places = compared.places
    if not (places >= 0).any():
        raise _strangers(table, key, theirs, ours)
    several = _repeat(codes, compared.theirs)
    notes, doubts = _say(table.report.name, several, compared, len(ours))
    owners = places[codes]
    cleaned, owners = _keep_but("no_such_customer", owners < 0, cleaned, owners)
    if several and as_of is not None:
        late = _days(cleaned, schema) > np.datetime64(as_of, "D")
        cleaned, owners = _keep_but("after_as_of_date", late, cleaned, owners)
    if not several:
        repeated = pd.Series(owners).duplicated(keep="first").to_numpy()
        cleaned, owners = _keep_but("repeated_customer_id", repeated, cleaned, owners)
    met = np.unique(places[places >= 0])
    return Match(
        table=table,
        schema=schema,
        key=key,
        clean=cleaned,
        owners=owners,
        several_rows=several,
        lacking=np.setdiff1d(np.arange(len(ours)), met),
        matched=len(met),
        ids=len(theirs),
        ids_matched=int((places >= 0).sum()),
        notes=notes,
        doubts=doubts,
    )


def widen(
    customers: Customers, match: Match, typed: Customers, as_of: date | None = None
) -> tuple[Customers, Match]:
    """Give the customers what the rows that met them tell.

    One row a customer gives its columns. Several give ``visits_count``, ``visits_pages_total`` for
    each number, and ``visits_days_since_last`` for the first date, to the as-of date or the day
    after the last date, whichever is later (here for a file called visits). Default features stay,
    unless there were none.

    Parameters
    ----------
    customers : Customers
        The customers so far; they stay, each once, in their order.
    match : Match
        Rows and their customers.
    typed : Customers
        The match's rows as numbers and texts, one each.
    as_of : date, optional
        The date that days are counted to.
    """
    count = len(customers.ids)
    stem = _stem([file.name for file in match.table.report.files])
    if match.several_rows:
        told = _added_up(match, typed, count, stem, as_of)
    else:
        told = _as_they_are(match, typed, count)
    taken = {str(name).casefold() for name in customers.frame.columns}
    taken |= {"customer_id", "segment", "segment_id", (customers.id_column or "").casefold()}
    names = _free_names(told.frame.columns, taken, stem)
    numeric = tuple(names[name] for name in told.numeric)
    wider = replace(
        customers,
        frame=pd.concat([customers.frame, told.frame.rename(columns=names)], axis=1),
        numeric=customers.numeric + numeric,
        categories=customers.categories + tuple(names[name] for name in told.categories),
        default_features=customers.default_features or numeric,
        unusable=customers.unusable | {names[name]: why for name, why in told.unusable.items()},
    )
    return wider, replace(match, columns=tuple(names.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One way to write ids, so that the same id looks the same."""

    of: Callable[[str], str]
    said: str
    doubtful: bool = False


def _without_zero_decimals(name: str) -> str:
    whole, point, decimals = name.partition(".")
    return whole if point and decimals and whole.isdigit() and not decimals.strip("0") else name


def _without_leading_zeros(name: str) -> str:
    name = _without_zero_decimals(name)
    return (name.lstrip("0") or "0") if name.isascii() and name.isdigit() else name


_FORMS = (
    _Form(of=_without_zero_decimals, said="only without the .0 after whole numbers"),
    _Form(of=str.casefold, said="only without regard to capital letters"),
    _Form(of=_without_leading_zeros, said="only without leading zeros", doubtful=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """Ids of a table, as they were compared, and the customer of each (-1 for none)."""

    theirs: list[str]
    places: npt.NDArray[np.int64]
    forms: tuple[_Form, ...] = ()


def _compare(ours: list[str], theirs: list[str]) -> _Compared:
    best = _Compared(theirs=theirs, places=pd.Index(ours).get_indexer(pd.Index(theirs)))
    for form in _FORMS:
        if (best.places >= 0).all():
            break
        our = [form.of(one) for one in ours]
        their = [form.of(one) for one in best.theirs]
        merges = len(set(our)) < len(our)
        # 0012 beside 12 in one file are two customers, as far as anyone can tell.
        merges |= form.doubtful and len(set(their)) < len(set(best.theirs))
        if merges:
            continue
        places = pd.Index(our).get_indexer(pd.Index(their))
        if (places >= 0).sum() > (best.places >= 0).sum():
            ours = our
            best = _Compared(theirs=their, places=places, forms=(*best.forms, form))
    return best


def _repeat(codes: npt.NDArray[np.int64], theirs: list[str]) -> bool:
    """Tell whether a customer has several rows: more than slips repeat an id."""
    same = pd.factorize(pd.Series(theirs))[0][codes]
    return bool(pd.Series(same).duplicated().mean() > REPEATING_SHARE)


def _say(
    file: str, several: bool, compared: _Compared, count: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    places = compared.places
    met = len(np.unique(places[places >= 0]))
    strangers = int((places < 0).sum())
    others = {0: "every id in it is a customer's", 1: "1 id in it is no customer's"}.get(
        strangers, f"{strangers:,} ids in it are no customer's"
    )
    notes = [f"{met:,} of {count:,} customers are in {file}; {others}."]
    doubts = []
    for form in compared.forms:
        said = f"Some ids of {file} are a customer's {form.said}"
        if form.doubtful:
            doubts.append(f"{said}; check that 00123 and 123 are the same customer.")
        else:
            notes.append(f"{said}.")
    if several:
        notes.append(
            f"Customers have several rows in {file}: they are counted, and their numbers added up."
        )
    if max(met / count, 1 - strangers / len(places)) < DOUBTFUL_SHARE:
        doubts.append(
            f"{file}: only {met / count:.0%} of the customers are in it, and only "
            f"{1 - strangers / len(places):.0%} of its ids are a customer's. Check that both "
            "columns hold the same ids."
        )
    return tuple(notes), tuple(doubts)


def _strangers(table: Table, key: str, theirs: list[str], ours: list[str]) -> DataError:
    there = ", ".join(theirs[:EXAMPLES]) or "none"
    return DataError(
        f"No id in {key!r} is a customer's: there stand {there}; the customers are "
        f"{', '.join(ours[:EXAMPLES])}"[:400],
        where=table.report.name,
        remedy="Say which column is the customer id, or leave the file out",
    )


def _set_aside(cleaned: Clean, rule: Rule, bad: Bools) -> Clean:
    rows = cleaned.frame.index.to_numpy()
    entry = LedgerEntry(rule=rule, rows_in=len(rows), set_aside=int(bad.sum()))
    return replace(
        cleaned,
        frame=cleaned.frame[~bad],
        ledger=(*cleaned.ledger, entry),
        set_aside=cleaned.set_aside | ({rule: rows[bad]} if bad.any() else {}),
    )


def _keep_but(
    rule: Rule, bad: Bools, cleaned: Clean, owners: npt.NDArray[np.int64]
) -> tuple[Clean, npt.NDArray[np.int64]]:
    return _set_aside(cleaned, rule, bad), owners[~bad]


def _days(cleaned: Clean, schema: Schema) -> Dates:
    """Return each row's date, from the first column of dates; none where there is no column."""
    dates = schema.of_type("date")
    if not dates:
        return np.full(len(cleaned.frame), np.datetime64("NaT", "D"))
    days: Dates = cleaned.values[dates[0]][cleaned.frame.index.to_numpy()].astype("datetime64[D]")
    return days


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """Columns with one row a customer, and what they can be used for."""

    frame: pd.DataFrame
    numeric: tuple[str, ...]
    categories: tuple[str, ...]
    unusable: dict[str, str]


def _as_they_are(match: Match, typed: Customers, count: int) -> _Told:
    frame = typed.frame.set_axis(match.owners).reindex(range(count))
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].astype("str").fillna("")
    return _Told(
        frame=frame,
        numeric=typed.numeric,
        categories=typed.categories,
        unusable={name: why for name, why in typed.unusable.items() if name in frame},
    )


def _added_up(match: Match, typed: Customers, count: int, stem: str, as_of: date | None) -> _Told:
    owners = match.owners
    columns: dict[str, Any] = {f"{stem}_count": np.bincount(owners, minlength=count).astype(float)}
    for name in typed.numeric:
        values = np.nan_to_num(typed.frame[name].to_numpy(dtype=float))
        short = "_".join(words(name)) or name
        total = f"{stem}_{short}_total"
        columns[total if total not in columns else f"{stem}_{name}_total"] = exact_sums(
            owners, values, count
        )
    days = _days(match.clean, match.schema)
    dated = ~np.isnat(days)
    if dated.any():
        last, _ = extremes(owners[dated], days[dated].astype(np.int64), count)
        to = days[dated].max().item() + timedelta(days=1)
        to_day = np.datetime64(max(to, as_of or to), "D").astype(np.int64)
        unknown = np.bincount(owners[dated], minlength=count) == 0
        columns[f"{stem}_days_since_last"] = np.where(
            unknown, np.nan, to_day - np.where(unknown, 0, last)
        )
    unusable = {
        name: "it has the same value for every customer"
        for name, values in columns.items()
        if not np.nanmin(values) < np.nanmax(values)
    }
    return _Told(
        frame=pd.DataFrame(columns),
        numeric=tuple(name for name in columns if name not in unusable),
        categories=(),
        unusable=unusable,
    )


def _stem(files: list[str]) -> str:
    """Return what the names of the files have in common, numbers apart."""
    parts = [words(file.split(".")[0]) for file in files]
    common = [
        word for word in parts[0] if not word.isdigit() and all(word in part for part in parts)
    ]
    return "_".join(common) or "joined"


def _free_names(wanted: Iterable[Any], taken: set[str], stem: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for name in wanted:
        free, number = str(name), 1
        while free.casefold() in taken:
            free = f"{stem}_{name}" if number == 1 else f"{stem}_{name}_{number}"
            number += 1
        taken.add(free.casefold())
        names[str(name)] = free
    return names
