"""Which column is for what: guessed from names, known exports and cells, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from segmentation.results import ColumnType
from segmentation.roles.evidence import Evidence
from segmentation.roles.found import DATED, KEY_SHARE, NUMERIC, Found, can_serve, own_share
from segmentation.roles.names import find_export, meanings, means
from segmentation.settings import Kind, Role

__all__ = [
    "DATED",
    "KEY_SHARE",
    "NUMERIC",
    "Guess",
    "can_serve",
    "guess_roles",
    "means",
    "own_share",
]

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
    doubts : tuple of str
        What the user should look at, in sentences.
    """

    kind: Literal["customers", "transactions"]
    roles: dict[Role, str]
    reasons: dict[str, str]
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
    found = Found(
        evidence=Evidence(frame, types),
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
    said = found.kind(frame) if kind == "auto" else kind
    if said == "transactions":
        doubts = tuple(found.order_total_doubts())
    else:
        doubts = tuple(found.order_line_doubts()) if kind == "auto" else ()
        found.keep_customer_roles(frame)
    reasons = {name: _SAID_OF_TYPE[types[name]] for name in types} | found.notes
    reasons |= {column: found.reasons[role] for role, column in found.roles.items()}
    return Guess(kind=said, roles=found.roles, reasons=reasons, doubts=doubts)
