"""Clean order lines and returns to numbers, once, so that every view counts them in no time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.charges import are_charges
from segmentation.errors import DataError
from segmentation.grouping import extremes, orders_of
from segmentation.results import Clean, Loaded, SalesLines, Values
from segmentation.values import Floats
from segmentation.words import words

DESCRIBES = frozenset(
    words(
        "description descriptions title name product item article bezeichnung beschreibung "
        "libelle libellé designation désignation descripcion descripción descrizione"
    )
)
CATEGORISES = frozenset(
    words(
        "category categories department kategorie warengruppe categorie catégorie categoria "
        "categoría rayon reparto"
    )
)
PEOPLE = frozenset(words("customer client user member kunde account buyer company first last"))
# What is added up has this many binary digits, so that the sum of all lines has fewer than 63.
SUM_BITS = 61
FINEST_SHIFT = 40
# A last day whose last line comes this many hours before the usual close was cut off.
HOURS_EARLY = 1


def sales_lines(loaded: Loaded) -> SalesLines:
    """Make numbers of the lines of a table of transactions.

    The first line of an order, by date and time and then by row, says where and when the order
    counts. A product's description is what its lines say most often, a category likewise each
    line's own.

    Parameters
    ----------
    loaded : Loaded
        A source up to its customers.

    Raises
    ------
    DataError
        If the table is none of transactions.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> text = "customer,date,amount\\nA,2026-01-01,5\\nA,2026-01-03,7\\nB,2026-01-02,1\\n"
    >>> lines = sales_lines(load(Source(name="a.csv", data=text.encode())))
    >>> lines.order_count, lines.money(lines.amounts).tolist()
    (3, [5.0, 7.0, 1.0])
    """
    clean, customers = loaded.clean, loaded.customers
    if customers.kind != "transactions" or clean.as_of is None:
        raise DataError(
            "A table of customers tells nothing of single sales",
            where=loaded.table.report.name,
            remedy="Choose a file with one row an order line, or read this one as transactions",
        )
    frame, sale = _with_returns(clean)
    moments = frame["order_date"].to_numpy(dtype="datetime64[s]")
    days = moments.astype("datetime64[D]").astype(np.int64)
    amount = frame["amount"].to_numpy(dtype=float)
    shift = min(SUM_BITS - math.ceil(math.log2(float(np.abs(amount).sum()) + 1)), FINEST_SHIFT)
    codes, ids = pd.factorize(frame["customer_id"])
    owners = pd.Index(customers.ids).get_indexer(ids)[codes].astype(np.int64)
    orders, opens = _orders(frame[sale], owners[sale], moments[sale])
    every_order = np.full(len(frame), -1)
    every_order[sale] = orders
    every_open = np.zeros(len(frame), dtype=bool)
    every_open[sale] = opens
    product = _values(frame["product"]) if "product" in frame else None
    seconds = moments.astype(np.int64) - days * 86_400
    hours = seconds // 3600 if seconds.any() else None
    known_to = (np.datetime64(clean.as_of, "D") - 1).astype(np.int64)
    last_day = int(days.max())
    return SalesLines(
        amounts=np.round(np.ldexp(amount, shift)).astype(np.int64),
        shift=shift,
        sale=sale,
        customers=owners,
        customer_count=len(customers.ids),
        days=days,
        hours=hours,
        orders=every_order,
        opens=every_open,
        order_count=int(every_open.sum()),
        quantities=frame["quantity"].to_numpy(dtype=float) if "quantity" in frame else None,
        product=product,
        country=_values(frame["country"]) if "country" in frame else None,
        category=_told(loaded, frame, CATEGORISES),
        charges=are_charges(pd.Series(product.names, dtype="str"))
        if product is not None
        else np.zeros(0, dtype=bool),
        descriptions=descriptions(loaded, frame, product) if product is not None else None,
        as_of_day=int(np.datetime64(clean.as_of, "D").astype(np.int64)),
        first_day=int(days.min()),
        last_day=max(last_day, int(known_to)),
        last_day_is_cut=bool(known_to <= last_day) and _is_cut(days, hours),
        net=clean.refunds is not None,
    )


def _with_returns(clean: Clean) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    sales = clean.frame
    if clean.refunds is None:
        return sales, np.ones(len(sales), dtype=bool)
    frame = pd.concat([sales, clean.refunds.lines.drop(columns="matched")])
    return frame, np.arange(len(frame)) < len(sales)


def _orders(
    sales: pd.DataFrame, owners: npt.NDArray[np.int64], moments: npt.NDArray[np.datetime64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Number the orders, and tell which line is the first of each."""
    days = moments.astype("datetime64[D]").astype(np.int64)
    codes, uniques = pd.factorize(orders_of(sales, days))
    orders = pd.factorize(owners * len(uniques) + codes)[0]
    order = np.lexsort((sales.index.to_numpy(), moments, orders))
    begins = np.ones(len(orders), dtype=bool)
    begins[1:] = orders[order][1:] != orders[order][:-1]
    opens = np.zeros(len(orders), dtype=bool)
    opens[order[begins]] = True
    return orders.astype(np.int64), opens


def _values(column: pd.Series[Any]) -> Values:
    codes, names = pd.factorize(column, sort=True)
    return Values(codes=codes.astype(np.int64), names=np.asarray(names, dtype=object))


def _column(loaded: Loaded, wanted: frozenset[str], types: tuple[str, ...]) -> str | None:
    """Find a column of the file without a role that is called so."""
    for column in loaded.schema.columns:
        said = set(words(column.name))
        if column.role is None and column.type in types and said & wanted and not said & PEOPLE:
            return column.name
    return None


def _texts(loaded: Loaded, frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    return loaded.table.frame[name].iloc[frame.index.to_numpy()].str.strip()


def _told(loaded: Loaded, frame: pd.DataFrame, wanted: frozenset[str]) -> Values | None:
    name = _column(loaded, wanted, ("category", "label"))
    return None if name is None else _values(_texts(loaded, frame, name))


def descriptions(loaded: Loaded, frame: pd.DataFrame, product: Values) -> npt.NDArray[Any] | None:
    """Return what lines say most often of each product, None if no column of the file tells.

    Parameters
    ----------
    loaded : Loaded
        A source up to its customers.
    frame : pandas.DataFrame
        Its lines, or some of them.
    product : Values
        The product of each line; a line without one has the code -1.
    """
    name = _column(loaded, DESCRIBES - CATEGORISES, ("category", "label"))
    if name is None:
        return None
    codes, texts = pd.factorize(_texts(loaded, frame, name), sort=True)
    said = np.asarray(texts, dtype=object) != ""
    told = said[codes] & (product.codes >= 0)
    pairs, counts = np.unique(product.codes[told] * len(texts) + codes[told], return_counts=True)
    products, described = pairs // len(texts), pairs % len(texts)
    # The most frequent text of each product comes last, of equals the first in the alphabet.
    order = np.lexsort((-described, counts, products))
    found = np.full(len(product.names), "", dtype=object)
    found[products[order]] = np.asarray(texts, dtype=object)[described[order]]
    return found


def _is_cut(days: npt.NDArray[np.int64], hours: Floats | npt.NDArray[np.int64] | None) -> bool:
    """Tell whether the last line of the last day comes well before the usual last line."""
    if hours is None:
        return False
    places = days - days.min()
    closing, _ = extremes(places, np.asarray(hours, dtype=np.int64), int(places.max()) + 1)
    open_days = closing[closing >= 0]
    return bool(open_days[-1] < np.median(open_days) - HOURS_EARLY)
