"""The same features prepared in several ways, side by side; one press adopts one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.ui import adopting, agreement, cache, progress, state, wording
from segmentation.choosing import least_size
from segmentation.numerals import counted
from segmentation.results import Arena, Candidate, Resampled, Run
from segmentation.vocabulary import label
from segmentation.words import listed

MOST_SIZES = 5
DONE = {
    "log": "a logarithm of",
    "yeo-johnson": "Yeo-Johnson of",
    "rank": "the rank of",
    "none": "as they are:",
}


def draw(run: Run) -> None:
    """Compare the preparations, the first time with progress, and draw what comes of them."""
    source = state.source()
    assert source is not None
    with progress.bar("Trying other preparations") as tell:
        found = cache.arena(
            source,
            run,
            lambda done, total: tell(done / total, "Trying other preparations of the features"),
        )
    possible = [one for one in found.candidates if one.problem is None]
    st.markdown(_in_short(found, possible))
    st.table(
        pd.DataFrame([_row(one, run, found.k) for one in possible]),
        border="horizontal",
        hide_index=True,
    )
    if not any(_in_use(one, run) for one in possible):
        st.caption(_in_use_beside(run))
    for one in found.candidates:
        if one.problem is not None:
            st.caption(f"{one.name}: {state.escape(one.problem)}")
    with st.container(horizontal=True):
        for one in possible:
            if not _in_use(one, run) and st.button(_offer(one), key=f"use-{one.name}"):
                adopting.adopt(prepare=one.settings, k=run.recipe.choose.k)
    st.caption(
        "Each silhouette is measured on its own scale, so a larger one is not by itself better; "
        "that segments come back, and agree with what was held out, says more. "
        "Stability: mean Jaccard similarity, in brackets its 95% interval; from 0.75 stable "
        "(Hennig 2007)."
        + (" The sign marks a segment of a handful." if any(map(_handful, possible)) else "")
        + _sampled(found)
    )
    names = [one.name for one in possible]
    rows = [i for i, one in enumerate(found.candidates) if one.problem is None]
    if len(rows) > 1:
        table = [[found.agreements[i][j] for j in rows] for i in rows]
        agreement.draw("How far they agree", names, names, table, "preparations-agreement")
        agreement.explain()
    if found.held_out and rows:
        _held_out(found, names, rows)


def _held_out(found: Arena, names: Sequence[str], rows: Sequence[int]) -> None:
    columns = [label(column.column) for column in found.held_out]
    table = [[column.agreements[i] for column in found.held_out] for i in rows]
    agreement.draw(
        "How far they agree with columns held out", names, columns, table, "preparations-held-out"
    )
    st.caption(
        "Columns that are no feature and tell groups judge from outside: the segments never saw "
        "them."
    )


def _in_short(found: Arena, possible: Sequence[Candidate]) -> str:
    """Say under which preparation the weakest segment comes back best."""
    known = [
        (one.name, one.stability)
        for one in possible
        if one.stability is not None and not _handful(one)
    ]
    count = counted(found.k, "segment", "segments")
    if not known:
        return wording.told(
            f"No preparation gives {count} that are more than a handful of customers."
        )
    name, best = max(known, key=lambda pair: pair[1].mean)
    equal = [f"**{other}**" for other, found in known if found.high >= best.low]
    back = f"**{best.mean:.2f}** ({best.low:.2f} to {best.high:.2f})"
    if len(equal) == 1:
        return wording.told(
            f"At {count}, **{name}** is the most dependable: its weakest segment comes back to "
            f"{back} when other customers are drawn."
        )
    return wording.told(
        f"At {count}, {listed(equal)} are equally dependable, within the error of the draws: at "
        f"best, the weakest segment comes back to {back} when other customers are drawn."
    )


def _row(one: Candidate, run: Run, k: int) -> dict[str, str]:
    shown = " · ".join(f"{size:,}" for size in one.sizes[:MOST_SIZES])
    return {
        "Preparation": f"**{one.name}** (in use)" if _in_use(one, run) else one.name,
        "Weakest stability": _resampled(one.stability),
        "Silhouette": _figure(one.silhouette, ".3f"),
        wording.told("Customers"): shown
        + (" · …" if k > MOST_SIZES else "")
        + (" :orange[:material/warning:]" if _handful(one) else ""),
        "Best k by silhouette": "–"
        if one.own_k is None
        else f"{one.own_k} ({_figure(one.own_silhouette, '.3f')})",
    }


def _offer(one: Candidate) -> str:
    plain = one.settings.transform == one.settings.scaler == "none"
    return "Use them as they are" if plain else f"Use {one.name}"


def _handful(one: Candidate) -> bool:
    return min(one.sizes, default=0) < least_size(sum(one.sizes))


def _resampled(found: Resampled | None) -> str:
    return "–" if found is None else f"{found.mean:.2f} ({found.low:.2f} to {found.high:.2f})"


def _figure(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _in_use(one: Candidate, run: Run) -> bool:
    """Tell whether this is how the run's features were prepared, whoever chose it."""
    as_chosen = replace(run.recipe.prepare, transform=one.settings.transform)
    done = {column.transform for column in run.prepared.columns} - {"0/1"}
    return one.settings == as_chosen and done <= {one.settings.transform}


def _in_use_beside(run: Run) -> str:
    """Say what was done with each feature, where no single way was taken for all."""
    said = [
        f"{words} {listed(features)}"
        for transform, words in DONE.items()
        if (
            features := [
                state.escape(label(column.feature))
                for column in run.prepared.columns
                if column.transform == transform
            ]
        )
    ]
    return f"In use is none of these: {'; '.join(said)}."


def _sampled(found: Arena) -> str:
    if found.customers == found.of:
        return ""
    return wording.told(f" Tried on a sample of {found.customers:,} of {found.of:,} customers.")
