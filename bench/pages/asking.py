"""One address after the other, asked for in this process: how long each answer took, and how many queries."""

import time
from collections.abc import Iterable
from typing import Any, NamedTuple

REPEATS = 8
Asked = tuple[str, str]  # address as the matrix has it, actor


class Took(NamedTuple):
    """One answer: milliseconds by the clock, by this process's processor, and queries."""

    wall: float
    cpu: float
    queries: int


def asked(addresses: Iterable[Asked], at: Any, repeats: int = REPEATS) -> dict[Asked, list[Took]]:
    """Each answer, after one that is not counted."""
    clients: dict[str, Any] = {}
    found = {}
    for template, actor in addresses:
        client = clients.setdefault(actor, signed_in(actor))
        path = template.format(**vars(at))
        found[template, actor] = [answered(client, path) for _ in range(repeats + 1)][1:]
    return found


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
