"""What a command can't settle by itself."""

from __future__ import annotations

import argparse
import shlex

from segmentation.errors import DataError, SettingsError
from segmentation.results import Question
from segmentation.settings import CleanSettings


def refuse_doubt(questions: tuple[Question, ...]) -> None:
    """Refuse what could be read in two ways, naming the option that settles it.

    Raises
    ------
    DataError
        If there is a question.
    """
    if not questions:
        return
    question = questions[0]
    ways = []
    for reading in question.readings:
        written, read = reading.examples[0] if reading.examples else ("", "")
        shown = f" ({written} is {read})" if written else ""
        ways.append(f"{question.option} {shlex.quote(reading.value)}{shown}")
    raise DataError(
        f"Only you can tell: {question.text.rstrip('?.')}",
        where=question.where,
        remedy=f"Say {' or '.join(ways)}",
    )


def iso_date(text: str) -> str:
    """Take a date as an option has it."""
    try:
        CleanSettings(as_of=text)
    except SettingsError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text
