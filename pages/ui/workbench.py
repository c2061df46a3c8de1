"""The controls of the Segments screen, its Run button and its verdict."""

from __future__ import annotations

import time
from dataclasses import replace

import streamlit as st

from pages.ui import cache, chips, messages, state, widgets
from segmentation import charts
from segmentation.axes import axis_for
from segmentation.errors import SegmentationError
from segmentation.matching import announce
from segmentation.numerals import counted
from segmentation.preparing import usable_features
from segmentation.reading import Bundle, Source
from segmentation.results import Loaded, Run
from segmentation.settings import ChooseSettings, FitSettings, PrepareSettings, Recipe
from segmentation.silhouettes import structure
from segmentation.values import Bools
from segmentation.vocabulary import label

TRANSFORMS = {
    "auto": "As each feature needs",
    "none": "None",
    "log": "Logarithm",
    "yeo-johnson": "Yeo-Johnson",
    "rank": "Rank",
}
SCALERS = {
    "standard": "Standard (z-score)",
    "robust": "Robust (quartiles)",
    "minmax": "0 to 1",
    "none": "None",
}
MISSING = {
    "median": "Fill with the median",
    "mean": "Fill with the mean",
    "mode": "Fill with the most frequent",
    "drop": "Set the customer aside",
}
SAY_EVERY_SECONDS = 0.2
OUTLIERS = {"keep": "Keep", "cap": "Cap", "set-aside": "Set the customer aside"}


def settings(loaded: Loaded) -> Recipe:
    """Draw the controls and bring the settings up to date with them."""
    customers = loaded.customers
    columns = (*customers.numeric, *customers.categories)
    chosen = [name for name in state.draft().prepare.features if name in columns]
    features = st.multiselect(
        "Features to segment by",
        columns,
        default=chosen or list(customers.default_features),
        format_func=label,
        # A list that is given other options forgets what was chosen of the ones before.
        key=state.key(f"features-{hash(columns)}"),
        persist_state="session",
        wrap=True,
        help="Customers alike in these end up together. A category counts as 0/1 columns.",
    )
    choose = _choose()
    with st.popover("Preparation and seed", icon=":material/tune:", width="stretch"):
        prepare, fit = _details(tuple(features))
    if customers.unusable:
        with st.popover("Columns left out", type="tertiary", icon=":material/info:"):
            for name, why in customers.unusable.items():
                st.caption(f"{state.escape(label(name))}: {why}")
    return state.set_draft(prepare=prepare, choose=choose, fit=fit)


def run_button(recipe: Recipe) -> bool:
    """Draw Run and tell whether it was pressed."""
    empty = not recipe.prepare.features
    return st.button(
        "Run",
        type="primary",
        icon=":material/play_arrow:",
        disabled=empty,
        width="stretch",
        help="Choose at least one feature first" if empty else None,
    )


def run(recipe: Recipe) -> None:
    """Run with progress and keep the settings that were run."""
    source = state.source()
    assert source is not None
    bar = st.progress(0.0, "Preparing the features")

    said = time.monotonic()

    def progress(share: float, words: str) -> None:
        nonlocal said
        # The page draws each message, which on a small table would take longer than the work.
        if time.monotonic() - said >= SAY_EVERY_SECONDS:
            said = time.monotonic()
            bar.progress(share, words)

    try:
        found = cache.run(source, recipe, progress)
    except SegmentationError as error:
        messages.problem(error)
    else:
        _take_run(source, recipe, found)
    finally:
        bar.empty()


def _take_run(source: Source | Bundle, recipe: Recipe, found: Run) -> None:
    before = state.ran()
    refit = None
    if before is not None and state.is_stale():
        relation, naming = cache.refit(source, before, recipe)
        names = cache.run(source, before).name_of()
        refit = state.Refit(relation=relation, names_before=names)
        recipe = recipe.with_stage(naming=naming)
    state.set_ran(recipe, found.segmentation.k, refit)


