"""What the API refuses, and how: always as a problem, never by falling over."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from segmentation.api.tokens import digest_of_token, make_token
from tests.serving import Served, serving

JSON = {"Content-Type": "application/json"}
SCORE = "/api/v1/models/mall/score"
ONE_ROW = json.dumps({"rows": [{"Age": 31}]})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ('{"rows": [{"Age": 31}]', 400),
        ('{"rows": [{"Age": NaN}]}', 400),
        ('{"rows": [{"Age": 1, "Age": 2}]}', 400),
        ('{"rows": [{"Age": 1' + "0" * 5_000 + "}]}", 400),
        ("[" * 100_000, 400),
        ('{"rows": ' + "[" * 50_000 + "]" * 50_000 + "}", 400),
        (b"\xff\xfe\xfa", 400),
        ("[]", 422),
        ("{}", 422),
        ("null", 422),
        ('"rows"', 422),
        ('{"rows": {}}', 422),
        ('{"rows": []}', 422),
        ('{"rows": [1]}', 422),
        ('{"rows": [{"Age": 1}], "more": 1}', 422),
        ('{"rows": [{"Age": [31]}]}', 422),
        ('{"rows": [{"Age": {"years": 31}}]}', 422),
        ('{"rows": [{"Age": true}]}', 422),
        ('{"rows": [{"Age": 1e300}]}', 422),
        ('{"rows": [{"age in years": 31}]}', 409),
        ('{"rows": [{"Age": "old"}]}', 409),
        (json.dumps({"rows": [{}] * 3_001}), 413),
    ],
)
def test_bodies(served: Served, body: str | bytes, status: int) -> None:
    assert served.ask(SCORE, "POST", body, JSON).is_problem(status)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "text/csv; charset=klingon"},
    ],
)
def test_kinds_of_bodies(served: Served, headers: dict[str, str]) -> None:
    assert served.ask(SCORE, "POST", ONE_ROW.encode(), headers).is_problem(415)


@pytest.mark.parametrize("query", ["dates=german", "decimal=,", "as_of=tomorrow", "as_of=20260131"])
def test_what_is_said_in_the_address(served: Served, query: str) -> None:
    answer = served.ask(f"{SCORE}?{query}", "POST", ONE_ROW, JSON)
    assert answer.is_problem(422)


@pytest.mark.parametrize(
    "name",
    [
        "nobody",
        "..%2Fserve",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..%5C..%5Cx",
        "../../serve.py",
        "%00",
        "mall.json",
        "mall%2F",
        "CON",
        "%F0%9F%92%A9",
        "a" * 5_000,
        "%ff%fe",
        ".saving-x",
        "*",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_names_that_are_no_models(served: Served, name: str, method: str) -> None:
    if method == "GET":
        answer = served.ask(f"/api/v1/models/{name}")
    else:
        answer = served.ask(f"/api/v1/models/{name}/score", "POST", ONE_ROW, JSON)
    assert answer.status in (400, 404, 409)
    assert answer.is_problem(answer.status)
    assert b"Traceback" not in answer.body and b"/tmp" not in answer.body


def test_a_damaged_model_is_refused_with_the_reason(served: Served) -> None:
    assert served.ask("/api/v1/models/damaged").is_problem(409)
    assert served.score("damaged", [{"Age": 30}]).is_problem(409)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/v1/health", ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")),
        ("/api/v1/models", ("POST", "DELETE", "OPTIONS")),
        ("/api/v1/models/mall", ("POST", "PUT", "DELETE", "OPTIONS")),
        (SCORE, ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")),
    ],
)
def test_methods(served: Served, path: str, methods: tuple[str, ...]) -> None:
    for method in methods:
        answer = served.ask(path, method)
        assert answer.status == 405
        assert {"GET", "POST"} & set(answer.headers["allow"].split(", "))
        assert method == "HEAD" or answer.is_problem(405)


@pytest.mark.parametrize("path", ["/health", "/models", "/models/mall", "/openapi.json"])
def test_head_is_get_without_the_body(served: Served, path: str) -> None:
    got, head = served.ask(f"/api/v1{path}"), served.ask(f"/api/v1{path}", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize("path", ["/", "/nothing", "/models/", "/models/mall/", "/health/x"])
def test_paths_that_are_none(served: Served, path: str) -> None:
    assert served.ask(f"/api/v1{path}").is_problem(404)


# ---- only this machine -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Forwarded": "for=192.0.2.1"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Host": "localhost"},
        {"X-Forwarded-Proto": "https"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"CF-Connecting-IP": "192.0.2.1"},
        {"True-Client-IP": "192.0.2.1"},
        {"Host": "attacker.example"},
        {"Host": "attacker.example:8501"},
        {"Host": "localhost.attacker.example"},
        {"Host": ""},
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/health", "/models", "/openapi.json"])
def test_without_tokens_only_this_machine_is_answered(
    served: Served, headers: dict[str, str], path: str
) -> None:
    assert served.ask(f"/api/v1{path}", headers=headers).is_problem(403)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8501"])
def test_this_machine_has_several_names(served: Served, host: str) -> None:
    assert served.ask("/api/v1/models", headers={"Host": host}).status == 200


# ---- too much, too slow ------------------------------------------------------------------------


def test_a_body_that_is_too_large(served: Served) -> None:
    assert served.score("mall", b" " * 300_001).is_problem(413)
    assert served.score_csv("mall", b"1,2\n" * 100_000).is_problem(413)


def test_a_body_of_untold_length_that_is_too_large(served: Served) -> None:
    parts = (b"x" * 10_000 for _ in range(40))
    assert served.ask(SCORE, "POST", parts, JSON).is_problem(413)


def begun(served: Served, head: str) -> socket.socket:
    connection = socket.create_connection(("localhost", served.port), timeout=30)
    connection.sendall(head.encode())
    return connection


def test_a_body_that_does_not_come_is_given_up(served: Served) -> None:
    """While many such clients wait, others are answered: the places of bodies are not used up."""
    head = (
        f"POST {SCORE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        'Content-Length: 1000\r\n\r\n{"rows": ['
    )
    slow = [begun(served, head) for _ in range(40)]
    try:
        assert served.ask("/api/v1/health").status == 200
        assert served.ask("/_stcore/health").status == 200
        said = [connection.recv(65_536) for connection in slow]
    finally:
        for connection in slow:
            connection.close()
    statuses = {int(answer.split()[1]) for answer in said}
    assert 408 in statuses and statuses <= {408, 429}
    assert served.score("mall", [{"Age": 30}]).status == 200


def test_a_body_that_trickles_is_given_up(served: Served) -> None:
    head = (
        f"POST {SCORE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    connection = begun(served, head)
    connection.settimeout(0.1)
    answer = b""
    for _ in range(200):
        try:
            connection.sendall(b"1\r\n \r\n")
            answer += connection.recv(65_536)
        except TimeoutError:
            continue
        except OSError:
            break
        break
    connection.close()
    assert b" 408 " in answer


def test_a_client_that_leaves_early_hurts_nobody(served: Served) -> None:
    for _ in range(30):
        begun(
            served, f"POST {SCORE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n["
        ).close()
    begun(served, "GARBAGE\r\n\r\n").close()
    assert served.score("mall", [{"Age": 30}]).status == 200
    assert "Traceback" not in served.logged()


# ---- tokens and rates --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def token() -> str:
    return make_token()


@pytest.fixture(scope="module")
def guarded(folder: Path, token: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    digests = [digest_of_token("another"), digest_of_token(token)]
    secrets = f"""
