"""Segments with their size, and how far each can be trusted."""

from __future__ import annotations

import pandas as pd

from segmentation.exporting.summary import trust_facts
from segmentation.results import Run


def segments_frame(run: Run) -> pd.DataFrame:
    """Return one row a segment: its size, and how far it can be trusted.

    Parameters
    ----------
    run : Run
        A finished run; where its segments were not resampled, their stability is empty.

    Returns
    -------
    pandas.DataFrame
        ``stability`` is the mean bootstrap Jaccard, with its 95% interval; ``trust`` is Hennig's
        word for it.
    """
    trusts = [trust_facts(run, named.segment_id) for named in run.names]
    intervals = [trust.get("stability_interval", [None, None]) for trust in trusts]
    return pd.DataFrame(
        {
            "segment_id": [named.segment_id for named in run.names],
            "segment": [named.name for named in run.names],
            "customers": [segment.size for segment in run.profiles.segments],
            "share": [segment.share for segment in run.profiles.segments],
            "silhouette": list(run.segmentation.segment_silhouettes),
            "stability": [trust["stability"] for trust in trusts],
            "stability_low": [low for low, _ in intervals],
            "stability_high": [high for _, high in intervals],
            "trust": [trust.get("trust", "") for trust in trusts],
        }
    ).astype(dict.fromkeys(("stability", "stability_low", "stability_high"), float))
