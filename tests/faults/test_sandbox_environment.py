"""The Python inside: sealed, named by its bytes, complete enough for a researcher, and the same twice."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars
import pytest

from charteroak.adapters import environment, environments, sandboxes
from charteroak.adapters.environments import ResearchEnvironment
from charteroak.sandbox import DATA, Limits, Mount, SandboxSpec

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def research() -> ResearchEnvironment:
    return environments.build(environment.home().environments)


def inside(research: ResearchEnvironment, program: str) -> sandboxes.Ended:
    return sandboxes.run(SandboxSpec((research.mount,), Limits(memory=2 << 30)), ["python", "-c", program])


def test_a_researcher_can_import_what_the_work_needs(research: ResearchEnvironment) -> None:
    program = """
import sys, ssl, sqlite3, polars, numpy, duckdb, highspy, rapidfuzz
from charteroak import disclosure, linkage, policy, synthetic
print(sys.prefix, polars.DataFrame({"a": [1, 2]})["a"].sum(), duckdb.sql("select 42").fetchall()[0][0])
"""
    ended = inside(research, program)
    assert ended.stdout.split() == [b"/opt/python", b"3", b"42"], ended.stderr.decode()


def test_a_workbook_is_checked_inside_as_outside(research: ResearchEnvironment, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    polars.DataFrame({"year": ["2019"], "people": ["120"]}).write_excel(tmp_path / "flow.xlsx")
    spec = SandboxSpec((research.mount, Mount(str(tmp_path), DATA)), Limits(memory=2 << 30))
    ended = sandboxes.run(spec, ["oak", "check", f"{DATA}/flow.xlsx"])
    assert b"flow.xlsx: review" in ended.stdout, ended.stderr.decode()


def test_nothing_of_the_platform_or_the_network_libraries_is_in_it(research: ResearchEnvironment) -> None:
    program = """
from importlib.util import find_spec
print([name for name in ("django", "psycopg", "httpx", "pyrage", "charteroak.adapters") if find_spec(name)])
"""
    brought = (
        ["httpx"] if research.interactive else []
    )  # by JupyterLab alone; there is no network to use it on
    assert inside(research, program).stdout.decode() == f"{brought}\n"
    assert "httpx" not in environments.closure(environments.DISTRIBUTIONS)


def test_nobody_can_write_in_it_and_everybody_can_read_it(research: ResearchEnvironment) -> None:
    for folder, _, names in os.walk(research.path):
        assert Path(folder).stat().st_mode & 0o777 == 0o755
        for name in names:
            path = Path(folder, name)
            assert path.is_symlink() or path.stat().st_mode & 0o777 in {0o444, 0o555}, path


def test_the_second_build_finds_the_first(research: ResearchEnvironment) -> None:
    assert environments.build(research.path.parent) == research


def test_a_changed_file_is_noticed_and_the_environment_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "DISTRIBUTIONS", ("click",))
    monkeypatch.setattr(environments, "INTERACTIVE", ())
    first = environments.build(tmp_path)
    assert list(first.packages) == ["click"]
    victim = first.path / "pyvenv.cfg"
    victim.chmod(0o644)
    victim.write_text("home = /elsewhere\n", encoding="ascii")
    with ThreadPoolExecutor(2) as pool:  # two who come at once get one environment
        again, other = pool.map(environments.build, [tmp_path, tmp_path])
    assert again == other == first  # the same bytes from the same parts
    assert "elsewhere" not in victim.read_text(encoding="ascii")
    assert not list(tmp_path.glob(".building-*"))


def oak(*words: str, home: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    program = "from charteroak.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "sandbox", "exec", *words],
        env={**os.environ, "CHARTEROAK_HOME": str(home)}, input=stdin, capture_output=True, check=False,
    )  # fmt: skip


def test_the_command_gives_back_output_and_status(research: ResearchEnvironment, tmp_path: Path) -> None:
    home = research.path.parent.parent
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "work").mkdir(mode=0o700)
    (tmp_path / "data" / "table").write_text("1\n2\n", encoding="utf-8")
    script = "cat > copy; cat /enclave/data/table; pwd; echo complaint >&2; exit 7"
    folders = ("--data", str(tmp_path / "data"), "--work", str(tmp_path / "work"))
    ended = oak(*folders, "--", "sh", "-c", script, home=home, stdin=b"typed")
    assert (ended.returncode, ended.stdout, ended.stderr) == (7, b"1\n2\n/enclave/work\n", b"complaint\n")
    assert (tmp_path / "work" / "copy").read_bytes() == b"typed"


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--seconds", "0.5", "--", "sleep", "100"), 124, b"--seconds"),
        (("--memory", "64M", "--", "python", "-c", "bytearray(500_000_000)"), 137, b"--memory"),
        (("--", "no-such-program"), 127, b"no-such-program"),
        (("--memory", "much", "--", "true"), 2, b"512M or 1G"),
        (("--data", "/nowhere", "--", "true"), 2, b"/nowhere"),
        (("--", "sh", "-c", "kill -TERM $$"), 143, b""),
    ],
)
def test_each_end_has_its_status(
    words: tuple[str, ...], status: int, message: bytes, research: ResearchEnvironment
) -> None:
    ended = oak(*words, home=research.path.parent.parent)
    assert ended.returncode == status, ended.stderr
    assert message in ended.stderr


def test_the_command_needs_neither_database_nor_framework(research: ResearchEnvironment) -> None:
    program = """
import json, sys
from charteroak.cli import main
try: main(["sandbox", "exec", "--", "true"])
except SystemExit: print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "CHARTEROAK_HOME": str(research.path.parent.parent)},
        capture_output=True, check=True,
    )  # fmt: skip
    assert not {"django", "psycopg", "polars", "numpy", "httpx"} & set(json.loads(ended.stdout))
