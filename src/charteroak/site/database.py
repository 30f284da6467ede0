"""Django with the database it needs: started if need be, brought up to date as its owner."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from psycopg.errors import UndefinedTable

from charteroak.adapters import environment, postgres, processes
from charteroak.adapters.environment import Home, Process
from charteroak.site import config


@contextmanager
def connected(process: Process) -> Iterator[None]:
    """Django ready and the database answering, as `process`.

    An embedded database that nobody runs is started, and stopped again at the end of the block. Only
    Process.OWNER makes an installation; for all else there is one, or NoInstallation is raised.
    """
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "charteroak.site.settings")
    os.environ["CHARTEROAK_PROCESS"] = process
    if postgres.elsewhere():
        django.setup()
        yield
        return
    home = environment.home() if process is Process.OWNER else environment.existing_home()
    with postgres.running(home):
        django.setup()
        from django.db import ProgrammingError, connections

        try:
            yield
        except ProgrammingError as error:
            if not isinstance(error.__cause__, UndefinedTable):
                raise
            raise SystemExit("The database has no tables yet. Type: oak migrate") from None
        finally:
            connections.close_all()


def load(port: int) -> None:
    """Django and every room, once, for the processes that are forked from this one. Opens no connection."""
    import django

    os.environ |= {
        "CHARTEROAK_PROCESS": Process.OWNER,
        "CHARTEROAK_PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "charteroak.site.settings",
    }
    django.setup()
    import_module("charteroak.site.urls")


def serve_as(process: Process, home: Home) -> None:
    """In a fork of what `load` loaded: this process's environment, and its own secrets in place of the owner's."""
    from django.conf import settings
    from django.db import connections

    if process is not Process.OWNER:
        os.environ.pop("OWNER_DATABASE_URL", None)
    os.environ |= processes.environment(home) | {"CHARTEROAK_PROCESS": process}
    settings.CONFIG = config.read()
    settings.SECRET_KEY = settings.CONFIG.secret_key
    connections.settings["default"].update(config.database(settings.CONFIG.database_url, process))
    if process is Process.WEB:  # signing in to the database takes longer than most pages
        connections.settings["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 16}
        connections.settings["default"]["CONN_HEALTH_CHECKS"] = True  # one from before a restart is let go


def migrate() -> None:
    """Tables, then who may do what with them. As the owner; quick when nothing is to be done."""
    from django.core.management import call_command

    from charteroak.adapters import news_key
    from charteroak.adapters.environment import home
    from charteroak.site import grants

    news_key.make(home())  # before the tables, for what stood there unsealed is sealed with it
    call_command("migrate", interactive=False, verbosity=0)
    grants.apply()
