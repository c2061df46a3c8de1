"""A Plotly figure that changes in place.

Streamlit's own element takes every other figure for another element: the browser then ends one plot
and makes the next, which is what a change of a filter would mostly wait for (decision 0019).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from streamlit.components.v1 import declare_component

_HTML = '<div class="chart" role="figure"></div>'

_CSS = """
.chart { width: 100%; overflow: hidden }
.chart-plot { width: 100%; height: 100% }
div:has(> .chart), div:has(> div > .chart) { height: 100% }
.chart-full { position: fixed; inset: 0; z-index: 1000050;
  width: 100vw; height: 100dvh !important; background: var(--st-background-color) }
"""


def draw(
    figure: Any,
    key: str,
    alt: str,
    config: dict[str, Any],
    *,
    height: Literal["content", "stretch"] = "content",
    on_draw: Callable[[Any], None] | None = None,
    ahead: dict[str, Any] | None = None,
) -> None:
    """Draw a figure; ``on_draw`` gets the boxes and lassos that a reader draws in it.

    ``ahead`` is a figure in three dimensions to set up meanwhile, with its configuration.
    """
    given = json.dumps({"alt": alt, "config": config, "height": height, "ahead": ahead})
    # The figure is text already, which is put in as it is.
    message = f'{given[:-1]}, "figure": {figure.to_json(validate=False)}}}'

    def take() -> None:
        drawn = st.session_state[key].get("drawn")
        if on_draw is not None and drawn:
            on_draw(drawn)

    st.components.v2.component("chart", html=_HTML, css=_CSS, js=_script(), isolate_styles=False)(
        key=key, data=message.encode(), height=height, on_drawn_change=take
    )


@cache
def _script() -> str:
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return script.replace("LIBRARY", library())


@cache
def library() -> str:
    """Serve the Plotly that plotly.py brings along, and return its address below the app's own."""
    found = find_spec("plotly")
    assert found is not None and found.origin is not None
    folder = Path(found.origin).with_name("package_data")
    return f"component/{declare_component('plotly_js', path=str(folder)).name}/plotly.min.js"
