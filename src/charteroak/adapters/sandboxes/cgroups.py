"""What the kernel counts and caps for a run as a whole: memory, processor time, processes (cgroups)."""

import contextlib
import os
import secrets
import signal
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from charteroak.sandbox import Limits

CONTROLLERS = ("memory", "cpu", "pids")
PREFIX = "charteroak-"
PERIOD = 100_000  # microseconds over which processor time is shared out


@dataclass(frozen=True)
class Hierarchies:
    """Where this process may make groups: one folder per controller (v1), or one for all (v2)."""

    version: int
    folders: tuple[Path, ...]


@dataclass(frozen=True)
class Group:
    """The group of one run; every process of the run is in it and stays in it."""

    version: int
    folders: tuple[Path, ...]

    @property
    def entrances(self) -> list[str]:
        """Files into which a process writes 0 to enter."""
        return [str(folder / "cgroup.procs") for folder in self.folders]

    @property
    def out_of_memory(self) -> bool:
        """The kernel has killed a process of the group for memory."""
        return self._number("memory.oom_control", "memory.events", "oom_kill") > 0

    @property
    def peak_memory(self) -> int:
        """Bytes; 0 where the kernel does not say (v2 before 5.19)."""
        return self._number("memory.max_usage_in_bytes", "memory.peak", "")

    @property
    def memory(self) -> int:
        """Bytes now."""
        return self._number("memory.usage_in_bytes", "memory.current", "")

    @property
    def cpu_seconds(self) -> float:
        """Processor time of its processes and of those that they have seen end."""
        if self.version == 2:
            return self._number("", "cpu.stat", "usage_usec") / 1e6
        ticks = 0
        for process in (self.folders[0] / "cgroup.procs").read_text(encoding="ascii").split():
            with contextlib.suppress(OSError):
                said = Path("/proc", process, "stat").read_text(encoding="utf-8", errors="replace")
                ticks += sum(map(int, said.rpartition(")")[2].split()[11:15]))  # proc(5): utime … cstime
        return ticks / os.sysconf("SC_CLK_TCK")

    def _number(self, name_v1: str, name_v2: str, key: str) -> int:
        path = self.folders[0] / (name_v1 if self.version == 1 else name_v2)
        with contextlib.suppress(OSError):
            for line in path.read_text(encoding="ascii").splitlines():
                *words, number = line.split()
                if words == ([key] if key else []):
                    return int(number)
        return 0

    def kill(self) -> None:
        """End every process of the group, however fast it forks; no more can start."""
        if self.version == 1 and (self.folders[-1] / "pids.max").exists():
            # From here the list of processes only shrinks.
            (self.folders[-1] / "pids.max").write_text("0", encoding="ascii")
        if self.version == 2 and self.folders[0].exists():
            (self.folders[0] / "cgroup.kill").write_text("1", encoding="ascii")
        for folder in filter(Path.exists, self.folders):
            while processes := (folder / "cgroup.procs").read_text(encoding="ascii").split():
                for process in processes:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(int(process), signal.SIGKILL)
                time.sleep(0.002)

    def remove(self) -> None:
        """End what is left and remove the group."""
        self.kill()
        for folder in filter(Path.exists, self.folders):
            while True:  # ends: the last process is dead and only waits to be forgotten
                try:
                    folder.rmdir()
                except OSError:
                    time.sleep(0.002)
                else:
                    break


def _own_folder(mounts: dict[str, tuple[Path, str]], controller: str, path: str) -> Path | None:
    """The folder of this process's own group; the mount may show only part of the tree (containers)."""
    if controller not in mounts:
        return None
    point, root = mounts[controller]
    folder = point / path.removeprefix(root if root != "/" else "").lstrip("/")
    return folder if folder.is_dir() else point


def _mounts() -> dict[str, tuple[Path, str]]:
    """Controller (or "" for v2) → mount point and the part of the tree that it shows."""
    found = {}
    for line in Path("/proc/self/mountinfo").read_text(encoding="ascii").splitlines():
        fields, _, source = line.partition(" - ")
        kind, _, options = source.split(" ", 2)
        _, _, _, root, point, *_ = fields.split(" ")
        names = options.split(",") if kind == "cgroup" else [""] if kind == "cgroup2" else []
        found.update({name: (Path(point), root) for name in names})
    return found


