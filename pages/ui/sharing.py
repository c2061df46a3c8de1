"""What the whole server shares, beyond any session."""

from __future__ import annotations

from segmentation.api.arrivals import Arrivals

arrivals = Arrivals()