models_folder = "{folder}"
[api]
tokens = {json.dumps(digests)}
requests_per_minute = 60
burst = 20
"""
    with serving(tmp_path_factory.mktemp("guarded"), secrets) as running:
        yield running


def test_a_token_lets_in_and_nothing_else_does(guarded: Served, token: str) -> None:
    known = {"Authorization": f"Bearer {token}"}
    assert guarded.score("mall", [{"Age": 31}], known).status == 200
    assert guarded.ask("/api/v1/models", headers={**known, "Via": "1.1 proxy"}).status == 200
    for wrong in (
        "",
        f"Bearer {token}x",
        f"Basic {token}",
        "Bearer",
        token,
        digest_of_token(token),
    ):
        answer = guarded.ask("/api/v1/models", headers={"Authorization": wrong})
        assert answer.is_problem(401)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert guarded.score("mall", [{"Age": 31}]).is_problem(401)
    assert guarded.ask("/api/v1/health").status == 200
    described = guarded.ask("/api/v1/openapi.json").said
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_guessing_has_limits_and_stands_in_nobodys_way(guarded: Served, token: str) -> None:
    def guess(i: int) -> int:
        return guarded.ask("/api/v1/models", headers={"Authorization": f"Bearer {i}"}).status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(60)))
    assert set(statuses) == {401, 429}
    assert guarded.ask("/api/v1/health", headers={"Authorization": f"Bearer {token}"}).status == 200


def test_one_who_asks_too_often_is_told_when_to_come_back(guarded: Served, token: str) -> None:
    known = {"Authorization": f"Bearer {token}"}
    connection = http.client.HTTPConnection("localhost", guarded.port, timeout=30)
    for _ in range(40):
        connection.request("GET", "/api/v1/health", headers=known)
        answer = connection.getresponse()
        answer.read()
        if answer.status == 429:
            break
    connection.close()
    assert answer.status == 429
    wait = int(answer.headers["retry-after"])
    time.sleep(wait)
    assert guarded.ask("/api/v1/models", headers=known).status == 200


@pytest.mark.parametrize(
    "settings",
    ['tokens = ["seg_plain"]', 'tokens = "sha256:x"', "burst = 0", "brust = 5", "tokens ="],
)
def test_wrong_settings_keep_the_server_from_starting(tmp_path: Path, settings: str) -> None:
    with (
        pytest.raises(RuntimeError, match="didn't start"),
        serving(tmp_path, f"[api]\n{settings}\n"),
    ):
        pass
