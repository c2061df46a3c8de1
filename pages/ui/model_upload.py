"""A model brought in from a file: tested first, refused with the reason."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui import models_kept, state
from pages.ui.model_folder import folder
from segmentation.errors import ModelError, SegmentationError
from segmentation.models.files import LARGEST_MEGABYTES, parse_model
from segmentation.models.store import model_name, save_model

UNNAMED = "Uploaded model"


def draw() -> None:
    """Offer to bring in a model."""
    with st.popover("Bring in a model", icon=":material/upload_file:"):
        # A new uploader for each attempt, so that the same file can be tried again.
        key = f"model-upload-{st.session_state.get('model-uploads', 0)}"
        st.file_uploader(
            "A model that was downloaded (.json)",
            type=["json"],
            key=key,
            max_upload_size=LARGEST_MEGABYTES,
            on_change=_take,
            args=(key,),
            help="Each file is checked before it is used: its digest, every value in it, and its "
            "answers for made-up customers. Nothing in it can run.",
        )


def _take(key: str) -> None:
    upload = st.session_state.get(key)
    if upload is None:
        return
    st.session_state["model-uploads"] = st.session_state.get("model-uploads", 0) + 1
    file = Path(upload.name).name
    try:
        model = parse_model(upload.getvalue(), where=file)
        name = save_model(folder(), _name(file), model)
    except SegmentationError as error:
        models_kept.say_problem(error)
    else:
        models_kept.say(f"**{state.escape(name)}** is brought in.", name)


def _name(file: str) -> str:
    try:
        return model_name(file.removesuffix(".json"))
    except ModelError:
        return UNNAMED
