"""Ways to other processes, to more powers, and out of the namespaces."""
# The plain calls are what is being tried:
# ruff: noqa: PTH123, PTH208, S606

import ctypes
import os
import subprocess

from faults.escapes.attempt import HOST, apart, call


def makes_a_user_namespace() -> None:
    call(272, 0x1000_0000)


def makes_a_mount_namespace() -> None:
    call(272, 0x2_0000)


def clones_into_a_namespace() -> None:
    if call(56, 0x1000_0000 | 17, None, None, None, None) == 0:
        os._exit(0)


def clones_by_the_newer_call() -> None:
    arguments = (ctypes.c_uint64 * 11)(0x1000_0000, 0, 0, 0, 17)
    if call(435, arguments, 88) == 0:
        os._exit(0)


def enters_a_namespace() -> None:
    call(308, os.open("/proc/1/ns/mnt", os.O_RDONLY), 0)


def traces_a_process() -> None:
    call(101, 16, 1, 0, 0)


def reads_another_process() -> None:
    call(310, 1, None, 0, None, 0, 0)


def takes_a_descriptor() -> None:
    call(438, os.pidfd_open(1), 0, 0)


def finds_a_process_with_fewer_bonds() -> None:
    """Held when every process in view, the first included, has the filter and no powers."""
    for process in filter(str.isdigit, os.listdir("/proc")):
        with open(f"/proc/{process}/status", encoding="ascii") as file:
            facts = dict(line.split(":\t") for line in file.read().splitlines() if ":\t" in line)
        if facts["Seccomp"] != "2" or int(facts["CapBnd"], 16) or facts["NoNewPrivs"] != "1":
            return
    raise FileNotFoundError


def becomes_root() -> None:
    os.setuid(0)


def signals_a_host_process() -> None:
    os.kill(HOST["pid"], 0)


def sees_the_hosts_processes() -> None:
    if len([name for name in os.listdir("/proc") if name.isdigit()]) < 10:
        raise FileNotFoundError


def sees_control_groups() -> None:
    os.listdir("/sys/fs/cgroup")


def starts_another_sandbox() -> None:
    subprocess.run(["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"], check=True, capture_output=True)


def enters_a_namespace_by_its_process() -> None:
    call(308, os.pidfd_open(1), 0x2_0000 | 0x4000_0000)


def makes_a_network_of_its_own() -> None:
    call(272, 0x4000_0000)


def maps_itself_to_root() -> None:
    with open("/proc/self/uid_map", "w", encoding="ascii") as file:
        file.write("0 0 1")


def turns_the_root_around() -> None:
    call(155, b".", b".")


def writes_another_process() -> None:
    call(311, 1, None, 0, None, 0, 0)


def writes_the_memory_of_the_first_process() -> None:
    os.close(os.open("/proc/1/mem", os.O_RDWR))


def compares_processes() -> None:
    call(312, 1, os.getpid(), 0, 0, 0)


def advises_another_processs_memory() -> None:
    call(440, os.pidfd_open(1), None, 0, 20, 0)


def has_powers() -> None:
    with open("/proc/self/status", encoding="ascii") as file:
        facts = dict(line.split(":\t") for line in file.read().splitlines() if ":\t" in line)
    if not any(int(powers, 16) for name, powers in facts.items() if name.startswith("Cap")):
        raise PermissionError("none")


def keeps_the_hosts_groups() -> None:
    if set(os.getgroups()) <= {os.getgid(), 65534}:
        raise PermissionError("none")


def renames_the_machine() -> None:
    """To what it is called."""
    name = os.uname().nodename.encode()
    call(170, name, len(name))


def reaches_the_hosts_shared_segment() -> None:
    call(29, HOST["segment"], 0, 0)


def learns_its_control_group() -> None:
    with open("/proc/self/cgroup", encoding="ascii") as file:
        if all(line.endswith(":/") for line in file.read().splitlines()):
            raise FileNotFoundError


def runs_a_program_from_memory() -> None:
    """A file that is in no folder."""
    number = os.memfd_create("program")
    with open("/bin/true", "rb") as file:
        os.write(number, file.read())
    apart(lambda: os.execve(number, ["true"], {}))
