"""Background work on deliveries: each file is checked by the one process that can open it."""

from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from charteroak.adapters.keys import KeyUnavailable
from charteroak.submissions import checking, finder_list

# a database that restarts, or a project's keys that are still being made
AGAIN = RetryStrategy(max_attempts=10, wait=2, retry_exceptions={OperationalError, KeyUnavailable})


@app.task(name="submissions:check", retry=AGAIN)
def check(delivery: int) -> None:
    checking.check(delivery)


@app.task(name="submissions:make_finder_list", queue="linker", retry=AGAIN)
def make_finder_list(finder_list_pk: int) -> None:
    finder_list.make(finder_list_pk)
