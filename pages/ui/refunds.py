"""How gross becomes net, and what the file comes to."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import widgets
from segmentation.exporting import to_csv
from segmentation.money import written_currency
from segmentation.numerals import counted, fixed
from segmentation.results import Loaded, Refunds
from segmentation.set_aside import unmatched_returns


def account(loaded: Loaded, found: Refunds) -> None:
    """Draw the account of money, with what matches no sale and who only gave back."""
    unmatched = int((~found.lines["matched"]).sum())
    others = found.customers_set_aside()
    unit = written_currency(loaded.schema)
    st.markdown("**Returns: from gross to what the file comes to**")
    rows = [
        ("Sold (gross)", found.gross, ""),
        ("Returned, with the sale found", -found.matched, ""),
        (
            "Returned, no sale found",
            -found.unmatched,
            f"{counted(unmatched, 'line', 'lines')}; they count all the same",
        ),
        ("Net of the customers here", found.net, "what total spend adds up to"),
        (
            "Customers with returns only, set aside",
            found.returns_only,
            counted(len(others), "customer", "customers"),
        ),
        ("All valid lines of the file", found.total, ""),
    ]
    st.table(
        pd.DataFrame(
            {
                "What": [what for what, _, _ in rows],
                unit.named("Amount"): [fixed(amount, 2) for _, amount, _ in rows],
                "": [note for _, _, note in rows],
            }
        ),
        border="horizontal",
        hide_index=True,
    )
    with st.container(horizontal=True):
        if unmatched:
            widgets.download(
                "Returns without their sale",
                lambda: to_csv(unmatched_returns(loaded.table, loaded.clean)),
                "returns-without-sale.csv",
                "download-unmatched",
            )
        if len(others):
            widgets.download(
                "Customers with returns only",
                lambda: to_csv(others),
                "customers-with-returns-only.csv",
                "download-returns-only",
            )
