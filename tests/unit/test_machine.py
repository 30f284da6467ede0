"""Compiled code is kept only where nobody else can write, and linkage runs without any place to keep it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = "from charteroak import machine; print(machine.CACHE)"


def cache(folder: Path) -> str:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()


def test_a_private_folder_keeps_compiled_code(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir(mode=0o700)
    assert cache(tmp_path / "own").startswith(str(tmp_path / "own"))


def test_a_folder_that_others_can_write_keeps_none(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    assert cache(tmp_path / "open") == "None"


@pytest.mark.sandbox
def test_on_a_read_only_tree_it_compiles_and_keeps_nothing() -> None:
    program = "import numpy as np; from charteroak import machine; from charteroak.linkage import cluster; assert machine.CACHE is None; none = np.empty(0, np.int32); print(len(cluster.near(none, none, 3).at)); from charteroak.linkage.hashing import part_hashes; print(len(part_hashes(np.array([65], np.uint32), np.array([0, 1]), 0, 1, 0)))"  # noqa: E501 - one program
    ended = subprocess.run(
        ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--setenv", "HOME", "/", "--unsetenv", "XDG_CACHE_HOME",
         "--unsetenv", "NUMBA_CACHE_DIR", sys.executable, "-c", program],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.stdout.split() == ["4", "1"], ended.stderr[-2000:]


FORKED = """
import os, sys
from charteroak import machine
import charteroak.linkage.choose
assert not any(made.signatures for made in machine.MADE), "nothing is compiled before it is asked for"
machine.load_kept()
known = [list(made.signatures) for made in machine.MADE]
assert sum(map(bool, known)) > 8, "little was left compiled"
child = os.fork()
if not child:
    if os.geteuid() == 0:
        os.setresuid(64103, 64103, 64103)
    from charteroak.linkage.ahead import compile_all
    compile_all()
    os._exit(0 if known == [list(made.signatures) for made in machine.MADE] else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_what_was_compiled_ahead_serves_forks_of_any_account(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    tmp_path.chmod(0o700)
    ahead = [sys.executable, "-m", "charteroak.linkage"]
    left = subprocess.run(ahead, env=environment, capture_output=True, text=True, check=True)
    assert left.stdout.startswith(str(tmp_path))
    before = sorted(file.name for file in tmp_path.rglob("*"))
    ended = subprocess.run(
        [sys.executable, "-c", FORKED], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert sorted(file.name for file in tmp_path.rglob("*")) == before


def test_loading_linkage_starts_no_thread_that_a_fork_would_miss() -> None:
    program = "import os, charteroak.linkage.review; print(*(open(f'/proc/self/task/{t}/comm').read() for t in os.listdir('/proc/self/task')))"  # noqa: E501 - one program
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "polars-0" not in ended.stdout.split(), "a frame was worked on while a module was loaded"


@pytest.mark.root
def test_another_account_neither_reads_nor_writes_the_kept_code(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    tmp_path.chmod(0o700)
    program = "from charteroak import machine; from charteroak.linkage import cluster; import os, numpy as np; os.setresuid(64103, 64103, 64103); from charteroak.linkage.choose import _chance; print(len(_chance(3, 1)))"  # noqa: E501 - one program
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.stdout.split() == ["3"], ended.stderr[-2000:]
    assert not list(tmp_path.rglob("*.nbi"))
