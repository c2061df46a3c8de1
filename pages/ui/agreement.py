"""How far several ways to segment agree, drawn and explained."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import widgets, wording
from segmentation import charts


def draw(
    title: str,
    names: Sequence[str],
    others: Sequence[str],
    agreements: Sequence[Sequence[float | None]],
    key: str,
) -> None:
    """Draw how far each of some ways agrees with each of the others."""
    st.markdown(f"**{title}**")
    widgets.chart(charts.agreement_map(names, others, agreements), key, title)


def explain() -> None:
    """Say what agreement is."""
    with st.popover("What agreement means", icon=":material/info:", type="tertiary"):
        st.markdown(
            wording.told(
                "Take any two customers: do both ways put them together, or both apart? Agreement "
                "is "
                "the share of pairs where they do the same, less what chance alone would give. "
                "**1** means the same segments (whatever they are called), **0** no more than "
                "chance; "
                "from about 0.8 on, hardly anyone moves."
            )
        )
        st.caption("Adjusted Rand index: Hubert and Arabie (1985), doi 10.1007/BF01908075.")
