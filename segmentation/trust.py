"""How far a segment can be trusted, by how well it comes back."""

from __future__ import annotations

# Hennig (2007), and the documentation of clusterboot in R's package fpc.
HIGHLY_STABLE = 0.85
VALID = 0.75
DOUBTFUL = 0.60

BANDS = (
    (HIGHLY_STABLE, "highly stable", "It comes back almost whole when other customers are drawn."),
    (VALID, "valid", "It comes back with some change at its borders."),
    (DOUBTFUL, "doubtful", "There is a pattern, but who belongs to it is uncertain."),
    (0.0, "not to be trusted", "It dissolves when other customers are drawn."),
)

# The same as a marketer would say it.
PLAIN = {
    "highly stable": "very stable",
    "valid": "stable",
    "doubtful": "doubtful",
    "not to be trusted": "don't rely on it",
}


def band(stability: float) -> tuple[str, str]:
    """Say in a word and a sentence how far a segment of this stability can be trusted.

    Parameters
    ----------
    stability : float
        Bootstrap Jaccard (Hennig 2007, doi 10.1016/j.csda.2006.11.025), 0 to 1.

    Examples
    --------
    >>> band(0.9)[0], band(0.5)[0]
    ('highly stable', 'not to be trusted')
    """
    return next((word, sentence) for least, word, sentence in BANDS if stability >= least)
