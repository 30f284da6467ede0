"""Folders in memory for bytes that must never lie on a disk in the clear."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from charteroak.adapters.environment import home

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory is just what is wanted


def mine() -> str:
    """How the names of this installation's folders begin: several may share a machine."""
    return f"charteroak-{hashlib.sha256(os.fsencode(home().root)).hexdigest()[:12]}-"


@contextmanager
def in_memory(purpose: str) -> Iterator[Path]:
    """A folder in memory for this process alone, gone afterwards.

    What a process that was killed left under the same purpose is removed first: one at a time may use it.
    Raises OSError where this machine has no file system in memory.
    """
    if not MEMORY.is_dir():
        raise OSError(f"{MEMORY} is missing: decrypted data would touch a disk. Mount a tmpfs there.")
    prefix = f"{mine()}{purpose}-"
    for left in MEMORY.glob(f"{prefix}*"):
        # handed to a project's account it is still this process's to remove, which only root then can
        if os.geteuid() in (0, left.lstat().st_uid) and not left.is_symlink():
            shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def hand_over(folder: Path, account: int | None) -> None:
    """Make `folder` and the files in it readable by `account` alone; by this one, which removes them, where None."""
    for path in (*folder.iterdir(), folder):
        path.chmod((0o700 if account is None else 0o500) if path.is_dir() else 0o400)
        if account is not None:
            os.chown(path, account, account)
