"""Runs inside the sandbox (plain Python, no imports of ours): tries to get out, prints what happened as JSON.

Each probe returns on success, which is an escape, and raises when it is held back.
"""
# The plain calls are what is being tried:
# ruff: noqa: PTH101, PTH115, PTH123, PTH208, S103

import contextlib
import ctypes
import fcntl
import json
import os
import resource
import socket
import subprocess
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
HOST = json.loads(sys.argv[1])  # what the host set up to be found: ports, a socket, a secret, a process
OUT, DATA = HOST["out"], HOST["data"]


def call(number: int, *arguments: object) -> int:
    result = int(LIBC.syscall(number, *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def connect(family: int, address: tuple[str, int] | str, kind: int = socket.SOCK_STREAM) -> None:
    with socket.socket(family, kind) as client:
        client.settimeout(2)
        client.connect(address)
        client.sendall(b"out")
        if kind == socket.SOCK_DGRAM:
            client.recv(10)


def inherits_a_descriptor() -> None:
    for number in range(3, 256):
        with contextlib.suppress(OSError):
            os.fstat(number)
            return
    raise FileNotFoundError


def reaches_the_host_by_tcp() -> None:
    connect(socket.AF_INET, ("127.0.0.1", HOST["tcp"]))


def reaches_the_host_by_ipv6() -> None:
    connect(socket.AF_INET6, ("::1", HOST["tcp6"]))


def reaches_the_host_by_udp() -> None:
    connect(socket.AF_INET, ("127.0.0.1", HOST["udp"]), socket.SOCK_DGRAM)


def reaches_a_host_abstract_socket() -> None:
    connect(socket.AF_UNIX, "\0" + HOST["abstract"])


def reaches_the_cloud_metadata_service() -> None:
    connect(socket.AF_INET, ("169.254.169.254", 80))


def resolves_a_name() -> None:
    socket.getaddrinfo("example.org", 443)


def opens_a_vsock() -> None:
    socket.socket(40, socket.SOCK_STREAM).close()


def opens_a_packet_socket() -> None:
    socket.socket(17, socket.SOCK_RAW).close()


def opens_a_raw_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close()


def opens_a_crypto_socket() -> None:
    socket.socket(38, socket.SOCK_SEQPACKET).close()


def opens_netfilter() -> None:
    socket.socket(16, socket.SOCK_RAW, 12).close()


def reads_another_projects_file() -> None:
    places = [HOST["secret"], "/proc/1/root" + HOST["secret"], "/proc/self/root/.." + HOST["secret"]]
    for path in (*places, DATA + "/../.." + HOST["secret"]):
        with contextlib.suppress(OSError), open(path, encoding="utf-8") as file:
            file.read()
            return
    raise FileNotFoundError


def learns_the_hosts_folder_names() -> None:
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        if HOST["folder"] not in file.read():
            raise FileNotFoundError


def reads_the_platforms_environment() -> None:
    with open("/proc/1/environ", "rb") as file:
        if b"=" not in file.read():
            raise FileNotFoundError


def writes_to_data() -> None:
    open(DATA + "/planted", "w").close()


def writes_to_usr() -> None:
    open("/usr/planted", "w").close()


def writes_to_etc() -> None:
    open("/etc/planted", "w").close()


def writes_to_the_root() -> None:
    open("/planted", "w").close()


def writes_to_the_python() -> None:
    open("/opt/python/planted", "w").close()


def gives_a_data_file_a_second_name() -> None:
    os.link(DATA + "/table", OUT + "/second")


def mounts() -> None:
    call(165, b"none", b"/tmp", b"tmpfs", 0, None)


def unmounts() -> None:
    call(166, DATA.encode(), 2)


def makes_data_writable() -> None:
    call(165, b"none", DATA.encode(), None, 0x1000 | 0x20, None)


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


def changes_the_root() -> None:
    os.chroot("/tmp")


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


def reads_kernel_memory() -> None:
    open("/proc/kcore", "rb").close()


def sets_the_core_pattern() -> None:
    open("/proc/sys/kernel/core_pattern", "w").close()


def loads_a_bpf_program() -> None:
    call(321, 0, None, 0)


def counts_events() -> None:
    call(298, None, 0, -1, -1, 0)


def keeps_a_key() -> None:
    call(248, b"user", b"name", b"secret", 6, -3)


def asks_for_a_key() -> None:
    call(250, 0, -3, 1)


def makes_an_io_ring() -> None:
    call(425, 1, (ctypes.c_uint8 * 120)())


def handles_page_faults() -> None:
    call(323, 1)


def opens_by_handle() -> None:
    call(304, -100, (ctypes.c_uint8 * 128)(), 0)


def makes_a_device() -> None:
    os.mknod(OUT + "/disk", 0o60600, os.makedev(254, 0))


def makes_a_set_user_program() -> None:
    open(OUT + "/program", "w").close()
    os.chmod(OUT + "/program", 0o4755)


def creates_a_set_group_program() -> None:
    os.close(os.open(OUT + "/other", os.O_CREAT | os.O_WRONLY, 0o2755))


def becomes_root() -> None:
    os.setuid(0)


def raises_a_limit() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20))


def signals_a_host_process() -> None:
    os.kill(HOST["pid"], 0)


def sees_the_hosts_processes() -> None:
    if len([name for name in os.listdir("/proc") if name.isdigit()]) < 10:
        raise FileNotFoundError


def sees_control_groups() -> None:
    os.listdir("/sys/fs/cgroup")


def starts_another_sandbox() -> None:
    subprocess.run(["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"], check=True, capture_output=True)


def types_into_the_terminal() -> None:
    _, terminal = os.openpty()
    fcntl.ioctl(terminal, 0x5412, b"x")


def types_into_the_terminal_with_spare_bits() -> None:
    _, terminal = os.openpty()
    call(16, terminal, ctypes.c_uint64(0x1_0000_5412), b"x")


def reopens_its_output_as_a_file() -> None:
    if all(os.readlink(f"/proc/self/fd/{number}").startswith("pipe:") for number in (0, 1, 2)):
        raise FileNotFoundError


if __name__ == "__main__":
    found = {}
    for name, probe in list(globals().items()):
        ours = callable(probe) and getattr(probe, "__module__", "") == "__main__"
        if ours and name not in {"call", "connect"} and name in (HOST["only"] or {name}):
            try:
                probe()
                found[name] = "escaped"
            except (OSError, ValueError, subprocess.CalledProcessError) as error:
                found[name] = f"held: {error}"
    print(json.dumps(found))
