"""What the enclave's worker does for workspaces."""

from procrastinate.contrib.django import app

from charteroak.workspaces import actions, batch, queries


@app.task(queue="enclave", name=queries.RUN)
def run(job: int) -> None:
    batch.run(job)


@app.periodic(cron="* * * * *")
@app.task(queue="enclave", name="workspaces:give_up", queueing_lock="workspaces:give_up")
def give_up(timestamp: int = 0) -> None:  # noqa: ARG001 - periodic tasks are handed the time they were due
    """A job whose task failed for good says so, rather than running for ever."""
    for job in queries.given_up():
        actions.give_up(pk=job.pk)
