"""What other people's code may see and use: the folders, the environment and the limits of one run."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

DATA = "/enclave/data"  # the extract, read-only
INPUT = "/enclave/input"  # what came in through the airlock, read-only
WORK = "/enclave/work"  # the only folder that outlives the run
ENVIRONMENT = "/opt/python"  # the research environment, read-only

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """Upper bounds of one run: bytes, seconds of wall time, and counts."""

    memory: int = GIB  # everything together, shared memory and /tmp included
    cpus: float = 1.0
    processes: int = 64  # threads count
    seconds: float = 60.0
    open_files: int = 4096  # per process
    file_size: int = 8 * GIB  # the largest single file
    work: int = 8 * GIB  # the whole work folder
    scratch: int = 512 * MIB  # /tmp
    shared_memory: int = 128 * MIB  # /dev/shm
    output: int = 16 * MIB  # standard output and standard error, each

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not (value > 0 and math.isfinite(value)):
                raise ValueError(f"limit {name} is {value}: give a number above 0")


@dataclass(frozen=True)
class Mount:
    """A folder of the host (absolute path) and where the sandbox sees it."""

    source: str
    target: str
    writable: bool = False

    def __post_init__(self) -> None:
        for path in (self.source, self.target):
            if not path.startswith("/") or "\0" in path or ".." in path.split("/"):
                raise ValueError(f"mount path {path!r}: give an absolute path without '..'")
        if not self.target.startswith(("/enclave/", "/opt/")):
            raise ValueError(f"mount target {self.target!r}: choose one below /enclave/ or /opt/")


class Isolator(StrEnum):
    """What stands between the command and the host: its kernel under a filter, or a kernel of the sandbox's own."""

    BUBBLEWRAP = "bubblewrap"
    GVISOR = "gvisor"


@dataclass(frozen=True)
class SandboxSpec:
    """All that one run may touch. There is no field for a network because there is none."""

    mounts: tuple[Mount, ...] = ()
    limits: Limits = Limits()
    environment: Mapping[str, str] = field(default_factory=dict)
    hostname: str = "enclave"
    isolator: Isolator = Isolator.BUBBLEWRAP

    def __post_init__(self) -> None:
        targets = [mount.target for mount in self.mounts]
        if len(set(targets)) < len(targets):
            raise ValueError(f"two mounts share a target: {', '.join(targets)}")

    @property
    def folder(self) -> str:
        """Where the command starts: the work folder, or /tmp where there is none."""
        return WORK if any(mount.target == WORK for mount in self.mounts) else "/tmp"  # noqa: S108 - the sandbox's own

    @property
    def variables(self) -> dict[str, str]:
        """The whole environment of the command: fixed, so that a second run gives the same bytes."""
        threads = str(math.ceil(self.limits.cpus))  # a pool sized for the host would run into `processes`
        pools = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS")
        return {
            "PATH": f"{ENVIRONMENT}/bin:/usr/local/bin:/usr/bin:/bin",
            "LD_LIBRARY_PATH": f"{ENVIRONMENT}/base/lib",
            "HOME": self.folder,
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            **dict.fromkeys(pools, threads),
            **self.environment,
        }

    def with_sources(self, sources: Mapping[str, str]) -> "SandboxSpec":
        """The same sandbox with folders that have been put elsewhere on the host (old path → new path)."""
        moved = tuple(replace(mount, source=sources.get(mount.source, mount.source)) for mount in self.mounts)
        return replace(self, mounts=moved)

    def __str__(self) -> str:
        """One line of JSON, the same for equal sandboxes: fit for a manifest or a log."""
        return json.dumps({**asdict(self), "environment": dict(self.environment)}, sort_keys=True)
