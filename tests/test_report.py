"""The report says what the run found, loads nothing, and no text in it becomes markup."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.__main__ import main
from segmentation.exporting import telling
from segmentation.exporting.markup import Markup, tag
from segmentation.exporting.report import report_html
from segmentation.numerals import fixed
from segmentation.pipeline import load, run, segment
from segmentation.portraits import portraits
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.rule_texts import sql
from segmentation.rules import choose_rules, rule_sets
from segmentation.settings import ChooseSettings, NameSettings, Recipe, WheelSettings
from segmentation.wheel import notes
from tests.payloads import PAYLOADS

ROOT = Path(__file__).parents[1]
HOSTILE = [
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "&lt;b&gt; & co",
    "javascript:alert(1)",
    "</title><b>",
    "🎉\u202e'`",
]


class Page(HTMLParser):
    """The elements, their attributes and the text of a page."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.style = ""
        self.in_cell = False
        self.feed(data.decode("utf-8"))

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))
        if name == "tr":
            self.rows.append([])
        if name in ("td", "th"):
            self.rows[-1].append("")
            self.in_cell = True

    def handle_endtag(self, name: str) -> None:
        self.in_cell = self.in_cell and name not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "style":
            self.style += data
        self.texts.append(data)
        if self.in_cell:
            self.rows[-1][-1] += data

    @property
    def text(self) -> str:
        return "".join(self.texts)


def made(finished: Run, keep: Any = None) -> bytes:
    shown = np.ones(len(finished.profiles.labels), dtype=bool) if keep is None else keep
    return report_html(
        finished, portraits(finished, shown), choose_rules(rule_sets(finished)), shown
    )


@pytest.fixture(scope="module")
def orders() -> Run:
    return run(ROOT / "data/orders.csv", Recipe(choose=ChooseSettings(k=3)))


@pytest.fixture(scope="module")
def page(orders: Run) -> Page:
    return Page(made(orders))


def test_it_loads_nothing_and_runs_nothing(page: Page) -> None:
    names = {name for name, _ in page.elements}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "a", "base"}
    for name, attributes in page.elements:
        assert not {key for key in attributes if key.startswith("on")}
        assert not set(attributes) & {"style", "src", "href", "srcset", "xlink:href"}, name
    assert "url(" not in page.style and "@import" not in page.style


def test_its_policy_allows_its_own_style_only(page: Page) -> None:
    (policy,) = [
        said["content"]
        for name, said in page.elements
        if name == "meta" and said.get("http-equiv") == "Content-Security-Policy"
    ]
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy is not None
    assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]


def test_each_segment_is_told_with_its_figures(orders: Run, page: Page) -> None:
    cards = portraits(orders, np.ones(len(orders.profiles.labels), dtype=bool))
    customers = len(orders.profiles.labels)
    for named, card in zip(orders.names, cards.segments, strict=True):
        own = [row for row in page.rows if row and row[0] == named.name]
        sizes, index = own[0], own[1]
        assert sizes[1:3] == [
            f"{card.customers:,}",
            f"{fixed(100 * card.customers / customers, 1)}%",
        ]
        figures = {fixed(one.index, 0) for one in card.figures if one.index is not None}
        assert set(index[1:]) <= figures
        for said in (named.description, named.why, named.action, *card.sentences):
            assert said in page.text
    shares = [float(row[2].rstrip("%")) for row in page.rows if len(row) == 7 and "%" in row[2]]
    assert sum(shares) == pytest.approx(100, abs=0.2)


def test_rules_account_and_recipe_are_there(orders: Run, page: Page) -> None:
    for rule in choose_rules(rule_sets(orders)).rules:
        assert sql(rule) in page.text
    for entry in orders.loaded.clean.ledger:
        if entry.set_aside:
            why = entry.reason[0].upper() + entry.reason[1:]
            assert [why, f"{entry.set_aside:,}", f"{entry.changed:,}"] in page.rows
    told = re.search(r"\{\s*\"recipe_version\".*\}", page.text, re.S)
    assert told
    assert Recipe.from_json(told[0]) == orders.recipe


def test_the_verdict_and_the_limits_are_in_plain_words(orders: Run, page: Page) -> None:
    assert orders.evidence.verdict is not None
    assert orders.evidence.verdict.sentence in page.text
    assert all(limit in page.text for limit in telling.LIMITS)


def test_before_the_check_it_says_so(orders: Run) -> None:
    quick = segment(orders.loaded, orders.recipe, trust=False)
    assert "has not been checked yet" in Page(made(quick)).text


def test_a_filter_is_said(orders: Run) -> None:
    keep = orders.profiles.labels == 1
    found = Page(made(orders, keep))
    assert f"Shown: {keep.sum():,} of {len(keep):,} customers" in found.text
    assert found.text.count("0 customers, 0.0% of all shown") == 2


