"""Between the platform and bubblewrap: enters the limits, gives up the account, becomes bubblewrap.

Runs alone (`python -I -S launcher.py PLAN`), so that it has one thread and starts in milliseconds; PLAN is
the number of a descriptor with the plan as JSON. What fails is written to the plan's `errors` descriptor.
"""
# pathlib would be most of what this program has to load:
# ruff: noqa: PTH101, PTH102, PTH103, PTH112, PTH123, PTH211

import ctypes
import json
import os
import resource
import signal
import stat
import sys
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)

# linux/sched.h, linux/mount.h, linux/prctl.h
CLONE_NEWNS, CLONE_NEWUSER = 0x2_0000, 0x1000_0000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 0x1, 0x2, 0x4, 0x1000, 0x4000, 0x4_0000
OPEN_TREE_CLONE, AT_EMPTY_PATH, MOVE_MOUNT_F_EMPTY_PATH, MOUNT_ATTR_IDMAP = 0x1, 0x1000, 0x4, 0x10_0000
AT_FDCWD = -100
SYS_OPEN_TREE, SYS_MOVE_MOUNT, SYS_MOUNT_SETATTR = 428, 429, 442  # the same on every processor
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38

NOBODY = 65534
NEUTRAL = "/mnt"  # where mounts are put in this process's own view; says nothing about the host
OWN, OWN_DEVICES = "enclave", "size=64k"  # by which a run's own files and devices are told from the host's
SYSTEM = ("/usr", "/etc")  # what every sandbox sees of the host's folders
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}


class MountAttributes(ctypes.Structure):
    """struct mount_attr."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd")]


def checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def mount(source: str, target: str, kind: str, flags: int, options: str) -> None:
    result = LIBC.mount(source.encode(), target.encode(), kind.encode(), flags, options.encode())
    checked(result, f"mount {kind} on {target}")


def seen_as(owner: tuple[int, int], account: tuple[int, int], *, by_root: bool) -> int:
    """A user namespace (descriptor) in which files of `owner` belong to `account`. `by_root`: root makes them and gives
    them away, so it must be somebody on the disk too.
    """
    ready, begin = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        status = LIBC.unshare(CLONE_NEWUSER)
        os.write(ready[1], b"0" if status == 0 else b"1")
        os.read(begin[0], 1)
        os._exit(0)
    try:
        if os.read(ready[0], 1) != b"0":
            raise OSError("a user namespace could not be made")
        for kind, on_disk, seen in zip(("uid", "gid"), owner, account, strict=True):
            with open(f"/proc/{child}/{kind}_map", "w", encoding="ascii") as map_file:
                spare = f"\n{0 if on_disk else NOBODY} 0 1" if by_root else ""
                map_file.write(f"{on_disk} {seen} 1{spare}")
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.write(begin[1], b"0")
        os.waitpid(child, 0)


def detached(source: str, account: tuple[int, int], *, by_root: bool) -> int:
    """The folder as a mount of its own (descriptor), in which its owner's files belong to `account`."""
    flags = OPEN_TREE_CLONE | os.O_CLOEXEC
    tree = checked(LIBC.syscall(SYS_OPEN_TREE, AT_FDCWD, source.encode(), flags), f"open {source}")
    facts = os.fstat(tree)
    owner = (facts.st_uid, facts.st_gid)
    if owner != account:
        attributes = MountAttributes(MOUNT_ATTR_IDMAP, 0, 0, seen_as(owner, account, by_root=by_root))
        size = ctypes.sizeof(attributes)
        LIBC.syscall(SYS_MOUNT_SETATTR, tree, b"", AT_EMPTY_PATH, ctypes.byref(attributes), size)
        # A file system that cannot do this (some network ones) keeps its owners: permissions then decide.
    return tree


