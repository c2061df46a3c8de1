"""``score``: the customers of a file by a saved model."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path

from segmentation.commands.asking import iso_date, refuse_doubt
from segmentation.commands.options import add_reading, add_role
from segmentation.models.files import read_model
from segmentation.models.loading import fit_file
from segmentation.models.reports import score_summary, scored_csv
from segmentation.models.scoring import score_fitted
from segmentation.reading import limits_from
from segmentation.settings import Recipe


def add_score(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    command = commands.add_parser("score", help="tell customers' segments by a saved model")
    command.add_argument("model", metavar="MODEL", help="JSON file from run --model")
    command.add_argument(
        "input", metavar="INPUT", nargs="+", help="CSV file or workbook like the model's own"
    )
    command.add_argument("--out", required=True, help="CSV file to write: one row a customer")
    command.add_argument(
        "--summary", metavar="JSON", help="write the segments' sizes, doubts and drift"
    )
    command.add_argument(
        "--as-of",
        metavar="DATE",
        type=iso_date,
        help="date that days are counted to (default: the day after the file's last order)",
    )
    add_reading(command)
    add_role(command)


def score_file(options: argparse.Namespace, told: Recipe) -> tuple[str, ...]:
    """Run the command, and return what the user should look at."""
    model = read_model(options.model)
    if options.as_of and model.kind == "transactions":
        told = told.with_stage(clean=replace(told.clean, as_of=options.as_of))
    fitted = fit_file(model, options.input, told=told, limits=limits_from(os.environ))
    refuse_doubt(fitted.loaded.questions)
    scored = score_fitted(model, fitted)
    Path(options.out).write_bytes(scored_csv(scored))
    if options.summary:
        write_json(options.summary, score_summary(model, scored))
    return tuple(doubt.text for doubt in scored.doubts)


def write_json(path: str, plain: object) -> None:
    """Write plain JSON values, indented, in UTF-8."""
    text = json.dumps(plain, ensure_ascii=False, indent=2, allow_nan=False)
    Path(path).write_text(text + "\n", encoding="utf-8")
