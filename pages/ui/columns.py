"""What the table is and what each column is for: shown, and corrected by choosing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import cache, joined, reading, remembered, state
from segmentation.errors import SegmentationError
from segmentation.results import Schema
from segmentation.settings import (
    ROLES,
    CleanSettings,
    Recipe,
    Role,
    SchemaSettings,
)

KINDS = {"auto": "Work it out", "customers": "A customer", "transactions": "An order line"}
ROLE_LABELS = {
    "customer_id": "Customer id",
    "order_id": "Order id",
    "order_date": "Order date",
    "quantity": "Quantity",
    "unit_price": "Unit price",
    "amount": "Amount of the line",
    "product": "Product",
    "country": "Country",
}
TYPES = {
    "id": "Customer id",
    "number": "Number",
    "date": "Date",
    "category": "Category",
    "label": "Text",
    "constant": "Same in every row",
    "empty": "Empty",
}
NONE = "(none)"


def draft_from_widgets(source: cache.AnySource) -> Recipe:
    """Bring the settings up to date with the widgets of this screen, as they stand."""
    held = st.session_state
    of_file = reading.told()
    kind = held.get(state.key("kind"), state.draft().schema.kind)
    schema = replace(of_file.schema, kind=kind)
    # Kept before anything can fail: no screen is to go on with what was set up before.
    recipe = state.set_draft(read=of_file.read, combine=joined.told(), schema=schema)
    found = cache.guessed_schema(source, recipe)
    guessed = found.roles
    said: list[tuple[str, str]] = []
    corrected: list[tuple[str, str]] = []
    met = dict(remembered.met().roles)
    names = [column.name for column in found.columns]
    for role in _roles_of(found):
        chosen = held.get(_role_key(role, kind, names), guessed.get(role, NONE))
        settled = (role, "" if chosen == NONE else chosen)
        if chosen != guessed.get(role, NONE):
            said.append(settled)
        if settled in said or met.get(role) == settled[1]:
            corrected.append(settled)
    remembered.keep(names, SchemaSettings(kind=kind, roles=tuple(corrected)))
    clean = CleanSettings(drop_duplicates=held.get(state.key("drop-duplicates"), False))
    if found.kind == "transactions":
        as_of: date | None = held.get(state.key("as-of"))
        clean = replace(
            clean,
            drop_zero_price=held.get(state.key("drop-zero-price"), False),
            # A choice made when there was a product column must not outlast it.
            drop_non_products=_has_product(said, found)
            and held.get(state.key("drop-non-products"), False),
            returns="net" if held.get(state.key("returns-net"), False) else "gross",
            as_of=as_of.isoformat() if as_of else None,
        )
    return state.set_draft(schema=replace(schema, roles=tuple(said)), clean=clean)


def correct(settings: SchemaSettings, names: Sequence[str]) -> None:
    """Set the choices of the file just taken as they were settled for an earlier one."""
    remembered.set_met(settings)
    if settings != SchemaSettings():
        st.session_state[state.key("kind")] = settings.kind
        for role, column in settings.roles:
            st.session_state[_role_key(role, settings.kind, names)] = column or NONE


def corrected_earlier(source: cache.AnySource) -> None:
    """Say that an earlier file's corrections were taken over, and offer to drop them."""
    if remembered.met() == SchemaSettings():
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("As you corrected it for an earlier file with the same columns", width="content")
        st.button(
            "Forget", key=state.key("forget"), type="tertiary", on_click=_forget, args=(source,)
        )


def editor(source: cache.AnySource) -> None:
    """Draw what each column is taken for, with the choices that correct it."""
    recipe = state.draft()
    reading.sheet_choice()
    st.segmented_control(
        "A row is",
        list(KINDS),
        default="auto",
        required=True,
        format_func=KINDS.__getitem__,
        key=state.key("kind"),
        persist_state="session",
    )
    try:
        bare = cache.guessed_schema(source, recipe)
    except SegmentationError:
        # What is wrong with the sheet stands above.
        return
    _role_choices([column.name for column in bare.columns], bare, recipe)
    _clean_choices(bare)
    _column_table(bare, recipe)


def _roles_of(schema: Schema) -> tuple[Role, ...]:
    return ROLES if schema.kind == "transactions" else ("customer_id",)


def _role_key(role: str, kind: str, names: Sequence[str]) -> str:
    # What was chosen among the columns of one header means nothing among those of another.
    return state.key(f"role-{role}-{kind}-{hash(tuple(names))}")


def _has_product(said: Sequence[tuple[str, str]], schema: Schema) -> bool:
    return bool(dict(said).get("product", schema.roles.get("product", "")))


def _forget(source: cache.AnySource) -> None:
    guess = cache.guessed_schema(source, replace(state.draft(), schema=SchemaSettings()))
    names = [column.name for column in guess.columns]
    st.session_state[state.key("kind")] = "auto"
    for role in ROLES:
        st.session_state[_role_key(role, "auto", names)] = guess.roles.get(role, NONE)
    remembered.set_met(SchemaSettings())


def _role_choices(names: list[str], schema: Schema, recipe: Recipe) -> None:
    guessed = schema.roles
    roles = _roles_of(schema)
    for start in range(0, len(roles), 4):
        for place, role in zip(st.columns(4), roles[start : start + 4], strict=False):
            options = [NONE, *names]
            found = guessed.get(role, NONE)
            place.selectbox(
                ROLE_LABELS[role],
                options,
                index=options.index(found),
                key=_role_key(role, recipe.schema.kind, names),
                persist_state="session",
            )


def _clean_choices(schema: Schema) -> None:
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        st.checkbox(
            "Set aside exact duplicates",
            key=state.key("drop-duplicates"),
            persist_state="session",
            help="Rows that repeat an earlier row in every cell",
        )
        if schema.kind == "transactions":
            st.checkbox(
                "Set aside lines with a unit price of 0 or less",
                key=state.key("drop-zero-price"),
                persist_state="session",
            )
            if "product" in schema.roles:
                st.checkbox(
                    "Set aside postage, fees and corrections",
                    key=state.key("drop-non-products"),
                    persist_state="session",
                    help="Lines whose product code stands for no product, such as POST or DOT",
                )
            st.checkbox(
                "Take returns and cancellations off (net)",
                key=state.key("returns-net"),
                persist_state="session",
                help="They lower what a customer is worth, but are no orders. Otherwise they are "
                "set aside and money is gross.",
            )
            st.date_input(
                "Count days to",
                value=None,
                key=state.key("as-of"),
                persist_state="session",
                help="Empty: the day after the last order",
                width=220,
            )


def _column_table(schema: Schema, recipe: Recipe) -> None:
    said: dict[str, Any] = {column: role for role, column in recipe.schema.roles if column}
    dropped = {role for role, _ in recipe.schema.roles}
    rows = []
    for column in schema.columns:
        role = said.get(column.name) or (column.role if column.role not in dropped else None)
        rows.append(
            {
                "Column": column.name,
                "Holds": TYPES[column.type],
                "Used for": ROLE_LABELS[role] if role else "",
                "Because": "chosen by you" if column.name in said else column.reason,
            }
        )
    # A plain table: the grid component is slow to arrive, and this is the first thing looked for.
    st.table(pd.DataFrame(rows).map(state.escape), border="horizontal", hide_index=True)
