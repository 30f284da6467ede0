"""A sandbox as the arguments of bubblewrap (bwrap(1), 0.8 or newer)."""

from collections.abc import Mapping, Sequence

from charteroak.sandbox.spec import SandboxSpec

UID = 1000  # of the command as it sees itself; the host's account is another one

# name → content of the few files that programs look up; nothing of the host's own
ACCOUNT_FILES = {
    "/etc/passwd": f"researcher:x:{UID}:{UID}::/enclave/work:/bin/sh\n",
    "/etc/group": f"researcher:x:{UID}:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}

SEALED = f"""
--unshare-all --unshare-user --disable-userns --die-with-parent --new-session --cap-drop ALL --clearenv
--uid {UID} --gid {UID}
"""
SYSTEM = """
--ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/sbin /sbin --symlink usr/lib /lib
--symlink usr/lib64 /lib64 --dir /etc --dir /opt --dir /enclave
--ro-bind-try /etc/alternatives /etc/alternatives --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache
--ro-bind-try /etc/fonts /etc/fonts --ro-bind-try /etc/R /etc/R --proc /proc --dev /dev
--perms 0755 --size 1048576 --tmpfs /run --perms 0755 --size 4096 --tmpfs /sys
"""


def arguments(
    spec: SandboxSpec,
    command: Sequence[str],
    *,
    files: Mapping[str, int],
    filters: Sequence[int],
    status: int,
) -> list[str]:
    """The arguments after `bwrap` that run `command` in `spec`.

    `files` maps each path of ACCOUNT_FILES to a descriptor holding its content, `filters` are descriptors of
    compiled system-call filters, `status` is where bwrap reports, as JSON, that the command was reached.
    Raises ValueError for an empty command or an argument with a NUL. Flags: bwrap(1).
    """
    if not command or any("\0" in part for part in command):
        raise ValueError("the command is empty or holds a NUL: give a program and its arguments")
    limits = spec.limits
    listed = [*SEALED.split(), "--hostname", spec.hostname, "--json-status-fd", str(status), *SYSTEM.split()]
    for path, descriptor in files.items():
        listed += ["--perms", "0444", "--file", str(descriptor), path]
    for path, size in (("/tmp", limits.scratch), ("/dev/shm", limits.shared_memory)):  # noqa: S108 - the sandbox's own
        listed += ["--perms", "1777", "--size", str(size), "--tmpfs", path]
    for mount in spec.mounts:
        listed += ["--bind" if mount.writable else "--ro-bind", mount.source, mount.target]
    for path in ("/dev", "/sys", "/"):
        listed += ["--remount-ro", path]
    for name, value in spec.variables.items():
        listed += ["--setenv", name, value]
    for descriptor in filters:
        listed += ["--add-seccomp-fd", str(descriptor)]
    return [*listed, "--chdir", spec.folder, "--", *command]
