"""Which column is for what: guessed from names, known exports and cells, each with its reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from segmentation.results import ColumnType
from segmentation.roles.cells import ID_REPEATS, Cells
from segmentation.roles.names import (
    BARE_ID,
    Export,
    Meaning,
    find_export,
    is_made_up,
    meanings,
    says_something_else,
)
from segmentation.settings import ROLES, Kind, Role
from segmentation.values import is_missing

__all__ = ["DATED", "KEY_SHARE", "Guess", "can_serve", "guess_roles", "own_share"]

KEY_SHARE = 0.8
MOST_PASSED_OVER = 3
DATED: tuple[Role, ...] = ("order_date",)
_NUMERIC: tuple[Role, ...] = ("quantity", "unit_price", "amount")
_CUSTOMER_ROLES: tuple[Role, ...] = ("customer_id", "country")

_SAID_OF_TYPE: dict[ColumnType, str] = {
    "id": "identifies the row",
    "number": "its cells are numbers",
    "date": "its cells are dates",
    "category": "its texts repeat from row to row",
    "label": "nearly every row has its own text",
    "constant": "it has the same value in every row",
    "empty": "it has no value",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a table is taken for.

    Parameters
    ----------
    kind : {"customers", "transactions"}
        What a row is.
    roles : dict of role to column
        Roles that this kind of table has a use for.
    reasons : dict of column to str
        Why, in words, for every column.
    as_order_lines : dict of role to column
        The roles if the table were order lines.
    doubts : tuple of str
        What the user should look at, in sentences.
    """

    kind: Literal["customers", "transactions"]
    roles: dict[Role, str]
    reasons: dict[str, str]
    as_order_lines: dict[Role, str]
    doubts: tuple[str, ...]


def guess_roles(
    frame: pd.DataFrame,
    types: dict[str, ColumnType],
    given: dict[Role, str],
    kind: Kind = "auto",
) -> Guess:
    """Guess what a table is and what its columns are for.

    Names come first: what a known system writes, then names in six languages, the most telling of
    a role's. Cells fill a gap only where the rest is settled, since one date and one amount don't
    make a list of customers a list of orders.

    Parameters
    ----------
    frame : DataFrame of str
        The table as text.
    types : dict of column to str
        What each column holds.
    given : dict of role to column
        What the user has settled; an empty column says that no column has the role.
    kind : {"auto", "customers", "transactions"}
        What the user says a row is.

    Examples
    --------
    >>> rows = [["K1", "2026-01-02", "5.5"], ["K1", "2026-03-01", "7"], ["K2", "2026-03-01", "9"]]
    >>> frame = pd.DataFrame(rows, columns=["Kundennr", "Datum", "Betrag"], dtype="str")
    >>> types = {"Kundennr": "category", "Datum": "date", "Betrag": "number"}
    >>> guess = guess_roles(frame, types, {})
    >>> guess.kind, guess.reasons["Kundennr"]
    ('transactions', "by its name 'Kundennr' (German: customer number)")
    """
    found = _Found(
        cells=Cells(frame, types),
        types=types,
        meant={name: meanings(name) for name in types},
        given=given,
        export=find_export(types),
    )
    found.take_names()
    if kind != "customers":
        found.pass_over_order_totals()
        found.take_cells(bold=kind == "transactions")
        found.take_price_for_amount()
    found.take_countries()
    as_order_lines = dict(found.roles)
    kind = _kind(found, frame) if kind == "auto" else kind
    if kind == "customers":
        found.keep_customer_roles(frame)
    reasons = {name: _SAID_OF_TYPE[types[name]] for name in types} | found.notes
    reasons |= {column: found.reasons[role] for role, column in found.roles.items()}
    return Guess(
        kind=kind,
        roles=found.roles,
        reasons=reasons,
        as_order_lines=as_order_lines,
        doubts=found.order_total_doubts(),
    )


