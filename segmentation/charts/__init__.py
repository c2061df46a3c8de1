"""Results to Plotly figures: one look, segments always in their colour and order.

Backgrounds and text are left to the page's theme, so that a figure is right in light and dark.
"""

from segmentation.charts.agreement import agreement_map
from segmentation.charts.columns import category_bars, correlation_map, histogram, relation
from segmentation.charts.evidence import criterion_chart
from segmentation.charts.look import MOST_POINTS, PALETTE, segment_colour
from segmentation.charts.maps import map_2d, map_3d, pca_map
from segmentation.charts.movement import at_date, move_matrix, over_time, sankey
from segmentation.charts.scores import before_after, drift_bars, pull_bars, shares_then_now
from segmentation.charts.segments import (
    effect_bars,
    means_map,
    overlaid_histograms,
    paired_bars,
    size_bars,
    size_donut,
)
from segmentation.charts.silhouettes import silhouette_plot

__all__ = [
    "MOST_POINTS",
    "PALETTE",
    "agreement_map",
    "at_date",
    "before_after",
    "category_bars",
    "correlation_map",
    "criterion_chart",
    "drift_bars",
    "effect_bars",
    "histogram",
    "map_2d",
    "map_3d",
    "means_map",
    "move_matrix",
    "over_time",
    "overlaid_histograms",
    "paired_bars",
    "pca_map",
    "pull_bars",
    "relation",
    "sankey",
    "segment_colour",
    "shares_then_now",
    "silhouette_plot",
    "size_bars",
    "size_donut",
]
