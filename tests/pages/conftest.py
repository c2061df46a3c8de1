"""A fresh app for each test, without what another test left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import joblib
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from segmentation import kmeans
from segmentation.reading import Source

ROOT = Path(__file__).parents[2]

_searched: dict[str, Any] = {}
_search, _installed = kmeans._alone, cache(manifest_scanner.scan_component_manifests)
_scripts = ScriptCache()


@pytest.fixture(autouse=True)
def each_search_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search not again for what another test has found: no page's work is to search.

    Nor is it to look for packages installed, or to compile pages, which each app made for a test
    and each of its runs would do again.
    """

    def remembered(*given: Any) -> Any:
        key = joblib.hash(given)
        if key not in _searched:
            _searched[key] = _search(*given)
        return _searched[key]

    monkeypatch.setattr(kmeans, "_alone", remembered)
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", _installed)
    monkeypatch.setattr(local_script_runner, "ScriptCache", lambda: _scripts)
    monkeypatch.setattr(app_test, "ScriptCache", lambda: _scripts)


@pytest.fixture(autouse=True)
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the app keeps models: never the repository's own folder."""
    folder = tmp_path / "models"
    monkeypatch.setenv("SEGMENTATION_MODELS_FOLDER", str(folder))
    return folder


@pytest.fixture
def fresh() -> Iterator[Callable[[], AppTest]]:
    """Make an app whose every session is a deep link, as AppTest does: `app.py` is bypassed."""
    st.cache_data.clear()
    st.cache_resource.clear()
    yield lambda: AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def app(fresh: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """An app at its first screen.

    AppTest forgets before every run that `st.navigation` was used, and then runs a page's file by
    itself; the guard of each page hands over to `app.py`, and a pressed button is lost on the way.
    A server remembers, once a session has run `app.py`; here it is told to.
    """
    forgetful = PagesManager.__init__

    def remembering(self: PagesManager, *args: Any, **named: Any) -> None:
        forgetful(self, *args, **named)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", remembering)
    return fresh().run()


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Source]:
    """A bundled sample, as a file that someone chose."""
    return lambda name: Source.from_path(ROOT / "data" / f"{name}.csv")
