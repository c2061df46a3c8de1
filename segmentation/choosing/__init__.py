"""The evidence for k: every k compared, shaken and weighed."""

from segmentation.choosing.finding import find
from segmentation.choosing.sweeping import Progress, elbow, sweep
from segmentation.choosing.weighing import weigh

__all__ = ["Progress", "elbow", "find", "sweep", "weigh"]
