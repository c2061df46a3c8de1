"""Dates as people write them: year, day or month first, month names, clocks, zones, serials."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.settings import DateOrder
from segmentation.values.cells import Bools, Cells, Dates, matches, parts
from segmentation.values.marks import missing
from segmentation.words import words

# Two-digit years 69 to 99 are 1969 to 1999, the others 2000 to 2068, as in POSIX.
PIVOT = 69
FIRST_DAY = np.datetime64("1954-01-01")
LAST_DAY = np.datetime64("2064-12-31")
NOWHERE = np.datetime64("NaT", "s")
SERIAL_ORIGIN = np.datetime64("1899-12-30", "s")
LONGEST_ZONE_MINUTES = 14 * 60

_MONTHS = (
    "january januar janvier enero janeiro gennaio janner",
    "february februar fevrier febrero fevereiro febbraio feber",
    "march marz maerz mrz mars marzo marco",
    "april avril abril aprile",
    "may mai mayo maio maggio",
    "june juni juin junio junho giugno",
    "july juli juillet julio julho luglio",
    "august aout agosto",
    "september septembre septiembre setembro settembre setiembre",
    "october oktober octobre octubre outubro ottobre",
    "november novembre noviembre novembro",
    "december dezember decembre diciembre dezembro dicembre",
)
_DATE_WORDS = {"at", "data", "dato", "datetime", "day", "dia", "epoch", "giorno", "jour", "tag"}
_DATE_WORDS |= {"time", "timestamp", "ts", "zeit"}
_DATE_ENDINGS = ("date", "datum", "fecha")
_COUNTING = {"age", "count", "day", "days", "month", "months", "number", "since", "weeks", "years"}

_WORD = r"[^\x00-@\[-`{-\x7f]{3,}"
_TOKEN = rf"[0-9]{{1,4}}|{_WORD}"
_ORDINAL = r"(?:st|nd|rd|th|er|º|°)?"
_GAP = r"\.? (?:de |of )?|, ?| ?[-/.] ?"
_CLOCK = (
    r"(?:(?:T|,? |,)(?P<hour>[0-9]{1,2})[:h](?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r" ?(?P<half>[aApP]\.?[mM]\.?)?(?: Uhr)? ?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_DATE = (
    rf"^(?P<a>{_TOKEN}){_ORDINAL}(?P<gap>{_GAP})(?P<b>{_TOKEN}){_ORDINAL}(?P<next>{_GAP})"
    rf"(?P<c>[0-9]{{4}}|[0-9]{{1,2}}){_CLOCK}$"
)
_ISO = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
# The year is where a century is; no month is 19 or 20, so that only one of these fits.
_COMPACT = r"^([0-9]{4})([0-9]{2})([0-9]{2})($|[^0-9])"
_COMPACT_LAST = r"^([0-9]{2})([0-9]{2})((?:19|20)[0-9]{2})$"
_COMPACT_WITHOUT_ZERO = r"^([0-9])([0-9]{2})((?:19|20)[0-9]{2})$"
_SPACES = "[\\s\u00a0\u2007\u2009\u202f]+"
_SHIFTED = r":[0-9.,]+ ?(?:[aApP]\.?[mM]\.?)? ?[+-](?:0[1-9]|1[0-9]|00:?[1-9])"
# Serial days, seconds and milliseconds.
_ZERO = pa.scalar("0", pa.large_string())
_COUNTED = r"^(?:[0-9]{5}(?:[.,][0-9]+)?|[0-9]{9,10}|[0-9]{12,13})$"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DateTexts:
    """The distinct texts of a column read as dates, in each order.

    Parameters
    ----------
    values : dict of order to ndarray of datetime64[s], shape (distinct,)
        NaT where there is no date. Times with a zone are in UTC.
    missing : ndarray of bool, shape (distinct,)
        Texts that stand for nothing.
    ordered : ndarray of bool, shape (distinct,)
        Texts whose reading the order decides.
    changes : dict of str to ndarray of bool, shape (distinct,)
        What was done to texts that became dates, whatever the order.
    """

    values: dict[DateOrder, Dates]
    missing: Bools
    ordered: Bools
    changes: dict[str, Bools]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instants:
    """A column read as dates.

    Parameters
    ----------
    values : ndarray of datetime64[s], shape (rows,)
        NaT where there is no date. Times with a zone are in UTC.
    missing, unreadable : ndarray of bool, shape (rows,)
        Why a value is NaT.
    """

    values: Dates
    missing: Bools
    unreadable: Bools


def to_dates(
    text: pd.Series[Any], order: DateOrder | None = None, *, counted: bool = False
) -> Instants:
    """Read text cells as dates.

    Parameters
    ----------
    text : Series of str, shape (rows,)
        The cells; it is not changed.
    order : {"dmy", "mdy", "ymd"}, optional
        What comes first where no year of four digits does; by default what reads most cells, the
        day if others read as many. The order holds for every cell: one that doesn't fit it is
        unreadable. The year is first only in dates such as 26-04-13 and 26/04/13.
    counted : bool
        Read bare numbers from 1954 to 2064 too: days as Excel counts them, seconds and
        milliseconds since 1970; and 5102026, which lost the zero of its day.

    Examples
    --------
    >>> to_dates(pd.Series(["13/01/2011 8:26", "02/01/2011 9:00"], dtype="str")).values[1]
    np.datetime64('2011-01-02T09:00:00')
    """
    cells = Cells.of(text)
    read = read_dates(cells, counted=counted)
    if order is None:
        values = max(read.values.values(), key=lambda dates: int((~np.isnat(dates)).sum()))
    else:
        values = read.values[order]
    return Instants(
        values=cells.rows(values),
        missing=cells.rows(read.missing),
        unreadable=cells.rows(np.isnat(values) & ~read.missing),
    )


def read_dates(cells: Cells, *, counted: bool = False) -> DateTexts:
    """Read the distinct texts of a column as dates, in each order; see `to_dates`.

    Examples
    --------
    >>> read = read_dates(Cells.of(pd.Series(["03-04-26", "25 août 2011"], dtype="str")))
    >>> [str(dates[0])[:10] for dates in read.values.values()]
    ['2026-04-03', '2026-03-04', '2003-04-26']
    """
    marks = missing(cells, "date")
    whole = _iso(cells.trimmed)
    whole[marks] = NOWHERE
    ordered = np.zeros(len(cells), dtype=bool)
    changes: dict[str, Bools] = {}
    if counted:
        numbered = np.isnat(whole) & ~marks & matches(cells.trimmed, _COUNTED)
        if numbered.any():
            for kind, where, moments in _counted(cells.trimmed, numbered):
                whole[where] = moments[where]
                changes[kind] = where
    values: dict[DateOrder, Dates] = {"dmy": whole, "mdy": whole.copy(), "ymd": whole.copy()}
    rest = np.isnat(whole) & ~marks
    fits, groups = parts(_evened(cells.trimmed.filter(pa.array(rest)), counted), _DATE)
    rest[rest] = fits
    if rest.any():
        each, ordered[rest], done = _elaborate(groups)
        for order, dates in each.items():
            values[order][rest] = dates
        for kind, where in done.items():
            changes[kind] = np.zeros(len(cells), dtype=bool)
            changes[kind][rest] = where
    changes["zone converted to UTC"] = matches(cells.trimmed, _SHIFTED)
    changes["spaces around taken off"] = np.asarray(pc.not_equal(cells.texts, cells.trimmed))
    return DateTexts(values=values, missing=marks, ordered=ordered, changes=changes)


def is_called_a_date(name: str) -> bool:
    """Tell whether a column's name promises dates.

    Examples
    --------
    >>> [is_called_a_date(n) for n in ("Bestelldatum", "created_at", "orderdate", "amount")]
    [True, True, True, False]
    """
    return any(part in _DATE_WORDS or part.endswith(_DATE_ENDINGS) for part in words(name))


def year_first(cells: Cells) -> Bools:
    """Tell the texts that begin with a year of four digits, which no order changes."""
    return matches(cells.trimmed, _ISO)


def names_a_date(name: str) -> bool:
    """Tell whether a column's name says nothing but that it holds dates.

    Examples
    --------
    >>> [names_a_date(n) for n in ("Bestelldatum", "last_order_date", "days_to_date", "time_spent")]
    [True, True, False, False]
    """
    parts = words(name)
    last = parts[-1] if parts else ""
    is_date = last in ("date", "datetime") or last.endswith(("datum", "fecha"))
    return is_date and not _COUNTING & set(parts)


def _iso(texts: pa.Array) -> Dates:
    """Read what is written as ISO 8601 has it: quick, and nearly all that programs write."""
    result = np.full(len(texts), NOWHERE)
    plausible = matches(texts, _ISO)
    if plausible.any():
        cells = pd.Series(texts.filter(pa.array(plausible)).to_pandas(), dtype="str")
        parsed = pd.to_datetime(cells, format="ISO8601", errors="coerce", utc=True)
        result[plausible] = parsed.dt.tz_localize(None).to_numpy(dtype="datetime64[s]")
    return result


def _counted(texts: pa.Array, numbered: Bools) -> list[tuple[str, Bools, Dates]]:
    written = pc.if_else(pa.array(numbered), pc.replace_substring(texts, ",", "."), _ZERO)
    numbers = np.asarray(pc.cast(written, pa.float64()), dtype=float)
    units = (
        ("Excel serial numbers turned into dates", 1e5, 86_400.0, SERIAL_ORIGIN),
        ("seconds since 1970 turned into dates", 1e10, 1.0, np.datetime64(0, "s")),
        ("milliseconds since 1970 turned into dates", 1e13, 1e-3, np.datetime64(0, "s")),
    )
    found = []
    smallest = 1e4
    for kind, beyond, seconds, origin in units:
        values = origin + np.round(numbers * seconds).astype("timedelta64[s]")
        days = values.astype("datetime64[D]")
        where = numbered & (smallest <= numbers) & (numbers < beyond)
        where &= (days >= FIRST_DAY) & (days <= LAST_DAY)
        if where.any():
            found.append((kind, where, values))
        smallest = beyond
    return found


def _evened(texts: pa.Array, counted: bool) -> pa.Array:
    """Make every gap a plain space, and put the lines into 20110131 and 31012011."""
    texts = pc.replace_substring_regex(texts, _SPACES, " ")
    texts = pc.replace_substring_regex(texts, _COMPACT_LAST, r"\1-\2-\3")
    if counted:
        texts = pc.replace_substring_regex(texts, _COMPACT_WITHOUT_ZERO, r"\1-\2-\3")
    return pc.replace_substring_regex(texts, _COMPACT, r"\1-\2-\3\4")


def _elaborate(groups: list[pa.Array]) -> tuple[dict[DateOrder, Dates], Bools, dict[str, Bools]]:
    """Put the parts of written dates together, in each order."""
    a, gap, b, next_gap, c, *clock = groups
    first, second, last = _numbers(a), _numbers(b), _numbers(c)
    first_name, second_name = _months(a), _months(b)
    named = (first_name > 0) | (second_name > 0)
    digits = np.asarray(pc.utf8_length(c))
    year_first = (np.asarray(pc.utf8_length(a)) == 4) & (first >= 0)
    short = (digits == 2) & ~year_first
    year = np.where(short, _completed(last), last)
    year = np.where(year_first, first, year)
    perhaps_first = short & ~named & np.asarray(matches(gap, "^[-/]$"))
    for part in (a, b):
        perhaps_first &= np.asarray(pc.utf8_length(part)) == 2
    fits = np.where(year_first, digits <= 2, digits >= 2)
    fits &= named | _even(gap, next_gap, short)
    seconds, clock_fits = _since_midnight(clock)
    values: dict[DateOrder, Dates] = {}
    orders: tuple[DateOrder, DateOrder] = ("dmy", "mdy")
    for order in orders:
        day_first = (second_name > 0) | ((first_name == 0) & (order == "dmy"))
        month = np.where(day_first, second, first)
        month = np.where(named, first_name + second_name, np.where(year_first, second, month))
        day = np.where(year_first, last, np.where(day_first, first, second))
        dates, real = _calendar(year, month, day)
        dates = dates + seconds
        dates[~(real & fits & clock_fits)] = NOWHERE
        values[order] = dates
    dates, real = _calendar(_completed(first), second, last)
    dates = dates + seconds
    dates[~(perhaps_first & real & fits & clock_fits)] = NOWHERE
    values["ymd"] = np.where(named | year_first, values["dmy"], dates)
    changes = {"month names read": named, "two-digit years completed": short}
    return values, ~named & ~year_first, changes


def _completed(year: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return year + np.where(year < PIVOT, 2000, 1900)


def _even(gap: pa.Array, next_gap: pa.Array, short: Bools) -> Bools:
    """Tell where two gaps are the same; spaces alone need a year of four digits, too."""
    one, other = (np.asarray(pc.utf8_trim(g, " ").to_pandas()) for g in (gap, next_gap))
    return np.asarray((one == other) & (one != ",") & ~((one == "") & short), dtype=bool)


def _numbers(texts: pa.Array) -> npt.NDArray[np.int64]:
    """Turn digits into numbers, -1 where there are none."""
    digits = pc.if_else(matches(texts, "^[0-9]+$"), texts, pa.scalar("-1", texts.type))
    return np.asarray(pc.cast(digits, pa.int64()), dtype=np.int64)


def _months(texts: pa.Array) -> npt.NDArray[np.int64]:
    """Turn month names into numbers, 0 where there are none."""
    encoded = texts.dictionary_encode()
    known = [_MONTH_OF.get(_plain(word), 0) for word in encoded.dictionary.to_pylist()]
    return np.array([known[code] for code in encoded.indices.to_pylist()], dtype=np.int64)


def _since_midnight(clock: list[pa.Array]) -> tuple[npt.NDArray[np.timedelta64], Bools]:
    """Return the time since midnight in UTC, and where there is such a time."""
    hour, minute, second = (np.maximum(_numbers(part), 0) for part in clock[:3])
    half, zone = clock[3:]
    halved = np.asarray(pc.utf8_length(half)) > 0
    fits = (hour <= np.where(halved, 12, 23)) & (minute <= 59) & (second <= 59)
    hour = np.where(halved, hour % 12 + 12 * matches(half, "^[pP]"), hour)
    digits = pc.replace_substring_regex(zone, "[^0-9]", "")
    ahead = np.maximum(_numbers(pc.utf8_slice_codeunits(digits, 0, 2)), 0) * 60
    ahead += np.maximum(_numbers(pc.utf8_slice_codeunits(digits, 2, 4)), 0)
    fits &= ahead <= LONGEST_ZONE_MINUTES
    minutes = hour * 60 + minute - np.where(matches(zone, "^-"), -ahead, ahead)
    return (minutes * 60 + second).astype("timedelta64[s]"), fits


def _calendar(
    year: npt.NDArray[np.int64], month: npt.NDArray[np.int64], day: npt.NDArray[np.int64]
) -> tuple[Dates, Bools]:
    """Return midnight of each day, and which days there are."""
    fits = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1)
    months = (np.where(fits, year, 1970) - 1970) * 12 + np.where(fits, month, 1) - 1
    start = months.astype("datetime64[M]")
    dates = start.astype("datetime64[D]") + np.where(fits, day - 1, 0).astype("timedelta64[D]")
    fits &= dates.astype("datetime64[M]") == start
    return dates.astype("datetime64[s]"), fits


def _plain(word: str) -> str:
    """Take capitals and accents off."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _month_prefixes() -> dict[str, int]:
    """Map month names and what they begin with to the month, where only one begins so."""
    found: dict[str, set[int]] = {}
    for number, names in enumerate(_MONTHS, start=1):
        for name in names.split():
            for length in range(3, len(name) + 1):
                found.setdefault(name[:length], set()).add(number)
    return {prefix: numbers.pop() for prefix, numbers in found.items() if len(numbers) == 1}


_MONTH_OF = _month_prefixes()
