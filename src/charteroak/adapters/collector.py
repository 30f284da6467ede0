"""Takes files out of a folder where a researcher's code could write, following nothing planted there."""

import ctypes
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_OPENAT2 = 437  # the same on every processor; Linux 5.6
# linux/openat2.h: stay on this file system, below this folder, and follow no link of any kind
NO_XDEV, NO_MAGICLINKS, NO_SYMLINKS, BENEATH = 0x1, 0x2, 0x4, 0x8
LARGEST = 256 << 20
DEEPEST = 16  # folders within folders


class OpenHow(ctypes.Structure):
    """struct open_how."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("flags", "mode", "resolve")]


@dataclass(frozen=True)
class CollectedFile:
    """A regular file, open. Read at most `size` bytes; it is closed when the next file is asked for."""

    name: str
    size: int
    content: BinaryIO


@dataclass(frozen=True)
class RefusedFile:
    """An entry that was not opened or not taken, and why."""

    name: str
    reason: str


def collect(
    folder: Path | int, names: Iterable[str] | None = None, *, largest: int = LARGEST
) -> Iterator[CollectedFile | RefusedFile]:
    """The files `names` of `folder` (path, or descriptor of it), or all below it, in order of name.

    Refused, with a reason: links (symbolic or second names of a file), anything outside the folder or on
    another file system, pipes, sockets, devices, and files larger than `largest` bytes.
    """
    root = (
        os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        if isinstance(folder, Path)
        else os.dup(folder)
    )
    try:
        for name in sorted(names) if names is not None else sorted(_contents(root, "")):
            taken = _taken(root, name, largest)
            if isinstance(taken, RefusedFile):
                yield taken
            else:
                with closing(taken.content):
                    yield taken
    finally:
        os.close(root)


def _contents(root: int, below: str) -> Iterator[str]:
    """Names of everything but folders; a folder too deep or not readable is listed itself, and so refused."""
    try:
        descriptor = _opened(root, below or ".", os.O_DIRECTORY)
    except OSError:
        yield below
        return
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                name = f"{below}/{entry.name}" if below else entry.name
                if entry.is_dir(follow_symlinks=False) and name.count("/") < DEEPEST:
                    yield from _contents(root, name)
                else:
                    yield name
    finally:
        os.close(descriptor)


def _opened(root: int, name: str, flags: int) -> int:
    # O_NONBLOCK: a pipe without a writer must not hold us
    how = OpenHow(
        os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | flags,
        0,
        NO_XDEV | NO_MAGICLINKS | NO_SYMLINKS | BENEATH,
    )
    path = os.fsencode(name)
    if b"\0" in path:
        raise OSError(0, "its name holds a NUL")
    descriptor = int(LIBC.syscall(SYS_OPENAT2, root, path, ctypes.byref(how), ctypes.sizeof(how)))
    if descriptor < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return descriptor


def _taken(root: int, name: str, largest: int) -> CollectedFile | RefusedFile:
    try:
        descriptor = _opened(root, name, 0)
    except OSError as error:
        return RefusedFile(name, f"cannot be opened without following links: {error.strerror}")
    facts = os.fstat(descriptor)
    reason = ""
    if not stat.S_ISREG(facts.st_mode):
        reason = "not a regular file"
    elif facts.st_nlink != 1:
        reason = "the file has a second name"
    elif facts.st_size > largest:
        reason = f"{facts.st_size} bytes, more than the {largest} permitted"
    if reason:
        os.close(descriptor)
        return RefusedFile(name, reason)
    return CollectedFile(name, facts.st_size, os.fdopen(descriptor, "rb"))
