"""The sample of order lines."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from segmentation.samples.drawing import (
    Drawn,
    Floats,
    Rng,
    known_group,
)


class _Buyer(NamedTuple):
    """How a type of customer buys; days count from the first day of the sample."""

    customers: int
    orders_mean: float
    lines_mean: float
    quantity_median: float
    price_factor: float
    first_day: int
    last_day: int


_FIRST_DATE = "2024-12-01"


_DAYS = 374


_GUEST = "guest"


_BUYERS = {
    "VIP": _Buyer(36, 20.0, 10.0, 20.0, 0.9, 0, _DAYS),
    "regular": _Buyer(250, 7.2, 5.0, 7.0, 1.0, 0, _DAYS),
    "occasional": _Buyer(380, 2.0, 4.0, 4.0, 1.0, 190, _DAYS),
    "lapsed": _Buyer(234, 2.6, 4.0, 5.0, 1.0, 0, 170),
    _GUEST: _Buyer(600, 1.0, 5.0, 3.0, 1.1, 0, _DAYS),
}


_COUNTRY_SHARES = {
    "Ireland": 0.88,
    "United Kingdom": 0.03,
    "France": 0.02,
    "Germany": 0.02,
    "Netherlands": 0.01,
    "Belgium": 0.01,
    "Spain": 0.01,
    "Denmark": 0.005,
    "Sweden": 0.005,
    "Norway": 0.005,
    "Portugal": 0.005,
}


_CANCELLED_SHARE = 0.02


_FREE_LINES = 30


_REPEATED_LINES = 60


_THING_PRICES = {
    "mug": 3.2,
    "bowl": 4.5,
    "tray": 5.9,
    "vase": 7.5,
    "lamp": 14.0,
    "clock": 11.5,
    "basket": 6.4,
    "candle": 2.4,
    "coaster": 0.9,
    "napkin": 1.1,
    "jar": 2.8,
    "apron": 8.5,
    "cushion": 9.5,
    "ribbon": 0.6,
    "garland": 3.9,
    "notebook": 2.1,
}


_STYLES = (
    "Amber",
    "Birch",
    "Coral",
    "Dotted",
    "Fern",
    "Indigo",
    "Linen",
    "Maple",
    "Ochre",
    "Pebble",
    "Slate",
    "Striped",
)


def orders(rng: Rng) -> Drawn:
    buyers = _draw_buyers(rng)
    lines = _draw_lines(rng, _draw_invoices(rng, buyers))
    lines = _add_dirt(rng, _add_cancellations(rng, lines))
    known = buyers[buyers["known_group"] != _GUEST]
    truth = known.set_index("CustomerID")["known_group"].sort_index()
    return _number_invoices(lines), truth


def _draw_buyers(rng: Rng) -> pd.DataFrame:

    buyers = known_group({name: buyer.customers for name, buyer in _BUYERS.items()}).to_frame()
    is_known = (buyers["known_group"] != _GUEST).to_numpy()
    ids = pd.Series(pd.NA, index=buyers.index, dtype="Int64")
    # Shuffled, so that the id tells nothing of the type.
    ids[is_known] = rng.permutation(np.arange(20_001, 20_001 + is_known.sum()))
    buyers["CustomerID"] = ids
    countries, shares = list(_COUNTRY_SHARES), list(_COUNTRY_SHARES.values())
    buyers["Country"] = rng.choice(countries, len(buyers), p=shares)
    extra_orders = _of_type(buyers, "orders_mean") - 1
    buyers["orders"] = 1 + rng.poisson(extra_orders * rng.lognormal(0.0, 0.3, len(buyers)))
    buyers["quantity_median"] = _of_type(buyers, "quantity_median") * rng.lognormal(
        0.0, 0.25, len(buyers)
    )
    return buyers


def _of_type(rows: pd.DataFrame, field: str) -> Floats:
    """Look up a field of each row's type of customer."""

    values = {name: float(getattr(buyer, field)) for name, buyer in _BUYERS.items()}
    return np.array([values[name] for name in rows["known_group"]], dtype=np.float64)


