"""The evidence for k: every k compared, shaken and weighed."""

from segmentation.choosing.shaking import Draws, shake
from segmentation.choosing.sweeping import elbow, sweep
from segmentation.choosing.weighing import CRITERIA, weigh

__all__ = ["CRITERIA", "Draws", "elbow", "shake", "sweep", "weigh"]
