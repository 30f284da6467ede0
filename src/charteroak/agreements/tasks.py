"""Background work when an agreement comes into force: each process makes its own keys for the project."""

from procrastinate.contrib.django import app

from charteroak.adapters import stores


@app.task(name="agreements:create_keys", pass_context=False)
def create_keys(project: str) -> None:
    """Make this process's key pairs for the project, one for each store it opens. Safe to repeat."""
    stores.create_project_keys(project)


def order_keys(project: str) -> None:
    """Ask every process that opens a store; within the caller's transaction."""
    for queue in sorted({owner.value for owner in stores.OPENED_BY.values()}):
        create_keys.configure(queue=queue).defer(project=project)
