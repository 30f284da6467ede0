"""What the enclave does for input requests."""

from procrastinate.contrib.django import app

from charteroak.inputs import actions, queries, scan, viewing
from charteroak.policy.decision import Refused


@app.task(queue="enclave.checks", name=queries.SCAN)
def look_through(input_request: int) -> None:
    try:
        scan.scan(input_request)
    except Refused as refused:
        actions.turn_away(pk=input_request, refused=refused)


@app.periodic(cron="* * * * *")
@app.task(queue="enclave", name="inputs:give_up", queueing_lock="inputs:give_up")
def give_up(timestamp: int = 0) -> None:  # noqa: ARG001 - periodic tasks are handed the time they were due
    """A scan whose task failed for good says so, rather than being under way for ever."""
    for record in queries.given_up():
        actions.give_up(pk=record.pk)


@app.periodic(cron="* * * * *")
@app.task(queue="enclave", name="inputs:discard", queueing_lock="inputs:discard")
def discard(timestamp: int = 0) -> None:  # noqa: ARG001 - as above
    """The bytes of what was refused or taken back."""
    for record in queries.kept_out():
        actions.discard(pk=record.pk)


@app.task(queue="enclave.pages", name="inputs:show")
def show(input_request: int, person: str, token: str, recipient: str) -> None:
    viewing.show(input_request=input_request, person=person, token=token, recipient=recipient)
