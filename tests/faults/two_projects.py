"""Two projects on one machine, each with an account and folders of its own, whose runs go on at the same time."""

import contextlib
import os
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from charteroak.adapters import sandboxes
from charteroak.adapters.sandboxes import Group
from charteroak.sandbox import DATA, ENVIRONMENT, WORK, Isolator, Limits, Mount, SandboxSpec
from faults.collusion import drive

PROGRAM = Path(__file__).with_name("collusion")
ACCOUNTS = (1_900_000_801, 1_900_000_802)
NOBODYS = (1 << 22) - 1  # beyond every process, within what the kernel takes
PYTHON = "/usr/bin/python3"

RESIDUAL = {  # open, and named on the page
    "page faults of a shared file": "the machine keeps one copy in memory of a file that all may read; a residual",
    "number of terminals": "one number for the whole machine, as how busy it is; a residual",
}
NUMBER = 20_000 + os.getpid() % 20_000  # a port, a key, a group


class Project:
    """The folders and the account of one."""

    def __init__(self, folder: Path, account: int, shared: Path) -> None:
        self.isolator = Isolator.BUBBLEWRAP
        self.data, self.work, self.shared, self.account = folder / "data", folder / "work", shared, account
        for path in (self.data / "faults", self.work):
            path.mkdir(mode=0o700, parents=True)
        shutil.copytree(PROGRAM, self.data / "faults" / PROGRAM.name)
        if os.geteuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, account, account)

    @property
    def spec(self) -> SandboxSpec:
        mounts = (Mount(str(self.data), DATA), Mount(str(self.work), WORK, writable=True))
        environment = Mount(str(self.shared), ENVIRONMENT)
        return SandboxSpec(
            (*mounts, environment),
            Limits(memory=256 << 20, seconds=300),
            {"PYTHONPATH": DATA},
            isolator=self.isolator,
        )

    @property
    def uid(self) -> int | None:
        return self.account if os.geteuid() == 0 else None

    @contextlib.contextmanager
    def runs(self, *command: str, session: bool = False) -> Iterator[drive.End]:
        """A run that is spoken to. A `session` is handed the socket that it listens on, as the broker does it."""
        groups: list[Group] = []
        with contextlib.ExitStack() as stack:
            read, orders = _pipe(stack)
            answers, write = _pipe(stack)
            handed = [stack.enter_context(socket.socket(socket.AF_UNIX)).fileno()] if session else []

            def told(stream: str, piece: bytes) -> None:
                (write if stream == "stdout" else sys.stderr.buffer).write(piece)

            def go() -> None:
                with write:
                    sandboxes.run(
                        self.spec, command, uid=self.uid, stdin=read, on_group=groups.append,
                        on_output=told, descriptors=handed,
                    )  # fmt: skip

            thread = threading.Thread(target=go)
            thread.start()
            try:
                end = drive.greeted(orders, answers)
                end.pid = outside(groups[0])
                yield end
            finally:
                orders.close()
                thread.join()


def _pipe(stack: contextlib.ExitStack) -> tuple[BinaryIO, BinaryIO]:
    read, write = os.pipe()
    return (
        stack.enter_context(os.fdopen(read, "rb", buffering=0)),
        stack.enter_context(os.fdopen(write, "wb", buffering=0)),
    )


def outside(group: Group) -> int:
    """The number on the host of the Python that runs in this group; one that nobody has where it is no process of the
    host (gVisor).
    """
    for number in (group.folders[-1] / "cgroup.procs").read_text(encoding="ascii").split():
        if Path("/proc", number, "exe").resolve().name.startswith("python"):
            return int(number)
    return NOBODYS
