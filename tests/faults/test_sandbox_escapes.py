"""A researcher's code tries to get out of the sandbox, and does not."""

import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import isolation
from charteroak.adapters import sandboxes
from charteroak.sandbox import DATA, WORK, Isolator, Limits, Mount, SandboxSpec

pytestmark = [pytest.mark.sandbox, pytest.mark.enable_socket]

PROGRAM = Path(__file__).with_name("escapes")
TRIED = ("files", "network", "processes", "kernel")
PROBES = [
    line.removeprefix("def ").split("(")[0]
    for part in TRIED
    for line in (PROGRAM / f"{part}.py").read_text(encoding="utf-8").splitlines()
    if line.startswith("def ") and not line.startswith("def _")
]
UNHELD = [  # succeed on an ordinary machine as root, and leave nothing behind
    "reaches_the_host_by_tcp", "reaches_the_host_by_udp", "reaches_the_host_by_another_of_its_addresses",
    "reaches_a_host_abstract_socket", "reaches_a_host_socket_file", "learns_the_hosts_address_by_its_name",
    "asks_the_kernel_for_its_interfaces", "reads_another_projects_file", "learns_the_hosts_folder_names",
    "sees_the_hosts_folders", "reads_the_hosts_passwords", "reads_the_hosts_shared_memory",
    "reads_a_service_of_the_host_in_proc", "writes_to_data", "writes_data_through_proc", "moves_the_data_folder",
    "gives_a_data_file_a_second_name", "makes_a_mount_namespace", "makes_a_network_of_its_own",
    "makes_a_set_user_program", "creates_a_set_group_program", "gives_a_program_powers", "gives_a_file_to_root",
    "signals_a_host_process", "sees_the_hosts_processes", "sees_control_groups", "has_powers", "renames_the_machine",
    "reaches_the_hosts_shared_segment", "calls_by_the_older_gate",
    "changes_the_segments", "loads_a_bpf_program", "counts_events",
]  # fmt: skip
HARMLESS = {  # let through, on purpose
    "asks_the_kernel_for_its_interfaces": "it answers with the sandbox's own loopback; without it libzmq aborts",
    "locks_a_data_file": "the file is this run's own decrypted copy, which no other run sees",
    "opens_a_terminal": "a terminal of the sandbox's own; what types into the caller's is refused",
    "writes_the_memory_of_the_first_process": "bubblewrap's own child inside, under the same filter, without powers; "
    "it holds the run's pipes and tells the exit status, which is the script's to choose anyway",
    "runs_a_program_from_memory": "any program may run inside: the sandbox holds it, not its name",
    "tells_one_start_of_the_machine_from_another": "a number without a meaning, the same for all",
    "sees_how_busy_the_machine_is": "one number for the whole machine; a slow signal between two projects that "
    "work together at the same time, as timing is: named as residual",
}
OWN_KERNEL = "of the sandbox's own kernel; the host's is not reached"
HELD_THERE = {"writes_the_memory_of_the_first_process", "tells_one_start_of_the_machine_from_another"}
IN_ITS_OWN_KERNEL = {probe: why for probe, why in HARMLESS.items() if probe not in HELD_THERE} | {
    "reads_the_platforms_environment": "the first process is the command itself: it reads its own variables",
    "makes_a_user_namespace": f"a namespace {OWN_KERNEL}",
    "makes_a_mount_namespace": f"a namespace {OWN_KERNEL}",
    "clones_into_a_namespace": f"a namespace {OWN_KERNEL}",
    "makes_an_io_ring": f"a ring {OWN_KERNEL}",
    "finds_a_process_with_fewer_bonds": "calls are answered by a kernel of its own, so none has a filter inside",
    "makes_a_set_user_program": "the bit on a file of the project's account, in a folder closed to every other",
    "creates_a_set_group_program": "the bit on a file of the project's account, in a folder closed to every other",
    "opens_a_device_of_the_host": f"/dev/fuse or /dev/net/tun {OWN_KERNEL}",
    "sees_control_groups": f"an empty folder {OWN_KERNEL}",
    "reads_the_kernels_log": f"the log {OWN_KERNEL}",
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
        furnish(self.data)
        self.secret.write_text("another project's", encoding="utf-8")
        self.folder, self.abstract = folder, f"charteroak-{os.getpid()}"
        self.ports = {
            "tcp": serve(stack, socket.AF_INET, ("127.0.0.1", 0)),
            "tcp6": serve(stack, socket.AF_INET6, ("::1", 0)),
            "tcp_elsewhere": serve(stack, socket.AF_INET, ("127.1.2.3", 0)),
            "udp": serve(stack, socket.AF_INET, ("127.0.0.1", 0), socket.SOCK_DGRAM),
            "broadcast": serve(stack, socket.AF_INET, ("127.255.255.255", 0), socket.SOCK_DGRAM),
        }
        serve(stack, socket.AF_UNIX, f"\0{self.abstract}")
        serve(stack, socket.AF_UNIX, str(folder / "service"))
        shared = Path("/dev/shm") / self.abstract
        shared.write_text("another project's", encoding="utf-8")
        stack.callback(shared.unlink)
        self.shared_file, self.segment = str(shared), os.getpid()
        stack.callback(segment_of_the_host(self.segment))

    def facts(self, data: str, out: str, only: list[str]) -> str:
        ports = {name: server.getsockname()[1] for name, server in self.ports.items()}
        told = {"abstract": self.abstract, "secret": str(self.secret), "folder": str(self.folder)}
        told |= {
            "socket": str(self.folder / "service"),
            "name": socket.gethostname(),
            "shared_file": self.shared_file,
        }
        numbers = {"pid": os.getpid(), "segment": self.segment}
        return json.dumps({**ports, **told, **numbers, "data": data, "out": out, "only": only})


def furnish(data: Path) -> None:
    """A table, and the program."""
    (data / "table").write_text("1\n", encoding="utf-8")
    for file in PROGRAM.glob("*.py"):
        (data / "faults" / PROGRAM.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(file, data / "faults" / PROGRAM.name)


def segment_of_the_host(key: int) -> Callable[[], object]:
    """Shared memory of the host by number, for anybody who finds it; what removes it."""
    libc = ctypes.CDLL(None)
    made = libc.shmget(key, 4096, 0o1666)
    assert made >= 0
    return lambda: libc.shmctl(made, 0, None)


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
        command = ["/usr/bin/python3", "-m", "faults.escapes", host.facts(DATA, WORK, [])]
        spec = SandboxSpec(mounts, Limits(memory=256 << 20), {"PYTHONPATH": DATA}, isolator=request.param)
        ended = sandboxes.run(spec, command)
    assert ended.status == 0, ended.stderr.decode()
    found: dict[str, str] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("probe", PROBES)
def test_held_in_the_sandbox(probe: str, attempts: dict[str, str], request: pytest.FixtureRequest) -> None:
    harmless = HARMLESS if "bubblewrap" in request.node.callspec.id else IN_ITS_OWN_KERNEL
    if probe in harmless:
        assert attempts[probe] == "escaped", "no longer: take it off the list"
        return
    assert attempts[probe].startswith("held"), probe.replace("_", " ")


def test_the_page_says_what_came_of_each(attempts: dict[str, str], request: pytest.FixtureRequest) -> None:
    bubblewrap = "bubblewrap" in request.node.callspec.id
    why = {
        probe: f"open: {reason}" for probe, reason in (HARMLESS if bubblewrap else IN_ITS_OWN_KERNEL).items()
    }
    found = {probe: isolation.BLOCKED if attempts[probe] != "escaped" else why[probe] for probe in PROBES}
    assert len(found) == len(PROBES) >= 70
    isolation.hold("escapes", "bubblewrap" if bubblewrap else "gVisor", found)


@pytest.mark.root
def test_the_same_attempts_succeed_where_nothing_holds_them(host: Host, tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    out.mkdir()
    furnish(data)
    # The folder's name stands in the list of mounts only when something is mounted there.
    with sandboxes.full_at(32 << 20, host.work, 0):
        command = [sys.executable, "-m", "faults.escapes", host.facts(str(data), str(out), UNHELD)]
        ended = subprocess.run(
            command, capture_output=True, check=True, env={"PYTHONPATH": str(PROGRAM.parents[1])}
        )
    found = json.loads(ended.stdout)
    assert {name for name in UNHELD if found[name] != "escaped"} == set()
