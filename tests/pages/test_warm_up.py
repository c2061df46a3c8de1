"""What is loaded beforehand exists in the Streamlit that is pinned."""

from __future__ import annotations

import re

import pytest

from pages.ui import warm_up


@pytest.mark.parametrize("part", warm_up.PARTS)
def test_each_part_is_one_script(part: str) -> None:
    names = re.findall(rf'"{part}\.[\w-]+\.js"', warm_up._script())
    assert len(names) == 1
