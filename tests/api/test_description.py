"""The description of the API held against the server, by schemathesis."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from segmentation.api.tokens import digest_of_token
from tests.serving import Served, serving


@pytest.fixture(scope="module")
def with_token(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    secrets = f"""
models_folder = "{folder}"
[api]
tokens = ["{digest_of_token("secret")}"]
requests_per_minute = 600000
burst = 100000
"""
    with serving(tmp_path_factory.mktemp("described"), secrets) as running:
        yield running


def held_against(served: Served, folder: Path, *options: str) -> None:
    found = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    if found is None:
        missing = "needs schemathesis: pip install -r requirements-dev.txt"
        if os.environ.get("CI") == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    done = subprocess.run(
        [found, "run", f"{served.address}/api/v1/openapi.json", "--no-color", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in served.logged()


def test_the_server_keeps_to_its_description(served: Served, tmp_path: Path) -> None:
    held_against(served, tmp_path, "--max-examples", "10", "--seed", "1")


def test_so_does_one_with_tokens(with_token: Served, tmp_path: Path) -> None:
    known = ("--header", "Authorization: Bearer secret")
    held_against(with_token, tmp_path, "--max-examples", "5", "--seed", "1", *known)


@pytest.mark.exhaustive
def test_it_does_so_for_long(served: Served, tmp_path: Path) -> None:
    held_against(served, tmp_path, "--max-examples", "500")
