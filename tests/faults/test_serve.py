"""`oak serve` while its parts are killed: it answers again, does nothing twice, leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from charteroak.adapters import postgres, processes
from charteroak.adapters.environment import Home, Process
from charteroak.adapters.folder import SharedFolder
from charteroak.adapters.stores import ACCOUNTS_GROUP
from charteroak.site.supervisor import NotServing, Supervisor
from conftest import free_port

PROGRAM = Path(__file__).with_name("serving.py")
PATIENCE = 120  # seconds until a test gives up waiting, far beyond what anything here takes
EVERYONE = ("supervisor", "web", "linker", "extractor", "enclave", "outputs", "notary", "post")


def until(holds: Callable[[], object]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.05)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@dataclass
class Site:
    home: Home
    port: int
    program: subprocess.Popen[str]

    def pid(self, name: str) -> int:
        return int((self.home.run / f"{name}.pid").read_text(encoding="ascii"))

    def database(self) -> int:
        note = self.home.postgres / "data" / "postmaster.pid"
        return int(note.read_text(encoding="ascii").splitlines()[0])

    def everyone(self) -> list[int]:
        return [*(self.pid(name) for name in EVERYONE), self.database()]

    def answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=30).text == "ok\n"
        except httpx.HTTPError:
            return False

    def ask(self, query: str, *values: object) -> list[tuple[object, ...]]:
        try:
            with psycopg.connect(postgres.url(self.home, Process.OWNER)) as owner:
                return owner.execute(query, values).fetchall()
        except psycopg.OperationalError:
            return []

    def defer(self, task: str, **arguments: str) -> int:
        """A job for the linker, as the web process would leave it."""
        with psycopg.connect(postgres.url(self.home, Process.WEB)) as web:
            row = web.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('linker', %s, %s) RETURNING id",
                [task, Jsonb(arguments)],
            ).fetchone()
        assert row is not None
        return int(row[0])

    def status(self, job: int) -> tuple[object, ...]:
        return (self.ask("SELECT status, attempts FROM procrastinate_jobs WHERE id = %s", job) or [()])[0]


def serve(home: Home) -> Site:
    port = free_port()
    environment = {**os.environ, "CHARTEROAK_HOME": str(home.root), "CHARTEROAK_MODE": "demo"}
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(port)], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    said = program.stdout.readline()
    if said != "ready\n":
        logs = "".join(log.read_text(encoding="utf-8")[-2000:] for log in processes.logs(home).glob("*.log"))
        pytest.fail(f"the site did not come up: {said}{logs}")
    return Site(home, port, program)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    served = serve(Home(tmp_path_factory.mktemp("served")))
    yield served
    served.program.terminate()
    served.program.wait()


@pytest.mark.root
def test_each_process_has_an_account_of_its_own_and_no_way_back(site: Site) -> None:
    for process in (
        Process.WEB,
        Process.LINKER,
        Process.EXTRACTOR,
        Process.OUTPUTS,
        Process.NOTARY,
        Process.POST,
    ):
        status = Path(f"/proc/{site.pid(process)}/status").read_text(encoding="ascii")
        facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        uid, gid = str(processes.ACCOUNTS[process]), str(ACCOUNTS_GROUP)
        assert facts["Uid"].split() == [uid] * 4
        assert facts["Gid"].split() == [gid] * 4
        assert facts["Groups"].split() == []
        assert (facts["CapEff"], facts["NoNewPrivs"]) == ("0" * 16, "1")


@pytest.mark.root
@pytest.mark.parametrize("process", ["web", "linker", "extractor", "outputs", "notary", "post"])
def test_a_process_opens_its_own_keys_and_nobody_elses(site: Site, process: str) -> None:
    program = (
        "import os, sys; sys.exit(sum(1 << at for at, f in enumerate(sys.argv[1:]) if not os.access(f, 4)))"
    )
    names = ["web", "linker", "extractor", "enclave", "outputs", "notary", "post"]
    files = [str(site.home.keys(Process(name)) / "database_password") for name in names]
    uid = processes.ACCOUNTS[Process(process)]
    ended = processes.launch([sys.executable, "-c", program, *files], uid, site.home).wait()
    assert ended == sum(1 << at for at, name in enumerate(names) if name != process)


def test_each_worker_uses_the_database_in_its_own_role(site: Site) -> None:
    roles = {f"charteroak_{name}" for name in EVERYONE} - {"charteroak_supervisor", "charteroak_web"}
    query = "SELECT DISTINCT usename FROM pg_stat_activity WHERE backend_type = 'client backend'"
    until(lambda: {role for (role,) in site.ask(query)} - {"charteroak_web", "charteroak_owner"} == roles)


def test_a_killed_database_is_started_again_and_the_site_answers(site: Site) -> None:
    assert site.answers()
    killed = site.database()
    os.kill(killed, signal.SIGKILL)
    until(lambda: not lives(killed))
    until(site.answers)
    assert site.database() != killed


def test_a_killed_web_process_is_started_again(site: Site) -> None:
    killed = site.pid("web")
    os.kill(killed, signal.SIGKILL)
    until(lambda: not lives(killed))
    until(site.answers)
    assert site.pid("web") != killed


@pytest.mark.parametrize("victim", ["worker", "database"])
def test_a_job_cut_off_half_way_has_its_effect_once(site: Site, victim: str) -> None:
    marks = site.home.root / victim  # a folder that the linker's account sees and may write to
    marks.mkdir()
    marks.chmod(0o777)
    (marks / "held").touch()
    job = site.defer("tests.once", folder=str(marks), subject=f"test:{victim}")
    until((marks / "began").exists)
    os.kill(site.pid("linker") if victim == "worker" else site.database(), signal.SIGKILL)
    (marks / "held").unlink()
    until(lambda: site.status(job)[:1] == ("succeeded",))
    assert len(site.ask("SELECT 1 FROM audit_event WHERE subject = %s", f"test:{victim}")) == 1


def test_what_killed_processes_left_half_done_goes_at_the_next_start(site: Site) -> None:
    """Half an object and half a view, given up long ago; what still grows is spared."""
    group = ACCOUNTS_GROUP if os.geteuid() == 0 else None
    SharedFolder(site.home.vault, group).make_parent("outbox/staging/x")
    staging, views = site.home.vault / "outbox" / "staging", site.home.vault / "views"
    given_up, growing = (
        [staging / "old", views / "old", views / ".old.half"],
        [staging / "new", views / "new"],
    )
    for left in (*given_up, *growing):
        left.write_bytes(b"half")
    for left in given_up:
        os.utime(left, (time.time() - 7_200,) * 2)
    killed = site.pid("outputs")
    os.kill(killed, signal.SIGKILL)
    until(lambda: not any(left.exists() for left in given_up))
    assert all(left.exists() for left in growing)


def test_a_refused_job_is_not_tried_again(site: Site) -> None:
    job = site.defer("tests.refused")
    until(lambda: site.status(job) == ("failed", 1))


def test_a_second_site_on_the_same_home_is_refused(site: Site) -> None:
    with pytest.raises(postgres.NotRunning, match="another program"):
        postgres.start(site.home)


def test_a_port_that_is_taken_is_refused_before_anything_starts(site: Site, tmp_path: Path) -> None:
    with pytest.raises(NotServing, match=f"Port {site.port}"):
        Supervisor(Home(tmp_path), site.port).serve(lambda: None)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_supervisor_leaves_nothing_running_and_the_next_starts_clean(tmp_path: Path) -> None:
    first = serve(Home(tmp_path))
    running = first.everyone()
    first.program.kill()
    first.program.wait()
    until(lambda: not any(map(lives, running)))
    second = serve(Home(tmp_path))
    assert second.answers()
    running = second.everyone()
    second.program.terminate()
    assert second.program.wait() == 0
    assert not any(map(lives, running))
    assert not list(tmp_path.glob("run/*.pid"))
