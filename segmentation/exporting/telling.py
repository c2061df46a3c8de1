"""A run in plain words: what came out, how it was made, how far to trust it, and its limits."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.exporting.account import ledger
from segmentation.numerals import counted, fixed, percent, say
from segmentation.results import Portraits, Refunds, RuleSet, Run
from segmentation.set_aside import account
from segmentation.silhouettes import structure
from segmentation.trust import PLAIN, band
from segmentation.vocabulary import label
from segmentation.wheel import histories, notes
from segmentation.words import listed, sentence, short

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

METHODS = {
    "kmeans": "K-Means: each is in the segment whose centre is nearest, and the centres are such "
    "that the squared distances together are as small as could be found",
    "bisecting": "bisecting K-Means, which cuts one segment in two until there are enough",
    "gaussian": "a Gaussian mixture, which takes segments for clouds of different shape",
    "ward": "Ward's method, which joins the two most alike groups until few enough are left",
    "hdbscan": "HDBSCAN, which looks for dense regions and leaves customers outside of them out",
    "dbscan": "DBSCAN, which looks for dense regions and leaves customers outside of them out",
}
SCALERS = {
    "standard": "counted in standard deviations from the mean",
    "robust": "counted in quartile ranges from the median",
    "minmax": "laid out from the smallest to the largest value",
    "none": "taken as they are, so that large units weigh more",
}
TRANSFORMS = {
    "log": "a logarithm was taken of",
    "yeo-johnson": "a power that evens out the tails was taken of",
    "rank": "ranks were taken instead of the values of",
}
LIMITS = (
    "The segments describe customers as they were when the file was made. People change: make "
    "them anew from newer data before acting again.",
    "What sets a segment apart goes with it and need not be its cause. Whether an action works "
    "shows only in a test against customers who are left alone.",
    "What is not in the file can't count: other segments might come of other columns.",
    "Customers near a border might as well be in the next segment.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Some sentences under a heading.

    Parameters
    ----------
    title : str
        What they are about.
    sentences : tuple of str
        Each complete.
    """

    title: str
    sentences: tuple[str, ...]


def headline(run: Run, cards: Portraits) -> str:
    """Say how many segments there are among how many customers, and first if only some are shown.

    Parameters
    ----------
    run : Run
        A finished run.
    cards : Portraits
        Of the customers shown.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.portraits import portraits
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n"
    >>> made = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2)))
    >>> headline(made, portraits(made, made.profiles.labels > 0))
    'Two segments among 4 customers'
    >>> headline(made, portraits(made, made.profiles.labels == 1))
    '2 of 4 customers shown, in one of the two segments'
    """
    k, whole = _number(run.segmentation.k), len(run.profiles.customers)
    people = run.playbook.playbook.words.customer.count(whole)
    if cards.customers == whole:
        return sentence(f"{k} segments among {people}")
    present = sum(card.customers > 0 for card in cards.segments)
    among = f"{_number(present)} of the {k}" if present else f"none of the {k}"
    if present == run.segmentation.k:
        among = f"all {k}"
    return f"{cards.customers:,} of {people} shown, in {among} segments"


def shown(run: Run, cards: Portraits) -> str:
    """Say which figures are of the customers shown alone; nothing if all are."""
    whole, customer = len(run.profiles.customers), run.playbook.playbook.words.customer
    if cards.customers == whole:
        return ""
    return (
        f"Shown: {cards.customers:,} of {customer.count(whole)}, those that passed a filter. Sizes "
        f"and shares are of those shown. They are held against all {whole:,}, among whom the "
        "segments were found; how far to trust the segments is about all, too."
    )


def verdict(run: Run) -> str:
    """Say in a sentence or two how far the segments can be trusted."""
    evidence = run.evidence
    if evidence.verdict is not None:
        return evidence.verdict.sentence
    if not evidence.stabilities:
        return "How far these segments can be trusted has not been checked yet."
    word, said = structure(run.segmentation.silhouette)
    return f"By the silhouette there is {'no' if word == 'none' else word} structure: {said}"


