"""Ways to other files than the run's own, and to make its own into more than files."""
# The plain calls are what is being tried:
# ruff: noqa: PTH101, PTH104, PTH110, PTH123, PTH208, S103

import contextlib
import ctypes
import fcntl
import os
import resource
import stat

from faults.escapes.attempt import DATA, HOST, OUT, call


def inherits_a_descriptor() -> None:
    for number in range(3, 256):
        with contextlib.suppress(OSError):
            os.fstat(number)
            return
    raise FileNotFoundError


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


def changes_the_root() -> None:
    os.chroot("/tmp")


def opens_by_handle() -> None:
    call(304, -100, (ctypes.c_uint8 * 128)(), 0)


def makes_a_device() -> None:
    os.mknod(OUT + "/disk", 0o60600, os.makedev(254, 0))


def makes_a_set_user_program() -> None:
    open(OUT + "/program", "w").close()
    os.chmod(OUT + "/program", 0o4755)


def creates_a_set_group_program() -> None:
    os.close(os.open(OUT + "/other", os.O_CREAT | os.O_WRONLY, 0o2755))


def raises_a_limit() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20))


def types_into_the_terminal() -> None:
    _, terminal = os.openpty()
    fcntl.ioctl(terminal, 0x5412, b"x")


def types_into_the_terminal_with_spare_bits() -> None:
    _, terminal = os.openpty()
    call(16, terminal, ctypes.c_uint64(0x1_0000_5412), b"x")


def reopens_its_output_as_a_file() -> None:
    """Or as a terminal, a socket, a device: what is no pipe leads somewhere."""
    if all(stat.S_ISFIFO(os.fstat(number).st_mode) for number in (0, 1, 2)):
        raise FileNotFoundError


def sees_the_hosts_folders() -> None:
    if not any(os.path.exists(path) for path in ("/home", "/root", "/var", "/srv", "/boot", "/run/systemd")):
        raise FileNotFoundError


def reads_the_hosts_passwords() -> None:
    with open("/etc/shadow", "rb") as file:
        file.read()


def learns_the_machines_serial_number() -> None:
    for path in ("/etc/machine-id", "/sys/class/dmi/id/product_uuid", "/sys/class/dmi/id/product_serial"):
        with contextlib.suppress(OSError), open(path, "rb") as file:
            file.read()
            return
    raise FileNotFoundError


def reads_the_hosts_shared_memory() -> None:
    with open(HOST["shared_file"], "rb") as file:
        file.read()


def reads_a_service_of_the_host_in_proc() -> None:
    for path in (f"/proc/{HOST['pid']}/environ", f"/proc/{HOST['pid']}/root{HOST['secret']}"):
        with contextlib.suppress(OSError), open(path, "rb") as file:
            file.read()
            return
    raise FileNotFoundError


def finds_a_disk() -> None:
    if not any(stat.S_ISBLK(os.lstat(f"/dev/{name}").st_mode) for name in os.listdir("/dev")):
        raise FileNotFoundError


def opens_a_device_of_the_host() -> None:
    for name in (
        "kvm",
        "fuse",
        "mem",
        "kmsg",
        "net/tun",
        "vsock",
        "vhost-vsock",
        "loop-control",
        "mapper/control",
    ):
        with contextlib.suppress(OSError):
            os.close(os.open(f"/dev/{name}", os.O_RDWR))
            return
    raise FileNotFoundError


def adds_a_device_file() -> None:
    open("/dev/planted", "w").close()


def writes_data_through_proc() -> None:
    """A descriptor opened to read is opened again to write."""
    with open(DATA + "/table", "rb") as file:
        open(f"/proc/self/fd/{file.fileno()}", "ab").close()


def gives_a_program_powers() -> None:
    open(OUT + "/powerful", "w").close()
    os.setxattr(OUT + "/powerful", "security.capability", bytes.fromhex("0100000200000000") + bytes(12))


def gives_a_file_to_root() -> None:
    open(OUT + "/given", "w").close()
    os.chown(OUT + "/given", 0, 0)


def makes_a_file_that_cannot_be_removed() -> None:
    """The flag "immutable", which would outlive the workspace."""
    with open(OUT + "/kept", "w") as file:
        fcntl.ioctl(file, 0x40086602, bytes([0x10, 0, 0, 0, 0, 0, 0, 0]))


def locks_a_data_file() -> None:
    with open(DATA + "/table", "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def opens_a_terminal() -> None:
    os.openpty()


def moves_the_data_folder() -> None:
    os.rename(DATA, OUT + "/data")
