"""The evidence for k: what each criterion says, how it is weighed, and the figures behind it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pandas as pd
import streamlit as st

from pages.ui import state, widgets, wording
from segmentation import charts
from segmentation.choosing import CRITERIA, cut_short, outweighed_by
from segmentation.methods import DENSITY, METHOD_NAMES
from segmentation.results import Criterion, Evidence, Run, Vote
from segmentation.words import sentence

ASKS: dict[Criterion, str] = {
    "elbow": "Where does one more segment stop explaining much?",
    "silhouette": "Are customers closer to their own segment than to the next one?",
    "calinski_harabasz": "How far apart are the segments for how wide they are?",
    "davies_bouldin": "How much does each segment overlap with the one most like it?",
    "gap": "How much is gained over customers without groups?",
    "prediction_strength": "Would one half of the customers foretell the segments of the other?",
    "stability": "Do all segments come back when other customers are drawn?",
}
BETTER: dict[Criterion, str] = {
    "elbow": "Spread within segments. It always falls; past the bend it falls little.",
    "silhouette": "Higher is better. Shaded: what customers without groups give.",
    "calinski_harabasz": "Higher is better.",
    "davies_bouldin": "Lower is better.",
    "gap": "The first k that the next one doesn't beat by more than its error.",
    "prediction_strength": "The largest k above the line at 0.8.",
    "stability": "Of the weakest segment. Lines: 0.60 doubtful, 0.75 stable, 0.85 very stable.",
}
RULE = """
1. **Traps first.** A number of segments that merely splits off a handful of customers, or is
   otherwise named as a trap, is passed over.
2. **Are there groups at all?** A number of segments counts only if its silhouette lies clearly
   above that of customers without groups: by four standard deviations, and by a twentieth of the
   way to 1. If none does, the answer is: no natural groups.
3. **One criterion, one vote.** Most votes win; "one segment, no groups" can win, too. Of equals,
   the number that prediction strength speaks for wins, then the smaller one.
4. **How far to trust it.** Strong: one half of the customers foretells the other to 0.9, every
   segment comes back to 0.85, and the silhouette lies 0.3 of the way from chance to 1.
   Reasonable: 0.8, 0.75 and 0.15. Anything less is weak.
"""
SOURCES = """
- Elbow: Satopää, Albrecht, Irwin and Raghavan (2011), Finding a "Kneedle" in a haystack
- Silhouette: Rousseeuw (1987), doi 10.1016/0377-0427(87)90125-7
- Caliński and Harabasz (1974), doi 10.1080/03610927408827101
- Davies and Bouldin (1979), doi 10.1109/TPAMI.1979.4766909
- Gap statistic: Tibshirani, Walther and Hastie (2001), doi 10.1111/1467-9868.00293; references
  drawn along the principal axes, the smallest k within one standard error
