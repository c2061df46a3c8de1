"""Whatever the bytes, the reader reads them or says in a sentence why not."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.reading.fuzz import Find, container_seeds, failure_of, finds, mutants, text_seeds


@pytest.mark.parametrize("number", range(8))
def test_no_change_of_a_text_ends_in_an_error_that_is_not_for_the_user(number: int) -> None:
    for seed in islice(mutants(number, containers=False), 150):
        failure = failure_of(seed)
        assert failure is None, f"{seed.data[:400]!r}\n{failure}"


def test_no_change_of_a_container_ends_in_an_error_that_is_not_for_the_user() -> None:
    for seed in islice(mutants(0, containers=True), 12):
        failure = failure_of(seed)
        assert failure is None, f"{seed.name} {seed.data[:400]!r}\n{failure}"


def test_the_fuzzer_starts_from_files_that_are_read() -> None:
    for seed in (*text_seeds()[::20], *container_seeds()):
        assert failure_of(seed) is None, seed.name
    assert next(mutants(1, containers=False)) == next(mutants(1, containers=False))


@pytest.mark.exhaustive
def test_ten_minutes_of_fuzzing_find_nothing() -> None:
    found = [find for find in finds(10, 1) if isinstance(find, Find)]
    assert not found, "\n".join(f"{find.seed.data[:400]!r}\n{find.failure}" for find in found[:3])
