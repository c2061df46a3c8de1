"""The parts of the API, each by itself."""

from __future__ import annotations

import subprocess
import sys

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from segmentation.__main__ import main
from segmentation.api.access import Unknown, caller
from segmentation.api.answers import parse_rows
from segmentation.api.arrivals import MOST_MODELS, Arrivals
from segmentation.api.facts import model_facts, scored_facts
from segmentation.api.limits import ApiLimits, OpenRequests, Rates
from segmentation.api.openapi import describe
from segmentation.api.problems import Problem, place_of
from segmentation.api.tokens import Tokens, digest_of_token, make_token
from segmentation.errors import SettingsError
from segmentation.models.making import make_model
from segmentation.models.scoring import score
from segmentation.settings import ChooseSettings, Recipe, WheelSettings
from tests.models.modelling import DATA, run_of

HERE = Headers({"host": "localhost:8501"})


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine(address: str) -> None:
    assert caller(HERE, address, Tokens()).startswith("address ")


@pytest.mark.parametrize(
    "address",
    ["192.168.1.5", "10.0.0.1", "::", "0.0.0.0", "2001:db8::1", "::ffff:10.0.0.1", "", "x"],
)
def test_other_machines_need_a_token(address: str) -> None:
    with pytest.raises(Problem) as refused:
        caller(HERE, address, Tokens())
    assert refused.value.status == 403
    known = Tokens(digests=(digest_of_token("secret"),))
    with pytest.raises(Unknown):
        caller(HERE, address, known)
    bearer = Headers({"host": "a.example", "authorization": "Bearer secret"})
    assert caller(bearer, address, known) == "token 0"


def test_two_hosts_or_two_tokens_are_none() -> None:
    two = Headers(raw=[(b"host", b"localhost"), (b"host", b"localhost")])
    with pytest.raises(Problem):
        caller(two, "127.0.0.1", Tokens())
    bearer = (b"authorization", b"Bearer secret")
    with pytest.raises(Unknown):
        caller(Headers(raw=[bearer, bearer]), "::1", Tokens(digests=(digest_of_token("secret"),)))


def test_one_who_has_many_addresses_is_one_caller() -> None:
    tokens = Tokens(digests=(digest_of_token("secret"),))
    who = {caller(HERE, f"2001:db8:1:2::{i:x}", tokens, is_open=True) for i in range(1, 200)}
    assert len(who) == 1


def test_tokens_are_not_to_be_guessed() -> None:
    tokens = [make_token() for _ in range(100)]
    assert len(set(tokens)) == 100 and all(len(token) >= 43 for token in tokens)


def test_the_command_prints_a_token_and_its_digest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token"]) == 0
    said = capsys.readouterr().out
    (token,) = [word for word in said.split() if word.startswith("seg_")]
    assert f'tokens = ["{digest_of_token(token)}"]' in said
    assert main(["token"]) == 0
    assert token not in capsys.readouterr().out


@pytest.mark.parametrize("told", ["sha256:" + "a" * 64, None, 7, {"a": 1}, [None], ["sha256:"]])
def test_tokens_that_are_not_digests_are_refused(told: object) -> None:
    with pytest.raises(SettingsError):
        Tokens.told(told)


def test_rates_allow_a_burst_and_then_so_many_a_minute() -> None:
    rates = Rates(ApiLimits(requests_per_minute=120, burst=5))
    asked = [i / 10 for i in range(601)]
    allowed = [at for at in asked if not rates.wait_seconds("a", at)]
    assert allowed[:5] == asked[:5]
    assert len(allowed) in range(5 + 118, 5 + 122)


def test_waiting_as_long_as_told_is_enough() -> None:
    rates = Rates(ApiLimits(requests_per_minute=7, burst=1))
    assert not rates.wait_seconds("a", 0.0)
    wait = rates.wait_seconds("a", 1.0)
    assert not rates.wait_seconds("a", 1.0 + wait + 1e-9)


