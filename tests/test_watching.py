"""What grows is counted once, whatever way it grows; what shrinks or is replaced is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segmentation import watching
from segmentation.models.making import make_model
from segmentation.models.scoring import score, score_rows
from segmentation.pipeline import run
from segmentation.results import Model
from segmentation.settings import ChooseSettings, Recipe
from segmentation.watching import Watched, folders_below, watch

DATA = Path(__file__).parents[1] / "data"
HEADER = "CustomerID,Age,Annual Income (k$),Spending Score (1-100)\n"


@pytest.fixture(scope="module")
def model() -> Model:
    return make_model(run(DATA / "mall.csv", Recipe(choose=ChooseSettings(k=4))))


@pytest.fixture(scope="module")
def orders() -> Model:
    return make_model(run(DATA / "orders.csv", Recipe(choose=ChooseSettings(k=3))))


def rows(first: int, count: int) -> list[tuple[str, float, float, float]]:
    drawn = np.random.default_rng(first).integers(1, 120, (count, 3))
    return [(f"c{first + i}", *map(float, drawn[i])) for i in range(count)]


def text(*of: tuple[str, float, float, float]) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in of)


def expected(model: Model, of: list[tuple[str, float, float, float]]) -> dict[int, int]:
    told = [dict(zip(model.features, row[1:], strict=True)) for row in of]
    return dict(sorted(Counter(score_rows(model, told).places.segment_ids.tolist()).items()))


def total(seen: Watched) -> int:
    return sum(seen.arrived.values())


Append = Callable[[str, str], None]


@pytest.fixture
def append(tmp_path: Path) -> Append:
    def write(name: str, more: str) -> None:
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write(more)

    return write


def test_what_was_there_is_told_from_what_came(
    model: Model, tmp_path: Path, append: Append
) -> None:
    old, new, other = rows(0, 40), rows(100, 25), rows(200, 10)
    append("a.csv", HEADER + text(*old))
    seen = watch(model, tmp_path)
    assert seen.caught_up and seen.arrived == {}
    assert seen.before == expected(model, old)
    append("a.csv", text(*new))
    append("b.csv", HEADER + text(*other))
    seen = watch(model, tmp_path, seen)
    assert seen.arrived == expected(model, new + other)
    assert watch(model, tmp_path, seen).arrived == seen.arrived


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.integers(0, 900), max_size=6))
def test_however_it_is_cut_everyone_counts_once(
    model: Model, tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    """Also in the middle of a line, a number or a quoted cell."""
    folder = tmp_path_factory.mktemp("cut")
    new = rows(0, 30)
    whole = HEADER + "".join(f'"{row[0]}, ""x""\n",{",".join(map(str, row[1:]))}\n' for row in new)
    seen = watch(model, folder)
    for end in [*sorted(set(cuts)), len(whole)]:
        (folder / "a.csv").write_text(whole[:end])
        seen = watch(model, folder, seen)
    assert seen.arrived == expected(model, new)
    assert not seen.notes and not seen.problems


def test_nobody_is_counted_twice(model: Model, tmp_path: Path, append: Append) -> None:
    append("a.csv", HEADER)
    seen = watch(model, tmp_path)
    for name in ("a.csv", "b.csv", "a.csv"):
        append(name, (HEADER if name == "b.csv" else "") + text(*rows(0, 12)))
        seen = watch(model, tmp_path, seen)
    assert total(seen) == 12


def test_only_what_was_appended_is_read(
    model: Model, tmp_path: Path, append: Append, monkeypatch: pytest.MonkeyPatch
) -> None:
    append("a.csv", HEADER + text(*rows(0, 3_000)))
    seen = watch(model, tmp_path)
    sizes: list[int] = []

    def noting(model: Model, sources: list[watching.Source], told: Recipe) -> object:
        sizes.extend(len(source.data) for source in sources)
        return score(model, sources, told=told)

    monkeypatch.setattr(watching, "score", noting)
    append("a.csv", text(*rows(9_000, 2)))
    assert total(watch(model, tmp_path, seen)) == 2
    assert sizes == [len(HEADER) + len(text(*rows(9_000, 2)))]


def test_large_files_are_read_in_steps(model: Model, tmp_path: Path, append: Append) -> None:
    old = rows(0, 500)
    append("a.csv", HEADER + text(*old))
    steps, seen = 0, Watched()
    while not seen.caught_up:
        seen = watch(model, tmp_path, seen, step_bytes=2_000)
        steps += 1
    assert steps > 3
    assert seen.before == expected(model, old) and seen.arrived == {}


def test_files_that_shrink_or_are_replaced_are_told(
    model: Model, tmp_path: Path, append: Append
) -> None:
    append("a.csv", HEADER + text(*rows(0, 20)))
    append("b.csv", HEADER + text(*rows(50, 20)))
    append("c.csv", HEADER + text(*rows(90, 20)))
    seen = watch(model, tmp_path)
    (tmp_path / "a.csv").write_text(HEADER + text(*rows(1_000, 3)))
    (tmp_path / "b.csv").write_text(HEADER + text(*rows(2_000, 40)))
    (tmp_path / "c.csv").unlink()
    seen = watch(model, tmp_path, seen)
    assert seen.notes == (
        "c.csv is gone.",
        "a.csv has become shorter and was read from its start.",
        "b.csv was replaced and was read from its start.",
    )
    assert total(seen) == 43


def test_a_last_line_without_its_end_counts_once_it_rests(
    model: Model, tmp_path: Path, append: Append
) -> None:
    append("a.csv", HEADER)
    seen = watch(model, tmp_path)
    append("a.csv", text(*rows(0, 2)).rstrip("\n"))
    seen = watch(model, tmp_path, seen)
    assert total(seen) == 1
    seen = watch(model, tmp_path, seen)
    assert total(seen) == 2
    append("a.csv", "\n" + text(*rows(10, 1)))
    assert total(watch(model, tmp_path, seen)) == 3


def test_files_that_are_no_use_are_told_and_the_others_counted(
    model: Model, tmp_path: Path, append: Append
) -> None:
    seen = watch(model, tmp_path)
    append("other.csv", "colour,shape\nred,round\nblue,square\n")
    (tmp_path / "wide.csv").write_bytes((HEADER + text(*rows(0, 3))).encode("utf-16"))
    (tmp_path / "noise.csv").write_bytes(b"\x00\xff\n" * 50)
    append("good.csv", HEADER + text(*rows(0, 5)))
    append("notes.txt", HEADER + text(*rows(90, 5)))
    seen = watch(model, tmp_path, seen)
    assert total(seen) == 5
    assert set(seen.problems) == {"other.csv", "wide.csv", "noise.csv"}


def test_a_last_line_without_its_end_was_there_at_first(
    model: Model, tmp_path: Path, append: Append
) -> None:
    old = rows(0, 12)
    append("a.csv", (HEADER + text(*old)).rstrip("\n"))
    seen = watch(model, tmp_path, watch(model, tmp_path))
    assert seen.caught_up and total(seen) == 0
    assert seen.before == expected(model, old)


@pytest.mark.parametrize("useless", [HEADER.strip().encode(), b"\x00\xff" * 500, b"a,b\rc,d\r"])
def test_a_file_without_a_whole_line_holds_nothing_up(
    model: Model, tmp_path: Path, append: Append, useless: bytes
) -> None:
    (tmp_path / "useless.csv").write_bytes(useless)
    append("day.csv", HEADER + text(*rows(0, 3)))
    seen = watch(model, tmp_path, watch(model, tmp_path))
    assert seen.caught_up and sum(seen.before.values()) == 3
    assert "no end" in seen.problems["useless.csv"]
    append("day.csv", text(*rows(3, 2)))
    assert total(watch(model, tmp_path, seen)) == 2


def test_a_header_that_is_ended_later_is_no_trouble_any_more(
    model: Model, tmp_path: Path, append: Append
) -> None:
    append("day.csv", HEADER.strip())
    seen = watch(model, tmp_path, watch(model, tmp_path))
    append("day.csv", "\n" + text(*rows(0, 3)))
    seen = watch(model, tmp_path, seen)
    assert total(seen) == 3 and not seen.problems


def test_a_log_that_is_no_use_is_named_and_the_others_counted(
    orders: Model, tmp_path: Path
) -> None:
    header, *lines = (DATA / "orders.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    parts = {f"{i}.csv": header + "".join(lines[i::3]) for i in range(3)}
    for name in ("0.csv", "1.csv"):
        (tmp_path / name).write_text(parts[name], encoding="utf-8")
    seen = watch(orders, tmp_path)
    (tmp_path / "bad.csv").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "begun.csv").write_bytes(b"")
    (tmp_path / "2.csv").write_text(parts["2.csv"], encoding="utf-8")
    seen = watch(orders, tmp_path, seen)
    assert list(seen.problems) == ["bad.csv"] and total(seen) > 0
    everyone = score(orders, [tmp_path / name for name in parts])
    assert sum(seen.before.values()) + total(seen) == len(everyone.positions)
    (tmp_path / "bad.csv").unlink()
    assert watch(orders, tmp_path, seen).problems == {}


def test_order_lines_are_told_as_new_customers(orders: Model, tmp_path: Path) -> None:
    lines = (DATA / "orders.csv").read_text().splitlines(keepends=True)
    log = tmp_path / "orders.csv"
    log.write_text("".join(lines[:8_000]))
    seen = watch(orders, tmp_path)
    before = set(score(orders, log).ids)
    assert sum(seen.before.values()) == len(before) and seen.arrived == {}
    log.write_text("".join(lines))
    seen = watch(orders, tmp_path, seen)
    after = score(orders, log)
    new = ~np.isin(after.ids, list(before))
    assert new.any()
    assert seen.arrived == dict(sorted(Counter(after.places.segment_ids[new].tolist()).items()))


def test_what_is_kept_is_bounded(
    model: Model, tmp_path: Path, append: Append, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MOST_KNOWN", 50)
    seen = watch(model, tmp_path)
    for step in range(30):
        (tmp_path / "a.csv").write_text(HEADER + text(*rows(step * 100, 20)))
        append(f"bad {step}.csv", "x,y\n1,2\n")
        seen = watch(model, tmp_path, seen)
    assert len(seen.known) <= 70
    assert len(seen.notes) <= watching.MOST_NOTES and len(seen.problems) <= watching.MOST_NOTES


def test_a_folder_that_goes_is_told(model: Model, tmp_path: Path) -> None:
    seen = watch(model, tmp_path / "nowhere")
    assert "can't be read" in seen.notes[-1]
    again = watch(model, tmp_path / "nowhere", seen)
    assert again.notes == seen.notes


def test_links_lead_nowhere(model: Model, tmp_path: Path) -> None:
    secret, root = tmp_path / "secret", tmp_path / "root"
    (root / "in" / "deep" / "deeper").mkdir(parents=True)
    (root / ".hidden").mkdir()
    secret.mkdir()
    (secret / "a.csv").write_text(HEADER + text(*rows(0, 5)))
    (root / "link").symlink_to(secret)
    (root / "in" / "a.csv").symlink_to(secret / "a.csv")
    assert list(folders_below(root)) == [".", "in", "in/deep"]
    seen = watch(model, root / "in")
    assert seen.before == {} and seen.tails == {}
