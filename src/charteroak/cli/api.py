"""`oak api`: whatever a person may do on the site, from a script: the same rules, the same words of refusal."""

import json
import secrets
import sys
from pathlib import Path
from typing import Any

import click

from charteroak.cli.asking import REFUSED, SITE, NotReached, address, ask

FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@click.argument("path", required=False)
@click.option(
    "-f", "--field", "fields", multiple=True, metavar="NAME=VALUE", help="Send this text (repeatable)."
)
@click.option(
    "-j", "--json-field", "values", multiple=True, metavar="NAME=JSON", help="Send a number, list or object."
)
@click.option("--body", type=FILE, help="Send what this file holds as JSON; - for standard input.")
@click.option(
    "--file", "files", multiple=True, metavar="NAME=FILE", help="Send a file, with the fields beside it."
)
@click.option("--post", is_flag=True, help="An act that needs nothing sent along.")
@click.option(
    "--once", metavar="KEY", help="Act once, however often this is typed with the same key in a day."
)
@click.option(
    "--if-match",
    metavar="ETAG",
    help="Only while the record is as it was when you read it, with this ETag on standard error.",
)
@click.option("--find", metavar="WORD", help="List the addresses that have this word, with what each does.")
@SITE
def api(
    path: str | None, fields: tuple[str, ...], values: tuple[str, ...], body: Path | None, files: tuple[str, ...],
    post: bool, once: str | None, if_match: str | None, find: str | None, site: str,
) -> None:  # fmt: skip
    """Read or act at PATH of the site's interface, such as requests/001 or requests/001/reviews/SDE/decide.

    It acts where something is sent (-f, -j, --body, --file, or --post), and reads otherwise. Your token from the page
    "Tokens" is read from CHARTEROAK_TOKEN. The answer goes to standard output; "actions" in it says what you may do
    with the record now, and of what you may not, why. Without PATH: which addresses there are.

    Exit status: 0 done, 1 refused or not found (standard error says why, as the page does), 2 the site was not reached.
    """
    base = f"{address(site)}/api/"
    if path is None:
        _list(base, find or "")
        return
    sent, kind = _sent(fields, values, body, files)
    more = {"Idempotency-Key": once, "If-Match": if_match}
    answer = ask(
        base + path.strip("/").removeprefix("api/"),
        b"{}" if sent is None and post else sent,
        kind=kind,
        more={name: value for name, value in more.items() if value},
    )
    if not answer.taken:
        click.echo(f"Refused: {answer.why()}", err=True)
        sys.exit(REFUSED)
    if answer.etag:
        click.echo(f"ETag: {answer.etag}", err=True)
    sys.stdout.buffer.write(answer.body)
    if answer.kind == "application/json":
        click.echo()


def _sent(
    fields: tuple[str, ...], values: tuple[str, ...], body: Path | None, files: tuple[str, ...]
) -> tuple[bytes | None, str]:
    """What goes to the site and its kind; None where nothing does."""
    said: dict[str, Any] = dict(_parted(one) for one in fields)
    for name, value in (_parted(one) for one in values):
        try:
            said[name] = json.loads(value)
        except ValueError:
            raise click.UsageError(f"{name}: {value} is no JSON. For text: -f {name}=…") from None
    if body is not None and (said or files):
        raise click.UsageError("Either --body or single fields, not both.")
    if body is not None:
        with click.open_file(str(body), "rb") as opened:
            return opened.read(), "application/json"
    if files:
        return _form(said, dict(_parted(one) for one in files))
    return (json.dumps(said).encode() if said else None), "application/json"


def _parted(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not (name and equals):
        raise click.UsageError(f"{given}: write NAME=VALUE.")
    return name, value


def _form(said: dict[str, Any], files: dict[str, str]) -> tuple[bytes, str]:
    """As a browser sends a form with files: RFC 7578."""
    edge = secrets.token_hex(16)
    parts = [(f'name="{name}"', str(value).encode()) for name, value in said.items()]
    for name, file in files.items():
        try:
            parts.append((f'name="{name}"; filename="{Path(file).name}"', Path(file).read_bytes()))
        except OSError as error:
            raise click.UsageError(f"{file}: {error.strerror}.") from None
    whole = b"".join(
        f"--{edge}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    )
    return whole + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def _list(base: str, word: str) -> None:
    """Each address with its verb and what it does, as the site itself describes it."""
    told = ask(f"{base}openapi.json").read()
    if not isinstance(told, dict) or "paths" not in told:
        raise NotReached(f"{base} describes no interface. Is this the site's address?")
    for path, acts in told["paths"].items():
        for verb, act in acts.items():
            line = f"{verb.upper():5} {path.removeprefix('/api/')}  {act.get('summary', '')}"
            if word.lower() in line.lower():
                click.echo(line)
