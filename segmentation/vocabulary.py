"""What a feature means to a business, told from its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from segmentation.words import words

Trait = Literal["income", "spending", "recency", "frequency", "monetary", "age", "quantity"]

LEVEL_WORDS = ("very low", "low", "average", "high", "very high")

_TRAIT_WORDS: tuple[tuple[Trait, frozenset[str]], ...] = (
    ("recency", frozenset({"recency"})),
    (
        "monetary",
        frozenset({"monetary", "revenue", "turnover", "spend", "spent", "spending", "ltv"}),
    ),
    ("frequency", frozenset({"frequency", "orders", "purchases", "visits", "invoices"})),
    ("income", frozenset({"income", "salary", "earnings"})),
    ("quantity", frozenset({"quantity", "units"})),
    ("age", frozenset({"age"})),
)


def trait(feature: str) -> Trait | None:
    """Tell what a feature means, None if its name doesn't say.

    Examples
    --------
    >>> trait("Spending Score (1-100)"), trait("monetary_total"), trait("Fresh")
    ('spending', 'monetary', None)
    """
    parts = set(words(feature))
    if "score" in parts:
        return "spending" if parts & {"spending", "spend"} else None
    for name, known in _TRAIT_WORDS:
        if parts & known:
            return name
    return None


def money_feature(features: tuple[str, ...]) -> str:
    """Return the feature that orders segments: spend, else income, else the first.

    ``monetary_total`` comes before other spend. A spending score is not money.

    Examples
    --------
    >>> money_feature(("Age", "Annual Income (k$)", "Spending Score (1-100)"))
    'Annual Income (k$)'
    """
    if "monetary_total" in features:
        return "monetary_total"
    for wanted in ("monetary", "income"):
        for feature in features:
            if trait(feature) == wanted:
                return feature
    return features[0]


NO_TOTAL = frozenset({"average", "avg", "mean", "median", "per", "last", "first", "max", "min"})


def total_feature(
    features: Iterable[str], meaning: Callable[[str], str | None] = trait
) -> str | None:
    """Return the feature whose sum is revenue, None if no name says so.

    Examples
    --------
    >>> total_feature(("Income", "Average spend", "Yearly spend")), total_feature(("Income",))
    ('Yearly spend', None)
    """
    features = tuple(features)
    if "monetary_total" in features:
        return "monetary_total"
    for name in features:
        if meaning(name) == "monetary" and not NO_TOTAL & set(words(name)):
            return name
    return None


_LABELS = {
    "recency_days": "days since last order",
    "frequency_orders": "orders",
    "monetary_total": "total spend",
    "quantity_total": "items bought",
    "average_order_value": "average order value",
    "tenure_days": "days since first order",
    "products_distinct": "different products",
    "gross_total": "spend before returns",
    "returned_total": "value returned",
    "return_share": "share returned",
}


def label(feature: str) -> str:
    """Return a column name as a reader would say it.

    Examples
    --------
    >>> label("monetary_total"), label("spending_score"), label("Annual Income (k$)")
    ('total spend', 'spending score', 'Annual Income (k$)')
    """
    return _LABELS.get(feature, feature.replace("_", " "))
