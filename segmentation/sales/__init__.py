"""The sales report: what was sold, when, where, what, to whom, and who is slipping away.

Every function takes `SalesLines` and the customers to count; whatever it groups by, the groups come
to the total, since amounts are added as whole numbers.
"""

from segmentation.sales.customers import cohorts, new_and_returning, pareto
from segmentation.sales.groups import by_country, by_hour, by_product, by_weekday, totals
from segmentation.sales.lifts import bought_by_segment, buying_shares, lift_interval
from segmentation.sales.lines import sales_lines
from segmentation.sales.pairs import bought_together
from segmentation.sales.periods import over_time
from segmentation.sales.rhythms import rhythms
from segmentation.sales.segments import regions, rhythms_by_segment, seasons
from segmentation.sales.shown import customers_shown, segments_shown

__all__ = [
    "bought_by_segment",
    "bought_together",
    "buying_shares",
    "by_country",
    "by_hour",
    "by_product",
    "by_weekday",
    "cohorts",
    "customers_shown",
    "lift_interval",
    "new_and_returning",
    "over_time",
    "pareto",
    "regions",
    "rhythms",
    "rhythms_by_segment",
    "sales_lines",
    "seasons",
    "segments_shown",
    "totals",
]
