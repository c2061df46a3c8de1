"""Files that are made when they are asked for, with their progress where that takes a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from pages.ui import cache, progress, state, widgets, wording
from segmentation import exporting
from segmentation.errors import SegmentationError
from segmentation.numerals import counted
from segmentation.results import Run
from segmentation.rfm import rfm_shown
from segmentation.rfm_grid import built_in_grid
from segmentation.values import Bools

MANY_CUSTOMERS = 50_000

Make = Callable[[progress.Tell | None], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file that took a while.

    Parameters
    ----------
    token : tuple
        What it was made of.
    data : bytes
        The file.
    """

    token: tuple[object, ...]
    data: bytes


def offer(
    text: str,
    make: Make,
    file_name: str,
    key: str,
    run: Run,
    made_of: tuple[object, ...] = (),
    *,
    primary: bool = False,
) -> None:
    """Offer a file; of many customers it is first made, with a bar and a way to cancel.

    Parameters
    ----------
    text, file_name, key : str
        Of the button.
    make : callable
        Gives the bytes, telling the progress to whom it is given.
    run : Run
        What the file is of.
    made_of : tuple
        What else it depends on, so that an old one is not given away for a new.
    """
    if len(run.profiles.customers) <= MANY_CUSTOMERS:
        widgets.download(text, lambda: make(None), file_name, key, primary=primary)
        return
    token = (key, state.runs(), state.renamings(), bool(run.evidence.stabilities), *made_of)
    place = st.empty()
    made: Made | None = st.session_state.get("made")
    pressed = (made is None or made.token != token) and place.button(
        text, key=f"make-{key}", icon=":material/hourglass_empty:",
        type="primary" if primary else "secondary",
    )  # fmt: skip
    if pressed:
        # One at a time: each can be as large as the file that was read.
        st.session_state.pop("made", None)
        with place.container(), progress.bar(f"Making {file_name}") as tell:
            # Any press ends this run, and nothing is left of it.
            st.button("Cancel", key=f"cancel-{key}")
            made = Made(token=token, data=make(tell))
        st.session_state["made"] = made
    if made is not None and made.token == token:
        with place.container():
            widgets.download(f"Save {file_name}", made.data, file_name, key, primary=True)


def customers(run: Run, keep: Bools | None, style: exporting.CsvStyle) -> Make:
    """Return what makes the customers' CSV."""

    def make(tell: progress.Tell | None) -> bytes:
        blocks = []
        done = 0
        total = len(run.profiles.customers) if keep is None else int(keep.sum())
        for block in exporting.customers_blocks(run, keep, style):
            blocks.append(block)
            if tell is not None:
                tell(min(1.0, done / total), f"Wrote {counted(done, 'row', 'rows')}")
            done += exporting.BLOCK_ROWS
        return b"".join(blocks)

    return make


def unprotected(run: Run, style: exporting.CsvStyle) -> None:
    """Offer the customers as they were read, with a warning."""
    with st.popover("Raw, unprotected", icon=":material/gpp_maybe:"):
        st.warning(
            "Exactly as read: a cell such as =1+1 runs when a spreadsheet opens the file. Only for "
            "programs that take no text for a formula."
        )
        raw = replace(style, guarded=False)
        make = customers(run, None, raw)
        offer("Raw CSV", make, "customers-raw.csv", "export-raw", run, (raw,))


def set_aside(run: Run) -> None:
    """Offer the rows, and the customers, that are in no segment."""
    rows = exporting.set_aside_count(run)
    st.subheader("Rows set aside", anchor=False)
    if not rows:
        st.caption("No row was set aside.")
    else:
        are = counted(rows, "row of the file is", "rows of the file are")
        st.caption(f"{are} in no segment; each with its row number and reason.")
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


def pictures() -> None:
    """Let the reader choose what a chart's camera makes."""
    st.subheader("Charts as pictures", anchor=False)
    st.caption("Every chart has a camera at its top right, on a phone once it is tapped.")
    state.set_image_format(widgets.view_switch("Format", ("PNG", "SVG"), "image-format").lower())


def rfm(run: Run, keep: Bools) -> None:
    """Offer the RFM scores of all customers of a transactions file, and of those shown."""
    source, grid = state.source(), built_in_grid()
    assert source is not None
    try:
        everybody = cache.scored(source, run.recipe, run.loaded.customers, grid)
    except SegmentationError as error:
        st.caption(state.escape(str(error)))
        return
    passed = np.zeros(len(run.loaded.customers.ids), dtype=bool)
    passed[run.profiles.customers[keep]] = True
    shown = everybody if keep.all() else rfm_shown(everybody, grid, passed)
    with st.container(horizontal=True):
        widgets.download(
            f"All {len(everybody.frame):,} RFM scores",
            lambda: exporting.to_csv(everybody.frame),
            "rfm.csv",
            "export-rfm",
        )
        if 0 < len(shown.frame) < len(everybody.frame):
            widgets.download(
                f"RFM scores of the {len(shown.frame):,} shown",
                lambda: exporting.to_csv(shown.frame),
                "rfm-filtered.csv",
                "export-rfm-filtered",
            )
