"""Roles found step by step, each with its reason: by names first, then by cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from segmentation.results import ColumnType
from segmentation.roles.evidence import ID_REPEATS, Evidence
from segmentation.roles.names import (
    BARE_ID,
    Export,
    Meaning,
    is_made_up,
    means,
    says_something_else,
)
from segmentation.settings import ROLES, Role
from segmentation.values import is_missing

KEY_SHARE = 0.8
MOST_PASSED_OVER = 3
CUSTOMER_ROLES: tuple[Role, ...] = ("customer_id", "country")
DATED: tuple[Role, ...] = ("order_date",)
NUMERIC: tuple[Role, ...] = ("quantity", "unit_price", "amount")


def can_serve(role: Role, column_type: ColumnType) -> bool:
    """Tell whether a column of a type can have a role.

    Examples
    --------
    >>> can_serve("order_date", "date"), can_serve("amount", "label")
    (True, False)
    """
    if role in DATED:
        return column_type in ("date", "constant")
    if role in NUMERIC:
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
class Found:
    """Roles and their reasons, filled step by step."""

    evidence: Evidence
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
                    ranked.append((self.evidence.mostly_empty(column), meaning, column))
        # Columns of one rank keep their order, which is that of the table.
        return [column for _, _, column in sorted(ranked, key=lambda found: found[:2])]

    def fits(self, role: Role, column: str) -> bool:
        if role in ("customer_id", "order_id") and means(column, role):
            # An id is text, whatever a spreadsheet made its cells look like.
            return self.types[column] != "empty"
        if not can_serve(role, self.types[column]):
            return False
        measures = role in DATED or role in NUMERIC or self.types[column] != "number"
        return measures or self.evidence.is_whole(column)

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
        worth = self.evidence.numbers(quantity) * self.evidence.numbers(price)
        others = [c for c in self.named("amount") if self.is_free(c) or c == amount]
        lines = [c for c in others if not self.evidence.is_order_total(order, c, worth)]
        for column in others:
            if column not in lines:
                self.notes[column] = (
                    "it is the total of the order, not of the line; "
                    f"{quantity} × {price} tells the lines apart"
                )
        del self.roles["amount"]
        if lines:
            self.take("amount", lines[0], self.by_name("amount", lines))

    def order_line_doubts(self) -> Iterator[str]:
        """Say so if a table taken for customers looks like order lines but for one thing."""
        if not {"order_id", "order_date"} <= set(self.roles):
            return
        if "customer_id" not in self.roles:
            said, remedy = "the customer", "names the customer"
        elif not self._has_money():
            said, remedy = "what a line is worth", "holds the amount, or quantity and unit price"
        else:
            return
        yield (
            f"This looks like order lines, but no column tells {said}; it was read as one row a "
            f"customer. If a column {remedy}, say which."
        )

    def order_total_doubts(self) -> Iterator[str]:
        """Say so if amounts would be added up that may be totals of whole orders."""
        order, amount = self.roles.get("order_id"), self.roles.get("amount")
        if not (order and amount) or "amount" in self.given:
            return
        if self.evidence.is_same_within(order, amount):
            yield (
                f"{amount}: it is the same on all lines of an order, and each line counts. If it "
                "is the total of the order, say that no column is the amount, and which ones are "
                "quantity and unit price."
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
            if self.evidence.are_countries(column, by_code=by_code):
                what = "names or codes" if by_code else "names"
                self.take("country", column, f"by its content: {what} of countries")
                return

    def keep_customer_roles(self, frame: pd.DataFrame) -> None:
        """Guess again for a customer table: a nearly unique id, else one that is plainly called so.

        An "account" that repeats is a column like any other; a "customer_id" that repeats is still
        no feature.
        """
        self.roles = {role: self.roles[role] for role in CUSTOMER_ROLES if role in self.roles}
        self.notes.clear()
        if "customer_id" in self.given:
            return
        self.roles.pop("customer_id", None)
        ranked = [
            (meaning.vague, self.evidence.mostly_empty(column), meaning, column)
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
            if self.types[column] == "label" and self.evidence.are_emails(column):
                self.take("customer_id", column, "by its content: e-mail addresses")
                return

    def kind(self, frame: pd.DataFrame) -> Literal["customers", "transactions"]:
        """Tell whether rows are order lines: dated, worth something, and of customers who return.

        Customers who never return have order lines only if something plainly names the order. A
        company that returns beside a date of creation is a list of contacts.
        """
        if any(self.given.get(role) for role in ROLES if role not in CUSTOMER_ROLES):
            return "transactions"
        if not (self._has_money() and {"customer_id", "order_date"} <= set(self.roles)):
            return "customers"
        if self.is_plain("order_id"):
            return "transactions"
        lines = {"order_id", "quantity", "unit_price", "product"} & set(self.roles)
        if not (lines or self.is_plain("customer_id") or self.is_plain("order_date")):
            return "customers"
        repeats = frame[self.roles["customer_id"]].duplicated().mean() > ID_REPEATS
        return "transactions" if repeats else "customers"

    def is_plain(self, role: Role) -> bool:
        """Tell whether a role has a column, and by more than a vague name."""
        meant = self.meant[self.roles[role]] if role in self.roles else ()
        return role in self.roles and not any(m.vague for m in meant if m.role == role)

    def is_untold(self, column: str) -> bool:
        """Tell whether a column has no role and its name speaks for none, nor for anything else."""
        return self.is_free(column) and not self.meant[column] and not says_something_else(column)

    def _is_record_id(self, column: str, meaning: Meaning) -> bool:
        """Tell the plain "id" of dated records from that of a customer, who comes back."""
        dated = "date" in self.types.values()
        return meaning.words == BARE_ID and dated and not self.evidence.repeats(column)

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
        settled = {role: self.roles.get(role) for role in NUMERIC}
        wanted = [role for role in NUMERIC if self.is_open(role)]
        if not wanted:
            return
        taken = {c for role, c in self.roles.items() if role not in NUMERIC}
        numeric = [name for name in self._numeric() if name not in taken]
        numeric += [c for c in settled.values() if c and c not in numeric]
        proof = self.evidence.find_product(
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
        if bold or (customer and self.evidence.comes_back(customer, dates[0])):
            self.take("order_date", dates[0], "by its content: the only column of dates")

    def _take_customer(self, *, made_up: bool) -> None:
        date = self.roles.get("order_date")
        if not self.is_open("customer_id") or date is None:
            return
        untold = [name for name in sorted(self.types) if self.is_untold(name)]
        emails = [name for name in untold if self._is_text(name) and self.evidence.are_emails(name)]
        if len(emails) == 1:
            self.take("customer_id", emails[0], "by its content: e-mail addresses")
            return
        codes = [name for name in untold if self.evidence.is_code(name)]
        back = [code for code in codes if self.evidence.comes_back(code, date)]
        orders = [code for code in codes if code not in back]
        if made_up and self.is_open("order_id") and len(orders) == 1:
            self.take("order_id", orders[0], "by its content: a code that repeats within one date")
        order = self.roles.get("order_id")
        # Products come back too, but an order has several of them.
        customers = [c for c in back if self.evidence.has_one(order, c)] if order else codes
        if len(customers) == 1 and customers[0] in back:
            reason = "by its content: a code that comes back on several dates"
            self.take("customer_id", customers[0], reason)

    def _take_money(self, *, bold: bool) -> None:
        free = [name for name in sorted(self._numeric()) if self.is_free(name)]
        free = [name for name in free if not self.meant[name]]
        counts = [name for name in free if self.evidence.are_small_counts(name)]
        if "unit_price" in self.roles and self.is_open("quantity") and len(counts) == 1:
            self.take("quantity", counts[0], "by its content: small whole numbers beside a price")
        money = [name for name in free if not self.evidence.is_whole(name)]
        alone = bold and len(money) == 1 and not counts
        if alone and self.is_open("amount") and "unit_price" not in self.roles:
            self.take("amount", money[0], "by its content: the only column of amounts")

    def _is_text(self, column: str) -> bool:
        return self.types[column] in ("category", "label")
