"""One filter for all screens: chosen in a popover, shown as chips, kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import addresses, cache, state, wording
from segmentation.filtering import Filter, Picked, bounds, date_label, of_segments
from segmentation.filtering.index import Coded, FilterIndex, search
from segmentation.results import Loaded, Run
from segmentation.settings import Recipe
from segmentation.values import Bools
from segmentation.vocabulary import label
from segmentation.words import sentence

# A list of more would be sent to the browser at every change; it is searched here instead.
MOST_LISTED = 200
MOST_FOUND = 50
HELD, HELD_RUN, PICKS, CLEARED = "filter-held", "filter-run", "filter-picks", "filter-cleared"
RENEWED = "filter-renewed"


def for_run(run: Run, place: DeltaGenerator | None = None) -> Bools:
    """Draw the filter and return which segmented customers pass."""
    source = state.source()
    assert source is not None
    index = cache.filter_index(source, run.loaded, run.recipe)
    chosen = _now(index, run)
    with place or st.container():
        _Bar(index, chosen, run.name_of()).draw()
    acting = chosen.fitting(index)
    keep = cache.passing_run(source, run, index, acting)
    with _told():
        _say(acting, run.name_of(), int(keep.sum()), len(keep))
        _say_what_rests(chosen, acting)
    addresses.keep(chosen, index, run)
    return keep


def for_customers(loaded: Loaded, place: DeltaGenerator, run: Run | None = None) -> Bools:
    """Draw the filter and return which of all customers pass.

    Segments act if there is a run, and it is of these customers.
    """
    source, recipe = state.source(), state.draft()
    assert source is not None
    if run is not None and _data_of(run.recipe) != _data_of(recipe):
        run = None
    index = cache.filter_index(source, loaded, recipe)
    chosen = _now(index, run)
    names = run.name_of() if run is not None else {}
    with place:
        _Bar(index, chosen, names).draw()
    acting = chosen.fitting(index)
    if run is None:
        acting = replace(acting, segments=())
    keep = cache.passing_all(source, recipe, index, replace(acting, segments=()))
    if run is not None and acting.segments:
        keep = keep & of_segments(run, acting.segments)
    with _told():
        _say(acting, names, int(keep.sum()), len(keep))
        if run is None and chosen.segments:
            st.caption("The choice of segments in the filter does not act here: all are shown.")
        _say_what_rests(replace(chosen, segments=acting.segments), acting)
    addresses.keep(chosen, index, run)
    return keep


def _data_of(recipe: Recipe) -> tuple[object, ...]:
    return recipe.read, recipe.combine, recipe.schema, recipe.clean


def baseline(keep: Bools) -> str:
    """Say what the customers shown are held against, where a filter leaves that open."""
    if keep.all():
        return ""
    return wording.told(
        f" The filter chooses whose numbers are shown; they are held against all {len(keep):,} "
        "customers in segments."
    )


def acts() -> bool:
    """Tell whether anything is chosen in the filter."""
    return bool(_held().conditions({}))


def pick(ids: Any) -> None:
    """Let only these customers pass, on all screens; to be called before the screen is drawn."""
    turn = st.session_state.get(PICKS, 0) + 1
    st.session_state[PICKS] = turn
    _hold(replace(_held(), picked=Picked(ids=ids, turn=turn)))


@contextmanager
def followed(after: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Iterator[None]:
    """Keep the choice of segments while the run shown is turned by hand, under the ids then."""
    held = _held()
    segments = after(held.segments)
    yield
    _hold(replace(held, segments=segments))


def _stored() -> Filter:
    chosen: Filter = st.session_state.get(state.key(HELD), Filter())
    return chosen


def _held() -> Filter:
    """Return the filter held for this file; segments of a run before are none of this one."""
    chosen = _stored()
    if chosen.segments and st.session_state.get(HELD_RUN) != state.runs():
        return replace(chosen, segments=())
    return chosen


def _hold(chosen: Filter) -> None:
    st.session_state[state.key(HELD)] = chosen
    st.session_state[HELD_RUN] = state.runs()
    addresses.forget()


def _now(index: FilterIndex, run: Run | None) -> Filter:
    stored, held = _stored(), _held()
    chosen = addresses.asked(index, run, held)
    if chosen is not stored:
        st.session_state[state.key(HELD)] = chosen
        st.session_state[HELD_RUN] = state.runs()
    if stored.segments and not held.segments and not chosen.segments:
        st.session_state[RENEWED] = True
    return chosen


class _Bar:
    """The popover with its controls; each shows what is held, and a change of one is held."""

    def __init__(self, index: FilterIndex, chosen: Filter, names: dict[int, str]) -> None:
        self.index, self.chosen, self.names = index, chosen, names
        # The run shown can have other columns than the customers that are explored.
        self.turn = f"{index.mark}-{state.generation()}"

    def draw(self) -> None:
        with st.popover("Filter", icon=":material/filter_alt:"):
            if self.names:
                self._choose(
                    "Segments",
                    f"filter-segments-{state.runs()}-{state.generation()}",
                    list(self.names),
                    list(self.chosen.segments),
                    lambda now, values: replace(now, segments=tuple(sorted(values))),
                    format_func=lambda i: self.names[i],
                    placeholder="All segments",
                )
            for column in self.index.customers.categories:
                self._category(column)
            if self.index.has_products:
                self._pick_values(
                    "Bought any of",
                    f"filter-products-{self.turn}",
                    self.index.products,
                    self.chosen.products,
                    lambda now, values: replace(now, products=tuple(sorted(values))),
                )
            for column in self.index.dates:
                self._dates(column)
            self._ranges()

    def _category(self, column: str) -> None:
        def take(now: Filter, values: Sequence[str]) -> Filter:
            others = tuple(one for one in now.categories if one[0] != column)
            own = ((column, tuple(sorted(values))),) if values else ()
            return replace(now, categories=(*others, *own))

        self._pick_values(
            state.widget_label(label(column)),
            f"filter-category-{column}-{self.turn}",
            self.index.category(column),
            dict(self.chosen.categories).get(column, ()),
            take,
            "Of the customer's last order."
            if self.index.customers.kind == "transactions" and column == "country"
            else None,
        )

    def _pick_values(
        self,
        title: str,
        key: str,
        coded: Coded,
        chosen: tuple[str, ...],
        take: Callable[[Filter, Sequence[str]], Filter],
        note: str | None = None,
    ) -> None:
        """Let the reader choose values; of very many, those with most customers are listed."""
        options: Sequence[str] = coded.values
        told = coded.told
        place = st.container()
        if len(options) > MOST_LISTED:
            words = st.text_input(
                f"Search in {title}",
                key=f"search-{key}",
                placeholder=f"Search in all {len(options):,}",
                icon=":material/search:",
                label_visibility="collapsed",
                persist_state="session",
            )
            found = search(coded, words, MOST_FOUND)
            options = [*chosen, *(value for value in found if value not in chosen)]
            if not found:
                st.caption("Nothing has these words in it.")
        with place:
            self._choose(
                title,
                key,
                options,
                [value for value in chosen if value in options],
                take,
                format_func=lambda value: told[value] or "(missing)",
                placeholder="All" if len(coded.values) <= MOST_LISTED else "All; choose or search",
                help=note,
            )

    def _dates(self, column: str) -> None:
        span = self.index.span(column)
        if span is None or span[0] == span[1]:
            return

        def take(now: Filter, days: Sequence[date]) -> Filter:
            if len(days) == 1:
                return now
            others = tuple(one for one in now.dates if one[0] != column)
            own = ((column, *(day.isoformat() for day in days)),) if days else ()
            return replace(now, dates=(*others, *own))

        key = f"filter-date-{column}-{self.turn}"
        held = next((one[1:] for one in self.chosen.dates if one[0] == column), ())
        wanted = tuple(map(date.fromisoformat, held))
        # One day is a choice half made, which is left alone.
        if len(st.session_state.get(key, ())) != 1:
            _show(key, wanted)
        first, last = map(date.fromisoformat, span)
        st.date_input(
            state.widget_label(f"{sentence(date_label(column))} between"),
            value=wanted,  # type: ignore[arg-type]
            format="YYYY-MM-DD",
            min_value=min([first, *wanted]),
            max_value=max([last, *wanted]),
            key=key,
            on_change=self._take,
            args=(key, take),
            help="Customers with at least one order on these days."
            if column == "order_date"
            else None,
        )

    def _ranges(self) -> None:
        index = self.index

        def columns(now: Filter, wanted: Sequence[str]) -> Filter:
            held = {one[0]: one for one in now.ranges}
            spans = {name: bounds(index, name) for name in wanted if name not in held}
            full = {name: (name, span.low, span.high) for name, span in spans.items()}
            return replace(now, ranges=tuple((held | full)[name] for name in wanted))

        numeric = index.customers.numeric
        held = [one for one in self.chosen.ranges if one[0] in numeric]
        self._choose(
            "Number ranges",
            f"filter-ranges-{self.turn}",
            list(numeric),
            [one[0] for one in held],
            columns,
            format_func=label,
            placeholder="Choose columns to limit",
        )
        for column, low, high in held:
            self._range(column, low, high)

    def _range(self, column: str, low: float, high: float) -> None:
        step = bounds(self.index, column).step
        for place, end, value in zip(st.columns(2), ("from", "to"), (low, high), strict=True):

            def take(now: Filter, typed: float, end: str = end) -> Filter:
                return replace(
                    now,
                    ranges=tuple(
                        one
                        if one[0] != column
                        else (column, typed, one[2])
                        if end == "from"
                        else (column, one[1], typed)
                        for one in now.ranges
                    ),
                )

            key = f"filter-{end}-{column}-{self.turn}"
            _show(key, value)
            place.number_input(
                state.widget_label(f"{label(column)}, {end}"),
                value=value,
                step=step,
                # Any number can be typed, as fine as a long tail asks; no needless zeros.
                format="%.12g",
                key=key,
                on_change=self._take,
                args=(key, take),
            )

    def _choose(
        self,
        title: str,
        key: str,
        options: Sequence[Any],
        chosen: list[Any],
        take: Callable[[Filter, Any], Filter],
        **look: Any,
    ) -> None:
        # Given other options, a list forgets what was chosen of the ones before.
        key = f"{key}-{hash(tuple(options))}"
        _show(key, chosen)
        st.multiselect(
            title,
            options,
            default=chosen,
            key=key,
            on_change=self._take,
            args=(key, take),
            wrap=True,
            **look,
        )

    @staticmethod
    def _take(key: str, take: Callable[[Filter, Any], Filter]) -> None:
        _hold(take(_held(), st.session_state[key]))


def _show(key: str, value: Any) -> None:
    """Let a widget show what is held; where it does, what is being typed is left alone.

    The widget needs it as its default too: what is set is told the browser once, and a popover
    that is opened later begins with the default.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _told() -> DeltaGenerator:
    """Return one place for all that is said: what follows keeps its own, and charts stay drawn."""
    return st.container()


