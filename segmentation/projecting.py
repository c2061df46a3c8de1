"""The two directions of greatest spread: a flat map of many features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.results import Prepared, Segmentation
from segmentation.values import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projection:
    """Principal components of the prepared matrix.

    Parameters
    ----------
    points : ndarray of float, shape (n, 2)
        Customers, in the order of the prepared matrix.
    centres : ndarray of float, shape (k, 2)
        Segment centres.
    explained : tuple of float
        Share of the variance each direction carries, 0 to 1.
    loadings : ndarray of float, shape (columns, 2)
        Correlation-like weights: unit vectors of the directions.
    customers : ndarray of int, shape (n,)
        For each point, the customer's position in `Customers`.
    """

    points: Floats
    centres: Floats
    explained: tuple[float, float]
    loadings: Floats
    customers: npt.NDArray[np.int64]

    def by_customer(self, count: int) -> Floats:
        """Return the points in the order of `Customers`, NaN for those not clustered."""
        place = np.full((count, 2), np.nan)
        place[self.customers] = self.points
        return place


def project(prepared: Prepared, segmentation: Segmentation) -> Projection:
    """Project customers and centres on the first two principal components (Pearson 1901).

    The sign of a direction is chosen so that its largest weight is positive.

    Parameters
    ----------
    prepared : Prepared
        A matrix of at least two columns.
    segmentation : Segmentation
        Its centres are projected alike.
    """
    mean = prepared.matrix.mean(axis=0)
    centred = prepared.matrix - mean
    variances, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    directions = vectors[:, ::-1][:, :2]
    largest = np.abs(directions).argmax(axis=0)
    directions = directions * np.sign(directions[largest, [0, 1]])
    total = max(float(variances.sum()), np.finfo(float).tiny)
    return Projection(
        points=centred @ directions,
        centres=(segmentation.centres - mean) @ directions,
        explained=(float(variances[-1]) / total, float(variances[-2]) / total),
        loadings=directions,
        customers=prepared.customers,
    )
