"""Trials that are ended lose nothing: what was found is kept, and they go on from there."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from segmentation.choosing import Draws, shake, sweep
from segmentation.results import Begun
from segmentation.settings import ChooseSettings
from tests.choosing.clouds import blobs, prepared_of

FEW = Draws(bootstraps=6, splits=5, references=3)


class EndedError(Exception):
    """Someone has left."""


def test_trials_gone_on_with_come_to_the_same() -> None:
    prepared = prepared_of(blobs(3))
    swept = sweep(prepared, ChooseSettings(k_max=4))
    told: list[str] = []
    begun = Begun()

    def leave_after(count: int) -> None:
        def progress(share: float, words: str) -> None:
            assert 0 < share <= 1
            told.append(words)
            if len(told) == count:
                raise EndedError

        with pytest.raises(EndedError):
            shake(prepared, swept, draws=FEW, begun=begun, progress=progress)

    for count in (1, 5, 6):
        leave_after(count)
        assert len(begun.found) == count
    found = shake(
        prepared, swept, draws=FEW, begun=begun, progress=lambda _, words: told.append(words)
    )
    assert asdict(found) == asdict(shake(prepared, swept, draws=FEW))
    # Hopkins, the references, and two figures for each k; none was computed twice.
    assert len(told) == len(set(told)) == 1 + 3 + 2 * 3


def test_figures_are_known_k_by_k() -> None:
    prepared = prepared_of(blobs(3))
    swept = sweep(prepared, ChooseSettings(k_max=4))
    begun = Begun()
    seen: list[tuple[int, int]] = []

    def progress(*_: object) -> None:
        seen.append((len(begun.prediction_strengths), len(begun.stabilities)))

    trials = shake(prepared, swept, draws=FEW, begun=begun, progress=progress)
    assert seen[-6:] == [(1, 0), (1, 1), (2, 1), (2, 2), (3, 2), (3, 3)]
    assert begun.stabilities == trials.stabilities
    assert tuple(begun.prediction_strengths.values()) == trials.prediction_strengths
