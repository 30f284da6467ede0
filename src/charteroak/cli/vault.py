"""`oak vault`: put files into the vault and get them back."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from charteroak.cli.written import FORCE, STDOUT, Target, spare, written

if TYPE_CHECKING:
    from charteroak.adapters.keys import FileKeyring
    from charteroak.adapters.vault import Vault

OWN = "cli"  # the one project whose key this command makes by itself


@click.group()
def vault() -> None:
    """Put objects into the vault and get them back."""


@vault.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", default=OWN, show_default=True, help="Whose key seals the object.")
@click.option("--store", default="files", show_default=True, help="Which of the project's stores it goes to.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def put(file: Path, project: str, store: str, as_json: bool) -> None:
    """Encrypt FILE into the vault and print the object's name."""
    from charteroak.adapters.keys import KeyUnavailable

    keyring, objects = _open_vault()
    try:
        if project == OWN:
            keyring.create(project, store)
        with file.open("rb") as reader:
            object_id = objects.put(reader, project=project, store=store)
    except (KeyUnavailable, ValueError) as error:
        raise click.ClickException(str(error)) from None
    size = file.stat().st_size
    click.echo(f"{size} bytes of {file.name} stored", err=True)
    summary = {"id": str(object_id), "project": project, "store": store, "bytes": size}
    click.echo(json.dumps(summary) if as_json else str(object_id))


@vault.command()
@click.argument("name", metavar="ID")
@click.option("-o", "--output", required=True, type=Target(), help="A file; - for standard output.")
@FORCE
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def get(name: str, output: Path, force: bool, as_json: bool) -> None:
    """Decrypt the object ID into the file OUTPUT, which appears only when all of it has proved genuine."""
    from charteroak.adapters.environment import existing_home
    from charteroak.adapters.keys import KeyMismatch, KeyUnavailable
    from charteroak.adapters.vault import ObjectId, VaultError

    if as_json and output == STDOUT:
        raise click.UsageError("Standard output holds the file or the JSON, not both: give -o a file.")
    spare(output, force=force)
    existing_home()
    objects = _open_vault()[1]
    try:
        wanted = ObjectId.parse(name)
        if output == STDOUT or (output.exists() and not output.is_file()):
            for _ in objects.open(wanted):  # all of it proves genuine before the first byte is passed on
                pass
            with written(output) as target:
                target.writelines(objects.open(wanted))
            return
        objects.get_to(wanted, output)
    except (VaultError, KeyUnavailable, KeyMismatch, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    size = output.stat().st_size
    click.echo(f"{size} bytes written to {output}", err=True)
    if as_json:
        click.echo(json.dumps({"id": name, "output": str(output), "bytes": size}))


def _open_vault() -> "tuple[FileKeyring, Vault]":
    """With the command's own keys: other stores' belong to the processes that open them."""
    from charteroak.adapters.environment import Process, home
    from charteroak.adapters.keys import FileKeyring
    from charteroak.adapters.stores import objects
    from charteroak.adapters.vault import Vault

    keyring = FileKeyring(home().keys(Process.OWNER), home().public_keys / Process.OWNER)
    return keyring, Vault(objects(home()), keyring)
