"""A table of figures to look at and to take away."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import widgets
from segmentation import exporting
from segmentation.money import Currency
from segmentation.numerals import percent

MONEY = {
    "revenue": "Revenue",
    "gross": "Before returns",
    "returned": "Returned",
    "average_order": "Average order",
    "new_revenue": "Revenue, new",
    "returning_revenue": "Revenue, returning",
}
SHARE_OF = "Share of "
SHARES = {
    "share": "Share",
    "overall": "Share of all",
    "support": "Share of orders",
    "confidence": "Second, if the first",
}
TITLES = {
    "start": "From",
    "cohort": "First order in",
    "complete": "Complete",
    "segment_id": "Segment number",
    "customer_id": "Customer",
    "order_days": "Days with orders",
    "median_gap_days": "Median gap, days",
    "longest_gap_days": "Longest gap, days",
    "days_since": "Days since last order",
    "times": "Times the median gap",
    "low": "Lift, at least",
    "high": "Lift, at most",
    "top": "Best, %",
    "first": "First product",
    "second": "Second product",
    "first_description": "Who buys",
    "second_description": "Also buys",
}
SHOWN_ROWS = 200


def table(
    frame: pd.DataFrame, currency: Currency, name: str, *, net: bool = True, height: int = 300
) -> None:
    """Draw the first rows under titles a reader knows, and offer all of them as a file."""
    if not net:
        frame = frame.drop(columns=["gross", "returned"], errors="ignore")
    columns: dict[str, Any] = {}
    shares: list[Hashable] = []
    for column in frame.columns:
        if column in MONEY:
            title = currency.named(MONEY[column])
            columns[column] = widgets.number_column(frame[column], title)
        elif column in SHARES or column.startswith(SHARE_OF):
            columns[column] = st.column_config.NumberColumn(SHARES.get(column, column))
            shares.append(column)
        elif pd.api.types.is_datetime64_any_dtype(frame[column]):
            columns[column] = st.column_config.DateColumn(TITLES[column], format="YYYY-MM-DD")
        else:
            title = TITLES.get(column, column.replace("_", " ").capitalize())
            columns[column] = (
                widgets.number_column(frame[column], title)
                if column in frame.select_dtypes("number")
                else st.column_config.Column(title)
            )
    st.dataframe(
        frame.head(SHOWN_ROWS).style.format(percent, subset=shares, na_rep="–"),  # type: ignore[arg-type]
        hide_index=True,
        column_config=columns,
        height="content" if len(frame) <= 8 else height,
        placeholder="–",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        widgets.download(
            "Download table", lambda: exporting.to_csv(frame), f"{name}.csv", f"table-{name}"
        )
        if len(frame) > SHOWN_ROWS:
            st.caption(
                f"The first {SHOWN_ROWS} of {len(frame):,} rows are shown; the file has all."
            )
