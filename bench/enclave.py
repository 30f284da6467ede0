"""The enclave: from opening a workspace to its first cell, what the proxy and the sandbox add, what idle sessions hold.

Real JupyterLab in the real sandbox, beside the same work without the proxy or the sandbox, turn by turn in the same
run. The peers' own figures are quoted: Data Safe Haven about 30 minutes to a workspace; gVisor 28.6 ms a cell where
bubblewrap takes 8.8.
"""

import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench import Row

TESTS = Path(__file__).parents[1] / "tests"
CELLS, SESSIONS, ROUNDS = 200, 25, 2
ACCOUNT = 64_900  # of the first session that belongs to no project
WORK = """
import duckdb, time
c = duckdb.connect(config={"threads": 1})
c.execute("set enable_progress_bar = false")
c.execute("create table t as select hash(range) % 100000 as k, hash(range * 7) % 1000 as v from range(15000000)")
for _ in range(14):
    c.execute("select k, count(*), sum(v), avg(v) from t group by k order by 2 desc limit 10").fetchall()
    c.execute("select count(*) from t a join (select distinct k from t where v < 500) b using (k)").fetchall()
print(time.process_time())
"""  # fmt: skip


def measure() -> list[Row]:
    sys.path.insert(0, str(TESTS))
    import conftest

    conftest.pytest_configure()
    try:
        with opened_site(conftest) as room:
            return [*first_cell_and_proxy(room), *many_sessions(), *overhead()]
    finally:
        conftest.pytest_unconfigure()


@contextmanager
def opened_site(conftest: Any) -> Iterator[Callable[[], Any]]:
    """A database with a reviewed extract; what opens the workspace on it."""
    from apps import hub_way, outputs_way, way
    from charteroak.adapters import environments, postgres
    from charteroak.adapters.environment import home
    from charteroak.audit.checkpoint import make_signing_key
    from charteroak.site.database import migrate
    from charteroak.workspaces import actions

    environments.build(home().environments)
    with postgres.running(home(), durable=False):
        from django.db import connection

        with conftest.connection_as("owner"):
            migrate()
        connection.settings_dict.update(conftest._as_web())
        make_signing_key(home())
        with way.day(hub_way.DAY):
            with conftest.connection_as("owner"):
                way.load()
            extract = outputs_way.small_extract(conftest.connection_as)
            yield lambda: actions.open_(extract=extract.pk, by=way.person("kim.tran"))


def first_cell_and_proxy(open_room: Callable[[], Any]) -> list[Row]:
    from apps import sessions_way
    from apps.inside import Inside

    started = time.perf_counter()
    session = sessions_way.opened(open_room())
    with sessions_way.hosted(session):
        inside = Inside(session)
        kernel = inside.kernel()
        assert inside.run(kernel, "6 * 7") == "42"
        first = time.perf_counter() - started
        direct, through = round_trips(session, inside, kernel)
    return [
        ("workspace opened to first cell run (target 5)", first, "s"),
        ("cell round trip at the sandbox's socket, p50", direct, "ms"),
        ("cell round trip through the proxy, p50", through, "ms"),
        ("proxy adds, p50 (target 1)", through - direct, "ms"),
    ]


