"""Keeps a work folder to its size: a file system of its own where root can mount one, else by measuring."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from charteroak.sandbox import SandboxSpec

ENTRY = 4096  # an empty file takes room in its folder too
SMALLEST = 8 << 20  # below it ext4's own bookkeeping leaves no room


def outgrown(spec: SandboxSpec) -> bool:
    """Whether the writable folders together exceed the limit; a folder with its own file system cannot."""
    folders = [mount.source for mount in spec.mounts if mount.writable and not os.path.ismount(mount.source)]
    return bool(folders) and sum(used(folder) for folder in folders) > spec.limits.work


def used(folder: str) -> int:
    """Bytes on disk below `folder`, never following a link; what vanishes while looking counts nothing."""
    total = 0
    with contextlib.suppress(OSError):
        for _, folders, names, descriptor in os.fwalk(folder, follow_symlinks=False):
            for name in folders + names:
                with contextlib.suppress(OSError):
                    facts = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                    total += max(facts.st_blocks * 512, ENTRY)
    return total


@contextlib.contextmanager
def full_at(size: int, folder: Path, account: int) -> Iterator[bool]:
    """For the time of the block, make `folder` an empty file system of `size` bytes, owned by `account`.

    What is written there is destroyed at the end of the block: collect it before. Yields False, and leaves
    `folder` as it is, where no file system can be mounted (no root, no loop device); runs are then measured.
    """
    image = folder.with_name(f"{folder.name}.image")
    if os.path.ismount(folder):  # left by a process that was killed
        _unmount(folder)
    made = os.geteuid() == 0 and _mounted(image, max(size, SMALLEST), folder)
    try:
        if made:
            os.chown(folder, account, account)
            folder.chmod(0o700)
        yield made
    finally:
        if made:
            _unmount(folder)
        image.unlink(missing_ok=True)


def _mounted(image: Path, size: int, folder: Path) -> bool:
    with image.open("wb") as file:
        file.truncate(size)
    image.chmod(0o600)
    make = [
        "mkfs.ext4",
        "-q",
        "-F",
        "-m",
        "0",
        "-O",
        "^has_journal",
        "-E",
        "lazy_itable_init=1,nodiscard",
        str(image),
    ]
    mount = ["mount", "-o", "loop,nosuid,nodev", str(image), str(folder)]
    for command in (make, mount):
        try:
            ended = subprocess.run(command, capture_output=True, check=False)
        except FileNotFoundError:
            return False
        if ended.returncode != 0:
            return False
    with contextlib.suppress(OSError):
        (folder / "lost+found").rmdir()
    return True


def _unmount(folder: Path) -> None:
    """Lazily, so that a process still looking in cannot keep the bytes for longer than it lives."""
    subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)
