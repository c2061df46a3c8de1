"""The council: each criterion's vote, the rule that weighs them, and the verdict."""

from __future__ import annotations

from segmentation.choosing.handfuls import SMALL_COUNT, SMALL_SHARE
from segmentation.results import Evidence, Prepared, Sweep, Trap, Trials
from segmentation.settings import ChooseSettings


def weigh(
    prepared: Prepared,
    sweep: Sweep,
    trials: Trials | None = None,
    traps: tuple[Trap, ...] = (),
    choose: ChooseSettings | None = None,
) -> Evidence:
    """Say which k the evidence speaks for, and how far it can be trusted."""
    choose = choose or ChooseSettings()
    silhouette_k, passed_over = _by_silhouette(sweep, len(prepared.matrix))
    chosen = choose.k or silhouette_k
    return Evidence(
        sweep=sweep,
        trials=trials,
        traps=traps,
        k=chosen,
        reason=(
            f"k = {chosen} was asked for"
            if choose.k is not None
            else _reason(sweep.ks, list(sweep.silhouettes), silhouette_k, passed_over)
        ),
    )


def _by_silhouette(sweep: Sweep, customers: int) -> tuple[int, tuple[int, ...]]:
    ks = sweep.ks
    order = sorted(range(len(ks)), key=lambda i: (-sweep.silhouettes[i], ks[i]))
    passed_over: list[int] = []
    for i in order:
        if sweep.smallest[i] >= max(SMALL_SHARE * customers, SMALL_COUNT):
            return ks[i], tuple(passed_over)
        passed_over.append(ks[i])
    return ks[order[0]], ()


def _reason(ks: tuple[int, ...], widths: list[float], k: int, passed_over: tuple[int, ...]) -> str:
    width = widths[ks.index(k)]
    said = f"k = {k} has the largest silhouette ({width:.3f}) of k = {ks[0]} to {ks[-1]}"
    if passed_over:
        listed = ", ".join(map(str, passed_over))
        said += (
            f" once k = {listed} is passed over, where a group has under {SMALL_SHARE:.0%} of the "
            f"customers or under {SMALL_COUNT}"
        )
    return said