def place(mounts: list[dict[str, Any]], account: tuple[int, int], *, by_root: bool) -> None:
    """Put each folder at NEUTRAL/<number>, seen by this process and its children only.

    A bind mount shows its path on the host in /proc/self/mountinfo; an overlay shows the neutral one. Only
    read-only folders can be overlaid without an upper folder.
    """
    checked(LIBC.unshare(CLONE_NEWNS), "unshare")
    mount("none", "/", "none", MS_REC | MS_PRIVATE, "")
    trees = [
        detached(one["source"], account, by_root=by_root) for one in mounts
    ]  # before NEUTRAL hides what may lie below it
    mount("tmpfs", NEUTRAL, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m")
    os.mkdir(f"{NEUTRAL}/none")
    for number, (one, tree) in enumerate(zip(mounts, trees, strict=True)):
        target = f"{NEUTRAL}/{number}"
        os.mkdir(target)
        moved = LIBC.syscall(SYS_MOVE_MOUNT, tree, b"", AT_FDCWD, target.encode(), MOVE_MOUNT_F_EMPTY_PATH)
        checked(moved, f"place {one['source']}")
        if not one["writable"]:
            cover(target)
    if not by_root:  # a kernel of the sandbox's own keeps locks to itself
        keep_apart()


def cover(path: str) -> None:
    """Show the folder read-only by files of this run's own: a lock or a watch on them is met by no other run."""
    try:
        lower = f"lowerdir={path}:{NEUTRAL}/none"
        mount(OWN, path, "overlay", MS_RDONLY | MS_NOSUID | MS_NODEV, lower)
    except OSError:
        return  # no overlayfs here: mountinfo shows the folder's path; its neighbours stay out of reach


def keep_apart() -> None:
    """Make files of this run's own of what all sandboxes see of the host: two projects would signal to each other by
    locks, watches and times of files that both can only read.
    """
    for path in SYSTEM:
        below = mounted_below(path)
        trees = [
            checked(LIBC.syscall(SYS_OPEN_TREE, AT_FDCWD, one.encode(), OPEN_TREE_CLONE), one)
            for one in below
        ]
        cover(path)
        for one, tree in zip(below, trees, strict=True):
            LIBC.syscall(SYS_MOVE_MOUNT, tree, b"", AT_FDCWD, one.encode(), MOVE_MOUNT_F_EMPTY_PATH)
            os.close(tree)
            cover(one)
    os.mkdir(f"{NEUTRAL}/dev")
    mount("tmpfs", f"{NEUTRAL}/dev", "tmpfs", MS_NOSUID, f"mode=0755,{OWN_DEVICES}")
    for name, number in DEVICES.items():
        own = f"{NEUTRAL}/dev/{name}"
        try:
            os.mknod(own, stat.S_IFCHR | 0o666, os.makedev(*number))
            os.chmod(own, 0o666)  # noqa: S103 - as the host has them
            mount(own, f"/dev/{name}", "none", MS_BIND, "")
        except OSError:
            return  # a container that makes no devices: theirs are shared


def mounted_below(path: str) -> list[str]:
    """The folders below that are mounts of their own, the outer first."""
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        points = {line.split(" ")[4] for line in file}
    return sorted(one for one in points if one.startswith(f"{path}/") and os.path.isdir(one))


def lay_out(bundle: dict[str, Any]) -> None:
    """Write an OCI bundle at NEUTRAL/bundle: its root folder is empty but for what is mounted on."""
    root = f"{NEUTRAL}/bundle/rootfs"
    for path in bundle["folders"]:
        os.makedirs(root + path.rstrip("/"), exist_ok=True)
    for path, target in bundle["links"].items():
        os.symlink(target, root + path)
    for path, text in bundle["files"].items():
        with open(root + path, "w", encoding="utf-8") as file:
            file.write(text)
    with open(f"{NEUTRAL}/bundle/config.json", "w", encoding="utf-8") as file:
        json.dump(bundle["config"], file)


def become(uid: int) -> None:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def die_with(parent: int) -> None:
    """Killed when the parent is, however it ends. Asked for last: changing accounts clears it."""
    checked(LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
    if os.getppid() != parent:
        raise OSError("the parent has ended")


def launch(plan: dict[str, Any]) -> None:
    for entrance in plan["entrances"]:
        with open(entrance, "w", encoding="ascii") as procs:
            procs.write("0")
    os.chdir("/")
    uid, seen = plan["uid"], plan["seen_as"]
    if seen is not None:
        place(plan["mounts"], (seen, seen), by_root=uid is None)
    if "bundle" in plan:
        lay_out(plan["bundle"])
    for name, value in plan["rlimits"].items():
        number = getattr(resource, name)
        ceiling = resource.getrlimit(number)[1]
        bound = value if ceiling == resource.RLIM_INFINITY else min(value, ceiling)
        resource.setrlimit(number, (bound, bound))
    if uid is not None:
        become(uid)
    checked(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    die_with(plan["parent"])
    os.umask(0o022)
    os.execve(plan["program"], plan["command"], {})  # noqa: S606 - an argument list, no shell wanted


if __name__ == "__main__":
    with open(int(sys.argv[1]), encoding="utf-8") as plan_file:
        read = json.load(plan_file)
    os.set_inheritable(read["errors"], False)  # closed unread when bwrap starts
    try:
        launch(read)
    except (OSError, ValueError) as error:
        os.write(read["errors"], str(error).encode())
        os._exit(1)
