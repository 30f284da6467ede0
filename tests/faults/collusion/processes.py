"""By processes, and by what the kernel keeps beside files."""
# The plain calls are what is being tried:
# ruff: noqa: PTH116, PTH123, PTH208

import contextlib
import ctypes
import functools
import os
import signal
import socket
from collections.abc import Callable

from faults.collusion.channel import NUMBER, TOKEN, TOLD, Channel, Made

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.shmat.restype = ctypes.c_void_p
KEY, NAME = TOLD.get("number", 0), TOLD.get("name", "")
IPC_CREAT, OPEN_TO_ALL, IPC_RMID = 0o1000, 0o666, 0
SYS_ADD_KEY, SYS_KEYCTL, SYS_PIDFD_OPEN, SYS_PIDFD_GETFD = 248, 250, 434, 438
USERS_KEYRING, KEYCTL_SEARCH, KEYCTL_READ = -4, 10, 11


def checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


class SharedMemory(Channel):
    def send(self) -> None:
        made = checked(LIBC.shmget(KEY, 4096, IPC_CREAT | OPEN_TO_ALL))
        ctypes.memmove(LIBC.shmat(made, None, 0), TOKEN.encode(), len(TOKEN))

    def receive(self) -> str:
        found = checked(LIBC.shmget(KEY, 4096, 0))
        got = ctypes.string_at(LIBC.shmat(found, None, 0)).decode()
        LIBC.shmctl(found, IPC_RMID, None)
        return got


class Message(ctypes.Structure):
    _fields_ = (("kind", ctypes.c_long), ("text", ctypes.c_char * 32))


class Messages(Channel):
    def send(self) -> None:
        queue = checked(LIBC.msgget(KEY, IPC_CREAT | OPEN_TO_ALL))
        checked(LIBC.msgsnd(queue, ctypes.byref(Message(1, TOKEN.encode())), 32, 0))

    def receive(self) -> str:
        queue, got = checked(LIBC.msgget(KEY, 0)), Message()
        checked(LIBC.msgrcv(queue, ctypes.byref(got), 32, 0, 0o4000))
        LIBC.msgctl(queue, IPC_RMID, None)
        return str(got.text.decode())


class Semaphore(Channel):
    GETVAL, SETVAL = 12, 16

    def send(self) -> None:
        checked(LIBC.semctl(checked(LIBC.semget(KEY, 1, IPC_CREAT | OPEN_TO_ALL)), 0, self.SETVAL, NUMBER))

    def receive(self) -> str:
        found = checked(LIBC.semget(KEY, 1, 0))
        got = LIBC.semctl(found, 0, self.GETVAL)
        LIBC.semctl(found, 0, IPC_RMID)
        return str(got)


class NamedQueue(Channel):
    """A queue of POSIX."""

    def send(self) -> None:
        queue = checked(LIBC.mq_open(f"/{NAME}".encode(), os.O_CREAT | os.O_RDWR, OPEN_TO_ALL, None))
        checked(LIBC.mq_send(queue, TOKEN.encode(), len(TOKEN), 0))

    def receive(self) -> str:
        queue = checked(LIBC.mq_open(f"/{NAME}".encode(), os.O_RDONLY | os.O_NONBLOCK))
        room = ctypes.create_string_buffer(8192)
        got = checked(LIBC.mq_receive(queue, room, len(room), None))
        LIBC.mq_unlink(f"/{NAME}".encode())
        return room.raw[:got].decode()


class InMemory(Channel):
    """A file without a name, open at the sender under an agreed number."""

    AT = 200

    def send(self) -> None:
        made = os.memfd_create("token")
        os.write(made, TOKEN.encode())
        os.dup2(made, self.AT)
        os.close(made)
        self.held.append(os.fdopen(self.AT, "rb", buffering=0))

    def receive(self) -> str:
        with open(f"/proc/{self.other}/fd/{self.AT}", encoding="ascii") as file:
            return file.read()


