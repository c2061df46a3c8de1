"""A workbook: summary, profiles, customers and method, with charts of its own."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.series import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from segmentation.errors import DataError
from segmentation.exporting import telling
from segmentation.exporting.customers import typed_customers
from segmentation.exporting.sheet_rows import BLOCK_ROWS, rows_xml
from segmentation.exporting.sheets import (
    BOLD,
    DECIMAL,
    GROUPED,
    HEADER,
    INDENTED,
    PERCENT,
    TITLE,
    WHOLE,
    WRAPPED,
    Body,
    BookArchive,
    Sheet,
    formats_of,
)
from segmentation.exporting.summary import made_by, recipe_of
from segmentation.exporting.zipped import ALWAYS
from segmentation.numerals import percent
from segmentation.palette import segment_colour
from segmentation.results import Portraits, RuleSet, Run
from segmentation.rule_texts import sentence as rule_sentence
from segmentation.rule_texts import sql
from segmentation.values import Bools
from segmentation.vocabulary import label
from segmentation.words import sentence

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_FEATURES = 8
NARROWEST, WIDEST = 9, 44
LOOKED_AT_ROWS = 200
CHART_WIDTH_CM = 24

Progress = Callable[[float, str], None]


def workbook(
    run: Run,
    cards: Portraits,
    rules: RuleSet,
    keep: Bools,
    progress: Progress | None = None,
) -> bytes:
    """Return an XLSX workbook of a run; the same run gives the same bytes.

    Numbers and dates are numbers and dates; text that could run as a formula is quoted. Customers
    beyond what a worksheet has rows for go on in another.

    Parameters
    ----------
    run : Run
        A finished run.
    cards : Portraits
        Of the customers for which ``keep`` is true.
    rules : RuleSet
        That retell the segments.
    keep : ndarray of bool, shape (segmented customers,)
        Which customers it holds.
    progress : callable, optional
        Called with the share done and what was just done, in words; what it raises ends the work.

    Raises
    ------
    DataError
        If there are more columns than a worksheet has.
    """
    frame = typed_customers(run, keep)
    if frame.shape[1] > MOST_COLUMNS:
        raise DataError(
            f"A worksheet has no room for {frame.shape[1]:,} columns",
            remedy=f"Take the customers away as CSV, or leave out columns beyond {MOST_COLUMNS:,}",
        )
    book = Workbook(write_only=True)
    book.properties.creator = "Customer segmentation workbench"
    book.properties.created = book.properties.modified = datetime(*ALWAYS)
    try:
        _summary(book, run, cards)
        _profiles(book, run, cards)
        bodies = _customers(book, run, frame, progress)
        _method(book, run, cards, rules, len(bodies))
        out = io.BytesIO()
        ExcelWriter(book, BookArchive(out, bodies)).save()
    except BaseException:
        # What openpyxl had written so far would lie about until the program ends.
        for sheet in book.worksheets:
            if not sheet.closed:
                sheet.close()
            if Path(sheet._writer.out).exists():
                sheet._writer.cleanup()
        raise
    return out.getvalue()


def _summary(book: Workbook, run: Run, cards: Portraits) -> None:
    words = run.playbook.playbook.words
    sheet = Sheet(book, "Summary", [44, 15, 15, 15, 15, 15, 15, 18, 44, 60])
    sheet.add(telling.headline(run, cards), **TITLE)
    shown = telling.shown(run, cards)
    for said in (shown, telling.verdict(run), telling.standing_out(run, cards)):
        if said:
            sheet.add(said)
    sheet.add()
    first = sheet.rows + 1
    many = sentence(words.customer.many)
    sheet.head(["Segment", many, "Share", sentence(words.money), f"Share of {words.money}",
                "Silhouette", "Stability", "Trust", "Who they are", "What to do"],
               right=range(1, 7))  # fmt: skip
    for named, card in zip(run.names, cards.segments, strict=True):
        i = named.segment_id - 1
        steady = run.segmentation.stabilities
        values: list[tuple[str | float | None, str | None]] = [
            (named.name, None),
            (card.customers, GROUPED),
            (card.share, PERCENT),
            (card.revenue, DECIMAL),
            (card.revenue_share, PERCENT),
            (run.segmentation.segment_silhouettes[i], "0.000"),
            (steady[i].mean if steady else None, DECIMAL),
            (sentence(telling.trust_of(run, named.segment_id)[0]), None),
            (named.description, None),
            (named.action, None),
        ]
        sheet.add(
            *(
                sheet.cell(value, form, **(WRAPPED if form or not i else INDENTED))
                for i, (value, form) in enumerate(values)
            )
        )
    last = sheet.rows
    sheet.add()
    index = _index(cards)
    if index is not None:
        sheet.add(f"Index of means: 100 is the mean of all {words.customer.many}", **BOLD)
        sheet.head(["", *(n.name for n in run.names)], right=range(1, 1 + len(run.names)))
        top = sheet.rows
        for name, row in index.iterrows():
            sheet.add(label(str(name)), *(sheet.cell(value, WHOLE) for value in row.tolist()))
        _colour(sheet, top + 1, sheet.rows, len(run.names))
    sizes = _chart(f"{many} by segment", len(run.names))
    sizes.add_data(Reference(sheet.sheet, min_col=2, min_row=first, max_row=last),
                   titles_from_data=True)  # fmt: skip
    sizes.set_categories(Reference(sheet.sheet, min_col=1, min_row=first + 1, max_row=last))
    sizes.series[0].data_points = [
        _point(i, segment_colour(named.colour)) for i, named in enumerate(run.names)
    ]
    sizes.series[0].dLbls = DataLabelList(showVal=True, showSerName=False, showCatName=False,
                                          showLegendKey=False)  # fmt: skip
    sizes.legend = None
    at = sheet.rows + 2
    sheet.sheet.add_chart(sizes, f"A{at}")
    if index is not None:
        drawn = min(len(index), MOST_FEATURES)
        bars = _chart(f"Index of means (100 = all {words.customer.many})", drawn * len(run.names))
        data = Reference(sheet.sheet, min_col=2, max_col=1 + len(run.names), min_row=top,
                         max_row=top + drawn)  # fmt: skip
        bars.add_data(data, titles_from_data=True)
        bars.set_categories(Reference(sheet.sheet, min_col=1, min_row=top + 1, max_row=top + drawn))
        for named, series in zip(run.names, bars.series, strict=True):
            series.graphicalProperties.solidFill = segment_colour(named.colour)[1:]
        bars.legend.position = "b"
        sheet.sheet.add_chart(bars, f"A{at + int(2 * sizes.height) + 2}")


def _index(cards: Portraits) -> pd.DataFrame | None:
    """Return the index of each column (rows) for each segment, what sets most apart first."""
    found = {
        card.segment_id: {one.feature: one.index for one in card.figures} for card in cards.segments
    }
    apart = {
        one.feature: max(
            abs(other.effect)
            for card in cards.segments
            for other in card.figures
            if other.feature == one.feature
        )
        for one in cards.segments[0].figures
        if one.overall is not None and one.overall > 0
    }
    table = pd.DataFrame(found, dtype=float).reindex(
        sorted(apart, key=lambda name: (-apart[name], name))
    )
    return table if len(table) else None


def _colour(sheet: Sheet, first: int, last: int, columns: int) -> None:
    scale = ColorScaleRule(
        start_type="num", start_value=0, start_color="FFDFB066",
        mid_type="num", mid_value=100, mid_color="FFFFFFFF",
        end_type="num", end_value=200, end_color="FF82B2DA",
    )  # fmt: skip
    area = f"B{first}:{get_column_letter(1 + columns)}{last}"
    sheet.sheet.conditional_formatting.add(area, scale)


def _chart(title: str, bars: int) -> Any:
    chart = BarChart()
    chart.type = "bar"
    chart.title = title
    chart.width, chart.height = CHART_WIDTH_CM, min(4.5 + 0.5 * bars, 24)
    # The first row on top, as in the table.
    chart.y_axis.crosses, chart.x_axis.scaling.orientation = "max", "maxMin"
    # Without these, spreadsheets take the axes for removed.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = GROUPED
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(
        ln=LineProperties(solidFill="D5DADF", w=6350)
    )
    # Names are long, and spreadsheets leave them little room of their own accord.
    chart.layout = Layout(
        manualLayout=ManualLayout(
            layoutTarget="inner", xMode="edge", yMode="edge", x=0.34, y=0.18, w=0.62, h=0.66
        )
    )
    chart.gapWidth, chart.varyColors = 50, False
    return chart


def _point(index: int, colour: str) -> Any:
    point = DataPoint(idx=index)
    point.graphicalProperties.solidFill = colour[1:]
    return point


def _profiles(book: Workbook, run: Run, cards: Portraits) -> None:
    """Write a row a segment and column: numbers with quartiles, categories with shares."""
    names = run.name_of()
    heads = ["Segment id", "Segment", "Column", "Category", "Mean", "Lower quartile", "Median",
             "Upper quartile", "Mean of all", "Share", "Share of all", "Index",
             "Standardised difference", "Used for the segments"]  # fmt: skip
    sheet = Sheet(book, "Profiles", [11, 40, 26, 20, *[13] * 10], "C2")
    sheet.head(heads, right=[0, *range(4, 13)])
    for card in cards.segments:
        who = (sheet.cell(card.segment_id, WHOLE), sheet.cell(names[card.segment_id], **INDENTED))
        for one in card.figures:
            numbers = (one.mean, one.lower, one.median, one.upper, one.overall)
            sheet.add(*who, label(one.feature), None, *(sheet.cell(n, DECIMAL) for n in numbers),
                      None, None, sheet.cell(one.index, WHOLE), sheet.cell(one.effect, DECIMAL),
                      sheet.cell("yes" if one.used else "no", **INDENTED))  # fmt: skip
        for column, shares in card.typical.items():
            for share in shares:
                sheet.add(*who, label(column), share.category or "(missing)", *[None] * 5,
                          sheet.cell(share.share, PERCENT), sheet.cell(share.overall, PERCENT),
                          sheet.cell(100 * share.lift, WHOLE), sheet.cell(share.effect, DECIMAL),
                          sheet.cell("yes" if share.used else "no", **INDENTED))  # fmt: skip
    sheet.sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{sheet.rows}"


def _customers(
    book: Workbook, run: Run, frame: pd.DataFrame, progress: Progress | None
) -> dict[str, Body]:
    """Make the sheets of customers, and return what gives their rows."""
    forms = formats_of(frame, _ids(run))
    widths = [_width(frame, i) for i in range(frame.shape[1])]
    bodies: dict[str, Body] = {}
    done = 0

    def rows(part: pd.DataFrame, styles: list[int]) -> Iterator[bytes]:
        nonlocal done
        for block, start in zip(
            rows_xml(part, 2, styles), range(0, len(part), BLOCK_ROWS), strict=True
        ):
            yield block
            done += min(BLOCK_ROWS, len(part) - start)
            if progress is not None:
                progress(done / len(frame), f"Wrote {done:,} of {len(frame):,} rows")

    for start in range(0, max(len(frame), 1), MOST_ROWS - 1):
        part = frame.iloc[start : start + MOST_ROWS - 1]
        title = f"Customers {len(bodies) + 1}" if bodies else "Customers"
        sheet = Sheet(book, title, widths, "B2")
        numeric = [i for i, form in enumerate(forms) if form is not None]
        sheet.head(list(map(str, frame.columns)), right=numeric)
        last = f"{get_column_letter(frame.shape[1])}{len(part) + 1}"
        sheet.sheet.auto_filter.ref = f"A1:{last}"
        styles = [sheet.cell(0, form).style_id for form in forms]
        bodies[f"xl/worksheets/sheet{len(book.worksheets)}.xml"] = partial(rows, part, styles)
    return bodies


def _ids(run: Run) -> set[str]:
    """Return the columns whose numbers count nothing."""
    own = run.loaded.schema.roles.values()
    return {"segment_id", "customer_id", run.loaded.customers.id_column or "", *own}


def _width(frame: pd.DataFrame, i: int) -> float:
    told = frame.iloc[:LOOKED_AT_ROWS, i].astype("str")
    longest = max([len(str(frame.columns[i])) + 2, *told.str.len().dropna().tolist()])
    return float(min(max(longest + 1, NARROWEST), WIDEST))


def _method(
    book: Workbook, run: Run, cards: Portraits, rules: RuleSet, customer_sheets: int
) -> None:
    sheet = Sheet(book, "Method", [34, 110])

    def add(topic: str, text: str) -> None:
        sheet.add(sheet.cell(topic, **BOLD | WRAPPED), sheet.cell(text, **WRAPPED))

    def title(text: str) -> None:
        sheet.add()
        sheet.add(sheet.cell(text, **HEADER))

    sheet.add("How this was made", **TITLE)
    for passage in telling.method(run, cards, rules):
        add(passage.title, " ".join(passage.sentences))
    if customer_sheets > 1:
        add(
            "Sheets",
            f"A worksheet has {MOST_ROWS:,} rows, so the customers take {customer_sheets}.",
        )
    title("Rows set aside, cells changed")
    for why, out, changed in telling.account_lines(run):
        add(why, f"{out:,} rows set aside, {changed:,} cells changed")
    title("Rules: what puts a customer in a segment")
    names = run.name_of()
    for rule in rules.rules:
        own = "" if rule.precision is None else f" {percent(rule.precision)} of those belong to it."
        found = f"It finds {percent(rule.coverage)} of the segment.{own}"
        add(names[rule.segment_id], f"{rule_sentence(rule)} {found}")
        add("", f"WHERE {sql(rule)}")
    title("To make it again")
    made = made_by(recipe_of(run))
    for file in run.loaded.files:
        add(file.name, f"SHA-256 {file.sha256}")
    for stage, settings in made["recipe"].items():
        add(stage, json.dumps(settings, ensure_ascii=False))
    add("Made with", ", ".join(f"{name} {number}" for name, number in made["versions"].items()))
