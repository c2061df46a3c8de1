"""Names cut into words, and listed."""

from __future__ import annotations

import re
from collections.abc import Sequence


def words(name: str) -> tuple[str, ...]:
    """Cut a column name into lower-case words.

    Examples
    --------
    >>> words("CustomerID"), words("Annual Income (k$)")
    (('customer', 'id'), ('annual', 'income', 'k'))
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return tuple(re.findall(r"[^\W_]+", spaced.lower()))


def listed(names: Sequence[str]) -> str:
    """Name all, the last after an "and".

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join([*([", ".join(names[:-1])] if names[1:] else []), *names[-1:]])


def and_more(names: Sequence[str]) -> str:
    """Name one or two, or the first and how many more there are.

    Examples
    --------
    >>> and_more(["a"]), and_more(["a", "b"]), and_more(["a", "b", "c"])
    ('a', 'a and b', 'a and 2 more')
    """
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1:,} more"


def spans(numbers: Sequence[int]) -> str:
    """Name rising whole numbers, those in a row by their ends.

    Examples
    --------
    >>> spans([2, 4, 5, 6, 9, 10])
    '2, 4 to 6, 9 and 10'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [
        [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(number) for number in run]
        for run in runs
    ]
    return listed([part for parts in said for part in parts])


def sentence(text: str) -> str:
    """Begin with a capital.

    Examples
    --------
    >>> sentence("gap statistic")
    'Gap statistic'
    """
    return text[:1].upper() + text[1:]


def short(text: str, most: int = 30) -> str:
    """Put a text from the file on one line of a few words.

    Examples
    --------
    >>> short("Home,\\n garden"), short("and more " * 9, 12)
    ('Home, garden', 'and more an…')
    """
    line = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
