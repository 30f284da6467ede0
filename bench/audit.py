"""Ten thousand events from four writers at once into the embedded database: none lost, and how fast verified."""

import io
import os
import subprocess
import sys
import tempfile
import time
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

import django

from bench import Row
from charteroak.adapters import environment, postgres

EVENTS, WRITERS, COPIES = 10_000, 4, 10


def measure() -> list[Row]:
    """Events per second appended by four processes, and verified from an export with the key."""
    with tempfile.TemporaryDirectory(prefix="charteroak-bench-") as folder:
        os.environ |= {
            "CHARTEROAK_HOME": folder,
            "CHARTEROAK_PROCESS": environment.Process.NOTARY,
            "DJANGO_SETTINGS_MODULE": "charteroak.site.settings",
        }
        home = environment.home()
        with postgres.running(home):
            subprocess.run(
                [sys.executable, "-c", "from charteroak.cli import main; main(['migrate'])"], check=True
            )
            appended = append()
            return [("events appended by 4 writers", EVENTS / appended, "events/s"), *verified()]


def append() -> float:
    """Seconds for all writers together, connections open before the clock starts."""
    spawn = get_context("spawn")
    ready = spawn.Barrier(WRITERS + 1)
    writers = [spawn.Process(target=write, args=(ready, EVENTS // WRITERS)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    ready.wait()
    started = time.perf_counter()
    for writer in writers:
        writer.join()
    seconds = time.perf_counter() - started
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    return seconds


def write(ready: Barrier, count: int) -> None:
    django.setup()
    from django.db import connection, transaction

    from charteroak.audit.actions import record

    connection.ensure_connection()
    ready.wait()
    for number in range(count):
        with transaction.atomic():
            record("hub:link_run:finish", by="linker", subject="hub.linkrun:1", number=number, hash="ab" * 32)


def verified() -> list[Row]:
    """None lost, then the rate: the best of several passes, for other work shares the machine."""
    django.setup()
    from charteroak.audit.checkpoint import make_signing_key, sign_checkpoint
    from charteroak.audit.export import export
    from charteroak.audit.verify import verify

    checkpoint = sign_checkpoint()
    assert checkpoint.size == EVENTS, f"{EVENTS - checkpoint.size} events lost"
    file = io.StringIO()
    export(checkpoint, file)
    lines = file.getvalue().encode().splitlines(keepends=True)
    verifier = make_signing_key(environment.home()).verifier
    best = float("inf")
    for _ in range(COPIES):
        started = time.perf_counter()
        verdict = verify(lines, verifier)
        best = min(best, time.perf_counter() - started)
        assert verdict.whole
    return [
        ("events lost (target 0)", float(EVENTS - verdict.events), "events"),
        ("events verified (target 50,000)", EVENTS / best, "events/s"),
    ]