def _draw_invoices(rng: Rng, buyers: pd.DataFrame) -> pd.DataFrame:

    invoices = buyers.loc[buyers.index.repeat(buyers["orders"])].reset_index(drop=True)
    days = np.zeros(len(invoices), dtype="int64")
    for name, buyer in _BUYERS.items():
        is_type = (invoices["known_group"] == name).to_numpy()
        open_days = np.arange(buyer.first_day, buyer.last_day)
        weights = _day_weights()[open_days]
        days[is_type] = rng.choice(open_days, is_type.sum(), p=weights / weights.sum())
    minutes = rng.integers(8 * 60, 18 * 60, len(invoices))
    invoices["InvoiceDate"] = (
        pd.Timestamp(_FIRST_DATE)
        + pd.to_timedelta(days, unit="D")
        + pd.to_timedelta(minutes, unit="min")
    )
    invoices["invoice"] = np.arange(len(invoices))
    return invoices


def _day_weights() -> Floats:
    """Weigh each day: busy before Christmas, closed on Saturdays."""

    dates = pd.date_range(_FIRST_DATE, periods=_DAYS)
    weights = np.ones(_DAYS)
    weights[dates.month.isin([9, 10])] = 1.4
    weights[dates.month >= 11] = 1.8
    weights[dates.day_of_week == 5] = 0.0
    return weights


def _draw_products(rng: Rng) -> pd.DataFrame:

    products = pd.DataFrame(
        [
            (f"{thing[:2].upper()}{100 + number}", f"{style} {thing}", price)
            for thing, price in _THING_PRICES.items()
            for number, style in enumerate(_STYLES)
        ],
        columns=["StockCode", "Description", "UnitPrice"],
    )
    products["UnitPrice"] *= rng.uniform(0.85, 1.3, len(products))
    return products


def _draw_lines(rng: Rng, invoices: pd.DataFrame) -> pd.DataFrame:

    products = _draw_products(rng)
    popularity = rng.lognormal(0.0, 0.8, len(products))
    line_counts = 1 + rng.poisson(_of_type(invoices, "lines_mean") - 1)
    lines = invoices.loc[invoices.index.repeat(line_counts)].reset_index(drop=True)
    chosen = rng.choice(len(products), len(lines), p=popularity / popularity.sum())
    for column in products.columns:
        lines[column] = products[column].to_numpy()[chosen]
    lines["UnitPrice"] = (lines["UnitPrice"] * _of_type(lines, "price_factor")).round(2)
    quantities = lines["quantity_median"] * rng.lognormal(0.0, 0.6, len(lines))
    lines["Quantity"] = np.maximum(quantities.round(), 1).astype("int64")
    # One line a product, so that the only exact duplicates are those added on purpose.
    return lines.drop_duplicates(["invoice", "StockCode"], ignore_index=True)


def _add_cancellations(rng: Rng, lines: pd.DataFrame) -> pd.DataFrame:

    last_date = pd.Timestamp(_FIRST_DATE) + pd.Timedelta(days=_DAYS)
    in_time = np.flatnonzero(lines["InvoiceDate"] < last_date - pd.Timedelta(days=21))
    count = round(len(lines) * _CANCELLED_SHARE)
    back = lines.loc[rng.choice(in_time, count, replace=False)].copy()
    back["Quantity"] = -np.ceil(back["Quantity"] * rng.uniform(0.2, 1.0, count)).astype("int64")
    # Whole weeks later: never on a Saturday.
    back["InvoiceDate"] += pd.to_timedelta(7 * rng.integers(1, 4, count), unit="D")
    back["invoice"] = lines["invoice"].max() + 1 + np.arange(count)
    return pd.concat([lines, back], ignore_index=True)


def _add_dirt(rng: Rng, lines: pd.DataFrame) -> pd.DataFrame:

    sold = np.flatnonzero(lines["Quantity"] > 0)
    touched = rng.choice(sold, _FREE_LINES + _REPEATED_LINES, replace=False)
    lines.loc[touched[:_FREE_LINES], "UnitPrice"] = 0.0
    return pd.concat([lines, lines.loc[touched[_FREE_LINES:]]], ignore_index=True)


def _number_invoices(lines: pd.DataFrame) -> pd.DataFrame:
    """Give invoices their numbers in order of time, and keep the public columns."""

    ordered = lines.sort_values(["InvoiceDate", "invoice"], kind="stable", ignore_index=True)
    numbers = pd.Series(600_001 + pd.factorize(ordered["invoice"])[0]).astype("str")
    prefixes = pd.Series(np.where(ordered["Quantity"] < 0, "C", ""), dtype="str")
    ordered["InvoiceNo"] = prefixes + numbers
    return ordered[
        [
            "InvoiceNo",
            "StockCode",
            "Description",
            "Quantity",
            "InvoiceDate",
            "UnitPrice",
            "CustomerID",
            "Country",
        ]
    ]
