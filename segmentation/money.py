"""The currency that amounts are written in: found in the file, or chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from segmentation.numerals import say
from segmentation.results import Schema

SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥", "INR": "₹", "ZŁ": "zł", "KR": "kr"}
BEFORE = frozenset("€£$¥₹")


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """How an amount is written.

    Parameters
    ----------
    sign : str
        Such as £ or CHF; empty for amounts without one.

    Examples
    --------
    >>> Currency(sign="£").say(1234.4), Currency(sign="kr").say(-5), Currency(sign="").say(3)
    ('£1,234', '-5 kr', '3')
    """

    sign: str = ""

    @property
    def prefix(self) -> str:
        """What stands before a number."""
        return self.sign if self.sign in BEFORE else ""

    @property
    def suffix(self) -> str:
        """What stands behind it."""
        return "" if self.sign in BEFORE or not self.sign else f" {self.sign}"

    def say(self, value: float) -> str:
        """Write an amount with about four telling digits."""
        text = say(value)
        minus = "-" if text.startswith("-") else ""
        return f"{minus}{self.prefix}{text.removeprefix('-')}{self.suffix}"

    def named(self, what: str) -> str:
        """Name a figure with its unit.

        Examples
        --------
        >>> Currency(sign="£").named("Revenue"), Currency().named("Revenue")
        ('Revenue, £', 'Revenue')
        """
        return f"{what}, {self.sign}" if self.sign else what


def written_currency(schema: Schema) -> Currency:
    """Return the currency that a table's amounts are written with, none if they have no sign.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> text = "customer,date,amount\\nA,2026-01-01,£5\\nA,2026-01-03,£7\\nB,2026-01-02,£1\\n"
    >>> written_currency(load(Source(name="a.csv", data=text.encode())).schema).sign
    '£'
    """
    for column in schema.columns:
        if column.role not in ("amount", "unit_price"):
            continue
        for change in column.changes:
            if change.kind == "currency sign taken off" and change.examples:
                sign = re.sub(r"[\d\s.,'’()+-]", "", change.examples[0][0])
                return Currency(sign=SIGNS.get(sign.upper(), sign)[:3])
    return Currency()