class Taken(InMemory):
    """The same, taken by the newer call."""

    def receive(self) -> str:
        process = checked(LIBC.syscall(SYS_PIDFD_OPEN, self.other, 0))
        taken = checked(LIBC.syscall(SYS_PIDFD_GETFD, process, self.AT, 0))
        return os.pread(taken, 100, 0).decode()


class ProcessName(Channel):
    def send(self) -> None:
        with open("/proc/self/comm", "w", encoding="ascii") as file:
            file.write(TOKEN[:15])

    def receive(self) -> str:
        with open(f"/proc/{self.other}/comm", encoding="ascii") as file:
            return "" if not set(got := file.read().strip()) <= {"0", "1"} else got


class Signals(Channel):
    """As many as the number says. Python's own death is not risked: the receiver has the signal blocked."""

    def send(self) -> None:
        for _ in range(NUMBER):
            os.kill(self.other, signal.SIGRTMIN)

    def receive(self) -> str:
        got = 0
        while signal.sigtimedwait([signal.SIGRTMIN], 0.05):
            got += 1
        return str(got)


class Terminal(Channel):
    """A line typed into a terminal of the sender's, which the receiver opens by its number."""

    def send(self) -> None:
        ours, theirs = os.openpty()
        self.held += [os.fdopen(end, "r+b", buffering=0) for end in (ours, theirs)]
        os.write(ours, f"{TOKEN}\n".encode())

    def receive(self) -> str:
        for name in os.listdir("/dev/pts"):
            if name.isdigit() and os.stat(f"/dev/pts/{name}").st_uid == os.stat(f"/proc/{self.other}").st_uid:
                with contextlib.suppress(OSError):
                    opened = os.open(f"/dev/pts/{name}", os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
                    with os.fdopen(opened, "r+b", buffering=0) as file:
                        if file.read(len(TOKEN) + 1) == f"{TOKEN}\n".encode():
                            return TOKEN
        return ""


class Keyring(Channel):
    def send(self) -> None:
        told = (b"user", NAME.encode(), TOKEN.encode(), len(TOKEN), USERS_KEYRING)
        checked(LIBC.syscall(SYS_ADD_KEY, *told))

    def receive(self) -> str:
        found = checked(LIBC.syscall(SYS_KEYCTL, KEYCTL_SEARCH, USERS_KEYRING, b"user", NAME.encode(), 0))
        room = ctypes.create_string_buffer(100)
        checked(LIBC.syscall(SYS_KEYCTL, KEYCTL_READ, found, room, len(room)))
        checked(LIBC.syscall(SYS_KEYCTL, 9, found, USERS_KEYRING))  # unlink
        return room.value.decode()


class Setting(Channel):
    """A number or name in a file of the kernel."""

    def __init__(self, path: str, value: str) -> None:
        super().__init__()
        self.path, self.value = path, value

    def ready(self) -> None:
        with contextlib.suppress(OSError), open(self.path, encoding="ascii") as file:
            self.held.append(file.read())

    def send(self) -> None:
        with open(self.path, "w", encoding="ascii") as file:
            file.write(self.value)

    def receive(self) -> str:
        with open(self.path, encoding="ascii") as file:
            got = file.read()
        return "" if [got] == self.held else got.strip()


class HostName(Channel):
    """The call, and what answers it."""

    def send(self) -> None:
        socket.sethostname(TOKEN)

    def receive(self) -> str:
        return TOKEN if socket.gethostname() == TOKEN else ""


def setting(path: str, value: str) -> Callable[[], Channel]:
    return functools.partial(Setting, path, value)


CHANNELS: Made = {
    "shared memory": SharedMemory,
    "message queue": Messages,
    "semaphore": Semaphore,
    "named queue": NamedQueue,
    "file in memory": InMemory,
    "descriptor taken": Taken,
    "process name": ProcessName,
    "signals": Signals,
    "terminal": Terminal,
    "keyring": Keyring,
    "host name": HostName,
    "kernel setting": setting("/proc/sys/kernel/domainname", TOKEN),
    "control group": setting(TOLD.get("group_file", ""), str(1000 + NUMBER)),
}
