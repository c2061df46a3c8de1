"""Costed actions in words."""

from __future__ import annotations

from segmentation.numerals import fixed, say
from segmentation.results import CostedAction, Trial, Words

MILLION = 1_000_000


def cost_lines(action: CostedAction, words: Words, *, by_money: bool) -> dict[str, str]:
    r"""Say from where an action pays, and what proves it.

    Parameters
    ----------
    action : CostedAction
        By money or by answers.
    words : Words
        Of the field.
    by_money : bool
        What its test compares.

    Examples
    --------
    >>> from segmentation.results import Noun
    >>> noun = Noun(one="donor", many="donors")
    >>> action = CostedAction(
    ...     segment_id=1, customers=90, share=0.5, revenue=9000.0, revenue_per_customer=100.0,
    ...     effort=90.0, break_even=4.0, break_even_share=0.04,
    ...     trial=Trial(per_group=120, customers=90, smallest=6.5),
    ... )
    >>> said = cost_lines(action, Words(customer=noun, order=noun, money="gifts"), by_money=True)
    >>> said["Pays from"]
    '4 more gifts per donor (+4.0%)'
    >>> said["To prove it"]
    'Too small: 2 × 120 donors are needed, and there are 90. Halved, it could prove 6.5 ...'
    """
    each, people = words.customer.one, words.customer.many
    if by_money:
        share = _share(action.break_even, action)
        pays = f"{say(action.break_even)} more {words.money} per {each}{share}"
    else:
        pays = f"{_points(action.break_even)} more {people} answering"
    if not by_money and action.break_even > 1:
        pays = "Never"
    trial = action.trial
    if trial is None:
        return {"Pays from": pays, "To prove it": "The data can't say"}
    if trial.fits:
        return {"Pays from": pays, "To prove it": f"2 × {trial.per_group:,} {people}"}
    size = "more than a billion" if trial.per_group is None else f"2 × {_size(trial.per_group)}"
    proof = f"Too small: {size} {people} are needed, and there are {trial.customers:,}. "
    return {"Pays from": pays, "To prove it": proof + _halved(trial, action, by_money=by_money)}


def _size(people: int) -> str:
    """Say how many, no more exactly than helps."""
    return f"{people:,}" if people < MILLION else f"{people / MILLION:,.0f} million"


def _halved(trial: Trial, action: CostedAction, *, by_money: bool) -> str:
    if trial.smallest is None:
        return "Halved, it could prove nothing."
    if by_money:
        said = f"{say(trial.smallest)}{_share(trial.smallest, action)}"
        return f"Halved, it could prove {said}."
    return f"Halved, it could prove {_points(trial.smallest)}."


def _share(amount: float, action: CostedAction) -> str:
    each = action.revenue_per_customer
    if each is None or each <= 0:
        return ""
    percent = 100 * amount / each
    return f" (+{fixed(percent, 1 if percent >= 1 else 3)}%)"


def _points(share: float) -> str:
    return f"{fixed(100 * share, 2)} in 100"
