"""What the sandbox adds to a minute of DuckDB and pandas: the same job bare and sandboxed, second by second in turn.

Neighbours on the machine make two runs, one after the other, differ by far more than the sandbox does. So both run in
the same minutes: one of them is stopped (SIGSTOP) while the other works, and they change places once a second. Both
then meet the same neighbours. Each job has one processor, as a batch job has; its time is what passed in its own turns,
from its start to its last byte, Python's start and the sandbox's building included.
"""

import os
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bench import Aimed, Row

TURN = 1.0  # seconds
ROUNDS = 5
TIMES = 7  # of each job beside gVisor
PEER = "gVisor 28.6 ms a cell where bubblewrap takes 8.8 [measured by us on a machine of this kind]"
WORK = """
import duckdb, pandas, resource
connection = duckdb.connect(config={"threads": 1})
connection.execute("set enable_progress_bar = false")
connection.execute("create table t as select hash(range) % 100000 as k, hash(range * 7) % 1000 as v"
                   " from range(8000000)")
for _ in range(ROUNDS):
    connection.execute("select k, count(*), sum(v), avg(v) from t group by k order by 2 desc limit 10").fetchall()
    connection.execute("select count(*) from t a join (select distinct k from t where v < 500) b using (k)").fetchall()
    frame = connection.execute("select * from t limit 2000000").df()
    frame["band"] = frame.v // 100
    frame.groupby(["band", "k"]).v.agg(["mean", "size"]).reset_index().sort_values("size").head()
    frame.merge(frame.drop_duplicates("k"), on="k", suffixes=("", "_once")).v_once.median()
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime)
"""


@dataclass
class Turns:
    """One of the two jobs: when it may work, and what it took."""

    processes: Callable[[], list[int]]
    seconds: float = 0.0
    processor: float = 0.0
    ended: bool = False

    def send(self, what: signal.Signals) -> None:
        for process in self.processes():
            try:
                os.kill(process, what)
            except ProcessLookupError:
                continue


def measure() -> list[Row]:
    from charteroak.adapters import environments
    from charteroak.adapters.environment import home

    environment = environments.build(home().environments)
    if "pandas" not in environment.packages:
        raise SystemExit("pandas is not in the research environment: make .venv/test")
    work = WORK.replace("ROUNDS", str(rounds_of_a_minute(environment)))
    found = [in_turns(environment, work, first=number % 2) for number in range(ROUNDS)]
    bare, boxed = zip(*found, strict=True)
    rows: list[Row] = []
    for what, of in (
        ("wall, in its own turns", lambda one: one.seconds),
        ("processor time", lambda one: one.processor),
    ):
        for how, jobs in (("bare", bare), ("in the sandbox", boxed)):
            rows.append((f"a DuckDB and pandas job {how}: {what}, median of {ROUNDS}", middle(jobs, of), "s"))
        adds = [(of(inside) / of(outside) - 1) * 100 for outside, inside in found]
        rows += [
            Aimed(
                f"the sandbox adds to {what}, median of {ROUNDS}", statistics.median(adds), "%", "≤ 2", PEER
            ),
            (f"the sandbox adds to {what}, least and most of {ROUNDS}: least", min(adds), "%"),
            (f"the sandbox adds to {what}, least and most of {ROUNDS}: most", max(adds), "%"),
        ]
    return [*rows, *beside_gvisor(environment)]


def beside_gvisor(environment: Any) -> list[Row]:
    """The strict tier on the same specification, job after job in turn: what its own kernel costs."""
    from charteroak.sandbox import Isolator

    rows: list[Row] = []
    for what, work in (("a job that only starts and answers", "print('ready')"),
                       ("a job of two rounds of DuckDB and pandas", WORK.replace("ROUNDS", "2"))):  # fmt: skip
        took = [
            {isolator: _seconds(environment, work, isolator) for isolator in Isolator} for _ in range(TIMES)
        ]
        for isolator in Isolator:
            own = statistics.median(one[isolator] for one in took)
            rows.append((f"{what}, in {isolator}: wall, median of {TIMES} in turn", own, "s"))
        ratio = statistics.median(one[Isolator.GVISOR] / one[Isolator.BUBBLEWRAP] for one in took)
        rows.append((f"{what}: gVisor / bubblewrap, median of {TIMES}", ratio, "×"))
    return rows


