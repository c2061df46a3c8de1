"""The views of the RFM screen."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.ui import cache, messages, navigation, results, state, widgets, wording
from segmentation import charts
from segmentation.axes import axis_for
from segmentation.describing import distribution
from segmentation.errors import SettingsError
from segmentation.exporting import to_csv
from segmentation.numerals import fixed, percent, say
from segmentation.results import Loaded, Rfm
from segmentation.rfm import cross
from segmentation.rfm_grid import GRID, Grid, built_in_grid, lint, parse_grid
from segmentation.vocabulary import label
from segmentation.words import sentence

GIVEN = "rfm_grid"
LONG = {"recency": "Recency", "frequency": "Frequency", "monetary": "Money"}


def grid() -> Grid:
    """Let the reader take the grid away to edit it, or bring one, and return the one in use."""
    given: tuple[str, str] | None = st.session_state.get(GIVEN)
    with st.popover("Names of the grid", icon=":material/grid_on:"):
        st.caption(
            "Each name covers a range of scores for recency (r), frequency (f) and money (m); the "
            "first that fits is taken. Edit the file as you like and bring it back."
        )
        widgets.download(
            "Download to edit",
            lambda: (given[1] if given else GRID.read_text(encoding="utf-8")).encode(),
            GRID.name,
            "grid-download",
        )
        turn = st.session_state.get("grid_turn", 0)
        upload = f"grid-file-{turn}"
        st.file_uploader(
            "Use your own (TOML)", type="toml", key=upload, on_change=_take, args=(upload,)
        )
        if given is not None and st.button("Back to the built-in names"):
            _put(None)
            st.rerun()
    problem = st.session_state.pop("grid_problem", None)
    if problem is not None:
        messages.problem(problem)
    return parse_grid(given[1], given[0]) if given is not None else built_in_grid()


def _take(key: str) -> None:
    given = st.session_state[key]
    if given is None:
        return
    try:
        text = given.getvalue().decode("utf-8-sig")
        parse_grid(text, given.name)
    except UnicodeDecodeError:
        st.session_state["grid_problem"] = SettingsError(
            "The grid is not in UTF-8", where=given.name, remedy="Save it as UTF-8"
        )
    except SettingsError as error:
        st.session_state["grid_problem"] = error
    else:
        _put((given.name, text))


def _put(given: tuple[str, str] | None) -> None:
    st.session_state[GIVEN] = given
    st.session_state["grid_turn"] = st.session_state.get("grid_turn", 0) + 1


def findings(grid: Grid) -> None:
    """Say which grid is in use if it is one's own, and what is wrong with it."""
    if grid == built_in_grid():
        return
    st.caption(f"Names from {state.escape(grid.name)}.")
    for fault in lint(grid):
        st.warning(state.escape(fault.text), icon=":material/grid_on:")


def of(loaded: Loaded, grid: Grid) -> Rfm:
    """Return the scores of the customers worked on."""
    source = state.source()
    assert source is not None
    return cache.scored(source, state.draft(), loaded.customers, grid)


def figures(rfm: Rfm) -> list[tuple[str, float, int]]:
    """Return the headline figures."""
    words = wording.words()
    unscored = sum(len(where) for where in rfm.unscored.values())
    return [
        (sentence(words.customer.many), len(rfm.frame), 0),
        ("Not scored", unscored, 0),
        (sentence(words.money), sum(one.revenue for one in rfm.segments), 0),
    ]


def notes(rfm: Rfm) -> None:
    """Say what the reader should know, but for the grid's faults, which are said apart."""
    grid_words = ("Nobody can be in", "combinations of scores")
    for text in rfm.notes:
        if not any(words in text for words in grid_words):
            st.caption(state.escape(wording.told(text)))


def cells(rfm: Rfm) -> None:
    """Draw the grid."""
    words = wording.words()
    people, money = sentence(words.customer.many), sentence(words.money)
    by = widgets.view_switch("Shaded by", (people, money), state.key("rfm-shade"))
    widgets.chart(
        charts.rfm_map(
            rfm,
            "customers" if by == people else "revenue",
            words.customer.many,
            words.money,
        ),
        "rfm-grid",
        "RFM segments by recency and frequency",
    )
    st.caption(
        "Each cell: the name most in it have, how many they are and what they come to. "
        "R 5 came most lately, F 5 comes most often. Money parts names within a cell too."
    )


