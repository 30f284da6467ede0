"""A release cut off with -9 at any of its steps: each call and return of a function of its own, in Python or below.

A process that has everything loaded forks one child for each attempt, so that hundreds are a matter of minutes. The
child counts its steps and kills itself at the one it was told; without a number it runs to its end and says how many
there were.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from charteroak.adapters.environment import home
from charteroak.outputs.models import Release, ReleasedFile, ReleaseRequest
from conftest import owner_beside

FORKS = """
import json, os, signal, sys, threading
import django; django.setup()
from django.db import connections
from charteroak.outputs import release
from charteroak.adapters import stores

class Steps:
    # counted in one thread: what the others do stands between two of its steps
    count, last = 0, 0
    def __call__(self, frame, event, argument):
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

def attempt(pk, last):
    steps = Steps()
    steps.last = last
    sys.setprofile(steps)
    release.release(pk)
    sys.setprofile(None)
    return steps.count

print("ready", flush=True)
for line in sys.stdin:
    pk, last = json.loads(line)
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        connections.close_all()
        os.write(tells, str(attempt(pk, last)).encode())
        os._exit(0)
    os.close(tells)
    _, status = os.waitpid(child, 0)
    print(json.dumps([os.waitstatus_to_exitcode(status), int(os.read(told, 20) or 0)]), flush=True)
    os.close(told)
"""


@dataclass
class Releasing:
    """The outputs process, as far as it releases one request."""

    pk: int
    asks: IO[str]
    answers: IO[str]

    def attempt(self, last: int = 0) -> tuple[int, int]:
        """Exit status, -9 where it was killed at step `last`, and the number of steps where it was not."""
        self.asks.write(json.dumps([self.pk, last]) + "\n")
        self.asks.flush()
        status, steps = json.loads(self.answers.readline())
        return status, steps

    def approved_anew(self) -> None:
        """As it was before the first attempt; what the log says stays."""
        shutil.rmtree(home().vault / "released", ignore_errors=True)
        with owner_beside():
            ReleasedFile.objects.filter(release__release_request=self.pk).delete()
            Release.objects.filter(release_request=self.pk).delete()
            ReleaseRequest.objects.filter(pk=self.pk).update(status="approved")


@contextmanager
def releasing(pk: int) -> Iterator[Releasing]:
    running = subprocess.Popen(
        [sys.executable, "-c", FORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "CHARTEROAK_PROCESS": "outputs"},
    )  # fmt: skip
    assert running.stdin is not None
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    with running:
        yield Releasing(pk, running.stdin, running.stdout)
        running.stdin.close()


def out() -> dict[str, str]:
    """Objects in the released store: name → hash of the bytes; what is still being written is not one yet."""
    found = (path for path in (home().vault / "released").rglob("*") if path.is_file())
    return {path.name: _hash(path) for path in found if "staging" not in path.parts}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def steps_to_try(steps: int, attempts: int) -> list[int]:
    """As many of the steps, spread evenly from the first to the last."""
    return [1 + round(number * (steps - 1) / (attempts - 1)) for number in range(attempts)]


def released_once(pk: int) -> bool:
    """Whether the record says so too, with as many files as were approved."""
    record = ReleaseRequest.objects.get(pk=pk)
    made = Release.objects.filter(release_request=record)
    return record.status == "released" and [one.files.count() for one in made] == [record.files.count()]
