"""Other methods on the same customers, side by side; one press adopts one."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.ui import adopting, agreement, cache, progress, state, widgets, wording
from segmentation.methods import DENSITY, METHOD_NAMES
from segmentation.results import Alternative, Alternatives, Run
from segmentation.settings import Method

ABOUT: dict[Method, str] = {
    "kmeans": "Compact groups of similar width, each around its mean. The default.",
    "bisecting": "K-Means in steps: the widest group is halved until there are enough.",
    "gaussian": "Long or tilted groups of any width; a customer goes to the likeliest.",
    "ward": "Merges the most alike from single customers up; good for nested groups.",
    "hdbscan": "Dense crowds of any shape and their number; loners stay in no segment.",
    "dbscan": "As HDBSCAN, but all crowds are to be equally dense.",
}
MOST_SIZES = 5
# Steinley (2004) calls agreement from 0.8 on good, and from 0.9 on excellent.
LIKE = 0.8


def draw(run: Run) -> None:
    """Compare the methods, the first time with progress, and draw what they find."""
    source = state.source()
    assert source is not None
    with progress.bar("Trying the other methods") as tell:
        found = cache.alternatives(source, run, tell)
    st.markdown(_in_short(found))
    st.table(
        pd.DataFrame([_row(one, found) for one in found.found]),
        border="horizontal",
        hide_index=True,
    )
    for one in found.found:
        if one.problem is not None:
            st.caption(state.escape(one.problem))
    with st.container(horizontal=True):
        for one in found.found:
            if one.method == found.present or one.problem is not None:
                continue
            if st.button(f"Use {one.name}", key=f"use-{one.method}", help=ABOUT[one.method]):
                k = None if one.method in DENSITY else found.k
                adopting.adopt(fit=replace(run.recipe.fit, method=one.method), k=k)
    usable = [i for i, one in enumerate(found.found) if one.problem is None]
    names = [found.found[i].name for i in usable]
    if len(usable) > 1:
        table = [[float(found.agreement[i, j]) for j in usable] for i in usable]
        agreement.draw("How far they agree", names, names, table, "methods-agreement")
        agreement.explain()
    widgets.folded(
        "What each method looks for", state.key("methods-about"), _about, ":material/menu_book:"
    )


def _about() -> None:
    st.markdown("\n".join(f"- **{METHOD_NAMES[name]}**: {ABOUT[name]}" for name in ABOUT))
    st.caption(
        wording.told(
            "All but K-Means as in scikit-learn. HDBSCAN: Campello, Moulavi and Sander (2013); "
            "DBSCAN: Ester et al. (1996). Agreement is among the customers that both put in a "
            "segment."
        )
    )


def _in_short(found: Alternatives) -> str:
    """Say how many methods see about the same segments as the run."""
    others = [
        (one.name, found.with_present(one.method))
        for one in found.found
        if one.method != found.present
    ]
    alike = [name for name, value in others if value is not None and value >= LIKE]
    if not alike:
        return (
            "No other method finds much the same segments: who belongs together depends on how one "
            "looks."
        )
    return (
        f"**{len(alike)} of {len(others)}** other methods find much the same segments "
        f"({', '.join(alike)})."
    )


def _row(one: Alternative, found: Alternatives) -> dict[str, str]:
    name = f"**{one.name}** (in use)" if one.method == found.present else one.name
    if one.problem is not None:
        return {
            "Method": name,
            "Segments": "–",
            wording.told("Customers"): "–",
            "In no segment": f"{one.noise:,}",
            "Silhouette": "–",
            "Agrees": "–",
        }
    with_present = found.with_present(one.method)
    shown = " · ".join(f"{size:,}" for size in one.sizes[:MOST_SIZES])
    return {
        "Method": name,
        "Segments": str(one.k),
        wording.told("Customers"): shown + (" · …" if one.k > MOST_SIZES else ""),
        "In no segment": f"{one.noise:,}",
        "Silhouette": f"{one.silhouette:.3f}",
        "Agrees": "–" if with_present is None else f"{with_present:.2f}",
    }
