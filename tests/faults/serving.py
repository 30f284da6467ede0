"""`oak serve`, with two chores for its workers that a test can watch: python serving.py PORT."""

import sys
import time
from pathlib import Path

from procrastinate.contrib.django import app

from charteroak.adapters import environment
from charteroak.adapters.environment import Process
from charteroak.site import deferring
from charteroak.site.supervisor import Supervisor


@app.task(queue="linker", name="tests.once")
def once(folder: str, subject: str) -> None:
    """Says that it began, waits while `held` is in the folder, then records one event unless it is there."""
    from django.db import transaction

    from charteroak.audit.actions import record
    from charteroak.audit.models import Event

    (Path(folder) / "began").touch()
    while (Path(folder) / "held").exists():
        time.sleep(0.02)
    with transaction.atomic():
        if not Event.objects.filter(subject=subject).exists():
            record("test:chore:finish", by="linker", subject=subject)


@app.task(queue="linker", name="tests.refused")
def refused() -> None:
    """A rule refuses: not tried again."""
    from charteroak.policy.decision import refuse

    refuse("own_request", "Nobody checks their own output.").require()


if __name__ == "__main__":
    for chore in ("tests.once", "tests.refused"):
        deferring.DEFERRED[chore] = (frozenset({Process.WEB}), frozenset({Process.LINKER}))
    Supervisor(environment.home(), int(sys.argv[1])).serve(lambda: print("ready", flush=True))