def _delegated(folder: Path) -> bool:
    """v2: let children of our group have controllers, which needs a group without processes of its own."""
    try:
        offered = (folder / "cgroup.controllers").read_text(encoding="ascii").split()
        if not set(CONTROLLERS) <= set(offered):
            return False
        switch = folder / "cgroup.subtree_control"
        if not set(CONTROLLERS) <= set(switch.read_text(encoding="ascii").split()):
            leaf = folder / "charteroak"
            leaf.mkdir(exist_ok=True)
            for process in (folder / "cgroup.procs").read_text(encoding="ascii").split():
                with contextlib.suppress(ProcessLookupError):
                    (leaf / "cgroup.procs").write_text(process, encoding="ascii")
            switch.write_text(" ".join(f"+{name}" for name in CONTROLLERS), encoding="ascii")
    except OSError:
        return False
    return True


@cache
def hierarchies() -> Hierarchies | str:
    """Where groups can be made, or why they cannot."""
    mounts = _mounts()
    own = dict[str, str]()
    for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
        _, names, path = line.split(":", 2)
        own.update(dict.fromkeys(names.split(","), path))
    folders = [_own_folder(mounts, name, own.get(name, "/")) for name in CONTROLLERS]
    found = tuple(folder for folder in folders if folder is not None)
    if len(found) == len(CONTROLLERS):
        closed = [str(folder) for folder in found if not os.access(folder, os.W_OK)]
        return Hierarchies(1, found) if not closed else f"not writable by this account: {', '.join(closed)}"
    unified = _own_folder(mounts, "", own.get("", "/"))
    if unified is None:
        return "no cgroup file system is mounted"
    unified = unified.parent if unified.name == "charteroak" else unified  # we moved there ourselves
    if _delegated(unified):
        return Hierarchies(2, (unified,))
    return f"memory, cpu and pids are not delegated to {unified}"


def _settings(limits: Limits, version: int, ours: int) -> list[tuple[int, str, str]]:
    """(folder number, file, value), in the order in which the kernel wants them."""
    quota, tasks = str(int(limits.cpus * PERIOD)), str(limits.processes + ours)
    if version == 1:
        return [
            (0, "memory.limit_in_bytes", str(limits.memory)),
            (0, "memory.memsw.limit_in_bytes", str(limits.memory)),
            (1, "cpu.cfs_period_us", str(PERIOD)),
            (1, "cpu.cfs_quota_us", quota),
            (2, "pids.max", tasks),
        ]
    return [
        (0, "memory.max", str(limits.memory)),
        (0, "memory.swap.max", "0"),
        (0, "memory.oom.group", "1"),
        (0, "cpu.max", f"{quota} {PERIOD}"),
        (0, "pids.max", tasks),
    ]


SWAP_FILES = {"memory.memsw.limit_in_bytes", "memory.swap.max"}  # absent on kernels without swap accounting


def create(limits: Limits, where: Hierarchies, ours: int) -> Group:
    """A new group with these limits; `ours` are the isolator's own processes, which the researcher should not have to
    count. Raises OSError when the kernel refuses a limit.
    """
    _sweep(where)
    name = f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    group = Group(where.version, tuple(folder / name for folder in where.folders))
    try:
        for folder in group.folders:
            folder.mkdir()
        for number, file, value in _settings(limits, where.version, ours):
            _set(group.folders[number] / file, value)
    except OSError:
        group.remove()
        raise
    return group


def _set(path: Path, value: str) -> None:
    if path.name in SWAP_FILES and not path.exists():
        return
    try:
        path.write_text(value, encoding="ascii")
    except OSError as error:
        raise OSError(error.errno, f"{path.name} = {value}: {error.strerror}") from error


def _sweep(where: Hierarchies) -> None:
    """Remove the empty groups of runs whose parent was killed."""
    for folder in where.folders:
        for left in folder.glob(f"{PREFIX}*-*"):
            if not Path("/proc", left.name.split("-")[1]).exists():
                with contextlib.suppress(OSError):
                    left.rmdir()
