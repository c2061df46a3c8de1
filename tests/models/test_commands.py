"""Models from the command line: files, figures and exit codes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.__main__ import main
from segmentation.models.files import read_model
from segmentation.models.making import make_model
from segmentation.models.store import write_model
from segmentation.pipeline import renamed
from tests.models.modelling import DATA, MALL, mall_run

Work = tuple[int, str]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what runs of two samples left: m.json and c.csv, log.json and log.csv."""
    folder = tmp_path_factory.mktemp("kept")
    for file, model, out in (("mall", "m", "c"), ("orders", "log", "log")):
        done = main(
            ["run", str(DATA / f"{file}.csv"), "--k", "4", "--out", str(folder / f"{out}.csv"),
             "--model", str(folder / f"{model}.json")]
        )  # fmt: skip
        assert done == 0
    return folder


def said(capsys: pytest.CaptureFixture[str], *words: str) -> Work:
    try:
        code = main(list(words))
    except SystemExit as left:
        code = int(str(left.code))
    return code, capsys.readouterr().err


def summary(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_a_model_scores_its_own_file_as_the_run_did(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file, model, out in (("mall", "m", "c"), ("orders", "log", "log")):
        code, err = said(
            capsys, "score", str(kept / f"{model}.json"), str(DATA / f"{file}.csv"),
            "--out", str(tmp_path / "s.csv"), "--summary", str(tmp_path / "s.json"),
        )  # fmt: skip
        assert (code, err) == (0, "")
        run, scored = pd.read_csv(kept / f"{out}.csv"), pd.read_csv(tmp_path / "s.csv")
        assert np.array_equal(scored["segment_id"], run["segment_id"])
        assert np.array_equal(scored["segment"], run["segment"])
        assert np.array_equal(scored["customer_id"], run.iloc[:, 0])
        facts = summary(tmp_path / "s.json")
        assert facts["customers"] == len(run) and facts["drift"]["verdict"] == "keep"
        assert all(part["psi"] < 0.01 for part in facts["drift"]["features"].values())
    assert facts["as_of"] == "2025-12-10"


def test_a_role_is_told_as_to_run(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pd.read_csv(DATA / "orders.csv", dtype=str, keep_default_na=False)
    other = frame.rename(columns={"CustomerID": "Kunde"}).assign(CustomerID="7")
    other.to_csv(tmp_path / "neu.csv", index=False)
    log, neu, out = str(kept / "log.json"), str(tmp_path / "neu.csv"), str(tmp_path / "s.csv")
    words = ["score", log, neu, "--out", out, "--role"]
    assert said(capsys, *words, "customer_id=Kunde") == (0, "")
    run, scored = pd.read_csv(kept / "log.csv"), pd.read_csv(out)
    assert np.array_equal(scored["customer_id"], run.iloc[:, 0])
    assert np.array_equal(scored["segment_id"], run["segment_id"])
    dates = ["--at", "2025-09-01", "--at", "2025-12-10"]
    moved = ["--out", str(tmp_path / "moves.csv"), *dates]
    assert said(capsys, "move", log, neu, *moved, "--role", "customer_id=Kunde") == (0, "")
    told = (tmp_path / "moves.csv").read_bytes()
    assert said(capsys, "move", log, str(DATA / "orders.csv"), *moved) == (0, "")
    assert (tmp_path / "moves.csv").read_bytes() == told
    code, err = said(capsys, *words, "customer_id=Nobody")
    assert code == 1 and "no column 'Nobody' to take for customer_id" in err
    code, err = said(capsys, *words, "customer=Kunde")
    assert code == 2 and "There is no role 'customer'" in err
    code, err = said(capsys, *words, "Kunde")
    assert code == 2 and "ROLE=COLUMN" in err


def test_the_same_run_gives_the_same_model(tmp_path: Path) -> None:
    words = ["run", str(DATA / "mall.csv"), "--k", "4", "--out", str(tmp_path / "c.csv")]
    for name in ("one.json", "two.json"):
        assert main([*words, "--model", str(tmp_path / name)]) == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_a_date_can_be_told(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["score", str(kept / "log.json"), str(DATA / "orders.csv"), "--out",
             str(tmp_path / "s.csv"), "--summary", str(tmp_path / "s.json")]  # fmt: skip
    assert said(capsys, *words, "--as-of", "2026-02-01")[0] == 0
    facts = summary(tmp_path / "s.json")
    assert facts["as_of"] == "2026-02-01" and facts["drift"]["verdict"] != "keep"
    code, err = said(capsys, *words, "--as-of", "soon")
    assert code == 2 and "not a date" in err


def test_a_refit_says_what_became_of_the_segments_and_keeps_the_old(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", str(DATA / "mall.csv"), "--out", str(tmp_path / "c.csv"), "--model"]
    path = tmp_path / "m.json"
    assert said(capsys, *words, str(path), "--k", "5") == (0, "")
    old = path.read_bytes()
    assert said(capsys, *words, str(path), "--k", "5") == (0, "")
    assert not (tmp_path / "m-1.json").exists()
    code, err = said(capsys, *words, str(path), "--k", "4")
    assert code == 0 and "adjusted Rand" in err and "is now m-1.json" in err
    assert (tmp_path / "m-1.json").read_bytes() == old
    assert read_model(path).k == 4
    assert said(capsys, *words, str(path), "--k", "6")[0] == 0
    assert read_model(tmp_path / "m-2.json").k == 4


def test_a_refit_says_the_names_that_are_in_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "m.json"
    run = mall_run(k=4)
    naming = replace(run.recipe.naming, names=tuple((i, f"Old {i}") for i in range(1, 5)))
    write_model(path, make_model(renamed(run, naming)))
    features = [word for name in MALL for word in ("--feature", name)]
    words = ["run", str(DATA / "mall.csv"), "--out", str(tmp_path / "c.csv"), "--model"]
    for k in ("5", "4"):
        code, err = said(capsys, *words, str(path), "--k", k, *features)
        assert code == 0
        saved = {repr(name) for name in read_model(path).name_of().values()}
        told = re.findall(r"Segment ('[^']*') (?:\(called '([^']*)' before\) )?is still there", err)
        assert told and {name for name, _ in told} <= saved
        if k == "5":
            assert all(before.startswith("Old ") for _, before in told)
            parts = re.search(r"was split into (.*)\.", err)
            assert parts and set(re.findall(r"'[^']*'", parts[1])) <= saved


def test_another_file_is_never_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = tmp_path / "notes.json"
    notes.write_text('{"mine": 1}')
    code, err = said(
        capsys, "run", str(DATA / "mall.csv"), "--k", "4", "--out", str(tmp_path / "c.csv"),
        "--model", str(notes),
    )  # fmt: skip
    assert code == 1 and "no saved model" in err
    assert notes.read_text() == '{"mine": 1}'


def test_movement(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, facts_path = tmp_path / "moves.csv", tmp_path / "moves.json"
    code, err = said(
        capsys, "move", str(kept / "log.json"), str(DATA / "orders.csv"), "--at", "2025-06-01",
        "--at", "2025-09-01", "--at", "2025-12-10", "--out", str(out), "--summary",
        str(facts_path),
    )  # fmt: skip
    assert (code, err) == (0, "")
    moves, facts = pd.read_csv(out), summary(facts_path)
    assert [step["from"] for step in facts["steps"]] == ["2025-06-01", "2025-09-01"]
    one, two = facts["steps"]
    assert one["customers_after"] == two["customers_before"]
    for step in facts["steps"]:
        rows = moves[moves["from"] == step["from"]]
        assert len(rows) == step["stayed"] + step["moved"] + step["came"] + step["left"]
        assert (rows["move"] == "moved").sum() == step["moved"]
    assert facts["months"]["dates"][-1] == "2025-12-10"


def test_dates_after_the_log_are_said(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, err = said(
        capsys, "move", str(kept / "log.json"), str(DATA / "orders.csv"), "--at", "2025-12-10",
        "--at", "2026-06-01", "--out", str(tmp_path / "o.csv"),
    )  # fmt: skip
    assert code == 0 and err.count("\n") == 1
    last = pd.to_datetime(pd.read_csv(DATA / "orders.csv")["InvoiceDate"]).max().date()
    assert f"ends at {last}" in err and "2026-06-01" in err
    assert (tmp_path / "o.csv").exists()


def test_movement_between_two_files(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = pd.read_csv(DATA / "mall.csv").iloc[10:]
    later.to_csv(tmp_path / "later.csv", index=False)
    code, _ = said(
        capsys, "move", str(kept / "m.json"), str(DATA / "mall.csv"), "--then",
        str(tmp_path / "later.csv"), "--out", str(tmp_path / "o.csv"),
    )  # fmt: skip
    assert code == 0
    moves = pd.read_csv(tmp_path / "o.csv")["move"].value_counts().to_dict()
    assert moves == {"stayed": 190, "left": 10}


@pytest.mark.parametrize(
    ("dates", "which"),
    [
        ((), ""),
        (("2025-06-01",), ""),
        (("2025-06-01", "2025-06-01"), "--at 2025-06-01 is given twice"),
        (("2025-09-01", "2025-06-01"), "--at 2025-06-01 stands after --at 2025-09-01"),
        (("2025-03-01", "2025-09-01", "2025-06-01"), "--at 2025-06-01 stands after"),
    ],
)
def test_wrong_use_is_told(
    kept: Path,
    tmp_path: Path,
    dates: tuple[str, ...],
    which: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["move", str(kept / "log.json"), str(DATA / "orders.csv"), "--out"]
    told = [word for date in dates for word in ("--at", date)]
    code, err = said(capsys, *words, str(tmp_path / "o.csv"), *told)
    assert code == 2 and "give --at two or more times" in err and which in err
    code, err = said(capsys, *words, str(tmp_path / "o.csv"), "--at", "2025-06-01", "--then", "x")
    assert code == 2 and "one of the two" in err


def test_nothing_is_written_over_what_is_read(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = str(kept / "m.json")
    code, err = said(capsys, "score", model, str(DATA / "mall.csv"), "--out", model)
    assert code == 2 and "same file" in err
    code, err = said(capsys, "run", str(DATA / "mall.csv"), "--out", model, "--model", model)
    assert code == 2 and "same file" in err


def test_a_model_that_is_refused_is_said_in_one_line(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torn = tmp_path / "torn.json"
    torn.write_bytes((kept / "m.json").read_bytes()[:-9])
    for command, more in (("score", []), ("move", ["--at", "2025-01-01", "--at", "2025-02-01"])):
        words = [command, str(torn), str(DATA / "mall.csv"), "--out", str(tmp_path / "o.csv")]
        code, err = said(capsys, *words, *more)
        assert code == 1 and "digest doesn't fit" in err and err.count("\n") == 1
        assert not (tmp_path / "o.csv").exists()


def test_a_doubt_is_said_and_a_question_refused(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pd.read_csv(DATA / "mall.csv").drop(columns="Age")
    frame.to_csv(tmp_path / "new.csv", index=False)
    words = ["score", str(kept / "m.json"), str(tmp_path / "new.csv"), "--out"]
    code, err = said(capsys, *words, str(tmp_path / "o.csv"))
    assert code == 0 and "look at this: There is no column for 'Age'" in err
