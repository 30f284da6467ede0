"""Folders in memory: handed over, and gone afterwards."""

import os
import subprocess
import sys

import pytest

from charteroak.adapters.spill import MEMORY, mine

PROGRAM = """
import os, sys
from charteroak.adapters import spill
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(1_900_000_778); os.setuid(1_900_000_778)
with spill.in_memory("handed") as folder:
    (folder / "sde.parquet").write_bytes(b"a record")
    spill.hand_over(folder, None)
    (folder / "sde.csv").write_bytes(b"the same for R")
    spill.hand_over(folder, None)
    print(*(oct(path.stat().st_mode & 0o777) for path in (folder, *sorted(folder.iterdir()))))
"""


@pytest.mark.skipif(not MEMORY.is_dir(), reason="no file system in memory here")
def test_what_an_ordinary_account_keeps_for_itself_is_added_to_and_removed() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=os.environ, capture_output=True, text=True, check=False
    )
    for left in MEMORY.glob(f"{mine()}handed-*"):
        left.chmod(0o700)
        for file in left.iterdir():
            file.unlink()
        left.rmdir()
        pytest.fail(f"decrypted data stayed behind: {ended.stderr}")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["0o700", "0o400", "0o400"]
