"""Cards, glances, rules and costed actions of the Profiles screen, and the playbook's words."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import cache, wording
from segmentation.costing import group_for_means
from segmentation.playbooks import BUILTIN, choose_playbook
from segmentation.reading import Source
from segmentation.settings import NameSettings
from tests.pages.visiting import (
    SCREENS,
    choose,
    figures,
    go,
    healthy,
    press,
    run,
    said,
    segment_names,
    take,
    take_sample,
    unfold,
    widget,
)

SIZE = r"[0-9,]+ customers?, "


def numbers(cells: Any) -> list[float]:
    """The numbers of a chart, which may be sent as bytes."""
    if isinstance(cells, dict):
        return np.frombuffer(base64.b64decode(cells["bdata"]), cells["dtype"]).tolist()
    return list(cells)


def plain(text: str) -> str:
    return text.replace("\\", "")


def html(app: AppTest) -> str:
    return " ".join(one.proto.body for one in app.get("html"))


@pytest.fixture
def orders(app: AppTest) -> AppTest:
    run(take_sample(app, "orders"), k=3)
    return go(app, "profiles")


def view(app: AppTest, name: str) -> AppTest:
    return choose(app, "profiles-view", name)


# ---- cards ---------------------------------------------------------------------------------------


def cards(app: AppTest) -> list[str]:
    return [str(one.value) for one in app.markdown if re.match(SIZE, str(one.value))]


def test_a_card_a_segment_whose_shares_add_up_on_every_filter(orders: AppTest) -> None:
    some = [widget(orders, "filter-category-country").options[0]]
    for country in ([], some):
        choose(orders, "filter-category-country", country)
        shares = [plain(card).split(", ", 1)[1].split("%")[0] for card in cards(orders)]
        money = [plain(card).split("; ")[1].split("%")[0] for card in cards(orders)]
        assert len(shares) == 3
        assert sum(map(float, shares)) == pytest.approx(100, abs=0.2)
        assert sum(map(float, money)) == pytest.approx(100, abs=0.2)
    for name in segment_names(orders):
        assert name in html(orders)
    assert said(orders).count("What to do.") == 3
    assert not orders.table
    unfold(orders)
    examples = [one.value for one in orders.table if "Customer" in one.value.columns]
    assert [len(table) for table in examples] == [3, 3, 3]
    medians = [one.value for one in orders.table if "Median" in one.value.columns]
    assert len(medians) == 3 and all("Middle half" in table.columns for table in medians)


def test_a_card_of_whom_the_filter_leaves_nobody(orders: AppTest) -> None:
    choose(orders, "filter-segments-", [2])
    assert said(orders).count("No customer of this segment passes the filter.") == 2
    assert "100.0% of all" in plain(" ".join(cards(orders)))


# ---- glances -------------------------------------------------------------------------------------


def test_the_snake_plot_has_a_line_a_segment(orders: AppTest) -> None:
    view(orders, "Side by side")
    choose(orders, "means-as", "Snake plot")
    lines = figures(orders)["snake"]["data"]
    assert len(lines) == 3
    weights = [int(card.split(" ")[0].replace(",", "")) for card in cards(view(orders, "Cards"))]
    points = np.array([numbers(trace["x"]) for trace in lines])
    assert np.average(points, axis=0, weights=weights) == pytest.approx(0, abs=1e-9)


def test_strips_and_stacks_by_segment(app: AppTest) -> None:
    run(take_sample(app, "shop"), k=3)
    view(go(app, "profiles"), "Distributions")
    drawn = figures(app)
    strips = [figure for key, figure in drawn.items() if key.startswith("spread-")]
    assert 1 <= len(strips) <= 6
    assert all(len(figure["data"]) == 9 for figure in strips)
    shares = np.array([numbers(trace["x"]) for trace in drawn["mix"]["data"]])
    assert shares.sum(axis=0) == pytest.approx(1)


# ---- rules ---------------------------------------------------------------------------------------


def test_fewer_rules_are_less_exact(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=5)
    view(go(app, "profiles"), "Rules")
    slider = app.select_slider[0]
    exactness = []
    for text in slider.options:
        healthy(app.select_slider[0].set_value(int(text.split()[0])).run())
        exactness.append(float(plain(said(app)).split("% of all customers")[0].split("**")[-1]))
    assert exactness == sorted(exactness) and len(exactness) > 1
    assert len(app.code) == 5


def test_rules_in_words_sql_and_for_a_crm(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    view(go(app, "profiles"), "Rules")
    assert all(one.value.endswith(".") for one in app.code)
    choose(app, "rules-as", "SQL")
    assert all(one.value.startswith('WHERE "') or " OR " in one.value for one in app.code)
    choose(app, "rules-as", "CRM filter")
    for one in app.code:
        assert {"field", "operator", "value", "or_missing"} == set(json.loads(one.value)[0][0])


def test_a_customer_typed_in_is_placed_with_the_reason(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=5)
    view(go(app, "profiles"), "Rules")
    press(app, "Find the segment")
    text = plain(said(app))
    assert "By the rules: " in text and "because" in text
    assert "Nearest centre: " in text and "Margin" in text
    names = segment_names(app)
    assert set(app.table[-1].value["Segment"].map(plain)) == set(names)


# ---- actions -------------------------------------------------------------------------------------


def actions(app: AppTest) -> list[dict[str, str]]:
    lists = [one.proto.body for one in app.get("html") if "class='facts'" in one.proto.body]
    return [dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", unescape(body))) for body in lists]


def test_an_action_is_costed_as_typed(orders: AppTest) -> None:
    view(orders, "What to do")
    choose(orders, "cost-contact", 3.0)
    choose(orders, "cost-margin", 50.0)
    found = actions(orders)
    assert len(found) == 3 and "effort-value" in figures(orders)
    assert all(one["Pays from"].startswith("6 more revenue per customer") for one in found)
    own = [one for one in orders.number_input if one.label == "Cost of a contact"]
    healthy(own[1].set_value(30.0).run())
    reach = int(actions(orders)[1]["Reach"].split(" ")[0].replace(",", ""))
    assert actions(orders)[1]["Pays from"].startswith("60 more")
    assert actions(orders)[1]["Cost of contacting all"] == f"{30 * reach:,}"
    assert actions(orders)[0]["Pays from"].startswith("6 more")


def test_the_test_group_is_that_of_the_formula(app: AppTest) -> None:
    spend = [*(900 + i for i in range(300)), *(10 + i % 7 for i in range(300))]
    rows = [f"c{i},{value}" for i, value in enumerate(spend)]
    run(take(app, Source(name="a.csv", data="\n".join(["id,spend", *rows]).encode())), k=2)
    view(go(app, "profiles"), "What to do")
    choose(app, "cost-contact", 10.0)
    choose(app, "cost-margin", 20.0)
    size = group_for_means(50.0, float(pd.Series(range(300)).std()))
    assert actions(app)[0]["To prove it"] == f"2 × {size} customers"


def test_without_revenue_nothing_is_promised_of_it(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    view(go(app, "profiles"), "What to do")
    assert "No column says what customers bring in" in said(app)
    assert "Type what an answer brings in" in said(app)
    assert "effort-value" not in figures(app)
    choose(app, "cost-answer", 40.0)
    assert all("in 100 more customers answering" in one["Pays from"] for one in actions(app))
    choose(app, "cost-by-", "Money")
    assert all(one["To prove it"] == "The data can't say" for one in actions(app))


# ---- the playbook and its words ------------------------------------------------------------------


def students() -> Source:
    rng = np.random.default_rng(3)
    rows = [
        f"S{i},{g:.2f},{a:.0f},{h:.0f}"
        for i, (g, a, h) in enumerate(rng.uniform([1, 40, 0], [4, 100, 20], size=(80, 3)).tolist())
    ]
    data = "\n".join(["student_id,gpa,attendance,study_hours", *rows])
    return Source(name="school.csv", data=data.encode())


def test_the_words_of_the_field_are_on_all_screens(app: AppTest) -> None:
    take(app, students())
    assert "Students" in shown_figures(app)
    run(app, k=3)
    for screen in SCREENS[1:]:
        go(app, screen)
        kinds = [said(app), html(app).split("</style>")[-1], " ".join(shown_figures(app))]
        told = " ".join([*kinds, *(one.label for one in app.get("download_button"))])
        told = told.replace("such as customers or patients", "")
        assert "customer" not in told.lower().replace("customers.csv", ""), (
            screen,
            [line for line in told.split("\n") if "customer" in line.lower()],
        )
    assert "students" in said(go(app, "profiles"))


def shown_figures(app: AppTest) -> list[str]:
    found = []
    for one in app.get("bidi_component"):
        try:
            found += [d["label"] for d in json.loads(one.proto.json)]
        except (ValueError, TypeError, AttributeError):
            continue
    return found


def test_another_field_is_chosen_and_taken_back(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    go(app, "profiles")
    before = segment_names(app)
    assert widget(app, "playbook-").options[0] == "Retail (suggested)"
    choose(app, "playbook-", "donors")
    assert "donors" in said(app) and "customers" not in said(app).replace("such as customers", "")
    assert app.session_state["ran"].naming.playbook == "donors"
    choose(app, "playbook-", "(suggested)")
    assert segment_names(app) == before
    assert app.session_state["ran"].naming == NameSettings()


def upload(app: AppTest, key: str, name: str, text: str) -> AppTest:
    (uploader,) = [one for one in app.get("file_uploader") if one.key.startswith(key)]
    uploader.set_value((name, text.encode(), "application/toml"))
    return healthy(app.run())


def test_ones_own_playbook_travels_in_the_recipe(app: AppTest) -> None:
    text = BUILTIN.read_text(encoding="utf-8").replace('"customers"]', '"guests"]')
    run(take_sample(app, "mall"), k=3)
    upload(go(app, "profiles"), "playbook-file", "Mine.toml", text)
    assert "guests" in said(app)
    assert app.session_state["ran"].naming.playbook_text == text
    run(app, k=4)
    assert "guests" in said(go(app, "profiles"))


def test_a_typo_in_ones_own_playbook_is_placed(app: AppTest) -> None:
    text = BUILTIN.read_text(encoding="utf-8").replace("why =", "wy =", 1)
    line = text.splitlines().index(next(t for t in text.splitlines() if t.startswith("wy ="))) + 1
    run(take_sample(app, "mall"), k=3)
    names = segment_names(app)
    upload(go(app, "profiles"), "playbook-file", "Mine.toml", text)
    (warning,) = [plain(one.value) for one in app.warning]
    assert f"Mine.toml, line {line}, key 'wy'" in warning and "built-in" in warning
    assert segment_names(app) == names
    press(app, "Back to the built-in playbooks")
    assert not app.warning


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("No customer passes", "No student passes"),
        ("Customers by segment", "Students by segment"),
        ("a customer", "a student"),
        ("customer_id", "customer_id"),
    ],
)
def test_only_the_word_is_changed(text: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = choose_playbook([], "education").playbook.words
    monkeypatch.setattr(wording, "words", lambda: words)
    assert wording.told(text) == told


def test_articles_fit_and_names_of_the_file_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    words = choose_playbook([], "business").playbook.words
    monkeypatch.setattr(wording, "words", lambda: words)
    assert wording.told("A customer and a customer") == "An account and an account"
    assert wording.told("customer value of customers", "customer value") == (
        "customer value of accounts"
    )


def test_cards_are_drawn_up_once_a_filter(orders: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    real: Callable[..., object] = cache.portraits
    monkeypatch.setattr(
        cache, "portraits", lambda found, keep: (made.append(int(keep.sum())), real(found, keep))[1]
    )
    view(orders, "Side by side")
    view(orders, "What to do")
    assert made == []
    choose(orders, "filter-segments-", [1])
    view(orders, "Cards")
    assert len(made) == 1