- Prediction strength: Tibshirani and Walther (2005), doi 10.1198/106186005X59243
- Stability: Hennig (2007), doi 10.1016/j.csda.2006.11.025, as in R's fpc::clusterboot
"""
CHARTS_A_ROW = 3
_THREE = (
    "Silhouette",
    "Davies-Bouldin",
    "Silhouette without groups",
    "Gap",
    "Gap, standard error",
    "Prediction strength",
    "Weakest stability",
)
OUTWEIGHING = {
    "traps": ", since every number that was compared is a trap (see the warning); that outweighs "
    "all votes",
    "chance": ", since no silhouette of those that can be suggested is clearly above that of "
    "customers without groups; that outweighs all votes",
}
FORMATS = dict.fromkeys(_THREE, "%.3f") | {"Calinski-Harabasz": "%.1f"}


def draw(run: Run) -> None:
    """Draw the council on all segmented customers."""
    evidence = run.evidence
    if len(evidence.sweep.ks) < 2:
        st.info(
            f"{state.escape(wording.told(evidence.reason))}."
            if run.recipe.fit.method in DENSITY
            else wording.told("There are too few different customers to compare several k."),
            icon=":material/info:",
        )
        return
    if evidence.votes:
        st.markdown(wording.told(_answer(evidence)))
        _votes(evidence)
        _folded("How the votes are weighed", "balance", lambda: st.markdown(wording.told(RULE)))
    elif run.recipe.fit.method != "kmeans":
        st.caption(
            f"The council judges K-Means alone. Of {METHOD_NAMES[run.recipe.fit.method]}, these "
            "are the criteria that need no data drawn anew."
        )
    else:
        st.caption(
            "Three of seven criteria need the check above; their votes are counted when it is done."
        )
    if said := cut_short(run.prepared, evidence.sweep, run.recipe.choose):
        st.caption(wording.told(said))
    _curves(evidence)
    _folded("The exact figures", "table", lambda: _figures(run))
    _folded("Sources", "menu_book", lambda: st.markdown(SOURCES))


def _folded(title: str, icon: str, draw: Callable[[], object]) -> None:
    widgets.folded(title, state.key(f"council-{icon}"), draw, f":material/{icon}:")


def _answer(evidence: Evidence) -> str:
    """Say what the council has come to, and which part of its rule settled it."""
    natural = evidence.natural_k
    agree = sum(vote.k == natural for vote in evidence.votes)
    of = f"**{agree} of {len(evidence.votes)}** criteria speak for it"
    if natural != 1:
        return f"The council's answer: **{natural} segments**. {of}."
    settled = outweighed_by(evidence)
    why = OUTWEIGHING[settled] if settled else f". {of}"
    return (
        f"The council's answer: **no natural groups**{why}. The {evidence.k} in use are a "
        "convenient cut."
    )


def _votes(evidence: Evidence) -> None:
    rows = "".join(_row(vote, evidence) for vote in evidence.votes)
    st.html(
        "<table class='council'><thead><tr><th scope='col'>Criterion</th>"
        f"<th scope='col'>Says</th><th scope='col'>Why</th></tr></thead><tbody>{rows}</tbody>"
        "</table>"
    )


def _row(vote: Vote, evidence: Evidence) -> str:
    name = CRITERIA[vote.criterion]
    said = "–" if vote.k is None else str(vote.k)
    agrees = vote.k == evidence.natural_k
    mark = "agrees" if agrees else "can't tell" if vote.k is None else "dissents"
    icon = "check_circle" if agrees else "help" if vote.k is None else "call_split"
    return (
        f"<tr class='{'agrees' if agrees else 'dissents'}'>"
        f"<th scope='row'>{escape(sentence(name))}"
        f"<small>{escape(wording.told(ASKS[vote.criterion]))}</small></th>"
        f"<td><b>{said}</b><span><i aria-hidden='true'>{icon}</i>{mark}</span></td>"
        f"<td>{escape(wording.told(vote.reason))}</td></tr>"
    )


def _curves(evidence: Evidence) -> None:
    drawn = {name: charts.criterion_chart(evidence, name) for name in CRITERIA}
    shown = [(name, figure) for name, figure in drawn.items() if figure is not None]
    places = [
        place for _ in range(0, len(shown) + 1, CHARTS_A_ROW) for place in st.columns(CHARTS_A_ROW)
    ]
    for place, (name, figure) in zip(places, shown, strict=False):
        with place:
            title = sentence(CRITERIA[name])
            st.markdown(f"**{title}**")
            widgets.chart(figure, name, f"{title} over the number of segments")
            st.caption(wording.told(BETTER[name]))
    with places[len(shown)]:
        st.markdown("**How to read these**")
        st.caption(
            f"Each goes over the number of segments. The dashed line is the {evidence.k} in use"
            + ("; the diamond, what the criterion speaks for" if evidence.votes else "")
            + wording.told(
                ". Thin upright bars are errors or 95% intervals. All segmented customers are "
                "compared, whatever the filter."
            )
        )


def _figures(run: Run) -> None:
    evidence = run.evidence
    swept, trials = evidence.sweep, evidence.trials
    columns: dict[str, object] = {
        "Segments": swept.ks,
        "Inertia": swept.inertias,
        "Silhouette": swept.silhouettes,
        "Calinski-Harabasz": swept.calinski_harabasz,
        "Davies-Bouldin": swept.davies_bouldin,
    }
    if trials is not None:
        columns["Silhouette without groups"] = [mean for mean, _ in trials.references]
        columns["Gap"] = [gap for gap, _ in trials.gaps[1:]]
        columns["Gap, standard error"] = [error for _, error in trials.gaps[1:]]
        columns["Prediction strength"] = [found.mean for found in trials.prediction_strengths]
        columns["Weakest stability"] = [trials.weakest(k).mean for k in trials.ks]
    columns["Smallest segment"] = swept.smallest
    decimals = {
        name: st.column_config.NumberColumn(format=format_of) for name, format_of in FORMATS.items()
    }
    st.dataframe(pd.DataFrame(columns), hide_index=True, column_config=decimals)
    total = len(run.profiles.customers)
    said = [_on("Silhouettes", swept.silhouette_customers, total)]
    if trials is not None:
        said.append(_on("Resampled figures", trials.customers, total))
        said.append(f"Gap at one segment: {trials.gaps[0][0]:.3f} ± {trials.gaps[0][1]:.3f}.")
    st.caption(" ".join(said))


def _on(what: str, customers: int, total: int) -> str:
    if customers == total:
        return wording.told(f"{what} are of all {total:,} customers.")
    return wording.told(f"{what} are of a sample of {customers:,} of {total:,} customers.")
