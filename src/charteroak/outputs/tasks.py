"""What the outputs process and the enclave do for release requests."""

from contextlib import suppress

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from charteroak.adapters import showing, stores
from charteroak.adapters.vault import VaultError
from charteroak.audit.tasks import sign
from charteroak.outputs import checks, destruction, lapsing, viewing
from charteroak.outputs import release as releasing
from charteroak.policy.decision import Refused


@app.task(queue="outputs", name="outputs:prepare_checks")
def prepare_checks(release_request: int, round: int) -> None:
    record = checks.waiting(release_request, round)
    if record is not None:
        with checks.returning(release_request, round):
            rebuild.defer(release_request=record.pk, round=round, objects=checks.seal(record))


@app.task(queue="enclave.checks", name="outputs:rebuild")
def rebuild(release_request: int, round: int, objects: dict[str, str]) -> None:
    record = checks.waiting(release_request, round)
    if record is not None:
        try:
            found = checks.rebuild(record, objects)
        except Refused:  # outputs asks again, and tells the author why
            found = ""
        record_checks.defer(release_request=record.pk, round=round, checks_object=found)


@app.task(queue="outputs", name="outputs:record_checks")
def record_checks(release_request: int, round: int, checks_object: str) -> None:
    with checks.returning(release_request, round):
        checks.record_verdicts(pk=release_request, round_=round, checks=checks_object)


@app.periodic(cron="* * * * *")
@app.task(queue="outputs", name="outputs:give_up", queueing_lock="outputs:give_up")
def give_up(timestamp: int = 0) -> None:  # noqa: ARG001 - periodic tasks are handed the time they were due
    """Checks whose task failed for good say so, rather than being under way for ever."""
    for record in checks.given_up():
        checks.give_up(pk=record.pk, round_=record.round)


# A store that is full or away is so for a while: again after 3, 9, 27 … seconds, for about an hour in all.
WHILE_AWAY = RetryStrategy(
    max_attempts=8,
    exponential_wait=3,
    retry_exceptions=(VaultError, OSError, OperationalError, InterfaceError),
)


@app.task(queue="outputs", name="outputs:release", retry=WHILE_AWAY)
def release(release_request: int) -> None:
    if releasing.release(release_request):
        with suppress(AlreadyEnqueued):  # the notary is about to sign anyway
            sign.defer()


@app.task(name="outputs:destroy")
def destroy(agreement: int, what: str) -> None:
    destruction.destroy(agreement, what)


@app.periodic(cron="* * * * *")
@app.task(name="outputs:destroy_due", queue="outputs", queueing_lock="outputs:destroy_due")
def destroy_due(timestamp: int = 0) -> None:  # noqa: ARG001 - periodic tasks are handed the time they were due
    """At the due date destruction needs nobody's click."""
    for duty in destruction.due():
        destruction.order(duty.agreement)


@app.periodic(cron="* * * * *")
@app.task(queue="outputs", name="outputs:lapse_over", queueing_lock="outputs:lapse_over")
def lapse_over(timestamp: int = 0) -> None:  # noqa: ARG001 - as above
    """With the agreement, or with its author's access, a release request that is open ends too."""
    lapsing.lapse_over()


@app.task(queue="outputs.pages", name="outputs:show")
def show(file: int, person: str, token: str, recipient: str) -> None:
    viewing.show(file=file, person=person, token=token, recipient=recipient)


@app.periodic(cron="* * * * *")
@app.task(queue="outputs", name="outputs:sweep_views", queueing_lock="outputs:sweep_views")
def sweep_views(timestamp: int = 0) -> None:  # noqa: ARG001 - as above
    """Answers to pages that nobody waits for any more."""
    showing.sweep()


@app.periodic(cron="17 * * * *")
@app.task(queue="outputs", name="outputs:sweep_vault", queueing_lock="outputs:sweep_vault")
def sweep_vault(timestamp: int = 0) -> None:  # noqa: ARG001 - as above
    """What the start of a process found too young to be given up."""
    stores.sweep()
