"""Order lines to count, as a file and as a plain table beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from segmentation.pipeline import load
from segmentation.reading import Source
from segmentation.results import Loaded, SalesLines
from segmentation.sales import sales_lines
from segmentation.settings import CleanSettings, Recipe, SchemaSettings

ROLES = {
    "customer_id": "customer",
    "order_id": "order",
    "order_date": "date",
    "quantity": "quantity",
    "unit_price": "price",
    "amount": "",
    "product": "product",
    "country": "country",
}


@dataclass(frozen=True)
class Shop:
    """A table, what was loaded of it, and its lines."""

    table: pd.DataFrame
    loaded: Loaded
    lines: SalesLines

    @property
    def everyone(self) -> np.ndarray:
        return np.ones(self.lines.customer_count, dtype=bool)


def shop(table: pd.DataFrame, **clean: object) -> Shop:
    """Load a table as a file of orders."""
    roles = {role: name if name in table else "" for role, name in ROLES.items()}
    recipe = Recipe(
        schema=SchemaSettings(kind="transactions", roles=tuple(roles.items()), dates="ymd"),
        clean=CleanSettings(**clean),  # type: ignore[arg-type]
    )
    source = Source(name="orders.csv", data=table.to_csv(index=False).encode())
    loaded = load(source, recipe)
    return Shop(table=table, loaded=loaded, lines=sales_lines(loaded))


def kept(shop: Shop) -> pd.DataFrame:
    """The lines that count, returns among them, as a plain table with what tests group by."""
    clean = shop.loaded.clean
    parts = [clean.frame.assign(sale=True)]
    if clean.refunds is not None:
        parts.append(clean.refunds.lines.drop(columns="matched").assign(sale=False))
    frame = pd.concat(parts)
    ids = {name: i for i, name in enumerate(shop.loaded.customers.ids)}
    frame["position"] = frame["customer_id"].map(ids)
    frame["when"] = pd.to_datetime(frame["order_date"])
    return frame


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Some order lines: a few customers, days over three months, now and then a return."""
    count = draw(st.integers(6, 40))
    seed = draw(st.integers(0, 2**31))
    random = np.random.default_rng(seed)
    days = random.integers(0, 90, count)
    hours = random.integers(0, 24, count)
    quantity = random.integers(1, 12, count) * np.where(random.random(count) < 0.2, -1, 1)
    quantity[:3] = np.abs(quantity[:3])
    return pd.DataFrame(
        {
            "customer": [f"c{i}" for i in random.integers(0, 6, count)],
            "order": [f"o{i}" for i in random.integers(0, 15, count)],
            "date": [
                f"{np.datetime64('2026-01-05') + int(day)} {hour:02}:00:00"
                for day, hour in zip(days, hours, strict=True)
            ],
            "quantity": quantity,
            "price": random.integers(1, 9000, count) / 100,
            "product": [f"p{i}" for i in random.integers(0, 5, count)],
            "country": random.choice(["Norway", "Chile", ""], count),
        }
    )