def standing_out(run: Run, cards: Portraits) -> str:
    """Say which segment is the largest, and which brings in most, among the customers shown."""
    names, words = run.name_of(), run.playbook.playbook.words
    whole, customer = len(run.profiles.customers), words.customer
    among, many = "The largest", customer.many
    if cards.customers < whole:
        among = f"Among the {customer.count(cards.customers)} shown (of {whole:,}), the largest"
        many += " shown"
    largest = max(cards.segments, key=lambda card: card.customers)
    if not largest.customers:
        return ""
    first = f"{among}, {short(names[largest.segment_id], 80)}, has {percent(largest.share, 0)} of "
    first += f"the {many}"
    paying = [card for card in cards.segments if card.revenue_share is not None]
    richest = max(paying, key=lambda card: card.revenue_share or 0.0, default=None)
    if richest is None or richest.revenue_share is None:
        return f"{first}."
    worth = f"{percent(richest.revenue_share, 0)} of the {words.money}"
    if richest is largest:
        return f"{first} and {worth}."
    return (
        f"{first}; most {words.money} comes from {short(names[richest.segment_id], 80)}: {worth} "
        f"with {percent(richest.share, 0)} of the {many}."
    )


def trust_of(run: Run, segment_id: int) -> tuple[str, str]:
    """Say in a word and a sentence how far a segment can be trusted; before the check, nothing."""
    if not run.segmentation.stabilities:
        return "", ""
    found = run.segmentation.stabilities[segment_id - 1]
    word, said = band(found.mean)
    return PLAIN[word], f"{said} Stability {found.mean:.2f} ({found.low:.2f} to {found.high:.2f})."


def method(run: Run, cards: Portraits, rules: RuleSet) -> tuple[Passage, ...]:
    """Say how the segments were made and what they can't tell.

    Parameters
    ----------
    run : Run
        A finished run.
    cards : Portraits
        Of its segments.
    rules : RuleSet
        That retell them.
    """
    return (
        Passage(title="The data", sentences=_data(run)),
        Passage(title="What was compared", sentences=_compared(run)),
        Passage(title="How the segments were found", sentences=_found(run)),
        Passage(title="How far to trust them", sentences=_trust(run)),
        Passage(title="What they can't tell", sentences=_limits(run, cards, rules)),
    )


def account_lines(run: Run) -> tuple[tuple[str, int, int], ...]:
    """Return each rule that set rows aside or changed cells, with how many of each."""
    steps = account(run.loaded.table, run.loaded.clean)
    set_aside = [(step.reason, step.set_aside) for step in steps]
    set_aside += [(entry.reason, entry.set_aside) for entry in run.prepared.ledger]
    changed = {entry.reason: entry.changed for entry in ledger(run)}
    told = [(sentence(why), count, changed.get(why, 0)) for why, count in set_aside]
    return tuple(line for line in told if line[1] or line[2])


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _data(run: Run) -> tuple[str, ...]:
    loaded, words = run.loaded, run.playbook.playbook.words
    report = loaded.table.report
    rows = counted(report.rows, "row", "rows")
    said = [f"{rows} and {counted(report.columns, 'column', 'columns')} were read from "
            f"{short(report.name, 120)}."]  # fmt: skip
    if loaded.customers.kind == "transactions":
        said.append(
            f"Each row is a line of an {words.order.one}; together they tell of "
            f"{words.customer.count(len(loaded.customers.ids))}."
        )
        net = run.recipe.clean.returns == "net"
        said.append(
            "Returns and cancellations were taken off what was sold."
            if net
            else "Returns and cancellations were set aside."
        )
        if loaded.clean.refunds is not None:
            said.append(_account(loaded.clean.refunds))
    if loaded.clean.as_of is not None:
        said.append(f"Days are counted to {loaded.clean.as_of.isoformat()}.")
    said += [
        f"{short(match.table.report.name, 120)} was joined by {short(match.key, 60)}: it tells of "
        f"{words.customer.count(match.matched)}."
        for match in loaded.joined
    ]
    return tuple(said)


