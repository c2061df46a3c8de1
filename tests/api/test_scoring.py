"""What the API answers is what the engine says, through a real server and a real client."""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from segmentation.models.scoring import score, score_rows
from segmentation.models.store import load_model, save_model
from segmentation.pipeline import run
from segmentation.results import Model
from segmentation.settings import ChooseSettings, Recipe
from tests.api.conftest import MADE_AT
from tests.serving import ROOT, Served

DATA = ROOT / "data"
DETAILS = (
    "id",
    "segment_id",
    "segment",
    "runner_up_id",
    "runner_up",
    "margin",
    "outside",
    "missing",
)


FEATURE = "Annual Income (k$)"


def random_rows(count: int, seed: int) -> list[dict[str, float]]:
    rng = np.random.default_rng(seed)
    names = ("Age", FEATURE, "Spending Score (1-100)")
    return [dict(zip(names, rng.integers(1, 150, 3).tolist(), strict=True)) for _ in range(count)]


def test_health(served: Served) -> None:
    answer = served.ask("/api/v1/health")
    assert (answer.status, answer.said) == (200, {"status": "ok"})


def test_the_app_is_beside_it(served: Served) -> None:
    assert b"<html" in served.ask("/").body
    assert served.ask("/_stcore/health").status == 200


def test_models_are_listed_with_those_that_are_refused(served: Served) -> None:
    models = {one["name"]: one for one in served.ask("/api/v1/models").said["models"]}
    assert list(models) == ["damaged", "mall", "mixed", "orders"]
    assert models["mall"] == {
        "name": "mall",
        "usable": True,
        "kind": "customers",
        "made_at": MADE_AT,
        "customers": 200,
        "k": 4,
    }
    assert not models["damaged"]["usable"] and "no saved model" in models["damaged"]["problem"]


def test_a_model_says_what_it_needs(served: Served, model: Model) -> None:
    said = served.ask("/api/v1/models/mixed").said
    kinds = {feature["name"]: feature["type"] for feature in said["features"]}
    assert kinds == {"Gender": "category", "Age": "number", "Annual Income (k$)": "number"}
    gender = said["features"][0]
    assert sorted(gender["values"]) == ["Female", "Male"]
    said = served.ask("/api/v1/models/mall").said
    assert [one["name"] for one in said["segments"]] == list(model.name_of().values())
    assert sum(one["customers"] for one in said["segments"]) == 200


def test_rows_get_the_answers_of_the_engine(served: Served, model: Model) -> None:
    rows = random_rows(500, seed=1)
    expected = score_rows(model, rows)
    scores = served.score("mall", rows).said["scores"]
    places = expected.places
    assert [one["segment_id"] for one in scores] == places.segment_ids.tolist()
    assert [one["runner_up_id"] for one in scores] == places.runner_up_ids.tolist()
    assert [one["outside"] for one in scores] == places.outside.tolist()
    np.testing.assert_allclose([one["margin"] for one in scores], places.margins, atol=1e-6)
    assert [one["id"] for one in scores] == [str(i) for i in range(1, 501)]
    names = model.name_of()
    assert all(one["segment"] == names[one["segment_id"]] for one in scores)
    assert all(tuple(one) == DETAILS for one in scores)


def test_the_training_file_gets_the_labels_of_its_fit(served: Served) -> None:
    fitted = run(DATA / "mall.csv", Recipe(choose=ChooseSettings(k=4)))
    answer = served.score_csv("mall", (DATA / "mall.csv").read_bytes()).said
    customers = fitted.loaded.customers.ids[fitted.profiles.customers]
    labels = dict(zip(customers.tolist(), fitted.profiles.labels.tolist(), strict=True))
    assert {one["id"]: one["segment_id"] for one in answer["scores"]} == labels


def test_rows_carry_their_id_by_the_name_of_its_column(served: Served) -> None:
    rows = [{"CustomerID": "c-7", "Age": 31}, {"CustomerID": 12, "Age": 40, FEATURE: 50}]
    scores = served.score("mall", rows).said["scores"]
    assert [one["missing"] for one in scores] == [2, 1]
    assert [one["id"] for one in scores] == ["c-7", "12"]


@pytest.mark.parametrize("missing", [{}, {"CustomerID": None}, {"CustomerID": " "}])
def test_an_id_is_never_the_number_of_another_row(
    served: Served, missing: dict[str, str | None]
) -> None:
    rows = [{"CustomerID": 2, "Age": 31}, {**missing, "Age": 40}]
    answer = served.score("mall", rows)
    assert answer.is_problem(409)
    assert answer.said["detail"].startswith("Row 2 has no 'CustomerID', and others have.")
    answer = served.score("mall", [{**missing, "Age": 31}, {**missing, "Age": 40}])
    assert [one["id"] for one in answer.said["scores"]] == ["1", "2"]


