"""A run is held to its limits, says which one it met, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from charteroak.adapters import sandboxes
from charteroak.adapters.collector import CollectedFile, collect
from charteroak.adapters.sandboxes import cgroups
from charteroak.sandbox import WORK, Limits, Mount, SandboxSpec

pytestmark = pytest.mark.sandbox
MIB = 1 << 20


def python(program: str, limits: Limits, *mounts: Mount) -> sandboxes.Ended:
    return sandboxes.run(SandboxSpec(mounts, limits), ["/usr/bin/python3", "-c", program])


def groups() -> list[Path]:
    where = cgroups.hierarchies()
    assert not isinstance(where, str)
    return [left for folder in where.folders for left in folder.glob(f"charteroak-{os.getpid()}-*")]


def test_out_of_memory_is_137() -> None:
    ended = python("x = bytearray(500_000_000)", Limits(memory=64 * MIB))
    assert (ended.status, ended.out_of_memory, ended.timed_out) == (137, True, False)
    assert ended.peak_memory <= 65 * MIB


def test_filling_the_scratch_folder_counts_as_memory() -> None:
    ended = python("open('/tmp/x', 'wb').write(bytes(1000)*200_000)", Limits(memory=64 * MIB))
    assert ended.out_of_memory


def test_out_of_time_is_124_and_ends_every_process() -> None:
    program = "import subprocess, time; subprocess.Popen(['sleep', '1000']); time.sleep(1000)"
    ended = python(program, Limits(seconds=0.7))
    assert (ended.status, ended.timed_out) == (124, True)
    assert groups() == []


def test_a_run_that_is_asked_to_stop_ends_with_every_process() -> None:
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 1

    program = "import subprocess, time; subprocess.Popen(['sleep', '1000']); time.sleep(1000)"
    command = ["/usr/bin/python3", "-c", program]
    ended = sandboxes.run(SandboxSpec((), Limits(seconds=900)), command, stop=stop)
    assert (ended.stopped, ended.timed_out, len(asked)) == (True, False, 2)
    assert groups() == []


def test_a_fork_bomb_stops_at_the_limit() -> None:
    program = """
import os
made = 0
try:
    while True:
        if os.fork() == 0:
            os.read(os.pipe()[0], 1)
        made += 1
except OSError as error:
    print(made, error.errno)
"""
    ended = python(program, Limits(processes=20))
    assert ended.stdout.split() == [b"19", b"11"]
    assert groups() == []


def test_processor_time_is_shared_out() -> None:
    program = """
import os, time, resource
began = time.monotonic()
for _ in range(4):
    if os.fork() == 0:
        while time.monotonic() < began + 1.5: pass
        os._exit(0)
for _ in range(4): os.wait()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print((used.ru_utime + used.ru_stime) / (time.monotonic() - began))
"""
    ended = python(program, Limits(cpus=0.3))
    assert float(ended.stdout) < 0.45


def test_each_resource_has_its_own_refusal() -> None:
    program = """
import errno, os
def refusal(action):
    try: action()
    except OSError as error: return errno.errorcode[error.errno]
def open_many(): return [os.open('/dev/null', 0) for _ in range(100)]
print(refusal(lambda: open('/tmp/large', 'wb', buffering=0).write(bytes(3 << 20))
      and open('/tmp/large', 'ab', buffering=0).write(b'x')),
      refusal(lambda: [open(f'/dev/shm/{n}', 'wb', buffering=0).write(bytes(1 << 20)) for n in range(5)]),
      refusal(open_many))
"""
    limits = Limits(file_size=2 * MIB, shared_memory=3 * MIB, open_files=50)
    assert python(program, limits).stdout.split() == [b"EFBIG", b"ENOSPC", b"EMFILE"]


def test_what_is_printed_beyond_the_limit_is_dropped() -> None:
    ended = python("import sys; sys.stdout.write('x' * 5_000_000); sys.exit(3)", Limits(output=MIB))
    assert (ended.status, len(ended.stdout), ended.output_cut) == (3, MIB, True)


def test_a_work_folder_that_outgrows_its_limit_ends_the_run(tmp_path: Path) -> None:
    program = (
        "import time\nfor n in range(100_000): open(f'{n}', 'wb').write(bytes(1 << 20)); time.sleep(.02)"
    )
    ended = python(program, Limits(work=20 * MIB), Mount(str(tmp_path), WORK, writable=True))
    assert ended.work_full
    assert ended.status == 137


@pytest.mark.root
def test_a_work_folder_of_its_own_is_full_exactly_then_and_collected_before_it_goes(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    program = """
import os
open('table', 'w').write('kept')
os.symlink('/etc/shadow', 'shadow'); os.mkfifo('pipe'); os.link('table', 'second'); os.remove('second')
try:
    for n in range(1000): open(f'/enclave/work/{n}.bin', 'wb').write(bytes(1 << 20))
