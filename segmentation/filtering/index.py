"""What filters ask of customers, looked up once: values as codes, who bought what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results import Loaded, Values
from segmentation.sales.lines import descriptions
from segmentation.values import Bools, Floats

ORDERED = "order_date"
Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Coded:
    """A column of text as codes.

    Parameters
    ----------
    values : tuple of str
        Its different values, sorted.
    codes : ndarray of int
        The place of each cell's value among them.
    customers : ndarray of int, shape (values,)
        Customers with each.
    names : tuple of str
        What each value is called besides, "" where nothing is known; empty if none is called
        anything.
    """

    values: tuple[str, ...]
    codes: Codes
    customers: Codes
    names: tuple[str, ...] = ()

    @cached_property
    def told(self) -> dict[str, str]:
        """Return how each value is told to a reader: a code with what it stands for."""
        names = self.names or ("",) * len(self.values)
        return {
            value: f"{value} · {name}" if name and name != value else value
            for value, name in zip(self.values, names, strict=True)
        }

    def places(self, wanted: tuple[str, ...]) -> list[int]:
        """Return the places of those values that are there."""
        known = {value: i for i, value in enumerate(self.values)}
        return [known[value] for value in wanted if value in known]

    def among(self, wanted: tuple[str, ...]) -> Bools:
        """Tell which cells hold any of the values."""
        table = np.zeros(len(self.values), dtype=bool)
        table[self.places(wanted)] = True
        return table[self.codes]


class FilterIndex:
    """Customers made ready to be filtered; each part is made when it is first asked for.

    Parameters
    ----------
    loaded : Loaded
        The customers, and the rows they come from.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> rows = ["customer,date,product,amount", "A,2026-01-01,tea,5", "A,2026-01-03,cup,7"]
    >>> text = "\\n".join([*rows, "B,2026-01-02,tea,1"])
    >>> index = FilterIndex(load(Source(name="a.csv", data=text.encode())))
    >>> index.products.values, index.bought(("cup",)).tolist()
    (('cup', 'tea'), [True, False])
    >>> index.dated("order_date", "2026-01-02", "2026-01-02").tolist()
    [False, True]
    """

    def __init__(self, loaded: Loaded) -> None:
        self.customers = loaded.customers
        self._loaded, self._clean, self._schema = loaded, loaded.clean, loaded.schema
        self._files = [file.sha256 for file in loaded.files]
        self._coded: dict[str, Coded] = {}
        self._numbers: dict[str, Floats] = {}
        self._spans: dict[str, tuple[str, str] | None] = {}

    @cached_property
    def mark(self) -> str:
        """Eight digits that tell these customers from others, and nothing about them."""
        told = (self._files, self.customers.numeric, self.customers.categories, self.dates)
        text = repr((*told, len(self.customers.ids)))
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]

    def numbers(self, column: str) -> Floats:
        """Return a numeric column."""
        if column not in self._numbers:
            self._numbers[column] = self.customers.frame[column].to_numpy(dtype=float)
        return self._numbers[column]

    def category(self, column: str) -> Coded:
        """Return a category."""
        if column not in self._coded:
            codes, values = pd.factorize(self.customers.frame[column], sort=True)
            self._coded[column] = Coded(
                values=tuple(map(str, values)),
                codes=codes,
                customers=np.bincount(codes, minlength=len(values)),
            )
        return self._coded[column]

    @property
    def dates(self) -> tuple[str, ...]:
        """Columns with a date: that of the orders, or those of a table of customers."""
        if self.customers.kind == "transactions":
            return (ORDERED,)
        return tuple(
            column.name
            for column in self._schema.columns
            if column.type == "date" and column.name in self._clean.values
        )

    def span(self, column: str) -> tuple[str, str] | None:
        """Return the first and the last day in a date column, None if it has no date."""
        if column not in self._spans:
            days = self._days(column)
            days = days[~np.isnat(days)]
            self._spans[column] = (str(days.min()), str(days.max())) if len(days) else None
        return self._spans[column]

    def dated(self, column: str, first: str, last: str) -> Bools:
        """Tell which customers have a date from the first to the last day, both included.

        For orders: any order line on one of these days; returns are no orders.
        """
        days = self._days(column)
        inside = (days >= np.datetime64(first, "D")) & (days <= np.datetime64(last, "D"))
        if column != ORDERED or self.customers.kind != "transactions":
            return np.asarray(inside)
        found = np.zeros(len(self.customers.ids), dtype=bool)
        found[self._owners[inside]] = True
        return found

    def _days(self, column: str) -> Days:
        if self.customers.kind == "transactions":
            return self._order_days
        return self._clean.values[column][self.customers.rows].astype("datetime64[D]")

    @cached_property
    def _order_days(self) -> Days:
        return self._clean.frame["order_date"].to_numpy(dtype="datetime64[D]")

    @cached_property
    def _owners(self) -> Codes:
        """The customer of each order line."""
        codes, ids = pd.factorize(self._clean.frame["customer_id"])
        customers: Codes = pd.Index(self.customers.ids).get_indexer(ids)
        return customers[codes]

    @property
    def has_products(self) -> bool:
        """Whether order lines name a product."""
        return self.customers.kind == "transactions" and "product" in self._clean.frame

    @cached_property
    def products(self) -> Coded:
        """What was bought, by code and name; order lines that name nothing have the code -1."""
        lines: pd.Series[Any] = self._clean.frame["product"]
        codes, values = pd.factorize(lines.mask(lines == ""), sort=True)
        named = codes >= 0
        pairs = np.unique(codes[named] * len(self.customers.ids) + self._owners[named])
        bought = pairs // max(len(self.customers.ids), 1)
        product = Values(codes=codes, names=np.asarray(values, dtype=object))
        names = descriptions(self._loaded, self._clean.frame, product)
        return Coded(
            values=tuple(map(str, values)),
            codes=codes,
            customers=np.bincount(bought, minlength=len(values)),
            names=() if names is None else tuple(map(str, names)),
        )

    def bought(self, wanted: tuple[str, ...]) -> Bools:
        """Tell which customers bought any of the products."""
        table = np.zeros(len(self.products.values) + 1, dtype=bool)
        table[self.products.places(wanted)] = True
        found = np.zeros(len(self.customers.ids), dtype=bool)
        # Lines without a product have the code -1, which is the last place.
        found[self._owners[table[self.products.codes]]] = True
        return found


def search(coded: Coded, words: str, most: int) -> tuple[str, ...]:
    """Return the values with most customers whose code or name holds all the words.

    Examples
    --------
    >>> teas = Coded(
    ...     values=("black tea", "cup", "green tea"), codes=np.array([0, 1, 2]),
    ...     customers=np.array([3, 9, 5]),
    ... )
    >>> search(teas, "TEA", 5)
    ('green tea', 'black tea')
    """
    wanted, told = words.casefold().split(), coded.told
    found: list[str] = []
    for place in np.argsort(-coded.customers, kind="stable").tolist():
        value = coded.values[place]
        folded = told[value].casefold()
        if all(word in folded for word in wanted):
            found.append(value)
            if len(found) == most:
                break
    return tuple(found)
