"""The command line: ``python -m segmentation``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from segmentation import handing_on
from segmentation.choosing import cut_short
from segmentation.commands.asking import refuse_doubt
from segmentation.commands.moving import add_move, move_customers, wrong_use
from segmentation.commands.options import add_reading, add_segmenting, add_source
from segmentation.commands.recipes import recipe_of, told_of
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
from segmentation.settings import Recipe
from segmentation.trying import with_outcomes


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or 1 with one line on stderr for data that can't be used."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "token":
        print("\n".join(new_token()))
        return 0
    try:
        from_scratch = options.command in ("read", "score", "move")
        recipe = told_of(Recipe(), options) if from_scratch else recipe_of(options)
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
    add_reading(read)
    read.add_argument("--read-report", metavar="JSON", help="write how the file was read")
    work = commands.add_parser("run", help="segment the customers of one or several files")
    work.add_argument("--out", required=True, help="CSV file to write: one row a customer")
    work.add_argument(
        "--rules", metavar="JSON", help="write what puts a customer in a segment: sentences and SQL"
    )
    work.add_argument("--workbook", metavar="XLSX", help="write customers, profiles and method")
    work.add_argument("--report", metavar="HTML", help="write a report to read, print and hand on")
    work.add_argument("--model", metavar="JSON", help="keep the segments to score others by")
    work.add_argument("--by", metavar="NAME", default="", help="who makes the model")
    work.add_argument("--note", metavar="TEXT", default="", help="what to remember of the model")
    add_source(work)
    add_segmenting(work)
    compare = commands.add_parser("sweep", help="weigh the evidence for each number of segments")
    compare.add_argument("--out", required=True, help="CSV file to write: one row a k")
    compare.add_argument("--evidence", metavar="JSON", help="write the votes, verdict and trust")
    add_source(compare)
    add_segmenting(compare)
    add_score(commands)
    add_move(commands)
    add_token(commands)
    score = commands.add_parser("rfm", help="score customers by days, orders and money")
    score.add_argument("--out", required=True, help="CSV file to write: one row a customer")
    add_source(score)
    score.add_argument("--grid", metavar="TOML", help="names for the scores, as in rfm_grid.toml")
    return parser


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
        _say(save_run(options.model, finished, options.by, options.note))
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
    if said := cut_short(finished.prepared, finished.evidence.sweep, finished.recipe.choose):
        _say([said])
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
