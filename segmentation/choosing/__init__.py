"""The evidence for k: every k compared, shaken and weighed."""

from segmentation.choosing.handfuls import SMALL_COUNT, SMALL_SHARE, least_size
from segmentation.choosing.sweeping import Progress, elbow, sweep
from segmentation.choosing.traps import find_traps
from segmentation.choosing.weighing import weigh

__all__ = [
    "SMALL_COUNT",
    "SMALL_SHARE",
    "Progress",
    "elbow",
    "find_traps",
    "least_size",
    "sweep",
    "weigh",
]
