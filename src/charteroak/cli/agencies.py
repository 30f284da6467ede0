"""`oak setup`: take in agencies, people, boards, history and data dictionaries from files."""

import tomllib
from contextlib import AbstractContextManager
from pathlib import Path

import click

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
BY = "setup"  # how the log names whoever runs this command on the machine


@click.group()
def setup() -> None:
    """Take in agencies, people, boards, history and data dictionaries from files."""


@setup.command()
@click.argument("file", type=FILE)
@click.option("--password-file", type=FILE, required=True, help="Holds the password of people who are new.")
def load(file: Path, password_file: Path) -> None:
    """Agencies and their authority, people and roles, boards and past requests, from FILE. Safe to repeat."""
    state = tomllib.loads(file.read_text(encoding="utf-8"))
    password = password_file.read_text(encoding="utf-8").strip()
    if not password:
        raise click.ClickException(f"{password_file} is empty: write the password on its first line.")
    with as_owner():  # before the first person exists, nobody could sign in to do this
        from django.db import transaction

        from charteroak.agencies import actions as agencies
        from charteroak.board import boards
        from charteroak.requests import actions as requests

        with transaction.atomic():
            agencies.load(state, password=password, by=BY)
            boards.load(state.get("board", []), by=BY)
            for given in state.get("historic_request", []):
                requests.record_historic(**given, by=BY)
    click.echo(f"{len(state.get('agency', []))} agencies, {len(state.get('person', []))} people", err=True)


@setup.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
def catalog(files: tuple[Path, ...]) -> None:
    """Agencies' data dictionaries from FILES, all or none. Safe to repeat."""
    with as_owner():
        from django.db import transaction

        from charteroak.catalog.actions import DictionaryWrong, load

        with transaction.atomic():
            for file in files:
                try:
                    load(tomllib.loads(file.read_text(encoding="utf-8")), by=BY)
                except DictionaryWrong as wrong:
                    raise click.ClickException(f"{file.name}: {wrong}") from None
                click.echo(f"{file.name} taken in", err=True)


@setup.command()
@click.argument("username")
@click.option("--password-file", type=FILE, required=True, help="Holds the new password, for one person.")
@click.option(
    "--second-factor-lost", is_flag=True, help="Takes away their codes and passkeys too; they set others up."
)
def password(username: str, password_file: Path, second_factor_lost: bool) -> None:
    """A new password for USERNAME, who forgot theirs. Hand it over in person; they change it once they are in."""
    said = password_file.read_text(encoding="utf-8").strip()
    with as_owner():
        from django.core.exceptions import ValidationError

        from charteroak.agencies import accounts
        from charteroak.agencies.models import Person
        from charteroak.policy.decision import Refused

        try:
            accounts.set_password(
                username=username, password=said, by=BY, second_factor_lost=second_factor_lost
            )
        except Person.DoesNotExist:
            raise click.ClickException(
                f"Nobody has the user name {username}: look it up under People."
            ) from None
        except Refused as refused:
            raise click.ClickException(str(refused)) from None
        except ValidationError as weak:
            raise click.ClickException(f"{password_file}: {' '.join(weak.messages)}") from None
    click.echo(f"{username} signs in with it from now on, and is signed out everywhere.", err=True)


def as_owner() -> AbstractContextManager[None]:
    """The installation's database as its owner, whoever calls: no process of the site may change what is set up."""
    from charteroak.adapters import environment, postgres
    from charteroak.adapters.environment import Process
    from charteroak.site.database import connected

    if not postgres.elsewhere():
        environment.existing_home()  # raises NoInstallation: this command makes none
    return connected(Process.OWNER)
