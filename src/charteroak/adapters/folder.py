"""Files that appear whole or not at all, survive a power cut, and are shared between accounts by a group."""

import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path


def sync(path: Path) -> None:
    """Make a file's bytes, or a folder's list of names, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(path: Path, content: bytes, *, mode: int) -> None:
    """Write `content` where a reader sees all of it or nothing, durably; what is already there stays."""
    staged = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        try:
            path.hardlink_to(staged)
        except FileExistsError:
            return
    finally:
        staged.unlink()
    sync(path.parent)


class SharedFolder:
    """A vault's local folder, of one account (gid None) or shared by the accounts of group `gid`."""

    def __init__(self, root: Path, gid: int | None) -> None:
        self._root = root
        self._gid = gid

    def make_parent(self, name: str) -> None:
        """Create what is missing above `name`; each folder appears with its mode and group already set."""
        parent = (self._root / name).parent
        missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
        for folder in reversed(missing):
            staged = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}")
            staged.mkdir(mode=0o700)
            if self._gid is not None:
                os.chown(staged, -1, self._gid)
                staged.chmod(0o2770)  # the set-group-id bit hands the group down to files
            try:
                staged.rename(folder)  # also over an empty folder that another process made meanwhile
            except OSError:
                staged.rmdir()
                if not folder.is_dir():
                    raise
            sync(folder.parent)

    def settle(self, name: str) -> None:
        """Make a finished file durable and, within a group, readable by it."""
        path = self._root / name
        path.chmod(0o600 if self._gid is None else 0o640)
        sync(path)

    def sync_parent(self, name: str) -> None:
        sync((self._root / name).parent)

    def sweep(self, staging: str, before: datetime) -> int:
        """Remove the staged files last written before that instant that this account may remove; how many."""
        swept = 0
        for path in self._root.glob(f"*/{staging}/*"):
            with suppress(FileNotFoundError):  # its put has ended, or another process sweeps too
                if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                    path.unlink()
                    swept += 1
        return swept