def test_with_a_filter_the_headline_is_of_those_shown_and_says_so_first(orders: Run) -> None:
    names, labels = orders.name_of(), orders.profiles.labels
    keep = np.zeros(len(labels), dtype=bool)
    for segment_id, some in ((2, 13), (1, 5)):
        keep[np.flatnonzero(labels == segment_id)[:some]] = True
    text = Page(made(orders, keep)).text
    title = f"18 of {len(keep):,} customers shown, in two of the three segments"
    first = f"Among the 18 customers shown (of {len(keep):,}), the largest, {names[2]}, has 72% of"
    assert text.index(title) < text.index("Shown: 18 of") < text.index(first)
    assert "segments among" not in text
    spend = orders.loaded.customers.frame["monetary_total"].to_numpy()[orders.profiles.customers]
    richest = max((1, 2), key=lambda i: spend[keep & (labels == i)].sum())
    share = spend[keep & (labels == richest)].sum() / spend[keep].sum()
    assert f"{fixed(100 * share, 0)}% of the revenue" in text[text.index(first) :]


def test_without_a_filter_nothing_is_said_of_one(orders: Run, page: Page) -> None:
    assert f"Three segments among {len(orders.profiles.labels):,} customers" in page.text
    assert "shown" not in page.text.split("How large they are")[0]


@pytest.mark.parametrize(
    ("step", "now", "told"),
    [
        (("merge", (1, 3)), "three", "segment 3 was merged into it"),
        (("split", (2,)), "five", "it was split off segment 2"),
    ],
)
def test_what_was_done_by_hand_is_in_the_method(
    orders: Run, step: tuple[Any, tuple[int, ...]], now: str, told: str
) -> None:
    choose, wheel = ChooseSettings(k=4), WheelSettings(steps=(step,))
    turned = segment(orders.loaded, Recipe(choose=choose, wheel=wheel), trust=False)
    text = Page(made(turned)).text
    (note,) = notes(turned.segmentation)
    assert "Four segments were found by K-Means" in text
    assert f"Why so many: {turned.evidence.reason}. " in text
    assert text.index("k = 4 was asked for") < text.index(note)
    assert note.startswith("Changed by hand after 4 segments were found")
    assert f": changed by hand: {told}." in text
    assert f"That makes {now} segments now." in text
    assert f"{now.capitalize()} segments among" in text


def test_without_a_hand_the_method_tells_of_none(page: Page) -> None:
    assert "by hand" not in page.text and "k = 3 was asked for." in page.text


def test_nobody_shown_is_told_too(orders: Run) -> None:
    assert (
        "Shown: 0 of" in Page(made(orders, np.zeros(len(orders.profiles.labels), dtype=bool))).text
    )


def test_the_same_run_gives_the_same_bytes(orders: Run) -> None:
    once, again = (
        segment(load(ROOT / "data/orders.csv", orders.recipe), orders.recipe) for _ in range(2)
    )
    assert made(once) == made(again)


def test_names_and_columns_stay_text(source_of: Callable[..., Source]) -> None:
    rows = [[f"c{i}", str(i * i), str(i % 7), HOSTILE[i % len(HOSTILE)]] for i in range(42)]
    table = pd.DataFrame(rows, columns=["id", *HOSTILE[:3]])
    naming = NameSettings(names=((1, HOSTILE[1]), (2, PAYLOADS[0])))
    finished = run(
        source_of(table.to_csv(index=False), name="<i>.csv"),
        Recipe(choose=ChooseSettings(k=2), naming=naming),
    )
    found = Page(made(finished))
    plain = Page(made(run(ROOT / "data/mall.csv", Recipe(choose=ChooseSettings(k=2)))))
    assert {name for name, _ in found.elements} <= {name for name, _ in plain.elements}
    assert HOSTILE[1] in found.text and "<i>.csv" in found.text
    for _, attributes in found.elements:
        assert not {key for key in attributes if key.startswith("on")}


@given(st.text(max_size=20) | st.sampled_from(HOSTILE), st.text(max_size=20))
def test_text_is_text_wherever_it_stands(text: str, other: str) -> None:
    text, other = (t.replace("\r", "").replace("\0", "") for t in (text, other))
    made_of = tag("p", text, tag("b", other), title=text)
    assert isinstance(made_of, Markup)
    found = Page(made_of.encode("utf-8", "surrogatepass").decode("utf-8", "ignore").encode())
    clean = "".join(c for c in text + other if not "\ud800" <= c <= "\udfff")
    assert [name for name, _ in found.elements] == ["p", "b"]
    assert found.text == clean


def test_a_long_name_and_a_single_feature(source_of: Callable[..., Source]) -> None:
    text = "id,spend\n" + "\n".join(f"{i},{i * i}" for i in range(9))
    naming = NameSettings(names=((1, "W" * 120),))
    finished = run(source_of(text), Recipe(choose=ChooseSettings(k=2), naming=naming))
    found = Page(made(finished))
    assert "W" * 120 in found.text
    assert "circle" not in {name for name, _ in found.elements}


def test_the_command_line_writes_it(tmp_path: Path) -> None:
    out, report = tmp_path / "c.csv", tmp_path / "r.html"
    arguments = ["run", str(ROOT / "data/mall.csv"), "--k", "3", "--out", str(out)]
    assert main([*arguments, "--report", str(report)]) == 0
    assert "Three segments among 200 customers" in Page(report.read_bytes()).text
