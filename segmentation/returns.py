"""Returns and cancellations: which lines they are, and which sale each takes back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.grouping import DECIMALS
from segmentation.results import Refunds
from segmentation.values import Bools, Floats

TINY = 0.5 * 10**-DECIMALS
Codes = npt.NDArray[np.int64]


def are_returns(lines: pd.DataFrame) -> Bools:
    """Tell returns from sales.

    A return has a quantity below 0 (an amount below 0 where there is no quantity), or an order id
    of C and a digit, as cancellations have it; not where most lines have such an id, for then it
    is how the shop writes its orders.

    Parameters
    ----------
    lines : pandas.DataFrame
        Typed lines, as in ``Clean.frame``.

    Examples
    --------
    >>> lines = pd.DataFrame({"order_id": ["7", "C8", "9"], "quantity": [1.0, 1.0, -1.0]})
    >>> are_returns(lines).tolist()
    [False, True, True]
    """
    told = "quantity" if "quantity" in lines else "amount"
    found: Bools = lines[told].to_numpy() < 0
    if "order_id" in lines:
        cancelled = lines["order_id"].str.match("[Cc][0-9]").to_numpy(dtype=bool)
        if 2 * cancelled.sum() <= len(lines):
            found = found | cancelled
    return found


def below_zero(returns: pd.DataFrame) -> pd.DataFrame:
    """Give returns a quantity below 0, and an amount of the sign that this and the price make.

    Some programs write what came back without a sign.

    Examples
    --------
    >>> unsigned = pd.DataFrame({"quantity": [2.0], "unit_price": [5.0], "amount": [10.0]})
    >>> below_zero(unsigned).values.tolist()
    [[-2.0, 5.0, -10.0]]
    """
    size = returns["amount"].abs()
    negative = returns["unit_price"] < 0 if "unit_price" in returns else size < 0
    signed = returns.assign(amount=size.where(negative, -size))
    if "quantity" in returns:
        signed["quantity"] = -returns["quantity"].abs()
    return signed


def settle(sales: pd.DataFrame, returns: pd.DataFrame, valid_lines: float) -> Refunds:
    """Set returns against sales, and draw up the account.

    Every return counts, whether its sale is found or not. It takes back a sale of the same
    customer, the same product and the same unit price (to 6 decimals) that is no later than the
    return, or several such sales: the latest first, each no further than what is left of it. It is
    matched if the quantity returned is not more than what earlier returns left of all of them;
    otherwise it is unmatched as a whole and takes back nothing. Returns take their turn by date
    and time, then order id, then quantity. A table without products or prices is matched by what
    it has; without quantities a line counts as one piece at the price of its amount.

    Parameters
    ----------
    sales, returns : pandas.DataFrame
        Typed lines, as in ``Clean.frame``; returns as `below_zero` leaves them.
    valid_lines : float
        Sum of the amounts of both.

    Examples
    --------
    >>> day = np.array(["2026-01-01", "2026-01-05", "2026-01-09"], dtype="datetime64[s]")
    >>> sales = pd.DataFrame({"customer_id": "A", "order_date": day[:2], "amount": [5.0, 7.0]})
    >>> returns = pd.DataFrame({"customer_id": ["A"], "order_date": day[2:], "amount": [-7.0]})
    >>> settled = settle(sales, returns, 5.0)
    >>> settled.taken_back.tolist(), settled.net
    ([0.0, 7.0], 5.0)
    """
    known = returns["customer_id"].isin(sales["customer_id"].unique()).to_numpy()
    others, returns = returns[~known], returns[known]
    pieces, matched = _taken_back(sales, returns)
    worth = returns["amount"].to_numpy()
    return Refunds(
        lines=returns.assign(matched=matched),
        others=others,
        taken_back=pieces if "quantity" in sales else pieces * sales["amount"].to_numpy(),
        gross=math.fsum(sales["amount"]),
        matched=math.fsum(-worth[matched]),
        unmatched=math.fsum(-worth[~matched]),
        returns_only=math.fsum(others["amount"]),
        valid_lines=valid_lines,
    )


def _taken_back(sales: pd.DataFrame, returns: pd.DataFrame) -> tuple[Floats, Bools]:
    """Return how many pieces of each sale came back, and whether each return was matched."""
    taken, matched = np.zeros(len(sales)), np.zeros(len(returns), dtype=bool)
    lines = pd.concat([sales, returns], ignore_index=True)
    is_return = np.arange(len(lines)) >= len(sales)
    alike = _alike(lines)
    concerned = np.flatnonzero(np.bincount(alike, weights=is_return)[alike] > 0)
    lines, is_return, alike = lines.iloc[concerned], is_return[concerned], alike[concerned]
    pieces: Floats = np.where(is_return, -1.0, 1.0)
    if "quantity" in lines:
        pieces = lines["quantity"].to_numpy()
    orders = pd.factorize(lines["order_id"], sort=True)[0] if "order_id" in lines else is_return
    order = np.lexsort((np.abs(pieces), orders, is_return, lines["order_date"], alike))
    places, alike, pieces = concerned[order], alike[order], pieces[order]
    found = _found(alike, pieces)
    pieces = np.where(found, pieces, 0.0)
    left = pd.Series(pieces).groupby(alike).cumsum()
    # Sales lie on each other like plates and a return takes from the top: what is left of a sale
    # is what the pile never falls below again, less what lay below it.
    floor = left[::-1].groupby(alike[::-1]).cummin()[::-1].to_numpy()
    sold = np.maximum(pieces, 0.0)
    kept = np.clip(floor - (left.to_numpy() - pieces), 0.0, sold)
    is_sale = places < len(sales)
    taken[places[is_sale]] = np.round(sold - kept, DECIMALS)[is_sale]
    matched[places[~is_sale] - len(sales)] = found[~is_sale]
    return taken, matched


def _alike(lines: pd.DataFrame) -> Codes:
    """Number lines of the same customer, product and price alike."""
    if "unit_price" in lines:
        price = lines["unit_price"]
    else:
        pieces = lines.get("quantity", 1.0)
        price = (lines["amount"] / pieces).abs()
    parts: list[pd.Series[Any]] = [lines["customer_id"], price.round(DECIMALS)]
    if "product" in lines:
        parts.append(lines["product"])
    codes = np.zeros(len(lines), dtype=np.int64)
    for part in parts:
        inner, uniques = pd.factorize(part, use_na_sentinel=False)
        codes = pd.factorize(codes * len(uniques) + inner)[0]
    return codes


def _found(alike: Codes, pieces: Floats) -> Bools:
    """Tell which lines count: sales, and returns of no more than what is left before them.

    Where taking back all never takes too much, all are found. The few other piles are gone through
    line by line, since a return that is not found leaves more for the next.
    """
    least = pd.Series(pieces).groupby(alike).cumsum().groupby(alike).transform("min")
    doubtful = np.flatnonzero(least.to_numpy() < -TINY)
    found = np.ones(len(pieces), dtype=bool)
    pile, left = -1, 0.0
    for place, own, change in zip(
        doubtful.tolist(), alike[doubtful].tolist(), pieces[doubtful].tolist(), strict=True
    ):
        if own != pile:
            pile, left = own, 0.0
        if left + change < -TINY:
            found[place] = False
        else:
            left += change
    return found
