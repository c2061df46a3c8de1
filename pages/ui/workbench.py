"""The controls of the Segments screen and its Run button."""

from __future__ import annotations

import streamlit as st

from pages.ui import adopting, cache, messages, progress, state, widgets, wording
from segmentation import charts
from segmentation.axes import axis_for
from segmentation.errors import SegmentationError
from segmentation.methods import METHOD_NAMES
from segmentation.preparing import usable_features
from segmentation.reading import Bundle, Source
from segmentation.results import Loaded, Run
from segmentation.settings import (
    LARGEST_CATEGORY_WEIGHT,
    LARGEST_K,
    ChooseSettings,
    FitSettings,
    PrepareSettings,
    Recipe,
)
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
    "drop": "Set aside",
}
MOST = "k-most"
OUTLIERS = {"keep": "Keep", "cap": "Cap", "set-aside": "Set aside"}


def settings(loaded: Loaded) -> Recipe:
    """Draw the controls and bring the settings up to date with them."""
    customers = loaded.customers
    columns = (*customers.numeric, *customers.categories)
    chosen = [name for name in state.draft().prepare.features if name in columns]
    # A list that is given other options forgets what was chosen of the ones before.
    features_key = state.key(f"features-{hash(columns)}")
    adopting.take_up(features_key)
    features = st.multiselect(
        "Features to segment by",
        columns,
        default=chosen or list(customers.default_features),
        format_func=label,
        key=features_key,
        persist_state="session",
        wrap=True,
        help=wording.told(
            "Customers alike in these end up together. A category counts as 0/1 columns."
        ),
    )
    choose = _choose()
    with st.popover("Preparation and seed", icon=":material/tune:", width="stretch"):
        categories = [name for name in features if name in customers.categories]
        prepare, fit = _details(tuple(features), bool(categories))
    if customers.unusable:
        with st.popover("Columns left out", type="tertiary", icon=":material/info:"):
            for name, why in customers.unusable.items():
                st.caption(f"{state.escape(label(name))}: {why}")
    return state.set_draft(prepare=prepare, choose=choose, fit=fit)


def run_button() -> None:
    """Draw Run."""
    empty = not state.draft().prepare.features
    st.button(
        "Run",
        type="primary",
        icon=":material/play_arrow:",
        disabled=empty,
        width="stretch",
        help="Choose at least one feature first" if empty else None,
        on_click=adopting.want_run,
    )


def foresee() -> None:
    """Begin what Run will ask for."""
    source = state.source()
    assert source is not None
    cache.foresee(source, state.draft())


def run(recipe: Recipe) -> None:
    """Run with progress and keep the settings that were run."""
    source = state.source()
    assert source is not None
    try:
        with progress.bar("Preparing the features") as tell:
            found = cache.run(source, recipe, tell)
    except SegmentationError as error:
        messages.problem(error)
    else:
        _take_run(source, recipe, found)


def _take_run(source: Source | Bundle, recipe: Recipe, found: Run) -> None:
    told = state.ran()
    refit = None
    if told is not None and state.is_stale():
        before = cache.run(source, told)
        relation, naming = cache.refit(before, found)
        refit = state.Refit(recipe=told, relation=relation, names_before=before.name_of())
        recipe = recipe.with_stage(naming=naming)
    state.set_ran(recipe, found.segmentation.k, refit)


def invitation(loaded: Loaded, keep: Bools) -> None:
    """Fill the screen before the first run; the customers kept are drawn."""
    customers = loaded.customers
    count = len(customers.frame)
    st.subheader(f"{wording.count(count)}, no segments yet", anchor=False)
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
        f"what you like. Run compares 2 to {state.draft().choose.k_max} segments, says which "
        "number the data speaks for and how clear the segments are, and gives each a name."
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
        st.caption(
            wording.told("Run takes all customers; the filter chooses only which are drawn.")
        )


def _choose() -> ChooseSettings:
    most = int(st.session_state.get(state.key(MOST), ChooseSettings().k_max))
    suggest = (
        st.segmented_control(
            "Number of segments (k)",
            ["Suggest", "Choose"],
            default="Suggest",
            required=True,
            key=state.key("k-how"),
            persist_state="session",
            width="stretch",
            help=f"Suggest weighs the evidence for 2 to {most} segments; the largest number is "
            "under Preparation and seed.",
        )
        == "Suggest"
    )
    if suggest:
        return ChooseSettings(k_max=most)
    # A new one for each run, so that it begins where that run ended.
    key = state.key(f"k-{state.runs()}")
    if st.session_state.get(key, most) > most:
        st.session_state[key] = most
    k = st.slider(
        "k",
        2,
        most,
        min(state.ran_k() or 4, most),
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )
    return ChooseSettings(k=k, k_max=most)


def _details(features: tuple[str, ...], categories: bool) -> tuple[PrepareSettings, FitSettings]:
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
    weight = 1.0
    if categories:
        weight = st.number_input(
            "Weight of categories",
            0.01,
            float(LARGEST_CATEGORY_WEIGHT),
            1.0,
            0.1,
            key=state.key("category-weight"),
            persist_state="session",
            help="How much being in another category sets two customers apart. At 1, it counts "
            "as the distance between 0/1 columns (2 in squared distance, as much as two customers "
            "drawn at random differ in one standardised number); at 0.5, a quarter of that. "
            "K-prototypes (Huang 1998) weighs in the same way, with gamma = 2 w².",
        )
    method = select(
        "Method",
        {str(name): title for name, title in METHOD_NAMES.items()},
        "method",
        "K-Means suits most tables. The view Other methods shows what each would give; HDBSCAN and "
        "DBSCAN find the number of segments themselves and leave loners in none.",
    )
    st.number_input(
        "Largest number of segments",
        3,
        LARGEST_K,
        ChooseSettings().k_max,
        key=state.key(MOST),
        persist_state="session",
        help="Up to which number the evidence is gathered. More take longer.",
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
        category_weight=float(weight),
    )
    return prepare, FitSettings(seed=int(seed), method=method)  # type: ignore[arg-type]
