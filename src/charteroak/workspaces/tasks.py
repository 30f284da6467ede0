"""What the enclave's worker does for workspaces."""

from procrastinate.contrib.django import app

from charteroak.adapters import sandboxes
from charteroak.agencies.models import Person
from charteroak.workspaces import actions, batch, broker, folders, queries, snapshots


@app.task(queue="enclave.jobs", name=queries.RUN)
def run(job: int) -> None:
    batch.run(job)


@app.periodic(cron="* * * * *")
@app.task(queue="enclave", name="workspaces:give_up", queueing_lock="workspaces:give_up")
def give_up(timestamp: int = 0) -> None:  # noqa: ARG001 - periodic tasks are handed the time they were due
    """A job whose task failed for good says so, rather than running for ever."""
    for job in queries.given_up():
        actions.give_up(pk=job.pk)


@app.task(queue="enclave", name=queries.HOST)
def host(session: int) -> None:
    broker.host(session)


@app.periodic(cron="* * * * *")
@app.task(queue="enclave", name="workspaces:host_all", queueing_lock="workspaces:host_all")
def host_all(timestamp: int = 0) -> None:  # noqa: ARG001 - as above
    """After a worker was killed, the next one takes up the sessions that it hosted."""
    broker.host_all()


@app.periodic(cron="* * * * *")
@app.task(queue="enclave", name="workspaces:tell", queueing_lock="workspaces:tell")
def tell(timestamp: int = 0) -> None:  # noqa: ARG001 - as above
    """What this machine has, for the site, which may be on another."""
    apart = folders.account_of(1) is not None
    actions.tell(
        strict_tier=apart and sandboxes.strict_tier_here(),
        accounts_apart=apart,
        pixels=sandboxes.pixels_here().ok,
    )


@app.task(queue="enclave.folders", name=snapshots.TAKE)
def take(workspace: int, person: str, because: str) -> None:
    snapshots.take(pk=workspace, by=Person.objects.get(username=person), because=because)


@app.task(queue="enclave.folders", name=snapshots.RESTORE)
def restore(snapshot: int, person: str) -> None:
    snapshots.restore(pk=snapshot, by=Person.objects.get(username=person))


@app.periodic(cron="* * * * *")
@app.task(queue="enclave.folders", name="workspaces:seal", queueing_lock="workspaces:seal")
def seal(timestamp: int = 0) -> None:  # noqa: ARG001 - as above
    """Within a minute of the last one leaving, and after a crash, no work folder lies in the clear."""
    snapshots.seal_unused()
