"""The folder of models: each file is whole, whatever happens, and its name is a name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from segmentation.errors import ModelError
from segmentation.models.files import dump_model, read_model
from segmentation.models.store import (
    STALE_SECONDS,
    annotate_model,
    delete_model,
    list_models,
    load_model,
    model_name,
    rename_model,
    save_model,
    write_model,
)
from segmentation.results import Model
from tests.models.modelling import mall_model

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def model() -> Model:
    return mall_model()


def test_a_life(tmp_path: Path, model: Model) -> None:
    folder = tmp_path / "models"
    assert list_models(folder) == ()
    assert save_model(folder, "  Spring ", model) == "Spring"
    assert load_model(folder, "Spring") == model
    (entry,) = list_models(folder)
    assert entry.name == "Spring" and entry.model == model
    assert entry.model.made.by == "Ada" and entry.size_bytes == len(dump_model(model))
    assert annotate_model(folder, "Spring", "for the newsletter").made.note == "for the newsletter"
    assert load_model(folder, "Spring").made.note == "for the newsletter"
    assert rename_model(folder, "Spring", "Autumn") == "Autumn"
    assert [entry.name for entry in list_models(folder)] == ["Autumn"]
    delete_model(folder, "Autumn")
    assert list_models(folder) == ()
    assert list(folder.iterdir()) == []


def test_a_taken_name_is_numbered_or_replaced(tmp_path: Path, model: Model) -> None:
    other = replace(model, made=replace(model.made, note="other"))
    assert save_model(tmp_path, "a", model) == "a"
    assert save_model(tmp_path, "a", other) == "a (2)"
    assert save_model(tmp_path, "a", model) == "a (3)"
    assert load_model(tmp_path, "a") == model and load_model(tmp_path, "a (2)") == other
    assert save_model(tmp_path, "a", other, over=True) == "a"
    assert load_model(tmp_path, "a") == other


def test_a_long_name_still_gets_its_number(tmp_path: Path, model: Model) -> None:
    names = [save_model(tmp_path, "x" * 80, model) for _ in range(2)]
    assert names == ["x" * 80, "x" * 76 + " (2)"]


def test_renaming_never_writes_over(tmp_path: Path, model: Model) -> None:
    save_model(tmp_path, "a", model)
    save_model(tmp_path, "b", model)
    with pytest.raises(ModelError, match="already"):
        rename_model(tmp_path, "a", "b")
    assert [entry.name for entry in list_models(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        "../x",
        "..\\x",
        "a/b",
        "/etc/passwd",
        "C:x",
        "con",
        "NUL.old",
        "lpt1",
        ".hidden",
        "end.",
        "a\nb",
        "a\x00b",
        "a\u202eb",
        "x" * 81,
        "\N{GRINNING FACE}" * 60,
        'a"b',
        "a|b",
        "a*",
    ],
)
def test_what_is_no_name_is_refused(tmp_path: Path, model: Model, name: str) -> None:
    for work in (
        lambda: save_model(tmp_path / "in", name, model),
        lambda: load_model(tmp_path / "in", name),
        lambda: delete_model(tmp_path / "in", name),
    ):
        with pytest.raises(ModelError, match="can't be the name"):
            work()
    assert list(tmp_path.iterdir()) == []


def test_a_name_has_one_form(tmp_path: Path, model: Model) -> None:
    save_model(tmp_path, "Caf\u0065\u0301", model)
    assert load_model(tmp_path, "Caf\u00e9") == model
    assert model_name("Fru\u0308hjahr 2026") == "Fr\u00fchjahr 2026"


def test_a_damaged_model_is_listed_with_its_reason(tmp_path: Path, model: Model) -> None:
    save_model(tmp_path, "whole", model)
    (tmp_path / "torn.json").write_bytes(dump_model(model)[:-100])
    (tmp_path / "notes.txt").write_text("no model")
    torn, whole = list_models(tmp_path)
    assert torn.name == "torn" and torn.model is None and "digest" in torn.problem
    assert whole.model == model
    delete_model(tmp_path, "torn")
    assert [entry.name for entry in list_models(tmp_path)] == ["whole"]


def test_a_folder_that_can_not_be_written_to_is_said(tmp_path: Path, model: Model) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="can't be written to"):
        save_model(tmp_path / "file", "a", model)


def test_a_failed_write_leaves_the_old_and_no_rest(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_model(tmp_path, "a", model)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("segmentation.models.store.os.fsync", full)
    other = replace(model, made=replace(model.made, note="other"))
    with pytest.raises(ModelError, match="No space left"):
        save_model(tmp_path, "a", other, over=True)
    monkeypatch.undo()
    assert load_model(tmp_path, "a") == model
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_what_a_killed_save_left_is_tidied_up_later(tmp_path: Path, model: Model) -> None:
    save_model(tmp_path, "a", model)
    old, young = tmp_path / ".saving-old", tmp_path / ".saving-young"
    for path in (old, young):
        path.write_bytes(b"half")
    long_ago = (tmp_path / "a.json").stat().st_mtime - 2 * STALE_SECONDS
    os.utime(old, (long_ago, long_ago))
    save_model(tmp_path, "b", model)
    assert not old.exists() and young.exists()
    assert [entry.name for entry in list_models(tmp_path)] == ["a", "b"]


def test_many_saves_of_one_name_at_once(tmp_path: Path, model: Model) -> None:
    notes = [f"note {i}" for i in range(12)]

    def save(note: str) -> str:
        return save_model(tmp_path, "a", replace(model, made=replace(model.made, note=note)))

    with ThreadPoolExecutor(6) as pool:
        names = list(pool.map(save, notes))
    assert len(set(names)) == len(notes)
    for name, note in zip(names, notes, strict=True):
        assert load_model(tmp_path, name).made.note == note
    assert len(list(tmp_path.iterdir())) == len(notes)


def test_saves_over_one_another_leave_one_whole(tmp_path: Path, model: Model) -> None:
    def save(note: str) -> None:
        save_model(tmp_path, "a", replace(model, made=replace(model.made, note=note)), over=True)

    notes = [str(i) for i in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(save, notes))
    assert load_model(tmp_path, "a").made.note in notes
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


SAVER = """
import sys
from dataclasses import replace
from segmentation.models.files import read_model
from segmentation.models.store import save_model
model = read_model(sys.argv[1])
print("ready", flush=True)
for i in range(200):
    save_model(sys.argv[2], "a", replace(model, made=replace(model.made, note="x" * i)), over=True)
