"""Whom a report is about: customers of the file, by those of a run that pass a filter."""

from __future__ import annotations

import numpy as np

from segmentation.results import Run
from segmentation.results.sales import Integers
from segmentation.values import Bools


def customers_shown(run: Run, keep: Bools) -> Bools:
    """Tell which customers of the file are counted, shape (customers,).

    Without a filter all are, also those that are in no segment: the report then comes to the file.

    Parameters
    ----------
    run : Run
        A finished run.
    keep : ndarray of bool, shape (segmented customers,)
        In the order of ``run.profiles.customers``.
    """
    count = len(run.loaded.customers.frame)
    if keep.all():
        return np.ones(count, dtype=bool)
    found = np.zeros(count, dtype=bool)
    found[run.profiles.customers[keep]] = True
    return found


def segments_shown(run: Run, keep: Bools) -> Integers:
    """Return the segment of each customer of the file, 0 for those not shown or in none."""
    found = np.zeros(len(run.loaded.customers.frame), dtype=np.int64)
    found[run.profiles.customers[keep]] = run.profiles.labels[keep]
    return found
