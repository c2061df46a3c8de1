"""What is loaded before anybody looks is all that the first screen takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from streamlit.web.server.app_discovery import discover_asgi_app

ROOT = Path(__file__).parents[2]
FIRST_SIGHT = """
import sys
from importlib import import_module
from pathlib import Path
from streamlit.testing.v1 import AppTest
from pages.ui.early import FIRST_SCREEN
for name in FIRST_SCREEN:
    import_module(name)
before = set(sys.modules)
seen = AppTest.from_file(str(Path("app.py").resolve())).run(timeout=60)
assert seen.title and not seen.exception
own = ("pages.", "segmentation.", "pandas.", "numpy.", "scipy.", "sklearn.", "plotly.")
print(*sorted(name for name in set(sys.modules) - before if name.startswith(own)))
"""


def test_the_first_screen_finds_all_of_its_modules_loaded() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", FIRST_SIGHT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert seen.stdout.split() == [], seen.stderr


def test_streamlit_takes_the_script_for_the_servers_app() -> None:
    found = discover_asgi_app(ROOT / "app.py")
    assert found.is_asgi_app and found.import_string == "app:app"