def invitation(loaded: Loaded, keep: Bools) -> None:
    """Fill the screen before the first run; the customers kept are drawn."""
    customers = loaded.customers
    count = len(customers.frame)
    st.subheader(f"{counted(count, 'customer', 'customers')}, no segments yet", anchor=False)
    wanted = state.draft().prepare.features
    if not wanted and (customers.numeric or customers.categories):
        st.info("Choose at least one feature at the side to segment by.", icon=":material/info:")
        return
    try:
        usable_features(customers, wanted)
    except SegmentationError as error:
        messages.problem(error)
        return
    st.markdown(
        "The features at the side are a fair start: press **Run**, look at the result, then change "
        "what you like. Run compares 2 to 10 segments, says which number the data speaks for and "
        "how clear the segments are, and gives each a name."
    )
    numeric = [name for name in wanted if name in customers.numeric][-2:]
    if len(numeric) == 2 and keep.any():
        across, up = (axis_for(name, customers.frame[name].to_numpy()) for name in numeric)
        widgets.chart(
            charts.relation(customers.frame[keep], across, up, None),
            "before",
            f"{up.title} over {across.title}",
        )
    if not keep.all():
        st.caption("Run takes all customers; the filter chooses only which are drawn.")


def verdict(run: Run) -> None:
    """Say how many segments, how clear they are, and what they are called."""
    word, sentence = structure(run.segmentation.silhouette)
    said = "no natural" if word == "none" else word
    st.subheader(f"{run.segmentation.k} segments, {said} structure", anchor=False)
    st.markdown(sentence)
    st.caption(f"{state.escape(run.evidence.reason)}.")
    sizes = zip(run.names, run.segmentation.sizes(), strict=True)
    st.html(chips.chips(list(sizes)))
    _changes(run)
    for note in run.prepared.notes:
        st.warning(state.escape(note), icon=":material/help:")


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


def _choose() -> ChooseSettings:
    suggest = (
        st.segmented_control(
            "Number of segments (k)",
            ["Suggest", "Choose"],
            default="Suggest",
            required=True,
            key=state.key("k-how"),
            persist_state="session",
            width="stretch",
            help="Suggest weighs the evidence for 2 to 10 segments.",
        )
        == "Suggest"
    )
    if suggest:
        return ChooseSettings()
    # A new one for each run, so that it begins where that run ended.
    k = st.slider(
        "k",
        2,
        10,
        state.ran_k() or 4,
        key=state.key(f"k-{state.runs()}"),
        persist_state="session",
        label_visibility="collapsed",
    )
    return ChooseSettings(k=k)


def _details(features: tuple[str, ...]) -> tuple[PrepareSettings, FitSettings]:
    def select(title: str, options: dict[str, str], key: str, help_text: str) -> str:
        return st.selectbox(
            title,
            list(options),
            format_func=options.__getitem__,
            key=state.key(key),
            persist_state="session",
            help=help_text,
        )

    transform = select(
        "Skewed features",
        TRANSFORMS,
        "transform",
        "A long tail lets a few customers rule the distances; a logarithm tames it. By default it "
        "is taken of features with a skewness above 1 and no negative value.",
    )
    scaler = select(
        "Scale", SCALERS, "scaler", "Puts features of different units on an equal footing."
    )
    missing = select("Missing values", MISSING, "missing", "For numbers that are not there.")
    outliers = select(
        "Extreme values",
        OUTLIERS,
        "outliers",
        "Values more than three quartile ranges beyond the quartiles (Tukey's outer fences).",
    )
    seed = st.number_input(
        "Random seed",
        0,
        2**32 - 1,
        0,
        key=state.key("seed"),
        persist_state="session",
        help="The same seed gives the same segments. Another one should give nearly the same.",
    )
    prepare = PrepareSettings(
        features=features,
        transform=transform,  # type: ignore[arg-type]
        scaler=scaler,  # type: ignore[arg-type]
        missing=missing,  # type: ignore[arg-type]
        outliers=outliers,  # type: ignore[arg-type]
    )
    return prepare, replace(state.draft().fit, seed=int(seed))
