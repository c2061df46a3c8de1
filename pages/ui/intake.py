"""The ways in: samples and uploads. What can't be read leaves all else as it was."""

from __future__ import annotations

import time
from functools import cache as keep
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import cache, columns, messages, remembered, state
from segmentation.errors import SegmentationError
from segmentation.reading import Bundle, Source, as_source
from segmentation.results import Loaded
from segmentation.samples import SAMPLES
from segmentation.settings import Recipe, SchemaSettings

SAMPLE_FOLDER = Path(__file__).parents[2] / "data"
ENDINGS = ["csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods", "gz", "zip"]
SAY_EVERY_SECONDS = 0.2
TEXT = (".csv", ".tsv", ".txt")
QUICK_BYTES = 100_000


def welcome() -> None:
    """Offer an upload and the samples, on a first visit."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader("Your own file")
        _uploader("welcome")
        report_problem()
        st.caption(
            "One row a customer, or one row an order line. The file is read on this machine and "
            "goes nowhere else."
        )
    with right:
        st.subheader("Or try a sample")
        for start in (0, 2):
            for place, sample in zip(st.columns(2), SAMPLES[start : start + 2], strict=True):
                with place.container(border=True, height="stretch"):
                    st.markdown(f"**{sample.title}**")
                    st.caption(sample.description)
                    st.button(
                        "Use this sample",
                        key=f"sample-{sample.name}",
                        on_click=_take_sample,
                        args=(sample.file_name,),
                        width="stretch",
                    )


def change() -> None:
    """Offer another file or sample beside the one worked on."""
    with st.popover("Change data", icon=":material/upload_file:"):
        _uploader("change")
        for sample in SAMPLES:
            st.button(
                sample.title,
                key=f"change-{sample.name}",
                on_click=_take_sample,
                args=(sample.file_name,),
                width="stretch",
                help=sample.description,
            )


def report_problem() -> None:
    """Say why the last file could not be taken, until another is tried."""
    error = st.session_state.get("intake_problem")
    if error is not None:
        messages.problem(error)
        if state.source() is not None:
            st.caption("The data you had before is still here.")


def take_candidate() -> None:
    """Read the file just chosen, saying how far it is; keep it only if it can be used."""
    new: Source | Bundle | None = st.session_state.get("candidate")
    if new is None:
        return
    st.session_state["intake_problem"] = None
    st.session_state["attempts"] = st.session_state.get("attempts", 0) + 1
    read_bytes = sum(len(file.data) for file in new.sources)
    size = f"{new.name}, {read_bytes / 1e6:,.1f} MB"
    # What is done in the twinkling of an eye is shown at once, and not announced.
    texts = all(file.name.lower().endswith(TEXT) for file in new.sources)
    quick = texts and read_bytes < QUICK_BYTES
    place = st.empty()
    bar: DeltaGenerator | None = None
    done = 0
    began = said = time.monotonic()

    def tell(share: float, text: str) -> None:
        nonlocal bar
        if bar is None and quick and time.monotonic() - began < SAY_EVERY_SECONDS:
            return
        if bar is None:
            with place.container():
                bar = st.progress(share, state.escape(text))
                st.button("Cancel", key=f"cancel-{st.session_state['attempts']}", on_click=_cancel)
        else:
            bar.progress(share, state.escape(text))

    tell(0.0, f"Reading {size}")

    def share(read: float) -> None:
        nonlocal said
        # The page draws each message, and is asked here whether anyone clicked in the meantime.
        if time.monotonic() - said >= SAY_EVERY_SECONDS:
            said = time.monotonic()
            tell((done + read) / 5, f"Reading {size}: {read:.0%}")

    def step(text: str) -> None:
        nonlocal done
        done += 1
        tell(done / 5, f"{text} ({size})")

    try:
        loaded, settled = _load(new, step, share)
    except SegmentationError as error:
        st.session_state["intake_problem"] = error
        del st.session_state["candidate"]
    except Exception:
        # Or the next run would read the file again, and fail again.
        del st.session_state["candidate"]
        raise
    else:
        state.set_source(new, state.Taken.of(loaded))
        columns.correct(settled, [str(name) for name in loaded.table.frame.columns])
        del st.session_state["candidate"]
    finally:
        # A click elsewhere ends this run by none of these; the next run reads the file then.
        place.empty()


def _load(
    new: Source | Bundle, step: cache.Steps, share: cache.Share
) -> tuple[Loaded, SchemaSettings]:
    """Read what is new, as an earlier file with the same columns was corrected if that will do."""
    frame = cache.table(new, Recipe(), share).frame
    settled = remembered.recalled([str(name) for name in frame.columns])
    try:
        return cache.loaded(new, Recipe(schema=settled), step), settled
    except SegmentationError:
        if settled == SchemaSettings():
            raise
        return cache.loaded(new, Recipe(), step), SchemaSettings()


def _cancel() -> None:
    st.session_state.pop("candidate", None)


def _uploader(where: str) -> None:
    # A new uploader for each attempt: one that holds a file takes the next in two runs.
    key = f"upload-{where}-{st.session_state.get('attempts', 0)}"
    st.file_uploader(
        "CSV or Excel files",
        type=ENDINGS,
        accept_multiple_files=True,
        key=key,
        on_change=_take_upload,
        args=(key,),
        help="CSV, TSV, XLSX, XLSM, XLSB, XLS or ODS, also within GZ or ZIP, to 500 MB each. "
        "Files chosen together become one: those with the same columns are put on top of each "
        "other, others are joined on the customer id.",
    )


def _take_upload(key: str) -> None:
    uploads: list[Any] = st.session_state.get(key) or []
    # The browser hands them over in the order they happened to arrive.
    files = sorted(
        (Source(name=Path(upload.name).name, data=upload.getvalue()) for upload in uploads),
        key=lambda file: file.name,
    )
    if files:
        st.session_state["candidate"] = as_source(files)


def _take_sample(file_name: str) -> None:
    st.session_state["candidate"] = _sample_source(file_name)


@keep
def _sample_source(file_name: str) -> Source:
    return Source.from_path(SAMPLE_FOLDER / file_name)
