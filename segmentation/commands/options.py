"""The options that several commands have."""

from __future__ import annotations

import argparse
from typing import get_args

from segmentation import settings
from segmentation.settings import DELIMITER_NAMES, ROLES

CALLED = {name: delimiter for delimiter, name in DELIMITER_NAMES.items()}


def add_source(work: argparse.ArgumentParser) -> None:
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
    add_reading(work)
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
    add_role(work)
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


def add_segmenting(work: argparse.ArgumentParser) -> None:
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


def add_reading(command: argparse.ArgumentParser) -> None:
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


def add_role(command: argparse.ArgumentParser) -> None:
    """Add what columns are for."""
    command.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="ROLE=COLUMN",
        help=f"what a column is for; roles: {', '.join(ROLES)}",
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
