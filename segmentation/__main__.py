"""The command line: ``python -m segmentation``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from segmentation import handing_on, settings
from segmentation.commands.asking import refuse_doubt
from segmentation.commands.moving import add_move, move_customers, wrong_use
from segmentation.commands.saving import save_run
from segmentation.commands.scoring import add_score, score_file
from segmentation.commands.tokens import add_token, new_token
from segmentation.errors import SegmentationError, SettingsError
from segmentation.evidence_files import evidence_facts, finite, sweep_csv
from segmentation.exporting import (
    as_json,
    customers_csv,
    raw_csv,
    rfm_summary,
    summary_json,
    to_csv,
)
from segmentation.pipeline import load, segment
from segmentation.playbooks import choose_playbook
from segmentation.read_report import read_report
from segmentation.reading import limits_from, read_table
from segmentation.results import Loaded, Run
from segmentation.rfm import score_rfm
from segmentation.rfm_grid import Grid, built_in_grid, lint, parse_grid
from segmentation.schema import guess_schema, require_rows
from segmentation.settings import DELIMITER_NAMES, ROLES, NameSettings, Recipe
from segmentation.trying import with_outcomes

CALLED = {name: delimiter for delimiter, name in DELIMITER_NAMES.items()}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or 1 with one line on stderr for data that can't be used."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "token":
        print("\n".join(new_token()))
        return 0
    try:
        from_scratch = options.command in ("read", "score", "move")
        recipe = _told(Recipe(), options) if from_scratch else _recipe(options)
        choose_playbook((), recipe.naming.playbook, recipe.naming.playbook_text)
    except SettingsError as error:
        parser.error(str(error))
    clash = _clash(options) or (wrong_use(options) if options.command == "move" else None)
    if clash:
        parser.error(clash)
    try:
        WORK[options.command](options, recipe)
    except SegmentationError as error:
        print(f"segmentation: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"segmentation: can't write {error.filename}: {error.strerror}. "
            "Name a file in a folder that is there and that you may write to.",
            file=sys.stderr,
        )
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m segmentation", description="Customer segments from a CSV file or workbook."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    read = commands.add_parser("read", help="write the table exactly as read, all text")
    read.add_argument("input", metavar="INPUT", help="CSV file or workbook to read")
    read.add_argument("--out", required=True, help="CSV file to write")
    _add_reading(read)
    read.add_argument("--read-report", metavar="JSON", help="write how the file was read")
    work = commands.add_parser("run", help="segment the customers of one or several files")
    work.add_argument("--out", required=True, help="CSV file to write: one row a customer")
    work.add_argument(
        "--rules", metavar="JSON", help="write what puts a customer in a segment: sentences and SQL"
    )
    work.add_argument("--workbook", metavar="XLSX", help="write customers, profiles and method")
    work.add_argument("--report", metavar="HTML", help="write a report to read, print and hand on")
    work.add_argument("--model", metavar="JSON", help="keep the segments to score others by")
    _add_source(work)
    _add_segmenting(work)
    compare = commands.add_parser("sweep", help="weigh the evidence for each number of segments")
    compare.add_argument("--out", required=True, help="CSV file to write: one row a k")
    compare.add_argument("--evidence", metavar="JSON", help="write the votes, verdict and trust")
    _add_source(compare)
    _add_segmenting(compare)
    add_score(commands, _add_reading)
    add_move(commands, _add_reading)
    add_token(commands)
    score = commands.add_parser("rfm", help="score customers by days, orders and money")
    score.add_argument("--out", required=True, help="CSV file to write: one row a customer")
    _add_source(score)
    score.add_argument("--grid", metavar="TOML", help="names for the scores, as in rfm_grid.toml")
    return parser


def _add_source(work: argparse.ArgumentParser) -> None:
    """Add where customers come from and how they are made."""
    work.add_argument(
        "input",
        metavar="INPUT",
        nargs="+",
        help="CSV file or workbook; files of the same shape are stacked, others are joined on the "
        "customer id",
    )
    work.add_argument("--summary", metavar="JSON", help="write the run's figures and recipe")
    work.add_argument("--recipe", metavar="JSON", help="take settings from a summary or recipe")
    _add_reading(work)
    work.add_argument("--read-report", metavar="JSON", help="write how the file was read")
    work.add_argument("--main", metavar="FILE", help="of several files, whose customers it is")
    work.add_argument(
        "--join",
        action="append",
        default=[],
        metavar="FILE=COLUMN",
        help="the customer id of a file that is joined",
    )
    work.add_argument(
        "--kind",
        choices=get_args(settings.Kind),
        help="what a row is: a customer or an order line; auto works it out",
    )
    work.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="ROLE=COLUMN",
        help=f"what a column is for; roles: {', '.join(ROLES)}",
    )
    work.add_argument(
        "--drop",
        action="append",
        default=[],
        choices=["duplicates", "zero-price", "non-products"],
        help="also set aside exact duplicates, order lines with a unit price of 0 or less, or "
        "those that charge for no product, such as postage",
    )
    work.add_argument(
        "--returns",
        choices=get_args(settings.Returns),
        help="whether returns and cancellations are set aside or taken off (default: gross)",
    )
    work.add_argument("--as-of", metavar="DATE", help="date that days are counted to")


def _add_segmenting(work: argparse.ArgumentParser) -> None:
    """Add how customers are segmented."""
    work.add_argument(
        "--feature",
        action="append",
        default=[],
        metavar="NAME",
        help="column to segment by; once for each (default: those that suit the kind of table)",
    )
    work.add_argument(
        "--transform",
        choices=get_args(settings.Transform),
        help="what is done about long tails (default: auto, a logarithm where there is one)",
    )
    work.add_argument(
        "--scaler",
        choices=get_args(settings.Scaler),
        help="how features of different units are made comparable (default: standard, the z-score)",
    )
    work.add_argument(
        "--category-weight",
        type=float,
        metavar="W",
        help="how much a category counts beside a number: a mismatch costs 2 W^2 in squared "
        "distance (default: 1)",
    )
    work.add_argument(
        "--method",
        choices=get_args(settings.Method),
        help="how segments are found (default: kmeans); hdbscan and dbscan find their number "
        "themselves and leave customers in none",
    )
    work.add_argument(
        "--k",
        metavar="auto|N",
        type=_k,
        default=argparse.SUPPRESS,
        help="number of segments; auto weighs the evidence (default: auto)",
    )
    work.add_argument(
        "--k-range",
        metavar="2:10",
        type=_k_range,
        help="numbers of segments that auto compares, both ends included",
    )
    work.add_argument(
        "--missing",
        choices=get_args(settings.Missing),
        help="what a missing number becomes; drop sets the customer aside (default: median)",
    )
    work.add_argument(
        "--outliers",
        choices=get_args(settings.Outliers),
        help="what is done about extreme values (default: keep)",
    )
    work.add_argument(
        "--playbook",
        metavar="NAME|TOML",
        help="where names and actions are from: retail, business, subscriptions, education, "
        "health, donors, or a file of your own (default: what the columns suggest)",
    )
    work.add_argument(
        "--seed", type=int, metavar="N", help="seed of everything random (default: 0)"
    )


def _add_reading(command: argparse.ArgumentParser) -> None:
    """Add the options that settle what a file alone may not tell."""
    command.add_argument("--sheet", help="worksheet, by name")
    command.add_argument("--encoding", help="of a text file, such as utf-8 or cp1252")
    command.add_argument(
        "--delimiter",
        type=lambda given: CALLED.get(given, given),
        help=f"between cells: a character, or {', '.join(CALLED)}",
    )
    command.add_argument(
        "--header", type=int, metavar="N", help="rows that name the columns; 0 if none does"
    )
    command.add_argument(
        "--dates",
        choices=get_args(settings.DateOrder),
        help="what comes first in 03/04/2026, or in 26-04-13: the day, the month or the year",
    )
    command.add_argument(
        "--decimal",
        choices=get_args(settings.DecimalMark),
        help="what a lone mark in 1.234 or 1,234 is",
    )


def _k(text: str) -> int | None:
    if text == "auto":
        return None
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is neither auto nor a number of segments")
    return int(text)


def _k_range(text: str) -> tuple[int, int]:
    low, separator, high = text.partition(":")
    if not (separator and low.isdecimal() and high.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a range such as 2:10")
    return int(low), int(high)


def _clash(options: argparse.Namespace) -> str | None:
    """Say which file would be written over another that this call names."""
    inputs = options.input if isinstance(options.input, list) else [options.input]
    others = [
        "model",
        "out",
        "summary",
        "recipe",
        "read_report",
        "evidence",
        "rules",
        "grid",
        "workbook",
        "report",
    ]
    named = [("input", given) for given in [*inputs, *(getattr(options, "then", None) or ())]]
    named += [(name, getattr(options, name, None)) for name in others]
    seen: dict[Path, str] = {}
    for name, given in named:
        if given is None:
            continue
        path = Path(given).resolve()
        if path in seen and {name, seen[path]} not in ({"summary", "recipe"}, {"input"}):
            return f"{seen[path]} and {name} are the same file, {given}; name another to write"
        seen.setdefault(path, name)
    return None


def _recipe(options: argparse.Namespace) -> Recipe:
    """Start from the recipe file, if any, and lay what was said on the command line over it."""
    recipe = Recipe()
    if options.recipe:
        try:
            recipe = Recipe.from_json(Path(options.recipe).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                "The recipe can't be read", where=options.recipe, remedy=f"Check the file: {error}"
            ) from None
    recipe = _told(recipe, options)
    roles = _pairs(recipe.schema.roles, options.role, "--role", "ROLE=COLUMN")
    keys = _pairs(recipe.combine.keys, options.join, "--join", "FILE=COLUMN")
    main = options.main and Path(options.main).name
    recipe = recipe.with_stage(
        combine=_over(recipe.combine, main=main, keys=keys),
        schema=_over(recipe.schema, kind=options.kind, roles=roles),
        clean=_over(
            recipe.clean,
            drop_duplicates="duplicates" in options.drop or None,
            drop_zero_price="zero-price" in options.drop or None,
            drop_non_products="non-products" in options.drop or None,
            returns=options.returns,
            as_of=options.as_of,
        ),
    )
    return recipe if options.command == "rfm" else _segmenting(recipe, options)


def _segmenting(recipe: Recipe, options: argparse.Namespace) -> Recipe:
    """Lay over a recipe what was said of segmenting."""
    choose: dict[str, Any] = {}
    if "k" in options:
        choose["k"] = options.k
    if options.k_range:
        choose["k_min"], choose["k_max"] = options.k_range
    return recipe.with_stage(
        prepare=_over(
            recipe.prepare,
            features=tuple(options.feature) or None,
            missing=options.missing,
            outliers=options.outliers,
            transform=options.transform,
            scaler=options.scaler,
            category_weight=options.category_weight,
        ),
        choose=replace(recipe.choose, **choose),
        fit=_over(recipe.fit, seed=options.seed, method=options.method),
        naming=_naming(recipe, options.playbook),
    )


def _told(recipe: Recipe, options: argparse.Namespace) -> Recipe:
    """Lay over a recipe what was said of the file and its cells."""
    return recipe.with_stage(
        read=_over(
            recipe.read,
            sheet=options.sheet,
            encoding=options.encoding,
            delimiter=options.delimiter,
            header_rows=options.header,
        ),
        schema=_over(recipe.schema, dates=options.dates, decimal=options.decimal),
    )


def _pairs(
    before: tuple[tuple[str, str], ...], said: list[str], option: str, form: str
) -> tuple[tuple[str, str], ...]:
    pairs = dict(before)
    for pair in said:
        name, separator, column = pair.partition("=")
        if not separator:
            raise SettingsError(f"{option} {pair!r} lacks its column", remedy=f"Write {form}")
        pairs[name] = column
    return tuple(pairs.items())


def _naming(recipe: Recipe, playbook: str | None) -> NameSettings:
    """Take the playbook asked for from the files, also where the recipe holds its own."""
    if playbook is None:
        return recipe.naming
    return replace(recipe.naming, playbook=playbook, playbook_text=None)


def _over(stage: Any, **said: Any) -> Any:
    return replace(stage, **{name: value for name, value in said.items() if value is not None})


def _read(options: argparse.Namespace, recipe: Recipe) -> None:
    limits = limits_from(os.environ)
    table = read_table(options.input, recipe.read, as_text=True, limits=limits)
    require_rows(table)
    refuse_doubt(table.report.questions)
    with Path(options.out).open("wb") as out:
        out.writelines(raw_csv(table.frame))
    if options.read_report:
        schema = guess_schema(table, recipe.schema)
        _write_json(options.read_report, read_report(table, schema))


def _run(options: argparse.Namespace, recipe: Recipe) -> None:
    finished = segment(_loaded(options, recipe), recipe)
    Path(options.out).write_bytes(customers_csv(finished))
    for path, make in (
        (options.rules, handing_on.rules_json),
        (options.workbook, handing_on.workbook),
        (options.report, handing_on.report),
    ):
        if path:
            Path(path).write_bytes(make(finished))
    if options.model:
        _say(save_run(options.model, finished))
    _write_reports(options, finished)


def _score(options: argparse.Namespace, recipe: Recipe) -> None:
    _look(score_file(options, recipe))


def _move(options: argparse.Namespace, recipe: Recipe) -> None:
    _look(move_customers(options, recipe))


def _sweep(options: argparse.Namespace, recipe: Recipe) -> None:
    finished = segment(_loaded(options, recipe), recipe, compare=True)
    Path(options.out).write_bytes(sweep_csv(finished.evidence))
    if options.evidence:
        customers, evidence = finished.loaded.customers, finished.evidence
        tried = replace(evidence, traps=with_outcomes(customers, recipe, evidence.traps))
        _write_json(options.evidence, finite(evidence_facts(tried)))
    _write_reports(options, finished)


def _rfm(options: argparse.Namespace, recipe: Recipe) -> None:
    grid = _grid(options.grid) if options.grid else built_in_grid()
    for fault in lint(grid):
        print(f"segmentation: {fault.text}", file=sys.stderr)
    loaded = _loaded(options, recipe)
    scored = score_rfm(loaded.customers, grid)
    Path(options.out).write_bytes(to_csv(scored.frame))
    if options.summary:
        _write_json(options.summary, rfm_summary(loaded, scored, recipe))
    _write_read_report(options, loaded)


def _grid(path: str) -> Grid:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "The grid can't be read", where=path, remedy=f"Check the file: {error}"
        ) from None
    return parse_grid(text, Path(path).name)


def _loaded(options: argparse.Namespace, recipe: Recipe) -> Loaded:
    loaded = load(options.input, recipe, limits=limits_from(os.environ))
    refuse_doubt(loaded.questions)
    return loaded


def _write_reports(options: argparse.Namespace, finished: Run) -> None:
    if finished.playbook.note:
        print(f"segmentation: {finished.playbook.note}", file=sys.stderr)
    if options.summary:
        Path(options.summary).write_bytes(summary_json(finished))
    _write_read_report(options, finished.loaded)


def _write_read_report(options: argparse.Namespace, loaded: Loaded) -> None:
    if options.read_report:
        _write_json(options.read_report, read_report(loaded.table, loaded.schema))
    _look(loaded.doubts)


def _look(doubts: Iterable[str]) -> None:
    _say(f"look at this: {doubt}" for doubt in doubts)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"segmentation: {line}", file=sys.stderr)


def _write_json(path: str, plain: dict[str, Any]) -> None:
    Path(path).write_bytes(as_json(plain))


WORK = {"read": _read, "run": _run, "sweep": _sweep, "rfm": _rfm, "score": _score, "move": _move}

if __name__ == "__main__":
    sys.exit(main())
