"""Numbers, dates and the ways to write them, in words."""

from __future__ import annotations

import numpy as np

from segmentation.settings import DateOrder, DecimalMark

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DECIMAL_LABELS: dict[DecimalMark, str] = {"point": "Decimal point", "comma": "Decimal comma"}
DATE_LABELS: dict[DateOrder, str] = {
    "dmy": "Day first",
    "mdy": "Month first",
    "ymd": "Year first",
}
ORDERED: dict[DateOrder, str] = {
    "dmy": "dates written day-first",
    "mdy": "dates written month-first",
    "ymd": "dates written year-first",
}


def number_text(value: float) -> str:
    """Write a number with all its digits and nothing else.

    Examples
    --------
    >>> number_text(1234.0), number_text(0.125)
    ('1234', '0.125')
    """
    return np.format_float_positional(value, trim="-")


def date_text(moment: np.datetime64) -> str:
    """Write a moment as ISO 8601 does, without a clock at midnight.

    Examples
    --------
    >>> date_text(np.datetime64("2011-12-01T08:26:00")), date_text(np.datetime64("2011-12-01"))
    ('2011-12-01 08:26:00', '2011-12-01')
    """
    return str(moment.astype("datetime64[s]")).replace("T", " ").removesuffix(" 00:00:00")


def number_or_none(value: float) -> str:
    """Write a number, or say that there is none."""
    return "no number" if np.isnan(value) else number_text(value)


def spoken(moment: np.datetime64) -> str:
    """Write a day in words that no order can change, or say that there is none."""
    if np.isnat(moment):
        return "no date"
    year, month, day = str(moment)[:10].split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"
