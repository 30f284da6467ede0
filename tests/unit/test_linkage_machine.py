"""Compiled code is kept only where nobody else can write, and linkage runs without any place to keep it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = "from charteroak.linkage import machine; print(machine.CACHE)"


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
    program = "import numpy as np; from charteroak.linkage import cluster, machine; assert machine.CACHE is None; none = np.empty(0, np.int32); print(len(cluster.near(none, none, 3).at)); from charteroak.linkage.hashing import part_hashes; print(len(part_hashes(np.array([65], np.uint32), np.array([0, 1]), 0, 1, 0)))"  # noqa: E501 - one program
    ended = subprocess.run(
        ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--setenv", "HOME", "/", "--unsetenv", "XDG_CACHE_HOME",
         "--unsetenv", "NUMBA_CACHE_DIR", sys.executable, "-c", program],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.stdout.split() == ["4", "1"], ended.stderr[-2000:]
