"""Interactive sessions, hosted as the enclave's worker hosts them: in a thread with the enclave's own role."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from apps.outputs_way import MAYA
from apps.way import person
from charteroak.adapters import postgres
from charteroak.adapters.environment import Process, home
from charteroak.site.config import database
from charteroak.workspaces import batch, broker, sessions
from charteroak.workspaces.models import Session, Workspace


def opened(room: Workspace, username: str = MAYA) -> Session:
    return sessions.open_(workspace=room.pk, by=person(username))


def _as_the_enclave(act: Callable[[int], object], pk: int) -> None:
    from django.db import connections

    own = connections["default"].copy()
    own.settings_dict.update(database(postgres.url(home(), Process.ENCLAVE), Process.ENCLAVE))
    connections["default"] = own  # this thread's alone
    try:
        act(pk)
    finally:
        connections.close_all()


@contextmanager
def hosted(session: Session) -> Iterator[threading.Thread]:
    """The session runs, or will soon; at the end of the block it is stopped, unless it ended before."""
    before = os.environ["CHARTEROAK_PROCESS"]
    os.environ["CHARTEROAK_PROCESS"] = Process.ENCLAVE
    thread = threading.Thread(target=_as_the_enclave, args=(broker._host, session.pk))
    thread.start()
    try:
        yield thread
    finally:
        if Session.objects.get(pk=session.pk).status in {"starting", "running"}:
            sessions.stop(pk=session.pk, by=session.opened_by)
        thread.join()
        os.environ["CHARTEROAK_PROCESS"] = before


def working(job: int) -> None:
    """Run a job as the enclave's worker does, beside a site that answers meanwhile."""
    before = os.environ["CHARTEROAK_PROCESS"]
    os.environ["CHARTEROAK_PROCESS"] = Process.ENCLAVE
    thread = threading.Thread(target=_as_the_enclave, args=(batch.run, job))
    thread.start()
    thread.join()
    os.environ["CHARTEROAK_PROCESS"] = before
