"""`oak run`: a script into a project's workspace from anywhere, by the site's own interface."""

import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from charteroak.cli.asking import SITE, UNREACHED, address, ask

ENDED = {"succeeded": 0, "failed": 1, "refused": 1, "cancelled": 1}
LOOK_AGAIN = 1.0  # seconds


@click.command()
@click.argument("project")
@click.argument("script", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dummy", is_flag=True, help="On invented records: what it prints is shown at once.")
@SITE
@click.option("--no-wait", is_flag=True, help="Only send it.")
@click.option("--json", "as_json", is_flag=True, help="The job as JSON on standard output.")
def run(project: str, script: Path, dummy: bool, site: str, no_wait: bool, as_json: bool) -> None:
    """Run SCRIPT (.py, .R or .sql) in the workspace of PROJECT, such as 042; tells status and time until it has ended.

    Your token from the page "Tokens" is read from CHARTEROAK_TOKEN. What the script leaves stays sealed until it is
    reviewed. Exit status: 0 succeeded, 1 failed, refused or cancelled, 2 the site did not take it.
    """
    place = f"{address(site)}/api/workspaces/{quote(project, safe='')}"
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


def _asked(where: str, sent: dict[str, Any] | None = None) -> dict[str, Any]:
    """The site's answer; a refusal ends the command with its reasons."""
    answer = ask(where, json.dumps(sent).encode() if sent is not None else None)
    found = answer.read()
    if answer.taken and isinstance(found, dict):
        return found
    click.echo(f"Refused: {answer.why()}", err=True)
    sys.exit(UNREACHED)