def names(rfm: Rfm) -> None:
    """Draw each name with its figures and what to do."""
    words = wording.words()
    rows = [
        {
            "Name": state.escape(one.name),
            sentence(words.customer.many): f"{one.customers:,} ({percent(one.share)})",
            sentence(words.money): say(one.revenue)
            + ("" if one.revenue_share is None else f" ({percent(one.revenue_share)})"),
            "Days": _middle(one.median_recency_days),
            "Orders": _middle(one.median_frequency_orders),
            "Spend": _middle(one.median_monetary_total),
            "Who and what to do": state.escape(f"{one.meaning}. {one.action}".removeprefix(". ")),
        }
        for one in rfm.segments
    ]
    with st.container(key="rfm-names"):
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)
    st.caption("Days since the last order, orders and spend are medians.")


def _middle(value: float | None) -> str:
    return "–" if value is None else say(value)


def edges(loaded: Loaded, rfm: Rfm) -> None:
    """Draw where each measure lies, and the edges of its scores."""
    customers = loaded.customers
    frame = customers.frame.iloc[rfm.customers]
    for scale, place in zip(rfm.scales, st.columns(3, gap="large"), strict=True):
        with place:
            st.markdown(f"**{LONG[scale.measure]}**: {state.escape(label(scale.column))}")
            axis = axis_for(scale.column, customers.frame[scale.column].to_numpy(dtype=float))
            found = distribution(frame, scale.column, axis)
            if found is not None:
                widgets.chart(
                    charts.rfm_histogram(found, axis, scale, wording.many()),
                    f"rfm-{scale.measure}",
                    f"{label(scale.column)} with the edges of its scores",
                )
            rows = [
                {"Score": str(score), "Range": said, wording.many().capitalize(): f"{count:,}"}
                for score, said, count in zip(
                    range(1, 6), scale.said(), scale.customers, strict=True
                )
            ]
            st.table(pd.DataFrame(rows[::-1]), border="horizontal", hide_index=True)
    st.caption(
        wording.told(
            "Edges are the quantiles at 20, 40, 60 and 80% of all customers, plus 1, as in R's "
            "package rfm; equal customers always have equal scores, so a score can hold more or "
            "fewer than a fifth."
        )
    )


def crossing(loaded: Loaded, rfm: Rfm) -> None:
    """Draw how the RFM segments and those of the run share out the same customers."""
    if state.ran() is None:
        st.info("There are no segments yet: find them first.", icon=":material/info:")
        if st.button("Find segments", type="primary", icon=":material/arrow_forward:"):
            st.switch_page(navigation.path("segments"))
        return
    run = results.run_shown()
    if run.loaded is not loaded:
        st.info(
            "The data is set up otherwise than for the run. Run again on Segments to cross them.",
            icon=":material/history:",
        )
        return
    found = cross(rfm, run.profiles)
    widgets.chart(
        charts.crossing_map(found, run.name_of()), "rfm-crossing", "RFM segments by segment"
    )
    agreement = found.adjusted_rand
    st.caption(
        wording.told(
            "How many customers each pair shares; the darker, the more of the RFM segment. "
        )
        + f"Agreement {fixed(agreement, 2)} (adjusted Rand index: 1 for the same groups, about 0 "
        f"for chance)."
    )


def downloads(rfm: Rfm, shown: Rfm) -> None:
    """Offer the scores of all, and of those shown."""
    with st.container(horizontal=True):
        widgets.download(
            f"All {len(rfm.frame):,} scores", lambda: to_csv(rfm.frame), "rfm.csv", "rfm-all"
        )
        if len(shown.frame) < len(rfm.frame):
            widgets.download(
                f"The {len(shown.frame):,} shown",
                lambda: to_csv(shown.frame),
                "rfm-filtered.csv",
                "rfm-shown",
            )