def _say(acting: Filter, names: dict[int, str], passing_count: int, all_count: int) -> None:
    conditions = acting.conditions(names)
    for complaint in addresses.complaints():
        st.caption(f":material/link_off: {complaint}; it is left out.")
    if st.session_state.pop(RENEWED, False):
        st.caption("The segments were found anew: the choice of segments in the filter is gone.")
    if st.session_state.pop(CLEARED, False):
        st.caption(wording.told(f"Filter cleared: all {all_count:,} customers are shown."))
    if not conditions:
        return
    with st.container(
        horizontal=True, vertical_alignment="center", gap="xsmall", key="filter-chips"
    ):
        for i, (text, _) in enumerate(conditions):
            st.button(
                state.widget_label(text),
                icon=":material/close:",
                icon_position="right",
                key=f"filter-chip-{i}",
                on_click=_drop,
                args=(text, names),
                help="Take this out of the filter",
            )
        st.caption(
            wording.told(f"{passing_count:,} of {all_count:,} customers shown"), width="content"
        )
        st.button(
            "Clear filter",
            type="tertiary",
            on_click=_clear,
            help=wording.told(f"Show all {all_count:,} customers again"),
        )
    if not passing_count:
        st.info(
            wording.told("No customer passes this filter. ")
            + "".join(
                f"Of {state.escape(column)}, from is above to. " for column in acting.upside_down()
            )
            + "Widen or clear it.",
            icon=":material/info:",
        )


def _drop(text: str, names: dict[int, str]) -> None:
    _hold(dict(_held().conditions(names)).get(text, _held()))


def _clear() -> None:
    _hold(Filter())
    st.session_state[CLEARED] = True


def _say_what_rests(chosen: Filter, acting: Filter) -> None:
    if chosen != acting:
        st.caption(
            wording.told(
                "A part of the filter does not act here: these customers have no such column."
            )
        )
