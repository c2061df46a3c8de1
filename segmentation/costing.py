"""What an action must bring in to pay, and how large a test it takes to prove that it does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from segmentation.errors import SettingsError
from segmentation.numerals import counted, say
from segmentation.results import CostedAction, Portraits, Run, Trial
from segmentation.values import Bools, Floats

# Chance of seeing an effect that is not there (two-sided), and of seeing one that is.
ALPHA, POWER = 0.05, 0.8
# Beyond, a test is no use to anybody, and the sums leave the range of numbers.
LARGEST_GROUP = 10**9
LEAST_CUSTOMERS = 4
FARTHEST = 30.0
MONEY_UNIT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What the user knows of an action.

    Parameters
    ----------
    contact : float
        Cost of contacting a customer, where ``own`` has no other.
    margin : float
        Share of revenue that stays once goods and service are paid, above 0 and at most 1.
    own : mapping of int to float
        Cost of contacting a customer of a segment, by id.
    usual : float or None
        To go by answers and not by money: the share of customers who would answer uncontacted.
    answer : float
        What an answer brings in; used with ``usual``.

    Examples
    --------
    >>> Costs(contact=0.5, margin=1.2)
    Traceback (most recent call last):
    ...
    segmentation.errors.SettingsError: 1.2 can't be the margin. Use a share above 0 and at most 1.
    """

    contact: float
    margin: float
    own: Mapping[int, float] = field(default_factory=dict)
    usual: float | None = None
    answer: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.margin <= 1:
            raise SettingsError(
                f"{self.margin:g} can't be the margin", remedy="Use a share above 0 and at most 1"
            )
        for cost in (self.contact, *self.own.values()):
            if not 0 < cost < math.inf:
                raise SettingsError(
                    f"A contact can't cost {cost:g}", remedy="Use an amount above 0"
                )
        if self.usual is None:
            return
        if not 0 <= self.usual < 1:
            raise SettingsError(
                f"{self.usual:g} can't be the share who answer anyway",
                remedy="Use a share from 0 to below 1",
            )
        if not 0 < self.answer < math.inf:
            raise SettingsError(
                f"An answer can't bring in {self.answer:g}", remedy="Use an amount above 0"
            )

    @classmethod
    def of_percent(
        cls,
        contact: float,
        margin_percent: float,
        own: Mapping[int, float],
        usual_percent: float | None = None,
        answer: float = 0.0,
    ) -> Costs:
        """Take shares as they are typed: 30 is 30%."""
        usual = None if usual_percent is None else usual_percent / 100
        margin = margin_percent / 100
        return cls(contact=contact, margin=margin, own=own, usual=usual, answer=answer)


def usual_answer(run: Run) -> float | None:
    """Return the average order, None where the data doesn't tell."""
    frame = run.loaded.customers.frame.iloc[run.profiles.customers]
    if not {"monetary_total", "frequency_orders"} <= set(frame.columns):
        return None
    average = float(frame["monetary_total"].sum() / frame["frequency_orders"].sum())
    return round(average, 2) if average >= MONEY_UNIT else None


def cost_actions(run: Run, found: Portraits, keep: Bools, costs: Costs) -> tuple[CostedAction, ...]:
    """Say for each segment what contacting it costs, and what it must bring in.

    A contact pays once margin x uplift = cost. By money, the uplift is of a customer's revenue, in
    as much time as the data covers; its test compares two means, the standard deviation being that
    of the segment's customers. By answers, it is of the share who answer; its test compares two
    proportions. Both tests are two-sided at 5% and see the break-even uplift with 80% chance.

    Parameters
    ----------
    run : Run
        A finished run.
    found : Portraits
        Of the same run and ``keep``.
    keep : ndarray of bool, shape (segmented customers,)
        Who can be contacted, in the order of ``run.profiles.customers``.
    costs : Costs
        What the user knows.

    Returns
    -------
    tuple of CostedAction
        By segment id.
    """
    values = None
    if found.money_feature is not None:
        column = run.loaded.customers.frame[found.money_feature]
        values = column.to_numpy(dtype=float)[run.profiles.customers]
    actions = []
    for card in found.segments:
        own = None
        if values is not None:
            own = values[keep & (run.profiles.labels == card.segment_id)]
            own = own[~np.isnan(own)]
        actions.append(_action(card.segment_id, card.customers, card.share, own, costs))
    return tuple(actions)


def _action(
    segment_id: int, customers: int, share: float, values: Floats | None, costs: Costs
) -> CostedAction:
    cost = costs.own.get(segment_id, costs.contact)
    told = values is not None and len(values) > 0
    revenue = float(values.sum()) if values is not None and told else None
    each = revenue / len(values) if values is not None and revenue is not None else None
    if costs.usual is None:
        break_even = cost / costs.margin
        trial, notes = _by_money(values, break_even, customers)
    else:
        break_even = cost / (costs.margin * costs.answer)
        trial, notes = _by_answers(costs.usual, break_even, customers)
    by_money = costs.usual is None
    return CostedAction(
        segment_id=segment_id,
        customers=customers,
        share=share,
        revenue=revenue,
        revenue_per_customer=each,
        effort=cost * customers,
        break_even=break_even,
        break_even_share=break_even / each if by_money and each is not None and each > 0 else None,
        trial=trial,
        notes=notes,
    )


