"""What must never be, read from the source: who imports whom, and what nobody calls."""

from __future__ import annotations

import ast
import io
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGINE = sorted((ROOT / "segmentation").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
SCREENS = sorted((ROOT / "pages").glob("*.py"))
ALL = [*ENGINE, *PAGES, *ROOT.glob("app.py")]

# A stage takes the result before it and gives the next; the rest is what stages stand on.
STAGES = {
    "reading",
    "stacking",
    "schema",
    "cleaning",
    "features",
    "joining",
    "preparing",
    "choosing",
    "agreeing",
    "rfm",
    "clustering",
    "costing",
    "profiling",
    "naming",
    "rules",
    "placing",
    "portraits",
    "sales",
    "comparing",
    "exporting",
}
PRIMITIVES = {
    "axes",
    "breeding",
    "condensing",
    "cost_texts",
    "charges",
    "describing",
    "distances",
    "errors",
    "evidence_files",
    "exchanging",
    "grouping",
    "indices",
    "kmeans",
    "lloyd",
    "matching",
    "methods",
    "notation",
    "numerals",
    "palette",
    "playbooks",
    "remembering",
    "returns",
    "rfm_grid",
    "read_report",
    "results",
    "roles",
    "rule_texts",
    "set_aside",
    "settings",
    "silhouettes",
    "tallies",
    "threads",
    "transforms",
    "trust",
    "values",
    "vocabulary",
    "wheel",
    "words",
}
RUN_A_STAGE = {
    "segmentation.reading.read_table",
    "segmentation.stacking.stack",
    "segmentation.schema.suggest_schema",
    "segmentation.cleaning.clean",
    "segmentation.features.build_features",
    "segmentation.joining.meet",
    "segmentation.joining.widen",
    "segmentation.preparing.prepare",
    "segmentation.choosing.sweep",
    "segmentation.choosing.shake",
    "segmentation.choosing.weigh",
    "segmentation.agreeing.alternatives",
    "segmentation.clustering.fit",
    "segmentation.profiling.profile",
    "segmentation.naming.name_segments",
}
TOGETHER = {
    "segmentation/__main__.py",
    "segmentation/models/loading.py",
    "segmentation/models/moving.py",
    "segmentation/pipeline.py",
    "segmentation/trying.py",
    "segmentation/arena.py",
    "pages/ui/cache.py",
}
LONGEST = 400


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """Full dotted names a module imports, wherever in it."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative(path)} imports relatively"
            found.add(node.module or "")
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def packages(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def modules(path: Path) -> set[str]:
    """Modules of the engine that a module imports, by their first name."""
    there = {stage_of(p) for p in ENGINE}
    parts = [name.split(".") for name in imports(path) if name.startswith("segmentation.")]
    return {part[1] for part in parts} & there


def calls(path: Path) -> set[str]:
    """Dotted names of what a module calls."""
    return {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}


def stage_of(path: Path) -> str:
    return path.relative_to(ROOT / "segmentation").parts[0].removesuffix(".py")


def lines_of_code(path: Path) -> int:
    """Lines that hold code: blank ones, comments and docstrings are not counted."""
    text = path.read_text(encoding="utf-8")
    quiet = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in quiet:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree(path)):
        documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if documented and ast.get_docstring(node) is not None:
            words = node.body[0]
            lines.difference_update(range(words.lineno, (words.end_lineno or 0) + 1))
    return len(lines)


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=relative)


def test_the_stages_are_there() -> None:
    """A renamed stage would pass every test below unseen."""
    names = {stage_of(path) for path in ENGINE}
    assert names >= STAGES | PRIMITIVES


@each(ENGINE)
def test_the_engine_knows_no_streamlit(path: Path) -> None:
    assert "streamlit" not in packages(path)
    assert not {"pages", "app"} & packages(path)


@each([path for path in ALL if not relative(path).startswith("segmentation/charts/")])
def test_only_charts_import_plotly(path: Path) -> None:
    assert "plotly" not in packages(path)


@each([path for path in ENGINE if stage_of(path) in STAGES])
def test_no_stage_imports_another(path: Path) -> None:
    assert modules(path) - {stage_of(path)} <= PRIMITIVES


@each([path for path in ENGINE if stage_of(path) in PRIMITIVES])
def test_what_stages_stand_on_imports_no_stage(path: Path) -> None:
    assert modules(path) <= PRIMITIVES


@each([path for path in ALL if relative(path) not in TOGETHER])
def test_few_put_stages_together(path: Path) -> None:
    assert len(imports(path) & RUN_A_STAGE) <= 1


def test_the_stages_are_called_what_this_file_calls_them() -> None:
    """A renamed function would pass the test above unseen."""
    assert imports(ROOT / "segmentation/pipeline.py") >= RUN_A_STAGE


@each([path for path in ENGINE if path.name != "__main__.py"])
def test_the_engine_prints_nothing(path: Path) -> None:
    assert not {"print", "sys.stdout.write", "sys.stderr.write"} & calls(path)


CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "Timestamp.now")


@each(ENGINE)
def test_the_engine_reads_no_clock(path: Path) -> None:
    assert "time" not in packages(path)
    assert not [call for call in calls(path) if call.endswith(CLOCKS)]


@each(ALL)
def test_nothing_that_is_read_can_run(path: Path) -> None:
    assert not {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"} & packages(path)
    assert not {"eval", "exec", "compile", "__import__"} & calls(path)
    risky = ("joblib.load", "read_pickle", "yaml.load", "numexpr.evaluate", "os.system", "os.popen")
    assert not [call for call in calls(path) if call.endswith(risky)]


@each([path for path in ALL if relative(path) != "segmentation/models/pipeline_out.py"])
def test_only_what_is_taken_away_knows_joblib(path: Path) -> None:
    assert "joblib" not in packages(path)


def test_what_is_taken_away_is_never_opened() -> None:
    found = calls(ROOT / "segmentation/models/pipeline_out.py")
    assert {call for call in found if call.startswith("joblib")} == {"joblib.dump"}


@each(SCREENS)
def test_screens_do_not_compute(path: Path) -> None:
    assert not {"numpy", "sklearn", "scipy"} & packages(path)
    assert not imports(path) & RUN_A_STAGE
    aggregated = {"groupby", "agg", "pivot_table", "corr", "quantile", "merge", "apply"}
    assert not {call.rsplit(".", 1)[-1] for call in calls(path) if "." in call} & aggregated


@each(ALL)
def test_modules_stay_small(path: Path) -> None:
    assert lines_of_code(path) <= LONGEST


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ('"""Doc."""\n\n# why\nx = 1\n', 1),
        ('def f():\n    """Doc.\n\n    More.\n    """\n    return (\n        1\n    )\n', 4),
        ('x = """two\nlines"""\n', 2),
    ],
)
def test_how_lines_are_counted(text: str, expected: int, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(text)
    assert lines_of_code(tmp_path / "a.py") == expected