def can_serve(role: Role, column_type: ColumnType) -> bool:
    """Tell whether a column of a type can have a role.

    Examples
    --------
    >>> can_serve("order_date", "date"), can_serve("amount", "label")
    (True, False)
    """
    if role in DATED:
        return column_type in ("date", "constant")
    if role in _NUMERIC:
        return column_type in ("number", "constant")
    return column_type not in ("date", "empty")


def own_share(text: pd.Series[Any]) -> float:
    """Return the distinct values a filled cell: 1 if every row has its own.

    Examples
    --------
    >>> own_share(pd.Series(["a", "b", "b", "", "c"], dtype="str"))
    0.75
    """
    present = text[~is_missing(text)]
    return float(present.nunique() / max(len(present), 1))


@dataclass(slots=True)
class _Found:
    """Roles and their reasons, filled step by step."""

    cells: Cells
    types: dict[str, ColumnType]
    meant: dict[str, tuple[Meaning, ...]]
    given: dict[Role, str]
    export: Export | None
    roles: dict[Role, str] = field(default_factory=dict)
    reasons: dict[Role, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def take(self, role: Role, column: str, reason: str) -> None:
        self.roles[role] = column
        self.reasons[role] = reason

    def is_open(self, role: Role) -> bool:
        return role not in self.roles and role not in self.given

    def is_free(self, column: str) -> bool:
        return column not in self.roles.values()

    def take_names(self) -> None:
        for role, column in self.given.items():
            if column:
                self.take(role, column, "chosen by you")
        denied: set[Role] = set()
        for role, column in (self.export.roles if self.export else {}).items():
            if not column:
                denied.add(role)
            elif self.is_open(role) and self.is_free(column) and self.fits(role, column):
                assert self.export is not None
                self.take(role, column, f"by its name {column!r} ({self.export.system})")
        for role in ROLES:
            candidates = [c for c in self.named(role) if self.is_free(c)]
            if candidates and self.is_open(role) and role not in denied:
                self.take(role, candidates[0], self.by_name(role, candidates))

    def named(self, role: Role) -> list[str]:
        """List the columns whose names stand for a role and whose cells can serve it."""
        ranked = []
        for column, found in self.meant.items():
            for meaning in found:
                if meaning.role == role and self.fits(role, column):
                    if role == "customer_id" and self._is_record_id(column, meaning):
                        continue
                    ranked.append((self.cells.mostly_empty(column), meaning, column))
        # Columns of one rank keep their order, which is that of the table.
        return [column for _, _, column in sorted(ranked, key=lambda found: found[:2])]

    def fits(self, role: Role, column: str) -> bool:
        if not can_serve(role, self.types[column]):
            return False
        measures = role in DATED or role in _NUMERIC or self.types[column] != "number"
        return measures or self.cells.is_whole(column)

    def by_name(self, role: Role, candidates: list[str]) -> str:
        column = candidates[0]
        meaning = next(m for m in self.meant[column] if m.role == role)
        language = max(meaning.languages, key=self._spoken().__getitem__)
        said = "" if language == "English" else f" ({language}: {meaning.words})"
        others = ", ".join(repr(other) for other in candidates[1 : 1 + MOST_PASSED_OVER])
        return f"by its name {column!r}{said}" + (f"; passed over: {others}" if others else "")

    def pass_over_order_totals(self) -> None:
        """Drop a total that stands on several lines of an order where the lines have prices."""
        order, amount = self.roles.get("order_id"), self.roles.get("amount")
        quantity, price = self.roles.get("quantity"), self.roles.get("unit_price")
        if not (order and amount and quantity and price) or "amount" in self.given:
            return
        worth = self.cells.numbers(quantity) * self.cells.numbers(price)
        others = [c for c in self.named("amount") if self.is_free(c) or c == amount]
        lines = [c for c in others if not self.cells.is_order_total(order, c, worth)]
        for column in others:
            if column not in lines:
                self.notes[column] = (
                    "it is the total of the order, not of the line; "
                    f"{quantity} × {price} tells the lines apart"
                )
        del self.roles["amount"]
        if lines:
            self.take("amount", lines[0], self.by_name("amount", lines))

    def order_total_doubts(self) -> tuple[str, ...]:
        """Say so if amounts would be added up that may be totals of whole orders."""
        order, amount = self.roles.get("order_id"), self.roles.get("amount")
        if not (order and amount) or "amount" in self.given:
            return ()
        if not self.cells.is_same_within(order, amount):
            return ()
        return (
            f"{amount}: it is the same on all lines of an order, and each line counts. If it is "
            "the total of the order, say that no column is the amount, and which ones are quantity "
            "and unit price.",
        )

    def take_cells(self, *, bold: bool) -> None:
        """Fill gaps by what cells hold: boldly if the user said that these are order lines."""
        made_up = all(map(is_made_up, self.types))
        self._take_product()
        held = ["customer_id" in self.roles, "order_date" in self.roles, self._has_money()]
        if not (bold or made_up or sum(held) >= 2):
            return
        self._take_date(bold=bold or made_up)
        self._take_customer(made_up=made_up)
        if not self._has_money():
            self._take_money(bold=bold or made_up)

    def take_price_for_amount(self) -> None:
        """Take a price for what a line is worth, where each line of an order is one item."""
        roles = self.roles
        alone = self.is_open("amount") and self.is_open("quantity") and "order_id" in roles
        if alone and "unit_price" in roles and "unit_price" not in self.given:
            column = roles.pop("unit_price")
            self.take(
                "amount", column, f"by its name {column!r}; without a quantity, a line is one item"
            )

    def take_countries(self) -> None:
        if not self.is_open("country"):
            return
        for column in sorted(self.types):
            if not (self._is_text(column) and self.is_free(column)) or self.meant[column]:
                continue
            by_code = not says_something_else(column)
            if self.cells.are_countries(column, by_code=by_code):
                what = "names or codes" if by_code else "names"
                self.take("country", column, f"by its content: {what} of countries")
                return

    def keep_customer_roles(self, frame: pd.DataFrame) -> None:
        """Guess again for a customer table: a nearly unique id, else one that is plainly called so.

        An "account" that repeats is a column like any other; a "customer_id" that repeats is still
        no feature.
        """
        self.roles = {role: self.roles[role] for role in _CUSTOMER_ROLES if role in self.roles}
        self.notes.clear()
        if "customer_id" in self.given:
            return
        self.roles.pop("customer_id", None)
        ranked = [
            (meaning.vague, self.cells.mostly_empty(column), meaning, column)
            for column, found in self.meant.items()
            for meaning in found
            if meaning.role == "customer_id"
            and self.is_free(column)
            and self.fits("customer_id", column)
        ]
        ranked.sort(key=lambda found: found[:3])
        own = [found for found in ranked if own_share(frame[found[3]]) >= KEY_SHARE]
        called = [found for found in ranked if not found[0]]
        columns = [found[3] for found in own or called]
        if columns:
            self.take("customer_id", columns[0], self.by_name("customer_id", columns))
            return
        for column in sorted(filter(self.is_free, self.types)):
            if self.types[column] == "label" and self.cells.are_emails(column):
                self.take("customer_id", column, "by its content: e-mail addresses")
                return

    def is_untold(self, column: str) -> bool:
        """Tell whether a column has no role and its name speaks for none, nor for anything else."""
        return self.is_free(column) and not self.meant[column] and not says_something_else(column)

    def _is_record_id(self, column: str, meaning: Meaning) -> bool:
        """Tell the plain "id" of dated records from that of a customer, who comes back."""
        dated = "date" in self.types.values()
        return meaning.words == BARE_ID and dated and not self.cells.repeats(column)

    def _spoken(self) -> Counter[str]:
        return Counter(
            language
            for column, found in self.meant.items()
            for meaning in found[:1]
            for language in meaning.languages
        )

    def _has_money(self) -> bool:
        return "amount" in self.roles or {"quantity", "unit_price"} <= set(self.roles)

    def _numeric(self) -> list[str]:
        return [
            name
            for name, found in self.types.items()
            if found == "number" and not says_something_else(name)
        ]

    def _take_product(self) -> None:
        """Find quantity × price = amount, which proves all three."""
        settled = {role: self.roles.get(role) for role in _NUMERIC}
        wanted = [role for role in _NUMERIC if self.is_open(role)]
        if not wanted:
            return
        taken = {c for role, c in self.roles.items() if role not in _NUMERIC}
        numeric = [name for name in self._numeric() if name not in taken]
        numeric += [c for c in settled.values() if c and c not in numeric]
        proof = self.cells.find_product(
            numeric, settled["quantity"], settled["unit_price"], settled["amount"]
        )
        if proof is None:
            return
        columns: dict[Role, str] = {
            "quantity": proof.quantity,
            "unit_price": proof.unit_price,
            "amount": proof.amount,
        }
        for role in wanted:
            self.take(
                role,
                columns[role],
                f"by its content: {proof.quantity} × {proof.unit_price} gives {proof.amount} "
                f"in {proof.share:.0%} of rows",
            )

    def _take_date(self, *, bold: bool) -> None:
        dates = [name for name, found in self.types.items() if found == "date"]
        if not self.is_open("order_date") or len(dates) != 1 or not self.is_untold(dates[0]):
            return
        customer = self.roles.get("customer_id")
        # A date of birth is the same in all rows of a customer; an order date is not.
        if bold or (customer and self.cells.comes_back(customer, dates[0])):
            self.take("order_date", dates[0], "by its content: the only column of dates")

    def _take_customer(self, *, made_up: bool) -> None:
        date = self.roles.get("order_date")
        if not self.is_open("customer_id") or date is None:
            return
        untold = [name for name in sorted(self.types) if self.is_untold(name)]
        emails = [name for name in untold if self._is_text(name) and self.cells.are_emails(name)]
        if len(emails) == 1:
            self.take("customer_id", emails[0], "by its content: e-mail addresses")
            return
        codes = [name for name in untold if self.cells.is_code(name)]
        if made_up and self.is_open("order_id"):
            orders = [c for c in codes if not self.cells.comes_back(c, date)]
            if len(orders) == 1:
                reason = "by its content: a code that repeats within one date"
                self.take("order_id", orders[0], reason)
        order = self.roles.get("order_id")
        back = [c for c in codes if self.is_free(c) and self.cells.comes_back(c, date)]
        # Products come back too, but an order has several of them.
        customers = [c for c in back if self.cells.has_one(order, c)] if order else codes
        if len(customers) == 1 and customers[0] in back:
            reason = "by its content: a code that comes back on several dates"
            self.take("customer_id", customers[0], reason)

    def _take_money(self, *, bold: bool) -> None:
        free = [name for name in sorted(self._numeric()) if self.is_free(name)]
        free = [name for name in free if not self.meant[name]]
        counts = [name for name in free if self.cells.are_small_counts(name)]
        if "unit_price" in self.roles and self.is_open("quantity") and len(counts) == 1:
            self.take("quantity", counts[0], "by its content: small whole numbers beside a price")
        money = [name for name in free if not self.cells.is_whole(name)]
        alone = bold and len(money) == 1 and not counts
        if alone and self.is_open("amount") and "unit_price" not in self.roles:
            self.take("amount", money[0], "by its content: the only column of amounts")

    def _is_text(self, column: str) -> bool:
        return self.types[column] in ("category", "label")


def _kind(found: _Found, frame: pd.DataFrame) -> Literal["customers", "transactions"]:
    roles, given = found.roles, found.given
    if any(given.get(role) for role in ROLES if role not in _CUSTOMER_ROLES):
        return "transactions"
    money = "amount" in roles or {"quantity", "unit_price"} <= set(roles)
    if not (money and {"customer_id", "order_date"} <= set(roles)):
        return "customers"
    named_order = "order_id" in roles and all(
        meaning.words != BARE_ID for meaning in found.meant[roles["order_id"]]
    )
    text = frame[roles["customer_id"]]
    repeats = named_order or bool(text.duplicated().mean() > ID_REPEATS)
    return "transactions" if repeats else "customers"