def round_trips(session: Any, inside: Any, kernel: str) -> tuple[float, float]:
    """Median milliseconds of one cell, at the socket and through the site's proxy, turn by turn on one kernel."""
    import uvicorn
    from websockets.sync.client import connect, unix_connect

    from charteroak.site.asgi import application
    from charteroak.workspaces import passage, sessions

    config = uvicorn.Config(application, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    host, path = f"{session.name}.localhost:{port}", f"/api/kernels/{kernel}/channels"
    session.refresh_from_db()
    key = sessions.enter(name=session.name, ticket=sessions.ticket_for(session))
    cookie = {"Cookie": f"{passage.KEY}={key}", "Origin": f"http://{host}"}
    took: dict[str, list[float]] = {"direct": [], "through": []}
    with (
        unix_connect(inside.socket, f"ws://localhost{path}", max_size=None) as direct,
        socket.create_connection(("127.0.0.1", port)) as opened,
        connect(f"ws://{host}{path}", sock=opened, additional_headers=cookie, max_size=None) as through,
    ):
        for _ in range(CELLS):
            for name, channel in (("direct", direct), ("through", through)):
                begun = time.perf_counter()
                inside.on(channel, "None")
                took[name].append((time.perf_counter() - begun) * 1_000)
    server.should_exit = True
    thread.join()
    return statistics.median(took["direct"]), statistics.median(took["through"])


def many_sessions() -> list[Row]:
    """Started one after the other, all open at once; each then answers a cell, and idles."""
    groups: list[Any] = []
    with ExitStack() as stack:
        started = time.perf_counter()
        labs = [stack.enter_context(lab(number, groups)) for number in range(SESSIONS)]
        answered = sum(inside.run(inside.kernel(), "6 * 7") == "42" for inside in labs)
        took = time.perf_counter() - started
        time.sleep(20)
        idle = [group.memory / 1e6 for group in groups]
    return [
        (f"of {SESSIONS} sessions at once, answered", float(answered), "sessions"),
        ("until all had answered, one after the other", took, "s"),
        ("memory of an idle session with a kernel, median (target 150)", statistics.median(idle), "MB"),
        ("the most of one", max(idle), "MB"),
    ]


@contextmanager
def lab(number: int, groups: list[Any]) -> Iterator[Any]:
    """JupyterLab in a sandbox as the broker starts it, at a socket of its own."""
    from apps.inside import Inside
    from charteroak.adapters import environments, sandboxes
    from charteroak.adapters.environment import home
    from charteroak.adapters.sandboxes import JUPYTER
    from charteroak.adapters.spill import hand_over, in_memory
    from charteroak.sandbox import WORK, Mount, SandboxSpec
    from charteroak.workspaces.broker import LIMITS
    from charteroak.workspaces.folders import account_of, empty_work
    from charteroak.workspaces.scripts import CODE

    class Lab(Inside):
        """Belongs to no session of a project."""

        def __init__(self, path: str) -> None:
            self.socket = path
            while not self._answers():
                assert thread.is_alive(), "the sandbox ended"

    over, account = threading.Event(), ACCOUNT + number
    with (
        tempfile.TemporaryDirectory() as folder,
        in_memory(f"bench-{number}-code") as code,
        empty_work(account) as work,
        socket.socket(socket.AF_UNIX) as listener,
    ):
        (code / JUPYTER.name).write_bytes(JUPYTER.read_bytes())
        hand_over(code, account_of(account))
        listener.bind(f"{folder}/socket")
        listener.listen(128)
        python = environments.build(home().environments).mount
        mounts = (Mount(str(code), CODE), Mount(str(work), WORK, writable=True), python)
        command = ["python", f"{CODE}/{JUPYTER.name}", str(listener.fileno())]
        thread = threading.Thread(
            target=sandboxes.run,
            args=(SandboxSpec(mounts, LIMITS), command),
            kwargs={"uid": account_of(account), "stop": over.is_set,
                    "descriptors": [listener.fileno()], "on_group": groups.append, "on_output": lambda *_: None},
        )  # fmt: skip
        thread.start()
        try:
            yield Lab(f"{folder}/socket")
        finally:
            over.set()
            thread.join()


def overhead() -> list[Row]:
    """The same DuckDB job bare and in the sandbox, turn by turn: wall seconds, and processor seconds of its own."""
    from charteroak.adapters import environments, sandboxes
    from charteroak.adapters.environment import home
    from charteroak.sandbox import Limits, SandboxSpec

    mount = environments.build(home().environments).mount
    spec = SandboxSpec((mount,), Limits(memory=4 << 30, cpus=2.0, seconds=900))

    def bare() -> bytes:
        return subprocess.run([sys.executable, "-c", WORK], stdout=subprocess.PIPE, check=True).stdout

    def sandboxed() -> bytes:
        ended = sandboxes.run(spec, ["python", "-c", WORK])
        assert ended.status == 0, ended.stderr.decode()
        return ended.stdout

    found: dict[str, list[tuple[float, float]]] = {"bare": [], "in the sandbox": []}
    for _ in range(ROUNDS):
        found["bare"].append(timed(bare))
        found["in the sandbox"].append(timed(sandboxed))
    rows, adds = [], []
    for at, (what, unit) in enumerate((("wall", "s"), ("its own processor time", "CPU-s"))):
        best = [min(took[at] for took in rounds) for rounds in found.values()]
        rows += [
            (f"DuckDB job {how}, {what}, best of {ROUNDS}", value, unit)
            for how, value in zip(found, best, strict=True)
        ]
        adds.append((f"sandbox adds to {what} (target 2)", (best[1] / best[0] - 1) * 100, "%"))
    return rows + adds


def timed(act: Callable[[], bytes]) -> tuple[float, float]:
    """Wall seconds from start to end, and the processor seconds that the job says it took."""
    started = time.perf_counter()
    said = act()
    return time.perf_counter() - started, float(said.split()[-1])
