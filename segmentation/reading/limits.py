"""What a workbook or an archive may cost before it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from segmentation.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """Bounds on what is opened.

    Parameters
    ----------
    unpacked_bytes : int
        Largest content, unpacked.
    ratio : int
        Most times its own size a file may unpack to; the first MB is free, since little files of
        little variety are harmless and pack well.
    members : int
        Most files in an archive, and parts in a workbook.
    sheets, rows, columns, cells : int
        Most worksheets of a workbook; farthest extent of each.
    memory_bytes : int
        Address space of the process that opens it, where the system can bound it.
    seconds : int
        Its longest time, of the processor and on the wall.

    Examples
    --------
    >>> ReadLimits(ratio=50).ratio
    50
    """

    unpacked_bytes: int = 1 << 30
    ratio: int = 200
    members: int = 10_000
    sheets: int = 1_000
    rows: int = 1_048_576
    columns: int = 2_000
    cells: int = 200_000_000
    memory_bytes: int = 3 << 30
    seconds: int = 120

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise SettingsError(
                    f"The limit {field.name!r} is {value!r}",
                    remedy="Give a whole number above 0",
                )


def limits_from(environment: Mapping[str, str]) -> ReadLimits:
    """Take the limits set by environment variables, the defaults for the others.

    Parameters
    ----------
    environment : mapping
        Such as ``os.environ``; ``SEGMENTATION_READ_`` and a limit's name in capitals sets it, for
        example ``SEGMENTATION_READ_UNPACKED_BYTES=4000000000`` or ``SEGMENTATION_READ_RATIO=500``.

    Raises
    ------
    SettingsError
        If a value is no whole number above 0.

    Examples
    --------
    >>> limits_from({"SEGMENTATION_READ_RATIO": "500"}).ratio
    500
    """
    given: dict[str, int] = {}
    for field in fields(ReadLimits):
        variable = f"SEGMENTATION_READ_{field.name.upper()}"
        text = environment.get(variable, "").strip()
        if text:
            if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text)):
                raise SettingsError(
                    f"{variable} is {text!r}", remedy="Give it a whole number above 0"
                )
            given[field.name] = int(text)
    return ReadLimits(**given)
