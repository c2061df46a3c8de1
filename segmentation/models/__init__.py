"""Segmentations that last: saved as plain files, applied to other customers, watched over time."""
