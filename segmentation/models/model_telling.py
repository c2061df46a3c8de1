"""A saved model as a reader wants it told."""

from __future__ import annotations

import pandas as pd

from segmentation.numerals import percent
from segmentation.results import Model
from segmentation.vocabulary import label


def before_by_hand(model: Model, said: str) -> str:
    """Say of which segments something holds that was found out before any merging and splitting.

    Parameters
    ----------
    model : Model
        The model.
    said : str
        What holds of the segments as they were found.

    Examples
    --------
    >>> from segmentation.models.making import make_model
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe, WheelSettings
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,50\\n4,54\\n5,90\\n6,94\\n"
    >>> told = Recipe(
    ...     choose=ChooseSettings(k=3), wheel=WheelSettings(steps=(("merge", (1, 2)),))
    ... )
    >>> before_by_hand(make_model(run(Source(name="a.csv", data=data), told)), "Weak groups.")
    'Before the changes by hand: Weak groups.'
    """
    return f"Before the changes by hand: {said}" if model.turns and said else said


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
            "Share": percent(segment.size / model.training.customers),
        }
        if segment.stability is not None:
            row["Stability"] = round(segment.stability.mean, 2)
        means = zip(model.columns, segment.centre, strict=True)
        row |= {label(column.name.replace("=", ": ")): round(mean, 4) for column, mean in means}
        rows.append(row)
    return pd.DataFrame(rows)
