"""A column as its distinct texts, so that each is looked at once however many rows have it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """The distinct texts of a column, and where they stand.

    Parameters
    ----------
    codes : ndarray of int, shape (rows,)
        For each row, the position of its text among the distinct ones.
    texts : pyarrow Array of str, shape (distinct,)
        The texts as written.
    trimmed : pyarrow Array of str, shape (distinct,)
        The same without the spaces around.
    counts : ndarray of int, shape (distinct,)
        Rows that have each text.

    Examples
    --------
    >>> cells = Cells.of(pd.Series(["a", " a", "a"], dtype="str"))
    >>> cells.texts.to_pylist(), cells.trimmed.to_pylist(), cells.counts.tolist()
    (['a', ' a'], ['a', 'a'], [2, 1])
    """

    codes: npt.NDArray[np.int32]
    texts: pa.Array
    trimmed: pa.Array
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, text: pd.Series[Any]) -> Cells:
        """Gather the distinct texts of a column; null is the empty text."""
        # A large column is in parts, and putting them together first would copy all its text.
        written = pa.array(text, from_pandas=True).cast(pa.large_string())
        encoded = _whole(pc.fill_null(written, "").dictionary_encode())
        codes = encoded.indices.to_numpy()
        return cls(
            codes=codes,
            texts=encoded.dictionary,
            trimmed=pc.utf8_trim_whitespace(encoded.dictionary),
            counts=np.bincount(codes, minlength=len(encoded.dictionary)),
        )

    def __len__(self) -> int:
        return len(self.texts)

    def rows(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Give every row what its text was given."""
        return values[self.codes] if len(self) else np.empty(0, dtype=values.dtype)

    def count(self, chosen: Bools) -> int:
        """Count the rows of the chosen texts."""
        return int(self.counts[chosen].sum())

    def first(self, chosen: Bools, most: int) -> Iterator[tuple[int, str]]:
        """Yield the first chosen texts with their positions."""
        for position in np.flatnonzero(chosen)[:most].tolist():
            yield position, self.texts[position].as_py()


def arrow(text: pd.Series[Any]) -> pa.Array:
    """Return a column of text as one Arrow array."""
    return _whole(pa.array(text, from_pandas=True))


def _whole(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def matches(texts: pa.Array, pattern: str) -> Bools:
    """Tell the texts that a regular expression finds something in."""
    return np.asarray(pc.fill_null(pc.match_substring_regex(texts, pattern), False), dtype=bool)


def among(texts: pa.Array, known: frozenset[str]) -> Bools:
    """Tell the texts that are among the known ones, whatever their case."""
    lower = pc.utf8_lower(texts)
    return np.asarray(pc.is_in(lower, value_set=pa.array(sorted(known), lower.type)), dtype=bool)


def parts(texts: pa.Array, pattern: str) -> tuple[Bools, list[pa.Array]]:
    """Tell the texts that a regular expression fits, and return its groups for these."""
    # Groups are slow to look for where there are none; most texts are neither number nor date.
    fits = matches(texts, pattern)
    return fits, pc.extract_regex(texts.filter(pa.array(fits)), pattern).flatten()
