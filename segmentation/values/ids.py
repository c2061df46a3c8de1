"""Ids stay text; only the .0 that a program put behind whole numbers comes off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.values.cells import Bools, Cells, matches
from segmentation.values.marks import Content, missing

_WHOLE = r"^[0-9]+[.,]0$"
_ROUNDED = r"^[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+$"
PHONE_DIGITS = 8
FEWEST_ALIKE = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ids:
    """A column read as ids.

    Parameters
    ----------
    texts : Series of str, shape (rows,)
        The ids, without spaces around and without their .0 where it was taken off.
    missing : ndarray of bool, shape (rows,)
        Where there is none.
    shortened : ndarray of bool, shape (rows,)
        Where a .0 was taken off.
    """

    texts: pd.Series[Any]
    missing: Bools
    shortened: Bools


def to_ids(text: pd.Series[Any], content: Content = "name") -> Ids:
    """Read text cells as ids.

    Parameters
    ----------
    text : Series of str, shape (rows,)
        The cells; it is not changed.
    content : str
        "name" where somebody may be called Null or NA; see `missing`.

    Examples
    --------
    >>> to_ids(pd.Series(["12346.0", "12347.0", "A 1"], dtype="str")).texts.tolist()
    ['12346', '12347', 'A 1']
    >>> to_ids(pd.Series(["00123", "1.0", "C.7"], dtype="str")).texts.tolist()
    ['00123', '1.0', 'C.7']
    """
    cells = Cells.of(text)
    ids, shortened = read_ids(cells)
    texts = text
    if not ids.equals(cells.texts):
        taken = ids.take(pa.array(cells.codes))
        texts = taken.to_pandas().astype("str").set_axis(text.index)
    return Ids(
        texts=texts,
        missing=cells.rows(missing(cells, content)),
        shortened=cells.rows(shortened),
    )


def read_ids(cells: Cells) -> tuple[pa.Array, Bools]:
    """Return the distinct ids as they are used, and which of them lost a .0.

    The .0 comes off only where most ids of the column have one: then a program took them for
    numbers.
    """
    whole = matches(cells.trimmed, _WHOLE)
    if 2 * whole.sum() <= (~missing(cells, "name")).sum():
        return cells.trimmed, np.zeros(len(cells), dtype=bool)
    shorter = pc.utf8_slice_codeunits(cells.trimmed, 0, -2)
    return pc.if_else(pa.array(whole), shorter, cells.trimmed), whole


def lost_digits(cells: Cells) -> Bools:
    """Tell the ids that a spreadsheet rounded, such as 1.2346E+04."""
    return matches(cells.trimmed, _ROUNDED)


def are_codes(cells: Cells, share: float) -> bool:
    """Tell codes and phone numbers from numbers, by the whole column.

    Parameters
    ----------
    cells : Cells
        A column.
    share : float
        Share of the cells that must look so, where they are not all of one length.

    Examples
    --------
    >>> are_codes(Cells.of(pd.Series(["01067", "10115", "20095"], dtype="str")), 0.2)
    True
    >>> are_codes(Cells.of(pd.Series(["7", "10", "020", "30", "40", "5"], dtype="str")), 0.2)
    False
    """
    present = ~missing(cells, "number")
    # A number has no leading zero; nor has it a plus before so many digits.
    zeros = matches(cells.trimmed, r"^0[0-9]+$") & present
    phones = matches(cells.trimmed, rf"^\+[0-9]{{{PHONE_DIGITS},}}$") & present
    if cells.count(zeros | phones) > share * cells.count(present):
        return True
    if present.sum() > 1 and zeros.any():
        return _alike(cells, present, "^[0-9]+$")
    # Amounts in groups of three have no common length; phone numbers have.
    return bool(present.sum() >= FEWEST_ALIKE) and _alike(
        cells, present, "^[0-9]{3}(?: [0-9]{3}){2,}$"
    )


def _alike(cells: Cells, present: Bools, pattern: str) -> bool:
    lengths = np.asarray(pc.utf8_length(cells.trimmed))[present]
    return bool(matches(cells.trimmed, pattern)[present].all() and np.ptp(lengths) == 0)
