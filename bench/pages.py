"""Every page of the authorisation matrix over a state's whole history: 5,000 requests, 200 agencies, a million events.

The scene is the tests' own, its project copied in bulk; each page is asked for by each actor whom it lets in, in this
process, without the network. What is measured is the server's time from the request to the last byte; beside it, the
processor's, of this process and without the database's, which a busy machine makes no worse. That no page is missing
from the matrix is the tests' to show.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench import Row

PROJECTS, AGENCIES, PEOPLE, EVENTS = 5_000, 200, 2_000, 1_000_000
FEW, MANY = 10, 1_000  # files and events of one request
REPEATS = 8
TESTS = Path(__file__).parents[1] / "tests"
APART = (
    "/register/projects",
    "/catalog/variables.csv",
    "/api/catalog/",
    "/accounts/",
)  # whole files; allauth's own


def measure() -> list[Row]:
    sys.path.insert(0, str(TESTS))
    import conftest

    conftest.pytest_configure()
    try:
        with scene(conftest) as at:
            seed()
            took = asked(at)
            grown = growth()
            return rows(took, grown)
    finally:
        conftest.pytest_unconfigure()


@contextmanager
def scene(conftest: Any) -> Iterator[Any]:
    """As the tests' fixture `at` makes it."""
    from apps import hub_way, way, whole_way
    from charteroak.adapters import postgres, showing
    from charteroak.adapters.environment import home
    from charteroak.audit.checkpoint import make_signing_key
    from charteroak.site.database import migrate

    with postgres.running(home(), durable=False):
        from django.db import connection

        with conftest.connection_as("owner"):
            migrate()
        connection.settings_dict.update(conftest._as_web())
        with way.day(hub_way.DAY):
            showing.PATIENCE = 0.0
            make_signing_key(home())
            yield whole_way.scene(conftest.connection_as)


def seed() -> None:
    """The whole history, as the owner and by bulk insert."""
    from django.db import connections

    from apps import crowd
    from conftest import owner_beside

    with owner_beside():
        crowd.of_projects(PROJECTS)
        crowd.of_agencies(AGENCIES, PEOPLE)
        crowd.of_the_log(EVENTS)
        with connections["default"].cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")  # as a database keeps itself that has grown for years


class Took(NamedTuple):
    """One answer: milliseconds by the clock, by this process's processor, and queries."""

    wall: float
    cpu: float
    queries: int


def asked(at: Any) -> dict[tuple[str, str], list[Took]]:
    """(address, actor) → each answer."""
    from django.test import Client

    from apps import doors, way
    from apps.whole_way import ACTORS

    found = {}
    for actor, username in ACTORS.items():
        client = Client(SERVER_NAME="localhost")
        if username:
            client.force_login(way.person(username))
        for (method, template), cells in doors.matrix().items():
            enters = template == "/" or cells.get(actor) == "200"
            if method == "GET" and enters and not template.startswith(APART):
                path = template.format(**vars(at))
                found[template, actor] = [answered(client, path) for _ in range(REPEATS + 1)][1:]
    return found


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


def growth() -> dict[str, tuple[float, float]]:
    """Address → median milliseconds with few and with many files or events of the request."""
    from django.test import Client

    from apps import crowd, way
    from charteroak.outputs.models import ReleaseRequest
    from charteroak.requests.models import DataRequest
    from conftest import owner_beside

    data_request, release = DataRequest.objects.get(number="001"), ReleaseRequest.objects.get(number="001-2")
    subject = f"requests.datarequest:{data_request.pk}"
    pages = {
        "/requests/001/": "sam.reyes", f"/audit/records/{subject}/": "pat.lee", "/outputs/001-2/": "ida.moss",
        "/register/001/": "", "/agreements/001/": "ann.weiss",
    }  # fmt: skip
    sizes = []
    for many in (FEW, MANY):
        with owner_beside():
            crowd.of_files(release, many)
            crowd.of_events(subject, many)
        sizes.append({path: _median(path, who, way, Client) for path, who in pages.items()})
    return {path: (sizes[0][path], sizes[1][path]) for path in pages}


def _median(path: str, who: str, way: Any, client_of: Any) -> float:
    client = client_of(SERVER_NAME="localhost")
    if who:
        client.force_login(way.person(who))
    return statistics.median([answered(client, path).wall for _ in range(REPEATS + 1)][1:])


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def rows(took: dict[tuple[str, str], list[Took]], grown: dict[str, tuple[float, float]]) -> list[Row]:
    every = [one.wall for answers in took.values() for one in answers]
    p95 = {page: _p95([one.wall for one in answers]) for page, answers in took.items()}
    processor = {page: _p95([one.cpu for one in answers]) for page, answers in took.items()}
    slowest = sorted(p95, key=lambda page: -p95[page])[:8]
    return [
        ("pages asked for, by each who is let in", len(took), "pages"),
        ("server time, median", statistics.median(every), "ms"),
        ("server time, p95 (target 150)", _p95(every), "ms"),
        ("pages whose own p95 is above 150 ms", sum(value > 150 for value in p95.values()), "pages"),
        ("processor time of this process, median", statistics.median(processor.values()), "ms"),
        ("processor time of this process, the most that any page takes, p95", max(processor.values()), "ms"),
        (
            "queries of the page that has most",
            max(one.queries for of in took.values() for one in of),
            "queries",
        ),
        *((f"{page} for {actor}, p95", p95[page, actor], "ms") for page, actor in slowest),
        *(
            (f"{path}: {MANY} files and events beside {FEW}", many / few, "times")
            for path, (few, many) in grown.items()
        ),
        *((f"{path}: with {MANY}", many, "ms") for path, (_, many) in grown.items()),
    ]
