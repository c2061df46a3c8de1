"""Customers made of columns, without a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from segmentation.results import Customers


def customers_of(**columns: Any) -> Customers:
    """Customers with the given columns: numbers are features, texts are categories."""
    frame = pd.DataFrame({name: np.asarray(values) for name, values in columns.items()})
    numeric = tuple(name for name in frame if frame[name].dtype.kind == "f")
    return Customers(
        frame=frame,
        ids=np.arange(1, len(frame) + 1).astype(str).astype(object),
        id_column=None,
        rows=np.arange(len(frame)),
        kind="customers",
        numeric=numeric,
        categories=tuple(name for name in frame if name not in numeric),
        default_features=numeric,
        unusable={"id": "it is the customer id", "sort": "it has the same value for every row"},
    )


def shuffled(customers: Customers, seed: int) -> Customers:
    """The same customers in another order."""
    order = np.random.default_rng(seed).permutation(len(customers.frame))
    return replace(
        customers,
        frame=customers.frame.iloc[order].reset_index(drop=True),
        ids=customers.ids[order],
    )
