"""What is loaded beforehand exists in the Streamlit that is pinned; the rest is loaded later."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import style, warm_up
from segmentation.charts.look import FEW_COLUMNS
from segmentation.roles import names

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("part", warm_up.PARTS)
def test_each_part_is_one_script(part: str) -> None:
    names = re.findall(rf'"{part}\.[\w-]+\.js"', warm_up._script())
    assert len(names) == 1


def test_the_first_screen_does_not_wait_for_charts() -> None:
    loads = "import pages.ui.frame, sys; sys.exit('segmentation.charts' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loads], cwd=ROOT, check=False).returncode == 0


def test_the_style_sheet_and_the_charts_agree_on_many_columns() -> None:
    assert style.FEW_COLUMNS == FEW_COLUMNS


def test_what_was_loaded_is_no_longer_looked_at_for_garbage(
    monkeypatch: pytest.MonkeyPatch, fresh: Callable[[], AppTest]
) -> None:
    monkeypatch.setattr(warm_up, "SERVER_DELAY_SECONDS", 0.0)
    gc.unfreeze()
    names._known.cache_clear()
    fresh().run()
    end = time.monotonic() + 60
    while not gc.get_freeze_count() and time.monotonic() < end:
        time.sleep(0.01)
    assert gc.get_freeze_count() > 100_000
    assert names._known.cache_info().currsize == 1, "the first file would wait for it"
    gc.unfreeze()
