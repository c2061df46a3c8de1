"""What the person who starts the app says of it, in Streamlit's secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from segmentation.errors import SettingsError


def watched_folder() -> Path | None:
    """Return the folder below which files may be watched, None if none was told."""
    told = _table("live").get("folder")
    return Path(told) if told else None


def api() -> dict[str, Any]:
    """Return the tokens and limits of the API."""
    return _table("api")


def _table(name: str) -> dict[str, Any]:
    try:
        found = st.secrets.to_dict().get(name, {})
    except StreamlitSecretNotFoundError as error:
        # Only where there is no file is nothing told; a file that can't be read may hold tokens.
        if error.error_id != "no-secrets-found":
            raise
        return {}
    if not isinstance(found, dict):
        raise SettingsError(
            f"{name!r} is not a table in the secrets", remedy=f"Write its settings below [{name}]"
        )
    return found
