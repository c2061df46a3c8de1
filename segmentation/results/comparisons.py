"""Groups of customers side by side."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """One group of customers against each of some others.

    Parameters
    ----------
    sizes : dict of int to int
        Customers of each group, the first one first; 0 stands for all other customers shown.
    numbers : pandas.DataFrame
        A row for every numeric feature and other group, the largest differences first: ``feature``,
        ``group``, ``used`` (whether the segments were made from it, so that its intervals describe
        and prove nothing); ``known`` and ``known_other`` (customers with a value); ``mean``,
        ``mean_other``, ``difference`` with its interval ``low`` to ``high``; the same of
        ``median``; ``effect``, ``effect_low``, ``effect_high`` (difference of the means in standard
        deviations of all segmented customers). NaN where there are too few.
    shares : pandas.DataFrame
        A row for every value of a category and other group: ``column``, ``category``, ``group``,
        ``used``, ``customers``, ``customers_other``, ``share``, ``share_other``, ``difference``,
        ``low``, ``high``; the largest differences first.
    few : tuple of int
        Groups with so few customers that the intervals are rough.
    """

    sizes: dict[int, int]
    numbers: pd.DataFrame
    shares: pd.DataFrame
    few: tuple[int, ...]