def test_callers_are_forgotten_before_they_fill_memory() -> None:
    rates = Rates(ApiLimits(callers=50))
    for i in range(5_000):
        rates.wait_seconds(f"address {i}", float(i))
    assert len(rates) == 50


def test_places_are_given_back() -> None:
    places = OpenRequests(ApiLimits(open_requests=3, open_requests_per_caller=2))
    with places.one_more("a"), places.one_more("a"):
        with pytest.raises(Problem) as mine, places.one_more("a"):
            pass
        with places.one_more("b"), pytest.raises(Problem) as all_of_us, places.one_more("c"):
            pass
    assert (mine.value.status, all_of_us.value.status) == (429, 503)
    with places.one_more("a"), places.one_more("b"), places.one_more("c"):
        pass


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_a_problem(body: bytes) -> None:
    status, rows = 200, []
    try:
        rows = parse_rows(body, 10)
    except Problem as problem:
        status = problem.status
    assert status in (200, 400, 413, 422)
    assert all(isinstance(row, dict) for row in rows)


@pytest.mark.parametrize("with_tokens", [True, False])
def test_the_description_is_json_schema_throughout(with_tokens: bool) -> None:
    described = describe("/api/v1", ApiLimits(), with_tokens=with_tokens)
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    secured = [
        "security" in operation
        for item in described["paths"].values()
        for name, operation in item.items()
        if name != "parameters"
    ]
    assert sum(secured) == (3 if with_tokens else 0)


def test_segments_by_hand_are_told_as_the_description_says() -> None:
    steps = WheelSettings(steps=(("merge", (2, 1)), ("split", (3,))))
    recipe = Recipe(choose=ChooseSettings(k=4), wheel=steps)
    model = make_model(run_of(DATA / "mall.csv", recipe))
    told = {
        "Model": model_facts("m", model),
        "Scores": scored_facts("m", model, score(model, DATA / "mall.csv")),
    }
    schemas = describe("/api/v1", ApiLimits(), with_tokens=False)["components"]["schemas"]
    for name, facts in told.items():
        jsonschema.validate(facts, schemas[name], jsonschema.Draft202012Validator)
    customers = {part["id"]: part["customers"] for part in told["Model"]["segments"]}
    ids = [one["segment_id"] for one in told["Scores"]["scores"]]
    assert {i: ids.count(i) for i in customers} == customers


def test_only_what_is_watched_is_counted() -> None:
    arrivals = Arrivals()
    arrivals.count("a", {"VIP": 5})
    assert arrivals.watch("a") == {}
    arrivals.count("a", {"VIP": 2})
    arrivals.count("b", {"VIP": 9})
    arrivals.count("a", {"VIP": 1, "Regular": 4})
    assert arrivals.watch("a") == {"VIP": 3, "Regular": 4}
    assert arrivals.watch("b") == {}


def test_counts_are_bounded() -> None:
    arrivals = Arrivals()
    arrivals.watch("first")
    for i in range(MOST_MODELS):
        arrivals.watch(f"model {i}")
    arrivals.count("first", {"VIP": 1})
    assert arrivals.watch("first") == {}
    for i in range(100_000):
        arrivals.count("first", {f"segment {i}": 1})
    assert len(arrivals.watch("first")) < 1_000


def test_the_place_of_a_failure_has_none_of_its_words() -> None:
    with pytest.raises(ValueError, match="Zephyrine") as failed:
        int("Zephyrine")
    assert "Zephyrine" not in place_of(failed.value)
    assert place_of(failed.value).startswith("ValueError in test_the_place_of_a_failure")


def test_the_process_that_scores_ends_with_the_server() -> None:
    child = subprocess.run(
        [sys.executable, "-m", "segmentation.api.child", "nowhere", "4000000000", "10"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (child.returncode, child.stdout) == (0, b"")
