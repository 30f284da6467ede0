"""`oak run`: a script into a project's workspace from anywhere, by the site's own interface."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

import click

ENDED = {"succeeded": 0, "failed": 1, "refused": 1, "cancelled": 1}
UNREACHED = 2
LOOK_AGAIN = 1.0  # seconds
TOKEN = "CHARTEROAK_TOKEN"  # noqa: S105 - the name of a variable


@click.command()
@click.argument("project")
@click.argument("script", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dummy", is_flag=True, help="On invented records: what it prints is shown at once.")
@click.option(
    "--site",
    envvar="CHARTEROAK_SITE",
    default="http://localhost:8042",
    show_default=True,
    help="Or CHARTEROAK_SITE.",
)
@click.option("--no-wait", is_flag=True, help="Only send it.")
@click.option("--json", "as_json", is_flag=True, help="The job as JSON on standard output.")
def run(project: str, script: Path, dummy: bool, site: str, no_wait: bool, as_json: bool) -> None:
    """Run SCRIPT (.py, .R or .sql) in the workspace of PROJECT, such as 042; tells status and time until it has ended.

    Your token from the page "Tokens" is read from CHARTEROAK_TOKEN. What the script leaves stays sealed until it is
    reviewed. Exit status: 0 succeeded, 1 failed, refused or cancelled, 2 the site did not take it.
    """
    place = f"{_address(site)}/api/workspaces/{quote(project, safe='')}"
    try:
        text = script.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{script.name} is not text: save the script as UTF-8.") from None
    sent = _asked(f"{place}/submit-job", {"script": text, "name": script.name, "dummy": dummy})
    job = _asked(f"{place}/jobs/{sent['id']}")
    said = ""
    while True:
        said = _told(job, said)
        if no_wait or job["status"] in ENDED:
            break
        time.sleep(LOOK_AGAIN)
        job = _asked(f"{place}/jobs/{sent['id']}")
    if as_json:
        click.echo(json.dumps(job))
    elif job["printed"]:
        click.echo(job["printed"], nl=False)
    sys.exit(ENDED.get(job["status"], 0))


def _told(job: dict[str, Any], before: str) -> str:
    """Say on standard error how the job is doing, once for each change."""
    ahead = f", {job['before_it']} before it" if job["status"] == "queued" else ""
    said = f"Job {job['id']}: {job['status']}{ahead}"
    if said != before:
        click.echo(f"{said}. {job['outcome']}".rstrip(), err=True)
    return said


def _address(site: str) -> str:
    """The site's address; a token goes over an encrypted connection, or to this machine."""
    asked = urlsplit(site)
    local = asked.hostname in {"localhost", "127.0.0.1", "::1"}
    if not (asked.scheme == "https" or (asked.scheme == "http" and local)):
        raise click.UsageError(f"{site}: a token goes to an https:// address, or to http://localhost.")
    return site.rstrip("/")


def _asked(address: str, sent: dict[str, Any] | None = None) -> dict[str, Any]:
    """The site's answer; a refusal ends the command with its reasons."""
    token = os.environ.get(TOKEN)
    if not token:
        raise click.UsageError(f"Set {TOKEN} to a token of yours: the site's page “Tokens” makes one.")
    body = json.dumps(sent).encode() if sent is not None else None
    asked = Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - _address checked the scheme
    asked.add_unredirected_header("Authorization", f"Bearer {token}")  # for this site alone
    try:
        with urlopen(asked, timeout=60) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found
    except HTTPError as refused:
        click.echo(f"Refused: {_reasons(refused)}", err=True)
    except (URLError, OSError, ValueError) as error:
        click.echo(
            f"{address} does not answer: {error}. Is the site up? Give its address by --site.", err=True
        )
    sys.exit(UNREACHED)


def _reasons(refused: HTTPError) -> str:
    try:
        said = json.load(refused)
        return " ".join(
            f"{reason['message']} {reason.get('mend') or ''}".strip() for reason in said["reasons"]
        )
    except (ValueError, KeyError, TypeError):
        return f"the site answered {refused.code}"
