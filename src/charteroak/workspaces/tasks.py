"""What the enclave's worker does for workspaces."""

from procrastinate.contrib.django import app

from charteroak.workspaces import batch


@app.task(queue="enclave", name="workspaces:run")
def run(job: int) -> None:
    batch.run(job)
