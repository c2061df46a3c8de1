"""One customer: found by id, with the segment and why, their numbers and their orders."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.errors import DataError
from segmentation.grouping import DECIMALS
from segmentation.placing import Cell, place
from segmentation.results import (
    REASONS,
    Clean,
    Customers,
    Held,
    Hits,
    Lookup,
    Placement,
    RuleSet,
    Run,
    Trait,
)

MOST_HITS = 50


def id_index(customers: Customers) -> pa.Array:
    """Return the ids in a form that is searched quickly, in the customers' order."""
    return pa.array(customers.ids, type=pa.large_string())


def find_ids(index: pa.Array, text: str, most: int = MOST_HITS) -> Hits:
    """Find the customers whose id is a text, or begins with it, whether small letters or capitals.

    Parameters
    ----------
    index : pyarrow.Array
        From `id_index`.
    text : str
        What is looked for; spaces around it don't count.
    most : int
        How many are told.

    Examples
    --------
    >>> found = find_ids(pa.array(["C10", "C1", "D1"], type=pa.large_string()), " c1 ")
    >>> found.positions.tolist(), found.total
    ([1, 0], 2)
    """
    wanted = text.strip()
    if not wanted:
        return Hits(positions=np.empty(0, dtype=np.int64), total=0)
    begins = pc.indices_nonzero(pc.starts_with(index, wanted, ignore_case=True)).to_numpy()
    # No other id of this length begins so.
    lengths = pc.utf8_length(index.take(begins)).to_numpy(zero_copy_only=False)
    exact = lengths == len(wanted)
    ordered = np.concatenate([begins[exact], begins[~exact]]).astype(np.int64)
    return Hits(positions=ordered[:most], total=len(ordered))


def look_up(run: Run, rules: RuleSet, position: int) -> Lookup:
    """Say what is known of a customer.

    Medians, ranks and shares of all are of all segmented customers of the run, whatever is shown.

    Parameters
    ----------
    run : Run
        A finished run.
    rules : RuleSet
        Of the same run.
    position : int
        Of the customer, in `Customers`.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.rules import rule_sets
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n"
    >>> found = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2)))
    >>> held = look_up(found, rule_sets(found)[0], 2).numbers[0]
    >>> held.value, held.segment, held.overall, held.rank
    (90.0, 92.0, 51.0, 0.625)
    """
    customers = run.loaded.customers
    row = customers.frame.iloc[position]
    at = int(np.searchsorted(run.profiles.customers, position))
    inside = at < len(run.profiles.customers) and run.profiles.customers[at] == position
    segment_id = int(run.profiles.labels[at]) if inside else None
    customer_id = str(customers.ids[position])
    orders, lines = _orders(run.loaded.clean, customers, customer_id)
    used = set(run.prepared.features)
    numbers = [_held(run, name, float(row[name]), segment_id) for name in customers.numeric]
    return Lookup(
        position=position,
        customer_id=customer_id,
        segment_id=segment_id,
        set_aside="" if inside else _reason(run, position),
        placement=_placement(run, rules, {str(name): row[name] for name in row.index}),
        numbers=tuple(sorted(numbers, key=lambda held: held.feature not in used)),
        traits=tuple(
            _trait(run, name, str(row[name]), segment_id) for name in customers.categories
        ),
        orders=orders,
        lines=lines,
    )


def _reason(run: Run, position: int) -> str:
    for rule, positions in run.prepared.set_aside.items():
        if position in positions:
            return REASONS[rule]
    return "set aside"


def _placement(run: Run, rules: RuleSet, cells: Mapping[str, Cell]) -> Placement | None:
    # What is missing is NaN in a frame and None to `place`.
    told = {
        name: None if isinstance(cell, float) and np.isnan(cell) else cell
        for name, cell in cells.items()
    }
    try:
        return place(run, rules, told)
    except DataError:
        return None


def _held(run: Run, feature: str, value: float, segment_id: int | None) -> Held:
    values = run.loaded.customers.frame[feature].to_numpy(dtype=float)[run.profiles.customers]
    known = values[~np.isnan(values)]
    missing = np.isnan(value)
    below, equal = int((known < value).sum()), int((known == value).sum())
    median = run.profiles.medians[feature].get(segment_id) if segment_id else None
    return Held(
        feature=feature,
        value=None if missing else value,
        segment=None if median is None or np.isnan(median) else float(median),
        overall=float(np.median(known)) if len(known) else None,
        rank=None if missing or not len(known) else (below + equal / 2) / len(known),
        used=feature in run.prepared.features,
    )


def _trait(run: Run, column: str, value: str, segment_id: int | None) -> Trait:
    has = (run.loaded.customers.frame[column].iloc[run.profiles.customers] == value).to_numpy()
    own = has[run.profiles.labels == segment_id]
    return Trait(
        column=column,
        value=value,
        segment=float(own.mean()) if segment_id else None,
        overall=float(has.mean()),
        used=column in run.prepared.features,
    )


def _orders(
    clean: Clean, customers: Customers, customer_id: str
) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    if customers.kind != "transactions":
        return None, None
    parts = [clean.frame] if clean.refunds is None else [clean.frame, clean.refunds.lines]
    own = [part[part["customer_id"] == customer_id] for part in parts]
    lines = pd.concat(own).drop(columns=["customer_id", "matched"], errors="ignore")
    days = lines["order_date"].dt.normalize()
    # Lines without an order id are of one order where they are of one day, as they are counted.
    named = lines["order_id"] if "order_id" in lines else pd.Series("", index=lines.index)
    groups = lines.groupby([named, days.where(named == "", lines["order_date"].min())], sort=False)
    orders = groups.agg(
        order_date=("order_date", "min"), lines=("amount", "size"), amount=("amount", "sum")
    )
    orders["amount"] = orders["amount"].round(DECIMALS)
    orders = orders.reset_index(level=0, names=["order_id", None]).reset_index(drop=True)
    orders = orders.sort_values("order_date", ascending=False, kind="stable", ignore_index=True)
    return orders, lines.sort_values("order_date", ascending=False, kind="stable")
