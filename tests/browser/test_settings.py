"""The settings of a run, and what is said of results that they no longer are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_filters import found
from tests.browser.test_screens import STALE, features

if TYPE_CHECKING:
    from tests.browser.acting import Person

pytestmark = pytest.mark.browser

ASIDE = "Settings changed since"


def test_results_are_called_old_as_long_as_the_settings_are_others(person: Person) -> None:
    found(person, "Mall visitors")
    before = person.segments()
    for keys, old in (("ArrowRight", True), ("ArrowRight", True), ("ArrowLeft ArrowLeft", False)):
        person.slide("k", keys)
        for said in (STALE, ASIDE):
            person.sees(said) if old else person.does_not_see(said)
        person.sees("4 segments")
        assert person.segments() == before
    person.view("Suggest")
    person.sees(STALE)
    person.view("Choose")
    person.does_not_see(STALE)
    assert person.slide("k", "ArrowRight") == 5
    person.run_unchecked()
    person.does_not_see(STALE)
    person.does_not_see(ASIDE)
    person.sees("5 segments")
    assert len(person.segments()) == 5 and person.slide("k", "ArrowLeft") == 4
    person.sees(ASIDE)
    person.go("Profiles")
    person.sees(STALE)


def test_without_features_nothing_runs_and_what_is_shown_stays(person: Person) -> None:
    found(person, "Mall visitors")
    before, chosen = person.segments(), features(person)
    for name in chosen:
        person.remove(name)
    expect(person.button("Run")).to_be_disabled()
    person.sees("Choose a feature, then press Run")
    assert person.segments() == before
    person.choose("Features to segment by", chosen[0])
    expect(person.button("Run")).to_be_enabled()
    person.sees("Press Run")
    person.run_unchecked()
    person.does_not_see(STALE)
    assert features(person) == chosen[:1]
