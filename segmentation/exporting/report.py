"""A report of one file: it works without network or script, on paper, in light and dark."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from segmentation.exporting import figures, telling
from segmentation.exporting.markup import Markup, tag, together
from segmentation.exporting.report_style import sheet, warmth
from segmentation.exporting.summary import made_by, recipe_of
from segmentation.numerals import fixed, percent, say
from segmentation.results import Figure, Portrait, Portraits, RuleSet, Run, SegmentName
from segmentation.rule_texts import sentence as rule_sentence
from segmentation.rule_texts import sql
from segmentation.values import Bools
from segmentation.vocabulary import label
from segmentation.words import sentence, short

LONGEST = 120
MOST_FIGURES = 8
MOST_COLUMNS = 12
MOST_CATEGORIES = 3


def report_html(run: Run, cards: Portraits, rules: RuleSet, keep: Bools) -> bytes:
    """Tell of a run in one HTML file in UTF-8.

    It loads nothing and runs nothing, which its own content security policy holds it to. The same
    run gives the same bytes.

    Parameters
    ----------
    run : Run
        A finished run.
    cards : Portraits
        Of the customers for which ``keep`` is true.
    rules : RuleSet
        That retell the segments.
    keep : ndarray of bool, shape (segmented customers,)
        Which customers are shown.
    """
    style = sheet(named.colour for named in run.names)
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = telling.headline(run, cards)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title}: {short(run.loaded.table.report.name, LONGEST)}"),
        tag("style", Markup(style)),
    )
    main = tag(
        "main",
        _opening(run, cards, title),
        _sizes(run, cards),
        _map(run, cards, keep),
        _heat(run, cards),
        _cards(run, cards, rules),
        _method(run, cards, rules),
        _set_aside(run),
        _rules(run, rules),
        _recipe(run),
    )
    page = tag("html", head, tag("body", main), lang="en")
    return f"<!DOCTYPE html>\n{page}\n".encode()


def _opening(run: Run, cards: Portraits, title: str) -> Markup:
    shown = telling.shown(run, cards)
    return tag(
        "header",
        tag("p", f"Customer segments · {short(run.loaded.table.report.name, LONGEST)}",
            class_="kicker"),
        tag("h1", title),
        tag("p", shown, class_="soft") if shown else Markup(),
        tag("p", telling.verdict(run), class_="lede"),
        tag("p", telling.standing_out(run, cards)),
    )  # fmt: skip


def _name(named: SegmentName) -> Markup:
    return together(tag("i", class_="dot", aria_hidden="true"), tag("bdi", named.name))


def _sizes(run: Run, cards: Portraits) -> Markup:
    words = run.playbook.playbook.words
    worth = any(card.revenue_share is not None for card in cards.segments)
    shares = [s for card in cards.segments for s in (card.share, card.revenue_share) if s]
    largest = max(shares, default=0.0)
    rows = []
    for named, card in zip(run.names, cards.segments, strict=True):
        cells = [
            tag("th", _name(named), scope="row"),
            tag("td", f"{card.customers:,}", class_="number"),
            tag("td", percent(card.share), class_="number"),
            tag("td", figures.share_bar(card.share, largest, look="fill"), class_="bar"),
        ]
        if worth:
            share = card.revenue_share
            cells += [
                tag("td", "–" if share is None else percent(share), class_="number"),
                tag("td", figures.share_bar(share or 0.0, largest, look="other"), class_="bar"),
            ]
        cells.append(tag("td", sentence(telling.trust_of(run, card.segment_id)[0]), class_="trust"))
        rows.append(tag("tr", *cells, class_=f"c{named.colour}"))
    heads = ["Segment", sentence(words.customer.many), "Share", ""]
    heads += [f"Share of {words.money}", ""] if worth else []
    heads.append("Trust" if run.segmentation.stabilities else "")
    return tag(
        "section",
        tag("h2", "How large they are" + (", and what they bring in" if worth else "")),
        tag(
            "table",
            tag("thead", tag("tr", *(
                tag("th", head, scope="col",
                    class_="number" if head and i in (1, 2, 4) and head != "Trust" else
                    "trust" if head == "Trust" else None)
                for i, head in enumerate(heads)))),
            tag("tbody", *rows),
            class_="sizes",
        ),
    )  # fmt: skip


def _map(run: Run, cards: Portraits, keep: Bools) -> Markup:
    drawn = figures.scatter(run, cards, keep)
    if drawn is None:
        return Markup()
    legend = [tag("li", _name(named), class_=f"c{named.colour}") for named in run.names]
    return tag(
        "section",
        tag("h2", "Where they lie"),
        tag("figure", tag("div", drawn), tag("ol", *legend, class_="legend"), class_="figure"),
    )


def _heat(run: Run, cards: Portraits) -> Markup:
    """Draw the index of each segment's means, the columns that set most apart first."""
    apart: dict[str, float] = {}
    for card in cards.segments:
        for found in card.figures:
            if found.overall is not None and found.overall > 0:
                apart[found.feature] = max(apart.get(found.feature, 0.0), abs(found.effect))
    columns = sorted(apart, key=lambda name: (-apart[name], name))[:MOST_COLUMNS]
    if not columns:
        return Markup()
    rows = []
    for named, card in zip(run.names, cards.segments, strict=True):
        index = {found.feature: found.index for found in card.figures}
        cells = [_warm(index[name]) for name in columns]
        rows.append(
            tag("tr", tag("th", _name(named), scope="row"), *cells, class_=f"c{named.colour}")
        )
    many = run.playbook.playbook.words.customer.many
    left_out = len(apart) - len(columns)
    return tag(
        "section",
        tag("h2", "What they are like"),
        tag("div", tag(
            "table",
            tag("caption", f"The mean of each segment as an index: 100 is the mean of all {many}, "
                "150 is half as much again."
                + (f" {left_out} more columns set the segments less apart." if left_out else "")),
            tag("thead", tag("tr", tag("th", "Segment", scope="col"), *(
                tag("th", short(label(name), 40), scope="col") for name in columns))),
            tag("tbody", *rows),
            class_="heat",
        ), class_="wide", tabindex="0", role="region", aria_label="Index of means"),
    )  # fmt: skip


