"""Steps through the app without a browser, as Streamlit's AppTest takes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from streamlit.runtime.state.common import user_key_from_element_id
from streamlit.testing.v1 import AppTest

from segmentation.reading import Source

SCREENS = (
    "data",
    "explore",
    "sales",
    "segments",
    "profiles",
    "rfm",
    "compare",
    "customer",
    "export",
)


def take(app: AppTest, source: Source) -> AppTest:
    """Hand a file to the app, as the uploader does."""
    app.session_state["candidate"] = source
    return healthy(app.run())


def take_sample(app: AppTest, name: str) -> AppTest:
    key = f"sample-{name}"
    there = [button for button in app.button if button.key in (key, f"change-{name}")]
    return healthy(there[0].click().run())


def go(app: AppTest, screen: str) -> AppTest:
    """Switch to a screen as a browser does, which sends no widget of the screen it leaves.

    AppTest's own `run` sends them all; the server then takes them for widgets still shown, and
    only the second run on the new screen has their last values.
    """
    app.switch_page(f"pages/{screen}.py")
    return healthy(app._run())


def one_segment(app: AppTest) -> AppTest:
    """Go to the Profiles screen, to the view where a segment is chosen and renamed."""
    return choose(go(app, "profiles"), "profiles-view", "One segment")


def press(app: AppTest, text: str) -> AppTest:
    (button,) = [button for button in app.button if button.label.replace("\\", "") == text]
    assert not button.disabled
    return healthy(button.click().run())


def widget(app: AppTest, key: str) -> Any:
    """The one widget whose key begins so; keys end with the count of files taken."""
    kinds = (
        app.button_group,
        app.selectbox,
        app.multiselect,
        app.slider,
        app.text_input,
        app.number_input,
        app.checkbox,
        app.toggle,
        app.date_input,
    )
    found = [one for kind in kinds for one in kind if (one.key or "").startswith(key)]
    assert len(found) == 1, f"{key}: {[one.key for one in found]}"
    return found[0]


def choose(app: AppTest, key: str, value: Any) -> AppTest:
    return healthy(widget(app, key).set_value(value).run())


def run(app: AppTest, k: int | None = None, **settings: Any) -> AppTest:
    """Go to Segments, set what is asked for, and press Run."""
    go(app, "segments")
    for key, value in settings.items():
        choose(app, key, value)
    if k is not None:
        choose(app, "k-how", "Choose")
        (slider,) = [one for one in app.slider if one.label == "k"]
        healthy(slider.set_value(k).run())
    return press(app, "Run")


def healthy(app: AppTest) -> AppTest:
    """No screen may ever show an exception."""
    assert not app.exception, app.exception
    return app


def unfold(app: AppTest) -> AppTest:
    """Open all that is drawn only when it is unfolded, for one run."""
    keys = [user_key_from_element_id(one.proto.id) for one in app.expander if one.proto.id]
    for key in keys:
        app.session_state[key] = True
    return healthy(app.run()) if keys else app


def every_view(app: AppTest, key: str, look: Callable[[str], None] | None = None) -> list[str]:
    """Draw each view of a screen in turn, with all that is folded in it."""
    views = list(widget(app, key).options)
    for view in views:
        unfold(choose(app, key, view))
        assert not app.error
        if look is not None:
            look(view)
    choose(app, key, views[0])
    return views


def charts(app: AppTest) -> dict[str, dict[str, Any]]:
    """What the browser is told of each chart of a screen, by key."""
    drawn = [one for one in app.get("bidi_component") if one.proto.component_name == "chart"]
    return {chart.key: json.loads(chart.proto.bytes) for chart in drawn}


def figures(app: AppTest) -> dict[str, dict[str, Any]]:
    """The figures of a screen, by key."""
    return {key: told["figure"] for key, told in charts(app).items()}


def said(app: AppTest) -> str:
    """All text of a screen."""
    kinds = (
        app.title,
        app.header,
        app.subheader,
        app.markdown,
        app.caption,
        app.info,
        app.warning,
        app.error,
        app.success,
    )
    return "\n".join(str(one.value) for kind in kinds for one in kind)


def chips(app: AppTest) -> list[str]:
    """The conditions of the filter, each on its chip."""
    found = [one for one in app.button if (one.key or "").startswith("filter-chip-")]
    return [one.label.replace("\\", "") for one in found]


def segment_names(app: AppTest) -> list[str]:
    """The names on offer in the filter of a screen with a run."""
    return list(widget(app, "filter-segments-").options)
