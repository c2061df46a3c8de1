"""Settings adopted by one press: the controls follow, and the run is made."""

from __future__ import annotations

from typing import Any, NoReturn

import streamlit as st

from pages.ui import state
from segmentation.settings import FitSettings, PrepareSettings

ADOPTED, RUN_WANTED = "adopted", "run-wanted"


def adopt(
    *, prepare: PrepareSettings | None = None, fit: FitSettings | None = None, k: int | None = None
) -> NoReturn:
    """Take these settings, let the evidence choose k if none is given, and run."""
    st.session_state[ADOPTED] = (prepare, fit, k)
    st.rerun()


def take_up(features_key: str) -> None:
    """Set the controls to what was adopted; to be called before they are drawn."""
    prepare, fit, k = st.session_state.pop(ADOPTED, (None, None, None))
    if prepare is None and fit is None:
        return
    _set("k-how", "Choose" if k else "Suggest")
    if k:
        _set(f"k-{state.runs()}", k)
    if prepare is not None:
        st.session_state[features_key] = list(prepare.features)
        for name in ("transform", "scaler", "missing", "outliers"):
            _set(name, getattr(prepare, name))
        _set("category-weight", prepare.category_weight)
    if fit is not None:
        _set("seed", fit.seed)
        _set("method", fit.method)
    want_run()


def want_run() -> None:
    """Ask for a run of the settings as they stand once they are drawn."""
    st.session_state[RUN_WANTED] = True


def asked() -> bool:
    """Tell whether something is adopted or to be run when the settings are drawn."""
    return bool({ADOPTED, RUN_WANTED} & set(st.session_state))


def run_wanted() -> bool:
    """Tell, once, whether a run is asked for."""
    return bool(st.session_state.pop(RUN_WANTED, False))


def _set(name: str, value: Any) -> None:
    st.session_state[state.key(name)] = value
