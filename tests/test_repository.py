"""The repository tests itself: sizes, layers, pure packages, who/when pairs, foreign keys that point down."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "charteroak"
PURE = ("policy", "linkage", "disclosure", "sandbox", "synthetic")
REFUSED_NAMES = {"utils", "helpers", "common", "base", "core", "misc", "manager", "services"}
FILES = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]
ROOMS = [
    "synthetic", "sandbox", "disclosure", "linkage", "policy", "adapters", "audit", "agencies", "catalog", "requests",
    "board", "exceptions", "agreements", "elsewhere", "submissions", "hub", "workspaces", "outputs", "inputs",
    "register", "reports", "site", "demo", "cli",
]  # fmt: skip


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_is_one_room(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, "split it by record"
    assert path.stem not in REFUSED_NAMES, "name it after what it is about"


TESTS = sorted((ROOT / "tests").rglob("*.py"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_a_file_of_tests_is_about_one_subject(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, "split it by subject"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_function_fits_on_one_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno + 1 <= 40, f"{node.name} is longer than 40 lines"


@pytest.mark.parametrize("path", [p for room in PURE for p in (SOURCE / room).rglob("*.py")], ids=name)
def test_a_pure_package_has_neither_clock_nor_hidden_chance(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & {"random", "time", "secrets"}
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "utcnow", "today"}, f"line {node.lineno}: pass the time in"
        opens = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
        assert not opens or path.stem in {"read", "write", "__main__"}, "files only in read.py and write.py"


def test_every_room_stands_in_the_layers() -> None:
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders == set(ROOMS)


def test_the_layers_are_not_crossed() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-1000:]


def test_a_crossed_layer_is_found(tmp_path: Path) -> None:
    """The contract can fail: a lower room that pulls in an upper one is refused."""
    import shutil

    copy = tmp_path / "src" / "charteroak"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("static", "__pycache__", "vendor"))
    (copy / "policy" / "crossing.py").write_text("import charteroak.outputs\n", encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    program = (
        "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command as c; c()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(tmp_path / "src"), "PATH": ""},
    )  # fmt: skip
    assert ended.returncode != 0
    assert "charteroak.policy.crossing -> charteroak.outputs" in ended.stdout


def _after_an_event(body: list[ast.stmt]) -> list[ast.stmt]:
    """What is still to do in the transaction that has recorded an event, other events apart."""
    late = []
    for place, statement in enumerate(body):
        ends_here = isinstance(statement, ast.With)  # `with transaction.atomic():`
        inside = [getattr(statement, part, []) for part in ("body", "orelse", "finalbody")]
        late += [found for part in inside for found in _after_an_event(part)]
        if _records(statement) and not ends_here:
            late += [later for later in body[place + 1 :] if _works(later)]
    return late


def _records(statement: ast.stmt) -> bool:
    return any(isinstance(n, ast.Call) and ast.unparse(n.func) == "audit.record" for n in ast.walk(statement))


def _works(statement: ast.stmt) -> bool:
    calls = {ast.unparse(node.func) for node in ast.walk(statement) if isinstance(node, ast.Call)}
    return any(not (call in EVENTS or call.startswith("_record")) for call in calls)


EVENTS = {"audit.record", "audit.record_refusal", "audit.subject_of", "Refused", "Worker", "process"}


@pytest.mark.parametrize("path", [p for p in FILES if p.parent.name != "audit"], ids=name)
def test_an_event_is_the_last_thing_its_transaction_does(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            late = _after_an_event(node.body)
            assert not late, f"line {late[0].lineno}: until it is over, every other writer waits for the log"


def test_no_two_decisions_have_one_number() -> None:
    numbers = [path.name.split("-")[0] for path in (ROOT / "docs" / "adr").glob("*.md")]
    assert sorted(numbers) == sorted(set(numbers)), "give the later one the next free number"
    for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"):
        title = path.read_text(encoding="utf-8").splitlines()[0]
        said = re.match(r"# (?:ADR )?(\d+)", title)
        assert said is None or int(said[1]) == int(path.name.split("-")[0]), (
            f"{path.name} is titled {title!r}"
        )
