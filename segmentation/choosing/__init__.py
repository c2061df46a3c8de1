"""The evidence for k: every k compared, shaken and weighed."""

from segmentation.choosing.by_hand import steadiness_by_hand
from segmentation.choosing.finding import find
from segmentation.choosing.handfuls import least_size
from segmentation.choosing.shaking import Draws, shake, shake_one, steadiness
from segmentation.choosing.sweeping import cut_short, elbow, sweep
from segmentation.choosing.traps import find_traps
from segmentation.choosing.weighing import CRITERIA, outweighed_by, weigh

__all__ = [
    "CRITERIA",
    "Draws",
    "cut_short",
    "elbow",
    "find",
    "find_traps",
    "least_size",
    "outweighed_by",
    "shake",
    "shake_one",
    "steadiness",
    "steadiness_by_hand",
    "sweep",
    "weigh",
]