def test_categories_are_told_as_texts(served: Served, folder: Path) -> None:
    rows = [{"Gender": g, "Age": a} for g in ("Female", "Male", "Other") for a in (20, 60)]
    answer = served.score("mixed", rows).said
    expected = score_rows(load_model(folder, "mixed"), rows)
    got = [one["segment_id"] for one in answer["scores"]]
    assert got == expected.places.segment_ids.tolist()
    assert {"new_category", "missing_value"} <= {doubt["kind"] for doubt in answer["doubts"]}


def test_order_lines_become_customers(served: Served, folder: Path, tmp_path: Path) -> None:
    lines = (DATA / "orders.csv").read_text().splitlines()[:3_000]
    few = tmp_path / "few.csv"
    few.write_text("\n".join(lines) + "\n")
    answer = served.score_csv("orders", few.read_bytes(), "?as_of=2026-06-30").said
    assert answer["as_of"] == "2026-06-30"
    assert {one["id"] for one in answer["scores"]} <= {
        row["CustomerID"] for row in csv.DictReader(lines)
    }
    assert len(answer["scores"]) + len(answer["set_aside"]) > 50
    without = served.score_csv("orders", few.read_bytes()).said
    expected = score(load_model(folder, "orders"), few)
    assert [one["segment_id"] for one in without["scores"]] == list(expected.places.segment_ids)


def test_a_file_that_only_the_sender_can_read_is_settled_in_the_address(served: Served) -> None:
    text = "InvoiceNo,Quantity,InvoiceDate,UnitPrice,CustomerID\n" + "".join(
        f"{i},1,0{1 + i % 9}/0{1 + i % 8}/2026,2.5,{i % 7}\n" for i in range(60)
    )
    asked = served.score_csv("orders", text.encode())
    if asked.status == 409:
        assert "dates=dmy" in asked.said["detail"]
    assert served.score_csv("orders", text.encode(), "?dates=dmy").status == 200


def test_a_model_saved_in_the_place_of_another_is_used_at_once(
    served: Served, folder: Path, model: Model
) -> None:
    save_model(folder, "changing", model)
    try:
        assert served.score("changing", [{"Age": 30}]).status == 200
        save_model(folder, "changing", load_model(folder, "mixed"), over=True)
        answer = served.score("changing", [{"Gender": "Male", "Age": 30}]).said
        assert all(doubt["kind"] != "reading" for doubt in answer["doubts"])
    finally:
        (folder / "changing.json").unlink()
    assert served.score("changing", [{"Age": 30}]).is_problem(404)


def test_under_load_everyone_gets_their_own_answer(served: Served, model: Model) -> None:
    def work(seed: int) -> bool:
        rows = [
            {"CustomerID": f"{seed}-{i}", **row} for i, row in enumerate(random_rows(200, seed))
        ]
        expected = score_rows(model, random_rows(200, seed)).places.segment_ids.tolist()
        while (answer := served.score("mall", rows)).status == 429:
            assert answer.is_problem(429) and int(answer.headers["retry-after"]) >= 1
        scores = answer.said["scores"]
        return [one["segment_id"] for one in scores] == expected and [
            one["id"] for one in scores
        ] == [row["CustomerID"] for row in rows]

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(64)))


def test_a_process_that_dies_is_replaced(served: Served) -> None:
    assert served.score("mall", [{"Age": 30}]).status == 200
    for child in psutil.Process(served.process.pid).children():
        child.kill()
    answers = [served.score("mall", [{"Age": 30}]) for _ in range(3)]
    assert answers[-1].status == 200
    assert all(one.status == 200 or one.is_problem(503) for one in answers)


def test_nothing_of_a_request_is_logged(served: Served) -> None:
    mark = "Zephyrine-4711"
    served.score("mall", [{"CustomerID": mark, "Age": mark}])
    served.score("mall", json.dumps({"rows": [{mark: {mark: [mark]}}]}).encode())
    served.score_csv("mall", f"{mark},Age\n{mark},{mark}\n".encode(), f"?as_of={mark}&x={mark}")
    served.ask(f"/api/v1/models/{mark}?q={mark}", headers={"Authorization": f"Bearer {mark}"})
    assert mark not in served.logged()
    assert "Traceback" not in served.logged()


@pytest.mark.parametrize("text", ["", "\n", "CustomerID,Age\n", "\x00\x01", "a,b\n1,2\n"])
def test_files_that_are_no_use_are_told_so(served: Served, text: str) -> None:
    assert served.score_csv("mall", text.encode()).is_problem(409)


def test_ten_thousand_columns(served: Served) -> None:
    row = {f"column {i}": i for i in range(10_000)}
    answer = served.score("mall", [{**row, "Age": 30}])
    assert answer.status == 200
    assert len(answer.said["doubts"]) < 10
    assert served.score("mall", [row]).is_problem(409)
