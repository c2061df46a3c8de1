"""Where saved models are, and what is done to them from a screen."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from segmentation.errors import ModelError
from segmentation.models.store import ENDING, keep_beside, save_model
from segmentation.results import Model

VARIABLE = "SEGMENTATION_MODELS_FOLDER"
SECRET = "models_folder"
DEFAULT = Path(__file__).parents[2].joinpath("models")


def folder() -> Path:
    """Return the folder that the server's owner chose, or the repository's own."""
    chosen = os.environ.get(VARIABLE)
    # Asking for a secret where there is no file of them is an error.
    if not chosen and st.secrets.load_if_toml_exists():
        chosen = st.secrets.get(SECRET)
    return Path(chosen) if chosen else DEFAULT


def replace_model(name: str, model: Model) -> str:
    """Put a model in the place of one that was there, and return what that one is called now.

    Raises
    ------
    ModelError
        If the folder can't be written to.
    """
    try:
        old = keep_beside(folder().joinpath(f"{name}{ENDING}"))
    except OSError as error:
        raise ModelError(
            f"The model that is there can't be kept: {error.strerror}",
            where=str(folder()),
            remedy="Check that the folder may be written to and has room",
        ) from None
    save_model(folder(), name, model, over=True)
    return old.stem
