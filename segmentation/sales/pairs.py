"""Products bought together in one order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.results import Pairs, SalesLines
from segmentation.sales.counting import shown
from segmentation.sales.lifts import lift_interval
from segmentation.values import Bools

MOST_PRODUCTS = 300
FEWEST_ORDERS = 10
FEWEST_SHARE = 0.001


def bought_together(lines: SalesLines, keep: Bools) -> Pairs | None:
    """Rank pairs of products by how much more often they share an order than chance would have it.

    Support is the share of orders with both, confidence the share of the orders with the first
    that hold the second too, lift that confidence over the share of all orders with the second
    (Brin, Motwani, Ullman and Tsur 1997). Of the two directions the one with the greater
    confidence is told. The 300 products in most orders are paired; pairs in fewer than 10 orders,
    or 1 in 1,000, are left out, and so are postage, fees and other charges. The rank goes by the
    lower end of the lift's interval (`lift_interval`); the intervals of all pairs hold at once.

    Parameters
    ----------
    lines : SalesLines
        All lines.
    keep : ndarray of bool, shape (customers,)
        Whose orders.

    Returns
    -------
    Pairs or None
        None without products.
    """
    from scipy import sparse

    product = lines.product
    if product is None:
        return None
    wanted = ~lines.charges & (product.names != "")
    rows = shown(lines, keep) & lines.sale & wanted[product.codes]
    keys = np.unique(lines.orders[rows] * len(product.names) + product.codes[rows])
    orders, bought = keys // len(product.names), keys % len(product.names)
    in_orders = np.bincount(bought, minlength=len(product.names))
    met = int((in_orders > 0).sum())
    best = np.lexsort((np.arange(len(in_orders)), -in_orders))[: min(MOST_PRODUCTS, met)]
    place = np.full(len(product.names), -1)
    place[best] = np.arange(len(best))
    own = place[bought] >= 0
    baskets = sparse.csr_array(
        (np.ones(int(own.sum()), dtype=np.int64), (orders[own], place[bought[own]])),
        shape=(lines.order_count, len(best)),
    )
    both = np.triu((baskets.T @ baskets).toarray(), 1)
    order_count = len(np.unique(orders))
    least = max(FEWEST_ORDERS, int(np.ceil(FEWEST_SHARE * order_count)))
    one, other = np.nonzero(both >= least)
    # From the rarer to the more frequent: that direction has the greater confidence.
    rarer = in_orders[best[one]] <= in_orders[best[other]]
    first, second = np.where(rarer, one, other), np.where(rarer, other, one)
    counts, own_orders = both[one, other], in_orders[best[first]]
    others = in_orders[best[second]] - counts
    rest = order_count - own_orders
    pairs = len(best) * (len(best) - 1) // 2
    lift, low, high = lift_interval(counts, own_orders, others, rest, comparisons=pairs)
    frame = pd.DataFrame(
        {
            "first": product.names[best[first]],
            "second": product.names[best[second]],
            "orders": counts,
            "support": counts / max(order_count, 1),
            "confidence": counts / own_orders,
            "lift": lift,
            "low": low,
            "high": high,
        }
    )
    if lines.descriptions is not None:
        frame.insert(1, "first_description", lines.descriptions[best[first]])
        frame.insert(3, "second_description", lines.descriptions[best[second]])
    order = ["low", "orders", "first", "second"]
    return Pairs(
        frame=frame.sort_values(order, ascending=[False, False, True, True], ignore_index=True),
        orders=order_count,
        products=len(best),
        of_products=met,
        least_orders=least,
    )
