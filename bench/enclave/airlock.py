"""The airlock's pages as a request grows: 10, 100 and 1,000 files of real jobs, in the store, judged, under review.

Each page is asked for by whom it is made for, through Django's test client as the peer's were: the server's own time
from the request to the last byte. A file's page waits for the process that holds the key, which runs beside.
"""

import statistics
import time
from typing import Any

from bench import Aimed, Row

SIZES = (10, 100, 1_000)
A_JOB = 100  # files that one job may leave
REPEATS = 40
PEER = (
    "OpenSAFELY Airlock, 10 → 100 files, p50: request 83 → 441, file 79 → 347, list 24 → 317 ms"
    " [measured by us on a machine of this kind]"
)


def measure(room: Any) -> list[Row]:
    import charteroak.site.urls  # noqa: F401 - the site's own program has loaded them when the first page is asked for
    from apps import hub_way
    from charteroak.adapters.environment import Process
    from charteroak.site.settling import settle

    settle()  # as the site's own program is
    took: dict[str, dict[int, list[float]]] = {}
    with hub_way.worker(Process.OUTPUTS):
        for size in SIZES:
            for page, seconds in pages_with(room, size).items():
                took.setdefault(page, {})[size] = seconds
    rows: list[Row] = []
    for page, by_size in took.items():
        for size, values in by_size.items():
            rows.append((f"{page}, {size:,} files, p50", statistics.median(values), "ms"))
        most = by_size[SIZES[-1]]
        rows.append(Aimed(f"{page}, {SIZES[-1]:,} files, p95", p95(most), "ms", "≤ 150", PEER))
        growth = statistics.median(most) / statistics.median(by_size[SIZES[0]])
        rows.append(Aimed(f"{page}: {SIZES[-1]:,} files beside {SIZES[0]}, p50", growth, "times", "flat"))
    return rows


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def pages_with(room: Any, files: int) -> dict[str, list[float]]:
    """Page → milliseconds of each answer, with a new request of so many files."""
    import conftest
    from apps import outputs_way
    from apps.outputs_way import CHECKERS, MAYA

    record = requested(room, files)
    found = {"request page, author": asked(MAYA, record.get_absolute_url())}
    outputs_way.judged(conftest.connection_as, record)
    until_idle()  # the checks that the helper stood in for are prepared all the same, and occupy the process
    first = record.files.first()
    checker = CHECKERS[0]
    found |= {
        "request page, checker": asked(checker, record.get_absolute_url()),
        "file page, checker": asked(checker, f"{record.get_absolute_url()}files/{first.pk}/"),
        "reviewer list": asked(checker, "/outputs/"),
        "a checker's own list of work": asked(checker, "/"),
    }
    outputs_way.vote(record, checker)
    found["request page, second checker"] = asked(CHECKERS[1], record.get_absolute_url())
    return found


def until_idle() -> None:
    """Until the airlock's process has nothing left to do."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    while ProcrastinateJob.objects.filter(queue_name="outputs", status__in=("todo", "doing")).exists():
        time.sleep(0.2)


def requested(room: Any, files: int) -> Any:
    """A release request with this many files, left by as many jobs as it takes."""
    from apps import outputs_way, way
    from apps.outputs_way import MAYA
    from charteroak.outputs import actions
    from charteroak.outputs import files as output_files

    record = actions.start(workspace=room.pk, by=way.person(MAYA))
    for begin in range(0, files, A_JOB):
        numbers = range(begin, min(begin + A_JOB, files))
        contents = {
            f"table-{number:04}.csv": f"year,people\n2019,{1000 + number}\n".encode() for number in numbers
        }
        for output in outputs_way.left(room, contents).outputs.all():
            output_files.add(
                pk=record.pk, by=way.person(MAYA), output=output.pk, controls="Rounded.", **outputs_way.SAID
            )
    return record


def asked(who: str, path: str) -> list[float]:
    from django.test import Client

    from apps import way

    client = Client(SERVER_NAME="localhost")
    client.force_login(way.person(who))
    return [answered(client, path) for _ in range(REPEATS + 2)][2:]


def answered(client: Any, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    if answer.streaming:
        b"".join(answer)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return (time.perf_counter() - started) * 1_000
