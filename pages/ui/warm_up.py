"""What later screens need, got ready while the first one is looked at."""

from __future__ import annotations

import gc
import json
import threading
import time
from functools import cache as keep
from pathlib import Path

import streamlit as st

from pages.ui import plot

SERVER_DELAY_SECONDS = 1.0
BROWSER_DELAY_MS = 250

FIRST_TABLES = (
    b"id,income,city\n1,20,Rome\n2,30,Oslo\n3,50,Rome\n",
    b"order,customer,date,quantity,price\n1,a,2024-01-02,1,2.5\n2,b,2024-01-03,2,3.5\n",
)

# Streamlit's scripts for these come when they are first drawn; the last one, at the first upload.
PARTS = (
    "DataFrame",
    "Table",
    "Slider",
    "Multiselect",
    "Selectbox",
    "ButtonGroup",
    "TextInput",
    "NumberInput",
    "Checkbox",
    "Progress",
    "DownloadButton",
    "axios",
)


def warm_up() -> None:
    """Let server and browser load, once each, what a first visitor will soon wait for."""
    _import()
    st.html(_script(), unsafe_allow_javascript=True)


@st.cache_resource(show_spinner=False)
def _import() -> bool:
    def load() -> None:
        time.sleep(SERVER_DELAY_SECONDS)
        import sklearn.cluster  # noqa: F401

        import segmentation.charts  # noqa: F401
        from segmentation import pipeline
        from segmentation.reading import Source

        # Whoever brings the server's first file waits for what reading one loads, such as what
        # columns are called in six languages.
        for data in FIRST_TABLES:
            pipeline.load(Source(name="first.csv", data=data))

        # Streamlit collects garbage after every run, and would look at every object of every
        # module each time: a tenth of a second in which the page gets nothing. They stay anyway.
        gc.collect()
        gc.freeze()

    threading.Thread(target=load, daemon=True).start()
    return True


@keep
def _script() -> str:
    """Return a script that loads Plotly, which takes about a second, and Streamlit's parts.

    Streamlit itself imports the same addresses later and finds them loaded; if this Streamlit keeps
    them elsewhere, they come when they are drawn.
    """
    scripts = Path(st.__file__).with_name("static").joinpath("static", "js")
    names = [path.name for part in PARTS for path in sorted(scripts.glob(f"{part}.*.js"))]
    return f"""<script>
    if (!window.__warm) {{
      window.__warm = true;
      const own = document.querySelector('script[type=module][src*="/js/index."]');
      const load = names => {{
        const charts = document.createElement("script");
        charts.id = "plotly-js"; charts.src = new URL("../../{plot.library()}", own.src);
        charts.onerror = () => charts.remove();
        document.head.append(charts);
        for (const name of names) import(new URL(name, own.src)).catch(() => {{}}) }};
      if (own) setTimeout(load, {BROWSER_DELAY_MS}, {json.dumps(names)});
    }}
    </script>"""
