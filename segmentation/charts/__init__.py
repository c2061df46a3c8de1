"""Results to Plotly figures: one look, segments always in their colour and order.

Backgrounds and text are left to the page's theme, so that a figure is right in light and dark.
"""

from segmentation.charts.columns import category_bars, correlation_map, histogram, relation
from segmentation.charts.evidence import elbow_chart, silhouette_chart
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

__all__ = [
    "MOST_POINTS",
    "PALETTE",
    "category_bars",
    "correlation_map",
    "effect_bars",
    "elbow_chart",
    "histogram",
    "map_2d",
    "map_3d",
    "means_map",
    "overlaid_histograms",
    "paired_bars",
    "pca_map",
    "relation",
    "segment_colour",
    "silhouette_chart",
    "size_bars",
    "size_donut",
]
