"""Results to Plotly figures: one look, segments always in their colour and order.

Backgrounds and text are left to the page's theme, so that a figure is right in light and dark.
"""

from segmentation.charts.agreement import agreement_map
from segmentation.charts.arrivals import arrivals_over_time
from segmentation.charts.columns import category_bars, correlation_map, histogram, relation
from segmentation.charts.evidence import criterion_chart
from segmentation.charts.look import MOST_POINTS, PALETTE, segment_colour
from segmentation.charts.maps import map_2d, map_3d, pca_map
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
    "arrivals_over_time",
    "category_bars",
    "correlation_map",
    "criterion_chart",
    "effect_bars",
    "histogram",
    "map_2d",
    "map_3d",
    "means_map",
    "overlaid_histograms",
    "paired_bars",
    "pca_map",
    "relation",
    "segment_colour",
    "silhouette_plot",
    "size_bars",
    "size_donut",
]
