"""A saved model as a reader wants it told."""

from __future__ import annotations

import pandas as pd

from segmentation.results import Model
from segmentation.vocabulary import label


def segments_frame(model: Model) -> pd.DataFrame:
    """Return a row a segment: its size, share, stability and means.

    Parameters
    ----------
    model : Model
        The model.

    Returns
    -------
    pandas.DataFrame
        Shares as texts; stability only where it was found out; means in original units, for
        categories as shares from 0 to 1.
    """
    rows = []
    for segment in model.segments:
        row: dict[str, object] = {
            "Segment": segment.named.name,
            "Customers": segment.size,
            "Share": f"{segment.size / model.training.customers:.1%}",
        }
        if segment.stability is not None:
            row["Stability"] = round(segment.stability.mean, 2)
        means = zip(model.columns, segment.centre, strict=True)
        row |= {label(column.name.replace("=", ": ")): round(mean, 4) for column, mean in means}
        rows.append(row)
    return pd.DataFrame(rows)
