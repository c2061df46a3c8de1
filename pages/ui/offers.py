"""What the Export screen offers: customers, documents, and files for programs."""

from __future__ import annotations

import streamlit as st

from pages.ui import csv_choice, exports, navigation, state, widgets, wording
from segmentation import exporting, handing_on
from segmentation.numerals import counted
from segmentation.results import Run
from segmentation.values import Bools

SHOWN_ROWS = 50


def customers(run: Run, keep: Bools) -> None:
    """Offer the customers with their segment, whole, filtered and one file a segment."""
    shown, total = int(keep.sum()), len(keep)
    st.subheader(wording.told("Customers with their segment"), anchor=False)
    st.caption(
        wording.told(
            "One row a customer, as CSV (UTF-8). Cells that could run as a formula are quoted."
        )
    )
    style = csv_choice.choose()
    with st.container(horizontal=True):
        exports.offer(
            wording.told(f"All {total:,} customers"),
            exports.customers(run, None, style),
            "customers.csv",
            "export-all",
            run,
            (style,),
            primary=True,
        )
        if 0 < shown < total:
            exports.offer(
                wording.told(f"The {counted(shown, 'customer', 'customers')} shown"),
                exports.customers(run, keep, style),
                "customers-filtered.csv",
                "export-filtered",
                run,
                (style, keep.tobytes()),
            )
        if shown:
            exports.offer(
                "One file a segment",
                lambda tell: exporting.segments_zip(run, keep, style, tell),
                "segments.zip",
                "export-zip",
                run,
                (style, keep.tobytes()),
            )
        exports.unprotected(run, style)
    for old, new in exporting.renamed_columns(run).items():
        st.info(state.escape(f"The file's own column {old!r} is called {new!r} in the export."))
    if shown and st.toggle(
        "Show the first rows", key=state.key("export-look"), persist_state="session"
    ):
        st.dataframe(exporting.customers_head(run, keep, SHOWN_ROWS), hide_index=True)


def documents(run: Run, keep: Bools) -> None:
    """Offer the report and the workbook."""
    st.subheader("To read and to hand on", anchor=False)
    if keep.any():
        st.caption(
            "The report is one page for any browser: it needs no network, and prints well."
            + ("" if keep.all() else wording.told(" Both are of the customers shown."))
        )
        exports.offer(
            "Report",
            lambda _: handing_on.report(run, keep),
            "report.html",
            "export-report",
            run,
            (keep.tobytes(),),
        )
        st.caption(
            wording.told(
                "The workbook has the summary with charts, profiles, customers and method. Unlike "
                "a CSV it keeps the leading zeros of ids."
            )
        )
        exports.offer(
            "Excel workbook",
            lambda tell: handing_on.workbook(run, keep, tell),
            "segments.xlsx",
            "export-workbook",
            run,
            (keep.tobytes(),),
        )
    if not run.evidence.stabilities:
        st.caption("How far the segments can be trusted is not checked yet.")
        st.page_link(navigation.path("segments"), label="Check it on Segments")


def for_programs(run: Run, keep: Bools) -> None:
    """Offer the summary, the rules and the scores."""
    st.subheader("For programs", anchor=False)
    st.caption(
        wording.told("Figures and settings; what puts a customer in a segment, in words and SQL.")
    )
    with st.container(horizontal=True):
        widgets.download(
            "Summary", lambda: exporting.summary_json(run), "summary.json", "export-summary"
        )
        widgets.download("Rules", lambda: handing_on.rules_json(run), "rules.json", "export-rules")
        widgets.download(
            "Segments and their trust",
            lambda: exporting.to_csv(exporting.segments_frame(run)),
            "segments.csv",
            "export-segments",
        )
    if run.loaded.customers.kind == "transactions":
        exports.rfm(run, keep)
    st.caption(wording.told("The command line makes the same customers from the summary:"))
    st.caption("`python -m segmentation run FILE --recipe summary.json --out customers.csv`")
