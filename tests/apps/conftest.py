"""What the tests of one file build on, made once: with `rolled_back` each test's own writes are gone after it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from conftest import connection_as

if TYPE_CHECKING:  # Django's settings come later than this file
    from apps.hub_way import AsProcess
    from apps.whole_way import Scene
    from charteroak.agreements.models import Agreement
    from charteroak.outputs.models import ReleaseRequest
    from charteroak.requests.models import DataRequest
    from charteroak.workspaces.models import Job, Workspace


@pytest.fixture(scope="module", autouse=True)
def _real_time_after_the_file() -> Iterator[None]:
    from charteroak.adapters import clock

    yield
    clock.reset()


@pytest.fixture(autouse=True)
def _time_as_before(_real_time_after_the_file: None) -> Iterator[None]:
    """Who moves domain time in a test moves it for that test alone."""
    from charteroak.adapters.environment import home

    file = home().clock
    before = file.read_bytes() if file.exists() else None
    yield
    if before is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(before)


@pytest.fixture(scope="module")
def at(database_of_the_file: None) -> Iterator[Scene]:
    """A record behind every address of the site, and nobody waits for a worker that does not run here."""
    from apps import hub_way, way, whole_way
    from charteroak.adapters import showing
    from charteroak.adapters.environment import home
    from charteroak.audit.checkpoint import make_signing_key

    with way.day(hub_way.DAY), pytest.MonkeyPatch.context() as patched:
        patched.setattr(showing, "PATIENCE", 0.0)
        make_signing_key(home())  # as `oak serve` has before the first knock; tests share one home
        yield whole_way.scene(connection_as)


@pytest.fixture(scope="module")
def loaded(database_of_the_file: None) -> None:
    """The agencies, people, boards and dictionaries of request 042."""
    from apps import way  # needs Django's settings

    with connection_as("owner"):
        way.load()


@pytest.fixture(scope="module")
def recommended(database_of_the_file: None) -> None:
    """On its first day: every agency has recommended the request."""
    from apps import way

    with way.day(way.DAY_ZERO):
        way.load()
        way.recommended()


@pytest.fixture
def on_day_zero(recommended: None, rolled_back: None) -> Iterator[None]:
    from apps import way

    with way.day(way.DAY_ZERO):
        yield


@pytest.fixture(scope="module")
def approved(recommended: None) -> None:
    """Eight days later: the board has approved the request."""
    from apps import way

    with way.day(way.DAY_ZERO):
        way.approved()


@pytest.fixture
def after_the_approval(approved: None, rolled_back: None) -> Iterator[None]:
    """The day after it."""
    from apps import way

    with way.day(way.DAY_ZERO + timedelta(days=9)):
        yield


@pytest.fixture
def drafted(after_the_approval: None) -> Agreement:
    from apps import way

    return way.drafted()


@pytest.fixture(scope="module")
def executed(database_of_the_file: None) -> Iterator[None]:
    """The agreement in force on the day on which files are sent, with every process's keys."""
    from apps import hub_way, way

    with way.day(hub_way.DAY):
        hub_way.executed(connection_as)
        yield


@pytest.fixture(scope="module")
def history(loaded: None) -> None:
    """Requests that were decided before this program."""
    from apps import requests_way

    with connection_as("owner"):
        requests_way.history()


@pytest.fixture
def draft() -> DataRequest:
    from apps import requests_way

    return requests_way.begun()


@pytest.fixture
def submitted(draft: DataRequest) -> DataRequest:
    from apps import requests_way

    return requests_way.sent(draft)


@pytest.fixture
def in_review(submitted: DataRequest) -> DataRequest:
    from apps import requests_way

    return requests_way.accepted(submitted)


@pytest.fixture
def on_the_day(live_database: None) -> Iterator[None]:
    """Nothing is there yet, and nothing public; real commits."""
    from apps import hub_way, way
    from charteroak.adapters.environment import home

    shutil.rmtree(home().vault / "released", ignore_errors=True)
    with way.day(hub_way.DAY):
        yield


@pytest.fixture
def room(on_the_day: None, as_process: AsProcess) -> Workspace:
    """Open, on a small extract."""
    from apps import outputs_way

    return outputs_way.workspace(as_process)


@pytest.fixture
def job(room: Workspace) -> Job:
    """It left two tables."""
    from apps import outputs_way

    return outputs_way.left(room, outputs_way.TWO_TABLES)


@pytest.fixture
def checked(job: Job, as_process: AsProcess) -> ReleaseRequest:
    """Put forward and judged by the automatic checks."""
    from apps import outputs_way

    return outputs_way.judged(as_process, outputs_way.requested(job))
