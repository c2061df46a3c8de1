"""What a cell's number format shows beyond its number: leading zeros, and hours past a day."""

from __future__ import annotations

import re
from array import array
from typing import Any

FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s[^<>]*>")
FORMATS_OF_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
STYLE = re.compile(rb"<(?:\w+:)?xf\s[^<>]*>")
NUMBER = re.compile(rb'\bnumFmtId="(\d+)"')
CODE = re.compile(rb'\bformatCode="([^"]*)"')
ZEROS = re.compile(rb"(?:\[[^\]]*\])?(0{2,})(?:;.*)?")
SPAN = re.compile(rb"\[(?:h+|m+|s+)\]", re.IGNORECASE)
BUILT_IN_SPAN = b"46"
# Digits to fill up to; no number of digits stands for a length of time.
A_SPAN = 0
MOST_SHOWN = 64


def styles_that_show_more(xml: bytes) -> dict[bytes, int]:
    """Map the styles of a workbook that show more than the number to what they show.

    Examples
    --------
    >>> formats = b'<numFmt numFmtId="164" formatCode="00000"/>'
    >>> xfs = b'<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="46"/></cellXfs>'
    >>> styles_that_show_more(formats + xfs)
    {b'1': 5, b'2': 0}
    """
    shown = {BUILT_IN_SPAN: A_SPAN}
    for told in FORMAT.findall(xml):
        number, code = NUMBER.search(told), CODE.search(told)
        if number and code:
            zeros = ZEROS.fullmatch(code[1])
            if zeros and len(zeros[1]) <= MOST_SHOWN:
                shown[number[1]] = len(zeros[1])
            elif SPAN.search(code[1]):
                shown[number[1]] = A_SPAN
    styles = FORMATS_OF_STYLES.search(xml)
    found = {}
    for index, style in enumerate(STYLE.findall(styles[0]) if styles else ()):
        number = NUMBER.search(style)
        if number and number[1] in shown:
            found[str(index).encode()] = shown[number[1]]
    return found


def cells_of_styles(styles: dict[bytes, int]) -> re.Pattern[bytes] | None:
    """Find cells of these styles, with their column, row and style; None if there are none."""
    if not styles:
        return None
    either = b"|".join(styles)
    place = rb'<(?:\w+:)?c\s(?:[^<>]*\s)?r="([A-Z]{1,3})(\d{1,7})"'
    return re.compile(place + rb'[^<>]*\ss="(' + either + rb')"[^<>/]*>')


class Styled:
    """The cells of one column whose format shows more than their number."""

    def __init__(self) -> None:
        self.rows = array("q")
        self.digits = array("b")

    def chosen(self, first_row: int, length: int, *, spans: bool) -> tuple[Any, Any]:
        """Give the rows, from 0, of lengths of time or of the others, and their digits."""
        import numpy as np

        rows = np.frombuffer(self.rows, dtype=np.int64) - first_row
        digits = np.frombuffer(self.digits, dtype=np.int8)
        wanted = (rows >= 0) & (rows < length) & ((digits == A_SPAN) == spans)
        rows, first = np.unique(rows[wanted], return_index=True)
        return rows, digits[wanted][first]


def with_zeros(texts: Any, styled: Styled, first_row: int) -> tuple[Any, int]:
    """Fill whole numbers up with the zeros that their format shows; say how many changed."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    rows, digits = styled.chosen(first_row, len(texts), spans=False)
    written = texts.take(pa.array(rows))
    short = np.asarray(pc.utf8_is_decimal(written)) & (np.asarray(pc.utf8_length(written)) < digits)
    rows, digits = rows[short], digits[short]
    filled = [
        text.zfill(count)
        for text, count in zip(texts.take(pa.array(rows)).to_pylist(), digits, strict=True)
    ]
    return _replaced(texts, rows, filled), len(rows)


def with_spans(texts: Any, spans: Any, styled: Styled, first_row: int) -> tuple[Any, int]:
    """Write lengths of time in hours, minutes and seconds; say how many there are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows, _ = styled.chosen(first_row, len(texts), spans=True)
    seconds = pc.divide(spans.take(pa.array(rows)).cast(pa.int64()), 1000).to_pylist()
    kept = [i for i, length in enumerate(seconds) if length is not None and length >= 0]
    written = [
        f"{seconds[i] // 3600:02}:{seconds[i] // 60 % 60:02}:{seconds[i] % 60:02}" for i in kept
    ]
    return _replaced(texts, rows[kept], written), len(kept)


def _replaced(texts: Any, rows: Any, values: list[str]) -> Any:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not values:
        return texts
    mask = np.zeros(len(texts), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(values, texts.type))
