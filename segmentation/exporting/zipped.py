"""One file a segment, in a zip."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from segmentation.exporting.customers import customers_blocks
from segmentation.exporting.delimited import PLAIN, CsvStyle
from segmentation.results import Run
from segmentation.values import Bools

LONGEST_BYTES = 100
# Zip knows no earlier time; a clock would give other bytes each time.
ALWAYS = (1980, 1, 1, 0, 0, 0)

Progress = Callable[[float, str], None]


def segments_zip(
    run: Run,
    keep: Bools | None = None,
    style: CsvStyle = PLAIN,
    progress: Progress | None = None,
) -> bytes:
    """Return a zip with the customers of each segment as a CSV of its own.

    Parameters
    ----------
    run : Run
        A finished run.
    keep : ndarray of bool, shape (segmented customers,)
        As for `customers_frame`; a segment of which nobody is kept has no file.
    style : CsvStyle, optional
        How the files are written.
    progress : callable, optional
        Called with the share done and what was just done, in words; what it raises ends the work.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n"
    >>> found = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2)))
    >>> zipfile.ZipFile(io.BytesIO(segments_zip(found))).namelist()
    ['1-high-spend.csv', '2-low-spend.csv']
    """
    labels = run.profiles.labels
    kept = np.ones(len(labels), dtype=bool) if keep is None else keep
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, (segment_id, name) in enumerate(run.name_of().items(), start=1):
            own = kept & (labels == segment_id)
            if own.any():
                entry = zip_entry(file_name(segment_id, name))
                with archive.open(entry, "w", force_zip64=True) as file:
                    for block in customers_blocks(run, own, style):
                        file.write(block)
            if progress is not None:
                progress(done / run.segmentation.k, f"Wrote {done} of {run.segmentation.k} files")
    return out.getvalue()


def zip_entry(name: str) -> zipfile.ZipInfo:
    """Return an entry of a zip, packed lightly: it takes most of the time and saves little more."""
    entry: Any = zipfile.ZipInfo(name, ALWAYS)
    entry.compress_type, entry._compresslevel = zipfile.ZIP_DEFLATED, 1
    return cast(zipfile.ZipInfo, entry)


def file_name(segment_id: int, name: str) -> str:
    """Return a name for a segment's file that every system takes, and no other segment has.

    Letters and digits of any script stay; the number in front keeps apart what is equal without
    the rest, and keeps names such as CON from being those of a device.

    Examples
    --------
    >>> file_name(1, "VIP: “the 🎉 best”/../=1"), file_name(2, "🎉"), file_name(3, "Größe L")
    ('1-vip-the-best-1.csv', '2.csv', '3-größe-l.csv')
    """
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name[:400]).lower())
    words = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in plain).split()
    cut = "-".join(words).encode("utf-8")[:LONGEST_BYTES].decode("utf-8", "ignore").strip("-")
    return f"{segment_id}-{cut}.csv" if cut else f"{segment_id}.csv"