def _account(refunds: Refunds) -> str:
    """Lead from what was sold to what the file comes to."""
    sold, back, net, others, total = (
        fixed(amount, 2)
        for amount in (
            refunds.gross,
            refunds.returned,
            refunds.net,
            -refunds.returns_only,
            refunds.total,
        )
    )
    return (
        f"Sold {sold}, less {back} returned, makes {net} net; less {others} of those who returned "
        f"something but ordered nothing, and are set aside, the lines come to {total}."
    )


def _compared(run: Run) -> tuple[str, ...]:
    many, prepared = run.playbook.playbook.words.customer.many, run.prepared
    features = listed([short(label(name), 60) for name in prepared.features])
    said = [f"{sentence(many)} were compared by {features}."]
    for transform, words in TRANSFORMS.items():
        taken = [short(label(c.name), 60) for c in prepared.columns if c.transform == transform]
        if taken:
            said.append(f"Where a few values are far above the rest, {words} {listed(taken)}.")
    said.append(f"To make them comparable they were {SCALERS[run.recipe.prepare.scaler]}.")
    filled = [c for c in prepared.columns if c.fill is not None and c.transform != "0/1"]
    if filled:
        named = listed([f"{say(c.fill or 0.0)} for {short(label(c.name), 60)}" for c in filled])
        said.append(f"Missing values were taken to be {named}.")
    return tuple(said)


def _found(run: Run) -> tuple[str, ...]:
    recipe, evidence = run.recipe, run.evidence
    many = run.playbook.playbook.words.customer.many
    reason = evidence.reason if evidence.reason.startswith("k =") else sentence(evidence.reason)
    how = METHODS[recipe.fit.method].replace("customers", many)
    by = f"by falling mean of {short(label(run.segmentation.money_feature), 60)}"
    by_hand = run.segmentation.by_hand
    if by_hand is None:
        said = [f"The segments were found by {how}.", f"{reason}."]
        said.append(f"Segments are numbered {by}.")
    else:
        names = run.name_of()
        found = f"{_number(len(by_hand.centres))} segments"
        said = [f"{sentence(found)} were found by {how}.", f"Why so many: {evidence.reason}."]
        said.append(f"They were numbered {by}.")
        said += notes(run.segmentation)
        said += [f"{short(names[i], 80)}: {text}." for i, text in histories(by_hand).items()]
        said.append(f"That makes {_number(run.segmentation.k)} segments now.")
    said.append("With the same file and the same settings they come out the same, to the last one.")
    return (*said, *run.prepared.notes)


def _trust(run: Run) -> tuple[str, ...]:
    found, many = run.segmentation, run.playbook.playbook.words.customer.many
    said = [verdict(run)]
    sampled = found.silhouette_customers < len(run.profiles.customers)
    said.append(
        f"The silhouette is {found.silhouette:.3f}: 1 would be {many} who are all much closer to "
        f"their own segment than to the next, 0 no segments at all (Rousseeuw 1987"
        + (f"; computed on {found.silhouette_customers:,})." if sampled else ").")
    )
    if found.stabilities:
        least = min(found.stabilities, key=lambda steady: steady.mean)
        said.append(
            f"The {many} were drawn anew and segmented, again and again. The segment that came "
            f"back least well did so to {least.mean:.2f} ({least.low:.2f} to {least.high:.2f}) on "
            "a scale where 1 is whole; below 0.60 it is not to be relied on (Hennig 2007)."
        )
    return (*said, *(trap.sentence for trap in run.evidence.traps))


def _limits(run: Run, cards: Portraits, rules: RuleSet) -> tuple[str, ...]:
    many = run.playbook.playbook.words.customer.many
    kept = percent(rules.fidelity, 0)
    return (
        *(
            limit.replace("customers", many).replace("Customers", sentence(many))
            for limit in LIMITS
        ),
        f"The rules are a shorter retelling: by them {kept} of the {many} keep their segment.",
        *cards.notes,
    )
