"""Django with the database it needs: started if need be, brought up to date as its owner."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from charteroak.adapters import environment, postgres
from charteroak.adapters.environment import Process


@contextmanager
def connected(process: Process | None = None) -> Iterator[None]:
    """Django ready and the database answering, as `process` (the owner, unless the environment says otherwise).

    An embedded database that nobody runs is started, and stopped again at the end of the block.
    """
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "charteroak.site.settings")
    if process is None:
        os.environ.setdefault("CHARTEROAK_PROCESS", Process.OWNER)
    else:
        os.environ["CHARTEROAK_PROCESS"] = process
    if postgres.elsewhere():
        django.setup()
        yield
        return
    with postgres.running(environment.home()):
        django.setup()
        from django.db import connections

        try:
            yield
        finally:
            connections.close_all()


def migrate() -> None:
    """Tables, then who may do what with them. As the owner; quick when nothing is to be done."""
    from django.core.management import call_command

    from charteroak.site import grants

    call_command("migrate", interactive=False, verbosity=0)
    grants.apply()
