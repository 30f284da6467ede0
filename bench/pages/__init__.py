"""Every page of the site over a state's whole history: 5,000 requests, 200 agencies, a million events.

The scene is the tests' own, its project copied in bulk; each address is asked for by each actor whom it lets in, in
this process, without the network. What is measured is the server's time from the request to the last byte; beside it,
the processor's, of this process and without the database's, which a busy machine makes no worse. Which addresses there
are, and why some are left out, stands in `tests/apps/measured.py`; that none is missing is the tests' to show.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import Row

PROJECTS, AGENCIES, PEOPLE, EVENTS = 5_000, 200, 2_000, 1_000_000
TESTS = Path(__file__).parents[2] / "tests"


def measure(whole: Path | None = None, on: str = "") -> list[Row]:
    """The figures; every address's own go into the page `whole`, which says that they were taken `on` this machine."""
    sys.path.insert(0, str(TESTS))
    import conftest

    conftest.pytest_configure()
    from charteroak.site.settling import settle

    try:
        with scene(conftest) as at:
            seed()
            settle()  # as `oak serve` does
            return told(at, whole, on)
    finally:
        conftest.pytest_unconfigure()


def told(at: Any, whole: Path | None = None, on: str = "") -> list[Row]:
    """Asks for everything. An interruption ends the asking, and what was found until then is told."""
    from apps import measured
    from bench.pages import growth, telling
    from bench.pages.asking import Answers, Asking

    pages: Answers = {}
    files: Answers = {}
    grown: growth.Grown = {}
    every = {"pages": len(list(measured.pages())), "files": len(list(measured.files()))}

    def keep() -> None:
        if whole:
            left = {"pages": every["pages"] - len(pages), "files": every["files"] - len(files)}
            whole.write_text(telling.page(pages, files, measured.APART, left, on), encoding="utf-8")

    asking = Asking("pages", at, keep)
    try:
        asking.of(measured.pages(), pages)
        Asking("files", at, keep).of(measured.files(), files)
        growth.measure(at, grown)
    except KeyboardInterrupt:
        print("Interrupted: what follows is of what was asked until then.", file=sys.stderr, flush=True)
    keep()
    return telling.rows(pages, files, grown, asking.first, left=every["pages"] - len(pages))


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
    from apps.measured import DESTROYED, UNDRAFTED, UNOPENED
    from charteroak.reports import clocks
    from conftest import connection_as, owner_beside

    with owner_beside():
        crowd.of_projects(PROJECTS)
        crowd.of_stages(UNDRAFTED, UNOPENED, DESTROYED)
        crowd.of_agencies(AGENCIES, PEOPLE)
        crowd.of_the_log(EVENTS)
        with connections["default"].cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")  # as a database keeps itself that has grown for years
    with connection_as("post"):
        clocks.work_out_figures()
