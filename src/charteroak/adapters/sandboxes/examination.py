"""What the sandbox of this machine can do, what is weaker here, and how to mend it."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from charteroak.adapters.sandboxes import cgroups, filter
from charteroak.adapters.sandboxes.execution import MEND_LIMITS, LimitsNotEnforced, NotStarted, run
from charteroak.adapters.sandboxes.launcher import DEVICES, OWN, OWN_DEVICES, SYSTEM
from charteroak.sandbox import Isolator, Limits, SandboxSpec

BROWSER = "/usr/lib/chromium/chromium"  # as Debian has it: Ubuntu's package is another thing
INSTALL = "apt-get install bubblewrap libseccomp2"


@dataclass(frozen=True)
class Capability:
    """One part: whether it is as strong as it can be, what was found, and what to type if not."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


def limits_enforced() -> Capability:
    """Whether memory, processor time and processes of a run can be capped; else every run is refused."""
    where = cgroups.hierarchies()
    if isinstance(where, str):
        return Capability("limits", False, f"cannot be enforced: {where}", MEND_LIMITS)
    return Capability("limits", True, f"cgroup v{where.version} at {where.folders[0]}")


def capabilities() -> list[Capability]:
    """Every part of the sandbox, ending with a real run in it."""
    return [
        _bubblewrap(),
        _filter(),
        limits_enforced(),
        _account(),
        _work_folder(),
        _trial(),
        runs_apart(),
        _stricter(),
        pixels_here(),
    ]


def _bubblewrap() -> Capability:
    program = shutil.which("bwrap")
    if program is None:
        return Capability("bubblewrap", False, "not installed", INSTALL)
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    version = said.split()[-1] if said else "0"
    ok = tuple(int(part) for part in version.split(".")[:2]) >= (0, 8)
    return Capability("bubblewrap", ok, version, "" if ok else "0.8 or newer is needed")


def _filter() -> Capability:
    try:
        permit, refuse = filter.programs()
    except (ImportError, RuntimeError) as error:
        return Capability("system-call filter", False, str(error), INSTALL)
    return Capability("system-call filter", True, f"{(len(permit) + len(refuse)) // 8} instructions")


def _account() -> Capability:
    if os.geteuid() == 0:
        return Capability("account per project", True, "each project's code has an account of its own")
    detail = "weaker: all projects' code shares this account, so only the sandbox keeps them apart"
    return Capability("account per project", False, detail, "start as root")


def _work_folder() -> Capability:
    if os.geteuid() == 0 and shutil.which("mkfs.ext4") and Path("/dev/loop-control").exists():
        return Capability("work folder size", True, "a file system of its own")
    detail = "weaker: measured twice a second, so it can be outgrown for a moment"
    return Capability("work folder size", False, detail, "start as root with loop devices and e2fsprogs")


def _trial() -> Capability:
    try:
        ended = run(SandboxSpec(limits=Limits(seconds=20)), ["true"])
    except LimitsNotEnforced:
        detail = "researchers' scripts are refused, for want of limits; everything else runs"
        return Capability("sandbox", False, detail, MEND_LIMITS)
    except (NotStarted, ImportError, RuntimeError, OSError) as error:
        mend = "allow unprivileged user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        return Capability("sandbox", False, str(error), mend)
    return Capability("sandbox", ended.status == 0, f"starts in {ended.seconds * 1000:.0f} ms")


def runs_apart() -> Capability:
    """Whether each run has files and devices of its own, as one run here sees them: the launcher goes on without."""
    name, mend = "files of each run's own", _mend_apart()
    try:
        ended = run(SandboxSpec(limits=Limits(seconds=20)), ["cat", "/proc/self/mountinfo"])
    except (LimitsNotEnforced, NotStarted, ImportError, RuntimeError, OSError):
        return Capability(name, False, "weaker: not known, for no run starts here", mend)
    shared = shared_between_runs(ended.stdout.decode("utf-8", errors="replace"))
    if shared:
        detail = (
            f"weaker: all runs share the host's {', '.join(shared)}, by whose locks and times two can signal"
        )
        return Capability(name, False, detail, mend)
    return Capability(name, True, "locks, watches and times of system files and devices stay in the run")


def shared_between_runs(mountinfo: str) -> list[str]:
    """What a run with this /proc/self/mountinfo shares with other runs: system folders, and devices."""
    shared = set()
    for line in mountinfo.splitlines():
        seen, _, held = line.partition(" - ")
        point, (kind, source, options) = seen.split(" ")[4], held.split(" ", 2)
        below = next((path for path in SYSTEM if f"{point}/".startswith(f"{path}/")), None)
        if below and (kind, source) != ("overlay", OWN):
            shared.add(below)
        if point.removeprefix("/dev/") in DEVICES and OWN_DEVICES not in options.split(","):
            shared.add("devices")
    return sorted(shared)


def _mend_apart() -> str:
    if os.geteuid() != 0:
        return "start as root"
    return (
        "modprobe overlay; in a container, allow it to mount and to make devices (CAP_SYS_ADMIN, CAP_MKNOD)"
    )


def pixels_here() -> Capability:
    """Whether a session can be shown as a picture: a screen in memory, its keyboard, and a browser on it."""
    wanted = {
        "tigervnc-standalone-server": shutil.which("Xtigervnc"),
        "x11-xkb-utils": shutil.which("xkbcomp"),
        "chromium": shutil.which(BROWSER),
    }
    missing = " ".join(package for package, found in wanted.items() if not found)
    if missing:
        detail = f"weaker: no session as a picture, for want of {missing}"
        return Capability("sessions in pixels", False, detail, f"apt-get install {missing}")
    return Capability("sessions in pixels", True, "Xvnc and Chromium")


def strict_tier_here() -> bool:
    """Whether gVisor is installed."""
    return shutil.which("runsc") is not None


def _stricter() -> Capability:
    """The tier with a kernel of its own. Nothing needs it; who wants it sees here whether it would start."""
    if not strict_tier_here():
        return Capability(
            "gVisor, the stricter tier", False, "weaker: not installed", "apt-get install runsc"
        )
    try:
        ended = run(SandboxSpec(limits=Limits(seconds=20), isolator=Isolator.GVISOR), ["true"])
    except (LimitsNotEnforced, NotStarted, OSError) as error:
        return Capability("gVisor, the stricter tier", False, f"weaker: {error}", "start as root")
    return Capability(
        "gVisor, the stricter tier", ended.status == 0, f"starts in {ended.seconds * 1000:.0f} ms"
    )
