"""Everything that can be taken away."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame, wording

frame.require_frame()

from pages.ui import filters, navigation, results, state, widgets
from segmentation import exporting
from segmentation.numerals import counted

SHOWN_ROWS = 50


@navigation.part
def show() -> None:
    """Draw what can be taken away."""
    run = results.run_shown()
    keep = filters.for_run(run)
    shown = int(keep.sum())
    total = len(keep)

    with st.container(border=True):
        st.subheader(wording.told("Customers with their segment"))
        st.caption(
            wording.told(
                "One row a customer, as CSV (UTF-8). Cells that could run as a formula are quoted."
            )
        )
        with st.container(horizontal=True):
            widgets.download(
                wording.told(f"All {total:,} customers"),
                lambda: exporting.customers_csv(run),
                "customers.csv",
                "export-all",
                primary=True,
            )
            if 0 < shown < total:
                widgets.download(
                    wording.told(f"The {counted(shown, 'customer', 'customers')} shown"),
                    lambda: exporting.customers_csv(run, keep),
                    "customers-filtered.csv",
                    "export-filtered",
                )
        for old, new in exporting.renamed_columns(run).items():
            st.info(state.escape(f"The file's own column {old!r} is called {new!r} in the export."))
        if shown and st.toggle(
            "Show the first rows", key=state.key("export-look"), persist_state="session"
        ):
            st.dataframe(exporting.customers_head(run, keep, SHOWN_ROWS), hide_index=True)

    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        st.subheader("Rows set aside")
        rows = exporting.set_aside_count(run)
        if rows:
            are = counted(rows, "row of the file is", "rows of the file are")
            st.caption(f"{are} in no segment; each with its row number and reason.")
        else:
            st.caption("No row was set aside.")
        if rows:
            widgets.download(
                "Rows set aside",
                lambda: exporting.to_csv(exporting.set_aside_rows(run)),
                "set-aside.csv",
                "export-set-aside",
            )
        if run.prepared.set_aside and run.loaded.customers.kind == "transactions":
            widgets.download(
                wording.told("Customers set aside"),
                lambda: exporting.to_csv(exporting.set_aside_customers(run)),
                "customers-set-aside.csv",
                "export-customers-set-aside",
            )
    with right.container(border=True, height="stretch"):
        st.subheader("Summary and recipe")
        st.caption(
            "Every figure and setting as JSON; the command line makes the same file from it."
        )
        with st.container(horizontal=True):
            widgets.download(
                "Summary", lambda: exporting.summary_json(run), "summary.json", "export-summary"
            )
            widgets.download(
                "Segments and their trust",
                lambda: exporting.to_csv(exporting.segments_frame(run)),
                "segments.csv",
                "export-segments",
            )
        if not run.evidence.stabilities:
            st.caption("How far the segments can be trusted is not checked yet.")
            st.page_link(navigation.path("segments"), label="Check it on Segments")
        st.caption("`python -m segmentation run FILE --recipe summary.json --out customers.csv`")


widgets.heading("Export", "Take the segments to where they are used.")
results.require_run()
show()
