"""What a column's cells say it is for, where its name says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results import ColumnType
from segmentation.roles.names import is_country
from segmentation.values import Floats, is_missing, to_dates, to_numbers

FIRST_ROWS = 2_000
SPREAD_ROWS = 2_000
PROOF_ROWS = 500
FEW_CELLS = 20
EMAIL = r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"
MOST_NUMBER_COLUMNS = 12
LEAST_PROOFS = 3
ALL_BUT_FEW = 0.95
ORDER_TOTAL_SHARE = 0.8
ID_REPEATS = 0.05
LARGEST_USUAL_QUANTITY = 50
MOST_COUNTRIES = 250
COUNTRY_SHARE = 0.8
LONGEST_CODE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Three columns of which one is the product of the others.

    Parameters
    ----------
    quantity, unit_price, amount : str
        The columns; the quantity is the whole numbers, or the smaller if both are.
    share : float
        Part of the telling rows for which it holds.
    """

    quantity: str
    unit_price: str
    amount: str
    share: float


@dataclass(slots=True)
class Evidence:
    """Some rows of a table, each column parsed once and only when asked about.

    The first rows keep the lines of an order together; rows from all over the table, which may be
    sorted by date, tell what comes back.

    Parameters
    ----------
    frame : DataFrame of str
        The table.
    types : dict of str to str
        What each column holds.
    """

    frame: pd.DataFrame
    types: dict[str, ColumnType]
    _numbers: dict[str, Floats] = field(default_factory=dict)
    _spread: dict[str, pd.Series[Any]] = field(default_factory=dict)
    _days: dict[str, npt.NDArray[Any]] = field(default_factory=dict)

    def first(self, name: str) -> pd.Series[Any]:
        """Return the first cells of a column."""
        return self.frame[name].iloc[:FIRST_ROWS]

    def spread(self, name: str) -> pd.Series[Any]:
        """Return cells of a column from all over the table."""
        if name not in self._spread:
            step = max(1, len(self.frame) // SPREAD_ROWS)
            self._spread[name] = self.frame[name].iloc[::step]
        return self._spread[name]

    def numbers(self, name: str) -> Floats:
        """Return a column as numbers, NaN where there is none."""
        if name not in self._numbers:
            self._numbers[name] = to_numbers(self.first(name)).values
        return self._numbers[name]

    def present(self, name: str) -> pd.Series[Any]:
        """Return the filled cells of a column."""
        return _present(self.first(name))

    def mostly_empty(self, name: str) -> bool:
        """Tell whether more than half of the cells are empty."""
        return bool(is_missing(self.first(name)).mean() > 0.5)

    def is_whole(self, name: str) -> bool:
        """Tell whether nearly all numbers of a column are whole."""
        values = self.numbers(name)
        values = values[np.isfinite(values)]
        return bool(len(values)) and bool((values % 1 == 0).mean() > ALL_BUT_FEW)

    def repeats(self, name: str) -> bool:
        """Tell whether values come back from row to row."""
        return _repeats(self.present(name)) or _repeats(_present(self.spread(name)))

    def are_emails(self, name: str) -> bool:
        """Tell whether nearly all filled cells are e-mail addresses."""
        present = self.present(name)
        if "@" not in "".join(present.iloc[:FEW_CELLS]):
            return False
        return bool(present.str.fullmatch(EMAIL).mean() > ALL_BUT_FEW)

    def are_countries(self, name: str, *, by_code: bool) -> bool:
        """Tell whether most distinct cells are names, or also codes, of countries."""
        distinct = self.present(name).unique()
        if not 2 <= len(distinct) <= MOST_COUNTRIES:
            return False
        # Many a code of a state or a language is that of a country too, but never nearly all.
        if max(map(len, distinct)) <= LONGEST_CODE and (not by_code or len(distinct) < 3):
            return False
        return sum(map(is_country, distinct)) > COUNTRY_SHARE * len(distinct)

    def are_small_counts(self, name: str) -> bool:
        """Tell whether a column holds small whole numbers, such as quantities."""
        values = self.numbers(name)
        values = values[np.isfinite(values)]
        return (
            self.is_whole(name)
            and len(np.unique(values)) > 2
            and 1 <= float(np.median(values)) <= LARGEST_USUAL_QUANTITY
        )

    def comes_back(self, name: str, date: str) -> bool:
        """Tell whether values of a column come back on other dates, as customers do."""
        if date not in self._days:
            self._days[date] = to_dates(self.spread(date)).values.astype("datetime64[D]")
        return bool((_partners(self.spread(name), self._days[date]) > 1).mean() > ID_REPEATS)

    def has_one(self, name: str, other: str) -> bool:
        """Tell whether nearly every value of a column stands beside one value of the other."""
        partners = _partners(self.first(name), self.first(other).to_numpy())
        return bool((partners == 1).mean() > ALL_BUT_FEW)

    def is_code(self, name: str) -> bool:
        """Tell whether a column holds many repeating codes: whole numbers, or texts of one word."""
        present = self.present(name)
        if self.types[name] == "number":
            fits = self.is_whole(name)
        elif self.types[name] in ("category", "label"):
            fits = not bool(present.str.contains(r"\s|@", regex=True).mean() > 1 - ALL_BUT_FEW)
        else:
            return False
        many = present.nunique() >= max(2, 0.02 * len(present))
        return fits and many and self.repeats(name)

    def is_order_total(self, order: str, amount: str, line_values: Floats) -> bool:
        """Tell whether an amount is an order's total, on each of its lines or on the first."""
        lines = pd.DataFrame(
            {
                "order": self.first(order).to_numpy(),
                "amount": self.numbers(amount),
                "worth": line_values,
            }
        )
        orders = lines.groupby("order").agg(
            lines=("worth", "count"),
            said=("amount", "first"),
            distinct=("amount", "nunique"),
            worth=("worth", "sum"),
        )
        several = orders[(orders["lines"] > 1) & (orders["worth"] > 0) & orders["said"].notna()]
        from_order = (several["said"] - several["worth"]).abs()
        from_line = (several["said"] - several["worth"] / several["lines"]).abs()
        of_order = (several["distinct"] == 1) & (from_order < from_line)
        return len(several) > 0 and bool(of_order.mean() > ORDER_TOTAL_SHARE)

    def is_same_within(self, order: str, amount: str) -> bool:
        """Tell whether an amount differs between orders, but not between the lines of one."""
        lines = pd.DataFrame({"order": self.first(order).to_numpy(), "said": self.numbers(amount)})
        orders = lines.groupby("order")["said"].agg(["count", "nunique", "first"])
        several = orders[orders["count"] > 1]
        return several["first"].nunique() > 1 and bool((several["nunique"] == 1).all())

    def share_of_product(self, quantity: str, price: str, amount: str) -> float:
        """Return the part of the telling rows in which quantity × price is the amount."""
        return _share_of_product(*(self.numbers(name) for name in (quantity, price, amount)))

    def find_product(
        self, numeric: Sequence[str], quantity: str | None, price: str | None, amount: str | None
    ) -> Product | None:
        """Find three columns of which one is the product of two; some may be settled."""
        if len(numeric) > MOST_NUMBER_COLUMNS:
            return None
        head = {name: self.numbers(name)[:PROOF_ROWS] for name in numeric}
        found = []
        for pair in combinations(sorted(numeric), 2):
            factors = self._factors(pair, quantity, price)
            if factors is None:
                continue
            for result in [amount] if amount else sorted(set(numeric) - set(pair)):
                if (
                    result not in pair
                    and _share_of_product(head[factors[0]], head[factors[1]], head[result])
                    > ALL_BUT_FEW
                ):
                    share = self.share_of_product(*factors, result)
                    found.append(
                        Product(
                            quantity=factors[0], unit_price=factors[1], amount=result, share=share
                        )
                    )
        return found[0] if len(found) == 1 else None

    def _factors(
        self, pair: tuple[str, str], quantity: str | None, price: str | None
    ) -> tuple[str, str] | None:
        """Say which of two columns is the quantity, None if neither can be."""
        if not {quantity, price} - {None} <= set(pair):
            return None
        first, second = pair
        if quantity == second or price == first:
            return second, first
        if quantity == first or price == second:
            return first, second
        whole = [name for name in pair if self.is_whole(name)]
        if not whole:
            return None
        if len(whole) == 2:
            whole.sort(key=lambda name: float(np.nanmedian(self.numbers(name))))
        return whole[0], second if whole[0] == first else first


def _present(text: pd.Series[Any]) -> pd.Series[Any]:
    return text[~is_missing(text)].str.strip()


def _repeats(present: pd.Series[Any]) -> bool:
    return bool(present.duplicated().mean() > ID_REPEATS)


def _partners(text: pd.Series[Any], others: npt.NDArray[Any]) -> pd.Series[Any]:
    """Count the distinct values that stand beside each value of a column."""
    pairs = pd.DataFrame({"value": text.to_numpy(), "other": others})[~is_missing(text)]
    return pairs.drop_duplicates().groupby("value").size()


def _share_of_product(quantity: Floats, price: Floats, amount: Floats) -> float:
    """Leave out the rows that hold for any three columns: factors 0 and 1, and empty cells."""
    telling = np.isfinite(quantity) & np.isfinite(price) & np.isfinite(amount)
    telling &= (np.abs(quantity) > 1) & (price != 0) & (price != 1)
    if telling.sum() < LEAST_PROOFS or len(np.unique(price[telling])) < 2:
        return 0.0
    quantity, price, amount = quantity[telling], price[telling], amount[telling]
    # Prices and amounts are rounded to cents.
    close = np.abs(quantity * price - amount) <= 0.0051 * (1 + np.abs(quantity))
    return float(close.mean())
