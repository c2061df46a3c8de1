"""Names cut into words."""

from __future__ import annotations

import re


def words(name: str) -> tuple[str, ...]:
    """Cut a column name into lower-case words.

    Examples
    --------
    >>> words("CustomerID"), words("Annual Income (k$)")
    (('customer', 'id'), ('annual', 'income', 'k'))
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return tuple(re.findall(r"[^\W_]+", spaced.lower()))
