"""Screens stay thin: they read state, call a cached stage and draw."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "pages"
SCREENS = sorted(PAGES.glob("*.py"))
SHARED = sorted((PAGES / "ui").glob("*.py"))
LONGEST_SCREEN = 140
# Adding up and taking away what results count is telling; the rest is computing.
COMPUTING = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)


def arithmetic(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp)]
    return [ast.unparse(node) for node in nodes if isinstance(node.op, COMPUTING)]


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.name)
def test_a_screen_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_SCREEN


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.name)
def test_a_screen_computes_nothing(path: Path) -> None:
    assert arithmetic(path) == []


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.name)
def test_what_screens_share_computes_progress_at_most(path: Path) -> None:
    allowed = {
        "done / total",
        "done / 5",
        "(done + read) / 5",
        "read_bytes / 1000000.0",
        "2 ** 32",
        "Path(__file__).parents[2] / 'data'",
        "SAMPLE_FOLDER / file_name",
    }
    assert set(arithmetic(path)) <= allowed
