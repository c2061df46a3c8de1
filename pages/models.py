"""Keep the segments for later: saved models, to look at, take away and bring in."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame

frame.require_frame()

from pages.ui import (
    model_card,
    model_saving,
    model_upload,
    models_kept,
    navigation,
    results,
    widgets,
)


@navigation.part
def show() -> None:
    """Draw what can be saved, and what is saved."""
    run = results.run_if_any()
    model_saving.draw(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Saved models", anchor=False)
        model_upload.draw()
    models_kept.say_what_was_done()
    sound, damaged = models_kept.listed()
    if sound:
        models_kept.table(sound)
        model_card.draw(models_kept.choose(sound))
    elif not damaged:
        st.info(
            "Nothing is saved yet. Save segments above, or bring in a model that was downloaded.",
            icon=":material/inventory_2:",
        )
    models_kept.refused(damaged)
    models_kept.who_sees_them()


widgets.heading("Models", "Keep these segments for months, and use them on new customers.")
show()