def _by_money(
    values: Floats | None, uplift: float, customers: int
) -> tuple[Trial | None, tuple[str, ...]]:
    if values is None:
        said = "No column says what customers bring in: go by answers instead."
        return None, (said,)
    if len(values) < LEAST_CUSTOMERS:
        said = f"{counted(len(values), 'customer', 'customers')} can't be tested on."
        return None, (said,) if customers else ()
    notes = []
    if values.mean() <= 0:
        notes.append(f"Revenue comes to {say(float(values.sum()))}, so an uplift has no share.")
    if values.min() == values.max():
        notes.append("All bring in the same, so the data doesn't say how far chance would spread.")
        return None, tuple(notes)
    spread = float(values.std(ddof=1))
    trial = Trial(
        per_group=group_for_means(uplift, spread),
        customers=customers,
        smallest=_smallest(lambda size: power_of_means(customers // 2, size, spread), spread),
    )
    return trial, tuple(notes)


def _by_answers(
    usual: float, uplift: float, customers: int
) -> tuple[Trial | None, tuple[str, ...]]:
    if usual + uplift >= 1:
        said = "Even if all answered, the cost would not come back."
        return None, (said,)
    if customers < LEAST_CUSTOMERS:
        said = f"{counted(customers, 'customer', 'customers')} can't be tested on."
        return None, (said,) if customers else ()
    room = 1 - usual
    trial = Trial(
        per_group=group_for_shares(usual, usual + uplift),
        customers=customers,
        smallest=_smallest(
            lambda size: power_of_shares(customers // 2, usual, usual + size), room, most=room
        ),
    )
    return trial, ()


def group_for_means(uplift: float, spread: float, *, power: float = POWER) -> int | None:
    """Return how many customers each of two groups needs to tell a difference of means.

    The smallest whole number for which the two-sided t test at 5% has the power asked for, by the
    non-central t distribution (Cohen 1988, Statistical power analysis, chapter 2), as in R's
    ``power.t.test``; None beyond a billion.

    Examples
    --------
    >>> group_for_means(1.0, 1.0, power=0.9)
    23
    """
    return _least(lambda size: power_of_means(size, uplift, spread), power)


def power_of_means(size: int, uplift: float, spread: float) -> float:
    """Return the chance that a two-sided t test on two groups of a size sees an uplift."""
    from scipy.special import nctdtr, stdtrit

    if size < 2:
        return 0.0
    freedom = 2 * size - 2
    # Farther away the library gives no number, and the chance is 1 to the last digit.
    away = min(uplift / spread * math.sqrt(size / 2), FARTHEST)
    return float(1 - nctdtr(freedom, away, stdtrit(freedom, 1 - ALPHA / 2)))


def group_for_shares(usual: float, wanted: float, *, power: float = POWER) -> int | None:
    """Return how many customers each of two groups needs to tell a difference of proportions.

    The smallest whole number for which the two-sided test at 5% has the power asked for, by the
    normal distribution without correction for continuity (Fleiss, Levin and Paik 2003, Statistical
    methods for rates and proportions, formula 4.14), as in R's ``power.prop.test``; None beyond
    a billion.

    Examples
    --------
    >>> group_for_shares(0.5, 0.75, power=0.9)
    77
    """
    return _least(lambda size: power_of_shares(size, usual, wanted), power)


def power_of_shares(size: int, usual: float, wanted: float) -> float:
    """Return the chance that a two-sided test on two groups of a size tells the proportions."""
    from scipy.special import ndtr, ndtri

    middle = (usual + wanted) / 2
    alike = math.sqrt(2 * middle * (1 - middle))
    apart = math.sqrt(usual * (1 - usual) + wanted * (1 - wanted))
    if apart == 0:
        return 1.0
    return float(ndtr((math.sqrt(size) * (wanted - usual) - ndtri(1 - ALPHA / 2) * alike) / apart))


def _least(power_at: Callable[[int], float], power: float) -> int | None:
    """Return the smallest size with the power, which rises with the size."""
    low, high = 1, 2
    while power_at(high) < power:
        low, high = high, 2 * high
        if high > LARGEST_GROUP:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_at(middle) >= power else (middle, high)
    return high


def _smallest(
    power_at: Callable[[float], Any], scale: float, most: float = math.inf
) -> float | None:
    """Return the smallest uplift that is seen with the usual power, up to ``most``."""
    high = min(scale, most)
    while power_at(high) < POWER:
        if high >= min(most, 1e6 * scale):
            return None
        high = min(2 * high, most)
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if power_at(middle) >= POWER else (middle, high)
    return high
