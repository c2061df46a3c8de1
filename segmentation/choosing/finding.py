"""Methods that find the number of groups themselves, and who belongs to none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from segmentation.choosing.sweeping import sweep
from segmentation.errors import NoGroupsError
from segmentation.methods import METHOD_NAMES, NOISE, cluster, nothing_found, partition_of
from segmentation.numerals import counted
from segmentation.results import Evidence, LedgerEntry, Prepared
from segmentation.settings import ChooseSettings, FitSettings
from segmentation.values import Bools


def find(prepared: Prepared, choose: ChooseSettings, fit: FitSettings) -> tuple[Prepared, Evidence]:
    """Cluster by a density method, and set aside the customers that are noise to it.

    Parameters
    ----------
    prepared : Prepared
        The matrix.
    choose : ChooseSettings
        A number asked for isn't used, which a note says.
    fit : FitSettings
        The method and the seed.

    Returns
    -------
    tuple of (Prepared, Evidence)
        The customers that are left, and their groups.

    Raises
    ------
    NoGroupsError
        If there are none, or a single one.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.preparing import prepare
    >>> from segmentation.reading import Source
    >>> rows = [f"{i},{i % 3 * 100 + i % 7}" for i in range(60)]
    >>> source = Source(name="a.csv", data="\\n".join(["id,spend", *rows, "60,999"]).encode())
    >>> prepared = prepare(load(source).customers)
    >>> find(prepared, ChooseSettings(), FitSettings(method="hdbscan"))[1].reason
    'HDBSCAN finds 3 segments itself, and 1 customer belongs to none of them'
    """
    labels = cluster(prepared.matrix, fit.method, 0, fit.seed)
    nothing = nothing_found(fit.method, labels)
    if nothing is not None:
        raise NoGroupsError(
            nothing,
            remedy="K-Means still gives a convenient cut; or choose other features, or prepare "
            "them in another way",
        )
    k = int(labels.max()) + 1
    name = METHOD_NAMES[fit.method]
    left, inside = _without_noise(prepared, labels != NOISE), labels[labels != NOISE]
    if choose.k is not None:
        note = f"{name} finds the number of segments itself; k = {choose.k} was not used."
        left = replace(left, notes=(*left.notes, note))
    swept = sweep(left, choose, fit, found=partition_of(left.matrix, inside, k))
    noise = len(labels) - len(inside)
    belong = counted(noise, "customer belongs", "customers belong")
    return left, Evidence(
        sweep=swept,
        k=k,
        reason=f"{name} finds {k} segments itself"
        + (f", and {belong} to none of them" if noise else ", and leaves no customer out"),
    )


def _without_noise(prepared: Prepared, inside: Bools) -> Prepared:
    noise = np.sort(prepared.customers[~inside])
    entry = LedgerEntry(rule="noise", rows_in=len(inside), set_aside=len(noise))
    return replace(
        prepared,
        matrix=prepared.matrix[inside],
        original=prepared.original[inside],
        customers=prepared.customers[inside],
        ledger=(*prepared.ledger, entry),
        set_aside={**prepared.set_aside, **({"noise": noise} if len(noise) else {})},
    )