def _seconds(environment: Any, work: str, isolator: Any) -> float:
    """From asking for the run to its last byte."""
    from charteroak.adapters import sandboxes
    from charteroak.sandbox import SandboxSpec
    from charteroak.workspaces.batch import limits

    spec = SandboxSpec((environment.mount,), replace(limits(), memory=4 << 30), isolator=isolator)
    started = time.perf_counter()
    ended = sandboxes.run(spec, ["python", "-c", work])
    took = time.perf_counter() - started
    assert ended.status == 0, ended.stderr.decode()
    return took


def middle(jobs: Any, of: Callable[[Turns], float]) -> float:
    return statistics.median(of(one) for one in jobs)


def rounds_of_a_minute(environment: Any) -> int:
    """How often the job's work is repeated so that it takes about a minute here."""
    started = time.perf_counter()
    subprocess.run(bare_command(environment, WORK.replace("ROUNDS", "2")), env=variables(environment), check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    two = time.perf_counter() - started
    started = time.perf_counter()
    subprocess.run(bare_command(environment, WORK.replace("ROUNDS", "6")), env=variables(environment), check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    return max(6, round((60 - two) / ((time.perf_counter() - started - two) / 4)) + 2)


def bare_command(environment: Any, work: str) -> list[str]:
    return [str(environment.path / "bin" / "python"), "-c", work]


def variables(environment: Any) -> dict[str, str]:
    """As a job has them, pointing to where the environment lies out here."""
    from charteroak.sandbox import SandboxSpec
    from charteroak.workspaces.batch import limits

    inside = SandboxSpec(limits=limits()).variables
    return {name: value.replace("/opt/python", str(environment.path)) for name, value in inside.items()}


def in_turns(environment: Any, work: str, *, first: int) -> tuple[Turns, Turns]:
    """One run of each, a second each in turn; the bare one and the one in the sandbox."""
    from charteroak.adapters import sandboxes
    from charteroak.sandbox import SandboxSpec
    from charteroak.workspaces.batch import limits

    groups: list[Any] = []
    spec = SandboxSpec((environment.mount,), replace(limits(), memory=4 << 30, seconds=3_600.0))

    def members() -> list[int]:
        if not groups:
            return []
        try:
            listed = (groups[0].folders[0] / "cgroup.procs").read_text(encoding="ascii")
        except OSError:
            return []
        return [int(process) for process in listed.split()]

    def outside() -> bytes:
        process = subprocess.Popen(
            bare_command(environment, work), env=variables(environment), stdout=subprocess.PIPE
        )
        started.append(process.pid)
        said = process.communicate()[0]
        assert process.returncode == 0
        return said

    def inside() -> bytes:
        ended = sandboxes.run(spec, ["python", "-c", work], on_group=groups.append)
        assert ended.status == 0, ended.stderr.decode()
        return ended.stdout

    started: list[int] = []
    jobs = Turns(lambda: list(started)), Turns(members)
    runs = [
        threading.Thread(target=_run, args=(job, act))
        for job, act in zip(jobs, (outside, inside), strict=True)
    ]
    change_places(jobs, runs, first)
    return jobs


def _run(job: Turns, act: Callable[[], bytes]) -> None:
    said = act()
    job.ended = True
    job.processor = float(said.split()[-1])


def change_places(jobs: tuple[Turns, Turns], runs: list[threading.Thread], first: int) -> None:
    turn = first
    while not all(job.ended for job in jobs):
        job, run = jobs[turn], runs[turn]
        if not job.ended:
            begun = time.perf_counter()
            if run.ident is None:
                run.start()
            else:
                job.send(signal.SIGCONT)
            run.join(timeout=TURN)
            job.seconds += time.perf_counter() - begun
            assert run.is_alive() or job.ended, "the job failed"
            if not job.ended:
                job.send(signal.SIGSTOP)
        turn = 1 - turn
