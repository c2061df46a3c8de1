"""How far each segment can be trusted, in a label, in a line and in a table."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from pages.ui import chips, state, wording
from segmentation.results import Run
from segmentation.trust import DOUBTFUL, HIGHLY_STABLE, PLAIN, VALID, band
from segmentation.words import sentence

LABELS = {
    "highly stable": ("verified_user", "sure"),
    "valid": ("shield", "sure"),
    "doubtful": ("gpp_maybe", "doubtful"),
    "not to be trusted": ("gpp_bad", "unsure"),
}


def label(run: Run, segment_id: int) -> tuple[str, str, str] | None:
    """Return a segment's icon, its words and how they are marked; None before the check."""
    stabilities = run.segmentation.stabilities
    if not stabilities:
        return None
    word = band(stabilities[segment_id - 1].mean)[0]
    icon, mark = LABELS[word]
    return icon, sentence(PLAIN[word]), mark


def segments(run: Run) -> None:
    """Draw each segment's name, size and trust in as many columns as fit."""
    cells = []
    for named, size in zip(run.names, run.segmentation.sizes(), strict=True):
        found = label(run, named.segment_id)
        shield = "" if found is None else _shield(*found)
        cells.append(f"<div>{chips.chip(named, size)}{shield}</div>")
    st.html(f"<div class='segments-found'>{''.join(cells)}</div>")
    if run.segmentation.stabilities:
        _stable_is_not_natural(run)


def _shield(icon: str, words: str, mark: str) -> str:
    return f"<em class='trust trust-{mark}'><i aria-hidden='true'>{icon}</i>{escape(words)}</em>"


def line(run: Run, segment_id: int) -> str:
    """Say in a line how far a segment can be trusted, with its figures."""
    width = run.segmentation.segment_silhouettes[segment_id - 1]
    said = label(run, segment_id)
    if said is None:
        return (
            f"How far it can be trusted is not checked yet (the Segments screen does it). "
            f"Silhouette {width:.2f}."
        )
    found = run.segmentation.stabilities[segment_id - 1]
    return (
        f":material/{said[0]}: **{said[1]}**: {wording.told(band(found.mean)[1])} Stability "
        f"{found.mean:.2f} "
        f"({found.low:.2f} to {found.high:.2f}), silhouette {width:.2f}."
    )


def table(run: Run) -> None:
    """Draw the figures behind the labels."""
    found = run.segmentation
    rows = []
    for named, size in zip(run.names, found.sizes(), strict=True):
        i = named.segment_id - 1
        row = {"Segment": state.escape(named.name), wording.told("Customers"): f"{size:,}"}
        if found.stabilities:
            icon, words, _ = label(run, named.segment_id) or ("", "", "")
            steady = found.stabilities[i]
            row["Trust"] = f":material/{icon}: {words}"
            row["Stability"] = f"{steady.mean:.2f} ({steady.low:.2f} to {steady.high:.2f})"
        row["Silhouette"] = f"{found.segment_silhouettes[i]:.2f}"
        rows.append(row)
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)
    if found.stabilities:
        st.caption(
            wording.told(
                f"Stability: the customers are drawn anew, again and again, and segmented; 1 means "
                f"that the segment comes back whole each time (mean Jaccard similarity, in "
                f"brackets "
                f"its 95% interval). From {HIGHLY_STABLE} very stable, from {VALID} stable, from "
                f"{DOUBTFUL} doubtful, below not to be relied on: Hennig (2007), as in R's "
                "fpc::clusterboot."
            )
        )
        _stable_is_not_natural(run)
    st.caption(
        wording.told(
            "Silhouette: how much closer customers are to their own segment than to the next one, "
            "from -1 to 1 (Rousseeuw 1987)."
        )
    )


def _stable_is_not_natural(run: Run) -> None:
    verdict = run.evidence.verdict
    if verdict is not None and verdict.level == "none":
        st.caption(
            wording.told(
                "Stable is not natural: customers without groups can be cut in the same way again "
                "and again, too."
            )
        )
