"""Whether the quotes of a text keep the rules, told for all of them at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segmentation.reading.cells import Dialect

BLOCK_BYTES = 8 << 20


def keeps_the_rules(text: memoryview, dialect: Dialect) -> bool:
    """Tell whether every quote opens a cell, closes one, or is doubled within one.

    Looked at are runs of quotes and the bytes around them: before an opening one stands a
    delimiter or a line end, behind a closing one likewise, and they take turns. A text that keeps
    the rules may be taken for one that doesn't, never the other way round where a loose quote
    stands alone in a line.

    Parameters
    ----------
    text : memoryview of bytes
        UTF-8.
    dialect : Dialect
        With a delimiter of one character, and doubled quotes.

    Examples
    --------
    >>> dialect = Dialect(delimiter=",")
    >>> texts = (b'1,"a ""b"" c",2', b'1,"a,2', b'5" pipe')
    >>> [keeps_the_rules(memoryview(text), dialect) for text in texts]
    [True, False, False]
    """
    runs, lengths = _runs(np.frombuffer(text, dtype=np.uint8), ord(dialect.quote))
    if not len(runs):
        return True
    data = np.frombuffer(text, dtype=np.uint8)
    ends = runs + lengths
    edges = np.array([ord(dialect.delimiter), 10, 13], dtype=np.uint8)
    opens = (runs == 0) | np.isin(data[np.maximum(runs - 1, 0)], edges)
    closes = (ends == len(data)) | np.isin(data[np.minimum(ends, len(data) - 1)], edges)
    odd = lengths % 2 == 1
    inner = ~opens & ~closes
    if (inner & odd).any() or ((opens ^ closes) & ~odd).any():
        return False
    # An even run at both edges is a whole cell; an odd one opens or closes, as its turn may be.
    turning = (opens ^ closes) | (opens & closes & odd)
    opening, closing = (opens & ~closes)[turning], (closes & ~opens)[turning]
    return bool(len(opening) % 2 == 0 and not opening[1::2].any() and not closing[0::2].any())


def _runs(
    data: npt.NDArray[np.uint8], quote: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Find where runs of quotes start, and how long they are."""
    found = [
        np.flatnonzero(data[start : start + BLOCK_BYTES] == quote) + start
        for start in range(0, len(data), BLOCK_BYTES)
    ]
    places = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    if not len(places):
        return places, places
    first = np.flatnonzero(np.diff(places, prepend=-2) != 1)
    return places[first], np.diff(first, append=len(places))
