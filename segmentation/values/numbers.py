"""Numbers as people write them: with either decimal mark, grouped, signed, in money or percent."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.settings import DecimalMark
from segmentation.values.cells import Bools, Cells, Floats, among, arrow, matches, parts
from segmentation.values.marks import missing

LARGEST_NUMBER = 1e100
LONGEST_AROUND = 16

_MARK: dict[DecimalMark, str] = {"point": r"\.", "comma": ","}
_OTHER: dict[DecimalMark, str] = {"point": ",", "comma": r"\."}
_INFINITE = frozenset({sign + word for sign in ("", "+", "-") for word in ("inf", "infinity")})
_LOOKALIKES = (("[\u00a0\u2007\u2009\u202f]", " "), ("’", "'"), ("−", "-"))

# A cell is a body of digits and marks, perhaps an exponent, and what stands around: sign, currency,
# brackets, percent. "5.-" is five and no cents.
_CELL = (
    r"^(?P<before>(?:[^\x00-@]\.|[^0-9.,])*)"
    r"(?P<body>[0-9.,' ]*[0-9](?:[.,](?:[-–—]{1,2})?)?)"
    r"(?P<exponent>[eE][+-]?[0-9]+)?"
    r"(?P<after>[^0-9]*)$"
)
_CURRENCY = (
    "AED ARS AUD BDT BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY "
    "KES KRW LKR MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RMB RON RUB SAR SEK SGD THB TND TRY "
    "TWD UAH USD UYU VND ZAR Fr Ft Kč kr lei Rs SFr TL zł zl"
)
_AROUND = re.compile(
    rf"(?P<currency>(?:{'|'.join(_CURRENCY.split())})(?![^\W\d_])\.?|[A-Z]{{0,2}}\$)"
    r"|(?P<mark>[-+()%])|(?P<space>\s)|(?P<body>0)|(?P<other>.)",
    re.IGNORECASE,
)
_SAME_CURRENCY = {"€": "EUR", "£": "GBP", "$": "USD", "US$": "USD", "₹": "INR", "RS": "INR"}
_NOTHING, _ZERO, _HUNDREDTHS = (pa.scalar(t, pa.large_string()) for t in ("", "0", "e-2"))
_SIGNS = {"0": 1, "+0": 1, "-0": -1, "0-": -1, "(0)": -1}


def _plain(mark: DecimalMark) -> str:
    return rf"^[+-]?(?:[0-9]+{_MARK[mark]}?[0-9]*|{_MARK[mark]}[0-9]+)$"


def _body(mark: DecimalMark) -> str:
    groups = [rf"[1-9][0-9]{{0,2}}(?:{g}[0-9]{{3}})+" for g in (_OTHER[mark], " ", "'")]
    if mark == "point":
        groups.append(r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}")
    whole = "|".join(["[0-9]+", *groups])
    return rf"^(?:(?:{whole})(?:{_MARK[mark]}(?:[0-9]*|[-–—]{{1,2}}))?|{_MARK[mark]}[0-9]+)$"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberTexts:
    """The distinct texts of a column read as numbers with one decimal mark.

    Parameters
    ----------
    values : ndarray of float, shape (distinct,)
        NaN where there is no usable number; all others are finite, at most 1e100 in size.
    missing, infinite : ndarray of bool, shape (distinct,)
        Texts that stand for nothing; infinite or beyond 1e100.
    changes : dict of str to ndarray of bool, shape (distinct,)
        What was done to texts that became numbers.
    currencies : tuple of str
        The currencies written beside the numbers.
    """

    values: Floats
    missing: Bools
    infinite: Bools
    changes: dict[str, Bools]
    currencies: tuple[str, ...]

    @property
    def unreadable(self) -> Bools:
        """Texts that are no number and no missing mark."""
        return np.isnan(self.values) & ~self.missing & ~self.infinite


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbers:
    """A column read as numbers.

    Parameters
    ----------
    values : ndarray of float, shape (rows,)
        NaN where there is no usable number; all others are finite, at most 1e100 in size.
    missing, unreadable, infinite : ndarray of bool, shape (rows,)
        Why a value is NaN: an empty cell or a missing mark; text; infinite or beyond 1e100.
    """

    values: Floats
    missing: Bools
    unreadable: Bools
    infinite: Bools


def to_numbers(text: pd.Series[Any], decimal: DecimalMark | None = None) -> Numbers:
    """Read text cells as numbers.

    Parameters
    ----------
    text : Series of str, shape (rows,)
        The cells; it is not changed.
    decimal : {"point", "comma"}, optional
        The decimal mark; by default the one that reads more cells, the point if both read as many.

    Examples
    --------
    >>> cells = pd.Series(["1.5", "", "x", "inf", "(€ 1,234)", "12%"], dtype="str")
    >>> to_numbers(cells).values.tolist()
    [1.5, nan, nan, nan, -1234.0, 0.12]
    >>> to_numbers(pd.Series(["1.234,56", "7"], dtype="str")).values.tolist()
    [1234.56, 7.0]
    """
    if decimal != "comma":
        values = plain_numbers(text)
        if values is not None:
            nothing = np.zeros(len(values), dtype=bool)
            return Numbers(values=values, missing=nothing, unreadable=nothing, infinite=nothing)
    cells = Cells.of(text)
    if decimal is None:
        found = max((read_numbers(cells, mark) for mark in _MARK), key=_reads)
    else:
        found = read_numbers(cells, decimal)
    return Numbers(
        values=cells.rows(found.values),
        missing=cells.rows(found.missing),
        unreadable=cells.rows(found.unreadable),
        infinite=cells.rows(found.infinite),
    )


def plain_numbers(text: pd.Series[Any]) -> Floats | None:
    """Read a column at once if it holds nothing but digits, signs and decimal points."""
    try:
        values = np.array(pc.cast(arrow(text), pa.float64()).to_numpy(), dtype=float)
    except pa.ArrowInvalid:
        return None
    usable = np.abs(values) <= LARGEST_NUMBER
    return values if usable.all() else None


def read_numbers(cells: Cells, decimal: DecimalMark) -> NumberTexts:
    """Read the distinct texts of a column as numbers with a given decimal mark.

    Examples
    --------
    >>> cells = Cells.of(pd.Series(["1.234", "0,5", "2.5"], dtype="str"))
    >>> read_numbers(cells, "comma").values.tolist()
    [1234.0, 0.5, nan]
    """
    marks = missing(cells, "number")
    infinite = among(cells.trimmed, _INFINITE)
    plain = matches(cells.trimmed, _plain(decimal))
    rest = ~(plain | marks | infinite)
    values = np.full(len(cells), np.nan)
    values[plain] = _cast(_pointed(cells.trimmed.filter(pa.array(plain)), decimal))
    changes: dict[str, Bools] = {}
    if decimal == "comma":
        changes["decimal comma read as point"] = matches(cells.trimmed, ",")
    currencies: set[str] = set()
    if rest.any():
        values[rest], done, currencies = _elaborate(cells.trimmed.filter(pa.array(rest)), decimal)
        for kind, where in done.items():
            changes[kind] = np.zeros(len(cells), dtype=bool)
            changes[kind][rest] = where
    infinite |= np.abs(values) > LARGEST_NUMBER
    values[infinite] = np.nan
    changes["spaces around taken off"] = np.asarray(pc.not_equal(cells.texts, cells.trimmed))
    read = ~np.isnan(values)
    return NumberTexts(
        values=values,
        missing=marks,
        infinite=infinite,
        changes={kind: where & read for kind, where in changes.items() if (where & read).any()},
        currencies=tuple(sorted(currencies)),
    )


def _reads(found: NumberTexts) -> int:
    return int(np.isfinite(found.values).sum())


def _cast(texts: pa.Array) -> Floats:
    return np.asarray(pc.cast(texts, pa.float64()), dtype=float)


def _pointed(texts: pa.Array, decimal: DecimalMark) -> pa.Array:
    return pc.replace_substring(texts, ",", ".") if decimal == "comma" else texts


class _Around(NamedTuple):
    sign: int
    percent: bool
    currency: str
    trailing_minus: bool
    brackets: bool


def _elaborate(texts: pa.Array, decimal: DecimalMark) -> tuple[Floats, dict[str, Bools], set[str]]:
    """Read texts with something around or within the digits; NaN where they are no number."""
    for pattern, plain in _LOOKALIKES:
        texts = pc.replace_substring_regex(texts, pattern, plain)
    fits, (before, body, exponent, after) = parts(texts, _CELL)
    good = matches(body, _body(decimal))
    fits[fits] = good
    before, body, exponent, after = (
        part.filter(pa.array(good)) for part in (before, body, exponent, after)
    )
    around = pc.binary_join_element_wise(before, _ZERO, after, _NOTHING).dictionary_encode()
    each = [_parse_around(written) for written in around.dictionary.to_pylist()]
    said = np.array(each, dtype=object).reshape(-1, len(_Around._fields))
    sign, percent, currency, trailing, brackets = said[around.indices.to_numpy()].T
    percent = percent.astype(bool)
    digits = _pointed(pc.replace_substring_regex(body, f"[^0-9{_MARK[decimal]}]", ""), decimal)
    scale = pc.if_else(pa.array(percent), _HUNDREDTHS, exponent)
    numbers = _cast(pc.binary_join_element_wise(digits, scale, _NOTHING)) * sign.astype(float)
    wrong = percent & (np.asarray(pc.utf8_length(exponent)) > 0)
    numbers[wrong | (sign == 0)] = np.nan
    values = np.full(len(texts), np.nan)
    values[fits] = numbers
    done = {
        "thousands marks taken out": matches(body, rf"[ ']|{_OTHER[decimal]}[0-9]{{3}}"),
        "currency sign taken off": currency != "",
        "percent read as a fraction": percent,
        "brackets read as minus": brackets,
        "trailing minus moved to the front": trailing,
    }
    changes = {kind: np.zeros(len(texts), dtype=bool) for kind in done}
    for kind, where in done.items():
        changes[kind][fits] = where
    return values, changes, set(currency[~np.isnan(numbers)]) - {""}


def _parse_around(written: str) -> _Around:
    """Understand what stands around a body, written as 0; sign 0 says that it is no number."""
    currencies: list[str] = []
    shape = ""
    percents = 0
    for found in _AROUND.finditer(written) if len(written) <= LONGEST_AROUND else ():
        if found["currency"] or (found["other"] and unicodedata.category(found[0]) == "Sc"):
            name = found[0].rstrip(".").upper()
            currencies.append(_SAME_CURRENCY.get(name, name))
        elif found[0] == "%":
            percents += 1
        elif not found["space"]:
            shape += found[0]
    sign = _SIGNS.get(shape, 0) if len(currencies) + percents <= 1 else 0
    return _Around(
        sign=sign,
        percent=percents > 0,
        currency="".join(currencies) if sign else "",
        trailing_minus=shape == "0-",
        brackets=shape == "(0)",
    )
