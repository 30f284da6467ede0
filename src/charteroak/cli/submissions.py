"""`oak encrypt`: what an agency types before it uploads a file."""

import json
from pathlib import Path

import click

from charteroak.cli.written import FORCE, STDOUT, Target, spare, written


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--recipient", help="The hub's public key, age1…, as the agreement names it.")
@click.option(
    "--recipient-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that holds the hub's public key.",
)
@click.option("-o", "--output", type=Target(), help="Default: FILE.age; - for standard output.")
@FORCE
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def encrypt(
    file: Path,
    recipient: str | None,
    recipient_file: Path | None,
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Encrypt FILE for the hub named in the agreement; compare the fingerprint with the agreement's."""
    from charteroak.adapters.age import AgeError, encrypt_stream, recipient_fingerprint

    if (recipient is None) == (recipient_file is None):
        raise click.UsageError(
            "Name the hub's key once: with --recipient age1… or with --recipient-file FILE."
        )
    key = recipient_file.read_text("ascii", "replace") if recipient_file else recipient or ""
    target = output or file.with_name(f"{file.name}.age")
    if as_json and target == STDOUT:
        raise click.UsageError("Standard output holds the file or the JSON, not both: give -o a file.")
    spare(target, force=force)
    try:
        fingerprint = recipient_fingerprint(key)
        with file.open("rb") as reader, written(target) as writer:
            encrypt_stream([key], reader, writer)
    except (AgeError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Encrypted to the key with fingerprint {fingerprint}: is it the agreement's?", err=True)
    if target == STDOUT:
        return
    summary = {"output": str(target), "bytes": target.stat().st_size, "fingerprint": fingerprint}
    click.echo(json.dumps(summary) if as_json else str(target))
