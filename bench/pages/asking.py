"""One address after the other, asked for in this process: how long each answer took, and how many queries.

An address that answers far within the goal is asked for a few times; one that is near it or above, until its p95 is
worth saying. Pages, files and growth each end within their minutes, and what was not asked by then is told as such.
"""

import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

FEW, MANY, LEAST = 4, 16, 6  # answers: where all are fast, where one is not, and where each takes seconds
FAR = 40  # milliseconds: no answer above it, and a few are enough
PATIENCE = 8.0  # seconds of one address, after which LEAST answers are enough
BOUNDS = {
    "pages": 9 * 60.0,
    "files": 90.0,
    "growth": 90.0,
}  # seconds of each kind; seeding takes three minutes
SAID_EVERY = 20.0  # seconds
Asked = tuple[str, str]  # address as the matrix has it, actor


class Took(NamedTuple):
    """One answer: milliseconds by the clock, by this process's processor, and queries."""

    wall: float
    cpu: float
    queries: int


Answers = dict[Asked, list[Took]]


class Asking:
    """One kind of addresses until its time is up. `keep` is called now and then, between two addresses."""

    def __init__(self, kind: str, at: Any, keep: Callable[[], None] = lambda: None) -> None:
        self._kind, self._at, self._keep = kind, at, keep
        self._ends = time.monotonic() + BOUNDS[kind]
        self._clients: dict[str, Any] = {}
        self._said = time.monotonic()
        self.first: dict[Asked, float] = {}  # milliseconds of the answer that is not counted

    def of(self, addresses: Iterable[Asked], found: Answers) -> None:
        """Fills `found`, each with its answers after one that is not counted."""
        every = list(addresses)
        for number, (template, actor) in enumerate(every, start=1):
            if time.monotonic() > self._ends:
                return
            if actor not in self._clients:
                self._clients[actor] = signed_in(actor)
            path = template.format(**vars(self._at))
            self.first[template, actor] = answered(self._clients[actor], path).wall
            found[template, actor] = answers(self._clients[actor], path)
            self._tell(f"{self._kind}: {number} of {len(every)}, {template} for {actor}")

    def _tell(self, line: str) -> None:
        if time.monotonic() - self._said > SAID_EVERY:
            print(line, file=sys.stderr, flush=True)
            self._keep()
            self._said = time.monotonic()


def answers(client: Any, path: str) -> list[Took]:
    """Few where all are far below the goal, else many, or as many as its share of time allows."""
    began = time.monotonic()
    took = [answered(client, path) for _ in range(FEW)]
    while len(took) < MANY and max(one.wall for one in took) > FAR:
        if len(took) >= LEAST and time.monotonic() - began > PATIENCE:
            break
        took.append(answered(client, path))
    return took


def signed_in(actor: str) -> Any:
    from django.test import Client

    from apps import way
    from apps.whole_way import ACTORS

    client = Client(SERVER_NAME="localhost")
    if ACTORS[actor]:
        client.force_login(way.person(ACTORS[actor]))
    return client


def answered(client: Any, path: str) -> Took:
    from django.db import connection

    queries = 0

    def counted(execute: Any, *query: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*query)

    with connection.execute_wrapper(counted):
        started, began = time.perf_counter(), time.process_time()
        answer = client.get(path)
        if answer.streaming:
            b"".join(answer)
        wall, cpu = time.perf_counter() - started, time.process_time() - began
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return Took(wall * 1_000, cpu * 1_000, queries)