def _warm(index: float | None) -> Markup:
    if index is None:
        return tag("td", "–")
    return tag("td", fixed(index, 0), class_=warmth(index))


def _cards(run: Run, cards: Portraits, rules: RuleSet) -> Markup:
    drawn = [
        _card(run, cards, named, card, rules)
        for named, card in zip(run.names, cards.segments, strict=True)
    ]
    return tag("section", tag("h2", "Who they are, and what to do"), *drawn)


def _card(run: Run, cards: Portraits, named: SegmentName, card: Portrait, rules: RuleSet) -> Markup:
    words = run.playbook.playbook.words
    shown = words.customer.many if cards.customers == len(run.profiles.customers) else "shown"
    size = f"{words.customer.count(card.customers)}, {percent(card.share)} of all {shown}"
    if card.revenue is not None and card.revenue_share is not None:
        size += f"; {percent(card.revenue_share)} of the {words.money} ({say(card.revenue)})"
    word, trust = telling.trust_of(run, named.segment_id)
    rule = rules.rules[named.segment_id - 1]
    found = f" It finds {percent(rule.coverage)} of the segment"
    if rule.precision is not None:
        found += f"; {percent(rule.precision)} of those it finds belong to it"
    left = tag(
        "div",
        tag("p", named.description) if named.description else Markup(),
        tag("ul", *(tag("li", said) for said in card.sentences)),
        tag("p", tag("b", "What to do. "), named.action, class_="do"),
        tag("p", tag("b", "Why. "), named.why) if named.why else Markup(),
    )
    right = tag(
        "div",
        _typical(card),
        _categories(card),
        tag("p", tag("b", "As a rule. "), rule_sentence(rule), found if rule.paths else "",
            "." if rule.paths else "", class_="soft"),
        tag("p", tag("b", f"{sentence(word)}. "), trust, class_="soft") if word else Markup(),
    )  # fmt: skip
    return tag(
        "article",
        tag("h3", tag("bdi", named.name)),
        tag("p", f"{size}.", class_="soft"),
        tag("div", left, right),
        class_=f"card c{named.colour}",
    )