except OSError as error: print(error.errno, n)
"""
    with sandboxes.full_at(20 * MIB, work, sandboxes.STRANGER) as own:
        assert own
        ended = python(program, Limits(work=20 * MIB), Mount(str(work), WORK, writable=True))
        number, written = map(int, ended.stdout.split())
        assert number == 28
        assert 10 <= written < 20
        taken = {
            one.name: isinstance(one, CollectedFile) for one in collect(work, ["table", "shadow", "pipe"])
        }
        assert taken == {"table": True, "shadow": False, "pipe": False}
    assert list(work.iterdir()) == []
    assert not (tmp_path / "work.image").exists()


PARENT = """
import sys
from charteroak.adapters import sandboxes
from charteroak.sandbox import SandboxSpec
command = ["sh", "-c", "sleep 1000 & echo ready; sleep 1000"]
sandboxes.run(SandboxSpec(), command, on_output=lambda _, piece: print(piece.decode(), flush=True))
"""


def test_a_parent_that_is_killed_takes_the_run_with_it() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        where = cgroups.hierarchies()
        assert not isinstance(where, str)
        group = next(where.folders[-1].glob(f"charteroak-{parent.pid}-*"))
        assert len((group / "cgroup.procs").read_text(encoding="ascii").split()) >= 4
        parent.send_signal(signal.SIGKILL)
    while (group / "cgroup.procs").read_text(encoding="ascii"):
        time.sleep(0.01)
    sandboxes.run(SandboxSpec(), ["true"])  # the next run sweeps the empty group away
    assert not group.exists()


@pytest.mark.root
def test_root_is_never_the_account_of_a_run() -> None:
    with pytest.raises(sandboxes.NotStarted, match="never has root's account"):
        sandboxes.run(SandboxSpec(), ["true"], uid=0)


@pytest.mark.root
def test_each_project_has_its_own_account_on_the_host() -> None:
    seen = set()

    def look(_stream: str, _piece: bytes) -> None:
        for group in groups():
            for process in (group / "cgroup.procs").read_text(encoding="ascii").split():
                seen.add(Path("/proc", process).stat().st_uid)

    sandboxes.run(SandboxSpec(), ["sh", "-c", "echo look; sleep 1"], uid=1_900_000_042, on_output=look)
    assert seen == {1_900_000_042}


@pytest.mark.root
def test_what_a_run_writes_belongs_to_the_owner_of_its_folder(tmp_path: Path) -> None:
    for owner in (0, sandboxes.STRANGER, 1_900_000_043):
        work = tmp_path / str(owner)
        work.mkdir(mode=0o700)
        os.chown(work, owner, owner)
        ended = sandboxes.run(SandboxSpec((Mount(str(work), WORK, writable=True),)), ["touch", "made"])
        assert ended.status == 0, ended.stderr
        assert (work / "made").stat().st_uid == owner


def test_runs_at_the_same_time_do_not_mix() -> None:
    def one(number: int) -> bytes:
        return sandboxes.run(SandboxSpec(), ["sh", "-c", f"sleep 0.2; echo {number}"]).stdout

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(one, range(6))) == [f"{number}\n".encode() for number in range(6)]
    assert groups() == []


def test_input_that_the_run_does_not_read_harms_nothing() -> None:
    with open("/dev/zero", "rb", buffering=0) as endless:  # noqa: PTH123 - pathlib has no unbuffered binary type
        ended = sandboxes.run(SandboxSpec(), ["head", "-c", "3"], stdin=endless)
    assert (ended.status, ended.stdout) == (0, bytes(3))


def test_a_folder_that_is_not_there_is_named() -> None:
    spec = SandboxSpec((Mount("/nowhere/at/all", WORK),))
    with pytest.raises(sandboxes.NotStarted, match="/nowhere/at/all"):
        sandboxes.run(spec, ["true"])


def test_every_part_of_the_sandbox_is_examined() -> None:
    found = {one.name: one for one in sandboxes.capabilities()}
    assert found["sandbox"].ok, found["sandbox"].detail
    assert all(one.ok or one.mend for one in found.values())


def test_a_job_runs_under_no_more_mitigations_and_on_no_fewer_processors_than_outside() -> None:
    program = """
import os
wanted = ("Specul", "THP_enabled", "Cpus_allowed_list")
print([line for line in open("/proc/self/status") if line.startswith(wanted)], os.sched_getaffinity(0))
"""
    outside = subprocess.run(["/usr/bin/python3", "-c", program], capture_output=True, check=True).stdout
    assert outside.count(b"Specul") >= 1, "the kernel says so"
    assert python(program, Limits()).stdout == outside
