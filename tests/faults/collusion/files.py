"""By files: their bytes, and what else of them two can see who share them read-only."""
# The plain calls are what is being tried:
# ruff: noqa: PTH116, PTH118, PTH123, PTH207, SIM115

import contextlib
import ctypes
import fcntl
import functools
import glob
import mmap
import os
import resource
import struct

from faults.collusion.channel import NUMBER, TOKEN, TOLD, Channel, Made

LIBC = ctypes.CDLL(None, use_errno=True)
F_OFD_GETLK, F_OFD_SETLK = 36, 37
SHARED = TOLD.get("shared", "")  # a folder that both see, read-only
DEVICES = [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom")]
IN_ACCESS, IN_OPEN, IN_ATTRIB = 0x1, 0x20, 0x4
RWF_NOWAIT = 0x8


def listed(where: str) -> list[str]:
    """The files whose state carries the token, a bit each."""
    found = {"shared": f"{SHARED}/*", "usr": "/usr/lib/python3.*/*.py", "etc": "/etc/ld.so.cache"}
    return (
        DEVICES
        if where == "devices"
        else sorted(filter(os.path.isfile, glob.glob(found[where])))[: len(TOKEN)]
    )


class Left(Channel):
    """A file with the token in a folder."""

    def __init__(self, *folders: str) -> None:
        super().__init__()
        self.paths = [os.path.join(folder, TOLD["name"]) for folder in folders]

    def send(self) -> None:
        made = 0
        for path in self.paths:
            with contextlib.suppress(OSError):
                with open(path, "w", encoding="ascii") as file:
                    file.write(TOKEN)
                made += 1
        if not made:
            raise OSError("no such folder can be written to")

    def receive(self) -> str:
        for path in self.paths:
            with contextlib.suppress(OSError), open(path, encoding="ascii") as file:
                return file.read()
        return ""


class Marked(Channel):
    """Files that both can only read: what one does to those at the token's ones, the other notices."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.paths = listed(where)
        if not self.paths:
            raise FileNotFoundError(where)

    def send(self) -> None:
        for path, bit in zip(self.paths, TOKEN, strict=False):
            if bit == "1":
                self.mark(path)

    def receive(self) -> str:
        return "".join("01"[self.marked(path)] for path in self.paths)

    def opened(self, path: str) -> int:
        self.held.append(open(path, "rb", buffering=0))
        return int(self.held[-1].fileno())

    def mark(self, path: str) -> None:
        raise NotImplementedError

    def marked(self, path: str) -> bool:
        raise NotImplementedError


class Flock(Marked):
    def mark(self, path: str) -> None:
        fcntl.flock(self.opened(path), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def marked(self, path: str) -> bool:
        try:
            fcntl.flock(self.opened(path), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


class RecordLock(Marked):
    """A lock to read needs no right to write, nor does the question whether one could lock to write."""

    setting, asking = fcntl.F_SETLK, fcntl.F_GETLK

    def mark(self, path: str) -> None:
        fcntl.fcntl(self.opened(path), self.setting, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0))

    def marked(self, path: str) -> bool:
        asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
        answer = fcntl.fcntl(self.opened(path), self.asking, asked)
        return bool(struct.unpack("hhqqi4x", answer)[0] != fcntl.F_UNLCK)


class DescriptorLock(RecordLock):
    setting, asking = F_OFD_SETLK, F_OFD_GETLK


class Lease(Marked):
    """Nobody is lent a file to write that somebody else has open."""

    def mark(self, path: str) -> None:
        self.opened(path)

    def marked(self, path: str) -> bool:
        try:
            fcntl.fcntl(self.opened(path), fcntl.F_SETLEASE, fcntl.F_WRLCK)
        except BlockingIOError:
            return True
        return False


class Watched(Marked):
    """The kernel tells who watches a file that somebody opens it."""

    def ready(self) -> None:
        self.watch = LIBC.inotify_init1(os.O_NONBLOCK)
        self.numbers = {}
        for path in self.paths:
            number = LIBC.inotify_add_watch(self.watch, path.encode(), IN_OPEN | IN_ATTRIB)
            if number < 0:
                raise OSError(ctypes.get_errno(), "inotify")
            self.numbers[path] = number

    def mark(self, path: str) -> None:
        self.opened(path)

    def receive(self) -> str:
        seen, told = set(), b""
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self.watch, 65536):
                told += piece
        while told:
            number, _mask, _cookie, length = struct.unpack_from("iIII", told)
            seen.add(number)
            told = told[16 + length :]
        os.close(self.watch)
        return "".join("01"[self.numbers[path] in seen] for path in self.paths)


class Touched(Marked):
    """Whoever may write to a file may say that it was changed now."""

    def ready(self) -> None:
        self.before = {path: os.stat(path).st_mtime_ns for path in self.paths}

    def mark(self, path: str) -> None:
        os.utime(path)

    def marked(self, path: str) -> bool:
        return os.stat(path).st_mtime_ns != self.before[path]


class LastRead(Touched):
    """When a file was last read."""

    def ready(self) -> None:
        self.before = {path: os.stat(path).st_atime_ns for path in self.paths}

    def mark(self, path: str) -> None:
        os.read(self.opened(path), 1)

    def marked(self, path: str) -> bool:
        return os.stat(path).st_atime_ns != self.before[path]


class Cached(Marked):
    """Whether a file lies in the machine's memory: read without waiting for the disk."""

    def ready(self) -> None:
        for path in self.paths:
            os.posix_fadvise(self.opened(path), 0, 0, os.POSIX_FADV_RANDOM)
            os.posix_fadvise(self.opened(path), 0, 0, os.POSIX_FADV_DONTNEED)

    def mark(self, path: str) -> None:
        os.read(self.opened(path), 1)

    def marked(self, path: str) -> bool:
        try:
            return bool(os.preadv(self.opened(path), [bytearray(1)], 0, RWF_NOWAIT))
        except BlockingIOError:
            return False


class Faulted(Cached):
    """The same, by whether a page of it had to be fetched."""

    def marked(self, path: str) -> bool:
        number = self.opened(path)
        with mmap.mmap(number, 1, prot=mmap.PROT_READ) as page:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_majflt
            assert len(page[:1]) == 1
            return resource.getrusage(resource.RUSAGE_SELF).ru_majflt == before


class Terminals(Channel):
    """How many terminals there are, of the whole machine."""

    def count(self) -> int:
        with open("/proc/sys/kernel/pty/nr", encoding="ascii") as file:
            return int(file.read())

    def ready(self) -> None:
        self.before = self.count()

    def send(self) -> None:
        self.held += [os.fdopen(end, "rb", buffering=0) for _ in range(NUMBER) for end in os.openpty()]

    def receive(self) -> str:
        return str(self.count() - self.before)


WORK = (TOLD.get("work", ""), TOLD.get("senders_work", ""))
KINDS = {
    "flock": Flock, "record lock": RecordLock, "descriptor lock": DescriptorLock, "lease": Lease, "watch": Watched,
}  # fmt: skip
CHANNELS: Made = {
    "file in /tmp": functools.partial(Left, "/tmp"),
    "file in /var/tmp": functools.partial(Left, "/var/tmp"),
    "file in /dev/shm": functools.partial(Left, "/dev/shm"),
    "file in /run": functools.partial(Left, "/run"),
    "file in a work folder": functools.partial(Left, *WORK),
    "file in the data": functools.partial(Left, TOLD.get("data", "")),
    "file in the environment": functools.partial(Left, SHARED),
    **{
        f"{kind} in {where}": functools.partial(made, where)
        for kind, made in KINDS.items()
        for where in ("shared", "usr", "etc", "devices")
        if (kind, where) != ("lease", "devices")
    },
    "time of a device": functools.partial(Touched, "devices"),
    "time of a shared file": functools.partial(LastRead, "shared"),
    "file cache": functools.partial(Cached, "shared"),
    "page faults of a shared file": functools.partial(Faulted, "shared"),
    "number of terminals": Terminals,
}
