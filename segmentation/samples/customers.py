"""The samples with one row a customer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.samples.drawing import (
    Drawn,
    Group,
    Rng,
    draw_groups,
    known_group,
    reorder,
)

_MALL_LIMITS = {
    "Age": (18.0, 70.0),
    "Annual Income (k$)": (14.0, 140.0),
    "Spending Score (1-100)": (1.0, 100.0),
}


def _mall_group(rows: int, *spread: tuple[float, float]) -> Group:
    return Group(rows, dict(zip(_MALL_LIMITS, spread, strict=True)))


_MALL_GROUPS = {
    "modest income, low score": _mall_group(25, (46, 13), (28, 9), (21, 12)),
    "modest income, high score": _mall_group(25, (26, 6), (28, 9), (79, 11)),
    "middle income, middle score": _mall_group(76, (43, 16), (58, 9), (50, 8)),
    "high income, low score": _mall_group(36, (42, 11), (89, 16), (19, 10)),
    "high income, high score": _mall_group(38, (33, 5), (88, 16), (81, 9)),
}


def mall(rng: Rng) -> Drawn:

    drawn, truth = draw_groups(rng, _MALL_GROUPS, _MALL_LIMITS)
    frame = drawn.round().astype("int64")
    frame.insert(0, "Gender", rng.choice(["Female", "Male"], len(frame), p=[0.55, 0.45]))
    # By income, as in the public table: an id that goes with a feature is a trap worth showing.
    order = np.argsort(frame["Annual Income (k$)"].to_numpy(), kind="stable")
    frame, truth = reorder(frame, truth, order)
    frame.insert(0, "CustomerID", np.arange(1, len(frame) + 1))
    return frame, truth


# Median yearly spend for (hospitality, retail), and the standard deviation of its logarithm.
# "Delicassen" is spelt as in the public table, whose columns the sample shares.
_WHOLESALE_SPEND = {
    "Fresh": (10_000, 5_500, 1.15),
    "Milk": (2_200, 9_000, 0.65),
    "Grocery": (2_600, 14_000, 0.6),
    "Frozen": (2_400, 950, 1.05),
    "Detergents_Paper": (330, 6_500, 0.85),
    "Delicassen": (800, 1_300, 1.05),
}


_WHOLESALE_ROWS = {"hospitality": 290, "retail": 150}


def wholesale(rng: Rng) -> Drawn:

    truth = known_group(_WHOLESALE_ROWS)
    rows = len(truth)
    is_retail = (truth == "retail").to_numpy()
    # The registered channel is right for most clients, not for all: the groups are in the spend.
    is_wrong = rng.random(rows) < 0.05
    columns = {
        "Channel": np.where(is_retail ^ is_wrong, 2, 1),
        "Region": rng.choice([1, 2, 3], rows, p=[0.18, 0.12, 0.7]),
    }
    client_log_size = rng.normal(0.0, 0.3, rows)
    for category, (hospitality, retail, deviation) in _WHOLESALE_SPEND.items():
        log_median = np.log(np.where(is_retail, retail, hospitality))
        spend = np.exp(log_median + client_log_size + rng.normal(0.0, deviation, rows))
        columns[category] = np.maximum(spend.round(), 3).astype("int64")
    return reorder(pd.DataFrame(columns), truth, rng.permutation(rows))


_SHOP_LIMITS = {
    "age": (18.0, 69.0),
    "income": (18_000.0, 180_000.0),
    "spending_score": (1.0, 100.0),
    "membership_years": (1.0, 10.0),
    "purchase_frequency": (1.0, 50.0),
    "last_purchase_amount": (10.0, 1_000.0),
}


def _shop_group(rows: int, *spread: tuple[float, float]) -> Group:
    return Group(rows, dict(zip(_SHOP_LIMITS, spread, strict=True)))


_SHOP_GROUPS = {
    "loyal regulars": _shop_group(
        300, (49, 9), (80_000, 13_000), (52, 9), (7.5, 1.6), (39, 4.5), (190, 75)
    ),
    "big-ticket buyers": _shop_group(
        220, (45, 9), (124_000, 16_000), (80, 9), (5.5, 2.2), (14, 4.5), (720, 120)
    ),
    "young bargain hunters": _shop_group(
        260, (26, 5), (38_000, 8_000), (80, 8), (2.5, 1.1), (24, 4.5), (90, 45)
    ),
    "fading members": _shop_group(
        220, (54, 9), (66_000, 14_000), (22, 10), (6, 2.1), (7, 3.5), (280, 100)
    ),
}


_SHOP_CATEGORY_SHARES = {
    "loyal regulars": {"Groceries": 0.4, "Home": 0.25, "Garden": 0.15, "Games": 0.1, "Tech": 0.1},
    "big-ticket buyers": {"Groceries": 0.1, "Home": 0.3, "Garden": 0.1, "Games": 0.1, "Tech": 0.4},
    "young bargain hunters": {
        "Groceries": 0.2,
        "Home": 0.1,
        "Garden": 0.05,
        "Games": 0.4,
        "Tech": 0.25,
    },
    "fading members": {"Groceries": 0.25, "Home": 0.2, "Garden": 0.3, "Games": 0.1, "Tech": 0.15},
}


_SHOP_BLANKS = {"income": 12, "age": 2}


def shop(rng: Rng) -> Drawn:

    frame, truth = draw_groups(rng, _SHOP_GROUPS, _SHOP_LIMITS)
    amounts = frame.pop("last_purchase_amount").round(2)
    frame = frame.round().astype("Int64")
    frame.insert(
        1, "gender", rng.choice(["Female", "Male", "Other"], len(frame), p=[0.5, 0.46, 0.04])
    )
    frame["preferred_category"] = np.concatenate(
        [
            rng.choice(list(shares), _SHOP_GROUPS[name].rows, p=list(shares.values()))
            for name, shares in _SHOP_CATEGORY_SHARES.items()
        ]
    )
    frame["last_purchase_amount"] = amounts
    frame, truth = reorder(frame, truth, rng.permutation(len(frame)))
    for column, blanks in _SHOP_BLANKS.items():
        frame.loc[rng.choice(len(frame), blanks, replace=False), column] = pd.NA
    full = frame.columns[frame.notna().all()]
    frame = frame.astype({c: "int64" for c in full if frame[c].dtype == "Int64"})
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame, truth
