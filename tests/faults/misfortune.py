"""What goes wrong around people's steps: every answer is lost once, and processes are killed at their work."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg

from charteroak.adapters import postgres
from charteroak.adapters.environment import Home, Process
from charteroak.demo.page import Page, Unanswered
from charteroak.demo.visitor import Fields, Files, Visitor

PATIENCE = 300  # seconds until a test gives up waiting, far beyond what anything here takes
WORKERS = ("linker", "extractor", "enclave", "outputs", "notary", "post")

# who is killed once the site has taken a form of that action, the first time, the second time …
KILLED: dict[str, list[str]] = {
    "start": ["web"],
    "columns": ["database"],
    "accept-as-complete": ["notary"],
    "plan": ["web"],
    "add-motion": ["database"],
    "open-for-signature": ["supervisor"],
    "deliver": ["linker", "extractor", "database", "web", "linker"],
    "order-finder-list": ["linker"],
    "start-link-run": ["linker"],
    "settle": ["linker"],
    "confirm-DOL": ["extractor"],
    "open": ["enclave"],
    "destroy-identifiers": ["extractor"],
    "submit-job": ["enclave"],
    "request-release": ["database"],
    "clear-SDE": ["supervisor"],
    "approve": ["outputs"],
}


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


class Misfortune:
    """Follows one run: what was lost and killed so far, and what lay in the open at each kill."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.killed: Counter[str] = Counter()
        self.supervised = True
        self._lost: set[tuple[str, ...]] = set()
        self._to_come = {action: list(victims) for action, victims in KILLED.items()}

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(postgres.url(self.home, Process.OWNER)) as owner:
            return owner.execute(query).fetchall()

    def released(self) -> set[str]:
        """Hashes of what lies in the public store, also of what is on its way there: the store names that hash#1."""
        store = self.home.vault / "released"
        found = store.rglob("*") if store.exists() else ()
        return {path.name.partition("#")[0] for path in found if path.is_file()}

    def approved(self) -> set[object]:
        query = (
            "SELECT sha256 FROM outputs_outputfile file JOIN outputs_releaserequest request "
            "ON request.id = release_request_id WHERE status IN ('approved', 'released')"
        )
        return {sha256 for (sha256,) in self.ask(query)}

    def strike(self, action: str) -> None:
        """Kill whose turn it is at that action, a worker once it has taken its job up."""
        victims = self._to_come.get(action)
        if not victims:
            return
        victim = victims.pop(0)
        if victim in WORKERS:
            until(lambda: not self._waiting(victim))
        assert self.released() <= self.approved()
        pids = [self._pid(victim)]
        if victim == "supervisor":
            pids += [self._pid(name) for name in ("web", "database", *WORKERS)]  # they end with it
            self.supervised = False
        os.kill(pids[0], signal.SIGKILL)
        until(lambda: not any(map(lives, pids)))
        self.killed[victim] += 1

    def _waiting(self, queue: str) -> bool:
        query = f"SELECT 1 FROM procrastinate_jobs WHERE split_part(queue_name, '.', 1) = '{queue}' AND status = 'todo'"  # noqa: S608 - one of five words above
        return bool(self.ask(query))

    def _pid(self, name: str) -> int:
        note = self.home.run / f"{name}.pid"
        if name == "database":
            note = self.home.postgres / "data" / "postmaster.pid"
        return int(note.read_text(encoding="ascii").splitlines()[0])

    @property
    def happened(self) -> int:
        return len(self._lost)

    def loses(self, *sent: str) -> bool:
        """Whether the answer to this is lost: the first time, always."""
        fresh = sent not in self._lost
        self._lost.add(sent)
        return fresh


class Unlucky(Visitor):
    """Sends each form with success and never hears of it."""

    def __init__(self, misfortune: Misfortune, *who: str) -> None:
        self.misfortune = misfortune
        super().__init__(*who)

    def send(self, page: Page, action: str, fields: Fields, files: Files) -> Page:
        after = super().send(page, action, fields, files)
        what = (self.username, page.address, action, str(sorted(fields.items())), str(sorted(files.items())))
        if action != "sign-in" and after.status < 400 and self.misfortune.loses(*what):
            self.misfortune.strike(action)
            raise Unanswered(f"The answer to “{action}” by {self.username} was lost.")
        return after
