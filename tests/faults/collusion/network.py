"""By sockets."""

import contextlib
import functools
import os
import socket

from faults.collusion.channel import TOKEN, TOLD, Channel, Made

SECONDS = 0.3  # that nobody answers; whoever does, answers at once
ANY, LOCAL = 0xFFFF_FFFF, 1  # addresses of AF_VSOCK


class Listening(Channel):
    """The receiver listens where the sender knows it to."""

    def __init__(self, family: int, bound: object, dialled: object, kind: int = socket.SOCK_STREAM) -> None:
        super().__init__()
        self.family, self.bound, self.dialled, self.kind = family, bound, dialled, kind

    def ready(self) -> None:
        self.server = socket.socket(self.family, self.kind)
        self.held.append(self.server)
        self.server.settimeout(SECONDS)
        self.server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.server.bind(self.bound)  # type: ignore[arg-type]  # each family has its own
        if self.kind == socket.SOCK_STREAM:
            self.server.listen()

    def send(self) -> None:
        client = socket.socket(self.family, self.kind)
        self.held.append(client)
        client.settimeout(SECONDS)
        client.connect(self.dialled)  # type: ignore[arg-type]  # as above
        client.sendall(TOKEN.encode())

    def receive(self) -> str:
        if self.kind == socket.SOCK_DGRAM:
            return self.server.recv(100).decode()
        with self.server.accept()[0] as taken:
            taken.settimeout(SECONDS)
            return taken.recv(100).decode()


class InFolder(Listening):
    """A socket that is a file, in the receiver's work folder."""

    def __init__(self) -> None:
        own = os.path.relpath(os.path.join(TOLD["work"], f"{TOLD['name']}.s"))  # noqa: PTH118 - a short name
        super().__init__(socket.AF_UNIX, own, own)

    def send(self) -> None:
        for path in (str(self.bound), os.path.relpath(f"{TOLD['receivers_work']}/{TOLD['name']}.s")):
            with contextlib.suppress(OSError):
                self.dialled = path
                return super().send()
        raise OSError("no such socket")


class Netlink(Channel):
    """Messages among users by way of the kernel."""

    def ready(self) -> None:
        self.server = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_USERSOCK)
        self.held.append(self.server)
        self.server.settimeout(SECONDS)
        self.server.bind((TOLD["number"], 0))

    def send(self) -> None:
        client = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_USERSOCK)
        self.held.append(client)
        client.sendto(TOKEN.encode(), (TOLD["number"], 0))

    def receive(self) -> str:
        return self.server.recv(100).decode()


NUMBER = TOLD.get("number", 0)
FOUR, SIX = ("127.0.0.1", NUMBER), ("::1", NUMBER)
ABSTRACT = f"\0{TOLD.get('name')}"
CHANNELS: Made = {
    "tcp": functools.partial(Listening, socket.AF_INET, FOUR, FOUR),
    "tcp of version 6": functools.partial(Listening, socket.AF_INET6, SIX, SIX),
    "udp": functools.partial(Listening, socket.AF_INET, FOUR, FOUR, socket.SOCK_DGRAM),
    "abstract socket": functools.partial(Listening, socket.AF_UNIX, ABSTRACT, ABSTRACT),
    "socket in a work folder": InFolder,
    "vsock": functools.partial(Listening, socket.AF_VSOCK, (ANY, NUMBER), (LOCAL, NUMBER)),
    "netlink": Netlink,
}
