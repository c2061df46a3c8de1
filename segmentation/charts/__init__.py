"""Results to Plotly figures: one look, segments always in their colour and order.

Backgrounds and text are left to the page's theme, so that a figure is right in light and dark.
"""

from segmentation.charts.actions import effort_and_value
from segmentation.charts.agreement import agreement_map
from segmentation.charts.arrivals import arrivals_over_time
from segmentation.charts.columns import category_bars, correlation_map, histogram, relation
from segmentation.charts.evidence import criterion_chart
from segmentation.charts.look import MOST_POINTS, PALETTE, segment_colour
from segmentation.charts.maps import map_2d, map_3d, map_3d_ahead, pca_map, pointed_out
from segmentation.charts.movement import at_date, move_matrix, over_time, sankey
from segmentation.charts.portraits import category_stacks, snake_plot, spread_strips
from segmentation.charts.rfm import crossing_map, rfm_histogram, rfm_map
from segmentation.charts.sales import (
    cohort_map,
    hour_map,
    new_and_returning,
    pareto_curve,
    sales_bars,
    sales_over_time,
)
from segmentation.charts.scores import before_after, drift_bars, pull_bars, shares_then_now
from segmentation.charts.segment_sales import (
    difference_dots,
    lift_dots,
    region_map,
    rhythm_bars,
    season_lines,
    share_dots,
)
from segmentation.charts.segments import (
    effect_bars,
    means_map,
    overlaid_histograms,
    size_bars,
    size_donut,
)
from segmentation.charts.silhouettes import silhouette_plot
from segmentation.charts.world import country_map, off_the_map

__all__ = [
    "MOST_POINTS",
    "PALETTE",
    "agreement_map",
    "arrivals_over_time",
    "at_date",
    "before_after",
    "category_bars",
    "category_stacks",
    "cohort_map",
    "correlation_map",
    "country_map",
    "criterion_chart",
    "crossing_map",
    "difference_dots",
    "drift_bars",
    "effect_bars",
    "effort_and_value",
    "histogram",
    "hour_map",
    "lift_dots",
    "map_2d",
    "map_3d",
    "map_3d_ahead",
    "means_map",
    "move_matrix",
    "new_and_returning",
    "off_the_map",
    "over_time",
    "overlaid_histograms",
    "pareto_curve",
    "pca_map",
    "pointed_out",
    "pull_bars",
    "region_map",
    "relation",
    "rfm_histogram",
    "rfm_map",
    "rhythm_bars",
    "sales_bars",
    "sales_over_time",
    "sankey",
    "season_lines",
    "segment_colour",
    "share_dots",
    "shares_then_now",
    "silhouette_plot",
    "size_bars",
    "size_donut",
    "snake_plot",
    "spread_strips",
]