def _typical(card: Portrait) -> Markup:
    shown = [found for found in card.figures if found.median is not None][:MOST_FIGURES]
    if not shown:
        return Markup()
    heads = tag("tr", tag("th", "", scope="col"), tag("th", "Median", scope="col", class_="number"),
                tag("th", "Middle half", scope="col", class_="number"),
                tag("th", "Index", scope="col", class_="number"),
                tag("td"))  # fmt: skip
    return tag("table", tag("thead", heads), tag("tbody", *map(_figure, shown)))


def _figure(found: Figure) -> Markup:
    assert found.median is not None and found.lower is not None and found.upper is not None
    return tag(
        "tr",
        tag("th", short(label(found.feature), 40), scope="row"),
        tag("td", say(found.median), class_="number"),
        tag("td", f"{say(found.lower)} – {say(found.upper)}", class_="number range"),
        tag("td", "–" if found.index is None else fixed(found.index, 0), class_="number"),
        tag("td", figures.index_bar(found.index) if found.index is not None else "", class_="bar"),
    )


def _categories(card: Portrait) -> Markup:
    lines = []
    for column, own in card.typical.items():
        named = ", ".join(
            f"{short(c.category, 40) or '(missing)'} {percent(c.share)}"
            for c in own[:MOST_CATEGORIES]
        )
        if named:
            lines.append(tag("p", tag("b", f"{sentence(short(label(column), 60))}: "), named))
    return together(*lines)


def _method(run: Run, cards: Portraits, rules: RuleSet) -> Markup:
    passages = [
        together(tag("h3", passage.title), tag("p", " ".join(passage.sentences)))
        for passage in telling.method(run, cards, rules)
    ]
    return tag("section", tag("h2", "How this was made"), *passages, class_="method")


def _set_aside(run: Run) -> Markup:
    lines = telling.account_lines(run)
    if not lines:
        told: Markup = tag("p", "Nothing: every row was used as it is.")
    else:
        heads = ("Reason", "Rows set aside", "Cells changed")
        told = tag(
            "table",
            tag("thead", tag("tr", *(
                tag("th", head, scope="col", class_="number" if i else None)
                for i, head in enumerate(heads)))),
            tag("tbody", *(
                tag("tr", tag("th", why, scope="row"), tag("td", f"{out:,}", class_="number"),
                    tag("td", f"{changed:,}", class_="number"))
                for why, out, changed in lines)),
        )  # fmt: skip
    return tag("section", tag("h2", "What was set aside"), told)


def _rules(run: Run, rules: RuleSet) -> Markup:
    names = run.name_of()
    lines = [
        together(tag("dt", tag("bdi", names[rule.segment_id])), tag("dd", tag("code", sql(rule))))
        for rule in rules.rules
    ]
    return tag(
        "section",
        tag("h2", "The segments as conditions for a database"),
        tag("p", "What follows WHERE in SQL. By all of them together "
            f"{percent(rules.fidelity)} are in the segment they were found in."),
        tag("dl", *lines),
    )  # fmt: skip


def _recipe(run: Run) -> Markup:
    made = made_by(recipe_of(run))
    versions = ", ".join(f"{name} {number}" for name, number in made["versions"].items())
    files = [
        tag("p", f"{short(file.name, LONGEST)}: SHA-256 ", tag("code", file.sha256))
        for file in run.loaded.files
    ]
    return tag(
        "section",
        tag("h2", "To make it again"),
        tag("p", "Save the settings below as recipe.json, and run ",
            tag("code", "python -m segmentation run FILE --recipe recipe.json --out customers.csv"),
            "."),
        *files,
        tag("pre", _by_stage(made["recipe"])),
        tag("p", f"Made with {versions}.", class_="soft"),
    )  # fmt: skip


def _by_stage(recipe: dict[str, Any]) -> str:
    """Write a recipe as JSON with a line a stage."""
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
             for key, value in recipe.items()]  # fmt: skip
    return "{\n  " + ",\n  ".join(lines) + "\n}"
