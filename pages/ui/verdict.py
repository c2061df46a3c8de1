"""The answer at the top of the Segments screen: how many segments, and how far to trust them."""

from __future__ import annotations

import streamlit as st

from pages.ui import checking, state, traps, trust, wording
from segmentation import wheel
from segmentation.matching import announce
from segmentation.numerals import counted
from segmentation.results import Evidence, Run, Verdict
from segmentation.silhouettes import structure
from segmentation.words import sentence

LEVELS = {
    "strong": (":green[:material/verified:]", "strong structure"),
    "reasonable": (":green[:material/task_alt:]", "reasonable structure"),
    "weak": (":orange[:material/warning:]", "weak structure"),
    "none": (":gray[:material/blur_on:]", "no natural groups"),
}
# Lawson and Jurs (1990) call more than this a tendency to cluster.
CLUMPED = 0.75


def draw(run: Run) -> None:
    """Say how many segments there are, how far they can be trusted, and what they are called."""
    evidence = run.evidence
    count = counted(run.segmentation.k, "segment", "segments")
    if not evidence.stabilities:
        st.subheader(f"{count}, {checking.how_far()}", anchor=False)
    elif evidence.verdict is None:
        # The council judges K-Means alone.
        word = structure(run.segmentation.silhouette)[0]
        said = "no natural" if word == "none" else word
        st.subheader(f"{count}, {said} structure by the silhouette", anchor=False)
    else:
        icon, words = LEVELS[evidence.verdict.level]
        st.subheader(f"{icon} {count}, {words}", anchor=False)
        st.markdown(state.escape(wording.told(evidence.verdict.sentence)))
    st.caption(_reason(evidence))
    for note in wheel.notes(run.segmentation):
        st.caption(f":material/pan_tool: {state.escape(note)}")
    checking.say_what_changed(run)
    trust.segments(run)
    _changes(run)
    with st.container(horizontal=True):
        with st.popover("Can each segment be trusted?", icon=":material/shield:"):
            trust.table(run)
        if evidence.verdict is not None:
            with st.popover("How we know", icon=":material/info:"):
                _how_we_know(run, evidence.verdict)
    for note in run.prepared.notes:
        st.warning(state.escape(wording.told_of(run, note)), icon=":material/help:")
    traps.draw(run)


def _changes(run: Run) -> None:
    """Say what became of the segments of the run before."""
    refit = state.refit()
    if refit is None:
        return
    first, *others = announce(refit.relation, refit.names_before, run.name_of())
    st.caption(first)
    if others:
        with st.expander("What became of the segments of the run before"):
            st.markdown("\n".join(f"- {state.escape(line)}" for line in others))


def _reason(evidence: Evidence) -> str:
    first = evidence.reason if evidence.reason.startswith("k =") else sentence(evidence.reason)
    said = f"{first}."
    natural = evidence.natural_k
    if natural is not None and natural != evidence.k:
        said += (
            wording.told(" No number of segments stands out from customers without groups.")
            if natural == 1 and evidence.reason.endswith("asked for")
            else f" The evidence speaks for {natural}."
            if natural > 1
            else ""
        )
    if any(evidence.k in trap.ks for trap in evidence.traps):
        said += f" {evidence.k} segments split off a handful; see the warning below."
    return state.escape(wording.told(said))


def _how_we_know(run: Run, verdict: Verdict) -> None:
    evidence = run.evidence
    trials = evidence.trials
    if trials is None:
        return
    i = trials.ks.index(evidence.k)
    strength, weakest = trials.prediction_strengths[i], trials.weakest(evidence.k)
    width, (chance, _) = evidence.sweep.silhouettes[i], trials.references[i]
    first = (
        wording.told(
            "Most criteria speak for one segment, or the silhouette is nowhere clearly above that "
            "of "
            f"customers without groups. At {evidence.k} segments:"
            if evidence.natural_k in (None, 1)
            else f"At {evidence.k} segments, the silhouette is not clearly above that of customers "
            "without groups:"
        )
        if verdict.level == "none"
        else f"**{sentence(LEVELS[verdict.level][1])}** at {evidence.k} segments rests on three "
        "figures:"
    )
    st.markdown(
        wording.told(
            f"{first}\n"
            f"- One half of the customers foretells the segments of the other half to "
            f"**{strength.mean:.2f}** ({strength.low:.2f} to {strength.high:.2f}); strong from "
            f"0.9, "
            "reasonable from 0.8. This is the prediction strength.\n"
            f"- The segment that comes back least well when other customers are drawn does so to "
            f"**{weakest.mean:.2f}** ({weakest.low:.2f} to {weakest.high:.2f}); strong from 0.85, "
            "reasonable from 0.75. This is its stability.\n"
            f"- The silhouette is **{width:.3f}**, where customers without groups would give "
            f"{chance:.3f}. Of the way from there to 1 it must come 0.3 for strong, 0.15 for "
            "reasonable."
        )
    )
    if trials.hopkins is not None:
        hopkins, columns = trials.hopkins, len(run.prepared.columns)
        clumped = (
            wording.told("Customers lie in clumps")
            if hopkins.low > CLUMPED
            else "There is no clear clumping"
        )
        st.markdown(
            wording.told(
                f"**Are the customers clumped at all?** {clumped}: the Hopkins statistic is "
                f"**{hopkins.mean:.2f}** ({hopkins.low:.2f} to {hopkins.high:.2f}). Near 1 is "
                f"clumped, "
                "0.5 evenly scattered; some software turns it round. Distances are taken to the "
                "power "
                f"of {columns}, the number of columns. Clumps are not yet groups: one dense middle "
                "with a thin edge is clumped, too."
            )
        )
    of = len(run.prepared.matrix)
    st.caption(
        (
            wording.told("All customers")
            if trials.customers == of
            else f"A sample of {trials.customers:,}"
        )
        + " were drawn and split again and again; in brackets the 95% interval of the mean. "
        "Prediction strength: Tibshirani and Walther (2005). Stability: Hennig (2007). "
        "Silhouette: Rousseeuw (1987). Hopkins and Skellam (1954), exponent as in Cross and Jain "
        "(1982)."
    )