"""


def kill_amid_saves(tmp_path: Path, model: Model, kills: int) -> None:
    """Kill a process that saves 200 times, and look at what is there."""
    start, folder = tmp_path / "start.json", tmp_path / "models"
    write_model(start, model)
    whole = 0
    for kill in range(kills):
        saver = subprocess.Popen(
            [sys.executable, "-c", SAVER, str(start), str(folder)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert saver.stdout is not None
        assert saver.stdout.readline() == b"ready\n"
        time.sleep(0.003 * (1 + kill * 7 % 40))
        saver.send_signal(signal.SIGKILL)
        saver.wait()
        saver.stdout.close()
        for entry in list_models(folder):
            assert entry.problem == ""
            assert entry.model is not None and set(entry.model.made.note) <= {"x"}
            whole += 1
    assert whole


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_a_kill_amid_saves_leaves_a_whole_model(tmp_path: Path, model: Model) -> None:
    kill_amid_saves(tmp_path, model, kills=3)


@pytest.mark.exhaustive
@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_many_kills_amid_saves_leave_a_whole_model(tmp_path: Path, model: Model) -> None:
    kill_amid_saves(tmp_path, model, kills=200)


def test_a_file_is_replaced_at_once(tmp_path: Path, model: Model) -> None:
    path = tmp_path / "m.json"
    write_model(path, model)
    write_model(path, replace(model, made=replace(model.made, note="new")))
    assert read_model(path).made.note == "new"
    with pytest.raises(OSError, match="No such file"):
        write_model(tmp_path / "none" / "m.json", model)
