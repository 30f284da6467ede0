"""`oak serve`, `oak migrate`, `oak doctor`, `oak docs`: for whoever runs the site."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), envvar="CHARTEROAK_PORT", default=8042, show_default=True
)
@click.option(
    "--only", "only", multiple=True, metavar="PROCESS",
    help="Run just this process here (repeatable): web, linker, extractor, enclave, outputs, notary.",
)  # fmt: skip
@click.option(
    "--governance-only", is_flag=True, envvar="CHARTEROAK_GOVERNANCE_ONLY",
    help="Requests, agreements, clocks, logs and certificates; files go and are matched elsewhere.",
)  # fmt: skip
def serve(port: int, only: tuple[str, ...], governance_only: bool) -> None:
    """Serve the site until Ctrl-C: database, web and workers, each started again when it dies.

    Hub and enclave can be installed apart with --only: docs/installed-apart.md.
    """
    import os

    from charteroak.adapters import environment, environments, postgres, processes
    from charteroak.site.config import NotForProduction
    from charteroak.site.supervisor import GOVERNING, SERVED, NotServing, Supervisor

    wrong = set(only) - set(SERVED)
    if wrong:
        raise click.ClickException(f"--only takes {', '.join(SERVED)}, not {', '.join(sorted(wrong))}.")
    if governance_only:
        os.environ["CHARTEROAK_GOVERNANCE_ONLY"] = "1"
    served = GOVERNING if governance_only else SERVED
    if set(only) - set(served):
        raise click.ClickException(f"With --governance-only there is only {', '.join(served)}.")
    here = [process for process in served if not only or process in only]

    def ready() -> None:
        where = f"http://localhost:{port}" if environment.Process.WEB in here else ", ".join(here)
        click.echo(f"Ready: {where} (logs in {processes.logs(environment.home())})", err=True)
        if environment.Process.ENCLAVE in here:
            environments.build_ahead(environment.home())

    try:
        Supervisor(environment.home(), port, here).serve(ready)
    except (NotForProduction, NotServing, postgres.NotRunning, processes.Unreachable) as error:
        raise click.ClickException(str(error)) from None


@click.command()
def migrate() -> None:
    """Bring the database's tables and roles up to date."""
    from charteroak.adapters.environment import Process
    from charteroak.site import database

    with database.connected(Process.OWNER):
        database.migrate()


@click.command()
@click.option(
    "--check", is_flag=True, help="Write nothing; exit status 1 and their names when pages are stale."
)
def docs(check: bool) -> None:
    """Write the reference pages in docs/reference from the lifecycles."""
    from charteroak.site import reference

    folder = Path("docs/reference")
    if not folder.is_dir():
        raise click.ClickException(f"No {folder} here: change to the folder of Charter Oak's own source.")
    changed = reference.stale(folder) if check else reference.write(folder)
    for name in changed:
        click.echo(f"{'stale' if check else 'written'}: {folder / name}", err=True)
    if check and changed:
        raise click.ClickException("Reference pages do not say what the code does. Type: make docs")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The parts as JSON on standard output.")
def doctor(as_json: bool) -> None:
    """Name each part, its version, what is missing or weaker here and how to mend it; 1 when one is missing."""
    from charteroak.site.doctor import State, examine

    parts = examine()
    if as_json:
        click.echo(json.dumps([asdict(part) for part in parts]))
    else:
        marks = {State.OK: "ok     ", State.WEAKER: "weaker ", State.MISSING: "MISSING"}
        for part in parts:
            click.echo(f"{marks[part.state]}  {part.name}: {part.detail}")
            if part.mend:
                click.echo(f"         mend: {part.mend}")
    sys.exit(any(part.state is State.MISSING for part in parts))
