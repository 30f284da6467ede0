"""A sandbox as an OCI bundle for gVisor's `runsc`: the command meets a kernel of its own, written in Go, and never the
host's (OCI runtime specification 1.0; gvisor.dev/docs).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charteroak.sandbox.bubblewrap import ACCOUNT_FILES, UID
from charteroak.sandbox.spec import SandboxSpec

SEEN_WHERE_PRESENT = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/fonts", "/etc/R")
LINKS = {"/bin": "usr/bin", "/sbin": "usr/sbin", "/lib": "usr/lib", "/lib64": "usr/lib64"}
FLAGS = (
    "--network=none",
    "--platform=ptrace",
    "--ignore-cgroups",
    "--overlay=false",
    "--file-access=exclusive",
)
"""No network but an own loopback; the tracing platform, which needs no virtual machine below; the run's control group
was entered before; what is written to the work folder reaches it.
"""
NO_POWERS: dict[str, list[str]] = {
    kind: [] for kind in ("bounding", "effective", "inheritable", "permitted", "ambient")
}


@dataclass(frozen=True)
class Bundle:
    """`config`: config.json. The root folder has `folders`, `links` (path → target) and `files` (path → text)."""

    config: Mapping[str, Any]
    folders: tuple[str, ...]
    links: Mapping[str, str]
    files: Mapping[str, str]


def bundle(spec: SandboxSpec, command: Sequence[str], present: Sequence[str] = ()) -> Bundle:
    """The bundle that runs `command` in `spec`. `present`: which of SEEN_WHERE_PRESENT this machine has, folders with a
    slash at their end. Raises ValueError for an empty command or an argument with a NUL.
    """
    if not command or any("\0" in part for part in command):
        raise ValueError("the command is empty or holds a NUL: give a program and its arguments")
    mounts = [
        {"destination": "/proc", "type": "proc", "source": "proc"},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
        _memory("/tmp", spec.limits.scratch),  # noqa: S108 - the sandbox's own
        _memory("/dev/shm", spec.limits.shared_memory),  # noqa: S108 - the sandbox's own
        _memory("/run", 1 << 20, "mode=0755"),
        *(_bound(path.rstrip("/"), path.rstrip("/"), writable=False) for path in ("/usr", *present)),
        *(_bound(mount.source, mount.target, writable=mount.writable) for mount in spec.mounts),
    ]
    folders = ["/usr", "/proc", "/dev", "/tmp", "/run", "/sys", "/etc", "/opt", "/enclave"]  # noqa: S108
    folders += [path for path in present if path.endswith("/")] + [mount.target for mount in spec.mounts]
    files = dict(ACCOUNT_FILES) | {path: "" for path in present if not path.endswith("/")}
    return Bundle(_config(spec, command, mounts), tuple(folders), LINKS, files)


def _config(spec: SandboxSpec, command: Sequence[str], mounts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    bounds = {
        "RLIMIT_CORE": 0, "RLIMIT_NOFILE": spec.limits.open_files, "RLIMIT_FSIZE": spec.limits.file_size,
    }  # fmt: skip
    return {
        "ociVersion": "1.0.2",
        "process": {
            "terminal": False,
            "user": {"uid": UID, "gid": UID, "additionalGids": []},
            "args": list(command),
            "env": [f"{name}={value}" for name, value in spec.variables.items()],
            "cwd": spec.folder,
            "noNewPrivileges": True,
            "capabilities": NO_POWERS,
            "rlimits": [{"type": name, "hard": most, "soft": most} for name, most in bounds.items()],
        },
        "root": {"path": "rootfs", "readonly": True},
        "hostname": spec.hostname,
        "mounts": list(mounts),
        "linux": {"namespaces": [{"type": kind} for kind in ("pid", "network", "ipc", "uts", "mount")]},
    }


def _memory(target: str, size: int, mode: str = "mode=1777") -> dict[str, Any]:
    return {
        "destination": target, "type": "tmpfs", "source": "tmpfs",
        "options": ["nosuid", "nodev", mode, f"size={size}"],
    }  # fmt: skip


def _bound(source: str, target: str, *, writable: bool) -> dict[str, Any]:
    options = ["rbind", "nosuid", "nodev", "rw" if writable else "ro"]
    return {"destination": target, "type": "bind", "source": source, "options": options}
