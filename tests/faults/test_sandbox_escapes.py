"""A researcher's code tries to get out of the sandbox, and does not."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from charteroak.adapters import sandboxes
from charteroak.sandbox import DATA, WORK, Isolator, Limits, Mount, SandboxSpec

pytestmark = [pytest.mark.sandbox, pytest.mark.enable_socket]

PROGRAM = Path(__file__).with_name("escapes.py")
PROBES = [
    line.split("def ")[1].split("(")[0]
    for line in PROGRAM.read_text(encoding="utf-8").splitlines()
    if line.startswith("def ") and "-> None" in line and not line.startswith("def connect")
]
HARMLESS = [  # succeed on an ordinary machine as root, and leave nothing behind
    "reaches_the_host_by_tcp", "reaches_the_host_by_udp", "reaches_a_host_abstract_socket",
    "reads_another_projects_file", "learns_the_hosts_folder_names", "writes_to_data",
    "gives_a_data_file_a_second_name", "makes_a_mount_namespace", "makes_a_set_user_program",
    "creates_a_set_group_program", "signals_a_host_process", "sees_the_hosts_processes",
    "sees_control_groups",
]  # fmt: skip

IN_ITS_OWN_KERNEL = {  # gVisor lets these happen, in the kernel that it is, and nothing of the host comes nearer
    "reads_the_platforms_environment": "the first process is the command itself: it reads its own variables",
    "makes_a_user_namespace": "a namespace of the sandbox's kernel, whose root has no power over the host",
    "makes_a_mount_namespace": "its mounts are the sandbox's",
    "changes_the_root": "to another folder of the sandbox",
    "makes_an_io_ring": "served by the sandbox's kernel; the host's io_uring is not reached",
}


def serve(
    stack: ExitStack,
    family: int,
    address: tuple[str, int] | str,
    kind: int = socket.SOCK_STREAM,
) -> socket.socket:
    """Answers once per connection or packet until it is closed."""
    server = stack.enter_context(socket.socket(family, kind))
    server.bind(address)
    if kind == socket.SOCK_STREAM:
        server.listen()
        return server

    def echo() -> None:
        while True:
            try:
                packet, sender = server.recvfrom(10)
                server.sendto(packet, sender)
            except OSError:
                return

    threading.Thread(target=echo, daemon=True).start()
    return server


class Host:
    """The machine around the sandbox, with something to find in every corner."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.data, self.work, self.secret = folder / "data", folder / "work", folder / "other" / "secret"
        for path in (self.data, self.work, self.secret.parent):
            path.mkdir(mode=0o700)
        (self.data / "table").write_text("1\n", encoding="utf-8")
        (self.data / "escapes.py").write_bytes(PROGRAM.read_bytes())
        self.secret.write_text("another project's", encoding="utf-8")
        self.abstract = f"charteroak-{os.getpid()}"
        self.tcp = serve(stack, socket.AF_INET, ("127.0.0.1", 0))
        self.tcp6 = serve(stack, socket.AF_INET6, ("::1", 0))
        self.udp = serve(stack, socket.AF_INET, ("127.0.0.1", 0), socket.SOCK_DGRAM)
        serve(stack, socket.AF_UNIX, f"\0{self.abstract}")
        self.folder = folder

    def facts(self, data: str, out: str, only: list[str]) -> str:
        ports = {name: getattr(self, name).getsockname()[1] for name in ("tcp", "tcp6", "udp")}
        told = {"abstract": self.abstract, "secret": str(self.secret), "folder": str(self.folder)}
        return json.dumps({**ports, **told, "pid": os.getpid(), "data": data, "out": out, "only": only})


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with ExitStack() as stack:
        yield Host(tmp_path_factory.mktemp("host"), stack)


@pytest.fixture(
    scope="module",
    params=[Isolator.BUBBLEWRAP, pytest.param(Isolator.GVISOR, marks=pytest.mark.root)],
)
def attempts(host: Host, request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == Isolator.GVISOR and not shutil.which("runsc"):
        pytest.skip("not installed: runsc (apt-get install runsc)")
    mounts = (Mount(str(host.data), DATA), Mount(str(host.work), WORK, writable=True))
    with sandboxes.full_at(32 << 20, host.work, sandboxes.STRANGER):
        command = ["/usr/bin/python3", f"{DATA}/escapes.py", host.facts(DATA, WORK, [])]
        spec = SandboxSpec(mounts, Limits(memory=256 << 20), isolator=request.param)
        ended = sandboxes.run(spec, command)
    assert ended.status == 0, ended.stderr.decode()
    found: dict[str, str] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("probe", PROBES)
def test_held_in_the_sandbox(probe: str, attempts: dict[str, str], request: pytest.FixtureRequest) -> None:
    if "gvisor" in request.node.callspec.id and probe in IN_ITS_OWN_KERNEL:
        assert attempts[probe] == "escaped", "no longer: take it off the list"
        return
    assert attempts[probe].startswith("held"), probe.replace("_", " ")


@pytest.mark.root
def test_the_same_attempts_succeed_where_nothing_holds_them(host: Host, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "table").write_text("1\n", encoding="utf-8")
    # The folder's name stands in the list of mounts only when something is mounted there.
    with sandboxes.full_at(32 << 20, host.work, 0):
        command = [sys.executable, str(PROGRAM), host.facts(str(data), str(tmp_path), HARMLESS)]
        ended = subprocess.run(command, capture_output=True, check=True)
    found = json.loads(ended.stdout)
    assert {name for name in HARMLESS if found[name] != "escaped"} == set()
