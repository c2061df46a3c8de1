"""One saved model: what it is, and what can be done with it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import chips, clock, model_choice, models_kept, navigation, state, verdict, widgets
from pages.ui.model_folder import folder
from segmentation.errors import SegmentationError
from segmentation.models.files import dump_model
from segmentation.models.model_telling import before_by_hand, segments_frame
from segmentation.models.pipeline_out import NO_STEPS, WARNING, pipeline_joblib
from segmentation.models.store import (
    LONGEST_NAME,
    LONGEST_NOTE,
    Entry,
    annotate_model,
    rename_model,
)
from segmentation.numerals import counted
from segmentation.results import Model
from segmentation.vocabulary import label
from segmentation.wheel import in_words
from segmentation.words import listed


def draw(entry: Entry) -> None:
    """Draw a model that can be used."""
    model = entry.model
    assert model is not None
    with st.container(border=True):
        st.markdown(f"#### {state.escape(entry.name)}")
        st.caption(
            state.escape(
                f"{clock.saved(entry)}. "
                f"{counted(model.training.customers, *model.called)} of "
                f"{listed([file.name for file in model.training.files])}."
            )
        )
        if model.made.note:
            st.markdown(state.escape(model.made.note))
        st.html(chips.chips([(segment.named, segment.size) for segment in model.segments]))
        _trust(model)
        _actions(entry, model)
        with st.expander("What is in it"):
            _inside(model)


def _trust(model: Model) -> None:
    if not model.trust.level:
        st.markdown(
            f":gray[:material/help:] How far it can be trusted was not checked. Silhouette "
            f"{model.trust.silhouette:.2f}."
        )
        return
    icon, words = verdict.LEVELS[model.trust.level]
    said = f"**{words}**: {state.escape(model.trust.sentence)}"
    st.markdown(f"{icon} {before_by_hand(model, said)}")


def _actions(entry: Entry, model: Model) -> None:
    with st.container(horizontal=True):
        if st.button(
            "Score customers with it", type="primary", icon=":material/person_search:", key="use-it"
        ):
            model_choice.take(entry.name)
            st.switch_page(navigation.path("score"))
        widgets.download(
            "Download", lambda: dump_model(model), f"{entry.name}.json", f"download-{entry.name}"
        )
        with st.popover("Rename or annotate", icon=":material/edit:"):
            st.text_input(
                "Name",
                value=entry.name,
                max_chars=LONGEST_NAME,
                key=f"rename-{entry.name}",
                on_change=_rename,
                args=(entry.name,),
            )
            st.text_area(
                "Note",
                value=model.made.note,
                max_chars=LONGEST_NOTE,
                key=f"annotate-{entry.name}",
                on_change=_annotate,
                args=(entry.name,),
            )
        with st.popover("For notebooks", icon=":material/science:"):
            _for_notebooks(entry.name, model)
        models_kept.delete_choice(entry)


def _for_notebooks(name: str, model: Model) -> None:
    if model.turns:
        st.markdown(f"{NO_STEPS}. Score with the saved model itself.")
        return
    st.markdown(
        "A scikit-learn pipeline, to be loaded with `joblib.load`. Its `predict` takes a frame of "
        "the features and gives the number of the segment less 1."
    )
    st.warning(WARNING, icon=":material/warning:")
    widgets.download(
        "Pipeline (.joblib)", lambda: pipeline_joblib(model), f"{name}.joblib", f"joblib-{name}"
    )


def _inside(model: Model) -> None:
    st.dataframe(
        segments_frame(model),
        hide_index=True,
        column_config={"Segment": st.column_config.TextColumn(pinned=True)},
        alt="The segments of the model",
    )
    facts = {
        "Features": listed([label(name) for name in model.features]),
        "Why so many segments": before_by_hand(model, model.trust.k_reason),
        **({"Changed by hand": in_words(model.turns)} if model.turns else {}),
        "Made from": listed([f"{file.name} ({file.rows:,} rows)" for file in model.training.files]),
        "Fingerprint": model.training.sha256,
        "Days counted to": model.training.as_of or "no dates",
        "Made with": listed([f"{name} {version}" for name, version in model.made.versions]),
    }
    st.table(
        pd.DataFrame({"": list(facts), " ": [state.escape(fact) for fact in facts.values()]}),
        border="horizontal",
        hide_index=True,
        hide_header=True,
    )


def _rename(name: str) -> None:
    wanted = str(st.session_state[f"rename-{name}"])
    if wanted.strip() == name:
        return
    try:
        new = rename_model(folder(), name, wanted)
    except SegmentationError as error:
        models_kept.say_problem(error)
        return
    model_choice.renamed(name, new)
    models_kept.say(f"**{state.escape(name)}** is now called **{state.escape(new)}**.", new)


def _annotate(name: str) -> None:
    try:
        annotate_model(folder(), name, str(st.session_state[f"annotate-{name}"]).strip())
    except SegmentationError as error:
        models_kept.say_problem(error)
    else:
        models_kept.say(f"The note of **{state.escape(name)}** is kept.")
