"""The evidence for k: every k compared, shaken and weighed."""

from segmentation.choosing.finding import find
from segmentation.choosing.shaking import Draws, shake, steadiness
from segmentation.choosing.sweeping import elbow, sweep
from segmentation.choosing.weighing import CRITERIA, weigh

__all__ = ["CRITERIA", "Draws", "elbow", "find", "shake", "steadiness", "sweep", "weigh"]
