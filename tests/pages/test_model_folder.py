"""Where models are kept, and when they were."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st

from pages.ui import clock
from pages.ui.model_folder import DEFAULT, VARIABLE, folder


class Secrets(dict[str, str]):
    def load_if_toml_exists(self) -> bool:
        return bool(self)


@pytest.mark.parametrize(
    ("variable", "secret", "expected"),
    [
        ("/srv/own", "/srv/secret", Path("/srv/own")),
        ("", "/srv/secret", Path("/srv/secret")),
        ("", "", DEFAULT),
    ],
)
def test_the_owner_of_the_server_chooses_the_folder(
    monkeypatch: pytest.MonkeyPatch, variable: str, secret: str, expected: Path
) -> None:
    monkeypatch.setenv(VARIABLE, variable)
    monkeypatch.setattr(st, "secrets", Secrets({"models_folder": secret} if secret else {}))
    assert folder() == expected


def test_the_folder_of_the_repository_is_left_out_of_it() -> None:
    assert Path(__file__).parents[2] / "models" == DEFAULT
    ignored = (DEFAULT.parent / ".gitignore").read_text(encoding="utf-8").split()
    assert "models/*" in ignored


def test_a_moment_is_told_as_far_as_it_is_known() -> None:
    assert clock.said("2026-01-02T03:04:05+00:00") == "2026-01-02 03:04 UTC"
    assert clock.said("2026-01-02T03:04:05") == "2026-01-02 03:04"
    assert clock.said("") == ""
    assert clock.said("soon") == "soon"
    assert clock.said("0001-01-01T00:00:00+14:00") == "0001-01-01T00:00:00+14:00"
