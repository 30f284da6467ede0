"""Background work of the hub, each piece in the one process that can open what it needs."""

from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from charteroak.adapters.keys import KeyUnavailable
from charteroak.hub import clerical, destruction, extracts, linking

# a database that restarts, or a project's keys that are still being made
AGAIN = RetryStrategy(max_attempts=10, wait=2, retry_exceptions={OperationalError, KeyUnavailable})


@app.task(name="hub:link", queue="linker", retry=AGAIN)
def link(link_run: int) -> None:
    linking.link(link_run)


@app.task(name="hub:show_pairs", queue="linker.pages")
def show_pairs(token: str, recipient: str, link_run: int, person: str, numbers: list[int]) -> None:
    clerical.answer(token, recipient, link_run=link_run, person=person, numbers=numbers)


@app.task(name="hub:write_crosswalk", queue="linker", retry=AGAIN)
def write_crosswalk(link_run: int) -> None:
    linking.write_crosswalk(link_run)


@app.task(name="hub:build_extract", queue="extractor", retry=AGAIN)
def build_extract(extract: int) -> None:
    extracts.build(extract)


@app.task(name="hub:destroy", retry=AGAIN)
def destroy(agreement: int, what: str) -> None:
    destruction.destroy(agreement, what)


@app.periodic(cron="* * * * *")
@app.task(name="hub:destroy_due", queue="linker", queueing_lock="hub:destroy_due")
def destroy_due(timestamp: int = 0) -> None:  # noqa: ARG001 - periodic tasks are handed the time they were due
    """At the due date destruction needs nobody's click."""
    for duty in destruction.due():
        destruction.order(duty.agreement, duty.what)
