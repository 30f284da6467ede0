"""The vault when its process dies midway, when memory is short and when several accounts share one folder."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from obstore.store import LocalStore

from charteroak.adapters.keys import FileKeyring
from charteroak.adapters.vault import ObjectId, Vault

OPEN = """
import sys
from pathlib import Path
from obstore.store import LocalStore
from charteroak.adapters.keys import FileKeyring
from charteroak.adapters.vault import ObjectId, Vault
root, keys = Path(sys.argv[1]), sys.argv[2]
gid = int(sys.argv[3]) if len(sys.argv) > 3 else None
vault = Vault(LocalStore(root / "vault", mkdir=True), FileKeyring(root / keys, root / "public"), gid=gid)
"""
PUT = OPEN + 'print(vault.put(sys.stdin.buffer, project="042", store="identity"), flush=True)'
GET = OPEN + 'sys.stdout.buffer.write(b"".join(vault.open(ObjectId.parse(sys.stdin.read()))))'


def keys_in(root: Path) -> FileKeyring:
    keyring = FileKeyring(root / "private", root / "public")
    keyring.create("042", "identity")
    return keyring


def test_a_put_killed_midway_leaves_no_object_and_the_next_one_succeeds(tmp_path: Path) -> None:
    vault = Vault(LocalStore(tmp_path / "vault", mkdir=True), keys_in(tmp_path))
    whole = os.urandom(32 << 20)
    command = [sys.executable, "-c", PUT, str(tmp_path), "private"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as putting:
        assert putting.stdin is not None
        putting.stdin.write(whole[:-1])  # the put cannot end: its source stays open
        putting.stdin.flush()
        while not [path for path in (tmp_path / "vault").rglob("staging/*") if path.stat().st_size]:
            assert putting.poll() is None
            time.sleep(0.01)
        putting.send_signal(signal.SIGKILL)
    assert {path.parent.name for path in (tmp_path / "vault").rglob("*") if path.is_file()} == {"staging"}
    restarted = datetime.now(UTC)
    done = subprocess.run(command, input=whole, stdout=subprocess.PIPE, check=True)
    name = ObjectId.parse(done.stdout.decode().strip())
    assert vault.sweep(restarted) == 1
    assert [path for path in (tmp_path / "vault").rglob("*") if path.is_file()] == [
        tmp_path / "vault" / name.path
    ]
    assert b"".join(vault.open(name)) == whole


def test_an_object_larger_than_its_memory_passes_through(tmp_path: Path) -> None:
    keys_in(tmp_path)
    script = OPEN + (
        "class Zeros:\n"
        "    left = 400 << 20\n"
        "    def read(self, size):\n"
        "        size = min(size, self.left); self.left -= size; return bytes(size)\n"
        'name = vault.put(Zeros(), project="042", store="identity")\n'
        "print(sum(map(len, vault.open(name))))\n"
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print(status['VmHWM'].split()[0])\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), "private"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    size, peak_kilobytes = map(int, done.stdout.split())
    assert size == 400 << 20
    assert peak_kilobytes < 150 << 10


def test_a_disk_that_is_full_is_reported_and_keeps_nothing(tmp_path: Path) -> None:
    keys_in(tmp_path)
    script = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (6 << 20, 6 << 20))\n" + PUT
    command = [sys.executable, "-c", script, str(tmp_path), "private"]
    done = subprocess.run(command, input=bytes(16 << 20), capture_output=True, check=False)
    assert b"VaultError: Could not write to store 'identity'" in done.stderr
    assert b"File too large" in done.stderr
    assert not [path for path in (tmp_path / "vault").rglob("*") if path.is_file()]


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """Reachable by every account, unlike pytest's own folders."""
    folder = Path(tempfile.mkdtemp(prefix="charteroak-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can run processes as other accounts")
def test_accounts_of_the_group_share_objects_and_a_stranger_sees_none(public_folder: Path) -> None:
    web, linker, stranger, group = 64_001, 64_002, 64_003, 64_000
    keys_in(public_folder)
    for path in (public_folder / "private", *(public_folder / "private").iterdir()):
        os.chown(path, linker, group)
    (public_folder / "vault").mkdir()
    os.chown(public_folder / "vault", 0, group)
    (public_folder / "vault").chmod(0o2770)

    def run(
        script: str, keys: str, account: int, gid: int, given: bytes
    ) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-c", script, str(public_folder), keys, str(group)]
        return subprocess.run(
            command,
            input=given,
            capture_output=True,
            user=account,
            group=gid,
            extra_groups=[],
            cwd="/",
            check=False,
        )

    put = run(PUT, "none", web, group, b"from the web process")
    assert put.returncode == 0, put.stderr.decode()
    assert run(GET, "private", linker, group, put.stdout.strip()).stdout == b"from the web process"
    assert run(PUT, "private", linker, group, b"beside it").returncode == 0
    assert b"another process's" in run(GET, "none", web, group, put.stdout.strip()).stderr
    assert b"another process's" in run(GET, "private", web, group, put.stdout.strip()).stderr
    assert b"Permission denied" in run(GET, "private", stranger, stranger, put.stdout.strip()).stderr
