"""``move``: one saved model at two or more dates of a log, or on two files."""

from __future__ import annotations

import argparse
import os
from itertools import pairwise
from pathlib import Path

from segmentation.commands.asking import iso_date, refuse_doubt
from segmentation.commands.options import add_reading, add_role
from segmentation.commands.scoring import write_json
from segmentation.models.files import read_model
from segmentation.models.loading import fit_file
from segmentation.models.moving import month_starts, move, move_between, over_time
from segmentation.models.reports import move_summary, moves_csv
from segmentation.models.scoring import score_fitted
from segmentation.reading import limits_from
from segmentation.settings import Recipe


def add_move(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    command = commands.add_parser("move", help="follow customers from segment to segment")
    command.add_argument("model", metavar="MODEL", help="JSON file from run --model")
    command.add_argument("input", metavar="INPUT", nargs="+", help="log of orders, or a file")
    command.add_argument(
        "--at",
        action="append",
        default=[],
        metavar="DATE",
        type=iso_date,
        help="orders before it count, and days are counted to it; two or more, rising",
    )
    command.add_argument(
        "--then", nargs="+", metavar="FILE", help="instead of dates: the customers later"
    )
    command.add_argument(
        "--out", required=True, help="CSV file to write: a row a customer and step"
    )
    command.add_argument("--summary", metavar="JSON", help="write the flows and their totals")
    add_reading(command)
    add_role(command)


def wrong_use(options: argparse.Namespace) -> str | None:
    """Say what is missing from a call, or is too much."""
    if options.then and options.at:
        return "--then compares two files, --at two dates of one; give one of the two"
    if options.then:
        return None
    rule = "give --at two or more times, the earlier date first, or a later file with --then"
    for one, next_one in pairwise(options.at):
        if next_one == one:
            return f"--at {one} is given twice; {rule}"
        if next_one < one:
            return f"--at {next_one} stands after --at {one}; {rule}"
    return rule if len(options.at) < 2 else None


def move_customers(options: argparse.Namespace, told: Recipe) -> tuple[str, ...]:
    """Run the command, and return what the user should look at."""
    model = read_model(options.model)
    limits = limits_from(os.environ)
    log = fit_file(model, options.input, told=told, limits=limits)
    refuse_doubt(log.loaded.questions)
    timeline = None
    if options.then:
        later = fit_file(model, options.then, told=told, limits=limits)
        refuse_doubt(later.loaded.questions)
        before, after = score_fitted(model, log), score_fitted(model, later)
        names = (log.loaded.table.report.name, later.loaded.table.report.name)
        steps = [move(model, before, after, labels=names)]
        doubts = (*before.doubts, *after.doubts)
    else:
        steps = [move_between(model, log, *pair) for pair in pairwise(options.at)]
        timeline = over_time(model, log, month_starts(log)) if options.summary else None
        doubts = log.doubts
    Path(options.out).write_bytes(moves_csv(steps))
    if options.summary:
        write_json(options.summary, move_summary(model, log, steps, timeline))
    notes = [note for step in steps for note in step.notes]
    return tuple(dict.fromkeys([*(doubt.text for doubt in doubts), *notes]))
